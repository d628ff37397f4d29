"""Whose id a reference makes: pure, so that a name is looked up by the key itself."""

import hashlib


def person_id(tenant: int, ref: str) -> int:
    """Derive a person's id from her tenant and reference (decision 0001).

    >>> person_id(1, "siti") == person_id(1, "siti") != person_id(2, "siti")
    True
    """
    content = b"juang/person/1" + tenant.to_bytes(8, "big") + b"\x00" + ref.encode()
    return int.from_bytes(hashlib.sha256(content).digest()[:8], "big") >> 1
