"""Public keys of devices: Ed25519 or P-256 (what phones keep in hardware), in one form. Pure."""

import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_public_key,
)

from ledger.errors import Malformed, Wording

LONGEST = 4096


@dataclass(eq=False)
class DeviceKeyMalformed(Malformed):
    """The bytes are no public key of a kind that we take."""

    code = "device_key_malformed"
    wording = Wording(
        id="Ini bukan kunci publik Ed25519 atau P-256.",
        en="This is no public key of Ed25519 or P-256.",
    )
    hint = Wording(id="Berikan PEM atau DER.", en="Give it as PEM or DER.")


def normal(content: bytes) -> bytes:
    """Give a public key, sent as PEM or DER, as DER (SubjectPublicKeyInfo).

    Raises: DeviceKeyMalformed.
    """
    if len(content) > LONGEST:
        raise DeviceKeyMalformed
    load = load_pem_public_key if content.lstrip().startswith(b"-----") else load_der_public_key
    try:
        key = load(content)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise DeviceKeyMalformed from error
    elliptic = isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)
    if not elliptic and not isinstance(key, Ed25519PublicKey):
        raise DeviceKeyMalformed
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def device_id(tenant: int, public_key: bytes) -> int:
    """Derive a device's id from its tenant and its public key (decision 0001).

    >>> device_id(1, b"key") == device_id(1, b"key") != device_id(2, b"key")
    True
    """
    content = b"juang/device/1" + tenant.to_bytes(8, "big") + b"\x00" + public_key
    return int.from_bytes(hashlib.sha256(content).digest()[:8], "big") >> 1


def signed(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether a device signed a message: Ed25519, or ECDSA over SHA-256 written as DER.

    `public_key` is one that `normal` gave.
    """
    key = load_der_public_key(public_key)
    try:
        if isinstance(key, Ed25519PublicKey):
            key.verify(signature, message)
        else:
            assert isinstance(key, EllipticCurvePublicKey), "normal() takes these two"
            key.verify(signature, message, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True
