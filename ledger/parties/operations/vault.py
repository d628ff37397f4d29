"""Set and clear the fields of a person's vault, and keep the blind index to them.

A correction overwrites: nothing in clear is left of what was, and `person_event` says that a field
changed, from which version to which, never what it said.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ledger.db import insert_rows
from ledger.errors import NotFound, Refused, Wording
from ledger.journal.queries import session_keyring
from ledger.journal.subjects import person_subject
from ledger.parties import fields, queries, sealing
from ledger.parties.fields import Field
from ledger.parties.operations.events import lock_active, note_event
from ledger.parties.tables import PersonKey, VaultField, VaultIndex


@dataclass(eq=False)
class NikTaken(Refused):
    """Another person of this tenant has the NIK; a NIK belongs to one human being."""

    code = "nik_taken"
    wording = Wording(
        id="NIK ini sudah tercatat untuk orang “{person}”.",
        en="Person “{person}” has this NIK already.",
    )
    hint = Wording(
        id="Bila keduanya orang yang sama, gabungkan: `juang person merge`.",
        en="If both are the same human being, merge them: `juang person merge`.",
    )
    person: str


@dataclass(eq=False)
class FieldNotFound(NotFound):
    """The vault has no such field of the person."""

    code = "field_not_found"
    wording = Wording(id="Isian {field} belum ada.", en="There is no field {field}.")
    field: str


def set_field(
    session: Session,
    tenant: int,
    person: int,
    field: Field,
    value: str,
    *,
    no: int = 0,
    actor: str,
    recorded_at: datetime,
) -> int:
    """Set or correct a field of a person and give its version; setting it alike changes nothing.

    `no` numbers the heirs from 1; every other field has one value, number 0.

    Raises:
        NikMalformed, PhoneMalformed, FieldMalformed, SlotMalformed.
        PersonNotFound, PersonNotActive, NoKeyring.
        NikTaken: another person of this tenant has the NIK.
    """
    fields.check_slot(field, no)
    value = fields.normal(field, value)
    lock_active(session, tenant, person)
    opened = keys_for(session, tenant, person)
    where = _slot(tenant, person, field, no)
    found = session.execute(select(VaultField.version, VaultField.sealed).where(*where)).first()
    before = 0 if found is None else found.version
    if found is not None:
        old = sealing.place(tenant, person, field.value, no, before)
        if opened.unseal(old, bytes(found.sealed)) == value:
            return before
    if field in fields.INDEXED:
        _index(session, tenant, person, field, value)
    version = before + 1
    place = sealing.place(tenant, person, field.value, no, version)
    values = {"version": version, "sealed": opened.seal(place, value)}
    if found is None:
        key = {"tenant_id": tenant, "person_id": person, "field": field.value, "no": no}
        session.execute(insert(VaultField).values(**key, **values))
    else:
        session.execute(update(VaultField).where(*where).values(**values))
    session.expire_all()
    note_event(
        session,
        tenant,
        person,
        f"set:{_named(field, no)}",
        before=str(before) if before else None,
        after=str(version),
        actor=actor,
        recorded_at=recorded_at,
    )
    return version


def clear_field(
    session: Session,
    tenant: int,
    person: int,
    field: Field,
    *,
    no: int = 0,
    actor: str,
    recorded_at: datetime,
) -> None:
    """Take a field of a person out of the vault.

    Raises:
        SlotMalformed, PersonNotFound, PersonNotActive, FieldNotFound.
    """
    fields.check_slot(field, no)
    lock_active(session, tenant, person)
    where = _slot(tenant, person, field, no)
    version = session.scalar(select(VaultField.version).where(*where))
    if version is None:
        raise FieldNotFound(_named(field, no))
    session.execute(delete(VaultField).where(*where))
    if field in fields.INDEXED:
        session.execute(delete(VaultIndex).where(*_of(tenant, person, field)))
    session.expire_all()
    note_event(
        session,
        tenant,
        person,
        f"cleared:{_named(field, no)}",
        before=str(version),
        actor=actor,
        recorded_at=recorded_at,
    )


def keys_for(session: Session, tenant: int, person: int) -> sealing.PersonKeys:
    """Open an active person's keys, making them at their first use; her row is locked.

    Raises:
        NoKeyring, KeyUnusable.
    """
    opened = queries.keys(session, tenant, person)
    if opened is None:
        ring = session_keyring(session)
        secret = ring.new_secret(tenant, person_subject(person))
        session.execute(
            insert(PersonKey).values(tenant_id=tenant, person_id=person, wrapped=ring.wrap(secret))
        )
        opened = sealing.person_keys(secret)
    return opened


def reindex(session: Session) -> int:
    """Write the blind index anew from the vault where it is not right; give the number of its rows.

    For after the master key was replaced: the keys of the index follow from it. Memory does not
    grow with the vault; where all is right, nothing is written, so it may be done again.

    Raises:
        NoKeyring, KeyUnusable.
    """
    if queries.index_is_right(session):
        return queries.index_size(session)
    session.execute(delete(VaultIndex))
    count = 0
    rows = (row[:4] for row in queries.index_rows(session) if row.tag is not None)
    while page := list(islice(rows, queries.PAGE)):
        insert_rows(session, "vault_index", _INDEX, ("bigint", "bigint", "text", "bytea"), page)
        count += len(page)
    session.expire_all()
    return count


_INDEX: Final = ("tenant_id", "person_id", "kind", "tag")


def _index(session: Session, tenant: int, person: int, field: Field, value: str) -> None:
    """Point the blind index of a field to its new value, and to no earlier one.

    Raises: NikTaken.
    """
    tag = queries.tag(session, tenant, field, value)
    mine = _of(tenant, person, field)
    there = session.scalar(select(VaultIndex.tag).where(*mine)) is not None
    try:
        with session.begin_nested():
            if there:
                session.execute(update(VaultIndex).where(*mine).values(tag=tag))
            else:
                key = {"tenant_id": tenant, "person_id": person, "kind": field.value}
                session.execute(insert(VaultIndex).values(**key, tag=tag))
    except IntegrityError as error:
        (holder,) = queries.holders(session, tenant, field, value)
        raise NikTaken(str(holder)) from error


def _slot(tenant: int, person: int, field: Field, no: int) -> tuple[ColumnElement[bool], ...]:
    return (
        VaultField.tenant_id == tenant,
        VaultField.person_id == person,
        VaultField.field == field.value,
        VaultField.no == no,
    )


def _of(tenant: int, person: int, field: Field) -> tuple[ColumnElement[bool], ...]:
    return (
        VaultIndex.tenant_id == tenant,
        VaultIndex.person_id == person,
        VaultIndex.kind == field.value,
    )


def _named(field: Field, no: int) -> str:
    return f"{field.value}:{no}" if no else field.value
