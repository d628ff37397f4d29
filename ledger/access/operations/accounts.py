"""Accounts and their roles: added, granted, ended, disabled. Each change ends all sessions."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from ledger.access import queries, roles
from ledger.access.roles import OFFICERS, Role
from ledger.access.tables import (
    EVERY_BOOK,
    Officer,
    OfficerEvent,
    OfficerRole,
    OfficerSession,
)
from ledger.books import queries as books
from ledger.dates import DateRangeBackwards
from ledger.errors import Malformed, Refused, Wording
from ledger.parties import operations as people
from ledger.parties import queries as parties

_HANDLE = re.compile(r"[a-z0-9][a-z0-9._-]{2,31}\Z")


@dataclass(eq=False)
class HandleMalformed(Malformed):
    """A handle has characters it may not have."""

    code = "handle_malformed"
    wording = Wording(
        id="“{handle}” bukan nama akun yang sah.", en="“{handle}” is no valid handle."
    )
    hint = Wording(
        id="3 sampai 32 huruf kecil, angka, titik, - atau _.",
        en="3 to 32 small letters, digits, dots, - or _.",
    )
    handle: str


@dataclass(eq=False)
class HandleTaken(Refused):
    """Another person has this handle; a handle is never given anew."""

    code = "handle_taken"
    wording = Wording(
        id="Nama akun “{handle}” sudah dipakai orang lain.",
        en="The handle “{handle}” is somebody else's.",
    )
    handle: str


@dataclass(eq=False)
class RoleUnknown(Malformed):
    """No such role is granted to officers."""

    code = "role_unknown"
    wording = Wording(id="Peran “{role}” tidak ada.", en="There is no role “{role}” for officers.")
    role: str


@dataclass(eq=False)
class RoleHeld(Refused):
    """The role is granted for some of these days already."""

    code = "role_held"
    wording = Wording(
        id="Peran “{role}” sudah diberikan untuk sebagian hari itu.",
        en="The role “{role}” is granted for some of these days already.",
    )
    role: str


@dataclass(eq=False)
class RolesClash(Refused):
    """One person never has both roles, under whatever account."""

    code = "roles_clash"
    wording = Wording(
        id="Satu orang tidak boleh memegang peran “{one}” dan “{other}”.",
        en="One person must not hold the roles “{one}” and “{other}”.",
    )
    one: str
    other: str


@dataclass(eq=False)
class SelfGrant(Refused):
    """Nobody grants a role to himself."""

    code = "self_grant"
    wording = Wording(
        id="Peran tidak dapat diberikan kepada diri sendiri.",
        en="Nobody grants a role to himself.",
    )


def officer_id(tenant: int, handle: str) -> int:
    """Derive an account's id from its tenant and handle (decision 0001)."""
    content = b"juang/officer/1" + tenant.to_bytes(8, "big") + b"\x00" + handle.encode()
    return int.from_bytes(hashlib.sha256(content).digest()[:8], "big") >> 1


def add(
    session: Session, tenant: int, handle: str, person: int, *, actor: str, recorded_at: datetime
) -> int:
    """Open an account for a person; for the same person again it changes nothing.

    Raises:
        HandleMalformed, HandleTaken.
        PersonNotFound, PersonNotActive.
    """
    if not _HANDLE.match(handle):
        raise HandleMalformed(handle)
    if parties.lock(session, tenant, person).state != "active":
        raise people.PersonNotActive(str(person))
    made = officer_id(tenant, handle)
    found = session.get(Officer, (tenant, made))
    if found is not None:
        roots = parties.natural(session, tenant, {found.person_id, person})
        if roots[found.person_id] != roots[person]:
            raise HandleTaken(handle)
        return made
    session.execute(
        insert(Officer).values(
            tenant_id=tenant,
            id=made,
            handle=handle,
            person_id=person,
            state="active",
            security_no=1,
            added_at=recorded_at,
        )
    )
    note(session, tenant, made, "added", actor=actor, at=recorded_at)
    return made


def grant(
    session: Session,
    tenant: int,
    officer: int,
    role: str,
    *,
    valid_from: date,
    actor: str,
    recorded_at: datetime,
    valid_through: date | None = None,
    book: int = EVERY_BOOK,
    by_person: int | None = None,
) -> None:
    """Grant a role from a day on, for all books of the tenant or one.

    For whoever carries out an approved proposal (`granting`), and for the beginning of a tenant.
    `by_person` is who proposed it; the operator of the machine has none.

    Raises:
        Those of `check_grant`.
    """
    window = (valid_from, valid_through)
    row = check_grant(session, tenant, officer, role, window, book=book, by_person=by_person)
    session.execute(
        insert(OfficerRole).values(
            tenant_id=tenant,
            officer_id=officer,
            role=role,
            book_id=book,
            valid_from=valid_from,
            valid_through=valid_through,
            granted_by=actor,
            granted_at=recorded_at,
        )
    )
    detail = f"{role} {book or '*'} {valid_from}..{valid_through or ''}"
    note(session, tenant, officer, "role_granted", detail=detail, actor=actor, at=recorded_at)
    end_sessions(session, row, "role_changed", at=recorded_at)


def check_grant(
    session: Session,
    tenant: int,
    officer: int,
    role: str,
    window: tuple[date, date | None],
    *,
    book: int = EVERY_BOOK,
    by_person: int | None = None,
) -> Officer:
    """Refuse a grant that may not be, and give the account, locked with its person.

    Raises:
        OfficerNotFound, RoleUnknown, BookNotFound, DateRangeBackwards.
        SelfGrant, RolesClash, RoleHeld.
    """
    valid_from, valid_through = window
    if role not in OFFICERS:
        raise RoleUnknown(role)
    if valid_through is not None and valid_through < valid_from:
        raise DateRangeBackwards(valid_from, valid_through)
    if book != EVERY_BOOK:
        known = books.existing(session, [book]).get(book)
        if known is None or known.tenant_id != tenant:
            raise books.BookNotFound(book)
    row = queries.lock(session, tenant, officer)
    root = parties.natural(session, tenant, [row.person_id])[row.person_id]
    parties.lock(session, tenant, root)  # no other account of hers is granted a role meanwhile
    if by_person is not None:
        _refuse_self(session, tenant, root, by_person)
    _refuse_clash(session, row, Role(role), window, book)
    return row


def end_role(
    session: Session,
    tenant: int,
    officer: int,
    role: str,
    *,
    last_day: date,
    actor: str,
    recorded_at: datetime,
    book: int = EVERY_BOOK,
) -> None:
    """End a role with a day; grants that begin later never begin.

    Raises:
        OfficerNotFound, RoleUnknown.
    """
    if role not in OFFICERS:
        raise RoleUnknown(role)
    row = queries.lock(session, tenant, officer)
    for held in queries.grants(session, tenant, officer):
        if (held.role, held.book_id) != (role, book):
            continue
        if held.valid_through is None or held.valid_through > last_day:
            held.valid_through = max(last_day, held.valid_from - timedelta(days=1))
    session.flush()  # before the sessions end, whose next roles are read from these rows
    detail = f"{role} {book or '*'} ..{last_day}"
    note(session, tenant, officer, "role_ended", detail=detail, actor=actor, at=recorded_at)
    end_sessions(session, row, "role_changed", at=recorded_at)


def set_state(
    session: Session,
    tenant: int,
    officer: int,
    state: Literal["active", "disabled"],
    *,
    actor: str,
    recorded_at: datetime,
) -> None:
    """Disable an account, or enable it again; what it is already changes nothing.

    Enabling gives back every role it has: it is for who carries out an approved proposal.

    Raises:
        OfficerNotFound.
    """
    row = queries.lock(session, tenant, officer)
    if row.state == state:
        return
    row.state = state
    what = "disabled" if state == "disabled" else "enabled"
    note(session, tenant, officer, what, actor=actor, at=recorded_at)
    end_sessions(session, row, what, at=recorded_at)


def end_sessions(session: Session, officer: Officer, why: str, *, at: datetime) -> None:
    """End all sessions of an account, whose row is locked: those open, and those being opened."""
    officer.security_no += 1
    session.flush()  # the number is what a session is compared with
    session.execute(
        update(OfficerSession)
        .where(
            OfficerSession.tenant_id == officer.tenant_id,
            OfficerSession.officer_id == officer.id,
            OfficerSession.ended_at.is_(None),
        )
        .values(ended_at=at, ended_why=why[:16])
    )


def note(
    session: Session,
    tenant: int,
    officer: int,
    what: str,
    *,
    actor: str,
    at: datetime,
    detail: str | None = None,
) -> None:
    """Write down what happened to an account, whose row is locked or new."""
    mine = (OfficerEvent.tenant_id == tenant, OfficerEvent.officer_id == officer)
    last = session.scalar(select(func.max(OfficerEvent.no)).where(*mine))
    session.execute(
        insert(OfficerEvent).values(
            tenant_id=tenant,
            officer_id=officer,
            no=(last or 0) + 1,
            what=what,
            detail=detail,
            actor=actor,
            recorded_at=at,
        )
    )


def _refuse_self(session: Session, tenant: int, root: int, by_person: int) -> None:
    if parties.natural(session, tenant, [by_person])[by_person] == root:
        raise SelfGrant


def _refuse_clash(
    session: Session, row: Officer, role: Role, window: tuple[date, date | None], book: int
) -> None:
    """Refuse what overlaps with a grant of the same, or of one that must not meet it."""
    first, last = window
    for account in queries.accounts_of(session, row.tenant_id, row.person_id):
        for held in queries.grants(session, row.tenant_id, account):
            begins_later = last is not None and held.valid_from > last
            ended_before = held.valid_through is not None and held.valid_through < first
            if begins_later or ended_before:
                continue
            if (account, held.role, held.book_id) == (row.id, role, book):
                raise RoleHeld(role)
            if (found := roles.clash([role, Role(held.role)])) is not None:
                raise RolesClash(*(each.value for each in found))
