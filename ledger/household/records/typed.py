"""Amounts as people type them: "500rb", "1,25jt", "Rp 1.250.000,50". Strict: one reading or none.

In Indonesia a point groups thousands and a comma begins decimals; receipts abroad do it the other
way round. An amount is read where only one reading is possible, and refused where two are:
"1.250" in dollars is 1250, for dollars have two decimals; in Kuwaiti dinars it may be either.
"""

import re
from dataclasses import dataclass
from typing import Final

from ledger import money
from ledger.errors import Malformed, Wording
from ledger.money import AmountMalformed, AmountTooPrecise, Money

_TIMES: Final = {
    "rb": 3,
    "ribu": 3,
    "k": 3,
    "jt": 6,
    "juta": 6,
    "miliar": 9,
    "milyar": 9,
}
"""Words that multiply, as powers of ten. "M" is none: to some it is a million, to others more."""

_SIGNS: Final = {"rp": "IDR", "hk$": "HKD", "nt$": "TWD", "s$": "SGD", "rm": "MYR", "¥": "JPY"}
"""Signs that mean one currency to an Indonesian abroad; a bare $ does not."""

_TYPED: Final = re.compile(
    r"(?:(?P<before>[A-Za-z]{1,2}\$|¥|[A-Za-z]{2,3})\.? ?)?"
    r"(?P<number>[0-9][0-9.,]{0,30})"
    r"(?: ?(?P<times>rb|ribu|k|jt|juta|miliar|milyar))?"
    r"(?: (?P<after>[A-Za-z]{3}))?",
    re.IGNORECASE | re.ASCII,
)
_GROUPED: Final = {
    mark: re.compile(rf"[1-9][0-9]{{0,2}}(?:\{mark}[0-9]{{3}})+") for mark in (".", ",")
}
_LONGEST: Final = 64


@dataclass(eq=False)
class AmountAmbiguous(Malformed):
    """The amount can be read in two ways; she is asked which, never guessed at."""

    code = "amount_ambiguous"
    wording = Wording(
        id="“{amount}” dapat dibaca dengan dua cara.", en="“{amount}” can be read in two ways."
    )
    hint = Wording(
        id="Tulis semua angka, misalnya 1250000 atau 1.250.000.",
        en="Write all digits, for instance 1250000 or 1.250.000.",
    )
    amount: str


def typed(text: str, currency: str) -> Money:
    """Read an amount; a sign or code in it names its currency, else it is in the one given.

    >>> [typed(text, "IDR").minor for text in ("500rb", "1,25jt", "1.5jt", "2 juta")]
    [50000000, 125000000, 150000000, 200000000]
    >>> typed("Rp 1.250.000,50", "HKD"), typed("12.50", "HKD")
    (Money(minor=125000050, currency='IDR'), Money(minor=1250, currency='HKD'))

    Raises:
        AmountAmbiguous: two readings are possible.
        AmountMalformed, AmountTooPrecise, AmountOutOfRange, CurrencyUnknown.
    """
    money.currency(currency)
    # A no-break space comes from copying formatted amounts.
    plain = text[: _LONGEST + 1].replace("\u00a0", " ").strip(" ")
    found = _TYPED.fullmatch(plain) if len(plain) <= _LONGEST else None
    if found is None:
        raise AmountMalformed(text)
    code = _currency(text, found["before"], found["after"]) or currency
    exponent = money.currency(code).exponent
    power = _TIMES[found["times"].lower()] if found["times"] else 0
    whole, places = _read(text, found["number"], code, exponent, multiplied=bool(power))
    kept = places.rstrip("0") if power else places
    if len(kept) > exponent + power:
        raise AmountTooPrecise(text, code, exponent)
    return Money(int(whole + kept.ljust(exponent + power, "0")), code)


def _currency(text: str, before: str | None, after: str | None) -> str | None:
    """Tell which currency is named; named twice it must be the same one."""
    named = {
        _SIGNS.get(name.lower()) or money.currency(name.upper()).code
        for name in (before, after)
        if name
    }
    if len(named) > 1:
        raise AmountMalformed(text)
    return next(iter(named), None)


def _read(text: str, number: str, code: str, exponent: int, *, multiplied: bool) -> tuple[str, str]:
    """Give the digits before and after the decimal mark, whichever mark that is."""
    marks = [mark for mark in number if mark in ".,"]
    if not marks:
        return _whole(text, number), ""
    last = marks[-1]
    if len(set(marks)) == 2:
        head, _, places = number.rpartition(last)
        if marks.count(last) > 1 or not _GROUPED[marks[0]].fullmatch(head) or not places:
            raise AmountMalformed(text)
        return _ungrouped(head), places
    if len(marks) > 1:
        if not _GROUPED[last].fullmatch(number):
            raise AmountMalformed(text)
        return _ungrouped(number), ""
    head, _, places = number.partition(last)
    if not places:
        raise AmountMalformed(text)
    grouped = bool(_GROUPED[last].fullmatch(number))
    if grouped and (multiplied or exponent > 2):
        raise AmountAmbiguous(text)
    if grouped:
        return _ungrouped(number), ""
    if code == "IDR" and last == "." and not multiplied:
        # Nobody writes sen behind a point: something is missing here.
        raise AmountAmbiguous(text)
    return _whole(text, head), places


def _ungrouped(digits: str) -> str:
    return digits.replace(".", "").replace(",", "")


def _whole(text: str, digits: str) -> str:
    """Refuse a leading zero: "0500" is a slip of the thumb."""
    if len(digits) > 1 and digits.startswith("0"):
        raise AmountMalformed(text)
    return digits
