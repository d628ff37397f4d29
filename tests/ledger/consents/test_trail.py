"""The log of looks: append-only, cheap in bulk, and safe to show to her."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from ledger import db
from ledger.consents import operations, queries
from ledger.consents.trail import Look, LookPurposeUnknown
from ledger.parties import queries as people
from tests import builders
from tests.builders import NOW, SITI
from tests.ledger.consents.scene import TENANT, hours, merge, person


def look(who: int, purpose: str = "service", **rest: Any) -> Look:
    return Look(person=who, actor="budi", role="teller", kind="statement", purpose=purpose, **rest)


def note(session: Session, *looks: Look, later: int = 0) -> None:
    operations.note_looks(session, TENANT, looks, recorded_at=hours(later))


def test_she_sees_who_looked_at_what_and_why(session: Session) -> None:
    siti = person(session)

    note(session, look(siti, book=7))
    note(session, look(siti, "loan_decision"), later=1)

    newest, oldest = queries.hers(session, TENANT, siti)
    assert (newest.purpose, newest.recorded_at) == ("loan_decision", hours(1))
    assert (oldest.actor, oldest.role, oldest.kind) == ("budi", "teller", "statement")
    assert oldest.book_id == 7
    assert queries.hers(session, TENANT, siti, limit=1) == [newest]


def test_what_would_endanger_her_leaves_no_gap(session: Session) -> None:
    siti = person(session)

    note(session, look(siti), look(siti, "protection"), look(siti, "law_enforcement"))

    assert [row.purpose for row in queries.hers(session, TENANT, siti)] == ["service"]
    assert [(row.no, row.withheld) for row in queries.whole(session, TENANT, siti)] == [
        (3, "law_enforcement"),
        (2, "endangers"),
        (1, None),
    ]


def test_looks_at_merged_records_are_looks_at_her(session: Session) -> None:
    siti, sari = person(session), person(session, "sari")
    note(session, look(siti))
    note(session, look(sari, "audit"), later=1)
    note(session, look(siti, "support"), later=2)

    merge(session, sari, siti)

    found = [row.purpose for row in queries.hers(session, TENANT, sari)]
    assert found == ["support", "audit", "service"]


def test_a_look_at_a_book_is_a_look_at_each_who_owns_it(session: Session) -> None:
    builders.open_books(session)
    siti, ibu = person(session), person(session, "ibu")
    for who in (siti, ibu):
        operations.own_book(session, TENANT, who, SITI, actor="a", recorded_at=NOW)
    operations.end_ownership(session, TENANT, ibu, SITI, actor="a", recorded_at=hours(1))

    operations.note_books(session, TENANT, [SITI, 5], look(0), recorded_at=hours(2))
    assert [row.book_id for row in queries.hers(session, TENANT, siti)] == [SITI]
    assert queries.hers(session, TENANT, ibu) == []

    operations.own_book(session, TENANT, ibu, SITI, actor="a", recorded_at=hours(3))
    operations.own_book(session, TENANT, ibu, SITI, actor="a", recorded_at=hours(3))
    operations.end_ownership(session, TENANT, siti, 5, actor="a", recorded_at=hours(3))
    operations.note_books(session, TENANT, [SITI], look(0), recorded_at=hours(4))
    assert len(queries.hers(session, TENANT, siti)) == 2
    assert len(queries.hers(session, TENANT, ibu)) == 1


def test_all_looks_are_noted_or_none(session: Session) -> None:
    siti = person(session)

    with pytest.raises(people.PersonNotFound):
        note(session, look(siti), look(99))
    with pytest.raises(LookPurposeUnknown):
        note(session, look(siti), look(siti, "curiosity"))

    assert queries.whole(session, TENANT, siti) == []


def test_many_looks_are_three_statements(session: Session) -> None:
    persons = [person(session, f"p{number}") for number in range(200)]
    looks = [look(who) for who in persons for _ in range(25)]
    seen: list[str] = []

    def count(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", count)
    started = time.monotonic()
    try:
        note(session, *looks)
    finally:
        event.remove(bind, "before_cursor_execute", count)

    assert len(seen) <= 3  # the rows go by COPY or executemany, beside SQLAlchemy
    assert time.monotonic() - started < 10
    assert len(queries.whole(session, TENANT, persons[0], limit=1000)) == 25


def test_writers_at_one_time_leave_no_gap_and_no_double(engine: Engine) -> None:
    make = db.session_factory(engine)
    with make() as session, session.begin():
        persons = [person(session, f"p{number}") for number in range(5)]

    def write(backwards: int) -> None:
        ordered = persons[::-1] if backwards else persons
        for _ in range(10):
            with make() as session, session.begin():
                note(session, *[look(who) for who in ordered])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, [0, 1, 0, 1]))

    with make() as session:
        for who in persons:
            numbers = [row.no for row in queries.whole(session, TENANT, who)]
            assert numbers == list(range(40, 0, -1))
