"""Short words for what she asks in these tests: dollars by default, today, out of her cash."""

from typing import Any, cast

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.household.feed.items import EntryHeard
from ledger.household.records import operations
from ledger.household.records.items import (
    Amend,
    AnyItem,
    Content,
    Delete,
    Item,
    Moved,
    Part,
    Received,
    Record,
    Sort,
    Spent,
)
from ledger.journal.outcomes import Outcome
from ledger.money import Money
from tests.builders import NOW, TELLER, TODAY, entry_id
from tests.ledger.household import scene

CASH, FOOD, HEALTH, WAGE = "assets:cash", "expenses:food", "expenses:health", "income:wage"


def amount(major: int, currency: str = "HKD") -> Money:
    return Money(major * 100, currency)


def parts(*shares: tuple[str | None, int], currency: str = "HKD") -> tuple[Part, ...]:
    return tuple(Part(category, amount(major, currency)) for category, major in shares)


def spent(*shares: tuple[str | None, int], currency: str = "HKD", **rest: Any) -> Spent:
    settings: dict[str, Any] = {"day": TODAY, "pocket": CASH, **rest}
    return Spent(parts=parts(*shares, currency=currency), **settings)


def received(*shares: tuple[str | None, int], currency: str = "HKD", **rest: Any) -> Received:
    settings: dict[str, Any] = {"day": TODAY, "pocket": CASH, **rest}
    return Received(parts=parts(*shares, currency=currency), **settings)


def moved(major: int, source: str, target: str, **rest: Any) -> Moved:
    return Moved(day=TODAY, amount=amount(major), source=source, target=target, **rest)


def record(book: int, number: int, content: Content, **rest: Any) -> Record:
    return Record(book_id=book, id=entry_id(number), content=content, **rest)


def amend(book: int, number: int, of: int, content: Content, **rest: Any) -> Amend:
    return Amend(book_id=book, id=entry_id(number), record=entry_id(of), content=content, **rest)


def delete(book: int, number: int, of: int, **rest: Any) -> Delete:
    return Delete(book_id=book, id=entry_id(number), record=entry_id(of), **rest)


def sort(book: int, number: int, of: int, *shares: tuple[str | None, int], **rest: Any) -> Sort:
    whole = parts(*shares, **rest)
    return Sort(book_id=book, id=entry_id(number), record=entry_id(of), parts=whole)


def send(session: Session, *items: Item, **rest: Any) -> list[Outcome]:
    given = cast("list[AnyItem]", list(items))
    return operations.record_many(session, given, actor=TELLER, recorded_at=NOW, **rest)


def codes(session: Session, *items: Item, **rest: Any) -> list[str]:
    return [outcome.code.value for outcome in send(session, *items, **rest)]


def balances(session: Session, book: int) -> dict[str, int]:
    """Give the accounts of a book that are not empty: debits less credits, in minor units."""
    query = text(
        "SELECT code, posted_debit - posted_credit FROM account"
        " WHERE book_id = :book AND posted_debit <> posted_credit"
    )
    return {row[0]: int(row[1]) for row in session.execute(query, {"book": book})}


def heard(session: Session, book: int) -> list[EntryHeard]:
    return [item for item in scene.hear(session, book) if isinstance(item, EntryHeard)]


def days(session: Session, book: int) -> dict[str, dict[str, int]]:
    query = text(
        "SELECT a.code, CAST(d.effective_date AS text), d.debit - d.credit FROM account_day d"
        " JOIN account a ON a.book_id = d.book_id AND a.no = d.account_no"
        " WHERE d.book_id = :book AND d.debit <> d.credit"
    )
    found: dict[str, dict[str, int]] = {}
    for code, day, net in session.execute(query, {"book": book}):
        found.setdefault(code, {})[day] = int(net)
    return found
