"""Single posts of 32 callers through the queue, beside hand-written SQL under pgbench."""

import gc
import random
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psycopg

from ledger import db
from ledger.journal.queue import PostingQueue

from . import workload
from .figures import Figure, quantile
from .places import Bench

HERE = Path(__file__).parent
CALLERS = 32
TARGETS = {"uniform": 0.5, "hot": 3.0}


@dataclass(slots=True)
class Load:
    """What the callers of several rounds saw."""

    rates: list[float] = field(default_factory=list)
    python: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)


def run(bench: Bench) -> Iterator[Figure]:
    """Take turns: ours and pgbench, uniform and hot, in short rounds."""
    cluster = bench.cluster
    engine = cluster.new("single")
    ids = workload.open_books(engine, bench.size(2_000, 50) + 1)
    books = {"uniform": ids[1:], "hot": ids[:1]}
    chance = random.Random(2)
    for chosen in books.values():
        workload.post(engine, [workload.transfers(chance, chosen, 1_000)])
    cluster.settle(engine)
    cluster.create("hand")
    with psycopg.connect(cluster.url("hand")) as connection:
        connection.execute((HERE / "baseline.sql").read_bytes())
    queue = PostingQueue(db.session_factory(engine), clock=lambda: workload.NOW)
    loads = {shape: Load() for shape in books}
    limits: dict[str, list[float]] = {shape: [] for shape in books}
    seconds = bench.size(4, 1)
    gc.collect()
    gc.freeze()
    try:
        for number in range(bench.size(6, 1)):
            for shape, chosen in books.items():
                seed = 1_000 * number + len(chosen)
                _callers(queue, chosen, seconds / 4, Load(), seed + 500)  # warms up
                _callers(queue, chosen, seconds, loads[shape], seed)
                script = HERE / f"{shape}.pgbench"
                limits[shape].append(
                    cluster.pgbench("hand", script, clients=CALLERS, seconds=seconds)
                )
    finally:
        gc.unfreeze()
        queue.close()
        engine.dispose()
    for shape, load in loads.items():
        yield _figure(shape, load, limits[shape])


def _callers(
    queue: PostingQueue, ids: Sequence[int], seconds: float, load: Load, seed: int
) -> None:
    """Let 32 callers post one entry after another for some seconds."""
    nos = workload.numbers()
    waits: list[list[float]] = [[] for _ in range(CALLERS)]
    refused: list[object] = []
    start, worked = time.perf_counter(), time.process_time()

    def call(number: int) -> None:
        chance = random.Random(seed * CALLERS + number)
        mine = waits[number]
        while (began := time.perf_counter()) < start + seconds:
            intent = workload.transfer(chance, chance.choice(ids), nos, workload.TODAY)
            (outcome,) = queue.submit([intent], actor="bench")
            mine.append(time.perf_counter() - began)
            if not outcome.accepted:
                refused.append(outcome)

    callers = [threading.Thread(target=call, args=(number,)) for number in range(CALLERS)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    passed = time.perf_counter() - start
    count = sum(map(len, waits))
    assert not refused, refused[:1]
    load.rates.append(count / passed)
    load.python.append((time.process_time() - worked) / count)
    for mine in waits:
        load.waits += mine


def _figure(shape: str, load: Load, limit: list[float]) -> Figure:
    p50, p99 = (quantile(load.waits, share) * 1e3 for share in (0.5, 0.99))
    return Figure(
        what=f"single {shape}, {CALLERS} callers",
        ours=median(load.rates),
        limit=median(limit),
        against="hand-written SQL under pgbench",
        unit="posts/s",
        target=TARGETS[shape],
        python_us=median(load.python) * 1e6,
        per="post",
        note=f"p50 {p50:.1f} ms, p99 {p99:.1f} ms",
    )
