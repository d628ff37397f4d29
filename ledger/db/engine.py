"""Engines and sessions for both databases, and the way to the newest schema."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import psycopg
import sqlalchemy.exc
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session, sessionmaker

from ledger.db import roles
from ledger.db.roles import Role, Tenant, Tenants
from ledger.db.types import CITUS

TRANSIENT: Final = (
    sqlalchemy.exc.OperationalError,
    sqlalchemy.exc.InterfaceError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    sqlite3.OperationalError,
)
"""What a database says when it lets go of work that may pass the next time."""

FAILURES: Final = (sqlalchemy.exc.DBAPIError, psycopg.Error, sqlite3.Error)
"""Whatever a database says: bulk statements speak to the driver, so its errors count too."""

_READ_ONLY = "juang_read_only"
LOCK_TIMEOUT_MS = 10_000
IDLE_TIMEOUT_MS = 60_000


def engine(url: str, *, pool_size: int = 8, role: Role | None = Role.POSTER) -> Engine:
    """Open an engine on `sqlite:///file` or `postgresql://…`, with the settings a ledger needs.

    Where the database has roles, its connections are `role`; with None the login as it is, which
    is for making roles and for repairs. Values of statements stay out of errors and logs.

    Raises:
        sqlalchemy.exc.ArgumentError: the address is no database address.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        made = create_engine(
            address,
            connect_args={"timeout": 60, "check_same_thread": False},
            hide_parameters=True,
        )
        event.listen(made, "connect", _set_up_sqlite)
        event.listen(made, "begin", _begin_sqlite)
        return made
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    made = create_engine(
        address, pool_size=pool_size, max_overflow=0, pool_pre_ping=True, hide_parameters=True
    )
    event.listen(made, "connect", _set_up_postgresql)
    event.listen(made, "connect", partial(_take_role, role))
    return made


def _set_up_sqlite(connection: DBAPIConnection, _record: Any) -> None:
    """Take transactions from the driver's hands, and ask for full durability."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",  # so that INSERT OR REPLACE meets the delete guard
        "trusted_schema=OFF",
        "secure_delete=ON",  # a destroyed key leaves no bytes behind in the file
        "cache_size=-65536",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Begin a writer at once: a deferred one could read, wait, and lose an update."""
    reads = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _set_up_postgresql(connection: DBAPIConnection, record: Any) -> None:
    """Bound how long a statement waits for a lock and how long a transaction may idle."""
    cursor = connection.cursor()
    cursor.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")
    cursor.execute(f"SET idle_in_transaction_session_timeout = {IDLE_TIMEOUT_MS}")
    cursor.execute("SET TIME ZONE 'UTC'")
    # Keys are looked up, tables are not walked: a random page costs little more than the next.
    cursor.execute("SET random_page_cost = 1.1")
    cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'citus'")
    record.info[CITUS] = cursor.fetchone() is not None
    cursor.close()
    connection.commit()


def _take_role(role: Role | None, connection: DBAPIConnection, record: Any) -> None:
    """Be the role for good, where there are roles and the login may."""
    cursor = connection.cursor()
    held = record.info[roles.HELD] = roles.find(cursor)
    if role is not None and role in held.roles:
        cursor.execute("SELECT set_config('role', %s, false)", (held.name(role),))
    cursor.close()
    connection.commit()


def session_factory(engine: Engine, *, keyring: object = None) -> sessionmaker[Session]:
    """Make sessions that may write; `keyring` serves the encrypted texts of their books."""
    return sessionmaker(engine, info={"keyring": keyring}, expire_on_commit=False)


def reading_session_factory(
    engine: Engine, *, tenant: Tenant, keyring: object = None
) -> sessionmaker[Session]:
    """Make sessions that read one snapshot and take no writer's lock.

    Where the database has roles they see the rows of `tenant` only: of nobody if it is None, of
    all if EVERY_TENANT. A session for a tenant that cannot be walled in raises `RoleMissing`.
    """
    readers = engine.execution_options(**{_READ_ONLY: True})
    if engine.dialect.name == "postgresql":
        readers = readers.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    made = sessionmaker(readers, info={"keyring": keyring}, expire_on_commit=False)
    if engine.dialect.name == "postgresql" and not isinstance(tenant, Tenants):
        event.listen(made, "after_begin", roles.wall_in(tenant))
    return made


@contextmanager
def undone(session: Session) -> Iterator[None]:
    """Do the work inside, then undo it: the ground of every dry run."""
    savepoint = session.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()
        session.expire_all()


KEY_TABLES: Final = ("text_key", "person_key")
"""Where keys are kept that an erasure destroys."""


_NUMBER: Final = re.compile(r"\d+")


def leave_no_trace(engine: Engine, *, patience_ms: int = LOCK_TIMEOUT_MS) -> bool:
    """Take what was destroyed out of the files of the keys; False where that could not be done.

    SQLite's write-ahead log still has the keys, and is emptied. PostgreSQL leaves them in their
    pages, where a plain VACUUM frees them and overwrites nothing; so their tables are written
    anew, which locks them for as long as that takes. What an open reading of an earlier moment
    may still ask for is kept even then, and that is told. Neither reaches archived logs or backups.
    """
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        (busy, _, _) = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        connection.close()
        return not busy
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        driver = session.connection.driver_connection
        assert driver is not None
        session.detach()  # what it becomes here goes to nobody after
        roles.own_for_good(session)
        owned = "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = '{}'::regclass"
        if not all(session.exec_driver_sql(owned.format(name)).scalar() for name in KEY_TABLES):
            return False
        session.exec_driver_sql(f"SET lock_timeout = {patience_ms}")
        told: list[str] = []
        driver.add_notice_handler(lambda notice: told.append(notice.message_detail or ""))
        try:
            session.exec_driver_sql(f"VACUUM (FULL, VERBOSE) {', '.join(KEY_TABLES)}")
        except sqlalchemy.exc.OperationalError:  # others hold them for too long
            return False
    # "0 dead row versions cannot be removed yet", once for each table, in the server's language.
    counts = [int(found[0]) for detail in told if (found := _NUMBER.match(detail))]
    return len(counts) == len(KEY_TABLES) and not any(counts)


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to a revision, up or down.

    Raises:
        RoleMissing: the database has roles, and this login may not become their owner.
    """
    # Every command opens an engine, hardly one migrates: Alembic takes longer to load than to ask.
    import alembic.command
    import alembic.config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = alembic.config.Config()
    config.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations"))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        transaction = connection.begin()
        roles.own(connection)
        here = MigrationContext.configure(connection).get_current_revision()
        scripts = ScriptDirectory.from_config(config)
        passed = [step.revision for step in scripts.iterate_revisions(here, "base")][1:]
        if revision in ("base", *passed) or revision.startswith("-"):
            alembic.command.downgrade(config, revision)
        else:
            alembic.command.upgrade(config, revision)
        transaction.commit()
