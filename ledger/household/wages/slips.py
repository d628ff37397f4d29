"""Every debit and credit of a wage slip, and what it comes to. Pure.

Gross = received + deductions + what is owed to her. Where her slip and her hand differ, the rest
is a claim on the employer (`assets:receivable:wages`): it is never lost in the books.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from ledger.books.classes import Side
from ledger.household.records.items import Leg, Written
from ledger.household.wages.items import Deduction, DeductionKind, Earning, EarningKind, Slip
from ledger.money import MAX_MINOR, Money

KIND: Final = "wage"

OWED: Final = "assets:receivable:wages"

EARNED: Final = {
    EarningKind.WAGE: "income:wage",
    EarningKind.OVERTIME: "income:overtime",
    EarningKind.FOOD_ALLOWANCE: "income:food_allowance",
    EarningKind.BONUS: "income:bonus",
    EarningKind.SEVERANCE: "income:severance",
}
"""Where each kind of earning is booked."""

KEPT: Final[dict[DeductionKind, tuple[Literal["debt", "expense"], str]]] = {
    DeductionKind.AGENCY_LOAN: ("debt", "liabilities:agency_loan"),
    DeductionKind.AGENCY_FEE: ("expense", "expenses:deduction:agency_fee"),
    DeductionKind.PLACEMENT_FEE: ("expense", "expenses:deduction:placement_fee"),
    DeductionKind.FOOD: ("expense", "expenses:deduction:food"),
    DeductionKind.LODGING: ("expense", "expenses:deduction:lodging"),
    DeductionKind.TAX: ("expense", "expenses:deduction:tax"),
    DeductionKind.INSURANCE: ("expense", "expenses:deduction:insurance"),
    DeductionKind.ADVANCE: ("debt", "liabilities:employer_advance"),
    DeductionKind.FINE: ("expense", "expenses:deduction:fine"),
    DeductionKind.OTHER: ("expense", "expenses:deduction:other"),
}
"""Where each kind of deduction is booked: against a debt it pays off, or as what it cost her."""

MOST_LINES: Final = 40
"""Earnings, and deductions, that one slip may have."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What a slip comes to, in minor units of its currency."""

    currency: str
    gross: int
    base: int
    deducted: int
    received: int

    @property
    def owed(self) -> int:
        """Give what she earned and was neither given nor told a deduction for."""
        return self.gross - self.deducted - self.received


def sums(slip: Slip) -> Sums:
    """Add a slip up; its `base` is the wage without overtime, allowances and bonuses.

    >>> slip = Slip(
    ...     day=date(2026, 11, 7),
    ...     period_from=date(2026, 10, 1),
    ...     period_through=date(2026, 10, 31),
    ...     earnings=(Earning(EarningKind.WAGE, Money(499000, "HKD")),),
    ...     deductions=(Deduction(DeductionKind.AGENCY_LOAN, Money(200000, "HKD")),),
    ...     received=Money(290000, "HKD"),
    ...     pocket="assets:cash",
    ... )
    >>> sums(slip).gross, sums(slip).deducted, sums(slip).owed
    (499000, 200000, 9000)
    """
    base = (e.amount.minor for e in slip.earnings if e.kind is EarningKind.WAGE)
    return Sums(
        slip.received.currency,
        gross=sum(earning.amount.minor for earning in slip.earnings),
        base=sum(base),
        deducted=sum(deduction.amount.minor for deduction in slip.deductions),
        received=slip.received.minor,
    )


def problem(slip: object) -> str | None:
    """Name the field of a slip that has no meaning; None where it can be booked."""
    if not isinstance(slip, Slip):
        return "slip"
    if type(slip.pocket) is not str:
        return "pocket"
    days = (slip.day, slip.period_from, slip.period_through)
    if any(type(day) is not date for day in days) or slip.period_from > slip.period_through:
        return "period"
    if slip.contract is not None and (type(slip.contract) is not bytes or len(slip.contract) != 16):
        return "contract"
    if not _is_sum(slip.received, slip.received):
        return "received"
    for name, kind in (("earnings", Earning), ("deductions", Deduction)):
        if not _are_lines(getattr(slip, name), kind, slip.received):
            return name
    for name in ("contract_wage", "payslip_wage"):
        stated = getattr(slip, name)
        if stated is not None and not _is_sum(stated, slip.received):
            return name
    if not slip.earnings:
        return "earnings"
    if sums(slip).gross > MAX_MINOR:
        return "earnings"
    return "received" if sums(slip).owed < 0 else None


def _is_sum(value: object, like: object) -> bool:
    if type(value) is not Money or type(like) is not Money:
        return False
    return value.minor >= 0 and value.currency == like.currency


def _are_lines(lines: object, kind: type[Earning | Deduction], like: Money) -> bool:
    if not isinstance(lines, tuple) or len(lines) > MOST_LINES:
        return False
    known = EARNED if kind is Earning else KEPT
    return all(
        isinstance(line, kind)
        and line.kind in known
        and _is_sum(line.amount, like)
        and line.amount.minor > 0
        for line in lines
    )


def written(slip: Slip) -> Written:
    """Write a slip as a record: debits are where the gross went, credits what it was earned by."""
    came_to = sums(slip)
    legs: list[Leg] = []
    if came_to.received:
        legs.append(Leg(Side.DEBIT, "pocket", slip.pocket, slip.received))
    for deduction in slip.deductions:
        role, code = KEPT[deduction.kind]
        legs.append(Leg(Side.DEBIT, role, code, deduction.amount))
    if came_to.owed:
        legs.append(Leg(Side.DEBIT, "pocket", OWED, Money(came_to.owed, came_to.currency)))
    legs += [
        Leg(Side.CREDIT, "income", EARNED[earning.kind], earning.amount)
        for earning in slip.earnings
    ]
    return Written(
        day=slip.day, kind=KIND, legs=tuple(legs), note=slip.note, facts=(("wage", said(slip)),)
    )


def said(slip: Slip) -> str:
    """Write down, in one way only, what a slip says beyond its lines: part of its proof."""
    said: dict[str, str] = {
        "from": slip.period_from.isoformat(),
        "through": slip.period_through.isoformat(),
        "received": str(slip.received.minor),
        "kept": _listed(slip.deductions),
        "earned": _listed(slip.earnings),
    }
    if slip.contract is not None:
        said["contract"] = slip.contract.hex()
    for name in ("contract_wage", "payslip_wage"):
        stated: Money | None = getattr(slip, name)
        if stated is not None:
            said[name] = str(stated.minor)
    return ";".join(f"{name}={value}" for name, value in sorted(said.items()))


def _listed(lines: Iterable[Earning | Deduction]) -> str:
    return ",".join(f"{line.kind.value}:{line.amount.minor}" for line in lines)
