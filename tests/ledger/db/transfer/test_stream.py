"""Whole books from one database into another of either kind: equal rows, equal lines, all laws."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import psycopg
import pytest
from sqlalchemy import Engine, text

from ledger import db
from ledger.db import Base
from ledger.db.transfer import stream
from ledger.db.transfer.blocks import Sum
from ledger.db.transfer.layout import layouts
from ledger.journal import tables as journal_tables
from tests import builders
from tests.conformance import laws
from tests.conftest import Store, owning
from tests.ledger.db.transfer import rich

assert journal_tables.Entry.metadata is Base.metadata, "the tables of the journal are mapped"
LAYOUTS = layouts(Base.metadata)
KINDS = ("sqlite", "postgresql")

Opened = Callable[[str], Engine]


@pytest.fixture
def opened(request: pytest.FixtureRequest) -> Iterator[Opened]:
    """Give a function that makes an empty database of a kind."""
    with ExitStack() as at_end:

        def make(kind: str) -> Engine:
            store: Store = request.getfixturevalue(f"{kind}_store")
            url = at_end.enter_context(store.copy())
            engine = db.engine(url.render_as_string(hide_password=False))
            at_end.callback(engine.dispose)
            return engine

        yield make


def sums(engine: Engine) -> dict[str, Sum]:
    with db.reading_session_factory(engine, tenant=db.EVERY_TENANT)() as session:
        return stream.sums(session, LAYOUTS)


def stored(engine: Engine) -> laws.Stored:
    with db.session_factory(engine, keyring=builders.keyring())() as session:
        laws.check(session)
        return laws.stored(session)


def move(source: Engine, target: Engine) -> None:
    with (
        db.reading_session_factory(source, tenant=db.EVERY_TENANT)() as reading,
        db.session_factory(target)() as writing,
        writing.begin(),
    ):
        stream.begin_filling(writing, LAYOUTS)
        stream.write(writing, LAYOUTS, stream.read(reading, LAYOUTS))


@pytest.mark.parametrize(("kind", "other"), [*itertools.product(KINDS, KINDS)])
def test_books_arrive_as_they_were(opened: Opened, kind: str, other: str) -> None:
    source, target = opened(kind), opened(other)
    rich.fill(source)

    move(source, target)

    assert laws.differences(stored(source), stored(target)) == []
    assert sums(source) == sums(target)


def test_the_same_books_are_the_same_lines_on_both_databases(opened: Opened) -> None:
    one, other = opened("sqlite"), opened("postgresql")
    rich.fill(one)
    rich.fill(other)

    assert sums(one) == sums(other)


def test_something_stands_in_every_table_of_the_rich_books(opened: Opened) -> None:
    source = opened("sqlite")
    rich.fill(source)

    assert set(sums(source)) == {layout.table for layout in LAYOUTS}


def test_blocks_may_be_small(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = opened("postgresql"), opened("sqlite")
    rich.fill(source)
    whole = sums(source)
    monkeypatch.setattr(stream, "BLOCK_ROWS", 2)
    monkeypatch.setattr(stream, "BLOCK_BYTES", 100)

    move(source, target)

    assert sums(source) == sums(target) == whole


def test_only_an_empty_database_is_filled(engine: Engine) -> None:
    rich.fill(engine)

    with db.session_factory(engine)() as session, pytest.raises(stream.DatabaseNotEmpty):
        stream.begin_filling(session, LAYOUTS)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE tenant SET name = x'00'",
        "UPDATE account SET floor = 'zero' WHERE floor = 0",
        "UPDATE account SET floor = 1.5 WHERE floor = 0",
        "UPDATE account SET postable = 7",
        "UPDATE text_key SET wrapped = 'text' WHERE wrapped IS NOT NULL",
    ],
)
def test_a_value_that_is_not_of_its_column_is_named(engine: Engine, change: str) -> None:
    rich.fill(engine)
    with engine.begin() as connection:
        connection.execute(text("PRAGMA ignore_check_constraints = ON"))
        connection.execute(text(change))

    with pytest.raises(stream.ValueUnportable):
        sums(engine)


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_role_that_may_not_see_every_row_fails_and_hides_nothing(engine: Engine) -> None:
    rich.fill(engine)
    with owning(engine) as owners, owners.begin() as connection:
        for statement in (
            "DROP ROLE IF EXISTS juang_blind",
            "CREATE ROLE juang_blind",
            "GRANT SELECT ON ALL TABLES IN SCHEMA public TO juang_blind",
        ):
            connection.execute(text(statement))

    with (
        owning(engine) as owners,
        db.reading_session_factory(owners, tenant=db.EVERY_TENANT)() as session,
    ):
        session.execute(text("SET LOCAL ROLE juang_blind"))
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            stream.sums(session, LAYOUTS)
    with owning(engine) as owners, owners.begin() as connection:
        connection.execute(text("DROP OWNED BY juang_blind"))
        connection.execute(text("DROP ROLE juang_blind"))
