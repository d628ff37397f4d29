"""Legal limits as dated data, and what a slip or a cost looks like against them. Pure.

A finding names the rule, its limit, what was found, the source, and whether that is certain. It
says what is *possible*: a book sees money, not what was agreed or exempted, and never labels
anybody (ILO's indicators of forced labour are clues, not proof).
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Any, Final

from ledger import money
from ledger.dates import MAX_DATE
from ledger.errors import Wording
from ledger.household.wages.items import Contract, Deduction, DeductionKind, Occupation
from ledger.money import Money


class LimitKind(StrEnum):
    """What a limit is about."""

    MINIMUM_WAGE = "minimum_wage"
    """The least a month's wage may be."""
    MINIMUM_FOOD_ALLOWANCE = "minimum_food_allowance"
    """The least a month's food allowance may be, where food is not free."""
    AGENCY_FEE_MONTHS = "agency_fee_months"
    """The most an agency may take in all, in months of wage."""
    AGENCY_FEE_MONTH = "agency_fee_month"
    """The most a broker may take in a month, by year of work."""
    DEDUCTION_SHARE = "deduction_share"
    """The most that may be kept from a wage, as a share of the gross."""
    FORBIDDEN_DEDUCTION = "forbidden_deduction"
    """What an employer may not keep at all."""
    ZERO_COST = "zero_cost"
    """What may not be charged to a worker for being placed."""


SAYS: Final = {
    LimitKind.MINIMUM_WAGE: Wording(
        id="Gaji mungkin di bawah upah minimum.", en="The wage is possibly below the minimum."
    ),
    LimitKind.MINIMUM_FOOD_ALLOWANCE: Wording(
        id="Uang makan mungkin di bawah batas minimum.",
        en="The food allowance is possibly below the minimum.",
    ),
    LimitKind.AGENCY_FEE_MONTHS: Wording(
        id="Biaya agen mungkin melebihi batas.", en="The agency's fee is possibly above the limit."
    ),
    LimitKind.AGENCY_FEE_MONTH: Wording(
        id="Biaya agen bulan ini mungkin melebihi batas.",
        en="The broker's fee of this month is possibly above the limit.",
    ),
    LimitKind.DEDUCTION_SHARE: Wording(
        id="Potongan gaji mungkin melebihi batas.",
        en="The deductions are possibly above the limit.",
    ),
    LimitKind.FORBIDDEN_DEDUCTION: Wording(
        id="Potongan ini mungkin tidak boleh diambil dari gaji.",
        en="This deduction is possibly not allowed.",
    ),
    LimitKind.ZERO_COST: Wording(
        id="Biaya ini mungkin tidak boleh dibebankan kepada pekerja.",
        en="This cost is possibly not allowed to be charged to a worker.",
    ),
}
"""What a finding says: something possible, about money, never about a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A row of the law."""

    code: str
    kind: LimitKind
    jurisdiction: str
    counts_from: str
    valid_from: date
    valid_through: date
    source: str
    certain: bool
    doubt: str | None
    occupations: frozenset[Occupation]
    amount: Money | None
    by_year: tuple[Money, ...]
    months: Fraction | None
    months_most: Fraction | None
    per_year: bool
    share: Fraction | None
    deductions: frozenset[DeductionKind]
    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something possible: the rule, its limit and what was found, both in the same unit.

    `limit` and `found` are amounts; for a share of the gross they are shares (0.5 is 50 %), and
    `about` names the deduction or account where the rule is about one.
    """

    rule: str
    kind: LimitKind
    limit: Money | Fraction
    found: Money | Fraction
    says: Wording
    source: str
    certain: bool
    doubt: str | None
    about: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month's pay as the law looks at it: wage and allowance, what was kept, on which day."""

    day: date
    wage: Money
    gross: Money
    food_allowance: Money | None
    deductions: Sequence[Deduction]


def read(text: str) -> tuple[Limit, ...]:
    """Read the rows from TOML."""
    return tuple(_limit(row) for row in tomllib.loads(text)["limit"])


def _limit(row: Mapping[str, Any]) -> Limit:
    def amount(plain: str) -> Money:
        return money.parse(plain, row["currency"])

    def exact(name: str) -> Fraction | None:
        return Fraction(Decimal(row[name])) if name in row else None

    return Limit(
        code=row["code"],
        kind=LimitKind(row["kind"]),
        jurisdiction=row["jurisdiction"],
        counts_from=row["counts_from"],
        valid_from=row["valid_from"],
        valid_through=row.get("valid_through", MAX_DATE),
        source=row["source"],
        certain=row["certain"],
        doubt=row.get("doubt"),
        occupations=frozenset(Occupation(name) for name in row.get("occupations", Occupation)),
        amount=amount(row["amount"]) if "amount" in row else None,
        by_year=tuple(amount(plain) for plain in row.get("by_year", ())),
        months=exact("months"),
        months_most=exact("months_most"),
        per_year=row.get("per_year", False),
        share=exact("share"),
        deductions=frozenset(
            DeductionKind(name) for name in (*row.get("deductions", ()), *row.get("exempt", ()))
        ),
        accounts=tuple(row.get("accounts", ())),
    )


@cache
def shipped() -> tuple[Limit, ...]:
    """Give the limits that come with the ledger."""
    return read((resources.files(__package__) / "limits.toml").read_text(encoding="utf-8"))


def valid(
    limits: Iterable[Limit], contract: Contract, paid: date, *, jurisdiction: str | None = None
) -> list[Limit]:
    """Give the limits that bind work under a contract that is paid on a day.

    >>> contract = Contract(
    ...     jurisdiction="HK",
    ...     occupation=Occupation.COOK,
    ...     wage=Money(470000, "HKD"),
    ...     starts=date(2024, 9, 28),
    ... )
    >>> [str(rule.amount) for rule in valid(shipped(), contract, date(2026, 1, 7)) if rule.amount]
    ['4990.00 HKD', '1236.00 HKD']
    """
    place = contract.jurisdiction if jurisdiction is None else jurisdiction
    found = []
    for limit in limits:
        day = contract.starts if limit.counts_from == "contract" else paid
        binds = limit.jurisdiction == place and contract.occupation in limit.occupations
        if binds and limit.valid_from <= day <= limit.valid_through:
            found.append(limit)
    return found


def check_month(contract: Contract, month: Month, limits: Iterable[Limit]) -> list[Finding]:
    """Compare a month's pay with the limits that bind it; nothing where all looks right.

    Months are full ones: whoever asks leaves out a first or last one that is not.
    """
    found: list[Finding] = []
    for limit in valid(limits, contract, month.day):
        if limit.kind is LimitKind.MINIMUM_WAGE:
            found += _below(limit, month.wage)
        elif limit.kind is LimitKind.MINIMUM_FOOD_ALLOWANCE and month.food_allowance is not None:
            found += _below(limit, month.food_allowance)
        elif limit.kind is LimitKind.DEDUCTION_SHARE:
            found += _share(limit, month)
        elif limit.kind is LimitKind.FORBIDDEN_DEDUCTION:
            found += _forbidden(limit, month)
        elif limit.kind is LimitKind.AGENCY_FEE_MONTH:
            found += _fee_of_month(limit, contract, month)
    return found


def check_costs(
    contract: Contract,
    agency_fees: Money,
    costs: Mapping[str, Money],
    limits: Iterable[Limit],
    *,
    as_of: date,
    home: str,
) -> list[Finding]:
    """Compare what agencies took in all, and what being placed cost, with the limits.

    `agency_fees` are those of the place of work, in its currency; `costs` are by account of the
    chart; `home` is the country she was placed from.
    """
    rows = tuple(limits)
    found: list[Finding] = []
    for limit in valid(rows, contract, as_of):
        if limit.kind is LimitKind.AGENCY_FEE_MONTHS and limit.months is not None:
            months = limit.months
            if limit.per_year and limit.months_most is not None:
                months = min(limit.months_most, limit.months * _years(contract))
            # What is allowed is rounded down once: a fee of whole minor units is above the exact
            # limit just where it is above this.
            allowed = _times(contract.wage, months)
            if agency_fees.currency == allowed.currency and agency_fees > allowed:
                found.append(_finding(limit, allowed, agency_fees))
    for limit in valid(rows, contract, as_of, jurisdiction=home):
        for account in limit.accounts:
            for code, cost in sorted(costs.items()):
                if (code == account or code.startswith(f"{account}:")) and cost.minor > 0:
                    found.append(_finding(limit, Money(0, cost.currency), cost, code))
    return found


def _finding(
    limit: Limit, most: Money | Fraction, found: Money | Fraction, about: str | None = None
) -> Finding:
    return Finding(
        rule=limit.code,
        kind=limit.kind,
        limit=most,
        found=found,
        says=SAYS[limit.kind],
        source=limit.source,
        certain=limit.certain,
        doubt=limit.doubt,
        about=about,
    )


def _below(limit: Limit, amount: Money) -> list[Finding]:
    least = limit.amount
    if least is None or least.currency != amount.currency or amount >= least:
        return []
    return [_finding(limit, least, amount)]


def _share(limit: Limit, month: Month) -> list[Finding]:
    """Compare a share of the gross; what the limit exempts is left out of what was kept."""
    kept = sum(d.amount.minor for d in month.deductions if d.kind not in limit.deductions)
    if limit.share is None or kept <= month.gross.minor * limit.share:
        return []
    return [_finding(limit, limit.share, Fraction(kept, month.gross.minor))]


def _forbidden(limit: Limit, month: Month) -> list[Finding]:
    return [
        _finding(limit, Money(0, d.amount.currency), d.amount, d.kind.value)
        for d in month.deductions
        if d.kind in limit.deductions
    ]


def _fee_of_month(limit: Limit, contract: Contract, month: Month) -> list[Finding]:
    if not limit.by_year or limit.by_year[0].currency != month.gross.currency:
        return []
    year = min(max(_full_years(contract.starts, month.day), 0), len(limit.by_year) - 1)
    fees = sum(d.amount.minor for d in month.deductions if d.kind is DeductionKind.AGENCY_FEE)
    fee, most = Money(fees, month.gross.currency), limit.by_year[year]
    return [_finding(limit, most, fee)] if fee > most else []


def _full_years(start: date, day: date) -> int:
    """Count the full years between two days.

    >>> (
    ...     _full_years(date(2024, 2, 29), date(2025, 2, 28)),
    ...     _full_years(date(2024, 1, 1), date(2025, 1, 1)),
    ... )
    (0, 1)
    """
    return day.year - start.year - ((day.month, day.day) < (start.month, start.day))


def _years(contract: Contract) -> int:
    """Count the years of service of a contract, one that has begun as a whole one."""
    if contract.ends is None:
        return 1
    after = contract.ends + timedelta(days=1)
    full = _full_years(contract.starts, after)
    begun = (after.month, after.day) != (contract.starts.month, contract.starts.day)
    return max(full + begun, 1)


def _times(amount: Money, factor: Fraction) -> Money:
    return Money(money.round_to(amount.minor * factor, 1, money.Rounding.DOWN), amount.currency)
