"""A made-up bank, for tests: accounts, days and lines from a seed, in the neutral format."""

import random
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.books import operations as books
from ledger.books.classes import BookKind
from ledger.imports import operations
from ledger.imports.problems import Problem

T = TypeVar("T")
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
HEADER = "account_id,date,direction,kind,amount,balance\n"
ROWS = [
    "1,2026-01-01,in,salary,700.00,700.00\n",
    "2,2026-01-01,in,salary,900.00,900.00\n",
    "1,2026-01-02,out,fee,10.00,690.00\n",
    "1,2026-01-02,out,fee,10.00,690.00\n",
    "1,2026-01-03,in,interest,0.0,690.00\n",
    "2,2026-01-04,out,shop,100.00,801.00\n",
]

REAL = Path(__file__).parents[4] / "shared" / "data" / "bank-ledger-1993-94.csv.gz"
"""A real bank's ledger, which is no part of the project; it may lie beside a working copy."""


def made_up(lines: int, accounts: int, seed: int = 1) -> list[str]:
    """Make the rows of a bank, by date; each hundredth moves nothing."""
    draw = random.Random(seed)
    balances: dict[int, int] = {}
    rows: list[str] = []
    day = date(2024, 1, 1)
    for number in range(lines):
        if draw.random() < 0.02:
            day += timedelta(1)
        account = draw.randint(1, accounts)
        inward = balances.get(account, 0) < 10_000 or draw.random() < 0.4
        amount = 0 if number % 100 == 50 else draw.randint(1, 10_000)
        balance = balances.get(account, 0) + (amount if inward else -amount)
        balances[account] = balance
        way, kind = ("in", "deposit") if inward else ("out", draw.choice(["cash", "fee"]))
        cents = f"{amount // 100}.{amount % 100:02d},{balance // 100}.{balance % 100:02d}"
        rows.append(f"{account},{day},{way},{kind},{cents}\n")
    return rows


def open_book(session: Session, ref: str = "bank", chart: str = "household-1") -> int:
    """Open a book to bring statements into."""
    return books.open_book(
        session,
        tenant=books.open_tenant(session, "demo", name="Demo"),
        ref=ref,
        kind=BookKind(chart.partition("-")[0]),
        name=ref,
        base_currency="IDR",
        time_zone="Asia/Jakarta",
        chart=chart,
        opened_at=NOW,
    )


class InTransaction:
    """Runs work in the test's own transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __call__(self, work: Callable[[Session], T]) -> T:
        return work(self._session)


def bring_in(
    session: Session, content: str | bytes | Iterable[str], **settings: object
) -> tuple[operations.Report, list[Problem]]:
    """Import a content in the test's own transaction; rows get the neutral header."""
    problems: list[Problem] = []
    if isinstance(content, str):
        content = content.encode()
    if not isinstance(content, bytes):
        content = (HEADER + "".join(content)).encode()
    defaults = {"currency": "IDR", "chunk": 2}
    report = operations.import_statement(
        BytesIO(content),
        operations.Settings(**(defaults | settings)),  # type: ignore[arg-type]
        InTransaction(session),
        clock=lambda: NOW,
        on_problem=problems.append,
    )
    assert report.lines == report.posted + report.existing + report.problems
    assert report.problems == len(problems)
    return report, problems


def balances(session: Session) -> dict[tuple[str, str], int]:
    """Give debits less credits by book reference and account code."""
    rows = session.execute(
        text(
            "SELECT b.ref, a.code, a.posted_debit - a.posted_credit FROM account a"
            " JOIN book b ON b.id = a.book_id WHERE a.posted_debit + a.posted_credit > 0"
        )
    )
    return {(row[0], row[1]): int(row[2]) for row in rows}


def count(session: Session, table: str) -> int:
    """Count the rows of a table."""
    found: int = session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    return found
