"""Keys of texts: one secret per subject and book, wrapped by the deployment's master key.

The secret yields two keys, one that encrypts and one that salts commitments. Secrets never
rotate (a retry must find the same commitment); wrapping may. Whoever destroys a secret makes
its texts unreadable for ever, while every hash still verifies (design.md §4).

Encryption is AES-256-GCM bound to book, entry and field. Its nonce is derived from key, place
and text, so one nonce never serves two texts and both databases hold the same bytes.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import (
    InvalidUnwrap,
    aes_key_unwrap,
    aes_key_wrap,
)

from ledger.errors import LedgerError, Wording

SECRET_BYTES = 32

Text = str | Wording
"""A text of an entry, or why it cannot be read."""

LOCKED = Wording("(terkunci)", "(locked)")
"""There is a text, and this session has no key for it."""
ERASED = Wording("(dihapus)", "(erased)")
"""There was a text; its key was destroyed."""


@dataclass(eq=False)
class KeyUnusable(LedgerError):
    """A key does not open what it should: the wrong master key, or altered ciphertext."""

    code = "key_unusable"
    wording = Wording(
        id="Kunci tidak dapat membuka teks atau rahasia yang tersimpan.",
        en="The key does not open the stored text or secret.",
    )


@dataclass(eq=False)
class NoKeyring(LedgerError):
    """A text was given or asked for, and this session has no keyring."""

    code = "no_keyring"
    wording = Wording(
        id="Sesi ini tidak memiliki kunci, sehingga tidak dapat membaca atau menulis teks.",
        en="This session has no keyring, so it cannot read or write texts.",
    )


@dataclass(frozen=True, slots=True)
class TextKeys:
    """The two keys of one subject in one book."""

    salt_key: bytes
    cipher: AESGCM
    nonce_key: bytes

    def encrypt(self, place: bytes, text: str) -> bytes:
        """Encrypt a text for one place (book, entry, field)."""
        plain = text.encode()
        nonce = hmac.digest(self.nonce_key, place + b"\x00" + plain, "sha256")[:12]
        return nonce + self.cipher.encrypt(nonce, plain, place)

    def decrypt(self, place: bytes, sealed: bytes) -> str:
        """Read a text back.

        Raises:
            KeyUnusable: the bytes were altered, or belong to another place or key.
        """
        try:
            return self.cipher.decrypt(sealed[:12], sealed[12:], place).decode()
        except (InvalidTag, ValueError) as error:  # altered, or cut short
            raise KeyUnusable from error


def text_keys(secret: bytes) -> TextKeys:
    """Derive the keys of a subject from its secret."""

    def derive(label: bytes) -> bytes:
        return hmac.digest(secret, b"juang/keys/1/" + label, "sha256")

    return TextKeys(derive(b"salt"), AESGCM(derive(b"text")), derive(b"nonce"))


def place(book_id: int, entry_id: bytes, field: str) -> bytes:
    """Name where a text stands, for the cipher's associated data."""
    return book_id.to_bytes(8, "big", signed=True) + entry_id + field.encode()


@dataclass(frozen=True, slots=True)
class Keyring:
    """The master key of a deployment, and where new secrets come from.

    `new_secret` gives 32 unpredictable bytes for a subject's first key; it is handed in because
    the ledger draws no random numbers itself.
    """

    master_key: bytes
    new_secret: Callable[[int, str], bytes]

    @property
    def fingerprint(self) -> str:
        """Name the master key by eight bytes that say nothing about it."""
        return hmac.digest(self.master_key, b"juang/fingerprint/1", "sha256")[:8].hex()

    def wrap(self, secret: bytes) -> bytes:
        """Wrap a secret for storage (RFC 3394)."""
        return aes_key_wrap(self.master_key, secret)

    def unwrap(self, wrapped: bytes) -> bytes:
        """Open a stored secret.

        Raises:
            KeyUnusable: this master key did not wrap it.
        """
        try:
            return aes_key_unwrap(self.master_key, wrapped)
        except InvalidUnwrap as error:
            raise KeyUnusable from error
