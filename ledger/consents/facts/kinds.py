"""The facts a participant may tell of herself, and what a value of each must look like.

All are optional. Regions carry their scheme and version: BPS and Kemendagri codes differ
(domain.md §7.2). Sex is what she states.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ledger.dates import DateMalformed, DateOutOfRange, parse_date
from ledger.errors import Malformed, Wording

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}\Z")
_SCHEME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,23}\Z")
_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,31}\Z")
_COUNTRY: Final = re.compile(r"[A-Z]{2}\Z")
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}\Z")
_PROVINCE: Final = re.compile(r"[0-9]{2}\Z")
_KABUPATEN: Final = re.compile(r"[0-9]{2}\.?[0-9]{2}\Z")
_SEX: Final = re.compile(r"(?:female|male|other)\Z")


@dataclass(eq=False)
class FactMalformed(Malformed):
    """There is no such fact, or a value of it cannot look like this."""

    code = "fact_malformed"
    wording = Wording(
        id="“{value}” tidak dapat menjadi isi “{name}”.", en="“{value}” cannot be a “{name}”."
    )
    hint = Wording(
        id="Lihat docs/cli.md tentang keterangan peserta.",
        en="See docs/cli.md on facts of participants.",
    )
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A fact. `keyed`: a person has one for each key, such as a programme or a survey round."""

    looks_right: Callable[[str], bool]
    keyed: bool = False
    coded: bool = False
    """Its values come from a scheme of codes, with a version."""


def _like(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda value: pattern.match(value) is not None


def _is_day(value: str) -> bool:
    try:
        parse_date(value)
    except (DateMalformed, DateOutOfRange):
        return False
    return True


KINDS: Final[dict[str, Kind]] = {
    "sex": Kind(_like(_SEX)),
    "birth_year": Kind(_like(_YEAR)),
    "province": Kind(_like(_PROVINCE), coded=True),
    "kabupaten": Kind(_like(_KABUPATEN), coded=True),
    "origin_country": Kind(_like(_COUNTRY)),
    "destination_country": Kind(_like(_COUNTRY)),
    "occupation": Kind(_like(_CODE), coded=True),
    "departure_date": Kind(_is_day),
    "return_date": Kind(_is_day),
    "programme": Kind(_like(_CODE), keyed=True),
    "pilot": Kind(_like(_CODE), keyed=True),
    "cohort": Kind(_like(_CODE), keyed=True),
    "group": Kind(_like(_CODE), keyed=True),
    "survey": Kind(_like(_CODE), keyed=True),
}
"""Facts by name. The key of `programme`, `pilot`, `cohort` and `group` is the programme, that of
`survey` is survey/round, and its value is her id in that survey. `group` is `treatment`,
`comparison` or what the study calls it."""


def check(name: str, key: str, value: str | None, scheme: str | None, version: str | None) -> None:
    """Check a fact; no value takes it back.

    >>> check("kabupaten", "", "73.09", "kemendagri", "300.2.2-2138/2025")

    Raises: FactMalformed.
    """
    kind = KINDS.get(name)
    told = value or ""
    if kind is None or kind.keyed != bool(key) or (key and _CODE.match(key) is None):
        raise FactMalformed(f"{name} {key}".strip(), told)
    if value is None:
        if scheme is not None or version is not None:
            raise FactMalformed(name, told)
        return
    coded = scheme is not None and version is not None
    if coded and not (_SCHEME.match(scheme or "") and _VERSION.match(version or "")):
        raise FactMalformed(name, f"{scheme} {version}")
    if kind.coded != coded or (scheme is None) != (version is None):
        raise FactMalformed(name, told)
    if not kind.looks_right(value):
        raise FactMalformed(name, told)
