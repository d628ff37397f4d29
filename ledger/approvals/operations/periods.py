"""Reopen a period: the first thing that takes two people."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from ledger.approvals.independence import Actor
from ledger.approvals.operations import kinds, proposing
from ledger.approvals.operations.kinds import Approved, Kind
from ledger.approvals.payload import Terms
from ledger.approvals.tables import Proposal
from ledger.books import operations as books
from ledger.books import queries
from ledger.errors import Refused, Wording

WAITS = timedelta(days=7)


@dataclass(eq=False)
class CloseMoved(Refused):
    """The period was closed or reopened since this was proposed."""

    code = "close_moved"
    wording = Wording(
        id="Penutupan periode berubah sejak usulan ini: sekarang sampai {closed_through}.",
        en="The close has moved since this was proposed: it is through {closed_through} now.",
    )
    hint = Wording(id="Usulkan lagi.", en="Propose it again.")
    closed_through: date | None


def propose_reopening(
    session: Session,
    book: int,
    through: date | None,
    *,
    by: Actor,
    recorded_at: datetime,
) -> Proposal:
    """Propose to move a book's close back to a day (None: nothing stays closed).

    The proposal's id is derived from what it says: while one waits, whoever asks gets that one.

    Raises:
        BookNotFound, PeriodNotClosed, PersonNotFound, NoApprovalRule.
    """
    locked = queries.lock(session, book)
    books.check_reopening(locked.closed_through, through)
    content = {"book": book, "through": through, "closed_through": locked.closed_through}
    terms = Terms(kind=REOPENING.code, content=content, expires_at=recorded_at + WAITS)
    return proposing.propose_once(session, locked.tenant_id, terms, by=by, recorded_at=recorded_at)


def _reopen(session: Session, approved: Approved) -> None:
    content = approved.terms.content
    locked = queries.lock(session, content["book"])
    if locked.tenant_id != approved.tenant:
        raise queries.BookNotFound(locked.id)
    if locked.closed_through != content["closed_through"]:
        raise CloseMoved(locked.closed_through)
    books.reopen_period(
        session,
        locked.id,
        content["through"],
        actor=approved.maker,
        approved_by=approved.approvers[-1],
        recorded_at=approved.recorded_at,
    )


REOPENING = kinds.register(
    Kind(
        "period_reopening",
        Wording(id="Membuka kembali periode", en="Reopening a period"),
        _reopen,
    )
)
