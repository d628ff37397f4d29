"""How long deductions go on, and what being recruited cost in months of wage. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ledger.household.wages.items import Contract, Deduction, DeductionKind
from ledger.money import Money, currency


def months_left(owed: Money, a_month: Money) -> int:
    """Count the wages from which something is still to be kept: the last one may be smaller.

    >>> months_left(Money(650_00, "SGD"), Money(200_00, "SGD"))
    4

    Raises: CurrencyMismatch. A monthly amount of zero is a bug of the caller.
    """
    assert a_month.minor > 0, "a deduction is more than nothing"
    return max(-(-a_month.minor_of(owed) // a_month.minor), 0)


def agreed_months_left(contract: Contract, paid: Iterable[Sequence[Deduction]]) -> int | None:
    """Count what is left of the months agreed in a contract; None where none were.

    A wage counts where something was kept for the agency's loan or the placement.
    """
    if contract.deduction_months is None:
        return None
    kinds = {DeductionKind.AGENCY_LOAN, DeductionKind.PLACEMENT_FEE}
    taken = sum(any(d.kind in kinds for d in deductions) for deductions in paid)
    return max(contract.deduction_months - taken, 0)


@dataclass(frozen=True, slots=True)
class RecruitmentCost:
    """SDG 10.7.1 of one person: cost and first month's earnings, both as they were, and months.

    `months` is exact; it is rounded where it is shown. Zero costs are zero months, and count.
    """

    cost: Money
    earnings: Money
    rate: Decimal
    months: Fraction


def recruitment_cost(cost: Money, earnings: Money, rate: Decimal) -> RecruitmentCost:
    """Give the cost of recruitment in months of the first wage (SDG 10.7.1: C / E).

    `rate` is that of the day of first pay: units of the cost's currency for one unit of the
    earnings' (1 where they are the same). Earnings are of the first month, before deductions.

    >>> from decimal import Decimal
    >>> ten = recruitment_cost(Money(30_000_000_00, "IDR"), Money(5_000_00, "HKD"), Decimal(2000))
    >>> ten.months
    Fraction(3, 1)
    """
    assert earnings.minor > 0, "there was a first pay"
    assert rate.is_finite(), "a rate is a number"
    assert rate > 0, "a rate is more than nothing"
    spent = Fraction(cost.minor, 10 ** _exponent(cost))
    earned = Fraction(earnings.minor, 10 ** _exponent(earnings))
    return RecruitmentCost(cost, earnings, rate, spent / (earned * Fraction(rate)))


def _exponent(amount: Money) -> int:
    return currency(amount.currency).exponent
