"""Short words for debts in these tests: HK$1,000 of a moneylender, HK$900 in hand."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ledger.household.debts import operations
from ledger.household.debts.items import (
    AmendDebt,
    AnyDebt,
    Borrow,
    Debt,
    DeleteDebt,
    DeleteRepayment,
    Due,
    Lender,
    Repay,
    Repayment,
)
from ledger.journal.outcomes import Outcome
from ledger.money import Money
from tests.builders import NOW, TELLER, TODAY, YESTERDAY, entry_id
from tests.ledger.household.records.words import CASH, amount

LENDER = "liabilities:moneylender"
FEE = "expenses:borrowing:fee"


def says(face: int | Money = 1_000, received: int | Money = 900, **rest: Any) -> Debt:
    settings: dict[str, Any] = {
        "day": YESTERDAY,
        "lender": Lender.MONEYLENDER,
        "face": amount(face) if isinstance(face, int) else face,
        "received": amount(received) if isinstance(received, int) else received,
        "pocket": CASH,
        "schedule": (Due(date(2026, 12, 23), amount(550)), Due(date(2027, 1, 23), amount(550))),
        "lender_name": "Pak Kenari",
        "guarantor": "Ibu Cemara",
        **rest,
    }
    return Debt(**settings)


def borrow(book: int, number: int, **rest: Any) -> Borrow:
    return Borrow(book_id=book, id=entry_id(number), debt=says(**rest))


def amend(book: int, number: int, of: int, **rest: Any) -> AmendDebt:
    return AmendDebt(book_id=book, id=entry_id(number), record=entry_id(of), debt=says(**rest))


def delete(book: int, number: int, of: int) -> DeleteDebt:
    return DeleteDebt(book_id=book, id=entry_id(number), record=entry_id(of))


def repay(book: int, number: int, of: int, principal: int, interest: int = 0, **rest: Any) -> Repay:
    settings: dict[str, Any] = {
        "day": TODAY,
        "pocket": CASH,
        "principal": amount(principal),
        "interest": amount(interest),
        "fee": amount(0),
        "penalty": amount(0),
        **rest,
    }
    return Repay(
        book_id=book, id=entry_id(number), debt=entry_id(of), repayment=Repayment(**settings)
    )


def delete_repayment(book: int, number: int, of: int) -> DeleteRepayment:
    return DeleteRepayment(book_id=book, id=entry_id(number), record=entry_id(of))


def tell(session: Session, *items: AnyDebt, **rest: Any) -> list[Outcome]:
    return operations.debt_many(session, items, actor=TELLER, recorded_at=NOW, **rest)


def codes(session: Session, *items: AnyDebt, **rest: Any) -> list[str]:
    return [outcome.code.value for outcome in tell(session, *items, **rest)]
