"""What of a record's data goes over to another when both turn out to be one human being.

What the kept record lacks is sealed anew under its key; what it has stays, and the duplicate's is
dropped; heirs are joined. The duplicate's devices are signed out and never change hands: a merge
by mistake must not let one person's phone into another's account (docs/decisions/0018).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from ledger.errors import Refused, Wording
from ledger.parties import fields, queries
from ledger.parties.fields import Field
from ledger.parties.operations import vault
from ledger.parties.operations.devices import end_all
from ledger.parties.operations.events import note_event
from ledger.parties.tables import Device, HouseholdLink, PersonKey, VaultField, VaultIndex


@dataclass(eq=False)
class NikDiffers(Refused):
    """Each record has a NIK of its own; a NIK stays for life, so they are two persons."""

    code = "nik_differs"
    wording = Wording(id="Keduanya memiliki NIK yang berbeda.", en="The two have different NIKs.")
    hint = Wording(
        id="Bila salah satu NIK keliru, perbaiki atau hapus dahulu.",
        en="If one of them is wrong, correct or clear it first.",
    )


def carry_over(
    session: Session, tenant: int, gone: int, kept: int, *, actor: str, recorded_at: datetime
) -> None:
    """Move a duplicate's data to the record that stays, and end the duplicate's key and devices.

    Both are locked.

    Raises:
        NikDiffers, NoKeyring, KeyUnusable.
    """
    _check_niks(session, tenant, gone, kept)
    theirs = queries.vault(session, tenant, gone)
    _empty(session, tenant, gone)
    own = queries.vault(session, tenant, kept)
    for field, no, _version, value in theirs:
        place = _free_slot(own, field, no, value)
        if place is None:
            what = "dropped" if value not in _values(own, field) else "same"
            note_event(
                session,
                tenant,
                kept,
                f"merge_{what}:{field.value}",
                after=str(gone),
                actor=actor,
                recorded_at=recorded_at,
            )
            continue
        version = vault.set_field(
            session, tenant, kept, field, value, no=place, actor=actor, recorded_at=recorded_at
        )
        own.append(queries.Kept(field, place, version, value))
    _seal_links_anew(session, tenant, gone, kept)
    end_all(session, tenant, gone, "revoked", actor=actor, recorded_at=recorded_at)
    _end_key(session, tenant, gone)


def _check_niks(session: Session, tenant: int, gone: int, kept: int) -> None:
    """Tell two persons from one by their NIKs, without opening either vault: a NIK is unique."""
    niks = select(VaultIndex.person_id).where(
        VaultIndex.tenant_id == tenant,
        VaultIndex.kind == Field.NIK.value,
        VaultIndex.person_id.in_((gone, kept)),
    )
    if len(session.scalars(niks).all()) == 2:
        raise NikDiffers


def _values(own: list[queries.Kept], field: Field) -> list[str]:
    return [kept.value for kept in own if kept.field is field]


def _free_slot(own: list[queries.Kept], field: Field, no: int, value: str) -> int | None:
    """Find where a value of the duplicate's goes; nowhere if it is there, or the place is taken."""
    taken = {kept.no for kept in own if kept.field is field}
    if field not in fields.SEVERAL:
        return None if taken else no
    if value in _values(own, field):
        return None
    return next((place for place in range(1, fields.MOST + 1) if place not in taken), None)


def _empty(session: Session, tenant: int, person: int) -> None:
    """Take all that a record has out of the vault and its index."""
    for table in (VaultField, VaultIndex):
        mine = (table.tenant_id == tenant, table.person_id == person)
        session.execute(delete(table).where(*mine))
    session.expire_all()


def _seal_links_anew(session: Session, tenant: int, gone: int, kept: int) -> None:
    mine = (HouseholdLink.tenant_id == tenant, HouseholdLink.person_id == gone)
    rows = session.scalars(select(HouseholdLink).where(*mine)).all()
    theirs = queries.keys(session, tenant, gone) if rows else None
    for row in rows:
        assert theirs is not None
        old = queries.link_place(tenant, gone, row.book_id, row.no, row.version)
        text = theirs.unseal(old, bytes(row.sealed))
        new = queries.link_place(tenant, kept, row.book_id, row.no, row.version + 1)
        sealed = vault.keys_for(session, tenant, kept).seal(new, text)
        here = (HouseholdLink.book_id == row.book_id, HouseholdLink.no == row.no)
        values = {"person_id": kept, "version": row.version + 1, "sealed": sealed}
        session.execute(
            update(HouseholdLink)
            .where(*here)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
    session.expire_all()


def _end_key(session: Session, tenant: int, person: int) -> None:
    """Destroy a key that opens nothing any more; labels of devices go with it."""
    mine = (Device.tenant_id == tenant, Device.person_id == person)
    session.execute(update(Device).where(*mine).values(label=None))
    key = (PersonKey.tenant_id == tenant, PersonKey.person_id == person)
    session.execute(update(PersonKey).where(*key).values(wrapped=None))
    session.expire_all()
