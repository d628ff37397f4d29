"""Forget devices that nobody came from for long, and wrong attempts of long ago.

What happened to an account (`officer_event`) is history and stays.
"""

from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Table, delete, select, tuple_
from sqlalchemy.orm import Session

from ledger.access import retention
from ledger.access.tables import KnownDevice, WrongAttempts

AT_ONCE: Final = 200
"""Rows of each table that one call deletes at most: a short transaction, however much is due."""


class Pruned(NamedTuple):
    """How many rows of each kind were deleted."""

    known_devices: int
    wrong_attempts: int


def prune(session: Session, tenant: int, *, at: datetime, limit: int = AT_ONCE) -> Pruned:
    """Delete what is past its retention, at most `limit` rows of each table; call until none is.

    Neither counts any more by then: a device is strange again, a wrong attempt forgotten.
    """
    return Pruned(
        _delete(session, KnownDevice, "seen_at", tenant, at, limit),
        _delete(session, WrongAttempts, "last_at", tenant, at, limit),
    )


def _delete(
    session: Session, model: Any, column: str, tenant: int, at: datetime, limit: int
) -> int:
    table: Table = model.__table__
    kept = retention.kept_for(table.name, at.date())
    if kept is None:
        return 0
    key = list(table.primary_key.columns)
    due = (table.c.tenant_id == tenant, table.c[column] < at - kept)
    rows = session.execute(select(*key).where(*due).order_by(*key).limit(limit)).all()
    if rows:
        chosen = tuple_(*key).in_([tuple(row) for row in rows])
        session.execute(delete(table).where(*due, chosen))  # again due: it may have been seen now
        session.expire_all()
    return len(rows)
