"""Devices: known by a public key, ended at once, and never begun again."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    SECP384R1,
    EllipticCurve,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy.orm import Session

from ledger.parties import device_keys, operations, queries
from ledger.parties.device_keys import DeviceKeyMalformed
from ledger.parties.fields import FieldMalformed
from tests.builders import NOW, TELLER

TENANT = 11
BY: dict[str, Any] = {"actor": TELLER, "recorded_at": NOW}


def public_key(number: int, encoding: Encoding = Encoding.DER) -> bytes:
    key = Ed25519PrivateKey.from_private_bytes(number.to_bytes(32, "big")).public_key()
    return key.public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)


def elliptic(curve: EllipticCurve) -> bytes:
    key = derive_private_key(7, curve).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def person(session: Session, ref: str) -> int:
    return operations.register(session, TENANT, ref, **BY)


def add(session: Session, who: int, number: int, label: str | None = None) -> int:
    return operations.register_device(session, TENANT, who, public_key(number), label=label, **BY)


def end(session: Session, who: int, device: int, state: operations.Ending = "lost") -> None:
    operations.end_device(session, TENANT, who, device, state, **BY)


def states(session: Session, who: int) -> dict[int, str]:
    return {device.id: device.state for device in queries.devices(session, TENANT, who)}


def whats(session: Session, who: int) -> list[tuple[str, str | None]]:
    return [(event.what, event.after) for event in queries.events(session, TENANT, who)][1:]


def test_a_device_is_registered_once_in_whatever_form_its_key_comes(session: Session) -> None:
    siti = person(session, "siti")

    made = add(session, siti, 1, label="Samsung A14")
    pem = public_key(1, Encoding.PEM)

    assert operations.register_device(session, TENANT, siti, pem, **BY) == made
    (device,) = queries.devices(session, TENANT, siti)
    assert (device.label, device.state, device.ended_at) == ("Samsung A14", "active", None)
    assert queries.owner_of_device(session, TENANT, made) == siti
    assert whats(session, siti) == [("device_registered", str(made))]


def test_a_lost_device_is_over_at_once_and_for_ever(session: Session) -> None:
    siti = person(session, "siti")
    lost, kept = add(session, siti, 1), add(session, siti, 2)

    end(session, siti, lost)
    end(session, siti, lost, "revoked")

    assert queries.owner_of_device(session, TENANT, lost) is None
    assert queries.owner_of_device(session, TENANT, kept) == siti
    assert states(session, siti) == {lost: "lost", kept: "active"}
    with pytest.raises(operations.DeviceEnded):
        add(session, siti, 1)
    assert whats(session, siti)[-1] == ("device_lost", str(lost))


def test_signing_out_everywhere_may_leave_the_device_in_hand(session: Session) -> None:
    siti = person(session, "siti")
    one, two, three = (add(session, siti, number) for number in (1, 2, 3))

    assert operations.sign_out_everywhere(session, TENANT, siti, but=two, **BY) == 2
    assert states(session, siti) == {one: "signed_out", two: "active", three: "signed_out"}
    assert operations.sign_out_everywhere(session, TENANT, siti, **BY) == 1
    assert operations.sign_out_everywhere(session, TENANT, siti, **BY) == 0


def test_a_key_of_somebody_elses_is_refused_without_saying_whose(session: Session) -> None:
    siti, ani = person(session, "siti"), person(session, "ani")
    device = add(session, siti, 1)

    with pytest.raises(operations.DeviceTaken) as caught:
        add(session, ani, 1)
    assert caught.value.facts == {}
    with pytest.raises(operations.DeviceNotFound):
        end(session, ani, device)
    with pytest.raises(operations.DeviceNotFound):
        end(session, siti, 5)


def test_a_merged_records_devices_are_signed_out_and_change_no_hands(session: Session) -> None:
    gone, into = person(session, "gone"), person(session, "into")
    device = add(session, gone, 1, label="Oppo")

    operations.merge(session, TENANT, gone, into, reason="same_nik", **BY)

    assert queries.owner_of_device(session, TENANT, device) is None
    assert queries.devices(session, TENANT, into) == []
    (ended,) = queries.devices(session, TENANT, gone)
    assert (ended.state, ended.label) == ("revoked", None)
    with pytest.raises(operations.DeviceTaken):
        add(session, into, 1)


def test_keys_are_of_two_kinds() -> None:
    assert device_keys.normal(elliptic(SECP256R1()))
    for content in (
        b"",
        b"-----BEGIN PUBLIC KEY-----",
        b"x" * 5_000,
        public_key(1)[:-1],
        elliptic(SECP384R1()),
    ):
        with pytest.raises(DeviceKeyMalformed):
            device_keys.normal(content)


def test_a_device_is_named_anew(session: Session) -> None:
    siti, other = person(session, "siti"), person(session, "ani")
    device = add(session, siti, 1)
    for label in ("Samsung merah", "Samsung merah", "HP lama"):
        operations.label_device(session, TENANT, siti, device, label, **BY)

    (found,) = queries.devices(session, TENANT, siti)
    assert found.label == "HP lama"
    assert [what for what, _ in whats(session, siti)].count("device_labelled") == 2
    end(session, siti, device)
    operations.label_device(session, TENANT, siti, device, "dicuri", **BY)
    with pytest.raises(operations.DeviceNotFound):
        operations.label_device(session, TENANT, other, device, "x", **BY)
    with pytest.raises(FieldMalformed):
        operations.label_device(session, TENANT, siti, device, "\n", **BY)
