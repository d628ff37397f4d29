"""Reads of proposals: one, a page of them, their terms, who has a hand in one, what is past due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from ledger.approvals import payload, rules
from ledger.approvals.independence import Involved
from ledger.approvals.payload import Terms
from ledger.approvals.rules import Rule
from ledger.approvals.tables import (
    ApprovalRule,
    Proposal,
    ProposalApproval,
    ProposalEvent,
    ProposalRevision,
)
from ledger.errors import NotFound, Refused, Wording
from ledger.money import Money
from ledger.parties import queries as parties

WAITING = ("proposed", "approved")


@dataclass(eq=False)
class ProposalNotFound(NotFound):
    """The tenant has no such proposal."""

    code = "proposal_not_found"
    wording = Wording(id="Usulan “{proposal}” tidak ada.", en="There is no proposal “{proposal}”.")
    hint = Wording(id="Lihat `juang proposal list`.", en="See `juang proposal list`.")
    proposal: str


@dataclass(eq=False)
class ProposalAmbiguous(Refused):
    """Several proposals begin like this."""

    code = "proposal_ambiguous"
    wording = Wording(
        id="Beberapa usulan berawalan “{proposal}”.", en="Several proposals begin by “{proposal}”."
    )
    hint = Wording(id="Tulis lebih banyak angkanya.", en="Write more of its digits.")
    proposal: str


@dataclass(eq=False)
class NoApprovalRule(Refused):
    """Nothing says who may approve this, so nobody may."""

    code = "no_approval_rule"
    wording = Wording(
        id="Tidak ada aturan persetujuan untuk “{kind}”.",
        en="There is no rule of approval for “{kind}”.",
    )
    kind: str


def lock(session: Session, tenant: int, proposal: bytes) -> Proposal:
    """Lock a proposal for a change, and read it afresh.

    Raises:
        ProposalNotFound.
    """
    found = session.scalar(
        select(Proposal)
        .where(Proposal.tenant_id == tenant, Proposal.id == proposal)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise ProposalNotFound(proposal.hex())
    return found


def find(session: Session, tenant: int, name: str) -> Proposal:
    """Find a proposal by its id in hexadecimal, or by an unambiguous beginning of it.

    Raises:
        ProposalNotFound, ProposalAmbiguous.
    """
    digits = name.replace("-", "").lower()
    if not digits or len(digits) > 32 or set(digits) - set("0123456789abcdef"):
        raise ProposalNotFound(name)
    low, high = (bytes.fromhex(digits.ljust(32, fill)) for fill in "0f")
    query = select(Proposal).where(Proposal.tenant_id == tenant, Proposal.id.between(low, high))
    found = session.scalars(query.order_by(Proposal.id).limit(2)).all()
    if not found:
        raise ProposalNotFound(name)
    if len(found) > 1:
        raise ProposalAmbiguous(name)
    return found[0]


def page(
    session: Session,
    tenant: int,
    *,
    states: Iterable[str] = WAITING,
    after: tuple[datetime, bytes] | None = None,
    limit: int = 100,
) -> list[Proposal]:
    """List proposals in some states by expiry and id, a page at a time."""
    query = select(Proposal).where(Proposal.tenant_id == tenant, Proposal.state.in_(list(states)))
    if after is not None:
        query = query.where(tuple_(Proposal.expires_at, Proposal.id) > after)
    return list(session.scalars(query.order_by(Proposal.expires_at, Proposal.id).limit(limit)))


def past_due(session: Session, tenant: int, at: datetime, *, limit: int = 100) -> list[bytes]:
    """Name proposals that still wait and are past due; a nightly job expires them."""
    query = select(Proposal.id).where(
        Proposal.tenant_id == tenant, Proposal.state.in_(WAITING), Proposal.expires_at <= at
    )
    return list(session.scalars(query.order_by(Proposal.expires_at, Proposal.id).limit(limit)))


def terms(session: Session, proposal: Proposal) -> Terms:
    """Read the terms of the current revision out of its bytes; the bytes must have its hash.

    Raises:
        PayloadMalformed: the stored bytes are not those of this proposal.
    """
    stored = session.scalars(
        select(ProposalRevision).where(
            ProposalRevision.tenant_id == proposal.tenant_id,
            ProposalRevision.proposal_id == proposal.id,
            ProposalRevision.revision == proposal.revision,
        )
    ).one()
    tenant, id_, revision, found = payload.read(stored.payload)
    same = (tenant, id_, revision) == (proposal.tenant_id, proposal.id, proposal.revision)
    if not same or payload.digest(stored.payload) != proposal.hash:
        raise payload.PayloadMalformed("these bytes are not what was proposed")
    return found


def revisions(session: Session, proposal: Proposal) -> list[ProposalRevision]:
    """List the revisions of a proposal, oldest first."""
    query = select(ProposalRevision).where(
        ProposalRevision.tenant_id == proposal.tenant_id,
        ProposalRevision.proposal_id == proposal.id,
    )
    return list(session.scalars(query.order_by(ProposalRevision.revision)))


def approvals(session: Session, proposal: Proposal) -> list[ProposalApproval]:
    """List the approvals of the current revision, oldest first."""
    query = select(ProposalApproval).where(
        ProposalApproval.tenant_id == proposal.tenant_id,
        ProposalApproval.proposal_id == proposal.id,
        ProposalApproval.revision == proposal.revision,
    )
    return list(
        session.scalars(query.order_by(ProposalApproval.recorded_at, ProposalApproval.person_id))
    )


def events(session: Session, tenant: int, proposal: bytes) -> list[ProposalEvent]:
    """List what happened to a proposal, oldest first."""
    query = select(ProposalEvent).where(
        ProposalEvent.tenant_id == tenant, ProposalEvent.proposal_id == proposal
    )
    return list(session.scalars(query.order_by(ProposalEvent.no)))


def involved(session: Session, proposal: Proposal, proposed: Terms) -> Involved:
    """Name the human beings who made, edited or gain from a proposal, as records stand today."""
    editors = {row.editor_id for row in revisions(session, proposal)}
    everybody = {proposal.maker_id, *editors, *proposed.beneficiaries}
    roots = parties.natural(session, proposal.tenant_id, everybody)
    return Involved(
        roots[proposal.maker_id],
        frozenset(roots[person] for person in editors),
        frozenset(roots[person] for person in proposed.beneficiaries),
    )


def rule(session: Session, tenant: int, kind: str, day: date, amount: Money | None) -> Rule:
    """Choose the rule of a proposal on a day: the tenant's own, or else the one that is shipped.

    Raises:
        NoApprovalRule.
    """
    query = select(ApprovalRule).where(ApprovalRule.tenant_id == tenant, ApprovalRule.kind == kind)
    own = [
        Rule(
            row.kind,
            row.needed,
            frozenset(row.roles.split()),
            row.valid_from,
            row.currency,
            row.from_amount,
        )
        for row in session.scalars(query)
    ]
    found = rules.choose(own, kind, day, amount) or rules.choose(rules.SHIPPED, kind, day, amount)
    if found is None:
        raise NoApprovalRule(kind)
    return found
