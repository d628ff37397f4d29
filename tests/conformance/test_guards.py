"""What the database itself refuses, whoever asks, with any client (design.md §3, "Guarded twice").

Raw SQL against books that hold an entry of every kind. Each statement is refused by a guard that
says so, and leaves the books as they were. Citus has no triggers: none of this runs there.
"""

import sqlite3
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from ledger import db
from ledger.migrations import guards
from tests import builders
from tests.builders import SITI
from tests.conformance import laws
from tests.conformance.guarded import HISTORY, KEPT, write_books
from tests.conftest import Store

pytestmark = pytest.mark.guards

CASH, BANK, FOOD = 10_000, 10_001, 10_005
FRESH = 99
"""A seq that no entry has."""


@pytest.fixture(scope="module")
def written(sqlite_store: Store, postgresql_store: Store) -> Iterator[dict[str, Engine]]:
    """Write books once for all tests of this module: each of them undoes what it did."""
    with sqlite_store.copy() as on_sqlite, postgresql_store.copy() as on_postgresql:
        engines = {
            name: db.engine(url.render_as_string(hide_password=False), role=None)
            for name, url in (("sqlite", on_sqlite), ("postgresql", on_postgresql))
        }
        for engine in engines.values():
            write_books(engine)
        yield engines
        for engine in engines.values():
            engine.dispose()


@pytest.fixture
def connection(backend: str, written: dict[str, Engine]) -> Iterator[Connection]:
    """Give a connection in a transaction that is undone."""
    with written[backend].connect() as connection:
        yield connection
        connection.rollback()


def _refused(connection: Connection, statement: str, because: str = "juang: ") -> None:
    """Expect a guard to refuse a statement, and the books to be as before."""
    with pytest.raises(DBAPIError, match=because), connection.begin_nested():
        connection.execute(text(statement))


def _copied(connection: Connection, table: str, **changes: object) -> str:
    """Write an INSERT of a copy of a table's first row, with some columns changed."""
    columns = [
        row[0] for row in connection.execute(text(_COLUMNS[connection.dialect.name] % table))
    ]
    assert columns
    values = [str(changes.get(name, name)) for name in columns]
    return (
        f"INSERT INTO {table} ({', '.join(columns)})"
        f" SELECT {', '.join(values)} FROM {table} ORDER BY {', '.join(guards.KEYS[table])} LIMIT 1"
    )


_COLUMNS = {
    "sqlite": "SELECT name FROM pragma_table_info('%s')",
    "postgresql": "SELECT column_name FROM information_schema.columns"
    " WHERE table_name = '%s' AND table_schema = 'public'",
}


def test_the_lists_of_tables_are_those_of_the_guards() -> None:
    assert set(HISTORY) == guards.KEYS.keys()
    assert set(KEPT) == set(guards.KEPT)


def test_the_books_of_this_module_fill_every_table(connection: Connection) -> None:
    for table in (*HISTORY, *KEPT):
        assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() > 0, table


@pytest.mark.parametrize("table", HISTORY)
def test_history_is_not_updated(connection: Connection, table: str) -> None:
    key = guards.KEYS[table][0]
    _refused(connection, f"UPDATE {table} SET {key} = {key}")


@pytest.mark.parametrize("table", HISTORY + KEPT)
def test_history_and_what_is_kept_is_not_deleted(connection: Connection, table: str) -> None:
    _refused(connection, f"DELETE FROM {table}")


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
@pytest.mark.parametrize("table", HISTORY + KEPT)
def test_history_and_what_is_kept_is_not_truncated(connection: Connection, table: str) -> None:
    _refused(connection, f"TRUNCATE {table}")


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("table", HISTORY)
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE"])
def test_history_is_not_replaced(connection: Connection, table: str, verb: str) -> None:
    _refused(connection, _copied(connection, table).replace("INSERT", verb, 1))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("table", KEPT)
def test_what_is_kept_is_not_replaced(connection: Connection, table: str) -> None:
    _refused(connection, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1")


@pytest.fixture
def client(written: dict[str, Engine]) -> Iterator[sqlite3.Connection]:
    """Give a raw client that knows none of our settings, in a transaction that is undone.

    SQLite fires delete triggers for REPLACE only where `recursive_triggers` is on.
    """
    path = written["sqlite"].url.database
    assert path is not None
    client = sqlite3.connect(path, isolation_level=None)
    assert client.execute("PRAGMA recursive_triggers").fetchone() == (0,)
    client.execute("BEGIN IMMEDIATE")
    yield client
    client.execute("ROLLBACK")
    client.close()


def _refused_to(client: sqlite3.Connection, statement: str, table: str = "account") -> None:
    before = client.execute(f"SELECT * FROM {table}").fetchall()
    with pytest.raises(sqlite3.DatabaseError, match="juang: "):
        client.execute(statement)
    assert client.execute(f"SELECT * FROM {table}").fetchall() == before


@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE", "INSERT"])
@pytest.mark.parametrize("table", HISTORY + KEPT)
def test_nothing_is_replaced_by_a_client_without_our_settings(
    client: sqlite3.Connection, table: str, verb: str
) -> None:
    _refused_to(client, f"{verb} INTO {table} SELECT * FROM {table} LIMIT 1", table)


def test_no_account_replaces_one_of_its_code(client: sqlite3.Connection) -> None:
    """A code is unique too: a new number with an old code would take the old row with it."""
    columns = [row[0] for row in client.execute("SELECT name FROM pragma_table_info('account')")]
    values = ", ".join({"no": "77", "posted_debit": "0"}.get(name, name) for name in columns)

    _refused_to(
        client,
        f"INSERT OR REPLACE INTO account ({', '.join(columns)})"
        f" SELECT {values} FROM account WHERE no = {CASH} LIMIT 1",
    )


@pytest.mark.parametrize(
    "change", [f"code = 'bank' WHERE no = {CASH}", f"no = {BANK} WHERE no = {CASH}"]
)
def test_no_account_is_renamed_over_another(client: sqlite3.Connection, change: str) -> None:
    _refused_to(client, f"UPDATE OR REPLACE account SET {change} AND book_id = {SITI}")


def test_no_key_is_moved_over_another(client: sqlite3.Connection) -> None:
    client.execute("INSERT INTO text_key SELECT book_id, 'other', wrapped FROM text_key LIMIT 1")

    with pytest.raises(sqlite3.DatabaseError, match="juang: "):
        client.execute("UPDATE OR REPLACE text_key SET subject = 'other'")


def test_an_account_may_keep_its_code_and_take_a_new_one(client: sqlite3.Connection) -> None:
    client.execute(f"UPDATE account SET code = code WHERE no = {CASH}")
    client.execute(f"UPDATE account SET code = 'kas' WHERE no = {CASH}")


@pytest.mark.parametrize("table", HISTORY)
def test_a_key_is_taken_for_ever(connection: Connection, table: str) -> None:
    _refused(connection, _copied(connection, table), because="juang: |duplicate key")


def test_an_id_is_taken_for_ever(connection: Connection) -> None:
    statement = _copied(connection, "entry", seq=FRESH, leg_count=0)

    _refused(connection, statement, because="juang: |duplicate key")


# Legs and headers.


def _leg(
    seq: int = FRESH, no: int = CASH, line: int = 1, side: str = "D", amount: str = "5"
) -> str:
    return (
        "INSERT INTO posting (book_id, account_no, seq, line, side, layer, amount, balance_after)"
        f" VALUES ({SITI}, {no}, {seq}, {line}, '{side}', 0, {amount}, 0)"
    )


def _header(connection: Connection, legs: int) -> str:
    sqlite = connection.dialect.name == "sqlite"
    fresh_id = "zeroblob(16)" if sqlite else "decode(repeat('00', 16), 'hex')"
    return _copied(connection, "entry", seq=FRESH, id=fresh_id, leg_count=legs)


def _add(connection: Connection, *legs: str) -> None:
    for leg in legs:
        connection.execute(text(leg))


def test_a_balanced_entry_is_taken_also_in_raw_sql(connection: Connection) -> None:
    """So that what follows is refused for its fault and for nothing else."""
    _add(connection, _leg(), _leg(no=FOOD, line=2, side="C"))

    connection.execute(text(_header(connection, legs=2)))


def test_an_unbalanced_entry_is_refused(connection: Connection) -> None:
    _add(connection, _leg(), _leg(no=FOOD, line=2, side="C", amount="4"))

    _refused(connection, _header(connection, legs=2), because="does not balance")


def test_currencies_do_not_balance_each_other(connection: Connection) -> None:
    hong_kong = 10_002
    _add(connection, _leg(), _leg(no=hong_kong, line=2, side="C"))

    _refused(connection, _header(connection, legs=2), because="does not balance")


def test_funds_do_not_balance_each_other(connection: Connection) -> None:
    dana, zakat_cash = builders.DANA, 10_009
    free = _leg(no=FOOD).replace(str(SITI), str(dana))
    restricted = _leg(no=zakat_cash, line=2, side="C").replace(str(SITI), str(dana))
    _add(connection, free, restricted)

    header = _header(connection, legs=2).replace("SELECT book_id", f"SELECT {dana}")
    assert str(dana) in header
    _refused(connection, header, because="does not balance")


def test_layers_do_not_balance_each_other(connection: Connection) -> None:
    held = _leg(no=FOOD, line=2, side="C").replace("'C', 0", "'C', 1")
    _add(connection, _leg(), held)

    _refused(connection, _header(connection, legs=2), because="does not balance")


@pytest.mark.parametrize("said", [1, 3])
def test_a_wrong_number_of_legs_is_refused(connection: Connection, said: int) -> None:
    _add(connection, _leg(), _leg(no=FOOD, line=2, side="C"))

    _refused(connection, _header(connection, legs=said), because="wrong number of legs")


def test_a_header_without_its_legs_is_refused(connection: Connection) -> None:
    _refused(connection, _header(connection, legs=2), because="wrong number of legs")


def test_an_entry_takes_no_more_legs(connection: Connection) -> None:
    _refused(connection, _leg(seq=1, line=3), because="takes no more legs")


def test_a_leg_stands_on_a_known_account(connection: Connection) -> None:
    _refused(connection, _leg(no=77), because="unknown account")


@pytest.mark.parametrize("amount", ["0", "-5"])
def test_an_amount_is_positive(connection: Connection, amount: str) -> None:
    _refused(connection, _leg(amount=amount), because="positive integer|ck_posting_amount")


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("amount", ["1.5", "'five'", "x'05'", "NULL", "9223372036854775808"])
def test_an_amount_is_an_integer(connection: Connection, amount: str) -> None:
    _refused(connection, _leg(amount=amount))


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
@pytest.mark.parametrize("amount", ["'five'", "'1.5'", "NULL", "9223372036854775808"])
def test_a_column_takes_integers_only(connection: Connection, amount: str) -> None:
    _refused(connection, _leg(amount=amount), because="invalid input|null value|out of range")


@pytest.mark.parametrize("side", ["X", "d", ""])
def test_a_side_is_debit_or_credit(connection: Connection, side: str) -> None:
    _refused(connection, _leg(side=side), because="ck_posting_side")


def test_a_layer_is_one_of_three(connection: Connection) -> None:
    _refused(connection, _leg().replace("'D', 0", "'D', 3"), because="ck_posting_layer")


# What an account and a book are.


@pytest.mark.parametrize(
    "change",
    [
        "class = 'expense'",
        "currency = 'USD'",
        "fund = 'zakat'",
        "purpose = 'holding'",
        "no = 77",
        "book_id = 1",
        "floor = 10, ceiling = 9",
        "posted_debit = -1",
        "state = 'gone'",
    ],
)
def test_an_account_stays_what_it_is(connection: Connection, change: str) -> None:
    statement = f"UPDATE account SET {change} WHERE book_id = {SITI} AND no = {CASH}"

    _refused(connection, statement, because="juang: |ck_account")


def test_an_account_of_a_fund_does_not_leave_it(connection: Connection) -> None:
    _refused(connection, "UPDATE account SET fund = NULL WHERE fund = 'zakat'")


@pytest.mark.parametrize("change", ["id = 1", "tenant_id = 1"])
def test_a_book_stays_its_operators(connection: Connection, change: str) -> None:
    _refused(connection, f"UPDATE book SET {change} WHERE id = {SITI}")


def test_a_code_names_one_account(connection: Connection) -> None:
    statement = f"UPDATE account SET code = 'bank' WHERE book_id = {SITI} AND no = {CASH}"

    _refused(connection, statement, because="juang: account key exists|duplicate key")


def test_a_fund_may_pay_for_no_longer_than_was_said(connection: Connection) -> None:
    change = "valid_through = '2199-12-31', purpose = 'office'"

    _refused(connection, f"UPDATE fund_purpose SET {change} WHERE purpose = 'poor'")


@pytest.mark.parametrize("change", ["code = 'other'", "book_id = 1"])
def test_a_fund_stays_what_it_is(connection: Connection, change: str) -> None:
    _refused(connection, f"UPDATE fund SET {change} WHERE code = 'zakat'")


@pytest.mark.parametrize("change", ["text_key SET subject = 'x'", "person_key SET person_id = 5"])
def test_a_key_stays_that_of_its_subject(connection: Connection, change: str) -> None:
    _refused(connection, f"UPDATE {change}")


def test_what_may_change_does_change(connection: Connection) -> None:
    connection.execute(text(f"UPDATE account SET floor = 0, state = 'frozen' WHERE no = {BANK}"))
    connection.execute(text(f"UPDATE book SET closed_through = '2026-01-31' WHERE id = {SITI}"))
    connection.execute(text("UPDATE text_key SET wrapped = NULL"))


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"], indirect=True)
def test_after_all_of_this_the_books_keep_their_laws(
    backend: str, written: dict[str, Engine]
) -> None:
    with db.session_factory(written[backend], keyring=builders.keyring())() as session:
        laws.check(session)
