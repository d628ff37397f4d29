"""Nothing is skipped while several write to one book and a phone listens."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ledger import db
from ledger.household.books import operations
from ledger.household.books.opening import ChangeCategory, NewCategory
from ledger.household.feed import queries as feed
from ledger.household.feed.items import START, EntryHeard, ThingHeard
from ledger.journal import operations as journal
from ledger.journal.intents import Post, credit, debit
from tests import builders
from tests.builders import NOW, TELLER, TODAY, entry_id, hkd
from tests.ledger.household import scene

ROUNDS = 25


def _spend(session: Session, book: int, number: int) -> None:
    lines = (debit("expenses:food", hkd(1)), credit("assets:cash", hkd(1)))
    intent = Post(book_id=book, id=entry_id(number), effective_date=TODAY, postings=lines)
    journal.post(session, [intent], actor=TELLER, recorded_at=NOW)


def _name(session: Session, book: int, number: int) -> None:
    new = NewCategory(book_id=book, id=entry_id(number), role="expense", name=f"n{number}")
    operations.make_categories(session, [new], recorded_at=NOW)
    first = ChangeCategory(book_id=book, id=entry_id(1_000), name=f"first {number}")
    operations.change_categories(session, [first], recorded_at=NOW)


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_phone_that_listens_while_others_write_hears_of_all(engine: Engine) -> None:
    make = db.session_factory(engine, keyring=builders.keyring())
    with make.begin() as session:
        book = scene.open_household(session)
    failures: list[BaseException] = []

    def write(verb: Callable[[Session, int, int], None], first: int) -> None:
        try:
            for number in range(first, first + ROUNDS):
                with make.begin() as session:
                    verb(session, book, number)
        except BaseException as failure:  # noqa: BLE001  # told by the test's own thread
            failures.append(failure)

    plan = [(_spend, 0), (_spend, 500), (_name, 1_000), (_name, 2_000)]
    writers = [threading.Thread(target=write, args=each) for each in plan]
    for writer in writers:
        writer.start()
    heard: list[EntryHeard | ThingHeard] = []
    since, quiet = START, False
    while not quiet:
        alive = any(writer.is_alive() for writer in writers)
        with make() as session:
            page = feed.changes(session, book, since, limit=7)
        heard += page.items
        quiet = not (alive or page.more)
        since = page.cursor
    for writer in writers:
        writer.join()

    assert not failures
    entries = [item for item in heard if isinstance(item, EntryHeard)]
    assert [item.seq for item in entries] == list(range(1, 2 * ROUNDS + 1))
    numbers = [item.change_no for item in heard]
    assert numbers == sorted(set(numbers))
    last = {item.key: item for item in heard if isinstance(item, ThingHeard)}
    with make() as session:
        now = {item.key: item for item in scene.hear(session, book) if isinstance(item, ThingHeard)}
    assert last == now
    assert len(last) == 2 * ROUNDS + 1
