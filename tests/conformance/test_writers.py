"""Several writers at once: one order of entries per book, and every request is done once."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from ledger import db
from ledger.books import operations as books
from ledger.journal import operations
from ledger.journal.intents import Intent
from ledger.journal.outcomes import Code, Outcome
from tests import builders
from tests.builders import IBU, KOPERASI, NOW, SITI, TELLER, earn, in_bundle, pay, post
from tests.conformance import laws

WRITERS = 4
ROUNDS = 12

Send = Callable[[Sequence[Intent]], list[Outcome]]


@pytest.fixture
def send(engine: Engine) -> Send:
    """Open the books, and give a function that posts a batch in a transaction of its own."""
    make = db.session_factory(engine, keyring=builders.keyring())
    with make() as session, session.begin():
        builders.open_books(session)

    def post_batch(intents: Sequence[Intent]) -> list[Outcome]:
        with make() as session, session.begin():
            return operations.post(session, intents, actor=TELLER, recorded_at=NOW)

    return post_batch


def _at_once(work: Callable[[int], list[Outcome]]) -> list[Outcome]:
    """Let every writer do its work at the same time."""
    with ThreadPoolExecutor(WRITERS) as pool:
        return [outcome for outcomes in pool.map(work, range(WRITERS)) for outcome in outcomes]


def test_entries_of_concurrent_writers_stand_in_one_order(engine: Engine, send: Send) -> None:
    """Each batch touches the same three books, named in another order."""
    among = [SITI, IBU, KOPERASI]

    def write(writer: int) -> list[Outcome]:
        outcomes: list[Outcome] = []
        turned = among[writer % 3 :] + among[: writer % 3]
        for turn in range(ROUNDS):
            number = 1 + writer * ROUNDS + turn
            outcomes += send([post(number, *pay(turn + 1), book=book) for book in turned])
        return outcomes

    outcomes = _at_once(write)

    assert {outcome.code for outcome in outcomes} == {Code.POSTED}
    for book in among:
        numbers = sorted(outcome.seq or 0 for outcome in outcomes if outcome.book_id == book)
        assert numbers == list(range(1, WRITERS * ROUNDS + 1))
    _keep_the_laws(engine)


def test_a_request_sent_by_all_is_done_once(engine: Engine, send: Send) -> None:
    def write(_writer: int) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for turn in range(ROUNDS):
            bundle = in_bundle(900 + turn, post(turn, *pay(5)), post(turn, *earn(5), book=IBU))
            outcomes += send([*bundle, post(500 + turn, *pay(5, what="purse"))])
        return outcomes

    outcomes = _at_once(write)

    counts = Counter((outcome.code, outcome.replayed) for outcome in outcomes)
    assert counts == {
        (Code.POSTED, False): 2 * ROUNDS,
        (Code.EXISTS, False): 2 * ROUNDS * (WRITERS - 1),
        (Code.ACCOUNT_NOT_FOUND, False): ROUNDS,
        (Code.ACCOUNT_NOT_FOUND, True): ROUNDS * (WRITERS - 1),
    }
    assert len({(o.book_id, o.id, o.seq) for o in outcomes if o.accepted}) == 2 * ROUNDS
    _keep_the_laws(engine)


def test_a_floor_holds_however_many_spend_at_once(engine: Engine, send: Send) -> None:
    with db.session_factory(engine)() as session, session.begin():
        books.set_limits(session, SITI, "cash", floor=0, actor=TELLER, recorded_at=NOW)
    send([post(1, *earn(30))])

    outcomes = _at_once(
        lambda writer: [
            outcome
            for turn in range(ROUNDS)
            for outcome in send([post(100 * (writer + 1) + turn, *pay(1))])
        ]
    )

    assert Counter(outcome.code for outcome in outcomes) == {
        Code.POSTED: 30,
        Code.BELOW_FLOOR: WRITERS * ROUNDS - 30,
    }
    _keep_the_laws(engine)


def _keep_the_laws(engine: Engine) -> None:
    with db.session_factory(engine, keyring=builders.keyring())() as session:
        laws.check(session)
