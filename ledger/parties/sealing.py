r"""How a person's data is encrypted, and how she is found without decrypting anybody.

Pure. One secret per person yields an encryption key and a nonce key. AES-256-GCM binds a value to
its place: tenant, person, field, number, version. So a ciphertext moved to another row fails to
open, and equal values of two persons have nothing in common. The nonce is derived from nonce key,
place and value: overwriting a field, also after a backup was restored and versions repeat, never
gives one nonce to two values (docs/decisions/0016).

The blind index is an HMAC of the normalised value under a key that follows from the master key,
the tenant and the kind of value.
"""

import hmac
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.journal.keyring import KeyUnusable

NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
"""Bytes of a blind index that are kept: 128 bits collide by accident never."""

BLOCK: Final = 64
"""Plaintexts are filled up to a multiple of it, so that their length says little."""


def place(tenant: int, person: int, field: str, no: int = 0, version: int = 0) -> bytes:
    """Name where a value stands, for the cipher's associated data.

    >>> place(1, 2, "nik", version=3) == place(1, 2, "nik", version=4)
    False
    """
    numbers = b"".join(number.to_bytes(8, "big") for number in (tenant, person, no, version))
    return b"juang/vault/1\x00" + numbers + field.encode()


@dataclass(frozen=True, slots=True)
class PersonKeys:
    """The two keys of one person."""

    cipher: AESGCM
    nonce_key: bytes

    def seal(self, where: bytes, value: str) -> bytes:
        """Encrypt a value for one place."""
        plain = _filled(value.encode())
        nonce = hmac.digest(self.nonce_key, where + b"\x00" + plain, "sha256")[:NONCE_BYTES]
        return nonce + self.cipher.encrypt(nonce, plain, where)

    def unseal(self, where: bytes, sealed: bytes) -> str:
        """Read a value back.

        Raises:
            KeyUnusable: the bytes were altered, or belong to another place or person.
        """
        try:
            plain = self.cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], where)
        except (InvalidTag, ValueError) as error:
            raise KeyUnusable from error
        return plain.rstrip(b"\x00").decode()


def person_keys(secret: bytes) -> PersonKeys:
    """Derive a person's keys from her secret."""

    def derive(label: bytes) -> bytes:
        return hmac.digest(secret, b"juang/person-keys/1/" + label, "sha256")

    return PersonKeys(AESGCM(derive(b"vault")), derive(b"nonce"))


def _filled(plain: bytes) -> bytes:
    r"""Fill up to whole blocks; no value has a NUL in it.

    >>> len(_filled(b"x")), len(_filled(b"x" * 64)), len(_filled(b"x" * 65))
    (64, 64, 128)
    """
    return plain + b"\x00" * (-len(plain) % BLOCK)


def index_key(master_key: bytes, tenant: int, kind: str) -> bytes:
    """Derive the key of one tenant's blind index of one kind of value."""
    label = b"juang/index/1\x00" + tenant.to_bytes(8, "big") + kind.encode()
    return hmac.digest(master_key, label, "sha256")


def index_tag(key: bytes, value: str) -> bytes:
    """Write a normalised value for a blind index."""
    return hmac.digest(key, value.encode(), "sha256")[:TAG_BYTES]
