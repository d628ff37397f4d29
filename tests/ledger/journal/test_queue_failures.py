"""The posting queue on real databases: verbs of products, and whose failure is whose."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from ledger import db
from ledger.books import operations as books
from ledger.books import queries
from ledger.journal import operations
from ledger.journal.keyring import NoKeyring
from ledger.journal.outcomes import Code
from ledger.journal.queue import ATTEMPTS, PostingQueue
from tests.builders import (
    SITI,
    TELLER,
    earn,
    open_account,
    post,
)
from tests.ledger.journal.lines import (
    SOON,
    batches,
    entries,
    held_up,
    line_up,
    sends,
    sends_async,
)

# What fails.


def test_only_the_caller_whose_work_fails_is_told_so(
    opened: Engine, queue: PostingQueue, callers: ThreadPoolExecutor
) -> None:
    def broken(session: Session, _moment: datetime) -> None:
        session.execute(text("SELECT * FROM nowhere"))

    with held_up(queue):
        asked = line_up(
            queue,
            callers,
            [
                sends(queue, post(1, *earn(5))),
                lambda: queue.run(broken),
                sends(queue, post(2, *earn(5), narration="needs a keyring, and there is none")),
                sends_async(queue, post(3, *earn(5))),
            ],
        )

    assert batches([asked[0], asked[3]]) == [[1], [2]]
    with pytest.raises(DBAPIError, match="nowhere"):
        asked[1].result(SOON)
    with pytest.raises(NoKeyring):
        asked[2].result(SOON)
    assert entries(opened) == 2


def test_what_may_pass_is_tried_again_and_what_does_not_is_given_up(
    opened: Engine, queue: PostingQueue
) -> None:
    tries: list[datetime] = []

    def stumbles(times: int) -> Callable[[Session, datetime], int]:
        def verb(session: Session, moment: datetime) -> int:
            operations.post(session, [post(1, *earn(5))], actor=TELLER, recorded_at=moment)
            tries.append(moment)
            if len(tries) <= times:
                raise OperationalError("deadlock", None, Exception())
            return len(tries)

        return verb

    assert queue.run(stumbles(ATTEMPTS)) == ATTEMPTS + 1
    assert entries(opened) == 1
    assert len(set(tries)) == ATTEMPTS + 1
    tries.clear()
    with pytest.raises(OperationalError):
        queue.run(stumbles(1_000))
    assert len(tries) == ATTEMPTS + 1


@pytest.mark.parametrize("bundle", [[1], bytearray(16), {}])
def test_a_bundle_that_cannot_be_read_stops_nobody(queue: PostingQueue, bundle: object) -> None:
    asked = replace(post(1, *earn(5)), bundle=bundle)  # type: ignore[arg-type]

    (refused,) = queue.submit([asked], actor=TELLER)
    (posted,) = queue.submit([post(1, *earn(5))], actor=TELLER)

    assert (refused.code, posted.code) == (Code.INVALID_REQUEST, Code.POSTED)


def test_what_is_no_intent_is_its_callers_mistake_alone(queue: PostingQueue) -> None:
    with pytest.raises(AttributeError):
        queue.submit([None], actor=TELLER)  # type: ignore[list-item]

    assert queue.submit([post(1, *earn(5))], actor=TELLER)[0].code is Code.POSTED


@pytest.mark.parametrize("alone", [True, False])
def test_a_verb_that_wants_to_end_the_program_ends_only_itself(
    queue: PostingQueue, callers: ThreadPoolExecutor, *, alone: bool
) -> None:
    def leaves(_session: Session, _moment: datetime) -> None:
        raise SystemExit(3)

    with held_up(queue):
        asked = line_up(
            queue,
            callers,
            [lambda: queue.run(leaves)] + ([] if alone else [sends(queue, post(1, *earn(5)))]),
        )

    assert isinstance(asked[0].exception(SOON), SystemExit)
    assert queue.submit([post(1, *earn(5))], actor=TELLER)[0].accepted


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_lost_connection_is_replaced_and_nobody_notices(
    queue: PostingQueue, callers: ThreadPoolExecutor
) -> None:
    lost: list[bool] = []

    def cut(session: Session, _moment: datetime) -> str:
        if not lost:
            lost.append(True)
            session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return "done"

    with held_up(queue):
        asked = line_up(queue, callers, [sends(queue, post(1, *earn(5))), lambda: queue.run(cut)])

    assert batches(asked[:1]) == [[1]]
    assert asked[1].result(SOON) == "done"


# Verbs of products.


def test_a_verb_runs_in_the_batch_after_its_entries_and_under_its_locks(
    opened: Engine, queue: PostingQueue, callers: ThreadPoolExecutor
) -> None:
    seen: list[Any] = []

    def verb(session: Session, moment: datetime) -> int:
        book = queries.lock(session, SITI)
        seen.append((book.head_seq, moment, _is_locked(opened, SITI)))
        return open_account(session, SITI, "opened_by_a_verb")

    with held_up(queue):
        asked = line_up(queue, callers, [lambda: queue.run(verb), sends(queue, post(1, *earn(5)))])

    (outcome,) = asked[1].result(SOON)
    assert seen == [(1, outcome.recorded_at, True)]
    with db.reading_session_factory(opened, tenant=db.EVERY_TENANT)() as session:
        assert queries.existing(session, [SITI])[SITI].next_account_no == asked[0].result() + 1


def _is_locked(engine: Engine, book: int) -> bool:
    """Try to lock a book from elsewhere, without waiting."""
    address = engine.url.render_as_string(hide_password=False)
    if engine.dialect.name == "sqlite":
        assert engine.url.database is not None
        client = sqlite3.connect(engine.url.database, timeout=0, isolation_level=None)
        try:
            client.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        finally:
            client.close()
        return False
    with psycopg.connect(address.replace("postgresql+psycopg", "postgresql")) as other:
        try:
            other.execute("SELECT 1 FROM book WHERE id = %s FOR NO KEY UPDATE NOWAIT", (book,))
        except psycopg.errors.LockNotAvailable:
            return True
    return False


def test_what_a_verb_refuses_undoes_the_verb_alone(
    opened: Engine, queue: PostingQueue, callers: ThreadPoolExecutor
) -> None:
    def refused(session: Session, moment: datetime) -> None:
        operations.post(session, [post(1, *earn(5))], actor=TELLER, recorded_at=moment)
        books.reopen_period(
            session, SITI, None, actor=TELLER, approved_by=TELLER, recorded_at=moment
        )

    with held_up(queue):
        asked = line_up(
            queue,
            callers,
            [
                sends(queue, post(2, *earn(5))),
                lambda: queue.run(refused),
                lambda: asyncio.run(queue.arun(lambda _session, moment: moment)),
            ],
        )

    with pytest.raises(books.SamePerson):
        asked[1].result(SOON)
    (outcome,) = asked[0].result(SOON)
    assert outcome.recorded_at == asked[2].result(SOON), "one batch, tried once"
    assert entries(opened) == 1
