"""`verify` names every number, hash and text that is not what the entries say.

One row per alteration, made with raw SQL behind the guards' backs; last column the problem that
is named. Books with one entry of every kind, of which nothing is wrong at first.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from ledger import db
from ledger.books import operations as books
from ledger.journal import operations, verify
from ledger.journal.intents import Exchange, credit, debit
from ledger.journal.keyring import Keyring
from ledger.migrations import guards
from tests import builders
from tests.builders import (
    NOW,
    SITI,
    TELLER,
    TODAY,
    amend,
    capture,
    counted,
    earn,
    hkd,
    idr,
    pay,
    post,
    reserve,
    reverse,
)
from tests.conftest import Store

ENTRIES = (
    post(1, *earn(1_000), narration="gaji"),
    post(2, *pay(5), day=date(2026, 11, 1)),
    post(3, debit("hkd", hkd(1)), credit("cash", idr(2_000)), exchange=Exchange(Decimal(2))),
    reserve(4, *pay(300), expires_at=NOW + timedelta(days=9)),
    capture(5, 4, (1, 100), (2, 100), keep_rest=True),
    reverse(6, 2, (1, 1), (2, 1), reason="salah"),
    amend(7, 1, *earn(900), device_time=NOW, value_date=TODAY),
    counted(8, "cash", -1_204),
)
CASH, FOOD = 10_000, 10_005

ALTERATIONS = (
    ("posting", "amount = amount + 1", "seq = 2 AND line = 1", "intent hash of entry 2"),
    ("posting", "amount = amount + 1", "seq = 2 AND line = 1", "balance of entry 2 in IDR"),
    ("posting", "amount = amount + 1", "seq = 2 AND line = 1", "counter (posted debit)"),
    ("posting", "account_no = 10006", "seq = 2 AND line = 1", "intent hash of entry 2"),
    ("posting", "account_no = 77", "seq = 2 AND line = 1", "account of entry 2, line 1"),
    ("posting", "side = 'C'", "seq = 2 AND line = 1", "balance of entry 2"),
    ("posting", "balance_after = 7", "seq = 1 AND line = 1", "running balance of entry 1"),
    ("posting", "seq = 99", "seq = 2 AND line = 1", "posting of entry 99"),
    ("posting", "seq = 99", "seq = 2 AND line = 1", "number of lines of entry 2"),
    ("posting", "amount = 50000", "seq = 6", "reversed amount of entry 2"),
    ("entry", "kind = 'x'", "seq = 2", "intent hash of entry 2"),
    ("entry", "effective_date = '2026-11-02'", "seq = 2", "leaf hash of entry 2"),
    ("entry", "effective_date = '2026-11-02'", "seq = 2", "day bucket of account 10000 on"),
    ("entry", "value_date = '2026-11-02'", "seq = 2", "intent hash of entry 2"),
    ("entry", "actor = 'x'", "seq = 2", "leaf hash of entry 2"),
    ("entry", "recorded_at = '2027-01-01 00:00:00.000000+00:00'", "seq = 2", "moment of entry 3"),
    ("entry", "recorded_at = '2027-01-01 00:00:00.000000+00:00'", "seq = 9", "last moment of book"),
    ("entry", "target_seq = 1", "seq = 6", "intent hash of entry 6"),
    ("entry", "amends_seq = NULL", "seq = 8", "leaf hash of entry 8"),
    ("entry", "device_time = NULL", "seq = 8", "intent hash of entry 8"),
    ("entry", "flags = 0", "seq = 6", "intent hash of entry 6"),
    ("entry", "seq = 99", "seq = 9", "sequence of entry 99"),
    ("entry", "seq = 99", "seq = 9", "request of entry 99"),
    ("entry", "target_seq = NULL", "seq = 6", "request of entry 6"),
    ("entry", "verb = 'x'", "seq = 1", "request of entry 1"),
    ("entry", "change_no = 1", "seq = 5", "change number of entry 5"),
    ("entry", "leg_count = 3", "seq = 2", "number of lines of entry 2"),
    ("account", "posted_debit = 1", f"no = {CASH}", f"counter (posted debit) of account {CASH}"),
    (
        "account",
        "pending_credit = 1",
        f"no = {CASH}",
        f"counter (pending credit) of account {CASH}",
    ),
    ("account", "on_time_date = NULL", f"no = {CASH}", f"latest on-time date of account {CASH}"),
    ("account", "flow_debit = 1", f"no = {FOOD}", f"moved on the day of account {FOOD}"),
    ("account_day", "debit = debit + 1", f"account_no = {FOOD}", f"day bucket of account {FOOD}"),
    ("account_day", "on_time_seq = 1", f"account_no = {FOOD}", f"day bucket of account {FOOD}"),
    ("late_total", "net_total = 1", "shift = 0", f"late total of account {CASH}"),
    ("hold", "remaining = 1", "line = 1", "hold of entry 4, line"),
    ("hold", "account_no = 10001", "line = 2", "hold of entry 4, line 2"),
    ("hold", "side = 'D'", "line = 2", "hold of entry 4, line 2"),
    ("hold", "expires_at = NULL", "line = 1", "hold of entry 4, line"),
    ("balance_assertion", "balance = 7", "seq = 9", "intent hash of entry 9"),
    ("entry_exchange", "mid_rate = '3'", "seq = 3", "intent hash of entry 3"),
    ("entry_exchange", "sold = sold + 1", "seq = 3", "exchange of entry 3"),
    ("entry_text", "seq = 99", "field = 'narration'", "text of entry 99, narration"),
    ("entry_text", "field = 'reason'", "field = 'narration'", "text of entry 1, reason"),
    ("balance_assertion", "seq = 99", "seq = 9", f"asserted balance of entry 99, account {CASH}"),
    ("entry_exchange", "seq = 99", "seq = 3", "exchange of entry 99"),
    ("book", "next_account_no = 10000", "1 = 1", "next account number of book"),
    ("book", "head_seq = 8", "1 = 1", "head of book"),
    ("book", "head_change_no = 1", "1 = 1", "change head of book"),
    ("book", "last_recorded_at = NULL", "1 = 1", "last moment of book"),
)


@pytest.fixture(scope="module")
def written(sqlite_store: Store, postgresql_store: Store) -> Iterator[dict[str, Engine]]:
    """Write the books once, without guards; every test undoes what it alters."""
    with sqlite_store.copy() as on_sqlite, postgresql_store.copy() as on_postgresql:
        engines = {
            name: db.engine(url.render_as_string(hide_password=False), role=None)
            for name, url in (("sqlite", on_sqlite), ("postgresql", on_postgresql))
        }
        for engine in engines.values():
            _write_books(engine)
        yield engines
        for engine in engines.values():
            engine.dispose()


def _write_books(engine: Engine) -> None:
    with db.session_factory(engine, keyring=builders.keyring())() as session, session.begin():
        builders.open_books(session)
        books.set_limits(
            session, SITI, "food", daily_debit_limit=10**9, actor=TELLER, recorded_at=NOW
        )
        outcomes = operations.post(session, ENTRIES, actor=TELLER, recorded_at=NOW)
        assert all(outcome.accepted for outcome in outcomes)
        guards.remove(session.connection())


@pytest.fixture
def connection(backend: str, written: dict[str, Engine]) -> Iterator[Connection]:
    """Give a connection in a transaction that is undone."""
    with written[backend].connect() as connection:
        yield connection
        connection.rollback()


def _problems(connection: Connection, ring: Keyring | None = None) -> list[str]:
    with Session(connection, info={"keyring": ring or builders.keyring()}) as session:
        return [str(problem) for problem in verify.verify(session).problems]


def test_books_that_nobody_altered_have_no_problem(connection: Connection) -> None:
    with Session(connection, info={"keyring": builders.keyring()}) as session:
        report = verify.verify(session)

    assert report.clean
    assert (report.books, report.entries, report.postings) == (4, 9, 20)


@pytest.mark.parametrize(("table", "change", "where", "problem"), ALTERATIONS)
def test_what_was_altered_is_named(
    connection: Connection, table: str, change: str, where: str, problem: str
) -> None:
    book = "id" if table == "book" else "book_id"
    altered = connection.execute(
        text(f"UPDATE {table} SET {change} WHERE {book} = {SITI} AND {where}")
    )
    assert altered.rowcount

    named = _problems(connection)
    assert [line for line in named if f"{problem}" in line and str(SITI) in line], named


def test_three_alterations_at_once_are_all_named(connection: Connection) -> None:
    for statement in (
        f"UPDATE posting SET amount = amount + 1 WHERE book_id = {SITI} AND seq = 2 AND line = 1",
        f"UPDATE account SET posted_credit = 1 WHERE book_id = {SITI} AND no = {CASH}",
        f"UPDATE account_day SET credit = credit + 1 WHERE book_id = {SITI} AND account_no = 10002",
    ):
        connection.execute(text(statement))

    named = "\n".join(_problems(connection))

    assert "intent hash of entry 2" in named
    assert f"counter (posted credit) of account {CASH}" in named
    assert "day bucket of account 10002" in named


@pytest.mark.parametrize("table", ["posting", "entry", "account_day", "late_total", "hold"])
def test_rows_that_are_gone_are_missed(connection: Connection, table: str) -> None:
    connection.execute(text(f"DELETE FROM {table} WHERE book_id = {SITI}"))

    assert _problems(connection)


def test_a_text_under_another_key_is_named(connection: Connection) -> None:
    other = Keyring(bytes(range(32)), lambda _book, _subject: bytes(32))
    wrapped = other.wrap(bytes(32))
    connection.execute(text("UPDATE text_key SET wrapped = :wrapped"), {"wrapped": wrapped})

    named = _problems(connection)

    assert len(named) == 2
    assert all("text of entry" in line and "unreadable" in line for line in named)


@pytest.mark.parametrize("wrapped", [b"", b"altered", bytes(40)])
def test_a_key_that_was_altered_is_named_by_its_texts_and_hides_nothing_else(
    connection: Connection, wrapped: bytes
) -> None:
    connection.execute(text("UPDATE text_key SET wrapped = :wrapped"), {"wrapped": wrapped})
    connection.execute(text(f"UPDATE account SET posted_credit = 1 WHERE no = {CASH}"))

    named = "\n".join(_problems(connection))

    assert "text of entry 1, narration is unreadable" in named
    assert "text of entry 6, reason is unreadable" in named
    assert f"counter (posted credit) of account {CASH}" in named


def test_erased_texts_are_no_problem(connection: Connection) -> None:
    connection.execute(text("UPDATE text_key SET wrapped = NULL"))

    assert _problems(connection) == []


def test_a_key_that_is_not_there_at_all_is_a_loss(connection: Connection) -> None:
    connection.execute(text("DELETE FROM text_key"))

    named = _problems(connection)

    assert len(named) == 2
    assert all("text key of entry" in line and "is missing" in line for line in named)


def test_rows_of_no_book_are_named(connection: Connection) -> None:
    connection.execute(text(f"UPDATE hold SET book_id = 7 WHERE book_id = {SITI}"))

    assert [line for line in _problems(connection) if line.startswith("book 7: row of hold")]


def test_only_the_books_asked_for_are_verified(connection: Connection) -> None:
    connection.execute(text(f"UPDATE book SET head_seq = 1 WHERE id = {SITI}"))

    with Session(connection) as session:
        assert not verify.verify(session, [SITI]).clean
        assert verify.verify(session, [builders.IBU]).clean
