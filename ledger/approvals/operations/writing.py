"""What every step of a proposal shares: its state is checked, changed, and written down."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from ledger.approvals import queries
from ledger.approvals.independence import Actor
from ledger.approvals.tables import Proposal, ProposalEvent
from ledger.errors import Refused, Wording


@dataclass(eq=False)
class ProposalNotWaiting(Refused):
    """The proposal was decided before."""

    code = "proposal_not_waiting"
    wording = Wording(
        id="Usulan ini tidak lagi menunggu: {state}.",
        en="This proposal is no longer waiting: {state}.",
    )
    state: str


@dataclass(eq=False)
class ProposalExpired(Refused):
    """The proposal is past due."""

    code = "proposal_expired"
    wording = Wording(
        id="Usulan ini kedaluwarsa sejak {expires_at}.",
        en="This proposal expired at {expires_at}.",
    )
    hint = Wording(id="Usulkan lagi.", en="Propose it again.")
    expires_at: datetime


@dataclass(eq=False)
class ProposalChanged(Refused):
    """What is named is not what the proposal says now."""

    code = "proposal_changed"
    wording = Wording(
        id="Usulan ini sudah berubah; sekarang {hash}.",
        en="This proposal has changed; it is {hash} now.",
    )
    hint = Wording(
        id="Baca lagi dengan `juang proposal show`.", en="Read it again by `juang proposal show`."
    )
    hash: str


def lock_waiting(
    session: Session,
    tenant: int,
    proposal: bytes,
    at: datetime,
    *,
    exactly: bytes | None = None,
) -> Proposal:
    """Lock a proposal that waits and is not past due; with `exactly`, only that revision of it.

    Raises:
        ProposalNotFound, ProposalNotWaiting, ProposalExpired, ProposalChanged.
    """
    row = queries.lock(session, tenant, proposal)
    if row.state not in queries.WAITING:
        raise ProposalNotWaiting(row.state)
    if at >= row.expires_at:
        raise ProposalExpired(row.expires_at)
    if exactly is not None and exactly != row.hash:
        raise ProposalChanged(row.hash.hex())
    return row


def note(
    session: Session,
    row: Proposal,
    what: str,
    *,
    by: Actor | str,
    at: datetime,
    reason: str | None = None,
) -> None:
    """Write down what happened to a proposal; its row is locked. A job acts by name only."""
    mine = (ProposalEvent.tenant_id == row.tenant_id, ProposalEvent.proposal_id == row.id)
    last = session.scalar(select(func.max(ProposalEvent.no)).where(*mine))
    session.flush()  # the row as it is now, before its history
    session.execute(
        insert(ProposalEvent).values(
            tenant_id=row.tenant_id,
            proposal_id=row.id,
            no=(last or 0) + 1,
            what=what,
            revision=row.revision,
            person_id=by.person_id if isinstance(by, Actor) else None,
            actor=by.name if isinstance(by, Actor) else by,
            reason=reason,
            recorded_at=at,
        )
    )
