"""A row in every table of the household, in a book of its own, for guards and migrations."""

from typing import Any

from sqlalchemy.orm import Session

from ledger.household.books import operations as books
from ledger.household.books.opening import NewCategory
from ledger.household.budgets import operations as budgets
from ledger.household.budgets.cycles import SetBudget
from ledger.household.notes import operations as notes
from ledger.household.notes.merging import Field, Write
from ledger.household.recurring import operations as recurring
from ledger.household.recurring.rhythm import Every, SetRecurring
from ledger.household.rules import operations as rules
from ledger.household.rules.matching import SetRule
from tests.builders import NOW, TELLER, TODAY, entry_id
from tests.ledger.household import scene
from tests.ledger.household.debts import owing
from tests.ledger.household.records import words
from tests.ledger.household.remittances import home
from tests.ledger.household.wages import payday


def fill(session: Session, ref: str = "dewi", **settings: Any) -> int:
    """Open a household and give it a row of everything."""
    book = scene.open_household(session, ref=ref, **settings)
    school = NewCategory(book_id=book, id=entry_id(901), role="expense", name="Sekolah Adi")
    (made,) = books.make_categories(session, [school], recorded_at=NOW)
    assert made.accepted
    outcomes = words.send(
        session,
        words.record(book, 902, words.spent((words.FOOD, 50), note="pasar")),
        words.sort(book, 903, 902, (words.HEALTH, 50)),
    )
    assert all(outcome.accepted for outcome in outcomes)
    note = Write(
        book_id=book, id=entry_id(904), record=entry_id(902), field=Field.NOTE, text="pasar pagi"
    )
    (noted,) = notes.write_many(session, [note], actor=TELLER, recorded_at=NOW)
    assert noted.accepted
    food = SetRule(book_id=book, id=entry_id(905), words="pasar", category=words.FOOD)
    (ruled,) = rules.set_rules(session, [food], recorded_at=NOW)
    rent = SetRecurring(
        book_id=book,
        id=entry_id(906),
        content=words.spent(("expenses:housing", 900), note="sewa", counterparty="Bu Lam"),
        every=Every.MONTH,
    )
    (again,) = recurring.set_recurring(session, [rent], recorded_at=NOW)
    assert ruled.accepted
    assert again.accepted
    budget = SetBudget(
        book_id=book, id=entry_id(907), category=words.FOOD, currency="HKD", minor=1, since=TODAY
    )
    (planned,) = budgets.set_budgets(session, [budget], recorded_at=NOW)
    assert planned.accepted
    _fill_pay(session, book)
    return book


def _fill_pay(session: Session, book: int) -> None:
    """Give it a contract with a name in it, and a slip under it."""
    kept = payday.keep(session, payday.contract(book, 910, employer="Keluarga Chan"))
    paid = payday.send(session, payday.slip(book, 911, contract=entry_id(910), loan=1_500))
    sent = home.remit(session, home.send(book, 912), home.arrived(book, 913, 912))
    owed = owing.tell(session, owing.borrow(book, 914), owing.repay(book, 915, 914, 100, 5))
    assert all(outcome.accepted for outcome in (*kept, *paid, *sent, *owed))
