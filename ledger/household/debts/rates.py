"""The real rate of a debt, from its cash flows, and how long it goes on. Pure, exact.

The rate per period is the root of Σ flow ÷ (1 + i)^period = 0: what she received against all she
pays. It is bracketed on fractions of whole numbers until it is known to the digits asked for, so
no float comes near it, and a figure is rounded once, where it is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from ledger.money import Money

SCALE: Final = 10**8
"""Rates are found to eight digits: a millionth of a per cent."""

HIGHEST: Final = 10_000 * SCALE
"""No rate per period above a million per cent is looked for."""

Flow = tuple[int, int]
"""In which period, and how much she pays (positive), in minor units."""


def period_rate(received: int, flows: Sequence[Flow]) -> Fraction | None:
    """Give the rate per period at which payments are worth what was received.

    The nearest lower multiple of 1/SCALE. None where there is none: nothing was received, or more
    was received than is ever paid, or the rate is beyond HIGHEST.

    >>> rate = period_rate(680_000, [(1, 1_054_000)])
    >>> rate == Fraction(55, 100)
    True
    """
    if received <= 0 or sum(amount for _, amount in flows) < received:
        return None
    if any(period < 1 or amount < 0 for period, amount in flows):
        return None
    low, high = 0, HIGHEST
    if _above(received, flows, high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if _above(received, flows, middle):
            low = middle
        else:
            high = middle
    return Fraction(high if not _below(received, flows, high) else low, SCALE)


_BITS: Final = 256
"""Binary places of the bounds between which a payment's worth is first looked for."""


def _worth(received: int, flows: Sequence[Flow], rate: int) -> int:
    """Compare what payments are worth at a rate with what was received: above, below or zero.

    First between bounds, rounded down and up, which nearly always tell; where they do not, exactly.
    """
    owed, low, high = received << _BITS, 0, 0
    whole, grown = SCALE << _BITS, SCALE + rate
    down, up = whole // grown, -(-whole // grown)
    for period, amount in flows:
        low += amount * _power(down, period, up=0)
        high += amount * _power(up, period, up=(1 << _BITS) - 1)
    if low > owed or high < owed:
        return 1 if low > owed else -1
    return 0 if low == high else _exactly(received, flows, rate)


def _power(base: int, exponent: int, *, up: int) -> int:
    """Raise a number of `_BITS` binary places to a power, each step rounded down, or up."""
    result = 1 << _BITS
    while exponent:
        if exponent & 1:
            result = (result * base + up) >> _BITS
        base = (base * base + up) >> _BITS
        exponent >>= 1
    return result


def _exactly(received: int, flows: Sequence[Flow], rate: int) -> int:
    """Compare in whole numbers: both sides times (1 + i)^last and SCALE^last, nothing divided."""
    last = max(period for period, _ in flows)
    grown = SCALE + rate
    paid: int = sum(
        amount * grown ** (last - period) * SCALE**period for period, amount in flows if amount
    )
    owed: int = received * grown**last
    return paid - owed


def _above(received: int, flows: Sequence[Flow], rate: int) -> bool:
    return _worth(received, flows, rate) > 0


def _below(received: int, flows: Sequence[Flow], rate: int) -> bool:
    return _worth(received, flows, rate) < 0


def nominal_year(period: Fraction, periods_a_year: int) -> Fraction:
    """Give a year's nominal rate of a rate per period (12 months, 52 weeks, 365 days).

    >>> nominal_year(Fraction(1, 100), 12)
    Fraction(3, 25)
    """
    return period * periods_a_year


def effective_year(period: Fraction, periods_a_year: int) -> Fraction:
    """Give a year's rate with interest on interest.

    >>> effective_year(Fraction(1, 10), 2)
    Fraction(21, 100)
    """
    return (1 + period) ** periods_a_year - 1


def daily_rate(
    start: date, received: Money, payments: Sequence[tuple[date, Money]]
) -> Fraction | None:
    """Give the rate per day of a debt from the days on which money moved; None as `period_rate`.

    A payment of the first day makes what was received smaller. Raises: CurrencyMismatch.
    """
    flows = [((day - start).days, received.minor_of(amount)) for day, amount in payments]
    at_once = sum(amount for days, amount in flows if days <= 0)
    return period_rate(received.minor - at_once, [flow for flow in flows if flow[0] > 0])


@dataclass(frozen=True, slots=True)
class Countdown:
    """How far a debt is from its end."""

    left: Money
    instalments: int
    free_on: date | None


def countdown(left: Money, dues: Sequence[tuple[date, Money]], paid: Money) -> Countdown:
    """Tell what is left of a debt, in how many instalments, and on which day it is over.

    Payments settle instalments in order of their days, the oldest first; one that is partly paid
    still counts. A debt with nothing left is over, whatever was agreed; without a schedule, or
    where the schedule ends before the debt, the day is not known.
    """
    if left.minor <= 0:
        return Countdown(Money(0, left.currency), 0, None)
    settled, open_days = paid.minor, []
    for day, amount in sorted(dues, key=lambda due: due[0]):
        settled -= paid.minor_of(amount)
        if settled < 0:
            open_days.append(day)
    return Countdown(left, len(open_days), max(open_days, default=None))
