"""Participant facts: optional, dated, resting on a consent, hidden when it is withdrawn."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.consents import operations as consents
from ledger.consents.facts import kinds, operations, queries
from ledger.consents.facts.operations import Told
from ledger.consents.operations import RequestKind
from ledger.parties import queries as people
from tests.builders import NOW, TELLER, TODAY
from tests.ledger.consents.scene import TENANT, give, hours, merge, person, withdraw

JANUARY = date(2026, 1, 1)
JUNE = date(2026, 6, 1)
KEMENDAGRI: dict[str, Any] = {"scheme": "kemendagri", "version": "300.2.2-2138/2025"}


def fact(who: int, name: str, value: str | None, since: date = JANUARY, **rest: Any) -> Told:
    return Told(person=who, name=name, value=value, valid_from=since, **rest)


def record(session: Session, *rows: Told, later: int = 0) -> operations.Recorded:
    return operations.record(session, TENANT, rows, actor=TELLER, recorded_at=hours(later))


def read(
    session: Session, *who: int, day: date = TODAY, at: datetime = NOW, **rest: Any
) -> dict[int, dict[queries.FactKey, str]]:
    found = queries.as_of(session, TENANT, who, day, at=at, **rest)
    return {
        person: {key: fact.value for key, fact in facts.items()} for person, facts in found.items()
    }


def consenting(session: Session, ref: str = "siti") -> int:
    who = person(session, ref)
    give(session, who, "evaluation")
    return who


def test_facts_are_recorded_in_bulk_and_read_as_of_a_day(session: Session) -> None:
    siti = consenting(session)

    done = record(
        session,
        fact(siti, "sex", "female"),
        fact(siti, "birth_year", "1990"),
        fact(siti, "kabupaten", "73.09", **KEMENDAGRI),
        fact(siti, "occupation", "5311", scheme="ISCO-08", version="2008"),
        fact(siti, "occupation", "9111", JUNE, scheme="ISCO-08", version="2008"),
        fact(siti, "destination_country", "HK", JUNE, valid_through=date(2026, 7, 31)),
        fact(siti, "cohort", "2026-1", key="dana-usaha"),
        fact(siti, "survey", "HH-17", key="baseline/1"),
    )

    assert (done.recorded, done.existing, done.problems) == (8, 0, ())
    assert read(session, siti, day=date(2025, 12, 31)) == {siti: {}}
    assert read(session, siti, day=JUNE)[siti] == {
        ("sex", ""): "female",
        ("birth_year", ""): "1990",
        ("kabupaten", ""): "73.09",
        ("occupation", ""): "9111",
        ("destination_country", ""): "HK",
        ("cohort", "dana-usaha"): "2026-1",
        ("survey", "baseline/1"): "HH-17",
    }
    march = read(session, siti, day=date(2026, 3, 1), names=["occupation", "destination_country"])
    assert march[siti] == {("occupation", ""): "5311"}
    assert ("destination_country", "") not in read(session, siti, day=date(2026, 8, 1))[siti]
    (kabupaten,) = queries.as_of(session, TENANT, [siti], TODAY, at=NOW, names=["kabupaten"])[
        siti
    ].values()
    assert (kabupaten.scheme, kabupaten.version) == ("kemendagri", "300.2.2-2138/2025")


def test_the_same_again_changes_nothing_and_a_correction_follows(session: Session) -> None:
    siti = consenting(session)
    record(session, fact(siti, "birth_year", "1990"))

    again = record(session, fact(siti, "birth_year", "1990"))
    record(session, fact(siti, "birth_year", "1991"), later=1)
    taken_back = record(session, fact(siti, "sex", "female"), fact(siti, "sex", None), later=2)

    assert (again.recorded, again.existing) == (0, 1)
    assert taken_back.recorded == 2
    assert read(session, siti)[siti] == {("birth_year", ""): "1991"}
    assert read(session, siti, known_at=NOW)[siti] == {("birth_year", ""): "1990"}
    history = queries.history(session, TENANT, siti)
    assert [row.value for row in history] == ["1990", "1991", "female", None]
    assert {(row.consent_person_id, row.consent_purpose, row.consent_no) for row in history} == {
        (siti, "evaluation", 1)
    }


def test_without_consent_nothing_is_kept(session: Session) -> None:
    siti = person(session)
    give(session, siti, "nudges")

    done = record(session, fact(siti, "sex", "female"))

    assert done.recorded == 0
    assert [problem.error.code for problem in done.problems] == ["fact_without_consent"]
    assert queries.history(session, TENANT, siti) == []


def test_a_withdrawn_consent_hides_all_of_it_on_every_day(session: Session) -> None:
    siti = consenting(session)
    record(session, fact(siti, "sex", "female"))

    withdraw(session, siti, "evaluation", hours(1))

    assert read(session, siti, at=NOW) == {siti: {("sex", ""): "female"}}
    assert read(session, siti, at=hours(1)) == {}
    assert len(queries.history(session, TENANT, siti)) == 1  # she herself still sees it

    give(session, siti, "evaluation", hours(2))
    assert read(session, siti, at=hours(2)) == {siti: {("sex", ""): "female"}}


def test_restricted_and_erased_persons_are_not_read(session: Session) -> None:
    siti, ibu = consenting(session), consenting(session, "ibu")
    record(session, fact(siti, "sex", "female"), fact(ibu, "sex", "female"))
    consents.register_request(
        session, TENANT, siti, RequestKind.RESTRICTION, actor=TELLER, recorded_at=NOW
    )
    assert set(read(session, siti, ibu)) == {ibu}

    session.execute(text(f"UPDATE person SET state = 'erased' WHERE id = {ibu}"))
    assert read(session, siti, ibu) == {}


def test_facts_of_merged_records_are_hers(session: Session) -> None:
    siti, sari = consenting(session), consenting(session, "sari")
    record(session, fact(siti, "sex", "female"), fact(siti, "birth_year", "1990"))
    record(session, fact(sari, "birth_year", "1991", JUNE))
    merge(session, sari, siti)

    assert read(session, sari) == {siti: {("sex", ""): "female", ("birth_year", ""): "1991"}}

    withdraw(session, sari, "evaluation", hours(1))
    assert read(session, siti, at=hours(1)) == {}


@pytest.mark.parametrize(
    ("name", "value", "rest"),
    [
        ("shoe_size", "39", {}),
        ("sex", "F", {}),
        ("birth_year", "90", {}),
        ("birth_year", "1990-05-01", {}),
        ("province", "73", {}),
        ("province", "73", {"scheme": "bps", "version": None}),
        ("kabupaten", "Maros", KEMENDAGRI),
        ("kabupaten", "73.09", {"scheme": "k e", "version": "1"}),
        ("sex", "female", KEMENDAGRI),
        ("destination_country", "HKG", {}),
        ("departure_date", "2026-02-30", {}),
        ("departure_date", "1492-10-12", {}),
        ("cohort", "1", {}),
        ("sex", "female", {"key": "x"}),
        ("cohort", "1", {"key": "a b"}),
        ("sex", None, KEMENDAGRI),
    ],
)
def test_what_cannot_be_is_refused(
    session: Session, name: str, value: str | None, rest: dict[str, Any]
) -> None:
    siti = consenting(session)

    done = record(session, fact(siti, name, value, **rest), fact(siti, "birth_year", "1990"))

    assert done.recorded == 1
    assert [problem.row for problem in done.problems] == [0]
    assert isinstance(done.problems[0].error, kinds.FactMalformed)


def test_a_bad_row_stops_no_other(session: Session) -> None:
    siti = consenting(session)
    backwards = fact(siti, "sex", "female", JUNE, valid_through=JANUARY)
    far = fact(siti, "sex", "female", date(1066, 1, 1))

    done = record(session, fact(9, "sex", "male"), backwards, far, fact(siti, "sex", "female"))

    assert [(problem.row, problem.error.code) for problem in done.problems] == [
        (0, "person_not_found"),
        (1, "date_range_backwards"),
        (2, "date_out_of_range"),
    ]
    assert done.recorded == 1


def test_many_are_read_in_few_statements(session: Session) -> None:
    persons = [consenting(session, f"p{number}") for number in range(120)]
    record(session, *[fact(who, "sex", "female") for who in persons])

    found = queries.as_of(session, TENANT, persons, TODAY, at=NOW + timedelta(days=1))

    assert len(found) == 120
    assert [len(page) for page in queries.told_of(session, TENANT)] == [120]
    with pytest.raises(people.PersonNotFound):
        queries.history(session, TENANT, 5)
