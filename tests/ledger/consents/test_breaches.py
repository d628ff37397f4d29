"""A breach: whom it affects, known in seconds, and who must be told by when."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from ledger.books.queries import TenantNotFound
from ledger.consents import operations, queries
from ledger.consents.queries import Scope
from ledger.consents.tables import BreachNotice
from ledger.consents.trail import Look
from ledger.exports.queries import CONTRIBUTORS
from ledger.journal import operations as journal
from ledger.parties.tables import Person
from tests import builders
from tests.builders import IBU, NOW, PLATFORM, SITI, TELLER, earn, post
from tests.ledger.consents.scene import TENANT, give, hours, merge, person, tenants


def told(since: int = -48, until: int = 0, known: int = 0) -> operations.Told:
    return operations.Told(
        what="a laptop was stolen",
        data="names, statements",
        remedy="the keys were revoked",
        occurred_from=hours(since),
        occurred_until=hours(until),
        known_at=hours(known),
    )


def report(session: Session, *scopes: Scope, later: int = 1) -> int:
    return operations.report_breach(
        session,
        TENANT,
        told(until=1, known=1),
        scopes,
        CONTRIBUTORS,
        actor=TELLER,
        recorded_at=hours(later),
    )


def affected(session: Session, *scopes: Scope, since: int = -48, until: int = 1) -> list[int]:
    return queries.affected(session, TENANT, CONTRIBUTORS, scopes, hours(since), hours(until))


def household(session: Session) -> tuple[int, int, int]:
    """Siti and her mother own a book each; Ani owns none."""
    builders.open_books(session)
    siti, ibu, ani = (person(session, ref) for ref in ("siti", "ibu", "ani"))
    for who, book in ((siti, SITI), (ibu, IBU)):
        operations.own_book(session, TENANT, who, book, actor=TELLER, recorded_at=NOW)
    return siti, ibu, ani


def test_whoever_owns_a_book_is_affected_by_what_reached_it(session: Session) -> None:
    siti, ibu, ani = household(session)
    journal.post(session, [post(1, *earn(10))], actor=TELLER, recorded_at=NOW)

    assert affected(session, Scope(book=SITI)) == [siti]
    assert affected(session, Scope(table="entry")) == [siti]
    assert affected(session, Scope(table="account")) == sorted([siti, ibu])
    assert affected(session, Scope(table="entry", book=IBU)) == []
    assert affected(session, Scope()) == sorted([siti, ibu, ani])
    assert affected(session, Scope(book=SITI), Scope(book=IBU)) == sorted([siti, ibu])
    assert affected(session, Scope(book=builders.KOPERASI)) == []


def test_whom_the_texts_of_a_book_are_about_is_affected_by_what_reached_it(
    session: Session,
) -> None:
    """A member owns nothing of the cooperative's book, and her loan is spoken of in it."""
    siti, ibu, ani = household(session)
    gone, stays = person(session, "siti-lama"), f"person-{ani}"
    merge(session, gone, siti)
    sent = [
        post(1, *earn(10), book=IBU, narration="untuk siti", subject=f"person-{gone}"),
        post(2, *earn(10), book=IBU, narration="untuk ani", subject=stays),
        post(3, *earn(10), book=IBU, narration="untuk bank", subject="donor"),
    ]
    journal.post(session, sent, actor=TELLER, recorded_at=NOW)

    assert affected(session, Scope(book=IBU)) == sorted([siti, ibu, ani])
    assert affected(session, Scope(book=IBU, table="entry_text")) == sorted([siti, ibu, ani])
    assert affected(session, Scope(book=IBU, table="posting")) == [ibu]
    later = Scope(book=IBU, written=True)
    assert affected(session, later, since=1, until=2) == [ibu]
    assert affected(session, Scope(book=SITI)) == [siti]


def test_whoever_left_a_book_before_is_not_affected_and_later_is(session: Session) -> None:
    siti, ibu, _ = household(session)
    operations.own_book(session, TENANT, ibu, SITI, actor=TELLER, recorded_at=hours(9))
    operations.end_ownership(session, TENANT, siti, SITI, actor=TELLER, recorded_at=hours(5))

    assert affected(session, Scope(book=SITI), since=6, until=7) == [ibu]
    assert affected(session, Scope(book=SITI), since=4, until=7) == sorted([siti, ibu])


def test_what_lay_open_and_what_was_written_are_two_questions(session: Session) -> None:
    siti, ibu = person(session), person(session, "ibu")
    give(session, siti)
    give(session, ibu, at=hours(5))

    stored = Scope(table="consent_event")
    written = Scope(table="consent_event", written=True)
    assert affected(session, stored, since=3, until=4) == [siti]
    assert affected(session, written, since=3, until=4) == []
    assert affected(session, written, since=4, until=6) == [ibu]
    assert affected(session, stored, since=-9, until=0) == []


def test_a_person_is_affected_once_whatever_her_records(session: Session) -> None:
    siti, sari, gone = (person(session, ref) for ref in ("siti", "sari", "gone"))
    for who in (siti, sari, gone):
        give(session, who)
    merge(session, sari, siti)
    session.execute(text(f"UPDATE person SET state = 'erased' WHERE id = {gone}"))

    assert affected(session, Scope(table="consent_event")) == [siti]


def test_a_table_without_data_of_persons_cannot_be_meant(session: Session) -> None:
    tenants(session)

    with pytest.raises(queries.TableNotHeld):
        report(session, Scope(table="tenant"))


def test_looks_at_one_book_affect_whom_they_were_at(session: Session) -> None:
    siti, ibu, _ = household(session)
    look = Look(person=0, actor="x", role="teller", kind="k", purpose="service")
    operations.note_books(session, TENANT, [SITI, IBU], look, recorded_at=NOW)

    assert affected(session, Scope(table="access_log", book=SITI)) == [siti]
    assert affected(session, Scope(table="access_log")) == sorted([siti, ibu])


def test_notices_are_due_three_days_after_it_was_known(session: Session) -> None:
    siti, _, _ = household(session)

    no = report(session, Scope(book=SITI), later=2)

    found = queries.breach(session, TENANT, no)
    assert found.due_at == hours(1) + timedelta(hours=72)
    assert found.source.startswith("UU 27/2022 pasal 46")
    assert [(row.person_id, row.due_at) for row in queries.owed(session, TENANT)] == [
        (0, found.due_at),
        (siti, found.due_at),
    ]
    assert queries.owed(session, TENANT, due_before=found.due_at) == []
    assert [row.no for row in queries.reported(session, TENANT)] == [no]


def test_a_notice_is_sent_once(session: Session) -> None:
    siti, _, _ = household(session)
    no = report(session, Scope(book=SITI))

    def send(*persons: int) -> int:
        return operations.mark_sent(
            session, TENANT, no, persons, channel="letter", actor="ani", sent_at=hours(3)
        )

    assert send(siti, 77) == 1
    assert send(siti) == 0
    assert [row.person_id for row in queries.owed(session, TENANT)] == [0]
    assert send(0) == 1
    notice = session.get_one(BreachNotice, (TENANT, no, siti))
    assert (notice.sent_at, notice.sent_by, notice.channel) == (hours(3), "ani", "letter")
    with pytest.raises(queries.BreachNotFound):
        operations.mark_sent(session, TENANT, 9, [0], channel="x", actor="a", sent_at=NOW)


def test_a_breach_turns_out_to_be_wider(session: Session) -> None:
    _, ibu, _ = household(session)
    no = report(session, Scope(book=SITI))

    more = [Scope(book=SITI), Scope(book=IBU)]
    assert operations.widen_breach(session, TENANT, no, more, CONTRIBUTORS) == 1
    assert operations.widen_breach(session, TENANT, no, more, CONTRIBUTORS) == 0
    assert queries.scopes(session, TENANT, no) == more
    assert ibu in {row.person_id for row in queries.owed(session, TENANT)}


def test_of_what_nobody_knows_everybody_is_told(session: Session) -> None:
    persons = household(session)

    report(session)

    assert {row.person_id for row in queries.owed(session, TENANT)} == {0, *persons}


@pytest.mark.parametrize(
    "times",
    [
        {"since": 0, "until": 0},
        {"since": 1, "known": 0, "until": 2},
        {"known": 9},
    ],
)
def test_times_that_cannot_be_are_refused(session: Session, times: dict[str, int]) -> None:
    tenants(session)

    with pytest.raises(operations.BreachTimesMalformed):
        operations.report_breach(
            session, TENANT, told(**times), [], CONTRIBUTORS, actor="a", recorded_at=hours(2)
        )
    with pytest.raises(TenantNotFound):
        operations.report_breach(
            session, 5, told(), [], CONTRIBUTORS, actor="a", recorded_at=hours(2)
        )


def test_the_drill_with_many_persons_takes_seconds(session: Session) -> None:
    """The law gives three days; the house an hour; the list is there in seconds."""
    tenants(session)
    many = 20_000
    session.execute(
        insert(Person),
        [
            {
                "tenant_id": PLATFORM,
                "id": number,
                "ref": f"p{number}",
                "state": "active",
                "registered_at": NOW - timedelta(days=1),
            }
            for number in range(1, many + 1)
        ],
    )
    started = time.monotonic()

    report(session, Scope(table="person"))

    assert time.monotonic() - started < 30
    assert len(queries.owed(session, TENANT, limit=many + 5)) == many + 1
