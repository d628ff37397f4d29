"""Short words for wages in these tests: Hong Kong, paid on the seventh for the month before."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ledger.household.wages import operations
from ledger.household.wages.items import (
    AmendSlip,
    Contract,
    Deduction,
    DeductionKind,
    DeleteSlip,
    Earning,
    EarningKind,
    KeepContract,
    Occupation,
    RecordSlip,
    Slip,
)
from ledger.journal.outcomes import Outcome
from ledger.money import Money
from tests.builders import NOW, TELLER, TODAY, entry_id
from tests.ledger.household.records.words import CASH, amount

WAGE, LOAN = "income:wage", "liabilities:agency_loan"


def says(gross: int = 4_990, received: int | None = None, **rest: Any) -> Slip:
    """Say what a slip says; `loan` and other kinds of deduction are given by name, in dollars."""
    kinds = [kind for kind in DeductionKind if kind.value in rest or kind.value[7:] in rest]
    kept = [(kind, rest.pop(kind.value, None) or rest.pop(kind.value[7:])) for kind in kinds]
    given = gross - sum(major for _, major in kept) if received is None else received
    settings: dict[str, Any] = {
        "day": TODAY,
        "period_from": date(2026, 10, 1),
        "period_through": date(2026, 10, 31),
        "earnings": (Earning(EarningKind.WAGE, amount(gross)),),
        "deductions": tuple(Deduction(kind, amount(major)) for kind, major in kept),
        "received": amount(given),
        "pocket": CASH,
        **rest,
    }
    return Slip(**settings)


def slip(book: int, number: int, **rest: Any) -> RecordSlip:
    return RecordSlip(book_id=book, id=entry_id(number), slip=says(**rest))


def amend(book: int, number: int, of: int, **rest: Any) -> AmendSlip:
    return AmendSlip(book_id=book, id=entry_id(number), record=entry_id(of), slip=says(**rest))


def delete(book: int, number: int, of: int) -> DeleteSlip:
    return DeleteSlip(book_id=book, id=entry_id(number), record=entry_id(of))


def send(session: Session, *items: operations.AnySlip, **rest: Any) -> list[Outcome]:
    return operations.slip_many(session, items, actor=TELLER, recorded_at=NOW, **rest)


def codes(session: Session, *items: operations.AnySlip, **rest: Any) -> list[str]:
    return [outcome.code.value for outcome in send(session, *items, **rest)]


def agreed(**rest: Any) -> Contract:
    settings: dict[str, Any] = {
        "jurisdiction": "HK",
        "occupation": Occupation.HOUSEKEEPER,
        "wage": Money(499_000, "HKD"),
        "starts": date(2025, 1, 1),
        "ends": date(2026, 12, 31),
        **rest,
    }
    return Contract(**settings)


def contract(book: int, number: int, version: int = 1, **rest: Any) -> KeepContract:
    return KeepContract(book_id=book, id=entry_id(number), version=version, contract=agreed(**rest))


def keep(session: Session, *items: KeepContract) -> list[Outcome]:
    return operations.keep_contracts(session, items, recorded_at=NOW)
