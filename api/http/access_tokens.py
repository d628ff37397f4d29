"""Access tokens: short, signed by this deployment, for this deployment (RFC 9068, RFC 8725).

One algorithm, one key, one issuer, one audience, one type. The signing key follows from the
master key, so there is no further file to keep. A token says who came in; whether she still may
is asked of the database at every request (doorkeeper.py).
"""

import hashlib
import hmac
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.http.fields import written_id
from api.http.settings import ACCESS_FOR

TYPE: Final = "at+jwt"
ALGORITHM: Final = "EdDSA"
LONGEST: Final = 2_000
_REQUIRED: Final = ["iss", "aud", "sub", "jti", "iat", "exp", "tenant", "sid", "env"]
_KNOWN: Final = {"typ", "alg", "kid"}
_REMEMBERED: Final = 20_000


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says: whose session it is of, and until when."""

    tenant: int
    session_id: int
    person_id: int
    expires_at: int


class TokenExpired(Exception):
    """The token was one, and is no longer good."""


class Tokens:
    """Signs access tokens, and reads them."""

    def __init__(self, master_key: bytes, issuer: str, *, sandbox: bool = False) -> None:
        """Derive the signing key; a sandbox has another one, so no token of its opens a door."""
        self._env = "sandbox" if sandbox else "live"
        seed = hmac.digest(master_key, b"juang/access-token/1/" + self._env.encode(), "sha256")
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self._public = self._private.public_key()
        self._issuer = issuer
        self.kid = hashlib.sha256(self._public.public_bytes_raw()).hexdigest()[:16]
        self._read: OrderedDict[bytes, Claims] = OrderedDict()

    def sign(self, *, tenant: int, session_id: int, person_id: int, jti: str, now: datetime) -> str:
        """Make a token that is good for ten minutes from now."""
        issued = int(now.timestamp())
        claims = {
            "iss": self._issuer,
            "aud": self._issuer,
            "sub": written_id(person_id),
            "jti": jti,
            "iat": issued,
            "exp": issued + int(ACCESS_FOR.total_seconds()),
            "tenant": written_id(tenant),
            "sid": written_id(session_id),
            "env": self._env,
        }
        headers = {"typ": TYPE, "kid": self.kid}
        return jwt.encode(claims, self._private, algorithm=ALGORITHM, headers=headers)

    def read(self, token: str, now: datetime) -> Claims | None:
        """Read a token; None where it is not one of ours, for whatever reason.

        Raises: TokenExpired.
        """
        if len(token) > LONGEST or not token.isascii():
            return None
        key = hashlib.sha256(token.encode()).digest()
        found = self._read.get(key)
        if found is None:
            found = self._verified(token, now)
            if found is None:
                return None
            self._read[key] = found  # verifying takes longer than all the rest of reading it
            while len(self._read) > _REMEMBERED:
                self._read.popitem(last=False)
        if now.timestamp() >= found.expires_at:
            self._read.pop(key, None)
            raise TokenExpired
        return found

    def _verified(self, token: str, now: datetime) -> Claims | None:
        try:
            header = jwt.get_unverified_header(token)
            if header.get("typ") != TYPE or header.get("kid") != self.kid or set(header) - _KNOWN:
                return None
            claims = jwt.decode(
                token,
                self._public,
                algorithms=[ALGORITHM],
                audience=self._issuer,
                issuer=self._issuer,
                options={
                    "require": _REQUIRED,
                    # Times are held against the clock of the program, which may be a test's.
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except jwt.PyJWTError:
            return None
        return self._claims(claims, now)

    def _claims(self, claims: dict[str, Any], now: datetime) -> Claims | None:
        issued, expires = claims["iat"], claims["exp"]
        if type(issued) is not int or type(expires) is not int or claims["env"] != self._env:
            return None
        if claims["aud"] != self._issuer or "nbf" in claims:
            return None
        if not 0 < expires - issued <= ACCESS_FOR.total_seconds():
            return None
        if issued > now.timestamp():
            return None
        try:
            tenant, sid, sub = (int(claims[name], 16) for name in ("tenant", "sid", "sub"))
        except (TypeError, ValueError):
            return None
        return Claims(tenant, sid, sub, expires)


def expiry(now: datetime) -> datetime:
    """Say until when a token signed now is good."""
    return datetime.fromtimestamp(int(now.timestamp()), UTC) + ACCESS_FOR
