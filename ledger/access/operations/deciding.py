"""The doors' way to approvals: ask the policy, take the duty of the day, then decide."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from ledger import dates
from ledger.access import duties, policy, queries
from ledger.access.acting import Acting
from ledger.access.actions import Action, Relation
from ledger.access.duties import Duty
from ledger.access.policy import Reason
from ledger.access.tables import EVERY_BOOK, DutyDone
from ledger.approvals import operations as approvals
from ledger.approvals import queries as proposals
from ledger.approvals.tables import Proposal
from ledger.books import queries as books
from ledger.errors import Language, Refused, Wording
from ledger.parties import queries as parties


@dataclass(eq=False)
class NotAllowed(Refused):
    """The policy denies it."""

    code = "not_allowed"
    wording = Wording(
        id="“{actor}” tidak boleh {action}: {reason}.", en="“{actor}” may not {action}: {reason}."
    )
    actor: str
    action: str
    reason: str

    def message(self, language: Language = "en") -> str:
        """Say why in the language asked for."""
        why = policy.REASONS[Reason(self.reason)].in_language(language)
        words = {"actor": self.actor, "action": self.action, "reason": why}
        return self.wording.in_language(language).format_map(words)


@dataclass(eq=False)
class DutiesClash(Refused):
    """The same person did something today that rules this out."""

    code = "duties_clash"
    wording = Wording(
        id="Orang yang sama sudah bertugas “{done}” di buku ini pada {day}.",
        en="The same person did “{done}” in this book on {day} already.",
    )
    done: str
    day: date

    def message(self, language: Language = "en") -> str:
        """Name the duty in the language asked for."""
        done = duties.NAMES[Duty(self.done)].in_language(language)
        return self.wording.in_language(language).format(done=done, day=self.day)


def demand(acting: Acting, action: Action, relation: Relation = Relation.TENANT) -> None:
    """Refuse what the policy does not grant to who acts.

    Raises:
        NotAllowed.
    """
    decision = policy.may(acting.roles, action, relation)
    if not decision.allowed:
        raise NotAllowed(acting.handle, action.value, decision.reason.value)


def take_duty(
    session: Session,
    tenant: int,
    book: int,
    day: date,
    person: int,
    duty: Duty,
    *,
    actor: str,
    recorded_at: datetime,
) -> None:
    """Write down that a person does a duty in a book on a day; doing more of the same is nothing.

    Raises:
        PersonNotFound.
        DutiesClash: under whatever record, she did what rules it out.
    """
    root = parties.natural(session, tenant, [person])[person]
    parties.lock(session, tenant, root)
    done = queries.duties(session, tenant, book, day, root)
    other = duties.clash(duty, done)
    if other is not None:
        raise DutiesClash(other.value, day)
    if duty in done:
        return
    session.execute(
        insert(DutyDone).values(
            tenant_id=tenant,
            book_id=book,
            business_date=day,
            person_id=root,
            duty=duty.value,
            actor=actor,
            recorded_at=recorded_at,
        )
    )


def approve(
    session: Session,
    acting: Acting,
    proposal: bytes,
    exactly: bytes,
    *,
    recorded_at: datetime,
) -> Proposal:
    """Approve a proposal of the tenant, exactly these bytes.

    Raises:
        NotAllowed, DutiesClash, and those of `approvals.approve`.
    """
    row = proposals.lock(session, acting.tenant, proposal)
    acting = _in_its_book(session, acting, row, recorded_at)
    demand(acting, _approving(row))
    row = approvals.approve(
        session, acting.tenant, proposal, exactly, by=acting.actor, recorded_at=recorded_at
    )
    for book in _books(session, row):
        day = dates.local_date(recorded_at, book.time_zone)
        take_duty(
            session,
            acting.tenant,
            book.id,
            day,
            acting.person_id,
            Duty.APPROVER,
            actor=acting.handle,
            recorded_at=recorded_at,
        )
    return row


def sees(acting: Acting, row: Proposal) -> bool:
    """Tell whether an officer may read a proposal: of the tenant, or at least to decide on it."""
    asked = (Action.PROPOSAL_SEE, _approving(row))
    return acting.tenant == row.tenant_id and any(
        policy.may(acting.roles, action, Relation.TENANT).allowed for action in asked
    )


def refuse(
    session: Session, acting: Acting, proposal: bytes, *, reason: str, recorded_at: datetime
) -> Proposal:
    """Refuse a proposal of the tenant.

    Raises:
        NotAllowed, and those of `approvals.refuse`.
    """
    row = proposals.lock(session, acting.tenant, proposal)
    acting = _in_its_book(session, acting, row, recorded_at)
    demand(acting, _approving(row))
    return approvals.refuse(
        session,
        acting.tenant,
        proposal,
        by=acting.actor,
        reason=reason,
        recorded_at=recorded_at,
    )


def execute(
    session: Session, acting: Acting, proposal: bytes, *, recorded_at: datetime
) -> Proposal:
    """Carry out an approved proposal of the tenant.

    An approval counts while its approver could still give it: not once she was disabled or lost
    the role.

    Raises:
        NotAllowed, and those of `approvals.execute`.
    """
    row = proposals.lock(session, acting.tenant, proposal)
    acting = _in_its_book(session, acting, row, recorded_at)
    approving = _approving(row)
    general = approving is Action.PROPOSAL_APPROVE
    # Who may approve may also carry out: a supervisor's approval is not left lying.
    if not policy.may(acting.roles, approving, Relation.TENANT).allowed:
        demand(acting, Action.PROPOSAL_EXECUTE if general else approving)
    found = _books(session, row)
    book = found[0].id if len(found) == 1 else EVERY_BOOK

    def holding(person: int) -> frozenset[str]:
        return queries.roles_of(session, acting.tenant, person, recorded_at.date(), book=book)

    return approvals.execute(
        session,
        acting.tenant,
        proposal,
        by=acting.actor,
        recorded_at=recorded_at,
        holding=holding,
    )


def _in_its_book(session: Session, acting: Acting, row: Proposal, at: datetime) -> Acting:
    """Add the roles that an officer has only in the book that a proposal is about."""
    found = _books(session, row)
    return queries.in_book(session, acting, found[0].id, at.date()) if len(found) == 1 else acting


def _approving(row: Proposal) -> Action:
    return _OF_ACCOUNTS.get(row.kind, Action.PROPOSAL_APPROVE)


_OF_ACCOUNTS = {
    "second_factor_reset": Action.SECOND_FACTOR_APPROVE_RESET,
    "role_grant": Action.ROLE_APPROVE,
    "account_enabling": Action.ROLE_APPROVE,
}
"""What an administrator may approve as well: it is about accounts, not about money."""


def _books(session: Session, row: Proposal) -> list[Any]:
    """Find the books a proposal is about: where its money is held, and what its content names."""
    terms = proposals.terms(session, row)
    named = {terms.content.get("book"), terms.funds.book_id if terms.funds else None}
    ids = [each for each in named if isinstance(each, int)]
    found = books.existing(session, sorted(ids)).values()
    return [book for book in found if book.tenant_id == row.tenant_id]
