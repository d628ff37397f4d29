"""The NIK, the number of an Indonesian identity card: is it one, and in one form.

Sixteen digits PPRRSS DDMMYY NNNN: the region of first registration, a day of birth to which 40 is
added for women, a serial number (docs/decisions/0016). It stays for life, also when she moves or a
province is divided, so no list of regions is asked. Nothing is ever derived from it and stored:
it says what she may not have told us. Errors say what is wrong and never the number.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from ledger.errors import Malformed, Wording

LENGTH: Final = 16
WOMEN: Final = 40
"""What is added to the day of birth in a woman's number."""

_SEPARATORS: Final = re.compile(r"[ .\-]")
_DIGITS: Final = re.compile(r"[0-9]+")

Problem = Literal["digits", "length", "region", "date"]

_PROBLEMS: Final[dict[Problem, Wording]] = {
    "digits": Wording("hanya boleh berisi angka", "it may have digits only"),
    "length": Wording("harus 16 angka", "it must have 16 digits"),
    "region": Wording("kode wilayahnya tidak mungkin", "its region cannot be"),
    "date": Wording("tanggal lahirnya tidak ada", "its day of birth does not exist"),
}


@dataclass(eq=False)
class NikMalformed(Malformed):
    """The text is no NIK; the error names the problem, never the number."""

    code = "nik_malformed"
    wording = Wording(id="Ini bukan NIK.", en="This is no NIK.")
    problem: Problem

    def message(self, language: Literal["id", "en"] = "en") -> str:
        """Say what is wrong with it."""
        sentence = self.wording.in_language(language).rstrip(".")
        return f"{sentence}: {_PROBLEMS[self.problem].in_language(language)}."


def normal(text: str) -> str:
    """Give a NIK as sixteen digits; spaces, points and hyphens between them are left out.

    >>> normal("7309.0154.0695-0001")
    '7309015406950001'

    Raises: NikMalformed.
    """
    digits = _SEPARATORS.sub("", text)
    if _DIGITS.fullmatch(digits) is None:
        raise NikMalformed("digits")
    if len(digits) != LENGTH:
        raise NikMalformed("length")
    if digits[0] == "0" or "00" in {digits[2:4], digits[4:6]}:
        raise NikMalformed("region")
    if not _is_day(int(digits[6:8]), int(digits[8:10]), int(digits[10:12])):
        raise NikMalformed("date")
    return digits


def is_nik(text: str) -> bool:
    """Tell whether a text is a NIK, in whichever form.

    >>> is_nik("7309.0154.0695.0001"), is_nik("m-17")
    (True, False)
    """
    try:
        normal(text)
    except NikMalformed:
        return False
    return True


def _is_day(day: int, month: int, year: int) -> bool:
    """Tell whether there was such a day in the last century or is one in this.

    >>> _is_day(29, 2, 0), _is_day(69, 2, 96), _is_day(29, 2, 97), _is_day(40, 1, 95)
    (True, True, False, False)
    """
    if day > WOMEN:
        day -= WOMEN
    for century in (1900, 2000):
        try:
            date(century + year, month, day)
        except ValueError:
            continue
        return True
    return False
