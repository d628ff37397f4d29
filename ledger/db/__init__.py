"""The database: engines, sessions, column types, and bulk statements.

SQLite is the embedded default (WAL, `synchronous=FULL`, one writer at a time through
`BEGIN IMMEDIATE`); PostgreSQL is production (READ COMMITTED, psycopg). Every key of the
ledger begins with `book_id`, and no statement here is one that Citus refuses, so the same
schema can be spread over many machines (design.md §2).

Sessions carry the keyring of the deployment in `session.info["keyring"]`, so that an
operation takes a session and needs no second handle for the texts it reads and writes.
"""

from ledger.db.bulk import (
    add_rows,
    ask,
    driver,
    find_rows,
    insert_rows,
    is_sqlite,
    set_rows,
    together,
)
from ledger.db.engine import (
    engine,
    leave_no_trace,
    migrate,
    reading_session_factory,
    session_factory,
    undone,
)
from ledger.db.roles import EVERY_TENANT, Role, Tenant
from ledger.db.types import Base, Blob, ExactDecimal, UtcDateTime
from ledger.db.upkeep import note_upkeep

__all__ = [
    "EVERY_TENANT",
    "Base",
    "Blob",
    "ExactDecimal",
    "Role",
    "Tenant",
    "UtcDateTime",
    "add_rows",
    "ask",
    "driver",
    "engine",
    "find_rows",
    "insert_rows",
    "is_sqlite",
    "leave_no_trace",
    "migrate",
    "note_upkeep",
    "reading_session_factory",
    "session_factory",
    "set_rows",
    "together",
    "undone",
]
