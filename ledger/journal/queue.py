"""Group commit: callers that wait while one batch is written form the next (design.md §3.4).

The only module of the ledger that commits. One thread writes; a caller hands its intents over
and waits for its outcomes, which come after the commit and never before. When nobody waits, a
caller's intents go out at once. If a batch fails in the database, its jobs are tried again one
by one, with the same ids, so one caller's misfortune is not another's. A caller may also hand
over a verb of a product, which runs in the batch's transaction.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session, sessionmaker

from ledger.db.engine import FAILURES, TRANSIENT
from ledger.errors import LedgerError, Wording
from ledger.journal import operations
from ledger.journal.intents import Intent
from ledger.journal.outcomes import Outcome

ATTEMPTS = 5
"""How often a job alone is tried when the database lets go of it (deadlock, lost lock, restart)."""

LINGER_S = 1 / 1000
"""Longest that a batch waits for the callers of the one before it, in seconds."""

Verb = Callable[[Session, datetime], Any]
"""Work of a product: takes the session and the moment it is recorded at; must not commit."""


@dataclass(eq=False)
class QueueFull(LedgerError):
    """More work waits than the queue holds: try again shortly."""

    code = "queue_full"
    wording = Wording(
        id="Server sedang sibuk; coba lagi sebentar.",
        en="The server is busy; try again shortly.",
    )


@dataclass(eq=False)
class QueueClosed(LedgerError):
    """The queue takes no more work: the process is stopping."""

    code = "queue_closed"
    wording = Wording(
        id="Server sedang berhenti; coba lagi nanti.",
        en="The server is stopping; try again later.",
    )


@dataclass(eq=False, slots=True)
class _Job:
    """What one caller waits for."""

    sent: list[operations.Sent]
    verb: Verb | None = None
    bundles: frozenset[bytes] = frozenset()
    done: Callable[[], object] | None = None
    result: Any = None
    error: BaseException | None = None
    gate: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, intents: Sequence[Intent], actor: str) -> "_Job":
        """Note what a caller sends; what is no intent fails here, and not in the writer."""
        bundles = frozenset(i.bundle for i in intents if type(i.bundle) is bytes)
        return cls([(intent, actor) for intent in intents], bundles=bundles)

    def finish(self) -> None:
        """Let the caller go on."""
        if self.done is None:
            self.gate.release()
            return
        with suppress(RuntimeError):  # the caller's loop is gone; its entries are not
            self.done()


class PostingQueue:
    """Merges what concurrent callers post into batches of one writer.

    `clock` gives the moment a batch is recorded at. `max_batch` bounds the items of a batch,
    `max_waiting` the jobs that may wait; beyond it `submit` answers QueueFull at once.
    """

    def __init__(
        self,
        session_factory: sessionmaker[Session],
        *,
        clock: Callable[[], datetime],
        max_batch: int = 1_000,
        max_waiting: int = 10_000,
    ) -> None:
        """Start the writer."""
        self._sessions = session_factory
        self._clock = clock
        self._max_batch = max_batch
        self._max_waiting = max_waiting
        self._jobs: deque[_Job] = deque()
        self._wake = threading.Condition()
        self._connection: Connection | None = None
        self._closed = False
        self._expected = 1
        self._writer = threading.Thread(target=self._run, name="juang-posting", daemon=True)
        self._writer.start()

    def submit(self, intents: Sequence[Intent], *, actor: str) -> list[Outcome]:
        """Post intents as one job and wait for their outcomes; the entries are durable then.

        Raises:
            QueueFull, QueueClosed: nothing was done.
            One of `db.engine.FAILURES`: the database failed; ask again with the same ids.
        """
        outcomes: list[Outcome] = self._wait(_Job.of(intents, actor))
        return outcomes

    def run(self, verb: Verb) -> Any:
        """Run a product's verb in a batch's transaction and wait for what it returns.

        Raises:
            Whatever the verb raises; its work is undone then, and only its.
        """
        return self._wait(_Job([], verb))

    async def asubmit(self, intents: Sequence[Intent], *, actor: str) -> list[Outcome]:
        """Do as `submit`, for a caller on an event loop."""
        outcomes: list[Outcome] = await self._await(_Job.of(intents, actor))
        return outcomes

    async def arun(self, verb: Verb) -> Any:
        """Do as `run`, for a caller on an event loop."""
        return await self._await(_Job([], verb))

    def close(self) -> None:
        """Finish what waits, then stop the writer."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        self._writer.join()

    def _wait(self, job: _Job) -> Any:
        job.gate.acquire()
        self._enqueue(job)
        job.gate.acquire()
        return _result(job)

    async def _await(self, job: _Job) -> Any:
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()

        def settle() -> None:
            if not ready.done():
                ready.set_result(None)

        job.done = lambda: loop.call_soon_threadsafe(settle)
        self._enqueue(job)
        await ready
        return _result(job)

    def _enqueue(self, job: _Job) -> None:
        with self._wake:
            if self._closed:
                raise QueueClosed
            if len(self._jobs) >= self._max_waiting:
                raise QueueFull
            self._jobs.append(job)
            if len(self._jobs) in (1, self._expected):
                self._wake.notify()

    def _run(self) -> None:
        """Write batch after batch until the queue is closed and empty."""
        while True:
            with self._wake:
                while not self._jobs and not self._closed:
                    if not self._wake.wait(LINGER_S if self._expected > 1 else None):
                        self._expected = 1
                if not self._jobs:
                    break
                self._linger()
                jobs = self._take()
            self._write(jobs)
            self._expected = len(jobs) + len(self._jobs)
            for job in jobs:
                job.finish()
        self._let_go()

    def _linger(self) -> None:
        """Give the callers of the last batch a moment to come back, if there were several.

        Half of them would otherwise just miss each batch. A caller alone never waits for it.
        """
        if self._expected > 1 and len(self._jobs) < self._expected and not self._closed:
            self._wake.wait_for(lambda: len(self._jobs) >= self._expected, LINGER_S)

    def _take(self) -> list[_Job]:
        """Take waiting jobs in the order they came, up to the size of a batch.

        Two jobs with one bundle go out apart: each caller's bundle stands by itself.
        """
        jobs: list[_Job] = []
        bundles: set[bytes] = set()
        size = 0
        while self._jobs:
            job = self._jobs[0]
            weight = max(1, len(job.sent))
            if jobs and (size + weight > self._max_batch or job.bundles & bundles):
                break
            bundles |= job.bundles
            size += weight
            jobs.append(self._jobs.popleft())
        return jobs

    def _write(self, jobs: list[_Job]) -> None:
        try:
            self._transact(jobs)
        except BaseException as error:  # noqa: BLE001 - handed to the callers who wait
            self._let_go()
            if len(jobs) == 1 and not isinstance(error, FAILURES):
                jobs[0].error = error
                return
            for job in jobs:
                self._write_alone(job)

    def _write_alone(self, job: _Job) -> None:
        """Try one job by itself; only what may pass by itself is tried again."""
        for attempt in range(1, ATTEMPTS + 1):
            job.error = None
            try:
                self._transact([job])
            except TRANSIENT as error:
                self._let_go()
                job.error = error
                if attempt < ATTEMPTS:
                    continue
            except BaseException as error:  # noqa: BLE001 - handed to the caller who waits
                self._let_go()
                job.error = error
            return

    def _let_go(self) -> None:
        """Drop the writer's connection after a failure: it may be broken, the next one is fresh."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*FAILURES):
                connection.invalidate()
                connection.close()

    def _transact(self, jobs: list[_Job]) -> None:
        """Post every job's items as one batch, run the verbs, commit."""
        moment = self._clock()
        if self._connection is None:
            self._connection = self._sessions.kw["bind"].connect()
        with self._sessions(bind=self._connection) as session, session.begin():
            plain = [job for job in jobs if job.verb is None]
            sent = [item for job in plain for item in job.sent]
            outcomes = operations.post_each(session, sent, recorded_at=moment) if sent else []
            at = 0
            for job in plain:
                job.result = outcomes[at : at + len(job.sent)]
                at += len(job.sent)
            for job in jobs:
                if job.verb is not None:
                    job.result = _run_verb(session, job, job.verb, moment)


def _run_verb(session: Session, job: _Job, verb: Verb, moment: datetime) -> Any:
    """Run a verb in a savepoint: what it raises undoes it alone."""
    try:
        with session.begin_nested():
            return verb(session, moment)
    except LedgerError as error:
        job.error = error
        return None


def _result(job: _Job) -> Any:
    if job.error is not None:
        raise job.error
    return job.result


def post_now(
    session_factory: sessionmaker[Session],
    sent: Sequence[Intent],
    *,
    actor: str,
    recorded_at: datetime,
) -> list[Outcome]:
    """Post one batch in a transaction of its own and commit it: for imports and commands."""
    with session_factory() as session, session.begin():
        return operations.post(session, sent, actor=actor, recorded_at=recorded_at)
