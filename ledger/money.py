"""Money: whole minor units in one currency, exact or refused.

An amount is an integer of minor units (rupiah are kept in sen, so Rp1.250 is 125000) beside an
ISO 4217 code. Nothing here rounds on its own: parsing and conversion refuse what does not fit,
`round_to` rounds once and is told how, `split` divides without loss. Sums inside the engine
are plain integers; `Money` is the value that crosses a room's border, and `moneyed.Money` only
appears at the edges of the house. Writing amounts for people in Indonesian is done there too.

Amounts fit a signed 64-bit integer, symmetrically, so that a negation is always possible.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache, total_ordering
from math import lcm
from typing import Final

import moneyed
from moneyed import CURRENCIES

from ledger.errors import Malformed, Refused, Wording

MAX_MINOR: Final = 2**63 - 1
"""Largest amount in minor units, either way: what a BIGINT column holds."""

_GRAMMAR: Final = re.compile(r"(-?)(0|[1-9][0-9]{0,17})(?:\.([0-9]{1,8}))?")
"""The one way to write an amount (api.md L1). ASCII digits only: the class is spelt out."""

_ADDED: Final = {"MRU": 2, "STN": 2, "VES": 2, "XCG": 2, "ZWG": 2}
"""Exponents of national currencies that py-moneyed 3.0 lacks, or has without ISO number."""

_X_MONEY: Final = frozenset({"XAF", "XCD", "XOF", "XPF"})
"""Shared currencies of several countries; every other X code is a metal, a basket or a test."""

_NOT_MONEY: Final = frozenset(
    {"BOV", "CHE", "CHW", "CLF", "COU", "ECV", "ESA", "ESB", "MXV", "USN", "USS", "UYI"}
)
"""Fund codes and accounting units of ISO 4217: nobody is paid in them."""


@dataclass(eq=False)
class CurrencyUnknown(Malformed):
    """The code names no national or shared currency of ISO 4217."""

    code = "currency_unknown"
    wording = Wording(
        id="Mata uang “{currency}” tidak dikenal.", en="There is no currency “{currency}”."
    )
    hint = Wording(
        id="Gunakan kode ISO 4217 tiga huruf, misalnya IDR.",
        en="Use a three-letter ISO 4217 code, for instance IDR.",
    )
    currency: str


@dataclass(eq=False)
class AmountMalformed(Malformed):
    """The text is not an amount in the strict grammar, or the number is not finite."""

    code = "amount_malformed"
    wording = Wording(id="“{amount}” bukan jumlah uang.", en="“{amount}” is not an amount.")
    hint = Wording(
        id="Tulis angka biasa dengan titik desimal, tanpa pemisah ribuan: 1250000.50",
        en="Write plain digits with a decimal point and no separators: 1250000.50",
    )
    amount: str


@dataclass(eq=False)
class AmountTooPrecise(Malformed):
    """The amount has more decimal places than its currency; it is refused, never rounded."""

    code = "amount_too_precise"
    wording = Wording(
        id="{currency} hanya memiliki {exponent} angka desimal; “{amount}” lebih dari itu.",
        en="{currency} has {exponent} decimal places; “{amount}” has more.",
    )
    amount: str
    currency: str
    exponent: int


@dataclass(eq=False)
class AmountOutOfRange(Malformed):
    """The amount does not fit 64 bits in minor units."""

    code = "amount_out_of_range"
    wording = Wording(
        id="Jumlah ini terlalu besar: {amount}.", en="This amount is too large: {amount}."
    )
    amount: str


@dataclass(eq=False)
class CurrencyMismatch(Refused):
    """Two currencies met in one sum or comparison; an exchange needs a rate."""

    code = "currency_mismatch"
    wording = Wording(
        id="{left} dan {right} adalah mata uang yang berbeda.",
        en="{left} and {right} are different currencies.",
    )
    left: str
    right: str


@dataclass(eq=False)
class WeightsUnusable(Malformed):
    """A split was asked for by weights that say nothing: one is negative, or all are zero."""

    code = "weights_unusable"
    wording = Wording(
        id="Jumlah tidak dapat dibagi menurut bobot ini: {weights}.",
        en="An amount cannot be split by these weights: {weights}.",
    )
    weights: str


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency people are paid in: its ISO 4217 code and its number of decimal places."""

    code: str
    exponent: int


def _registered() -> dict[str, Currency]:
    """Read py-moneyed's registry, without funds, metals, tests and codes outside ISO 4217.

    Withdrawn currencies stay, for history; those without ISO number do not: the registry's
    exponents for them are placeholders. An exponent is part of stored amounts and never moves:
    a test freezes them.
    """
    table = {code: Currency(code, exponent) for code, exponent in _ADDED.items()}
    for code, entry in CURRENCIES.items():
        unfit = code in _NOT_MONEY or (code.startswith("X") and code not in _X_MONEY)
        if code not in table and not unfit and entry.numeric:
            table[code] = Currency(code, len(str(entry.sub_unit)) - 1)
    return table


_CURRENCIES: Final = _registered()


def currency(code: str) -> Currency:
    """Look up a currency by its ISO 4217 code, in capitals.

    >>> currency("IDR"), currency("KRW").exponent, currency("KWD").exponent
    (Currency(code='IDR', exponent=2), 0, 3)

    Raises: CurrencyUnknown.
    """
    found = _CURRENCIES.get(code)
    if found is None:
        raise CurrencyUnknown(code)
    return found


def check_minor(minor: int) -> int:
    """Give the amount back if it fits 64 bits in minor units.

    Raises: AmountOutOfRange.
    """
    # A sum of bigints comes back from PostgreSQL as Decimal; that one must not slip in.
    assert type(minor) is int, "minor units are an int"
    if not -MAX_MINOR <= minor <= MAX_MINOR:
        raise AmountOutOfRange(_digits(minor))
    return minor


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of one currency; positive, zero or negative.

    Amounts of different currencies are unequal, and refuse to be added or compared.

    >>> Money(125000, "IDR") + Money(50, "IDR")
    Money(minor=125050, currency='IDR')

    Raises: CurrencyUnknown, AmountOutOfRange; the operators also CurrencyMismatch.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        currency(self.currency)
        check_minor(self.minor)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self.minor_of(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self.minor_of(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self.minor_of(other)

    def __str__(self) -> str:
        return f"{format_plain(self.minor, self.currency)} {self.currency}"

    def minor_of(self, other: "Money") -> int:
        """Give another amount's minor units, which are comparable with these.

        Raises: CurrencyMismatch.
        """
        if other.currency != self.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return other.minor


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Add up amounts of one currency; of none, it is zero in that currency.

    The built-in `sum` starts from the number 0, which is not money.

    >>> total([Money(100, "IDR"), Money(-30, "IDR")], "IDR")
    Money(minor=70, currency='IDR')

    Raises: CurrencyMismatch, AmountOutOfRange (of the result only).
    """
    zero = Money(0, currency)
    return Money(sum(zero.minor_of(amount) for amount in amounts), currency)


def parse(text: str, code: str) -> Money:
    """Read an amount from a plain decimal string, in the one strict grammar (api.md L1).

    No spaces, signs other than a leading minus, exponents, separators or non-ASCII digits; no
    more decimal places than the currency has, not even zeros.

    >>> parse("1250000.5", "IDR")
    Money(minor=125000050, currency='IDR')

    Raises: CurrencyUnknown, AmountMalformed, AmountTooPrecise, AmountOutOfRange.
    """
    exponent = currency(code).exponent
    match = _GRAMMAR.fullmatch(text)
    if match is None:
        raise AmountMalformed(text)
    sign, whole, fraction = match.group(1), match.group(2), match.group(3) or ""
    if len(fraction) > exponent:
        raise AmountTooPrecise(text, code, exponent)
    return Money(int(sign + whole + fraction.ljust(exponent, "0")), code)


def format_plain(minor: int, code: str) -> str:
    """Write minor units as a plain decimal string with all the currency's decimal places.

    `parse` reads it back, up to the eighteen whole digits of its grammar.

    >>> format_plain(-5, "IDR"), format_plain(5, "JPY"), format_plain(125000050, "IDR")
    ('-0.05', '5', '1250000.50')

    Raises: CurrencyUnknown.
    """
    exponent = currency(code).exponent
    sign, digits = "-" if minor < 0 else "", str(abs(minor)).rjust(exponent + 1, "0")
    if not exponent:
        return sign + digits
    return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}"


@cache
def _moneyed_currency(code: str) -> moneyed.Currency:
    """Give py-moneyed's currency, made up for a code that its registry lacks."""
    known = CURRENCIES.get(code)
    if known is not None:
        return known
    return moneyed.Currency(code=code, sub_unit=10 ** currency(code).exponent, name=code)


def to_moneyed(money: Money) -> moneyed.Money:
    """Turn an amount into py-moneyed's value, exactly, for an edge of the house.

    >>> to_moneyed(Money(125050, "IDR")).amount
    Decimal('1250.50')
    """
    # Built from text, which no decimal context rounds.
    amount = Decimal(format_plain(money.minor, money.currency))
    return moneyed.Money(amount, _moneyed_currency(money.currency))


def from_moneyed(value: moneyed.Money) -> Money:
    """Turn py-moneyed's value into an amount, exactly; trailing zeros do not count as places.

    >>> from_moneyed(moneyed.Money("1250.500", "IDR"))
    Money(minor=125050, currency='IDR')

    Raises: CurrencyUnknown, AmountMalformed (NaN, infinity), AmountTooPrecise, AmountOutOfRange.
    """
    code, amount = value.currency.code, value.amount
    exponent = currency(code).exponent
    if not amount.is_finite():
        raise AmountMalformed(str(amount))
    if not amount:
        return Money(0, code)
    # Sizes are decided before 1E+999999999 or its inverse is written out.
    if amount.adjusted() > 18:
        raise AmountOutOfRange(str(amount))
    tiny = amount.adjusted() < -exponent
    whole, _, places = ("", "", "") if tiny else f"{amount:f}".partition(".")
    places = places.rstrip("0")
    if tiny or len(places) > exponent:
        raise AmountTooPrecise(str(amount), code, exponent)
    return Money(int(whole + places.ljust(exponent, "0")), code)


class Rounding(StrEnum):
    """How to settle what lies between two multiples; all four treat both signs alike."""

    HALF_EVEN = "half_even"
    """To the nearest; from the middle, to the even multiple (banker's rounding)."""
    HALF_UP = "half_up"
    """To the nearest; from the middle, away from zero (as taught in school)."""
    UP = "up"
    """Away from zero."""
    DOWN = "down"
    """Towards zero."""


def round_to(amount: int | Fraction, unit: int, rounding: Rounding) -> int:
    """Round an exact amount of minor units to a multiple of a unit of minor units.

    Products round to 1, 100, 500 or 1,000 rupiah, which are 100 to 100,000 sen. Round once.

    >>> round_to(Fraction(1_234_567, 3), 100, Rounding.HALF_EVEN)
    411500
    >>> [round_to(amount, 100, Rounding.HALF_EVEN) for amount in (50, 150, -150)]
    [0, 200, -200]
    """
    assert unit > 0, "a rounding unit is positive"
    # Reading both parts off the number keeps binary fractions out: they have neither.
    below, rest = divmod(abs(amount.numerator), amount.denominator * unit)
    middle = amount.denominator * unit - 2 * rest  # positive while the lower multiple is nearer
    away = {
        Rounding.HALF_EVEN: middle < 0 or (middle == 0 and below % 2 == 1),
        Rounding.HALF_UP: middle <= 0,
        Rounding.UP: rest > 0,
        Rounding.DOWN: False,
    }[rounding]
    size = (below + away) * unit
    return -size if amount < 0 else size


def share(minor: int, proportion: Fraction | Decimal, unit: int, rounding: Rounding) -> int:
    """Take a proportion of an amount and round it once, to a multiple of the unit.

    >>> share(1_000_000, Decimal("0.015"), 100, Rounding.HALF_UP)
    15000

    Raises: AmountMalformed if the proportion is not finite.
    """
    if isinstance(proportion, Decimal) and not proportion.is_finite():
        raise AmountMalformed(str(proportion))
    return round_to(minor * Fraction(proportion), unit, rounding)


def split(total: int, weights: Sequence[int | Fraction]) -> list[int]:
    """Split minor units in proportion to weights; the pieces sum exactly to the total.

    Largest remainder (Hamilton): each piece is first rounded towards zero, then the units left
    go one each to the largest remainders, the earlier position first. A weight of zero gets
    nothing. Splitting a negative total mirrors the positive one. Zero splits into zeros by any
    weights that are not negative; anything else needs a weight above zero.

    >>> split(100, [1, 1, 1]), split(-100, [1, 1, 1]), split(5, [0, 2, 2])
    ([34, 33, 33], [-34, -33, -33], [0, 3, 2])

    Raises: WeightsUnusable.
    """
    whole = sum(weights)
    if any(weight < 0 for weight in weights) or (total and not whole):
        raise WeightsUnusable(", ".join(str(weight) for weight in weights[:20]))
    if not total:
        return [0] * len(weights)
    # Over their common denominator the weights are integers, and so is all that follows.
    scale = lcm(*(weight.denominator for weight in weights))
    parts = [int(weight * scale) for weight in weights]
    base = [divmod(abs(total) * part, int(whole * scale)) for part in parts]
    pieces = [piece for piece, _ in base]
    # Python's sort is stable, so equal remainders keep their order.
    by_remainder = sorted(range(len(base)), key=lambda position: -base[position][1])
    for position in by_remainder[: abs(total) - sum(pieces)]:
        pieces[position] += 1
    return [-piece for piece in pieces] if total < 0 else pieces


def _digits(minor: int) -> str:
    """Write an integer for an error, or its size when Python would refuse to write it out."""
    return str(minor) if minor.bit_length() < 256 else f"{minor.bit_length()} bits"
