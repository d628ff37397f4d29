"""Approve, refuse, withdraw, expire: what ends the waiting, or lets it go on to its execution."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from ledger.approvals import independence, queries
from ledger.approvals.independence import Actor, Bar, Involved
from ledger.approvals.operations import holds, kinds, proposing, writing
from ledger.approvals.payload import Terms
from ledger.approvals.rules import Rule
from ledger.approvals.tables import Proposal, ProposalApproval
from ledger.errors import Refused, Wording
from ledger.parties import queries as parties


@dataclass(eq=False)
class MayNotDecide(Refused):
    """None of the roles this person has today may decide on such a proposal."""

    code = "may_not_decide"
    wording = Wording(
        id="“{actor}” tidak berwenang memutuskan usulan ini; perlu peran: {roles}.",
        en="“{actor}” may not decide on this proposal; it takes one of: {roles}.",
    )
    actor: str
    roles: str


@dataclass(eq=False)
class SelfApproval(Refused):
    """Whoever made or edited a proposal does not approve it, under no account and in no role."""

    code = "self_approval"
    wording = Wording(
        id="Yang membuat atau mengubah usulan tidak dapat menyetujuinya.",
        en="Whoever made or edited a proposal cannot approve it.",
    )
    hint = Wording(id="Mintalah orang lain.", en="Ask somebody else.")


@dataclass(eq=False)
class ApproverBenefits(Refused):
    """The approver, or somebody he is related to, gains from the proposal."""

    code = "approver_benefits"
    wording = Wording(
        id="Penyetuju, atau keluarganya, menerima manfaat dari usulan ini.",
        en="The approver, or a relative, gains from this proposal.",
    )
    hint = Wording(id="Mintalah orang lain.", en="Ask somebody else.")


@dataclass(eq=False)
class ApprovedAlready(Refused):
    """One person approves a revision once."""

    code = "approved_already"
    wording = Wording(
        id="Orang yang sama sudah menyetujui usulan ini.",
        en="The same person has approved this proposal already.",
    )


@dataclass(eq=False)
class ProposalNotDue(Refused):
    """A proposal that is not past due does not expire."""

    code = "proposal_not_due"
    wording = Wording(
        id="Usulan ini berlaku sampai {expires_at}.", en="This proposal waits until {expires_at}."
    )
    expires_at: datetime


_BARS = {
    Bar.MADE: SelfApproval,
    Bar.EDITED: SelfApproval,
    Bar.BENEFITS: ApproverBenefits,
    Bar.RELATED: ApproverBenefits,
    Bar.APPROVED: ApprovedAlready,
}


def approve(
    session: Session,
    tenant: int,
    proposal: bytes,
    exactly: bytes,
    *,
    by: Actor,
    recorded_at: datetime,
) -> Proposal:
    """Approve exactly the bytes with this hash; with the last approval needed it is approved.

    Raises:
        ProposalNotFound, ProposalNotWaiting, ProposalExpired, ProposalChanged, NoApprovalRule.
        MayNotDecide, SelfApproval, ApproverBenefits, ApprovedAlready.
    """
    row = writing.lock_waiting(session, tenant, proposal, recorded_at, exactly=exactly)
    terms = terms_today(session, row)
    rule = queries.rule(session, tenant, row.kind, recorded_at.date(), terms.amount)
    roles = _roles(rule, by)
    lock_people(session, row, terms, by.person_id)
    involved = queries.involved(session, row, terms)
    root = parties.natural(session, tenant, [by.person_id])[by.person_id]
    approved = _approvers(session, row)
    found = independence.bar(
        root,
        involved,
        related=_related(session, row, by.person_id),
        approved=approved,
    )
    if found is not None:
        raise _BARS[found]
    session.execute(
        insert(ProposalApproval).values(
            tenant_id=tenant,
            proposal_id=proposal,
            revision=row.revision,
            person_id=root,
            hash=exactly,
            approver=by.name,
            roles=" ".join(sorted(roles)),
            recorded_at=recorded_at,
        )
    )
    if standing(session, row, rule, involved) >= rule.needed:
        row.state = "approved"
    writing.note(session, row, "approved", by=by, at=recorded_at)
    return row


def refuse(
    session: Session,
    tenant: int,
    proposal: bytes,
    *,
    by: Actor,
    reason: str,
    recorded_at: datetime,
) -> Proposal:
    """Refuse a proposal, in a role that may approve it; the maker withdraws instead.

    `reason` is a word of the operator's (like `too_dear`), never personal data.

    Raises:
        ProposalNotFound, ProposalNotWaiting, ProposalExpired, NoApprovalRule, MayNotDecide.
    """
    row = writing.lock_waiting(session, tenant, proposal, recorded_at)
    amount = queries.terms(session, row).amount
    _roles(queries.rule(session, tenant, row.kind, recorded_at.date(), amount), by)
    return _end(session, row, "refused", by=by, at=recorded_at, reason=reason)


def withdraw(
    session: Session,
    tenant: int,
    proposal: bytes,
    *,
    by: Actor,
    recorded_at: datetime,
) -> Proposal:
    """Take a proposal back.

    Raises:
        ProposalNotFound, ProposalNotWaiting, ProposalExpired, NotMaker.
    """
    row = writing.lock_waiting(session, tenant, proposal, recorded_at)
    proposing.check_maker(session, row, by)
    return _end(session, row, "withdrawn", by=by, at=recorded_at)


def expire(
    session: Session,
    tenant: int,
    proposal: bytes,
    *,
    actor: str,
    recorded_at: datetime,
) -> Proposal:
    """End a proposal that is past due, and give back what it holds; a job does this.

    Raises:
        ProposalNotFound, ProposalNotWaiting, ProposalNotDue.
    """
    row = queries.lock(session, tenant, proposal)
    if row.state not in queries.WAITING:
        raise writing.ProposalNotWaiting(row.state)
    if recorded_at < row.expires_at:
        raise ProposalNotDue(row.expires_at)
    return _end(session, row, "expired", by=actor, at=recorded_at)


Holding = Callable[[int], AbstractSet[str]]
"""Says which roles a person holds today: of the room that knows accounts."""


def standing(
    session: Session, row: Proposal, rule: Rule, involved: Involved, holding: Holding | None = None
) -> int:
    """Count the approvals of a proposal that hold today.

    A record merged since, a relation declared since and a rule changed since count: two approvals
    of one human being are one, and that of a relative of somebody who gains from it is none. With
    `holding`, so does a role that was taken away since, and an account that was disabled.
    """
    given = [
        each
        for each in queries.approvals(session, row)
        if (roles := rule.roles & {*each.roles.split()})
        and (holding is None or roles & holding(each.person_id))
    ]
    roots = parties.natural(session, row.tenant_id, [each.person_id for each in given])
    return sum(
        independence.bar(person, involved, related=_related(session, row, person)) is None
        for person in set(roots.values())
    )


def terms_today(session: Session, row: Proposal) -> Terms:
    """Read the terms of a proposal, with whoever gains from it besides as things stand today."""
    terms = queries.terms(session, row)
    gaining = kinds.find(row.kind).gains(session, row.tenant_id, terms.content)
    return replace(terms, beneficiaries=terms.beneficiaries.union(gaining))


def _related(session: Session, row: Proposal, person: int) -> AbstractSet[int]:
    """Name a person's relatives: a relation that ended while the proposal waits bars like any."""
    return parties.related(session, row.tenant_id, person, since=row.proposed_at).keys()


def lock_people(session: Session, row: Proposal, terms: Terms, *others: int) -> None:
    """Lock the records of everybody involved, by id: none is merged or related meanwhile."""
    editors = {each.editor_id for each in queries.revisions(session, row)}
    approvers = {each.person_id for each in queries.approvals(session, row)}
    for person in sorted({row.maker_id, *editors, *approvers, *terms.beneficiaries, *others}):
        parties.lock(session, row.tenant_id, person)


def _approvers(session: Session, row: Proposal) -> set[int]:
    given = [each.person_id for each in queries.approvals(session, row)]
    return set(parties.natural(session, row.tenant_id, given).values())


def _roles(rule: Rule, by: Actor) -> frozenset[str]:
    """Give the roles in which somebody may decide.

    Raises:
        MayNotDecide.
    """
    found = rule.roles & by.roles
    if not found:
        raise MayNotDecide(by.name, ", ".join(sorted(rule.roles)))
    return found


def _end(
    session: Session,
    row: Proposal,
    state: str,
    *,
    by: Actor | str,
    at: datetime,
    reason: str | None = None,
) -> Proposal:
    holds.give_back(session, row, actor=by if isinstance(by, str) else by.name, at=at)
    row.state = state
    writing.note(session, row, state, by=by, at=at, reason=reason)
    return row
