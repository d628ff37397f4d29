"""Hold what was spent against budgets, from day buckets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ledger.books.queries import BookNotFound
from ledger.db import bulk
from ledger.household.books import queries as books
from ledger.household.budgets import cycles
from ledger.household.budgets.cycles import Line

_BUDGET = """
    SELECT b.book_id, b.id, b.category, b.currency, b.minor, CAST(b.since AS text), b.rolls_over,
           b.ended
    FROM {k} JOIN budget b ON b.book_id = k.book_id
"""
_DAYS = """
    SELECT a.code, CAST(d.effective_date AS text), d.debit - d.credit, a.class
    FROM account a JOIN account_day d ON d.book_id = a.book_id AND d.account_no = a.no
    WHERE a.book_id = ? AND a.currency = ? AND (a.code = ? OR a.code LIKE ?)
      AND d.effective_date >= ? AND d.effective_date < ?
"""

Key = tuple[int, bytes]


def stored(session: Session, keys: Iterable[Key]) -> dict[Key, bulk.Row]:
    """Read budgets by id, ended ones too."""
    columns, types = ("book_id", "id"), ("bigint", "bytea")
    sql = _BUDGET + " AND b.id = k.id"
    rows = bulk.find_rows(session, sql, columns, types, sorted(set(keys)))
    return {(row[0], bytes(row[1])): row for row in rows}


def budgets_say(
    session: Session, book: int, keys: Sequence[bytes]
) -> dict[bytes, Mapping[str, object]]:
    """Say what budgets are, for the feed of their book."""
    names = ("category", "currency", "minor", "since")
    return {
        key[1]: {**dict(zip(names, row[2:6], strict=True)), "rolls_over": bool(row[6])}
        for key, row in stored(session, [(book, key) for key in keys]).items()
    }


@dataclass(frozen=True, slots=True)
class Report:
    """One budget in the cycle asked for."""

    id: bytes
    category: str
    currency: str
    line: Line


def report(session: Session, book: int, day: date) -> list[Report]:
    """Hold the budgets of a book against its day buckets, in the cycle of a day.

    A category's figure takes in all accounts below it in the budget's currency; income counts
    as what was earned. Budgets that begin later, or have ended, are left out.

    Raises:
        BookNotFound: there is no such household.
    """
    settings = books.settings(session, [book]).get(book)
    if settings is None:
        raise BookNotFound(book)
    rows = bulk.find_rows(session, _BUDGET, ("book_id",), ("bigint",), [(book,)])
    found: list[Report] = []
    for _, budget, category, currency, minor, since, rolls, ended in sorted(
        rows, key=lambda row: (row[2], row[3], bytes(row[1]))
    ):
        spans = cycles.cycles(date.fromisoformat(since), day, settings.pay_day)
        if ended or not spans:
            continue
        spans = spans if rolls else spans[-1:]
        spent = moved(session, book, category, currency, spans[0].start, spans[-1].end)
        lines = cycles.lines(minor, spans, spent, rolls_over=bool(rolls))
        found.append(Report(bytes(budget), category, currency, lines[-1]))
    return found


def moved(
    session: Session, book: int, code: str, currency: str, since: date, until: date
) -> dict[date, int]:
    """Add up by day what an account and all below it moved in a currency, on the normal side."""
    below = code.replace("_", r"\_") + ":%"
    escaped = _DAYS.replace("LIKE ?", r"LIKE ? ESCAPE '\'")
    values = (book, currency, code, below, since.isoformat(), until.isoformat())
    days: dict[date, int] = {}
    for _, text, net, class_ in bulk.read(session, escaped, values):
        day = date.fromisoformat(text)
        sign = 1 if class_ in {"expense", "asset"} else -1
        days[day] = days.get(day, 0) + sign * int(net)
    return days
