"""The posting queue on real databases: who shares a batch, who waits, and for what."""

import asyncio
import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from ledger import db
from ledger.journal import queue as module
from ledger.journal.outcomes import Code, Outcome
from ledger.journal.queue import PostingQueue, QueueClosed, QueueFull, post_now
from tests.builders import (
    IBU,
    NOW,
    TELLER,
    earn,
    in_bundle,
    pay,
    post,
)
from tests.ledger.journal.lines import (
    SOON,
    batches,
    entries,
    held_up,
    in_line,
    line_up,
    running,
    sends,
    sends_async,
)

# Batches.


def test_callers_that_wait_while_a_batch_is_written_form_the_next(
    queue: PostingQueue, callers: ThreadPoolExecutor
) -> None:
    with held_up(queue):
        asked = line_up(queue, callers, [sends(queue, post(n, *earn(n))) for n in range(1, 33)])

    assert batches(asked) == [list(range(1, 33))]


def test_callers_of_threads_and_of_event_loops_share_a_batch(
    queue: PostingQueue, callers: ThreadPoolExecutor
) -> None:
    async def two() -> list[Outcome]:
        sent = [queue.asubmit([post(n, *earn(5))], actor=TELLER) for n in (3, 4)]
        return [outcome for outcomes in await asyncio.gather(*sent) for outcome in outcomes]

    with held_up(queue):
        asked = line_up(
            queue,
            callers,
            [sends(queue, post(1, *earn(5))), sends_async(queue, post(2, *earn(5)))],
        )
        asked.append(callers.submit(asyncio.run, two()))
        in_line(queue, 4)

    assert batches(asked) == [[1, 2, 3, 4]]


def test_jobs_go_out_in_the_order_they_came_and_none_overtakes_a_larger_one(
    opened: Engine, callers: ThreadPoolExecutor
) -> None:
    sizes = (1, 2, 2, 1, 5, 1, 1, 1, 1)
    numbers = itertools.count(1)
    with running(opened, max_batch=3) as queue:
        with held_up(queue):
            jobs = [[post(next(numbers), *earn(5)) for _ in range(size)] for size in sizes]
            asked = line_up(queue, callers, [sends(queue, *job) for job in jobs])

        made = batches(asked)

    assert [len(batch) for batch in made] == [3, 3, 5, 3, 1]
    assert [seq for batch in made for seq in batch] == list(range(1, sum(sizes) + 1))
    in_order = [outcome.seq for each in asked for outcome in each.result()]
    assert in_order == list(range(1, sum(sizes) + 1))


def test_each_callers_bundle_stands_by_itself(
    queue: PostingQueue, callers: ThreadPoolExecutor
) -> None:
    """Two jobs that happen to use one bundle id are two bundles; each gets its own answer."""
    good = in_bundle(90, post(1, *earn(5)), post(2, *earn(5), book=IBU))
    bad = in_bundle(90, post(3, *earn(5)), post(4, *pay(5, "purse")))
    with held_up(queue):
        asked = line_up(queue, callers, [sends(queue, *good), sends(queue, *bad)])

    assert [each.code for each in asked[0].result(SOON)] == [Code.POSTED, Code.POSTED]
    assert [each.code for each in asked[1].result(SOON)] == [
        Code.LINKED_FAILED,
        Code.ACCOUNT_NOT_FOUND,
    ]


def test_nothing_is_asked_and_nothing_is_answered(queue: PostingQueue) -> None:
    assert queue.submit([], actor=TELLER) == []


def test_what_was_answered_is_durable_and_refusals_are_too(
    opened: Engine, queue: PostingQueue
) -> None:
    first = queue.submit([post(1, *earn(5)), post(2, *pay(5, "purse"))], actor=TELLER)

    assert [outcome.code for outcome in first] == [Code.POSTED, Code.ACCOUNT_NOT_FOUND]
    assert entries(opened) == 1
    again = queue.submit([post(1, *earn(5)), post(2, *pay(5, "purse"))], actor=TELLER)
    assert [(outcome.code, outcome.replayed) for outcome in again] == [
        (Code.EXISTS, False),
        (Code.ACCOUNT_NOT_FOUND, True),
    ]


# Waiting.


def test_a_caller_alone_never_waits_for_others(
    queue: PostingQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LINGER_S", 1_000)
    started = time.monotonic()

    for number in range(1, 21):
        queue.submit([post(number, *earn(5))], actor=TELLER)

    assert time.monotonic() - started < SOON


def test_callers_of_one_batch_meet_again_in_the_next(
    queue: PostingQueue, callers: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else half of them would just miss each batch; the wait ends when the last is back."""
    monkeypatch.setattr(module, "LINGER_S", 2)

    def again_and_again(first: int) -> list[Outcome]:
        numbers = range(first, first + 5)
        return [queue.submit([post(n, *earn(5))], actor=TELLER)[0] for n in numbers]

    with held_up(queue):
        works = [lambda first=first: again_and_again(first) for first in (1, 11, 21)]
        asked = line_up(queue, callers, works)

    assert [len(batch) for batch in batches(asked)] == [3] * 5


def test_a_full_queue_says_so_at_once_and_does_nothing(
    opened: Engine, callers: ThreadPoolExecutor
) -> None:
    with running(opened, max_waiting=3) as queue:
        with held_up(queue):
            asked = line_up(queue, callers, [sends(queue, post(n, *earn(5))) for n in (1, 2, 3)])
            for call in (
                sends(queue, post(4, *earn(5))),
                sends_async(queue, post(4, *earn(5))),
                lambda: queue.run(lambda _session, _moment: None),
            ):
                with pytest.raises(QueueFull):
                    call()
            in_line(queue, 3)

        assert batches(asked) == [[1, 2, 3]]
        assert sends(queue, post(4, *earn(5)))()[0].code is Code.POSTED


# The end.


def test_who_waits_when_the_queue_closes_is_served_and_who_comes_later_is_not(
    opened: Engine, callers: ThreadPoolExecutor
) -> None:
    with running(opened) as queue:
        with held_up(queue):
            asked = line_up(
                queue,
                callers,
                [sends(queue, post(1, *earn(5))), sends_async(queue, post(2, *earn(5)))],
            )
            closing = callers.submit(queue.close)
            while not queue._closed:
                time.sleep(0.001)
            for call in (sends(queue, post(3, *earn(5))), sends_async(queue, post(3, *earn(5)))):
                with pytest.raises(QueueClosed):
                    call()
            assert not closing.done()

        closing.result(SOON)
        assert batches(asked) == [[1, 2]]
        assert not queue._writer.is_alive()
    assert entries(opened) == 2


def test_a_caller_that_went_away_loses_nothing_but_the_answer(
    opened: Engine, queue: PostingQueue
) -> None:
    """Its loop is gone, or it waits no longer; the entry is in the books all the same."""

    async def leave(loop_lives_on: threading.Event | None) -> Code | None:
        number = 1 if loop_lives_on is None else 2
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(queue.asubmit([post(number, *earn(5))], actor=TELLER), 0.01)
        if loop_lives_on is None:
            return None
        loop_lives_on.set()
        (outcome,) = await queue.asubmit([post(number, *earn(5))], actor=TELLER)
        return outcome.code

    with held_up(queue):
        asyncio.run(leave(None))
    with held_up(queue) as go_on:
        assert asyncio.run(leave(go_on)) is Code.EXISTS

    assert queue.submit([post(1, *earn(5))], actor=TELLER)[0].code is Code.EXISTS
    assert entries(opened) == 2


def test_a_batch_of_ones_own_is_committed(opened: Engine) -> None:
    (outcome,) = post_now(
        db.session_factory(opened), [post(1, *earn(5))], actor=TELLER, recorded_at=NOW
    )

    assert outcome.code is Code.POSTED
    assert entries(opened) == 1
