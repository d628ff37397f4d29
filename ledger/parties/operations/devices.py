"""Register a person's devices, and end them: lost, revoked, signed out everywhere.

A device is its public key. What has ended is over at once, at the next question whose device it
is, and never begins again: a found phone makes a new key.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from ledger.errors import NotFound, Refused, Wording
from ledger.parties import device_keys, fields, queries, sealing
from ledger.parties.operations.events import lock_active, note_event
from ledger.parties.operations.vault import keys_for
from ledger.parties.tables import Device

Ending = Literal["lost", "revoked", "signed_out"]


@dataclass(eq=False)
class DeviceNotFound(NotFound):
    """The tenant knows no such device, or it is not hers."""

    code = "device_not_found"
    wording = Wording(id="Perangkat “{device}” tidak ada.", en="There is no device “{device}”.")
    device: str


@dataclass(eq=False)
class DeviceTaken(Refused):
    """The key is that of somebody else's device; whose, is not said."""

    code = "device_taken"
    wording = Wording(
        id="Kunci perangkat ini sudah terdaftar.", en="This device's key is registered already."
    )
    hint = Wording(id="Buat kunci baru di perangkat.", en="Make a new key on the device.")


@dataclass(eq=False)
class DeviceEnded(Refused):
    """The device was lost, revoked or signed out, and never begins again."""

    code = "device_ended"
    wording = Wording(
        id="Perangkat “{device}” sudah diakhiri ({state}).",
        en="Device “{device}” has ended ({state}).",
    )
    hint = Wording(id="Buat kunci baru di perangkat.", en="Make a new key on the device.")
    device: str
    state: str


def register_device(
    session: Session,
    tenant: int,
    person: int,
    public_key: bytes,
    *,
    label: str | None = None,
    actor: str,
    recorded_at: datetime,
) -> int:
    """Register a device by its public key and give its id; registering it again changes nothing.

    A label, like the phone's model, is encrypted as her data is.

    Raises:
        DeviceKeyMalformed, FieldMalformed, PersonNotFound, PersonNotActive, NoKeyring.
        DeviceTaken: it is somebody else's. DeviceEnded: it was hers, and has ended.
    """
    key = device_keys.normal(public_key)
    made = device_keys.device_id(tenant, key)
    lock_active(session, tenant, person)
    found = session.get(Device, (tenant, made), populate_existing=True)
    if found is not None:
        if found.person_id != person:
            raise DeviceTaken
        if found.state != "active":
            raise DeviceEnded(str(made), found.state)
        return made
    sealed = None
    if label is not None:
        text = fields.normal(fields.Field.NAME, label)
        place = sealing.place(tenant, person, "device", made)
        sealed = keys_for(session, tenant, person).seal(place, text)
    session.execute(
        insert(Device).values(
            tenant_id=tenant,
            id=made,
            person_id=person,
            public_key=key,
            label=sealed,
            state="active",
            registered_at=recorded_at,
        )
    )
    note_event(
        session,
        tenant,
        person,
        "device_registered",
        after=str(made),
        actor=actor,
        recorded_at=recorded_at,
    )
    return made


def label_device(
    session: Session,
    tenant: int,
    person: int,
    device: int,
    label: str,
    *,
    actor: str,
    recorded_at: datetime,
) -> None:
    """Name a person's device anew, as she knows it; the same label again changes nothing.

    Raises:
        FieldMalformed, PersonNotFound, PersonNotActive, DeviceNotFound, NoKeyring, KeyUnusable.
    """
    text = fields.normal(fields.Field.NAME, label)
    lock_active(session, tenant, person)
    found = session.get(Device, (tenant, device), populate_existing=True)
    if found is None or found.person_id != person:
        raise DeviceNotFound(str(device))
    place = sealing.place(tenant, person, "device", device)
    sealed = keys_for(session, tenant, person).seal(place, text)
    if found.label == sealed:
        return
    one = (Device.tenant_id == tenant, Device.id == device)
    session.execute(update(Device).where(*one).values(label=sealed))
    session.expire_all()
    note_event(
        session,
        tenant,
        person,
        "device_labelled",
        after=str(device),
        actor=actor,
        recorded_at=recorded_at,
    )


def end_device(
    session: Session,
    tenant: int,
    person: int,
    device: int,
    state: Ending,
    *,
    actor: str,
    recorded_at: datetime,
) -> None:
    """End a person's device at once; one that has ended stays as it is.

    Raises:
        PersonNotFound, DeviceNotFound.
    """
    queries.lock(session, tenant, person)
    found = session.get(Device, (tenant, device), populate_existing=True)
    if found is None or found.person_id != person:
        raise DeviceNotFound(str(device))
    if found.state == "active":
        _end(session, found, state, actor, recorded_at)


def sign_out_everywhere(
    session: Session,
    tenant: int,
    person: int,
    *,
    but: int | None = None,
    actor: str,
    recorded_at: datetime,
) -> int:
    """End all devices of a person, but for one if that is said, and give how many there were.

    Raises:
        PersonNotFound.
    """
    queries.lock(session, tenant, person)
    return end_all(
        session, tenant, person, "signed_out", but=but, actor=actor, recorded_at=recorded_at
    )


def end_all(
    session: Session,
    tenant: int,
    person: int,
    state: Ending,
    *,
    but: int | None = None,
    actor: str,
    recorded_at: datetime,
) -> int:
    """End all devices of a person whose row is locked."""
    mine = (Device.tenant_id == tenant, Device.person_id == person, Device.state == "active")
    found = session.scalars(select(Device).where(*mine).order_by(Device.id)).all()
    ended = [device for device in found if device.id != but]
    for device in ended:
        _end(session, device, state, actor, recorded_at)
    return len(ended)


def _end(session: Session, device: Device, state: Ending, actor: str, at: datetime) -> None:
    tenant, person, ended = device.tenant_id, device.person_id, device.id
    one = (Device.tenant_id == tenant, Device.id == ended)
    session.execute(update(Device).where(*one).values(state=state, ended_at=at))
    note_event(
        session,
        tenant,
        person,
        f"device_{state}",
        after=str(ended),
        actor=actor,
        recorded_at=at,
    )
