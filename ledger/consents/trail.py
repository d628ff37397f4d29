"""Looks at a person's data: what may be their purpose, and which of them she does not see.

Whoever holds her phone reads what she reads. A look for the sake of her safety is kept from her
own view without a trace (law: UU 27/2022 art. 33), and stands in the log for the supervisor.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from ledger.errors import Malformed, NotFound, Wording

_WORD = re.compile(r"[a-z][a-z0-9_.]{0,31}\Z")


@dataclass(eq=False)
class LookPurposeUnknown(NotFound):
    """Nobody may look at a person's data for this purpose."""

    code = "look_purpose_unknown"
    wording = Wording(
        id="Tidak ada tujuan akses “{purpose}”.", en="There is no purpose of access “{purpose}”."
    )
    purpose: str


@dataclass(eq=False)
class LookMalformed(Malformed):
    """A role or a kind of data is not one short word."""

    code = "look_malformed"
    wording = Wording(
        id="“{word}” bukan kata sandi yang sah.", en="“{word}” is not a valid code word."
    )
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Somebody looks at a person's data. `kind` says what: `statement`, `phone`, `facts`."""

    person: int
    actor: str
    role: str
    kind: str
    purpose: str
    book: int | None = None


@dataclass(frozen=True, slots=True)
class LookPurpose:
    """Why somebody looks; `withheld` is the ground for not showing it to her."""

    code: str
    says: Wording
    withheld: str | None


@cache
def purposes() -> dict[str, LookPurpose]:
    """Give the purposes that ship with the ledger, by code."""
    file = resources.files("ledger.consents") / "data" / "trail.toml"
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["purpose"]
    made = (LookPurpose(r["code"], Wording(r["id"], r["en"]), r.get("withheld")) for r in rows)
    return {each.code: each for each in made}


def withheld(look: Look) -> str | None:
    """Check a look, and give the ground for which she does not see it.

    >>> withheld(Look(person=1, actor="a", role="teller", kind="phone", purpose="service"))

    Raises: LookPurposeUnknown, LookMalformed.
    """
    for word in (look.role, look.kind):
        if _WORD.match(word) is None:
            raise LookMalformed(word)
    found = purposes().get(look.purpose)
    if found is None:
        raise LookPurposeUnknown(look.purpose)
    return found.withheld
