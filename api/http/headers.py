"""Header fields: those of every answer (security.md §2.6), and how a request's are read."""

from collections.abc import Iterable
from typing import Final

from api.http.problems import Problem

ALWAYS: Final = [
    (b"strict-transport-security", b"max-age=63072000; includeSubDomains"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; sandbox"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"geolocation=(), camera=(), microphone=()"),
]

ONCE: Final = frozenset(
    {
        b"authorization",
        b"content-type",
        b"content-length",
        b"content-encoding",
        b"idempotency-key",
        b"if-match",
        b"if-none-match",
        b"accept-language",
        b"traceparent",
        b"host",
    }
)
"""Fields that may stand once: of two, a proxy and we might take different ones."""


def read(raw: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Read the header fields of a request, names in small letters.

    Raises: Problem 400.
    """
    found: dict[bytes, bytes] = {}
    for name, value in raw:
        if name in found and name in ONCE:
            code = "idempotency_key_malformed" if name == b"idempotency-key" else "bad_request"
            raise Problem(code)
        found[name] = value
    return found
