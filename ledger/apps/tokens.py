r"""What opens an app's door: client keys, codes, refresh tokens, and proofs by a device. Pure.

Nothing here is random: what is drawn is handed in. A refresh token is the name of its family and
a secret. The next secret follows from the present one and a salt: whoever sends the same request
again gets the same answer, and neither the database nor the old token alone tells the next one.

>>> key = ClientKey(bytes(32))
>>> key.text, ClientKey.read(key.text) == key, ClientKey.read(key.text + "A")
('jk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', True, None)
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from typing import Final, Self

FAMILY_BYTES: Final = 16
SECRET_BYTES: Final = 32
CODE_BYTES: Final = 20

_ACTIVATE: Final = b"juang/activate/1"
_REFRESH: Final = b"juang/refresh/1"


@dataclass(frozen=True, slots=True, repr=False)
class ClientKey:
    """The key of an integrator's back end: 256 bits."""

    secret: bytes

    @property
    def text(self) -> str:
        """Write it as it is sent."""
        return f"jk_{_written(self.secret)}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read one; None where it is none."""
        secret = _unwritten(text, "jk_", SECRET_BYTES)
        return None if secret is None else cls(secret)

    def code(self, key: str) -> bytes:
        """Give the activation code of the request that was sent under a key.

        It follows from what only the client has, so that the same request again is answered the
        same, and the code is never kept.
        """
        return hmac.digest(self.secret, b"juang/activation/1\0" + key.encode(), "sha256")[
            :CODE_BYTES
        ]


def code_text(code: bytes) -> str:
    """Write an activation code as it is sent: 32 letters and digits."""
    return base64.b32encode(code).decode()


def read_code(text: str) -> bytes | None:
    """Read an activation code; None where it is none."""
    try:
        code = base64.b32decode(text)
    except (ValueError, binascii.Error):
        return None
    return code if len(code) == CODE_BYTES and code_text(code) == text else None


@dataclass(frozen=True, slots=True, repr=False)
class RefreshToken:
    """A family of tokens, and the secret of one of them."""

    family: bytes
    secret: bytes

    @property
    def text(self) -> str:
        """Write it as it is sent."""
        return f"jr_{_written(self.family + self.secret)}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read one; None where it is none."""
        found = _unwritten(text, "jr_", FAMILY_BYTES + SECRET_BYTES)
        return None if found is None else cls(found[:FAMILY_BYTES], found[FAMILY_BYTES:])

    def next(self, salt: bytes) -> Self:
        """Give the token that follows."""
        return type(self)(self.family, _derived(self.secret, b"next", salt))


def first_token(code: bytes, salt: bytes) -> RefreshToken:
    """Give the token that an activation code opens with."""
    family = _derived(code, b"family", salt)[:FAMILY_BYTES]
    return RefreshToken(family, _derived(code, b"first", salt))


def hashed(secret: bytes) -> bytes:
    """Give what is kept of a secret. Secrets are random, so a plain hash cannot be guessed from."""
    return hashlib.sha256(secret).digest()


def activation_message(code: str, key: str) -> bytes:
    r"""Give what a device signs to exchange a code in a request sent under a key.

    >>> activation_message("CODE", "k1")
    b'juang/activate/1\x00CODE\x00k1'
    """
    return b"\0".join((_ACTIVATE, code.encode(), key.encode()))


def refresh_message(token: str, key: str) -> bytes:
    """Give what a device signs to renew its tokens in a request sent under a key."""
    return b"\0".join((_REFRESH, token.encode(), key.encode()))


def _derived(secret: bytes, what: bytes, salt: bytes) -> bytes:
    return hmac.digest(secret, b"juang/app-token/1\0" + what + b"\0" + salt, "sha256")


def _written(secret: bytes) -> str:
    return base64.urlsafe_b64encode(secret).rstrip(b"=").decode()


def _unwritten(text: str, mark: str, length: int) -> bytes | None:
    if not text.startswith(mark) or not text.isascii():
        return None
    body = text[len(mark) :]
    try:
        secret = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    except (ValueError, binascii.Error):
        return None
    # One way to write each: no second text opens the same door.
    return secret if len(secret) == length and _written(secret) == body else None
