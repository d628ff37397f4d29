"""`juang verify` over a generated ledger on SQLite, beside reading the same rows."""

import random
import time
from collections.abc import Iterator
from datetime import date

from sqlalchemy import Engine

from ledger import db
from ledger.journal.verify import verify

from . import workload
from .figures import Figure
from .places import Bench

TARGET_S = 3.0


def run(bench: Bench) -> Iterator[Figure]:
    """Generate the ledger and recount it."""
    count = bench.size(50_000, 1_000)
    place = bench.sqlite
    engine = place.new("verify")
    ids = workload.open_books(engine, bench.size(1_000, 20))
    chance = random.Random(5)
    nos = workload.numbers()
    days = workload.spread(date(2026, 1, 1), 300, count)
    entries = [workload.transfer(chance, chance.choice(ids), nos, day) for day in days]
    workload.post(engine, [entries[at : at + 1_000] for at in range(0, count, 1_000)])
    place.settle(engine)
    limit = min(_read(engine) for _ in range(3))
    taken: list[tuple[float, float]] = []
    for _ in range(3):
        with db.reading_session_factory(engine, tenant=db.EVERY_TENANT)() as session:
            start, worked = time.perf_counter(), time.process_time()
            report = verify(session)
            taken.append((time.perf_counter() - start, time.process_time() - worked))
        assert report.clean, report.problems[:3]
        assert report.entries == count
    engine.dispose()
    wall, python = sorted(taken)[1]
    yield Figure(
        what=f"verify sqlite, {count:,} entries in {len(ids):,} books",
        ours=wall,
        limit=limit,
        against="reading the rows",
        unit="s",
        target=TARGET_S,
        at_most=True,
        absolute=True,
        python_us=python / count * 1e6,
    )


def _read(engine: Engine) -> float:
    """Read every row that a recount reads, and give the seconds it took."""
    with db.reading_session_factory(engine, tenant=db.EVERY_TENANT)() as session:
        cursor = db.driver(session).cursor()
        start = time.perf_counter()
        for table in ("entry", "posting", "account", "account_day"):
            cursor.execute(f"SELECT * FROM {table}")
            cursor.fetchall()
        return time.perf_counter() - start
