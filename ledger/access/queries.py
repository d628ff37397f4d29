"""Reads of accounts: who is there, in which roles today, with which sessions and duties."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from ledger.access import roles
from ledger.access.acting import Acting
from ledger.access.duties import Duty
from ledger.access.roles import Role
from ledger.access.tables import (
    EVERY_BOOK,
    DutyDone,
    Officer,
    OfficerEvent,
    OfficerRole,
    OfficerSecret,
    OfficerSession,
)
from ledger.errors import NotFound, Wording
from ledger.parties import queries as parties
from ledger.parties.tables import Person

IDLE = timedelta(minutes=30)
"""A session that is not used for so long is over."""


@dataclass(eq=False)
class OfficerNotFound(NotFound):
    """The tenant has no such account."""

    code = "officer_not_found"
    wording = Wording(
        id="Akun petugas “{officer}” tidak ada.", en="There is no officer “{officer}”."
    )
    hint = Wording(id="Lihat `juang officer list`.", en="See `juang officer list`.")
    officer: str


def find(session: Session, tenant: int, handle: str) -> Officer:
    """Find an account by its handle.

    Raises:
        OfficerNotFound.
    """
    query = select(Officer).where(Officer.tenant_id == tenant, Officer.handle == handle)
    found = session.scalar(query)
    if found is None:
        raise OfficerNotFound(handle)
    return found


def lock(session: Session, tenant: int, officer: int) -> Officer:
    """Lock an account for a change, and read it afresh.

    Raises:
        OfficerNotFound.
    """
    found = session.scalar(
        select(Officer)
        .where(Officer.tenant_id == tenant, Officer.id == officer)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise OfficerNotFound(str(officer))
    return found


def officers(session: Session, tenant: int, *, after: str = "", limit: int = 100) -> list[Officer]:
    """List the accounts of a tenant by handle, a page at a time."""
    query = select(Officer).where(Officer.tenant_id == tenant, Officer.handle > after)
    return list(session.scalars(query.order_by(Officer.handle, Officer.id).limit(limit)))


def grants(session: Session, tenant: int, officer: int) -> list[OfficerRole]:
    """List all grants of roles to an account, also past ones."""
    query = select(OfficerRole).where(
        OfficerRole.tenant_id == tenant, OfficerRole.officer_id == officer
    )
    return list(
        session.scalars(
            query.order_by(OfficerRole.valid_from, OfficerRole.role, OfficerRole.book_id)
        )
    )


def accounts_of(session: Session, tenant: int, person: int) -> list[int]:
    """Name the accounts of a human being: those of every record that is hers."""
    root = parties.natural(session, tenant, [person])[person]
    query = (
        select(Officer.id)
        .join(Person, (Person.tenant_id == Officer.tenant_id) & (Person.id == Officer.person_id))
        .where(Officer.tenant_id == tenant, or_(Person.id == root, Person.merged_into == root))
    )
    return list(session.scalars(query.order_by(Officer.id)))


def standing(day: date) -> ColumnElement[bool]:
    """Say which grants count on a day."""
    return (OfficerRole.valid_from <= day) & (
        OfficerRole.valid_through.is_(None) | (OfficerRole.valid_through >= day)
    )


def roles_on(
    session: Session, officer: Officer, day: date, *, book: int = EVERY_BOOK
) -> frozenset[Role]:
    """Give the roles of an account on a day, for all books or for one of them.

    None where all roles of the human being, over all her accounts, hold two that must not meet:
    her records may have been merged after the grants. None where she was erased.
    """
    root = parties.natural(session, officer.tenant_id, [officer.person_id])[officer.person_id]
    who = select(Person.state).where(Person.tenant_id == officer.tenant_id, Person.id == root)
    if session.scalar(who) != "active":
        return frozenset()
    query = select(OfficerRole).where(OfficerRole.tenant_id == officer.tenant_id, standing(day))
    accounts = accounts_of(session, officer.tenant_id, officer.person_id)
    held = list(session.scalars(query.where(OfficerRole.officer_id.in_(accounts))))
    if roles.clash(Role(grant.role) for grant in held) is not None:
        return frozenset()
    return frozenset(
        Role(grant.role)
        for grant in held
        if grant.officer_id == officer.id and grant.book_id in {EVERY_BOOK, book}
    )


def roles_of(
    session: Session, tenant: int, person: int, day: date, *, book: int = EVERY_BOOK
) -> frozenset[str]:
    """Give the roles a human being holds on a day, under whichever of her accounts is active."""
    found: set[str] = set()
    for account in accounts_of(session, tenant, person):
        officer = session.get_one(Officer, (tenant, account), populate_existing=True)
        if officer.state == "active":
            found |= {role.value for role in roles_on(session, officer, day, book=book)}
    return frozenset(found)


def acting(
    session: Session,
    officer: Officer,
    day: date,
    *,
    level: int,
    opened: OfficerSession | None = None,
) -> Acting:
    """Say who acts under an account today."""
    held = roles_on(session, officer, day) if level == 2 else frozenset()
    return Acting(
        tenant=officer.tenant_id,
        officer_id=officer.id,
        handle=officer.handle,
        person_id=officer.person_id,
        roles=frozenset(role.value for role in held),
        level=level,
        session_no=None if opened is None else opened.no,
        stepped_up_at=None if opened is None else opened.stepped_up_at,
    )


def in_book(session: Session, acting: Acting, book: int, day: date) -> Acting:
    """Say who acts in one book: the roles for all books, and those for this one."""
    officer = session.get(Officer, (acting.tenant, acting.officer_id))
    if officer is None or acting.level != 2:
        return acting
    held = roles_on(session, officer, day, book=book)
    return replace(acting, roles=frozenset(role.value for role in held))


def secret(session: Session, tenant: int, officer: int) -> OfficerSecret | None:
    """Read what opens an account, afresh."""
    return session.get(OfficerSecret, (tenant, officer), populate_existing=True)


def events(session: Session, tenant: int, officer: int) -> list[OfficerEvent]:
    """List what happened to an account, oldest first."""
    query = select(OfficerEvent).where(
        OfficerEvent.tenant_id == tenant, OfficerEvent.officer_id == officer
    )
    return list(session.scalars(query.order_by(OfficerEvent.no)))


def sessions(session: Session, tenant: int, officer: int, at: datetime) -> list[OfficerSession]:
    """List the sessions of an account that are open, the latest first."""
    query = select(OfficerSession).where(
        OfficerSession.tenant_id == tenant,
        OfficerSession.officer_id == officer,
        OfficerSession.ended_at.is_(None),
        OfficerSession.ends_at > at,
        OfficerSession.seen_at > at - IDLE,
    )
    return list(session.scalars(query.order_by(OfficerSession.no.desc())))


def duties(session: Session, tenant: int, book: int, day: date, person: int) -> frozenset[Duty]:
    """Name the duties a human being did in a book on a day, under whatever record."""
    query = select(DutyDone).where(
        DutyDone.tenant_id == tenant, DutyDone.book_id == book, DutyDone.business_date == day
    )
    done = list(session.scalars(query))
    roots = parties.natural(session, tenant, {person, *(each.person_id for each in done)})
    return frozenset(Duty(each.duty) for each in done if roots[each.person_id] == roots[person])
