"""Amounts as statements write them: marks as the mapping says, exact or not at all. Pure."""

import re
from typing import Final

from ledger.imports.mapping import Mapping
from ledger.imports.problems import ProblemCode
from ledger.money import MAX_MINOR

_NUMBER: Final = re.compile(r"([+-]?)([0-9]{1,100})(?:\.([0-9]{1,12}))?(-?)\Z")
_REMEMBERED: Final = 100_000
"""Amounts whose reading is remembered: they repeat."""


class Amounts:
    """Reads amounts in major units of one currency as whole minor units."""

    def __init__(self, mapping: Mapping, exponent: int) -> None:
        """Take the marks of the mapping, and the decimal places of the currency."""
        mark, self._thousands = mapping.decimal_mark, mapping.thousands_mark
        self._foreign_mark = "," if mark == "." else "."
        self._exponent = exponent
        self._known: dict[str, int] = {}
        group, point = re.escape(self._thousands or "\x00"), re.escape(mark)
        self._grouped = re.compile(
            rf"[+-]?[0-9]{{1,3}}(?:{group}[0-9]{{3}})+(?:{point}[0-9]+)?-?\Z"
        )

    def minor(self, written: str) -> int | ProblemCode:
        """Read one amount.

        A minus may stand before or behind it, or the whole in parentheses. Decimals beyond the
        currency's may be zeros, but not three of them: those read like thousands.

        >>> rupiah = Amounts(Mapping(date_column="", decimal_mark=",", thousands_mark="."), 2)
        >>> rupiah.minor("1.250.000,5"), rupiah.minor("(700)")
        (125000050, -70000)
        >>> rupiah.minor("1.25")
        <ProblemCode.MIXED_MARKS: 'mixed_marks'>
        """
        known = self._known.get(written)
        if known is not None:
            return known
        text = written
        if text.startswith("(") and text.endswith(")"):
            text = f"-{text[1:-1].strip()}"
        if self._thousands is not None and self._thousands in text:
            if not self._grouped.match(text):
                return _unreadable(text)
            text = text.replace(self._thousands, "")
        if self._foreign_mark in text:
            return _unreadable(text)
        matched = _NUMBER.match(text.replace(",", "."))
        if matched is None or (matched[1] and matched[4]):
            return ProblemCode.BAD_AMOUNT
        return self._whole(written, matched)

    def _whole(self, written: str, matched: re.Match[str]) -> int | ProblemCode:
        sign, whole, fraction, behind = matched.groups()
        places = fraction or ""
        if len(places) > self._exponent:
            if places.strip("0") or len(places) > 2:
                return ProblemCode.TOO_PRECISE
            places = places[: self._exponent]
        amount = int(whole + places.ljust(self._exponent, "0"))
        if amount > MAX_MINOR:
            return ProblemCode.TOO_LARGE
        signed = -amount if "-" in (sign, behind) else amount
        if len(self._known) < _REMEMBERED:
            self._known[written] = signed
        return signed


def _unreadable(text: str) -> ProblemCode:
    """Tell a number that is written otherwise than the mapping says from what is no number."""
    marks = not text.strip("+-0123456789.,")
    return ProblemCode.MIXED_MARKS if marks else ProblemCode.BAD_AMOUNT
