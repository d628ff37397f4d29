"""One account with a long history, a tenth of it back-dated; and what a piece of work touches.

Two of them are made on PostgreSQL, over the same days: one of ten thousand postings, one of a
million (ten with `--full`). Each posting is one line of a two-line entry; the other line goes to a
second account. Ids are UUIDv7 in the order of posting, as clients are advised.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from ledger import db
from ledger.journal.intents import Post

from . import workload
from .figures import quantile
from .places import Bench, Place

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

    def entry(self, chance: random.Random, number: int, day: date) -> Post:
        """Draw an entry that posts one line to the account."""
        pair = (self.account, self.other)
        to, source = pair if chance.random() < 0.5 else reversed(pair)
        drawn = workload.entry(chance, self.book, to, source, day)
        return replace(drawn, id=_ordered(drawn.id, number))


def _ordered(drawn: bytes, number: int) -> bytes:
    """Make a UUIDv7 of random bytes: a millisecond for each number, then chance.

    >>> _ordered(bytes(16), 1).hex()
    '018bcfe5680170008000000000000000'
    """
    moment = (1_700_000_000_000 + number).to_bytes(6, "big")
    version, variant = 0x70 | drawn[6] & 0x0F, 0x80 | drawn[8] & 0x3F
    return moment + bytes((version, drawn[7], variant)) + drawn[9:]


def histories(bench: Bench) -> tuple[History, History]:
    """Make the short and the long history, once in a run."""
    made = bench.made.get("histories")
    if made is None:
        bench.at_end.enter_context(bench.cluster.undisturbed())
        small = make(bench, bench.cluster, "small", bench.size(10_000, 1_000))
        made = small, make(bench, bench.cluster, "large", large_size(bench))
        bench.made["histories"] = made
    assert isinstance(made, tuple)
    return made


def large_size(bench: Bench) -> int:
    """Give the number of postings of the long history."""
    return bench.size(10_000_000 if bench.full else 1_000_000, 5_000)


def make(bench: Bench, place: Place, name: str, postings: int) -> History:
    """Post a history through the engine."""
    days = bench.size(3_000, 300)
    engine = place.new(f"history_{name}")
    (book,) = workload.open_books(engine, 1)
    account, other = workload.numbers()[:2]
    first = workload.TODAY - timedelta(days=days + 1)
    made = History(engine, book, account, other, postings, first, days)
    bench.at_end.callback(engine.dispose)
    chance = random.Random(3)
    # As many batches for both (more for ten million): rows of the same days lie alike.
    at_once = min(-(-postings // bench.size(200, 10)), 10_000)
    for start in range(0, postings, at_once):
        numbers = range(start, min(start + at_once, postings))
        workload.post(engine, [[_dated(made, chance, number) for number in numbers]])
    place.settle(engine)
    return made


def _dated(history: History, chance: random.Random, number: int) -> Post:
    """Date an entry by its place in the history; one in ten falls on an earlier day."""
    ahead = number * history.days // history.postings
    if chance.random() < LATE:
        ahead = chance.randint(0, ahead)
    return history.entry(chance, number, history.first + timedelta(days=ahead))


def pages(engine: Engine, work: Callable[[], object]) -> int:
    """Count the pages of tables and indexes that a piece of work reads, cached or not."""
    if engine.dialect.name == "sqlite":  # counts nothing
        work()
        return 0
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


_IN_CACHE = """
    SELECT count(*) FROM pg_buffercache b
    JOIN pg_class c ON pg_relation_filenode(c.oid) = b.relfilenode
    JOIN pg_database d ON d.oid = b.reldatabase AND d.datname = current_database()
    WHERE c.relnamespace = 'public'::regnamespace
"""


def distinct_pages(engine: Engine, work: Callable[[], object]) -> int:
    """Count the pages of tables and indexes that a piece of work touches, each once.

    The cache is emptied before; what is in it afterwards was touched.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_buffercache"))
        connection.execute(text("CHECKPOINT"))
        connection.execute(text("SELECT pg_buffercache_evict_all()"))
        assert connection.execute(text(_IN_CACHE)).scalar_one() == 0
    work()
    with engine.connect() as connection:
        return int(connection.execute(text(_IN_CACHE)).scalar_one())


def changed(engine: Engine, work: Callable[[], object]) -> tuple[int, int]:
    """Count the pages that a piece of work changes, each once, and the bytes of its log.

    After a checkpoint the first change of a page is logged with the whole page: those are counted.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
    before = _logged(engine)
    work()
    after = _logged(engine)
    return after[0] - before[0], after[1] - before[1]


def _logged(engine: Engine) -> tuple[int, int]:
    """Read the counters of the log, flushed as in `_pages`."""
    _pages(engine)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT wal_fpi, wal_bytes FROM pg_stat_wal")).one()
    return int(found[0]), int(found[1])


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
    make = db.reading_session_factory(engine, tenant=db.EVERY_TENANT)
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
