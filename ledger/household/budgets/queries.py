"""Hold what was spent against budgets, from day buckets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ledger.books.queries import BookNotFound
from ledger.dates import DateRange
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
    SELECT a.code, a.currency, a.class, CAST(d.effective_date AS text), d.debit - d.credit
    FROM account a JOIN account_day d ON d.book_id = a.book_id AND d.account_no = a.no
    WHERE a.book_id = ? AND d.effective_date >= ? AND d.effective_date < ?
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
    asked: list[tuple[bulk.Row, list[DateRange]]] = []
    for row in sorted(rows, key=lambda row: (row[2], row[3], bytes(row[1]))):
        spans = cycles.cycles(date.fromisoformat(row[5]), day, settings.pay_day)
        if spans and not row[7]:
            asked.append((row, spans if row[6] else spans[-1:]))
    days = _days(session, book, [spans for _, spans in asked])
    found: list[Report] = []
    for (_, budget, category, currency, minor, _, rolls, _), spans in asked:
        spent = _under(days, category, currency)
        lines = cycles.lines(minor, spans, spent, rolls_over=bool(rolls))
        found.append(Report(bytes(budget), category, currency, lines[-1]))
    return found


Days = dict[tuple[str, str], dict[date, int]]
"""What each account, by code and currency, moved on each day, on its normal side."""


def _days(session: Session, book: int, asked: Sequence[Sequence[DateRange]]) -> Days:
    """Read the buckets of every cycle that is asked for, in one statement."""
    found: Days = {}
    if not asked:
        return found
    since = min(spans[0].start for spans in asked).isoformat()
    until = max(spans[-1].end for spans in asked).isoformat()
    for code, currency, class_, day, net in bulk.read(session, _DAYS, (book, since, until)):
        sign = 1 if class_ in {"expense", "asset"} else -1
        found.setdefault((code, currency), {})[date.fromisoformat(day)] = sign * int(net)
    return found


def _under(days: Days, category: str, currency: str) -> dict[date, int]:
    """Add up by day what an account and all below it moved in a currency."""
    found: dict[date, int] = {}
    for (code, of), moved in days.items():
        if of == currency and (code == category or code.startswith(f"{category}:")):
            for day, net in moved.items():
                found[day] = found.get(day, 0) + net
    return found
