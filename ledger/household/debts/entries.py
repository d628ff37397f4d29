"""Every debit and credit of a debt. Pure.

What was kept of the face value at once is a fee: it is owed and was never received. What an agency
kept is a cost of being recruited (SDG 10.7.1). Money of a lent name is owed to her by who uses it.
"""

from datetime import date
from typing import Final

from ledger.books.classes import Side
from ledger.household.debts.items import Debt, Due, Lender, Repayment
from ledger.household.records.items import Leg, Written
from ledger.journal import shape
from ledger.money import MAX_MINOR, Money

BORROWED: Final = "debt"
REPAID: Final = "debt_repayment"

OWED: Final = {
    Lender.AGENCY: "liabilities:agency_loan",
    Lender.BANK: "liabilities:bank",
    Lender.COOPERATIVE: "liabilities:cooperative",
    Lender.EMPLOYER: "liabilities:employer_advance",
    Lender.MONEYLENDER: "liabilities:moneylender",
    Lender.ONLINE: "liabilities:online_lender",
    Lender.LICENSED: "liabilities:licensed_lender",
    Lender.FAMILY: "liabilities:family",
    Lender.ARISAN: "liabilities:arisan",
    Lender.SHOP: "liabilities:shop_credit",
}
"""The account of what is owed, by lender."""

LENT_ON: Final = "assets:receivable:loans_given"
FEE: Final = "expenses:borrowing:fee"
PLACEMENT: Final = "expenses:recruitment:agency"
PARTS: Final = (
    ("interest", "expenses:borrowing:interest"),
    ("fee", FEE),
    ("penalty", "expenses:borrowing:penalty"),
)
MOST_DUES: Final = 120


def problem(debt: object) -> str | None:
    """Name the field of a debt that has no meaning; None where it can be booked."""
    if not isinstance(debt, Debt):
        return "debt"
    for name, kind in (("pocket", str), ("lender", Lender), ("name_lent", bool)):
        if type(getattr(debt, name)) is not kind:
            return name
    if type(debt.face) is not Money or debt.face.minor <= 0:
        return "face"
    if not _is_part(debt.received, debt.face) or debt.received.minor > debt.face.minor:
        return "received"
    if type(debt.schedule) is not tuple or len(debt.schedule) > MOST_DUES:
        return "schedule"
    if not all(_is_due(due, debt.face) for due in debt.schedule):
        return "schedule"
    for name in ("lender_name", "guarantor"):
        said = getattr(debt, name)
        if said is not None and not shape.is_text(said):
            return name
    return None


def _is_part(value: object, like: Money) -> bool:
    return type(value) is Money and value.minor >= 0 and value.currency == like.currency


def _is_due(due: object, like: Money) -> bool:
    if not isinstance(due, Due) or type(due.day) is not date:
        return False
    return _is_part(due.amount, like) and due.amount.minor > 0


def borrowed(debt: Debt) -> Written:
    """Write a debt as a record: what she received, what was kept at once, what she owes."""
    kept = Money(debt.face.minor - debt.received.minor, debt.face.currency)
    legs: list[Leg] = []
    if debt.received.minor:
        into = LENT_ON if debt.name_lent else debt.pocket
        legs.append(Leg(Side.DEBIT, "pocket", into, debt.received))
    if kept.minor:
        what = PLACEMENT if debt.lender is Lender.AGENCY else FEE
        legs.append(Leg(Side.DEBIT, "expense", what, kept))
    legs.append(Leg(Side.CREDIT, "debt", OWED[debt.lender], debt.face))
    named = (("counterparty", debt.lender_name), ("guarantor", debt.guarantor))
    texts = [(name, said) for name, said in named if said is not None]
    facts = (("debt", _said(debt)), *_schedule(debt), *texts)
    return Written(day=debt.day, kind=BORROWED, legs=tuple(legs), note=debt.note, facts=facts)


def _said(debt: Debt) -> str:
    lent = "yes" if debt.name_lent else "no"
    return f"lender={debt.lender.value};name_lent={lent};pocket={debt.pocket}"


def _schedule(debt: Debt) -> list[tuple[str, str]]:
    """Write instalments as texts that fit: thirty in each."""
    written = [f"{due.day.isoformat()}:{due.amount.minor}" for due in debt.schedule]
    return [
        (f"schedule_{start // 30 + 1}", ",".join(written[start : start + 30]))
        for start in range(0, len(written), 30)
    ]


def repayment_problem(repayment: object) -> str | None:
    """Name the field of a repayment that has no meaning, before the debt is looked up."""
    if not isinstance(repayment, Repayment):
        return "repayment"
    if type(repayment.pocket) is not str:
        return "pocket"
    if type(repayment.principal) is not Money:
        return "principal"
    for name in ("principal", "interest", "fee", "penalty"):
        if not _is_part(getattr(repayment, name), repayment.principal):
            return name
    return None if 0 < paid(repayment) <= MAX_MINOR else "principal"


def paid(repayment: Repayment) -> int:
    """Add a repayment up, in minor units of its one currency."""
    parts = (repayment.principal, repayment.interest, repayment.fee, repayment.penalty)
    return sum(part.minor for part in parts)


def repaid(repayment: Repayment, lender: Lender, debt: bytes) -> Written:
    """Write a repayment as a record: what goes off the debt, what else it costs, out of where."""
    legs = []
    if repayment.principal.minor:
        legs.append(Leg(Side.DEBIT, "debt", OWED[lender], repayment.principal))
    for name, code in PARTS:
        amount: Money = getattr(repayment, name)
        if amount.minor:
            legs.append(Leg(Side.DEBIT, "expense", code, amount))
    whole = Money(paid(repayment), repayment.principal.currency)
    legs.append(Leg(Side.CREDIT, "pocket", repayment.pocket, whole))
    return Written(
        day=repayment.day,
        kind=REPAID,
        legs=tuple(legs),
        note=repayment.note,
        facts=(("repayment", f"of={debt.hex()}"),),
    )
