"""One account with a long history, a tenth of it back-dated; and what a piece of work touches.

Two of them are made on PostgreSQL, over the same days: one of ten thousand postings, one of a
million. Each posting is one line of a two-line entry; the other line goes to a second account.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from ledger import db
from ledger.journal.intents import Post

from . import workload
from .figures import quantile
from .places import Bench

LATE = 0.1
PATIENCE_S = 15
"""Time after which no more questions of a kind are asked: slow is slow after a few, too."""


@dataclass(frozen=True, slots=True)
class History:
    """A database with an account of so many postings over so many days."""

    engine: Engine
    book: int
    account: int
    other: int
    postings: int
    first: date
    days: int

    @property
    def last(self) -> date:
        """Give the last day of the history."""
        return self.first + timedelta(days=self.days - 1)

    def entry(self, chance: random.Random, day: date) -> Post:
        """Draw an entry that posts one line to the account."""
        pair = (self.account, self.other)
        to, source = pair if chance.random() < 0.5 else reversed(pair)
        return workload.entry(chance, self.book, to, source, day)


def histories(bench: Bench) -> tuple[History, History]:
    """Make the short and the long history, once in a run."""
    made = bench.made.get("histories")
    if made is None:
        bench.at_end.enter_context(bench.cluster.undisturbed())
        small, large = bench.size(10_000, 1_000), bench.size(1_000_000, 5_000)
        days = bench.size(3_000, 300)
        made = _make(bench, "small", small, days), _make(bench, "large", large, days)
        bench.made["histories"] = made
    assert isinstance(made, tuple)
    return made


def _make(bench: Bench, name: str, postings: int, days: int) -> History:
    """Post a history through the engine."""
    engine = bench.cluster.new(f"history_{name}")
    (book,) = workload.open_books(engine, 1)
    account, other = workload.numbers()[:2]
    first = workload.TODAY - timedelta(days=days + 1)
    made = History(engine, book, account, other, postings, first, days)
    bench.at_end.callback(engine.dispose)
    chance = random.Random(3)
    # As many batches for both: rows of the same days lie beside each other in the same way.
    at_once = -(-postings // bench.size(200, 10))
    for start in range(0, postings, at_once):
        numbers = range(start, min(start + at_once, postings))
        workload.post(engine, [[_dated(made, chance, number) for number in numbers]])
    bench.cluster.settle(engine)
    return made


def _dated(history: History, chance: random.Random, number: int) -> Post:
    """Date an entry by its place in the history; one in ten falls on an earlier day."""
    ahead = number * history.days // history.postings
    if chance.random() < LATE:
        ahead = chance.randint(0, ahead)
    return history.entry(chance, history.first + timedelta(days=ahead))


def pages(engine: Engine, work: Callable[[], object]) -> int:
    """Count the pages of tables and indexes that a piece of work reads, cached or not."""
    before = _pages(engine)
    work()
    return _pages(engine) - before


_PAGES = """
    SELECT sum(heap_blks_hit + heap_blks_read + coalesce(idx_blks_hit + idx_blks_read, 0))
    FROM pg_statio_user_tables
"""


def _pages(engine: Engine) -> int:
    """Read the counter; the one connection in use flushes what it has counted first."""
    assert engine.pool.checkedin() <= 1  # type: ignore[attr-defined]
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
        connection.rollback()
    with engine.connect() as connection:
        return int(connection.execute(text(_PAGES)).scalar_one())


Question = Callable[[Session], Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """How long questions took, and what they touched."""

    answers: list[Any]
    waits: list[float]
    python: float
    pages: float

    @property
    def p50_ms(self) -> float:
        """Give the median, in milliseconds."""
        return quantile(self.waits, 0.5) * 1e3

    @property
    def p95_ms(self) -> float:
        """Give the 95th percentile, in milliseconds."""
        return quantile(self.waits, 0.95) * 1e3


def ask(engine: Engine, questions: Sequence[Question]) -> Asked:
    """Ask questions, each in a reading session of its own, as a caller would."""
    make = db.reading_session_factory(engine)
    for question in questions[:10]:
        _answer(make, question)
    answers: list[Any] = []
    waits: list[float] = []
    began, worked = time.perf_counter(), time.process_time()

    def work() -> None:
        for question in questions:
            start = time.perf_counter()
            answers.append(_answer(make, question))
            waits.append(time.perf_counter() - start)
            if start > began + PATIENCE_S:
                break

    touched = pages(engine, work)
    python = (time.process_time() - worked) / len(waits)
    return Asked(answers, waits, python, touched / len(waits))


def _answer(make: sessionmaker[Session], question: Question) -> Any:
    with make() as session:
        return question(session)


def days_between(history: History, chance: random.Random) -> Iterator[date]:
    """Draw days of the history for ever."""
    while True:
        yield history.first + timedelta(days=chance.randrange(history.days))
