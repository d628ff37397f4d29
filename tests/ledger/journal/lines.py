"""Lines of callers in front of a posting queue: for tests of who shares a batch and who waits.

A verb that waits for the test holds the writer up, so that what is sent meanwhile waits in line.
The clock ticks once for each transaction: what was recorded at one moment was one batch.
"""

import asyncio
import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from ledger import db
from ledger.journal.outcomes import Code, Outcome
from ledger.journal.queue import PostingQueue
from ledger.journal.tables import Entry
from tests.builders import (
    NOW,
    TELLER,
)

SOON = 30
"""Seconds after which a test gives up waiting for what should take milliseconds."""


@contextmanager
def running(engine: Engine, **how: Any) -> Iterator[PostingQueue]:
    """Run a queue whose clock ticks once a transaction; without a keyring."""
    ticks = itertools.count()
    queue = PostingQueue(
        db.session_factory(engine), clock=lambda: NOW + timedelta(seconds=next(ticks)), **how
    )
    try:
        yield queue
    finally:
        queue.close()


@contextmanager
def held_up(queue: PostingQueue) -> Iterator[threading.Event]:
    """Hold the writer up while something is put in line behind it, or until the event is set."""
    entered, go_on = threading.Event(), threading.Event()

    def verb(_session: Session, _moment: datetime) -> None:
        entered.set()
        assert go_on.wait(SOON)

    caller = threading.Thread(target=queue.run, args=(verb,))
    caller.start()
    assert entered.wait(SOON)
    try:
        yield go_on
    finally:
        go_on.set()
        caller.join(SOON)


def in_line(queue: PostingQueue, count: int) -> None:
    """Wait until so many jobs wait."""
    deadline = time.monotonic() + SOON
    while len(queue._jobs) != count:
        assert time.monotonic() < deadline, f"{len(queue._jobs)} jobs wait, not {count}"
        time.sleep(0.001)


def line_up(
    queue: PostingQueue, callers: ThreadPoolExecutor, works: Sequence[Callable[[], Any]]
) -> list[Future[Any]]:
    """Let callers ask one after the other; each waits in line before the next one comes."""
    there = len(queue._jobs)
    asked = []
    for place, work in enumerate(works, start=there + 1):
        asked.append(callers.submit(work))
        in_line(queue, place)
    return asked


def sends(queue: PostingQueue, *intents: Any) -> Callable[[], list[Outcome]]:
    return lambda: queue.submit(intents, actor=TELLER)


def sends_async(queue: PostingQueue, *intents: Any) -> Callable[[], list[Outcome]]:
    return lambda: asyncio.run(queue.asubmit(intents, actor=TELLER))


def batches(asked: Sequence[Future[Any]]) -> list[list[int | None]]:
    """Give the numbers of the entries posted, batch by batch."""
    outcomes = [outcome for each in asked for outcome in each.result(SOON)]
    assert {outcome.code for outcome in outcomes} == {Code.POSTED}
    in_time = sorted(outcomes, key=lambda outcome: (outcome.recorded_at, outcome.seq))
    grouped = itertools.groupby(in_time, key=lambda outcome: outcome.recorded_at)
    return [[outcome.seq for outcome in batch] for _moment, batch in grouped]


def entries(engine: Engine) -> int:
    with db.reading_session_factory(engine, tenant=db.EVERY_TENANT)() as session:
        return session.scalar(select(func.count()).select_from(Entry)) or 0
