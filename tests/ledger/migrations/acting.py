"""Act as a role, or as the administrator, and undo what was done."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from ledger.db import Role
from ledger.db.roles import become

DENIED = "permission denied|must be owner"


@contextmanager
def administering(engine: Engine) -> Iterator[Connection]:
    """Give the administrator's connection; what it does is undone."""
    with engine.connect() as connection:
        yield connection
        connection.rollback()


@contextmanager
def acting(engine: Engine, role: Role, tenant: int | None = None) -> Iterator[Connection]:
    """Give a connection that is a role; what it does is undone."""
    with engine.connect() as connection:
        become(connection, role, tenant=tenant)
        yield connection
        connection.rollback()


def denied(connection: Connection, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=DENIED), connection.begin_nested():
        connection.execute(text(statement))
