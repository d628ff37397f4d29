"""Officers at the command line: enrolled, signed in, four eyes on a period, sessions ended."""

import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from api.commands.deployment import Deployment
from api.commands.key_files import read_key
from ledger import db
from ledger.access import factors, operations
from ledger.access.operations import Door
from ledger.books import operations as books
from ledger.books.tables import Book
from ledger.journal.keyring import Keyring
from tests.api.conftest import Ended, Juang, run

PASSPHRASE = "panci hijau naik sepeda"


@dataclass
class Office:
    """Officers with authenticators, and a clock that moves half a minute with every command."""

    now: datetime = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    keys: dict[str, bytes] = field(default_factory=dict)
    codes: dict[str, list[str]] = field(default_factory=dict)

    def run(self, *args: str, answers: tuple[str, ...] = ()) -> Ended:
        self.now += timedelta(seconds=30)
        return run(*args, input="".join(f"{each}\n" for each in answers).encode())

    def enrol(self, handle: str, *roles: str, person: str | None = None) -> None:
        path = f"kop/{handle}"
        self.done("officer", "add", path, "--person", person or handle)
        for role in roles:
            self.done("officer", "role", path, role)
        self.done("officer", "passphrase", path, answers=(PASSPHRASE,))
        key = handle.encode().ljust(20, b".")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                secrets, "token_bytes", lambda size: key if size == 20 else bytes(range(size))
            )
            code = factors.code(key, factors.step(self.now + timedelta(seconds=30)))
            ended = self.done("officer", "totp", path, answers=(code,))
        self.keys[handle] = key
        self.codes[handle] = ended.out.splitlines()[2:]

    def done(self, *args: str, answers: tuple[str, ...] = ()) -> Ended:
        ended = self.run(*args, answers=answers)
        assert ended.code == 0, (args, ended)
        return ended

    def by(self, handle: str, *args: str, passphrase: str = PASSPHRASE) -> Ended:
        later = self.now + timedelta(seconds=30)
        code = factors.code(self.keys.get(handle, bytes(20)), factors.step(later))
        return self.run("--actor", handle, *args, answers=(passphrase, code))


@pytest.fixture
def office(juang: Juang, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Open a cooperative's book, closed through September, with three officers."""
    made = Office()
    monkeypatch.setattr(Deployment, "now", lambda _deployment: made.now)
    made.done("db", "migrate")
    made.done("book", "open", "kop/kas", "--kind", "cooperative")
    made.done("period", "close", "kop/kas", "--through", "2026-09-30")
    made.enrol("ani", "manager")
    made.enrol("budi", "supervisor")
    made.enrol("tono", "teller")
    return made


def closed_through(place: Path) -> date | None:
    engine = db.engine(f"sqlite:///{place / 'juang.db'}")
    with db.session_factory(engine)() as session:
        found = session.scalar(select(Book.closed_through))
    engine.dispose()
    return found


def waiting(office: Office) -> dict[str, str]:
    listed = json.loads(office.done("proposal", "list", "kop", "--format", "json").out)["rows"]
    (row,) = listed
    shown = json.loads(office.done("proposal", "show", "kop", row["id"], "--format", "json").out)
    return {"id": row["id"], "hash": shown["hash"], "state": row["state"]}


def test_a_period_is_reopened_by_two_people(office: Office, place: Path) -> None:
    reopen = ("period", "reopen", "kop/kas", "--through", "2026-08-31")

    proposed = office.by("ani", *reopen)
    assert proposed.code == 0, proposed
    found = waiting(office)
    assert f"Proposed: {found['id']}." in proposed.err
    assert closed_through(place) == date(2026, 9, 30)

    def approve(by: str, hash_: str = found["hash"]) -> Ended:
        return office.by(by, "proposal", "approve", "kop", found["id"][:8], hash_)

    refusals = {
        "cannot approve it": approve("ani"),
        "may not proposal.approve": approve("tono"),
        "has changed": approve("budi", "0" * 64),
        "it is ": approve("budi", found["hash"][:15]),
        "is wrong": office.by("nobody", "proposal", "approve", "kop", found["id"], found["hash"]),
    }
    for said, ended in refusals.items():
        assert (ended.code, said in ended.err) == (1, True), (said, ended)
    assert closed_through(place) == date(2026, 9, 30)

    approved = approve("budi", found["hash"][:16])
    assert (approved.code, approved.out) == (0, "")
    assert approved.err.splitlines() == [
        "Reopening a period: approved.",
        "Reopening a period: carried out.",
    ]
    assert closed_through(place) == date(2026, 8, 31)
    again = office.by("budi", "proposal", "execute", "kop", found["id"])
    assert (again.code, "no longer waiting" in again.err) == (1, True)


@pytest.mark.parametrize("language", ["id", "en"])
def test_proposals_are_listed_shown_refused_and_withdrawn(office: Office, language: str) -> None:
    lang = ("--language", language)
    office.by("ani", "period", "reopen", "kop/kas")
    found = waiting(office)
    for form in ("text", "json", "csv"):
        for args in (("list", "kop"), ("list", "kop", "--all"), ("show", "kop", found["id"])):
            ended = office.done(*lang, "proposal", *args, "--format", form)
            assert ended.out
            assert max(map(len, ended.out.splitlines())) <= 80 or form != "text"

    assert office.by("budi", "proposal", "withdraw", "kop", found["id"]).code == 1
    refused = office.by("budi", "proposal", "refuse", "kop", found["id"], "--reason", "too_late")
    assert refused.code == 0, refused
    office.by("ani", "period", "reopen", "kop/kas")
    second = waiting(office)
    assert second["id"] != found["id"]
    assert office.by("ani", "proposal", "withdraw", "kop", second["id"]).code == 0
    assert json.loads(office.done("proposal", "list", "kop", "--format", "json").out)["rows"] == []


def test_a_teller_does_not_propose_and_a_wrong_passphrase_is_counted(office: Office) -> None:
    teller = office.by("tono", "period", "reopen", "kop/kas")
    assert (teller.code, "may not period.propose_reopening" in teller.err) == (1, True)

    for _ in range(5):
        wrong = office.by("ani", "period", "reopen", "kop/kas", passphrase="salah salah salah")
        office.now -= timedelta(seconds=29)
        assert (wrong.code, "is wrong" in wrong.err) == (1, True)
    waits = office.by("ani", "period", "reopen", "kop/kas")
    assert (waits.code, "try again after" in waits.err) == (1, True)


def test_officers_are_listed_and_their_roles_end(office: Office) -> None:
    clash = office.run("officer", "role", "kop/budi", "teller")
    assert (clash.code, "must not hold" in clash.err) == (1, True)
    office.done("officer", "role", "kop/tono", "teller", "--end")
    office.done("officer", "role", "kop/tono", "loan_officer", "--book", "kop/kas")
    office.done("officer", "disable", "kop/tono")
    office.done("officer", "disable", "kop/tono")

    for language in ("id", "en"):
        assert "ani" in office.done("--language", language, "officer", "list", "kop").out
    rows = json.loads(office.done("officer", "list", "kop", "--format", "json").out)["rows"]
    assert [(row["officer"], row["state"], row["roles"]) for row in rows] == [
        ("ani", "active", "manager"),
        ("budi", "active", "supervisor"),
        ("tono", "disabled", ""),
    ]
    office.done("officer", "enable", "kop/tono")
    common = office.run("officer", "passphrase", "kop/ani", answers=("koperasi2026",))
    assert (common.code, "too easy" in common.err) == (1, True)


def test_a_lost_second_factor_is_reset_by_two_others(office: Office) -> None:
    assert len(set(office.codes["tono"])) == 10
    stands = office.run("officer", "totp", "kop/tono", answers=("",))
    assert (stands.code, "has a second factor" in stands.err) == (1, True)

    asked = office.by("ani", "officer", "totp", "kop/tono", "--reset")
    assert asked.code == 0, asked
    found = waiting(office)
    done = office.by("budi", "proposal", "approve", "kop", found["id"], found["hash"])
    assert done.code == 0, done

    missing = office.by("tono", "period", "reopen", "kop/kas")
    assert (missing.code, "no second factor yet" in missing.err) == (1, True)


def test_sessions_are_listed_and_ended(office: Office, place: Path) -> None:
    engine = db.engine(f"sqlite:///{place / 'juang.db'}")
    key = read_key(place / "juang.key")
    assert key is not None
    keyring = Keyring(key, lambda _book, _subject: bytes(32))
    for number in (1, 2, 3):
        office.now += timedelta(minutes=1)
        with db.session_factory(engine, keyring=keyring).begin() as session:
            attempt = operations.sign_in(
                session,
                books.tenant_id("kop"),
                "ani",
                PASSPHRASE,
                factors.code(office.keys["ani"], factors.step(office.now)),
                door=Door("192.0.2.1", agent=f"Firefox {number}"),
                token=bytes([number]) * 32,
                recorded_at=office.now,
            )
            assert attempt.acting is not None
    engine.dispose()

    def numbers() -> list[int]:
        listed = office.done("session", "list", "kop/ani", "--format", "json").out
        return [row["no"] for row in json.loads(listed)["rows"]]

    assert "Firefox 2" in office.done("session", "list", "kop/ani").out
    assert numbers() == [3, 2, 1]
    office.done("session", "revoke", "kop/ani", "2")
    assert numbers() == [3, 1]
    assert office.run("session", "revoke", "kop/ani", "2").code == 1
    assert "2 sessions ended" in office.done("session", "revoke", "kop/ani", "--all").err
    assert numbers() == []
