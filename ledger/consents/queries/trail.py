"""Who looked at a person's data: as she sees it, and as a supervisor does."""

from collections.abc import Iterator
from heapq import merge
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.consents.tables import AccessLog
from ledger.parties.queries import records


def hers(session: Session, tenant: int, person: int, *, limit: int = 100) -> list[AccessLog]:
    """List the looks at her data that she sees, newest first.

    What would endanger her is left out without a gap: never show the numbers of the rows.

    Raises:
        PersonNotFound.
    """
    return _newest(session, tenant, person, limit, whole=False)


def whole(session: Session, tenant: int, person: int, *, limit: int = 100) -> list[AccessLog]:
    """List all looks at her data, newest first: for a supervisor, never for her screen.

    Raises:
        PersonNotFound.
    """
    return _newest(session, tenant, person, limit, whole=True)


def _newest(
    session: Session, tenant: int, person: int, limit: int, *, whole: bool
) -> list[AccessLog]:
    def rows(record: int) -> Iterator[AccessLog]:
        query = select(AccessLog).where(
            AccessLog.tenant_id == tenant, AccessLog.person_id == record
        )
        if not whole:
            query = query.where(AccessLog.withheld.is_(None))
        yield from session.scalars(query.order_by(AccessLog.no.desc()).limit(limit))

    own = [rows(record) for record in records(session, tenant, person)]
    joined = merge(*own, key=lambda row: (row.recorded_at, row.person_id, row.no), reverse=True)
    return list(islice(joined, limit))
