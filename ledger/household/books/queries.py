"""Reads of households: settings, accounts as categories, what the feed tells of both."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ledger.books import charts
from ledger.db import bulk
from ledger.household.books import naming

Place = tuple[int, str]
"""A book, and an account's code in it."""

SETTINGS_KEY = bytes(16)
"""The key under which a book's settings stand in its feed."""


@dataclass(frozen=True, slots=True)
class Known:
    """An account as a record needs it: number, class, currency; `postable` and names as stored.

    `opened` is false while only the chart knows it.
    """

    no: int
    class_: str
    currency: str
    postable: bool
    name_id: str
    name_en: str
    opened: bool


_ACCOUNTS = """
    SELECT a.book_id, a.code, a.no, a.class, a.currency, a.postable, a.name_id, a.name_en
    FROM {k} JOIN account a ON a.book_id = k.book_id AND a.code = k.code
"""
_BOOKS = "SELECT b.id, b.chart, b.base_currency FROM {k} JOIN book b ON b.id = k.id"
_SETTINGS = """
    SELECT h.book_id, h.kind, h.home_currency, h.pay_day, b.base_currency, b.time_zone, b.name,
           b.chart
    FROM {k} JOIN household h ON h.book_id = k.id JOIN book b ON b.id = h.book_id
"""
_CATEGORIES = """
    SELECT c.id, c.role, c.hidden, a.code, a.currency, a.name_id, a.name_en
    FROM {k} JOIN category c ON c.book_id = k.book_id AND c.id = k.id
    JOIN account a ON a.book_id = c.book_id AND a.no = c.account_no
"""


def known_accounts(session: Session, places: Iterable[Place]) -> dict[Place, Known]:
    """Find accounts by code, opened or known to the book's chart; others are left out.

    What is no code at all (it comes from outside) is not asked for.
    """
    wanted = sorted({place for place in places if naming.is_code(place[1])})
    rows = bulk.find_rows(session, _ACCOUNTS, ("book_id", "code"), ("bigint", "text"), wanted)
    found = {(row[0], row[1]): _known(row) for row in rows}
    missing = [place for place in wanted if place not in found]
    keys = [(book,) for book in sorted({book for book, _ in missing})]
    books = {
        row[0]: (charts.chart(row[1]), row[2])
        for row in bulk.find_rows(session, _BOOKS, ("id",), ("bigint",), keys)
    }
    for place in missing:
        if place[0] not in books:
            continue
        chart, base = books[place[0]]
        account = chart.by_code(place[1])
        if account is not None:
            found[place] = Known(
                account.no,
                account.account_class.value,
                account.currency or base,
                account.postable,
                account.name_id,
                account.name_en,
                opened=False,
            )
    return found


def _known(row: bulk.Row) -> Known:
    _, _, no, class_, currency, postable, name_id, name_en = row
    return Known(no, class_, currency, bool(postable), name_id, name_en, opened=True)


@dataclass(frozen=True, slots=True)
class Settings:
    """A household as its phone knows it."""

    book_id: int
    kind: str
    home_currency: str
    pay_day: int
    base_currency: str
    time_zone: str
    name: str
    chart: str


def settings(session: Session, books: Iterable[int]) -> dict[int, Settings]:
    """Read the settings of households; books that are none are left out."""
    keys = [(book,) for book in sorted(set(books))]
    rows = bulk.find_rows(session, _SETTINGS, ("id",), ("bigint",), keys)
    return {row[0]: Settings(*row) for row in rows}


def settings_says(
    session: Session, book: int, keys: Sequence[bytes]
) -> dict[bytes, Mapping[str, object]]:
    """Say what the settings of a book are, for its feed."""
    found = settings(session, [book]).get(book)
    if found is None:
        return {}
    named = ("kind", "home_currency", "pay_day", "base_currency", "time_zone", "name", "chart")
    return {key: {name: getattr(found, name) for name in named} for key in keys}


def categories_say(
    session: Session, book: int, keys: Sequence[bytes]
) -> dict[bytes, Mapping[str, object]]:
    """Say what categories and pockets of her own are, for the feed of their book."""
    wanted = [(book, key) for key in keys]
    rows = bulk.find_rows(session, _CATEGORIES, ("book_id", "id"), ("bigint", "bytea"), wanted)
    return {
        bytes(row[0]): {
            "role": row[1],
            "hidden": bool(row[2]),
            "code": row[3],
            "currency": row[4],
            "name_id": row[5],
            "name_en": row[6],
        }
        for row in rows
    }
