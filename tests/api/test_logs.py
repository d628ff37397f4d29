"""The log tells who did what and how it ended, and never of a person.

A canary's texts and numbers are driven through every way in that takes texts, through errors and
through a crash: neither the log nor the error output repeats any of them.
"""

import io
import json
import logging
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import click
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from api import logs
from api.cli import juang as program_group
from api.commands import changes
from api.logs import Event, Log, Result, Sink
from ledger import db
from tests.api.conftest import Ended, Juang

NIK = "3273014405900007"
PHONE = "+62 812-9000-7777"
NAME = "Siti Kenari"
EMAIL = "kenari@contoh.id"
CANARIES = (NIK, "812-9000-7777", "81290007777", "Kenari", "kenari", "obat rahasia")
TEXT = f"obat rahasia {NAME} {NIK} {PHONE} {EMAIL}"

READING = {
    *("accounts", "balance", "books", "entries", "holds", "statement", "trial-balance"),
    *("health", "keys check", "keys show", "funds", "household show"),
    *("person devices", "person erasures", "person events"),
    *("officer list", "session list", "proposal list", "proposal show"),
    *("consent list", "consent text", "consent texts", "request list", "request looks"),
    *("breach affected", "breach list", "breach notices", "facts list", "client list"),
}
"""Commands that change nothing, and are not logged."""


def leaves(command: click.Command, path: str = "") -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        ctx = click.Context(command)
        for name in command.list_commands(ctx):
            found = command.get_command(ctx, name)
            assert found is not None
            yield from leaves(found, f"{path} {name}".strip())
    else:
        yield path, command


def told(place: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (place / "log").read_text("ascii").splitlines()]


def quiet(place: Path, *ended: Ended) -> None:
    """Expect no canary in the log and none on the error output."""
    heard = (place / "log").read_text("ascii") + "".join(each.err for each in ended)
    assert [canary for canary in CANARIES if canary in heard] == []


def line(number: int, **changed: Any) -> bytes:
    made = {
        "id": f"0198a000-0000-7000-8000-{number:012}",
        "book": "a/b",
        "effective_date": "2026-11-20",
        "narration": TEXT,
        "metadata": {"nik": NIK, "telepon": PHONE},
        "postings": [
            {"account": "expenses:food", "debit": {"amount": "5", "currency": "IDR"}},
            {"account": "assets:cash", "credit": {"amount": "5", "currency": "IDR"}},
        ],
    }
    return json.dumps(made | changed).encode() + b"\n"


# Every command.


def test_every_command_that_changes_something_is_logged() -> None:
    """A new command says `@changes(Event.…)`, or stands among those that only read."""
    found = dict(leaves(program_group))
    logged = {path for path, each in found.items() if hasattr(each.callback, changes.EVENT)}

    assert found.keys() - logged - READING == set()
    assert logged & READING == set()
    assert {getattr(found[path].callback, changes.EVENT) for path in logged} == {*Event} - {
        Event.LIBRARY_WARNED,
        Event.REQUEST_ANSWERED,
    }


def test_one_line_says_who_what_and_how_it_ended(juang: Juang, place: Path) -> None:
    juang("--log", "log", "--actor", "teller:ani", "book", "open", "a/b")
    juang("--log", "log", "account", "open", "a/b", "assets:bank:bca")
    juang("--log", "log", "account", "freeze", "a/b", "assets:bank:bca")
    juang("--log", "log", "--actor", "ani", "period", "close", "a/b", "--through", "2026-10-31")
    juang("--log", "log", "--actor", "ani", "period", "reopen", "a/b")
    juang("--log", "log", "post", "-", input=line(1) + line(2, postings=[]))

    opened, account, frozen, closed, reopened, posted = told(place)
    assert opened.keys() == {
        *("at", "level", "event", "run", "result", "actor", "book", "milliseconds"),
    }
    said = (opened["event"], opened["actor"], opened["result"])
    assert said == ("book_opened", "teller:ani", "done")
    at = datetime.fromisoformat(opened["at"])
    assert at.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=5)
    assert (account["account"], account["book"]) == (10_000, opened["book"])
    assert (frozen["event"], frozen["what"]) == ("account_changed", "frozen")
    assert (closed["event"], closed["what"]) == ("period_changed", "closed")
    assert (reopened["result"], reopened["code"]) == ("refused", "sign_in_wrong")
    assert (posted["result"], posted["counts"]["posted"]) == ("refused", 1)
    assert len({each["run"] for each in told(place)}) == 6


def test_the_log_is_its_owners_alone_and_goes_on(juang: Juang, place: Path) -> None:
    juang("--log", "log", "book", "open", "a/b")
    juang("--log", "log", "book", "open", "a/c")

    assert stat.S_IMODE((place / "log").stat().st_mode) == 0o600
    assert stat.S_IMODE((place / "juang.db").stat().st_mode) == 0o600
    assert len(told(place)) == 2


def test_a_log_for_people_on_the_error_output(juang: Juang) -> None:
    ended = juang("--log", "-", "--log-format", "console", "book", "open", "a/b")

    last = ended.err.splitlines()[-1]
    assert re.search(r'^at="\S+Z" level="info" event="book_opened" run="\w{16}"', last)


def test_a_log_that_cannot_be_opened(juang: Juang) -> None:
    ended = juang("--log", "no/such/folder/log", "book", "open", "a/b")

    assert (ended.code, ended.out) == (1, "")
    assert "error: there is no file no/such/folder/log" in ended.err


# The canary.


def test_no_command_tells_of_a_person(juang: Juang, place: Path) -> None:
    log = ("--log", "log", "--actor", f"teller:{NIK}")
    (place / "statement.csv").write_text(
        f"date,description,amount\n2026-11-02,{TEXT.replace(',', ' ')},45.00\n"
        f"2026-11-03,{NAME},{NIK}x\n{NIK},{NAME},1\n"
    )
    (place / "map.toml").write_text(f'date = "{NIK}"\n')
    ended = [
        juang(*log, "book", "open", "a/b", "--name", f"{NAME} {NIK}"),
        juang(*log, "account", "open", "a/b", "assets:bank:bca", "--name", f"{NAME} {PHONE}"),
        juang(*log, "post", "-", input=line(1)),
        juang(*log, "post", "-", input=line(1, narration=f"{TEXT} lagi")),
        juang(*log, "post", "--dry-run", "-", input=line(2)),
        juang(*log, "post", "-", input=line(3, narration=TEXT + "\0")),
        juang(*log, "post", "-", input=line(4, metadata={NIK: NAME})),
        juang(*log, "post", "-", input=line(5).replace(b'"id"', b"'id'")),
        juang(*log, "post", "-", input=line(6, subject=NAME + "\n")),
        juang(*log, "import", "statement.csv", "--account", NAME, "--tenant", "a"),
        juang(*log, "import", "statement.csv", "--map", "map.toml"),
        juang(*log, "export", "hledger", "a/b"),
        juang(*log, "verify"),
    ]

    quiet(place, *ended)
    assert [each["event"] for each in told(place)].count("entries_posted") == 7
    assert {each["actor"] for each in told(place)} == {"teller:[nik]"}
    assert NIK in ended[-2].out, "what was asked for is shown to whoever asks"


CRASH = """
import sys
from api import cli
from ledger.journal import operations
{breaks}
sys.argv = ["juang", "--log", "log", "post", "-"]
cli.main()
"""
RAISES = """
def broken(session, sent, **rest):
    try:
        raise KeyError(sent[0][0].narration)
    except KeyError as error:
        raise ValueError(f"cannot post {sent[0][0].narration}") from error
operations.post_each = broken
"""
DATABASE = """
from sqlalchemy import text
def broken(session, sent, **rest):
    session.execute(text("SELECT :told FROM nowhere"), {"told": sent[0][0].narration})
operations.post_each = broken
"""


def crashed(place: Path, breaks: str, sent: bytes) -> Ended:
    ended = subprocess.run(
        [sys.executable, "-c", CRASH.format(breaks=breaks)],
        input=sent,
        capture_output=True,
        check=False,
        timeout=60,
    )
    return Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def test_a_crash_in_the_middle_shows_its_place_and_no_words(juang: Juang, place: Path) -> None:
    juang("book", "open", "a/b")

    ended = crashed(place, RAISES, line(1))

    assert ended.code == 1
    quiet(place, ended)
    (event,) = told(place)
    assert (event["result"], event["error"], event["level"]) == ("crashed", "ValueError", "error")
    assert event["trace"][-1].endswith("broken")
    assert "Traceback (most recent call last):" in ended.err
    assert "KeyError (its words are left out" in ended.err
    assert "ValueError (its words are left out" in ended.err


def test_a_failure_of_the_database_shows_no_values(juang: Juang, place: Path) -> None:
    juang("book", "open", "a/b")

    ended = crashed(place, DATABASE, line(1))

    assert ended.code == 1
    quiet(place, ended)
    assert "error: The database failed: no such table: nowhere" in ended.err
    (event,) = told(place)
    assert (event["result"], event["error"]) == ("failed", "OperationalError")


def test_an_error_of_the_database_keeps_values_to_itself(engine: Engine) -> None:
    with (
        pytest.raises(DBAPIError) as caught,
        db.session_factory(engine)() as session,
    ):
        session.execute(text("SELECT :told FROM nowhere"), {"told": TEXT})

    assert not [canary for canary in CANARIES if canary in str(caught.value)]


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_what_the_database_quotes_is_not_repeated(engine: Engine) -> None:
    from api.commands.failures import failure

    with (
        pytest.raises(DBAPIError) as caught,
        db.session_factory(engine)() as session,
    ):
        session.execute(text("SELECT CAST(:told AS bigint)"), {"told": TEXT})

    failed = failure(caught.value, "en")
    assert failed is not None
    assert failed.message == "The database failed: invalid input syntax for type bigint"
    assert changes.how_it_ended(caught.value) == {
        "result": "failed",
        "error": "DataError",
        "sqlstate": "22P02",
    }


# What a line may hold.


class Kept(Sink):
    """A sink that keeps its lines."""

    def __init__(self) -> None:
        super().__init__(None)
        self.lines: list[str] = []

    def msg(self, line: str) -> None:
        self.lines.append(line)

    info = warning = error = msg


@pytest.mark.parametrize("form", ["json", "console"])
def test_what_is_not_allowed_is_dropped_and_counted(form: logs.Form) -> None:
    kept = Kept()
    log = Log(kept, form=form, run="0" * 16)

    log.write(
        Event.ENTRIES_POSTED,
        narration=TEXT,
        nik=NIK,
        code=f"not a code {NIK}",
        posted=NIK,
        counts={NIK: 1, "posted": 3},
        book=True,
        trace=[TEXT],
        result=Result.DONE.value,
        actor=None,
    )

    (line,) = kept.lines
    assert not [canary for canary in CANARIES if canary in line]
    assert "dropped" in line
    if form == "json":
        found = json.loads(line)
        assert found["dropped"] == 5
        assert found["counts"] == {"posted": 3}
        assert found["trace"] == []


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\u2028", "\x1b[2K", "\x85"])
def test_no_value_begins_a_line(form: logs.Form, ending: str) -> None:
    """Even where a check of the list would let it pass, the form writes it escaped."""
    forged = f'ani{ending}{{"event":"books_exported"}}'
    writer = logs.as_json if form == "json" else logs.as_console

    line = writer(None, "info", {"actor": forged})

    assert line.isascii()
    assert line.isprintable()
    assert "actor" not in logs.allowed(None, "info", {"actor": forged})


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("3273014405900007", "[nik]"),
        ("3273 0144 0590 0007", "[nik]"),
        ("081290007777", "[phone]"),
        ("+852 9123 4567", "[phone]"),
        ("(021) 555-12345", "[phone]"),
        ("siti@contoh.id", "[email]"),
        ("siti@koperasi", "[email]"),
        ("٣٢٧٣٠١٤٤٠٥٩٠٠٠٠٧", "[nik]"),
        ("2026-11-24", "2026-11-24"),
    ],
)
def test_scrubbing(written: str, left: str) -> None:
    assert logs.scrubbed(written) == left


def test_time_is_utc_whatever_the_clock_says() -> None:
    kept = Kept()
    jakarta = timezone(timedelta(hours=7))
    log = Log(kept, clock=lambda: datetime(2026, 11, 24, 6, 30, tzinfo=jakarta))

    log.write(Event.BOOK_OPENED)

    assert json.loads(kept.lines[0])["at"] == "2026-11-23T23:30:00.000000Z"


def test_a_library_is_noted_and_not_quoted() -> None:
    kept = Kept()
    handler = logs._Libraries(Log(kept))
    record = logging.LogRecord(
        "sqlalchemy.pool", logging.ERROR, __file__, 1, f"failed for {TEXT}", (), None
    )

    handler.emit(record)

    found = json.loads(kept.lines[0])
    assert (found["event"], found["logger"]) == ("library_warned", "sqlalchemy.pool")
    assert not [canary for canary in CANARIES if canary in kept.lines[0]]


def test_a_crash_is_printed_with_its_causes_and_without_words() -> None:
    output = io.StringIO()
    try:
        try:
            raise KeyError(TEXT)  # noqa: TRY301 - the cause whose words must not be shown
        except KeyError as error:
            raise ValueError(TEXT) from error
    except ValueError as error:
        logs.tell_crash(error, output)

    said = output.getvalue()
    assert said.index("KeyError (its words") < said.index("ValueError (its words")
    assert not [canary for canary in CANARIES if canary in said.replace("TEXT", "")]


def test_a_full_disk_does_not_undo_what_was_done(tmp_path: Path) -> None:
    sink = Sink(tmp_path / "log")
    sink.close()
    sink._file = 10_000  # a handle that is not open

    Log(sink).write(Event.BOOK_OPENED)


def test_every_event_and_result_is_explained() -> None:
    page = (Path(__file__).parents[2] / "docs" / "cli.md").read_text("utf-8")

    for name in (*Event, *Result):
        assert f"`{name.value}`" in page, name
