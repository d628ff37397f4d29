"""Reads of the vault, of devices, of the household's links.

What is encrypted needs the session's keyring. Reading leaves no trace here: the room that says who
may read whose data writes down who did.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.journal.keyring import Keyring
from ledger.journal.queries import session_keyring
from ledger.parties import fields, sealing
from ledger.parties.fields import Field
from ledger.parties.queries.persons import natural
from ledger.parties.tables import (
    Device,
    HouseholdLink,
    Person,
    PersonKey,
    VaultField,
    VaultIndex,
)

_SEPARATOR = ":"
PAGE: Final = 2_000
"""Values of the vault read at once: memory does not grow with the number of persons."""


class Kept(NamedTuple):
    """A value of the vault in clear."""

    field: Field
    no: int
    version: int
    value: str

    @property
    def masked(self) -> str:
        """Show just enough of it for its owner to recognise it."""
        return fields.masked(self.field, self.value)


@dataclass(frozen=True, slots=True)
class DeviceFigures:
    """A device as its owner sees it; the label is gone where its key is."""

    id: int
    label: str | None
    state: str
    registered_at: datetime
    ended_at: datetime | None


class Membership(NamedTuple):
    """Whom a household's owner is at a cooperative."""

    no: int
    tenant: int
    person: int


def keys(session: Session, tenant: int, person: int) -> sealing.PersonKeys | None:
    """Open a person's keys; None where she has none yet, or none any more.

    Raises:
        NoKeyring: she has keys, and the session has nothing to open them with.
        KeyUnusable: another master key wrapped them.
    """
    mine = (PersonKey.tenant_id == tenant, PersonKey.person_id == person)
    wrapped = session.scalar(select(PersonKey.wrapped).where(*mine))
    if wrapped is None:
        return None
    return sealing.person_keys(session_keyring(session).unwrap(bytes(wrapped)))


def vault(session: Session, tenant: int, person: int) -> list[Kept]:
    """Read all that the vault keeps of a person, in the order of the fields.

    Raises:
        NoKeyring, KeyUnusable.
    """
    mine = (VaultField.tenant_id == tenant, VaultField.person_id == person)
    query = select(VaultField.field, VaultField.no, VaultField.version, VaultField.sealed)
    rows = session.execute(query.where(*mine)).all()
    opened = keys(session, tenant, person) if rows else None
    if opened is None:
        return []
    order = list(Field)
    found = [
        Kept(
            Field(field),
            no,
            version,
            opened.unseal(sealing.place(tenant, person, field, no, version), bytes(sealed)),
        )
        for field, no, version, sealed in rows
    ]
    return sorted(found, key=lambda kept: (order.index(kept.field), kept.no))


def tag(session: Session, tenant: int, field: Field, value: str) -> bytes:
    """Write a normalised value as the blind index has it.

    Raises:
        NoKeyring.
    """
    ring = session_keyring(session)
    return sealing.index_tag(sealing.index_key(ring.master_key, tenant, field.value), value)


def index_size(session: Session) -> int:
    """Count the rows of the blind index."""
    return session.scalar(select(func.count()).select_from(VaultIndex)) or 0


class IndexState(NamedTuple):
    """How many rows of the blind index the session's master key would write, and how many not.

    A row that is missing is wrong, and so is one that no value of the vault stands behind.
    """

    right: int
    wrong: int


def index_state(session: Session) -> IndexState:
    """Hold the blind index against the values of the vault.

    Raises:
        NoKeyring, KeyUnusable: the vault itself cannot be opened.
    """
    right = wrong = 0
    for found in index_rows(session):
        right += found.stored is not None and found.stored == found.tag
        wrong += found.stored is None and found.tag is not None  # nobody finds her by it
    return IndexState(right, wrong + index_size(session) - right)


def index_is_right(session: Session) -> bool:
    """Tell whether the blind index is as it should be; where it is not, that is soon found.

    Raises:
        NoKeyring, KeyUnusable: the vault itself cannot be opened.
    """
    count = 0
    for found in index_rows(session):
        if found.tag != found.stored:
            return False
        count += found.stored is not None
    return count == index_size(session)


class IndexRow(NamedTuple):
    """A value of the vault that the blind index knows: as it should stand there, and as it does."""

    tenant: int
    person: int
    kind: str
    tag: bytes | None
    """None where the value cannot be opened any more."""
    stored: bytes | None


_INDEXED: Final = """
    SELECT f.tenant_id, f.person_id, f.field, f.no, f.version, f.sealed, k.wrapped, i.tag
    FROM vault_field f
    LEFT JOIN person_key k ON k.tenant_id = f.tenant_id AND k.person_id = f.person_id
    LEFT JOIN vault_index i
      ON i.tenant_id = f.tenant_id AND i.person_id = f.person_id AND i.kind = f.field
    WHERE f.field IN ('nik', 'phone')"""
_AFTER: Final = " AND (f.tenant_id, f.person_id, f.field, f.no) > (?, ?, ?, ?)"
_ORDER: Final = " ORDER BY f.tenant_id, f.person_id, f.field, f.no LIMIT ?"


def index_rows(session: Session, *, at_once: int = PAGE) -> Iterator[IndexRow]:
    """Hold the values of the vault against the blind index, a page at a time, by person.

    Raises:
        NoKeyring, KeyUnusable: the vault itself cannot be opened.
    """
    ring = session_keyring(session)
    index_keys: dict[tuple[int, str], bytes] = {}
    last: tuple[bytes | None, sealing.PersonKeys | None] = (None, None)
    page = bulk.read(session, _INDEXED + _ORDER, (at_once,))
    while page:
        for tenant, person, field, no, version, sealed, wrapped, stored in page:
            if wrapped != last[0]:
                last = (wrapped, None if wrapped is None else _opened(ring, wrapped))
            written = None
            if last[1] is not None:
                where = sealing.place(tenant, person, field, no, version)
                kind = (tenant, field)
                if kind not in index_keys:
                    index_keys[kind] = sealing.index_key(ring.master_key, tenant, field)
                written = sealing.index_tag(index_keys[kind], last[1].unseal(where, bytes(sealed)))
            there = None if stored is None else bytes(stored)
            yield IndexRow(tenant, person, field, written, there)
        page = bulk.read(session, _INDEXED + _AFTER + _ORDER, (*page[-1][:4], at_once))


def _opened(ring: Keyring, wrapped: bytes) -> sealing.PersonKeys:
    return sealing.person_keys(ring.unwrap(bytes(wrapped)))


def holders(session: Session, tenant: int, field: Field, value: str) -> list[int]:
    """Find the persons whose NIK or telephone number is this at present.

    A telephone number is a contact: it may be that of several, and of nobody who had it before.
    It never says who somebody is, so nothing may be opened on its strength.

    Raises:
        NikMalformed, PhoneMalformed, NoKeyring.
    """
    sought = tag(session, tenant, field, fields.normal(field, value))
    query = select(VaultIndex.person_id).where(
        VaultIndex.tenant_id == tenant, VaultIndex.kind == field.value, VaultIndex.tag == sought
    )
    return list(session.scalars(query.order_by(VaultIndex.person_id)))


def devices(session: Session, tenant: int, person: int) -> list[DeviceFigures]:
    """List a person's devices, oldest first.

    Raises:
        NoKeyring, KeyUnusable.
    """
    query = select(Device).where(Device.tenant_id == tenant, Device.person_id == person)
    rows = session.scalars(query.order_by(Device.registered_at, Device.id)).all()
    labelled = any(row.label is not None for row in rows)
    opened = keys(session, tenant, person) if labelled else None
    return [
        DeviceFigures(
            row.id,
            None
            if opened is None or row.label is None
            else opened.unseal(sealing.place(tenant, person, "device", row.id), bytes(row.label)),
            row.state,
            row.registered_at,
            row.ended_at,
        )
        for row in rows
    ]


def owner_of_device(session: Session, tenant: int, device: int) -> int | None:
    """Tell whose device may act now: nobody's once it has ended, or its owner's record has."""
    query = (
        select(Device.person_id)
        .join(Person, (Person.tenant_id == Device.tenant_id) & (Person.id == Device.person_id))
        .where(Device.tenant_id == tenant, Device.id == device)
        .where(Device.state == "active", Person.state == "active")
    )
    return session.scalar(query)


def memberships(session: Session, book: int) -> list[Membership]:
    """Read the memberships that a household's book is linked to, from her side.

    A member who was merged is given as the person she was merged into.

    Raises:
        NoKeyring, KeyUnusable.
    """
    query = select(HouseholdLink).where(HouseholdLink.book_id == book)
    found = []
    for row in session.scalars(query.order_by(HouseholdLink.no)):
        opened = keys(session, row.tenant_id, row.person_id)
        if opened is not None:
            where = link_place(row.tenant_id, row.person_id, book, row.no, row.version)
            tenant, person = map(int, opened.unseal(where, bytes(row.sealed)).split(_SEPARATOR))
            found.append(Membership(row.no, tenant, natural(session, tenant, [person])[person]))
    return found


def link_owners(session: Session, book: int) -> list[int]:
    """Name the persons on whose side a book's links are kept."""
    query = select(HouseholdLink.person_id).where(HouseholdLink.book_id == book).distinct()
    return list(session.scalars(query.order_by(HouseholdLink.person_id)))


def link_place(tenant: int, person: int, book: int, no: int, version: int) -> bytes:
    """Name where a household's link stands, for the cipher's associated data."""
    return sealing.place(tenant, person, f"link/{book}", no, version)


def link_text(tenant: int, person: int) -> str:
    """Write the membership that is sealed."""
    return f"{tenant}{_SEPARATOR}{person}"
