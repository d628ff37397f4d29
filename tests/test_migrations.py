"""Migrations: up, down and up again with data in the tables; the schema is that of the code.

Every revision is visited, each time with the guards listed: SQLite drops a table's triggers
without a word when a migration rebuilds it.
"""

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.orm import Session

from ledger import db
from ledger.access import tables as access_tables
from ledger.approvals import tables as approvals_tables
from ledger.apps import tables as apps_tables
from ledger.consents import tables as consents_tables
from ledger.consents.facts import tables as facts_tables
from ledger.db import Base
from ledger.household.books import tables as household_tables
from ledger.household.budgets import tables as budgets_tables
from ledger.household.debts import tables as debts_tables
from ledger.household.feed import tables as feed_tables
from ledger.household.notes import tables as notes_tables
from ledger.household.records import tables as records_tables
from ledger.household.recurring import tables as recurring_tables
from ledger.household.remittances import tables as remittances_tables
from ledger.household.rules import tables as rules_tables
from ledger.household.wages import tables as wages_tables
from ledger.journal import operations
from ledger.journal import tables as journal_tables
from ledger.migrations import guards, walls
from ledger.parties import tables as parties_tables
from tests import builders
from tests.builders import NOW, TELLER, earn, pay, post, reserve
from tests.conformance import laws
from tests.conftest import NewEngine, owning
from tests.ledger.access import filled as officers
from tests.ledger.approvals import filled as proposals
from tests.ledger.apps import filled as apps
from tests.ledger.household import filled as households
from tests.ledger.parties import filled as people

MIGRATIONS = Path(guards.__file__).parent
for tables in (
    journal_tables,
    parties_tables,
    consents_tables,
    facts_tables,
    approvals_tables,
    access_tables,
    household_tables,
    budgets_tables,
    feed_tables,
    notes_tables,
    records_tables,
    recurring_tables,
    rules_tables,
    apps_tables,
    wages_tables,
    remittances_tables,
    debts_tables,
):
    assert tables.Base.metadata is Base.metadata, "every table is mapped"

TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    "postgresql": "SELECT DISTINCT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname",
}


def _revisions() -> list[str]:
    """List the revisions, oldest first."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    walked = ScriptDirectory.from_config(config).walk_revisions()
    return [script.revision for script in walked][::-1]


def _guards(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return sorted(connection.execute(text(TRIGGERS[engine.dialect.name])).scalars())


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _fill(engine: Engine) -> None:
    """Write an entry of several kinds, a refusal and a text, and a row in each table of persons."""
    with db.session_factory(engine, keyring=builders.keyring())() as session, session.begin():
        _fill_books(session)
        people.fill(session, erasing=[builders.IBU])
        builders.fill_consents(session)
        proposals.fill(session)
        officers.fill(session)
        households.fill(session)
        apps.fill(session)


def _fill_books(session: Session) -> None:
    builders.open_books(session)
    sent = (
        post(1, *earn(10), narration="gaji"),
        reserve(2, *pay(5)),
        post(3, *pay(1, "purse")),
    )
    operations.post(session, sent, actor=TELLER, recorded_at=NOW)


def _check(engine: Engine) -> laws.Stored:
    with db.session_factory(engine, keyring=builders.keyring())() as session:
        laws.check(session)
        return laws.stored(session)


def test_every_guard_stands_after_every_revision(engine: Engine) -> None:
    """The list is that of the newest code: a revision that adds a table adds its guards."""
    revisions = _revisions()
    db.migrate(engine, "base")
    assert _guards(engine) == []

    for revision in revisions:
        db.migrate(engine, revision)
        standing = _guards(engine)
        assert standing
        assert set(standing) <= set(guards.names(engine.dialect.name))

    assert _guards(engine) == guards.names(engine.dialect.name)


def test_books_written_before_funds_were_guarded_are_guarded_now(engine: Engine) -> None:
    """Databases of revision 0001 were made before its code knew of these guards."""
    with db.session_factory(engine, keyring=builders.keyring())() as session, session.begin():
        _fill_books(session)
    before = _check(engine)
    db.migrate(engine, "0001")
    core = {*inspect(engine).get_table_names()} - {"alembic_version"}
    late = [name for name in _guards(engine) if name.startswith("fund")]
    with owning(engine) as owners, owners.begin() as connection:
        for name in late:
            table = "" if connection.dialect.name == "sqlite" else f" ON {name.rpartition('_')[0]}"
            connection.execute(text(f"DROP TRIGGER {name}{table}"))
    assert late
    assert not {*late} & {*_guards(engine)}

    db.migrate(engine)

    assert _guards(engine) == guards.names(engine.dialect.name)
    after = _check(engine)
    assert {name: after[name] for name in core} == {name: before[name] for name in core}


def test_up_down_and_up_again_with_data(engine: Engine) -> None:
    _fill(engine)
    before = _check(engine)
    assert all(before[table] for table in _tables_of_the_vault())
    revisions = _revisions()

    for revision in revisions[:-1][::-1]:
        db.migrate(engine, revision)
        assert _revision(engine) == revision
    db.migrate(engine, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    db.migrate(engine)

    _fill(engine)
    assert _check(engine) == before
    assert _guards(engine) == guards.names(engine.dialect.name)


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_walls_come_and_go_with_their_revision(engine: Engine) -> None:
    """In a database that has roles: both ways, no row of a table that stays is lost."""
    _fill(engine)
    before = _check(engine)
    with engine.connect() as connection:
        assert walls.missing(connection) == []

    db.migrate(engine, "0006")
    with owning(engine) as owners, owners.connect() as connection:
        assert not walls.stand(connection)
        assert not any(t.secured or t.forced or t.policies for t in walls.tables(connection))
        stayed = {*inspect(connection).get_table_names()} & before.keys()
    db.migrate(engine)

    assert len(stayed) > 40
    with db.session_factory(engine)() as session:
        after = laws.stored(session)
    assert {name: after[name] for name in stayed} == {name: before[name] for name in stayed}
    with engine.connect() as connection:
        assert walls.missing(connection) == []


def _tables_of_the_vault() -> list[str]:
    return ["person_key", "vault_field", "vault_index", "device", "household_link", "erasure"]


def test_migrating_a_migrated_database_changes_nothing(engine: Engine) -> None:
    _fill(engine)
    before = _check(engine)

    db.migrate(engine)

    assert _check(engine) == before


def test_the_schema_is_that_of_the_code(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        differences = compare_metadata(context, Base.metadata)

    assert differences == []


def test_a_table_is_the_same_migrated_and_created(new_engine: NewEngine) -> None:
    """Alembic compares neither checks nor keys; here every table is read back from both."""
    migrated, created = new_engine(), new_engine()
    db.migrate(created, "base")
    with owning(created) as owners:
        Base.metadata.create_all(owners)

    for table in Base.metadata.tables:
        assert _described(migrated, table) == _described(created, table), table


def _described(engine: Engine, table: str) -> dict[str, Any]:
    reads = inspect(engine)
    return {
        "columns": [{**c, "type": str(c["type"])} for c in reads.get_columns(table)],
        "key": reads.get_pk_constraint(table),
        "indexes": sorted(_index(index) for index in reads.get_indexes(table)),
        "unique": sorted(map(repr, reads.get_unique_constraints(table))),
        "checks": sorted((c["name"], c["sqltext"]) for c in reads.get_check_constraints(table)),
        "foreign": reads.get_foreign_keys(table),
    }


def _index(index: Any) -> str:
    options = {name: str(value) for name, value in index["dialect_options"].items()}
    return f"{index['name']} {index['column_names']} {index['unique']} {options}"
