"""Canary persons through every command, on both databases, as operators and officers would.

After each command nothing on the error output, in the log or in what a command says to others has
a word of theirs in clear; nor has the database, a backup, or a table in an answer. What may tell
is the owner's view: her own texts, asked for by whoever holds the key.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Engine

from api.cli import juang as program_group
from ledger import db
from tests.api.conftest import Ended, Juang
from tests.api.moving import Scene
from tests.api.office import Office, office_of
from tests.api.test_logs import leaves
from tests.ledger.parties.test_canary import CANARY, CORRECTED, HEIRS, LABEL, dump, found
from tests.ledger.parties.test_devices import public_key

OWN_VIEW = frozenset({"entries", "statement", "export", "request archive", "person devices"})
"""Commands that give a text to whoever holds its key and asks for it."""

ELSEWHERE = frozenset({"db roles", "serve"})
"""Commands that are driven where they live (test_roles.py, http/test_serve.py), with canaries."""

SPOKEN = (
    '{"id":"0198a000-0000-7000-8000-00000000000%d","book":"kop/siti","effective_date":"2026-11-20",'
    '"narration":"Untuk Bu Sitikenari, obat kenari","subject":"person-%s","metadata":{"toko":'
    '"Warung Kenari"},"postings":[{"account":"expenses:food","debit":{"amount":"5","currency":'
    '"IDR"}},{"account":"assets:cash","credit":{"amount":"5","currency":"IDR"}}]}\n'
)
STATEMENT = "date,description,amount\n2026-11-02,Sitikenari 7309015406957317,45.00\n"
FACTS = (
    "person,name,key,value,valid_from,scheme,version,valid_through\n"
    "siti,sex,,female,2026-01-01,,,\n"
)
FOREVER = ("--from", "2025-01-01T00:00Z", "--until", "2199-01-01T00:00Z")


@dataclass
class Watched:
    """Runs commands, and looks at all that each leaves behind."""

    office: Office
    place: Path
    driven: set[str] = field(default_factory=set)

    def look(self, ended: Ended, args: tuple[str, ...]) -> Ended:
        path = _path(args)
        self.driven.add(path)
        heard = ended.err + (self.place / "log").read_text("ascii")
        if path not in OWN_VIEW:
            heard += ended.out
        assert found(heard.encode()) == [], args
        return ended

    def run(self, *args: str, more: bytes = b"", code: int = 0) -> Ended:
        ended = self.look(self.office.run(*args, more=more), args)
        assert ended.code == code, (args, ended)
        return ended

    def by(self, handle: str, *args: str, more: bytes = b"", code: int = 0) -> Ended:
        ended = self.look(self.office.by(handle, *args, more=more), args)
        assert ended.code == code, (args, ended)
        return ended

    def agreed(self, *args: str) -> None:
        """Propose as the manager, and approve as the supervisor."""
        self.by("ani", *args)
        waits = self.waiting("proposal", "show")
        self.by("budi", "proposal", "approve", "kop", waits["id"], waits["hash"])

    def waiting(self, *show: str) -> dict[str, str]:
        """Give the one proposal that waits, after looking at it as a person would."""
        waits = self.office.waiting()
        self.run(*show, "kop", waits["id"])
        return waits

    def rows(self, *args: str) -> list[dict[str, str]]:
        rows: list[dict[str, str]] = json.loads(self.run(*args, "--format", "json").out)["rows"]
        return rows


def _path(args: tuple[str, ...]) -> str:
    """Name the command that arguments run."""
    paths = {path for path, _ in leaves(program_group)}
    return next(path for end in range(len(args), 0, -1) if (path := " ".join(args[:end])) in paths)


@pytest.fixture
def engine_of() -> Iterator[Callable[[str], Engine]]:
    """Open databases by address, and let them go."""
    made: list[Engine] = []

    def opened(url: str) -> Engine:
        made.append(db.engine(url))
        return made[-1]

    yield opened
    for engine in made:
        engine.dispose()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.timeout(240)
def test_no_command_tells_of_a_person(
    juang: Juang,
    place: Path,
    scene: Scene,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
    engine_of: Callable[[str], Engine],
) -> None:
    url, restored, copied = scene(kind), scene(kind), scene("sqlite")
    before = ("--db", url, "--key-file", "juang.key", "--log", "log")
    assert juang(*before, "init").code == 0
    watched = Watched(office_of(monkeypatch, "kop", *before), place)
    watched.driven |= {"init", "officer begin", "officer add", "officer totp", "officer list"}
    watched.driven |= {"officer passphrase", "officer role", "proposal list"}
    engine = engine_of(url)

    siti = _enter(watched, place)
    assert found(dump(engine)) == []
    _keep_books(watched, place, siti)
    _ask(watched, place)
    assert found(dump(engine)) == []
    watched.run("backup", "yesterday.backup")
    _merge_and_erase(watched, engine)

    _look_after(watched, place, copied)
    back = ("--db", restored, "--key-file", "old.key")
    _restore_yesterday(watched, engine_of(restored), back)

    every = {path for path, _ in leaves(program_group)}
    assert every - watched.driven == ELSEWHERE


def _enter(watched: Watched, place: Path) -> str:
    """Register Siti with everything, and others around her; give her id."""
    run = watched.run
    for ref in ("siti", "s-2", "dewi"):
        run("person", "register", f"kop/{ref}")
    run("person", "register", "lain/m-7")
    for name, value in CANARY.items():
        run("person", "set", "kop/siti", name.value, more=value.encode() + b"\n")
    for no, heir in enumerate(HEIRS, start=1):
        run("person", "set", "kop/siti", "heir", "--no", str(no), more=heir.encode())
    for name, value in CORRECTED.items():
        (place / "new.txt").write_text(f"{value}\n")
        run("person", "set", "kop/siti", name.value, "--file", "new.txt")
    run("person", "clear", "kop/siti", "heir", "--no", "2")
    # What does not fit is refused without being repeated.
    for given, wrong in (("nik", b"730901540695842"), ("name", b"enari\x00"), ("phone", b"enari")):
        run("person", "set", "kop/siti", given, more=wrong, code=1)
    nik = next(iter(CORRECTED.values())).encode()
    run("person", "set", "kop/s-2", "nik", more=nik, code=1)
    run("person", "find", "kop", "nik", more=nik)
    run("person", "show", "kop/siti")
    run("person", "relate", "kop/siti", "kop/dewi")
    run("person", "events", "kop/siti")
    for number in (1, 2):
        (place / f"{number}.pem").write_bytes(public_key(number))
        run("person", "device", "add", "kop/siti", f"{number}.pem")
    first, second = (row["device"] for row in watched.rows("person", "devices", "kop/siti"))
    run("person", "device", "label", "kop/siti", first, more=LABEL.encode())
    run("person", "device", "lost", "kop/siti", first)
    run("person", "device", "revoke", "kop/siti", second)
    run("person", "device", "sign-out", "kop/siti")
    run("person", "devices", "kop/siti")
    return str(json.loads(run("person", "show", "kop/siti", "--format", "json").out)["id"])


def _keep_books(watched: Watched, place: Path, siti: str) -> None:
    """Post texts about her, import a statement that names her, and look at the books."""
    run = watched.run
    run("book", "open", "kop/siti", "--name", "Rumah")
    run("book", "owner", "kop/siti", "kop/siti")
    run("person", "link", "add", "kop/siti", "kop/siti", "lain/m-7")
    run("person", "link", "add", "kop/siti", "kop/siti", "lain/m-7")
    run("person", "link", "list", "kop/siti")
    run("post", "-", more=(SPOKEN % (1, siti) + SPOKEN % (2, siti)).encode())
    run("post", "-", more=(SPOKEN % (1, siti)).replace("obat", "lain").encode(), code=1)
    run("post", "-", more=(SPOKEN % (3, siti)).replace('"subject"', '"sub"').encode(), code=1)
    (place / "bank.csv").write_text(STATEMENT)
    run("import", "bank.csv", "--into", "kop/siti", "--account", "bca", "--currency", "IDR")
    run("account", "open", "kop/siti", "assets:bank:bni")
    for verb in ("limits", "freeze", "reopen", "close"):
        more = ("--floor", "0") if verb == "limits" else ()
        run("account", verb, "kop/siti", "assets:bank:bni", *more)
    run("fund", "open", "kop/siti", "zakat", "--name", "Zakat", "--name-en", "Zakat")
    day = ("--from", "2026-01-01", "--through", "2026-12-31")
    run("fund", "allow", "kop/siti", "zakat", "education", *day)
    run("period", "close", "kop/siti", "--through", "2026-09-30")
    run("household", "open", "kop/hp", "--pay-day", "7")
    spent = ("--category", "expenses:food", "--on", "2026-11-20")
    run("household", "record", "kop/hp", "pasar", "5", *spent)
    run("household", "amend", "kop/hp", "pasar", "pasar-2", "6", *spent)
    run("household", "budget", "kop/hp", "expenses:food", "500rb")
    run("household", "show", "kop/hp")
    for command in ("books", "verify", "health"):
        run(command)
    for command in ("accounts", "funds", "balance", "trial-balance", "entries", "holds"):
        run(command, "kop/siti")
    run("statement", "kop/siti", "assets:cash")
    run("export", "hledger", "kop/siti")


def _ask(watched: Watched, place: Path) -> None:
    """Give consent, tell facts, ask for things, and have a breach."""
    run = watched.run
    run("consent", "texts")
    run("consent", "text", "evaluation")
    run("consent", "give", "kop/siti", "evaluation")
    run("consent", "give", "kop/siti", "nudges")
    run("consent", "withdraw", "kop/siti", "nudges")
    run("consent", "list", "kop/siti")
    (place / "facts.csv").write_text(FACTS)
    run("facts", "record", "kop", "facts.csv")
    run("facts", "list", "kop/siti")
    for kind in ("access", "correction", "objection"):
        about = ("--about", "nik") if kind == "correction" else ()
        run("request", "open", "kop/siti", kind, *about)
    run("request", "list", "kop")
    run("request", "archive", "kop/siti", "-o", "hers.json")
    assert found((place / "hers.json").read_bytes()), "it is hers, and tells her everything"
    (place / "hers.json").unlink()
    run("request", "done", "kop/siti", "1")
    run("request", "refuse", "kop/siti", "2", "endangers")
    run("request", "lift", "kop/siti", "objection")
    run("request", "looks", "kop/siti", "--all")
    run("breach", "affected", "kop", "--book", "kop/siti", *FOREVER)
    told = ("--what", "laptop stolen", "--data", "names", "--remedy", "keys revoked")
    run("breach", "report", "kop", *told, "--table", "device", *FOREVER)
    run("breach", "widen", "kop", "1", "--book", "kop/siti")
    run("breach", "notices", "kop")
    run("breach", "sent", "kop", "1", "--all", "--agency", "--channel", "letter")
    run("breach", "list", "kop")


def _merge_and_erase(watched: Watched, engine: Engine) -> None:
    """Make two records of hers one; then a hold is lifted and she is erased, by two people."""
    watched.run("person", "merge", "kop/s-2", "kop/siti", "--reason", "same_nik")
    watched.run("person", "hold", "kop/siti", "tax", "--since", "2010-01-15")
    watched.agreed("person", "hold", "kop/siti", "tax", "--lift")
    watched.by("ani", "period", "reopen", "kop/siti")
    waits = watched.waiting("proposal", "show")
    watched.by("budi", "proposal", "refuse", "kop", waits["id"], "--reason", "not_now")
    watched.by("ani", "period", "reopen", "kop/siti")
    watched.by("ani", "proposal", "withdraw", "kop", watched.office.waiting()["id"])
    watched.run("proposal", "expire", "kop")
    watched.by("ani", "proposal", "rule", "kop", "person_erasure", "--role", "supervisor")
    watched.by("ani", "proposal", "withdraw", "kop", watched.office.waiting()["id"])
    watched.run("person", "link", "remove", "kop/siti", "1")
    watched.agreed("person", "erase-texts", "kop/siti")
    erase = ("person", "erase", "kop/siti", "--reason", "own_request", "--book", "kop/siti")
    watched.agreed(*erase)
    again = watched.office.by("budi", "proposal", "execute", "kop", "0")
    watched.look(again, ("proposal", "execute"))
    assert found(dump(engine)) == []
    watched.run("entries", "kop/siti")
    assert found(watched.run("entries", "kop/siti").out.encode()) == []
    assert found(watched.run("request", "archive", "kop/siti").out.encode()) == []
    watched.run("verify")


def _look_after(watched: Watched, place: Path, copied: str) -> None:
    """Do the operator's chores, and end everybody's sessions."""
    run = watched.run
    run("person", "erasures")
    (place / "erased.json").write_text(run("person", "erasures", "--format", "json").out)
    run("backup", "today.backup")
    for path in place.glob("*.backup*"):
        assert found(path.read_bytes()) == [], path
    run("rehearse")
    shutil.copy(place / "juang.key", place / "old.key")
    for verb in ("check", "rotate", "show"):
        run("keys", verb)
    run("db", "migrate")
    run("db", "copy", copied)
    assert found(Path(copied.partition(":///")[2]).read_bytes()) == []
    for verb in ("add", "revoke"):
        run("client", verb, "kop", "mobile")
    run("client", "list", "kop")
    run("session", "list", "kop/ani")
    run("session", "revoke", "kop/ani", "--all")
    run("session", "prune", "kop")
    run("officer", "disable", "kop/ani")
    watched.by("rina", "officer", "enable", "kop/ani")
    waits = watched.waiting("proposal", "show")
    watched.by("sari", "proposal", "approve", "kop", waits["id"], waits["hash"])
    told = watched.office.run("--db", "sqlite:///demo.db", "--key-file", "demo.key", "demo")
    assert watched.look(told, ("demo",)).code == 0


def _restore_yesterday(watched: Watched, engine: Engine, back: tuple[str, ...]) -> None:
    """Bring back the day before she was erased, apply the list, and find nothing of her."""
    db.migrate(engine, "base")
    watched.office.before = (*back, "--log", "log")
    watched.run("restore", "yesterday.backup")
    assert found(watched.run("entries", "kop/siti").out.encode()), "that day she was there"
    assert found(dump(engine)) == []

    watched.run("person", "reapply", "erased.json")

    assert found(watched.run("entries", "kop/siti").out.encode()) == []
    shown = json.loads(watched.run("person", "show", "kop/siti", "--format", "json").out)
    assert (shown["state"]["en"], shown["rows"]) == ("erased", [])
    assert found(dump(engine)) == []
    watched.run("verify")
