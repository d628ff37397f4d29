"""What is posted: books of five accounts each, and two-line entries between them, by seed."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine, insert

from ledger import db
from ledger.books import charts, opening
from ledger.books import operations as books
from ledger.books.classes import BookKind, Side
from ledger.books.tables import Book
from ledger.journal import operations
from ledger.journal.intents import Post, Posting

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
TODAY = NOW.date()
CHART = "household-1"


def numbers() -> list[int]:
    """Number the five accounts of every book."""
    chart = charts.chart(CHART)
    plain = [a for a in chart.accounts if a.postable and a.floor is None and a.ceiling is None]
    return [account.no for account in plain[:5]]


def open_books(engine: Engine, count: int) -> list[int]:
    """Open books with their five accounts, and give their ids."""
    tenant = books.tenant_id("bench")
    ids = [books.book_id(tenant, f"b{n}") for n in range(count)]
    chart = charts.chart(CHART)
    wanted = [a for a in chart.accounts if a.no in set(numbers())]
    shared = dict.fromkeys(row for a in wanted for row in opening.template_rows(0, chart, a, "IDR"))
    with db.session_factory(engine).begin() as session:
        books.open_tenant(session, "bench", name="Bench")
        for n, book in enumerate(ids):
            session.execute(insert(Book), _book(tenant, n, book))
        rows = [(book, *row[1:]) for book in ids for row in shared]
        for start in range(0, len(rows), 10_000):
            db.add_rows(
                session,
                "account",
                ("book_id", "no"),
                opening.COLUMNS[2:],
                opening.TYPES,
                rows[start : start + 10_000],
                keep=True,
            )
    return ids


def _book(tenant: int, n: int, book: int) -> dict[str, object]:
    return {
        "id": book,
        "tenant_id": tenant,
        "ref": f"b{n}",
        "kind": BookKind.HOUSEHOLD.value,
        "name": f"Book {n}",
        "base_currency": "IDR",
        "time_zone": "Asia/Hong_Kong",
        "chart": CHART,
        "late_policy": "first_open_day",
        "max_days_ahead": 366,
        "opened_at": NOW,
    }


def transfer(chance: random.Random, book: int, nos: Sequence[int], day: date) -> Post:
    """Move some rupiah between two accounts of a book drawn at random."""
    to, source = chance.sample(nos, 2)
    return entry(chance, book, to, source, day)


def entry(chance: random.Random, book: int, to: int, source: int, day: date) -> Post:
    """Move some rupiah from one account to another."""
    amount = chance.randrange(1, 10_000_000)
    return Post(
        book_id=book,
        id=chance.randbytes(16),
        effective_date=day,
        postings=(
            Posting(to, Side.DEBIT, amount, "IDR"),
            Posting(source, Side.CREDIT, amount, "IDR"),
        ),
    )


def transfers(
    chance: random.Random, ids: Sequence[int], count: int, day: date = TODAY
) -> list[Post]:
    """Draw entries over books."""
    nos = numbers()
    return [transfer(chance, chance.choice(ids), nos, day) for _ in range(count)]


def spread(first: date, days: int, count: int) -> list[date]:
    """Give each of many entries its day, in order.

    >>> [day.day for day in spread(date(2026, 1, 1), 2, 4)]
    [1, 1, 2, 2]
    """
    return [first + timedelta(days=n * days // count) for n in range(count)]


def post(engine: Engine, batches: Sequence[Sequence[Post]]) -> None:
    """Post batches, each committed by itself, all accepted."""
    make = db.session_factory(engine)
    for batch in batches:
        with make.begin() as session:
            outcomes = operations.post(session, batch, actor="bench", recorded_at=NOW)
            assert all(outcome.accepted for outcome in outcomes)
