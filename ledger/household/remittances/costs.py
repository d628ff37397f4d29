"""The true cost of a remittance, and hers compared. Pure; exact until it is rounded once.

SDG 10.c.1: cost% = 100 × (fee + S × (1 − applied ÷ mid)) ÷ S for an amount S in the currency that
is sent, rates in units of what arrives for one of what was sent. What is measured is what users
experienced, not the price survey (Remittance Prices Worldwide): call it experienced cost.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ledger.household.remittances.items import Channel
from ledger.money import Money, Rounding, currency, round_to


@dataclass(frozen=True, slots=True)
class Cost:
    """What sending cost: fee and margin in the currency sent, exact; and the mid rate.

    Margins are below zero where the rate was better than the mid rate.
    """

    sent: Money
    fee: Money
    margin: Fraction
    mid: Fraction
    arrives: str

    @property
    def percent(self) -> Fraction:
        """Give the cost in per cent of what was sent."""
        return 100 * (self.fee.minor + self.margin) / self.sent.minor

    @property
    def in_arriving(self) -> Money:
        """Give the cost in the currency that arrives (rupiah), at the mid rate, rounded once."""
        scale = Fraction(10) ** (currency(self.arrives).exponent - _exponent(self.sent))
        exact = (self.fee.minor + self.margin) * self.mid * scale
        return Money(round_to(exact, 1, Rounding.HALF_EVEN), self.arrives)

    @property
    def margin_money(self) -> Money:
        """Give the margin in whole minor units of the currency sent, rounded once."""
        return Money(round_to(self.margin, 1, Rounding.HALF_EVEN), self.sent.currency)


def cost(sent: Money, fee: Money, arrives: Money, mid_rate: Decimal | None) -> Cost | None:
    """Give the true cost of sending; None where two currencies meet and no mid rate is known.

    >>> found = cost(
    ...     Money(1_000_00, "HKD"), Money(20_00, "HKD"), Money(1_960_000_00, "IDR"), Decimal(2000)
    ... )
    >>> found.percent, str(found.in_arriving), str(found.margin_money)
    (Fraction(4, 1), '80000.00 IDR', '20.00 HKD')
    """
    if sent.currency == arrives.currency:
        mid = Fraction(1)
    elif mid_rate is None:
        return None
    else:
        mid = Fraction(mid_rate)
    margin = sent.minor - worth(arrives, mid, sent)
    return Cost(sent, fee, margin, mid, arrives.currency)


def worth(arrives: Money, mid: Fraction, sent: Money) -> Fraction:
    """Give what arrives in minor units of the currency sent, at the mid rate."""
    scale = Fraction(10) ** (_exponent(sent) - _exponent(arrives))
    return arrives.minor * scale / mid


def applied_rate(sent: Money, arrives: Money) -> Fraction:
    """Give units of what arrives for one unit of what was sent.

    >>> applied_rate(Money(1_000_00, "HKD"), Money(1_960_000_00, "IDR"))
    Fraction(1960, 1)
    """
    scale = Fraction(10) ** (_exponent(sent) - _exponent(arrives))
    return arrives.minor * scale / sent.minor


def _exponent(amount: Money) -> int:
    return currency(amount.currency).exponent


@dataclass(frozen=True, slots=True)
class Compared:
    """Costs of several remittances, in per cent: the lowest, the mean, and weighted by amount."""

    count: int
    cheapest: Fraction
    mean: Fraction
    weighted: Fraction


def compared(costs: Sequence[Cost]) -> Compared | None:
    """Compare remittances of one currency; None of none.

    Raises: CurrencyMismatch where several currencies were sent.
    """
    if not costs:
        return None
    percents = [each.percent for each in costs]
    # minor_of refuses another currency: weights of two would mean nothing.
    whole = sum(costs[0].sent.minor_of(each.sent) for each in costs)
    spent = sum((each.fee.minor + each.margin for each in costs), Fraction(0))
    return Compared(
        len(costs), min(percents), sum(percents, Fraction(0)) / len(costs), 100 * spent / whole
    )


def by_channel(costs: Iterable[tuple[Channel, Cost]]) -> Mapping[Channel, Compared]:
    """Compare remittances by the channel they went through, cheapest mean first."""
    grouped: dict[Channel, list[Cost]] = {}
    for channel, each in costs:
        grouped.setdefault(channel, []).append(each)
    found = {channel: done for channel, each in grouped.items() if (done := compared(each))}
    return dict(sorted(found.items(), key=lambda pair: (pair[1].mean, pair[0].value)))
