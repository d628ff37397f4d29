"""Grant a role to an officer: one administrator proposes it, another person approves."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from ledger.access.operations import accounts
from ledger.access.tables import EVERY_BOOK
from ledger.approvals import operations as approvals
from ledger.approvals import queries as proposals
from ledger.approvals.independence import Actor
from ledger.approvals.operations import Approved, Kind
from ledger.approvals.payload import Terms
from ledger.approvals.tables import Proposal
from ledger.errors import Wording

WAITS = timedelta(days=7)


def propose_grant(
    session: Session,
    tenant: int,
    officer: int,
    role: str,
    *,
    valid_from: date,
    by: Actor,
    recorded_at: datetime,
    valid_through: date | None = None,
    book: int = EVERY_BOOK,
) -> Proposal:
    """Propose to grant a role from a day on, for all books of the tenant or one.

    She who gets the role gains from it: neither she nor a relative approves, nor does she propose.

    Raises:
        Those of `grant`, asked now and again when it is carried out.
        PersonNotFound, NoApprovalRule.
    """
    window = (valid_from, valid_through)
    row = accounts.check_grant(
        session, tenant, officer, role, window, book=book, by_person=by.person_id
    )
    # The place is not called `book`: who has a role in one book only decides on no grants.
    terms = Terms(
        kind=GRANT.code,
        content={
            "officer": officer,
            "role": role,
            "in_book": book or None,
            "valid_from": valid_from,
            "valid_through": valid_through,
        },
        expires_at=recorded_at + WAITS,
        beneficiaries=frozenset({row.person_id}),
    )
    return approvals.propose_once(session, tenant, terms, by=by, recorded_at=recorded_at)


def _grant(session: Session, approved: Approved) -> None:
    content = approved.terms.content
    maker = proposals.lock(session, approved.tenant, approved.id).maker_id
    accounts.grant(
        session,
        approved.tenant,
        content["officer"],
        content["role"],
        valid_from=content["valid_from"],
        valid_through=content["valid_through"],
        book=content["in_book"] or EVERY_BOOK,
        by_person=maker,
        actor=approved.maker,
        recorded_at=approved.recorded_at,
    )


GRANT = approvals.register(
    Kind("role_grant", Wording(id="Memberi peran", en="Granting a role"), _grant)
)
