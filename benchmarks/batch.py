"""Batches of a thousand, uniform over many books and on one hot book, beside their bare writes."""

import gc
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from statistics import median

from sqlalchemy import Engine, text

from ledger.journal.intents import Post

from . import bare, workload
from .figures import Figure
from .places import Bench, Place

FIRST = date(2026, 1, 1)
TARGET = 0.6


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is posted: `per_round` batches of `entries` a round, of which the first warms up."""

    books: int
    entries: int
    fill: int
    rounds: int
    per_round: int


@dataclass(slots=True)
class Times:
    """Seconds an entry of one side and shape, one pair a round: by the clock, and of Python."""

    wall: list[float]
    python: list[float]


def run(bench: Bench) -> Iterator[Figure]:
    """Measure both databases."""
    full = Sizes(books=10_000, entries=1_000, fill=15, rounds=8, per_round=5)
    sizes = Sizes(books=100, entries=250, fill=2, rounds=3, per_round=1) if bench.quick else full
    yield from _measure(bench.sqlite, sizes)
    yield from _measure(bench.cluster, sizes)


Batches = list[list[Post]]


def _measure(place: Place, sizes: Sizes) -> Iterator[Figure]:
    """Post and replay in turn, on two copies of one filled database."""
    filled = place.new("batch_filled")
    ids = workload.open_books(filled, sizes.books + 1)
    shapes = {"uniform": ids[1:], "hot": ids[:1]}
    chance = random.Random(1)
    workload.post(filled, _draw(chance, shapes, sizes, FIRST, sizes.fill))
    place.settle(filled)
    scratch = place.new("batch_scratch", "batch_filled")
    first = FIRST + timedelta(days=sizes.fill)
    batches = _draw(chance, shapes, sizes, first, sizes.rounds * sizes.per_round)
    recordings = bare.record(scratch, batches)
    scratch.dispose()
    engine = place.new("batch_engine", "batch_filled")
    plain = place.new("batch_bare", "batch_filled")
    gc.collect()
    gc.freeze()
    try:
        times = _alternate(engine, plain, batches, recordings, sizes)
    finally:
        gc.unfreeze()
    sums = _sums(engine), _sums(plain)
    assert sums[0] == sums[1], sums
    for made in (engine, plain):
        made.dispose()
    yield from _figures(place.name, times)


def _draw(
    chance: random.Random, shapes: dict[str, list[int]], sizes: Sizes, first: date, count: int
) -> Batches:
    """Draw batches of each shape in turn, each pair a day after the one before."""
    made: Batches = []
    for number in range(count):
        day = first + timedelta(days=number)
        made += [workload.transfers(chance, ids, sizes.entries, day) for ids in shapes.values()]
    return made


def _alternate(
    engine: Engine,
    plain: Engine,
    batches: Batches,
    recordings: list[bare.Recording],
    sizes: Sizes,
) -> dict[tuple[str, str], Times]:
    """Take turns, round by round; the first round counts for nothing."""
    times: dict[tuple[str, str], Times] = defaultdict(lambda: Times([], []))
    step = 2 * sizes.per_round
    for number in range(sizes.rounds):
        for offset, shape in enumerate(("uniform", "hot")):
            chosen = slice(number * step + offset, (number + 1) * step, 2)
            posted, written = batches[chosen], recordings[chosen]
            sides: list[tuple[str, Callable[[], None]]] = [
                ("engine", partial(workload.post, engine, posted)),
                ("bare", partial(bare.replay, plain, written)),
            ]
            for side, work in sides if number % 2 else reversed(sides):
                wall, python = _timed(work)
                if number:
                    per = sizes.per_round * sizes.entries
                    times[shape, side].wall.append(wall / per)
                    times[shape, side].python.append(python / per)
    return times


def _timed(work: Callable[[], None]) -> tuple[float, float]:
    """Run, and give the seconds that passed and those that Python's process worked."""
    wall, python = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - python


def _sums(engine: Engine) -> list[object]:
    """Add up what was written, to see that both sides wrote the same."""
    questions = (
        "SELECT count(*), sum(seq), sum(change_no) FROM entry",
        "SELECT count(*), sum(amount), sum(balance_after) FROM posting",
        "SELECT sum(posted_debit), sum(posted_credit) FROM account",
        "SELECT count(*), sum(debit), sum(credit), sum(on_time_seq) FROM account_day",
        "SELECT sum(head_seq), sum(head_change_no) FROM book",
    )
    with engine.connect() as connection:
        return [tuple(connection.execute(text(question)).one()) for question in questions]


def _figures(name: str, times: dict[tuple[str, str], Times]) -> Iterator[Figure]:
    """Compare medians."""
    for shape in ("uniform", "hot"):
        ours, limit = times[shape, "engine"], times[shape, "bare"]
        yield Figure(
            what=f"batch {name} {shape}",
            ours=1 / median(ours.wall),
            limit=1 / median(limit.wall),
            against="bare writes",
            unit="entries/s",
            target=TARGET,
            python_us=median(ours.python) * 1e6,
            note=f"bare {median(limit.python) * 1e6:.0f} µs;"
            f" ratio of the best turns {min(limit.wall) / min(ours.wall):.2f}",
        )
    yield Figure(
        what=f"batch {name} hot beside uniform",
        ours=1 / median(times["hot", "engine"].wall),
        limit=1 / median(times["uniform", "engine"].wall),
        against="uniform",
        unit="entries/s",
        target=1.0,
        python_us=median(times["hot", "engine"].python) * 1e6,
    )
