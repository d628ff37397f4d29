"""The second wall: a tenant reads its own rows, the poster writes and changes no history.

The list of tables is the database's own: a table that nobody declared fails here, by its name.
"""

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from ledger import db
from ledger.books.queries import BookNotFound
from ledger.db import Role
from ledger.db.roles import become
from ledger.journal import operations
from ledger.journal import queries as journal_queries
from ledger.journal.intents import Reverse
from ledger.journal.outcomes import Code
from ledger.migrations import guards, walls
from ledger.reports import queries
from tests import builders
from tests.builders import COOPERATIVE, FUND, KOPERASI, NOW, PLATFORM, SITI, TELLER, earn, post
from tests.conftest import owning
from tests.ledger.migrations.acting import acting, administering, denied

# What the catalogue says (T1).


def test_every_table_is_walled_and_declared(server: Engine) -> None:
    """A new table: `tenant_id` or `book_id` walls it; what the poster changes, walls.UPDATED says.

    A table of neither is one that everybody may read (walls.SHARED), which is a decision.
    """
    with server.connect() as connection:
        found = walls.tables(connection)

        assert len(found) >= 17
        assert walls.missing(connection) == []
        assert [table.name for table in found if table.condition is None] == []
    declared = {*walls.UPDATED, *walls.KEPT_UP_BY_MIGRATIONS}
    assert [table.name for table in found if table.name not in declared] == []
    assert sorted(declared - {table.name for table in found}) == []


def test_what_is_declared_agrees_with_the_guards(server: Engine) -> None:
    """History and what never changes is kept twice: by a trigger and by the missing grant."""
    for table in guards.KEYS:
        assert walls.UPDATED[table] == (), table
    for table, columns in guards.FIXED.items():
        assert not set(walls.UPDATED[table]) & set(columns), table
    for table, column in walls.LOCKED.items():
        assert column in guards.FIXED[table], table
    assert not walls.DELETED & (guards.KEYS.keys() | guards.KEPT.keys())


def test_every_declared_column_is_there(server: Engine) -> None:
    with server.connect() as connection:
        columns = {table.name: table.columns for table in walls.tables(connection)}

    for declared in (walls.UPDATED, walls.REPORTED):
        for table, named in declared.items():
            assert set(named) <= columns[table], table


def test_policies_bind_reading_and_writing(server: Engine) -> None:
    with server.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT tablename, qual, with_check, permissive, cmd FROM pg_policies"
        ).all()

    assert len(found) >= 17
    for table, qual, with_check, permissive, command in found:
        assert (with_check, permissive, command) == (qual, "PERMISSIVE", "ALL"), table


def test_the_program_owns_nothing(server: Engine) -> None:
    """Neither the login nor a role that it may become owns a table or a function."""
    with server.connect() as connection:
        owners = connection.exec_driver_sql(
            "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class"
            " WHERE relnamespace = current_schema()::regnamespace UNION"
            " SELECT DISTINCT pg_get_userbyid(proowner) FROM pg_proc WHERE proname ~ '^juang_'"
        ).scalars()
        assert [name.endswith("_owner") for name in owners] == [True]
        login = connection.exec_driver_sql(
            "SELECT rolsuper, rolbypassrls, rolinherit, rolcreaterole, rolcreatedb,"
            " pg_has_role(session_user, juang_roles() || '_owner', 'MEMBER')"
            " FROM pg_roles WHERE rolname = session_user"
        ).one()
        assert not any(login)


def test_a_view_or_a_partition_is_not_a_way_round(server: Engine) -> None:
    """There is neither; who adds one says here how it is walled."""
    with server.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
            " AND (relkind IN ('v', 'm', 'f') OR relispartition)"
        )
        assert found.all() == []


# The reader.


def _seen(connection: Connection) -> dict[str, int]:
    """Count the rows that a role sees of each table that it may read."""
    return {
        table.name: connection.exec_driver_sql(f'SELECT count(*) FROM "{table.name}"').scalar_one()
        for table in walls.tables(connection)
        if table.name not in walls.HIDDEN | walls.SHARED
    }


def test_without_a_tenant_there_are_no_rows_and_no_error(server: Engine) -> None:
    with acting(server, Role.READER) as connection:
        assert set(_seen(connection).values()) == {0}
    make = db.reading_session_factory(server, tenant=None)
    with make() as session:
        assert list(queries.books(session)) == []


def test_a_tenant_sees_its_rows_and_nobody_elses(server: Engine) -> None:
    with acting(server, Role.READER, PLATFORM) as connection:
        platform = _seen(connection)
        own = connection.exec_driver_sql("SELECT DISTINCT book_id FROM posting").scalars().all()
    with acting(server, Role.READER, COOPERATIVE) as connection:
        cooperative = _seen(connection)
    with acting(server, Role.READER, FUND) as connection:
        fund = _seen(connection)
    with acting(server, Role.POSTER) as connection:
        everything = _seen(connection)

    assert own == [SITI]
    assert (platform["book"], cooperative["book"], platform["tenant"]) == (2, 1, 1)
    assert (platform["fund"], fund["fund"]) == (0, 2)
    for table, rows in everything.items():
        assert platform[table] + cooperative[table] + fund[table] == rows, table


def test_a_reader_sees_no_secret_and_writes_nothing(server: Engine) -> None:
    with acting(server, Role.READER, PLATFORM) as connection:
        for hidden in walls.HIDDEN:
            denied(connection, f"SELECT 1 FROM {hidden}")
        for table in walls.tables(connection):
            denied(connection, f'DELETE FROM "{table.name}"')
            denied(connection, f'TRUNCATE "{table.name}"')
            denied(connection, f'INSERT INTO "{table.name}" DEFAULT VALUES')
        denied(connection, "UPDATE book SET name = 'x'")
        denied(connection, "CREATE TABLE mine (x int)")
        denied(connection, "CREATE TEMPORARY TABLE mine (x int)")


def test_the_policy_refuses_a_foreign_row_even_where_a_grant_was_given(
    administrator: Engine, server: Engine
) -> None:
    insert = "INSERT INTO fund VALUES ({book}, 'x', 'x', 'x')"
    with administering(administrator) as whole:
        reader = f'"{walls.prefix_of(whole)}_reader"'
        whole.exec_driver_sql(f"GRANT INSERT ON fund TO {reader}")
        become(whole, Role.READER, tenant=PLATFORM)

        whole.execute(text(insert.format(book=SITI)))
        with pytest.raises(ProgrammingError, match="row-level security"):
            whole.execute(text(insert.format(book=KOPERASI)))


def test_texts_open_for_their_tenant_only(server: Engine) -> None:
    """The reader may not see the keys; he asks for one by name, and gets those of his books."""
    for tenant, book, found in ((PLATFORM, "siti", "gaji"), (COOPERATIVE, "kas", "simpanan")):
        make = db.reading_session_factory(server, tenant=tenant, keyring=builders.keyring())
        with make() as session:
            entries = list(queries.entries(session, queries.book(session, book), limit=9))
            assert [each.entry.narration for each in entries] == [found]
            asked = [(SITI, ""), (KOPERASI, "")]
            assert len(journal_queries.wrapped_keys(session, asked)) == 1
    with acting(server, Role.REPORT, PLATFORM) as connection:
        denied(connection, f"SELECT juang_secret({SITI}, '')")


def test_a_foreign_book_is_not_there(server: Engine) -> None:
    with (
        db.reading_session_factory(server, tenant=PLATFORM)() as session,
        pytest.raises(BookNotFound),
    ):
        queries.book(session, "koperasi-maros/kas")


# The report role.


def test_a_report_sees_figures_and_no_person(server: Engine) -> None:
    with acting(server, Role.REPORT, PLATFORM) as connection:
        for table in walls.tables(connection):
            shown = walls.REPORTED.get(table.name, ())
            for column in sorted(table.columns):
                statement = f'SELECT "{column}" FROM "{table.name}"'
                if column in shown:
                    connection.exec_driver_sql(statement)
                else:
                    denied(connection, statement)
        sums = connection.exec_driver_sql("SELECT sum(amount) FROM posting").scalar()
        assert sums == 2 * 1_000
    with acting(server, Role.REPORT) as connection:
        assert connection.exec_driver_sql("SELECT count(seq) FROM entry").scalar() == 0


def test_a_report_shows_no_text_no_name_and_no_actor() -> None:
    telling = {
        "name",
        "ref",
        "actor",
        "approved_by",
        "ciphertext",
        "narration",
        "subject",
        "intent",
    }

    for table, columns in walls.REPORTED.items():
        assert not telling & set(columns), table


# The poster.


def test_the_poster_changes_no_schema_and_no_history(server: Engine) -> None:
    with acting(server, Role.POSTER) as connection:
        denied(connection, "CREATE TABLE mine (x int)")
        denied(connection, "CREATE TEMPORARY TABLE mine (x int)")
        denied(connection, "ALTER TABLE entry DISABLE TRIGGER USER")
        denied(connection, "DROP TRIGGER entry_history ON entry")
        denied(connection, "ALTER TABLE entry DISABLE ROW LEVEL SECURITY")
        denied(connection, "CREATE POLICY mine ON entry USING (true)")
        denied(connection, "SET session_replication_role = replica")
        for table in walls.tables(connection):
            name = f'"{table.name}"'
            denied(connection, f"TRUNCATE {name}")
            denied(connection, f"DROP TABLE {name}")
            if table.name not in walls.DELETED:
                denied(connection, f"DELETE FROM {name}")
            granted = {*walls.UPDATED.get(table.name, ()), walls.LOCKED.get(table.name)}
            for column in table.columns - granted:
                denied(connection, f'UPDATE {name} SET "{column}" = "{column}"')


def test_a_column_granted_for_its_lock_is_kept_by_a_guard(server: Engine) -> None:
    with acting(server, Role.POSTER) as connection:
        for table, column in walls.LOCKED.items():
            connection.exec_driver_sql(f'SELECT 1 FROM "{table}" FOR NO KEY UPDATE')
            with pytest.raises(DBAPIError, match="juang"), connection.begin_nested():
                connection.exec_driver_sql(f'UPDATE "{table}" SET "{column}" = \'other\'')


def test_the_poster_changes_what_it_must(server: Engine) -> None:
    with acting(server, Role.POSTER) as connection:
        for table, columns in walls.UPDATED.items():
            for column in columns:
                connection.exec_driver_sql(f'UPDATE "{table}" SET "{column}" = "{column}"')


def test_one_id_serves_two_tenants(server: Engine) -> None:
    """T4: the fixture has posted the id 1 in a book of each; a repeat finds its own."""
    with db.session_factory(server, keyring=builders.keyring())() as session:
        sent = [post(1, *earn(10), narration="gaji"), post(1, *earn(10), book=KOPERASI)]
        outcomes = operations.post(session, sent, actor=TELLER, recorded_at=NOW)

    assert [o.code for o in outcomes] == [
        Code.EXISTS,
        Code.EXISTS_WITH_DIFFERENT_AMOUNT,
    ]


def test_an_entry_of_another_tenant_is_not_found(server: Engine) -> None:
    """T5: what points at another tenant's entry gets the answer of one that was never there."""
    with db.session_factory(server)() as session, session.begin():
        earlier = post(7, *earn(5))
        foreign = Reverse(
            book_id=KOPERASI,
            id=builders.entry_id(8),
            effective_date=builders.TODAY,
            entry_id=earlier.id,
        )
        outcomes = operations.post(session, [earlier, foreign], actor=TELLER, recorded_at=NOW)
        session.rollback()

    assert [o.code for o in outcomes] == [Code.POSTED, Code.ENTRY_NOT_FOUND]


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_new_table_is_walled_by_its_columns(engine: Engine) -> None:
    """As after a migration: the poster adds rows, a reader sees its own, a stranger stays out."""
    with owning(engine) as owners, owners.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE visit (tenant_id bigint, note text)")
        connection.exec_driver_sql("CREATE TABLE remark (book_id bigint, note text)")
        connection.exec_driver_sql("CREATE TABLE stray (note text)")
        assert walls.missing(connection) == ["remark", "stray", "visit"]
        walls.install(connection)
        assert walls.missing(connection) == []
        builders.open_books(db.session_factory(owners)(bind=connection))
        become(connection, Role.POSTER)
        connection.exec_driver_sql(f"INSERT INTO visit VALUES ({PLATFORM}, 'a'), (1, 'b')")
        connection.exec_driver_sql(f"INSERT INTO remark VALUES ({SITI}, 'a'), ({KOPERASI}, 'b')")
        connection.exec_driver_sql("INSERT INTO stray VALUES ('a')")
        denied(connection, "UPDATE visit SET note = 'c'")
        become(connection, Role.READER, tenant=PLATFORM)
        for table, seen in (("visit", ["a"]), ("remark", ["a"]), ("stray", [])):
            found = connection.exec_driver_sql(f"SELECT note FROM {table}").scalars().all()
            assert found == seen, table
