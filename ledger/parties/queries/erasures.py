"""Reads of the erasure list and of what statutes make us keep."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.books.tables import Erasure
from ledger.parties.erasures import ErasureLine
from ledger.parties.queries.persons import records
from ledger.parties.tables import RetentionHold

_PAGE = 500


def erasures(session: Session) -> Iterator[ErasureLine]:
    """Give the whole erasure list, in order of subjects."""
    last = ""
    while True:
        query = select(Erasure).where(Erasure.subject > last).order_by(Erasure.subject)
        page = session.scalars(query.limit(_PAGE)).all()
        for row in page:
            yield ErasureLine(
                subject=row.subject,
                tenant=row.tenant_id,
                person=row.person_id,
                book=row.book_id,
                reason=row.reason,
                by=row.actor,
                at=row.recorded_at,
            )
        if len(page) < _PAGE:
            return
        last = page[-1].subject


def holds(
    session: Session, tenant: int, person: int, on: date | None = None
) -> list[RetentionHold]:
    """List what makes us keep a person's data, the longest first; with `on`, only from that day.

    Holds of everybody who was merged into her count.
    """
    query = select(RetentionHold).where(
        RetentionHold.tenant_id == tenant,
        RetentionHold.person_id.in_(records(session, tenant, person)),
        RetentionHold.lifted_at.is_(None),
    )
    if on is not None:
        query = query.where(RetentionHold.until >= on)
    order = (RetentionHold.until.desc(), RetentionHold.ground, RetentionHold.person_id)
    return list(session.scalars(query.order_by(*order)))
