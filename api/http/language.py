"""Which of the two languages a caller reads: Bahasa Indonesia unless English is preferred."""

import re
from functools import lru_cache
from typing import Final

from ledger.errors import Language

_RANGE: Final = re.compile(
    r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)\s*"
    r"(?:;\s*q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?\s*"
)
_LONGEST: Final = 200


@lru_cache(256)
def preferred(header: str) -> Language:
    """Read `Accept-Language` (RFC 9110, 12.5.4).

    >>> preferred("en-GB,en;q=0.9,id;q=0.8"), preferred("id, en"), preferred("jv"), preferred("")
    ('en', 'id', 'id', 'id')
    """
    weights = {"id": 0.0, "en": 0.0}
    if len(header) <= _LONGEST:
        for part in header.split(","):
            found = _RANGE.fullmatch(part)
            if found is None:
                continue
            primary = found[1].partition("-")[0].lower()
            weight = float(found[2] or 1)
            if primary in weights:
                weights[primary] = max(weights[primary], weight)
    return "en" if weights["en"] > weights["id"] else "id"
