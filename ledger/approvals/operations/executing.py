"""Carry out what was approved, exactly once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from ledger.approvals import queries
from ledger.approvals.independence import Actor
from ledger.approvals.operations import deciding, holds, kinds, writing
from ledger.approvals.operations.kinds import Approved
from ledger.approvals.tables import Proposal
from ledger.errors import Refused, Wording


@dataclass(eq=False)
class NotApproved(Refused):
    """Too few approvals hold today."""

    code = "proposal_not_approved"
    wording = Wording(
        id="Persetujuan belum cukup: {standing} dari {needed}.",
        en="Not enough approvals: {standing} of {needed}.",
    )
    standing: int
    needed: int


def execute(
    session: Session,
    tenant: int,
    proposal: bytes,
    *,
    by: Actor,
    recorded_at: datetime,
    holding: deciding.Holding | None = None,
) -> Proposal:
    """Carry an approved proposal out: move its money, do what its kind does, and end it.

    All of it is one transaction; what is refused or raised leaves the proposal approved. Whether
    the approvals hold is asked again, for records and rules may have changed since, and roles,
    which `holding` tells.

    Raises:
        ProposalNotFound, ProposalNotWaiting, ProposalExpired, NoApprovalRule, NotApproved.
        FundsRefused, and what the executor raises.
    """
    row = writing.lock_waiting(session, tenant, proposal, recorded_at)
    terms = queries.terms(session, row)
    rule = queries.rule(session, tenant, row.kind, recorded_at.date(), terms.amount)
    today = deciding.terms_today(session, row)
    deciding.lock_people(session, row, today)
    involved = queries.involved(session, row, today)
    standing = deciding.standing(session, row, rule, involved, holding)
    if row.state != "approved" or standing < rule.needed:
        raise NotApproved(standing, rule.needed)
    approvers = tuple(each.approver for each in queries.approvals(session, row))
    holds.move(session, row, actor=by.name, at=recorded_at)
    row.state = "executed"
    writing.note(session, row, "executed", by=by, at=recorded_at)
    approved = Approved(
        tenant=tenant,
        id=proposal,
        terms=terms,
        maker=row.maker,
        approvers=approvers,
        executed_by=by.name,
        proposed_at=row.proposed_at,
        recorded_at=recorded_at,
    )
    kinds.find(row.kind).execute(session, approved)
    return row
