"""An erasure and a first text about her at the same moment: whoever is second sees the first."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from ledger import db
from ledger.books.tables import TextKey
from ledger.journal import operations as journal
from ledger.journal import verify
from ledger.journal.keyring import Keyring
from ledger.journal.outcomes import Code
from ledger.parties import operations
from ledger.parties.fields import Field
from tests import builders
from tests.builders import IBU, NOW, PLATFORM, TELLER, pay, post
from tests.ledger.parties.test_vault import NIK

BY: dict[str, Any] = {"actor": TELLER, "recorded_at": NOW}
WHO = operations.person_id(PLATFORM, "siti")


@pytest.fixture
def make(engine: Engine, keyring: Keyring) -> sessionmaker[Session]:
    """Give a factory of sessions on a database where the books are open and Siti is known."""
    factory = db.session_factory(engine, keyring=keyring)
    with factory() as session, session.begin():
        builders.open_books(session)
        operations.register(session, PLATFORM, "siti", **BY)
    return factory


def speak(session: Session) -> Code:
    spoken = post(1, *pay(5), book=IBU, narration="untuk Bu Siti", subject=f"person-{WHO}")
    (outcome,) = journal.post(session, [spoken], actor=TELLER, recorded_at=NOW)
    return outcome.code


def erase(session: Session) -> None:
    operations.erase(session, PLATFORM, WHO, reason="own_request", **BY)


def overlapping(make: sessionmaker[Session], first: Any, second: Any) -> tuple[Any, Any]:
    """Begin the second while the first has done its work and not committed it."""
    done, begun = threading.Event(), threading.Event()

    def later() -> Any:
        done.wait(10)
        with make() as session:
            begun.set()
            with session.begin():
                return second(session)

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(later)
        with make() as session, session.begin():
            one = first(session)
            done.set()
            begun.wait(10)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.3)
        return one, waiting.result(timeout=20)


def keys(make: sessionmaker[Session]) -> list[bytes | None]:
    with make() as session:
        assert verify.verify(session).clean
        return list(session.scalars(select(TextKey.wrapped)))


def test_a_text_that_comes_during_an_erasure_is_refused(make: sessionmaker[Session]) -> None:
    assert overlapping(make, erase, speak) == (None, Code.SUBJECT_ERASED)
    assert keys(make) == []


def test_an_erasure_that_comes_during_a_text_destroys_its_key(make: sessionmaker[Session]) -> None:
    assert overlapping(make, speak, erase) == (Code.POSTED, None)
    assert keys(make) == [None]


def test_two_persons_asking_for_one_nik_at_once_do_not_both_get_it(
    make: sessionmaker[Session],
) -> None:
    with make() as session, session.begin():
        other = operations.register(session, PLATFORM, "ani", **BY)

    def put(who: int) -> Any:
        def work(session: Session) -> str:
            try:
                operations.set_field(session, PLATFORM, who, Field.NIK, NIK, **BY)
            except operations.NikTaken as error:
                return error.person
            return "set"

        return work

    assert overlapping(make, put(WHO), put(other)) == ("set", str(WHO))
