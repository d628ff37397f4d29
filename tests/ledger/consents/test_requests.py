"""Requests run against a dated clock; stops hold at once."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from ledger.consents import law, operations, queries
from ledger.consents.operations import RequestKind
from ledger.consents.tables import DataRequest
from ledger.parties import queries as people
from tests.builders import NOW, TELLER
from tests.ledger.consents.scene import TENANT, give, hours, merge, person, stands


def ask(session: Session, who: int, kind: RequestKind, *, at: int = 0, since: int = 0) -> int:
    made = operations.register_request(
        session,
        TENANT,
        who,
        kind,
        received_at=hours(since),
        actor=TELLER,
        recorded_at=hours(at),
    )
    return made.no


def stored(session: Session, who: int, no: int = 1) -> DataRequest:
    return session.get_one(DataRequest, (TENANT, who, no), populate_existing=True)


@pytest.mark.parametrize("kind", list(RequestKind))
def test_a_request_is_due_after_three_days_by_a_named_law(
    session: Session, kind: RequestKind
) -> None:
    siti = person(session)

    no = ask(session, siti, kind, since=-5)

    found = stored(session, siti, no)
    assert found.due_at == hours(-5) + timedelta(hours=72)
    assert found.source.startswith("UU 27/2022 pasal")
    assert (found.state, found.received_at, found.recorded_at) == ("open", hours(-5), NOW)


def test_what_is_overdue_comes_first(session: Session) -> None:
    siti, ibu = person(session), person(session, "ibu")
    ask(session, siti, RequestKind.ACCESS)
    ask(session, ibu, RequestKind.CORRECTION, since=-80)

    waiting = queries.waiting(session, TENANT)
    assert [row.person_id for row in waiting] == [ibu, siti]
    assert [row.person_id for row in queries.waiting(session, TENANT, due_before=NOW)] == [ibu]
    assert queries.waiting(session, TENANT + 1) == []

    operations.complete_request(session, TENANT, ibu, 1, actor="ani", recorded_at=NOW)
    assert queries.waiting(session, TENANT, due_before=NOW) == []
    assert (stored(session, ibu).state, stored(session, ibu).closed_by) == ("done", "ani")


def test_a_request_is_refused_on_a_ground_of_law_only(session: Session) -> None:
    siti = person(session)
    no = ask(session, siti, RequestKind.ACCESS)

    def refuse(ground: str, number: int = no) -> None:
        operations.refuse_request(
            session, TENANT, siti, number, ground, actor="ani", recorded_at=hours(1)
        )

    for ground, error in (
        ("busy", law.GroundUnknown),
        ("retention", law.GroundUnfit),
    ):
        with pytest.raises(error):
            refuse(ground)
    with pytest.raises(queries.RequestNotFound):
        refuse("endangers", 7)
    assert stored(session, siti).state == "open"

    refuse("endangers")
    assert (stored(session, siti).state, stored(session, siti).ground) == ("refused", "endangers")
    with pytest.raises(operations.RequestClosed):
        refuse("endangers")
    with pytest.raises(operations.RequestClosed):
        operations.complete_request(session, TENANT, siti, no, actor="ani", recorded_at=NOW)


def test_no_ground_lets_an_objection_be_refused() -> None:
    assert not [ground for ground in law.shipped().grounds if "objection" in ground.kinds]


def test_a_restriction_holds_at_once_and_until_it_is_lifted(session: Session) -> None:
    siti, ibu = person(session), person(session, "ibu")
    assert not queries.is_restricted(session, TENANT, siti)

    no = ask(session, siti, RequestKind.RESTRICTION)
    assert queries.is_restricted(session, TENANT, siti)
    assert queries.restricted_among(session, TENANT, [siti, ibu, 9]) == {siti}

    operations.complete_request(session, TENANT, siti, no, actor="a", recorded_at=NOW)
    assert queries.is_restricted(session, TENANT, siti)

    for _ in range(2):
        operations.lift(
            session, TENANT, siti, RequestKind.RESTRICTION, actor="a", recorded_at=hours(1)
        )
    assert not queries.is_restricted(session, TENANT, siti)
    ask(session, siti, RequestKind.RESTRICTION)
    assert queries.is_restricted(session, TENANT, siti)


def test_a_refused_restriction_holds_no_longer(session: Session) -> None:
    siti = person(session)
    no = ask(session, siti, RequestKind.RESTRICTION)

    operations.refuse_request(
        session, TENANT, siti, no, "law_enforcement", actor="a", recorded_at=NOW
    )

    assert not queries.is_restricted(session, TENANT, siti)


def test_a_restriction_of_one_record_is_one_of_the_person(session: Session) -> None:
    siti, sari = person(session), person(session, "sari")
    no = ask(session, sari, RequestKind.RESTRICTION)
    merge(session, sari, siti)

    assert queries.restricted_among(session, TENANT, [siti, sari]) == {siti, sari}
    operations.complete_request(session, TENANT, sari, no, actor="a", recorded_at=NOW)
    operations.lift(session, TENANT, siti, RequestKind.RESTRICTION, actor="a", recorded_at=NOW)
    assert queries.restricted_among(session, TENANT, [siti, sari]) == set()


def test_an_objection_switches_scoring_off_at_once(session: Session) -> None:
    siti = person(session)
    give(session, siti, "scoring")
    give(session, siti, "nudges")

    ask(session, siti, RequestKind.OBJECTION, at=1)

    assert not stands(session, siti, "scoring", hours(1))
    assert stands(session, siti, "nudges", hours(1))
    assert queries.has_objected(session, TENANT, siti)
    assert queries.objecting_among(session, TENANT, [siti, 9]) == {siti}
    scoring = [row for row in queries.history(session, TENANT, siti) if row.purpose == "scoring"]
    assert (scoring[-1].given, scoring[-1].reason) == (False, "objection")


def test_scoring_waits_until_she_takes_her_objection_back(session: Session) -> None:
    siti = person(session)
    ask(session, siti, RequestKind.OBJECTION)
    with pytest.raises(operations.ObjectionStands):
        give(session, siti, "scoring")

    operations.lift(session, TENANT, siti, RequestKind.OBJECTION, actor="a", recorded_at=hours(1))
    assert not stands(session, siti, "scoring", hours(1))
    give(session, siti, "scoring", hours(1))
    assert stands(session, siti, "scoring", hours(1))


def test_a_request_is_made_by_somebody_and_not_tomorrow(session: Session) -> None:
    siti = person(session)

    with pytest.raises(operations.RequestInFuture):
        ask(session, siti, RequestKind.ACCESS, since=1)
    with pytest.raises(people.PersonNotFound):
        ask(session, 9, RequestKind.ACCESS)
    assert queries.of_person(session, TENANT, [siti]) == []
