"""A balance effective by a day, as known at a seq; and the pages an on-time posting touches."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.journal import queries

from . import workload
from .figures import Figure
from .history import (
    History,
    Question,
    ask,
    changed,
    days_between,
    distinct_pages,
    histories,
    large_size,
    make,
    pages,
)
from .places import Bench

P95_MS = 10.0
TOUCHED, CHANGED = 1.0, 1.1


def run(bench: Bench) -> Iterator[Figure]:
    """Ask the long history, check some answers against its postings, then post to both."""
    small, large = histories(bench)
    yield _asked(bench, large, "")
    if bench.on_sqlite:
        yield _asked(bench, make(bench, bench.sqlite, "sqlite", large_size(bench)), " on SQLite")
    yield from _posted(small, large, bench.size(1_000, 100))


def _asked(bench: Bench, large: History, where: str) -> Figure:
    """Ask at random places, and add some answers up the long way."""
    chance = random.Random(4)
    places = list(_places(large, chance, bench.size(2_000, 50)))
    asked = ask(large.engine, [_known_at(large, *place) for place in places])
    some = bench.size(50, 10)
    assert asked.answers[:some] == _added_up(large, places[:some]), "a balance is wrong"
    trip = ask(large.engine, [_one_row(large)] * len(places))
    counted = f", {asked.pages:.0f} pages" if asked.pages else ""
    return Figure(
        what=f"bitemporal{where}, p95 on {large.postings:,} postings over {large.days:,} days",
        ours=asked.p95_ms,
        limit=trip.p95_ms,
        against="reading one row",
        unit="ms",
        target=P95_MS,
        at_most=True,
        absolute=True,
        python_us=asked.python * 1e6,
        per="question",
        note=f"p50 {asked.p50_ms:.1f} ms{counted}, {some} checked by adding up",
    )


def _posted(small: History, large: History, entries: int) -> Iterator[Figure]:
    """Post equal batches to both, and compare what they touch and what they change."""
    before, now = (_cost(history, entries) for history in (small, large))
    yield Figure(
        what=f"bitemporal, pages touched per on-time posting at {large.postings:,}",
        ours=now.touched,
        limit=before.touched,
        against=f"at {small.postings:,}",
        unit="pages",
        target=TOUCHED,
        at_most=True,
        note="each page counts once in five batches of a thousand; every access counts:"
        f" {now.accesses:.1f}, at {small.postings:,} {before.accesses:.1f}",
    )
    yield Figure(
        what=f"bitemporal, pages changed per on-time posting at {large.postings:,}",
        ours=now.changed,
        limit=before.changed,
        against=f"at {small.postings:,}",
        unit="pages",
        target=CHANGED,
        at_most=True,
        note=f"{now.logged:.0f} bytes of log, {before.logged:.0f} at {small.postings:,}",
    )


def _places(history: History, chance: random.Random, count: int) -> Iterator[tuple[date, int]]:
    for day in islice(days_between(history, chance), count):
        yield day, chance.randint(1, history.postings)


def _known_at(history: History, day: date, seq: int) -> Question:
    def question(session: Session) -> int:
        return queries.balance_known_at(session, history.book, history.account, day, seq)

    return question


def _one_row(history: History) -> Question:
    def question(session: Session) -> object:
        return queries.balances_now(session, [(history.book, history.account)])

    return question


def _added_up(history: History, places: Sequence[tuple[date, int]]) -> list[int]:
    """Add up every posting up to each place, the long way."""
    with history.engine.connect() as connection:
        connection.execute(
            text(
                "CREATE TEMPORARY TABLE line AS SELECT p.seq, e.effective_date AS day,"
                " CASE p.side WHEN 'D' THEN p.amount ELSE -p.amount END AS net"
                " FROM posting p JOIN entry e ON e.book_id = p.book_id AND e.seq = p.seq"
                " WHERE p.account_no = :no AND p.layer = 0"
            ),
            {"no": history.account},
        )
        question = text("SELECT coalesce(sum(net), 0) FROM line WHERE day <= :day AND seq <= :seq")
        return [
            int(connection.execute(question, {"day": day.isoformat(), "seq": seq}).scalar_one())
            for day, seq in places
        ]


@dataclass(frozen=True, slots=True)
class _Cost:
    """What one on-time posting costs: pages and accesses to them, bytes of log."""

    touched: float
    accesses: float
    changed: float
    logged: float


def _cost(history: History, entries: int) -> _Cost:
    """Post equal batches on the day after the history; the first counts for nothing."""
    chance = random.Random(6)
    numbers = iter(range(history.postings, history.postings + 16 * entries))
    batches = [
        [history.entry(chance, next(numbers), history.last) for _ in range(entries)]
        for _ in range(16)
    ]
    engine, count = history.engine, 5 * entries
    engine.dispose()
    workload.post(engine, batches[:1])
    accesses = pages(engine, lambda: workload.post(engine, batches[1:6]))
    touched = distinct_pages(engine, lambda: workload.post(engine, batches[6:11]))
    pages_changed, logged = changed(engine, lambda: workload.post(engine, batches[11:]))
    return _Cost(touched / count, accesses / count, pages_changed / count, logged / count)
