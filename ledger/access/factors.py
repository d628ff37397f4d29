"""The second factor: one-time codes by time (TOTP, RFC 6238), and recovery codes.

A code is six digits of a step of thirty seconds. The step before and the one after are taken too,
and a step that was used is used up, with all before it (ASVS 6.5). Recovery codes are eighty random
bits, kept as hashes, each good once. Secrets are handed in; stored ones are encrypted under a key
derived from the deployment's master key and bound to the account, so that they open nowhere else.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import pyotp

from ledger.journal.keyring import Keyring, TextKeys, text_keys

STEP_SECONDS: Final = 30
SECRET_BYTES: Final = 20
RECOVERY_CODES: Final = 10
RECOVERY_BYTES: Final = 10
ISSUER: Final = "Juang Ledger"

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def step(at: datetime) -> int:
    """Number the step of an instant."""
    return (at - _EPOCH) // timedelta(seconds=STEP_SECONDS)


def code(secret: bytes, number: int) -> str:
    """Compute the code of a step (RFC 6238; the vectors of its appendix B end in these digits).

    >>> code(b"12345678901234567890", 59 // 30), code(b"12345678901234567890", 1111111109 // 30)
    ('287082', '081804')
    """
    return pyotp.HOTP(base32(secret)).at(number)


def matching_step(secret: bytes, given: str, at: datetime, last: int | None) -> int | None:
    """Find the step that a code belongs to, if it is near enough and not used up."""
    digits = given.replace(" ", "")
    now = step(at)
    found = None
    for number in (now - 1, now, now + 1):
        same = hmac.compare_digest(code(secret, number).encode(), digits.encode("utf-8", "replace"))
        if same and (last is None or number > last):
            found = number
    return found


def base32(secret: bytes) -> str:
    """Write a secret as an authenticator takes it."""
    return base64.b32encode(secret).decode()


def address(secret: bytes, tenant: str, handle: str) -> str:
    """Write a secret as the address that an authenticator reads from a picture."""
    name = f"{tenant}/{handle}"
    return pyotp.TOTP(base32(secret)).provisioning_uri(name=name, issuer_name=ISSUER)


def seal(keyring: Keyring, tenant: int, officer: int, secret: bytes) -> bytes:
    """Encrypt a secret for one account."""
    return _keys(keyring).encrypt(_place(tenant, officer), base32(secret))


def unseal(keyring: Keyring, tenant: int, officer: int, sealed: bytes) -> bytes:
    """Read an account's secret.

    Raises:
        KeyUnusable: another master key, or another account's.
    """
    return base64.b32decode(_keys(keyring).decrypt(_place(tenant, officer), sealed))


def recovery_codes(drawn: bytes) -> list[str]:
    """Write drawn bytes as recovery codes.

    >>> recovery_codes(bytes(100))[0], len(recovery_codes(bytes(100)))
    ('AAAA-AAAA-AAAA-AAAA', 10)
    """
    assert len(drawn) == RECOVERY_CODES * RECOVERY_BYTES, "a hundred bytes make ten codes"
    pieces = [drawn[at : at + RECOVERY_BYTES] for at in range(0, len(drawn), RECOVERY_BYTES)]
    return [_in_fours(base64.b32encode(piece).decode()) for piece in pieces]


def recovery_hash(tenant: int, officer: int, given: str) -> bytes:
    """Hash a recovery code as it is kept; case, spaces and dashes do not count."""
    plain = given.upper().replace("-", "").replace(" ", "")
    content = _place(tenant, officer) + plain.encode("utf-8", "replace")
    return hashlib.sha256(b"juang/recovery/1" + content).digest()


def looks_like_recovery(given: str) -> bool:
    """Tell a recovery code from six digits."""
    return len(given.replace("-", "").replace(" ", "")) > 8


def _in_fours(text: str) -> str:
    fours: Sequence[str] = [text[at : at + 4] for at in range(0, len(text), 4)]
    return "-".join(fours)


def _keys(keyring: Keyring) -> TextKeys:
    return text_keys(hmac.digest(keyring.master_key, b"juang/access/1", "sha256"))


def _place(tenant: int, officer: int) -> bytes:
    return tenant.to_bytes(8, "big") + officer.to_bytes(8, "big") + b"totp"
