"""Consents: absent is no, withdrawn at once, and merged records answer with the stricter word."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.orm import Session

from ledger.consents import operations, queries, texts
from ledger.consents.answers import Means
from ledger.consents.facts import queries as facts
from ledger.consents.facts.tables import PersonFact
from ledger.consents.tables import AccessLog, ConsentEvent, DataStop
from ledger.errors import LedgerError
from ledger.parties import operations as parties
from ledger.parties import queries as people
from ledger.parties.tables import Person
from tests import plans
from tests.builders import NOW, TODAY
from tests.ledger.consents import test_texts
from tests.ledger.consents.scene import (
    BANK,
    KOPERASI,
    TENANT,
    give,
    hours,
    merge,
    person,
    stands,
    tenants,
    withdraw,
)

EARLIER = NOW - timedelta(days=3)


def test_absent_is_no(session: Session) -> None:
    siti = person(session)

    assert not stands(session, siti)
    assert not stands(session, 12345)
    assert queries.standing(session, TENANT, siti, NOW) == []


def test_a_consent_is_given_and_withdrawn_at_once(session: Session) -> None:
    siti = person(session)

    give(session, siti)
    withdraw(session, siti, at=hours(1))

    assert not stands(session, siti, at=NOW - timedelta(microseconds=1))
    assert stands(session, siti)
    assert stands(session, siti, at=hours(1) - timedelta(microseconds=1))
    assert not stands(session, siti, at=hours(1))
    assert not stands(session, siti, "scoring")


def test_the_last_word_of_one_instant_counts(session: Session) -> None:
    siti = person(session)

    give(session, siti)
    withdraw(session, siti)
    assert not stands(session, siti)

    give(session, siti)
    assert stands(session, siti)


def test_history_keeps_which_text_how_and_by_whom_witnessed(session: Session) -> None:
    siti = person(session)

    give(session, siti, language="en", means=Means.VOICE, witness="ani", at=NOW)
    give(session, siti, at=hours(1))
    withdraw(session, siti, at=hours(2))
    withdraw(session, siti, at=hours(3))

    first, second = queries.history(session, TENANT, siti)
    shipped = texts.shipped().purpose("nudges").current(NOW)
    assert first.text_hash == shipped.hash("en")
    assert (first.text_version, first.language, first.means) == (1, "en", "voice")
    assert (first.witness, first.actor, first.recorded_at) == ("ani", "teller", NOW)
    assert (second.given, second.no, second.at) == (False, 2, hours(2))
    (now,) = queries.standing(session, TENANT, siti, hours(4))
    assert (now.purpose, now.given, now.outdated, now.since) == ("nudges", False, False, hours(2))


def test_a_no_may_come_before_any_yes(session: Session) -> None:
    siti = person(session)

    withdraw(session, siti)

    assert [each.given for each in queries.history(session, TENANT, siti)] == [False]


def test_paper_may_be_older_than_its_record_but_undoes_no_later_word(session: Session) -> None:
    siti = person(session)
    withdraw(session, siti, at=NOW)

    give(session, siti, means=Means.PAPER, at=hours(1))
    withdraw(session, siti, at=hours(2))
    operations.give(
        session,
        TENANT,
        siti,
        "nudges",
        operations.Given(language="id", means=Means.PAPER, at=EARLIER),
        actor="ani",
        recorded_at=hours(3),
    )

    assert stands(session, siti, at=EARLIER)
    assert not stands(session, siti, at=hours(3))
    withdraw(session, siti, at=hours(4))
    assert not stands(session, siti, at=hours(5))


def test_sharing_is_with_one_named_cooperative(session: Session) -> None:
    tenants(session)
    siti = person(session)

    give(session, siti, "share", other=KOPERASI)
    give(session, siti, "share", other=BANK)
    assert stands(session, siti, "share", other=KOPERASI)
    assert not stands(session, siti, "share")

    withdraw(session, siti, "share", other=KOPERASI)
    assert not stands(session, siti, "share", other=KOPERASI)
    assert stands(session, siti, "share", other=BANK)

    withdraw(session, siti, "share", at=hours(1))
    assert not stands(session, siti, "share", at=hours(1), other=BANK)
    assert {each.other for each in queries.standing(session, TENANT, siti, hours(1))} == {
        KOPERASI,
        BANK,
    }


def _refused(session: Session, siti: int, **how: Any) -> str:
    with pytest.raises(LedgerError) as refused:
        give(session, siti, **how)
    return refused.value.code


def test_what_is_no_consent_is_refused(session: Session) -> None:
    tenants(session)
    siti = person(session)
    attempts: tuple[tuple[dict[str, Any], str], ...] = (
        ({"purpose": "spam"}, "consent_purpose_unknown"),
        ({"purpose": "share"}, "consent_names_tenant"),
        ({"purpose": "share", "other": 99}, "tenant_not_found"),
        ({"other": KOPERASI}, "consent_names_tenant"),
        ({"version": 2}, "consent_text_unknown"),
        ({"means": Means.VOICE}, "consent_without_witness"),
    )

    for how, code in attempts:
        assert _refused(session, siti, **how) == code, how
    future = operations.Given(language="id", means=Means.APP, at=hours(1))
    with pytest.raises(operations.ConsentInFuture):
        operations.give(session, TENANT, siti, "nudges", future, actor="a", recorded_at=NOW)
    with pytest.raises(operations.ConsentNamesTenant):
        withdraw(session, siti, other=KOPERASI)
    with pytest.raises(people.PersonNotFound):
        give(session, 99)
    assert list(queries.history(session, TENANT, siti)) == []


def test_a_new_text_ends_consents_to_the_old_one_where_it_says_so(session: Session) -> None:
    second = test_texts.version(2, "second", "2026-06-01T00:00:00Z", again="2026-12-01T00:00:00Z")
    catalogue = texts.read(test_texts.NUDGES + second)
    december = datetime(2026, 12, 1, tzinfo=UTC)
    siti = person(session)
    give(session, siti, catalogue=catalogue, version=1)

    def now(at: datetime) -> bool:
        return stands(session, siti, at=at, catalogue=catalogue)

    assert now(december - timedelta(seconds=1))
    assert not now(december)
    (found,) = queries.standing(session, TENANT, siti, december, catalogue=catalogue)
    assert (found.given, found.outdated) == (False, True)
    with pytest.raises(operations.TextOutdated):
        give(session, siti, catalogue=catalogue, version=1, at=december)

    give(session, siti, catalogue=catalogue, at=december)
    assert now(december)


def test_of_merged_records_the_stricter_answer_wins(session: Session) -> None:
    siti, sari, third = (person(session, ref) for ref in ("siti", "sari", "third"))
    give(session, siti)
    withdraw(session, sari)

    merge(session, sari, siti)
    merge(session, third, siti)

    assert not any(stands(session, who) for who in (siti, sari, third))
    assert queries.given_among(session, TENANT, [siti, sari], "nudges", NOW) == set()


def test_merged_records_consent_and_withdraw_as_one(session: Session) -> None:
    siti, sari = person(session), person(session, "sari")
    give(session, sari)
    merge(session, sari, siti)
    assert stands(session, siti)  # she said yes on one record, and no on none

    withdraw(session, sari, at=hours(1))
    assert not stands(session, siti, at=hours(1))

    give(session, siti, at=hours(2))
    assert stands(session, siti, at=hours(2))
    assert stands(session, sari, at=hours(2))
    assert queries.given_among(session, TENANT, [siti, sari, 9], "nudges", hours(2)) == {siti, sari}
    (one,) = queries.standing(session, TENANT, siti, hours(2))
    assert one.given


def test_tenants_do_not_answer_for_each_other(session: Session) -> None:
    siti = person(session)
    give(session, siti)

    assert not queries.is_given(session, TENANT + 1, siti, "nudges", NOW)


def test_the_erased_consent_to_nothing(session: Session) -> None:
    siti = person(session)
    give(session, siti)
    session.execute(text("UPDATE person SET state = 'erased'"))
    session.expire_all()

    assert not stands(session, siti)
    with pytest.raises(parties.PersonNotActive):
        give(session, siti)
    withdraw(session, siti)


def test_one_question_is_one_statement(session: Session) -> None:
    siti = person(session)
    give(session, siti)
    seen: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", note)
    try:
        assert stands(session, siti)
        assert len(seen) == 1
        seen.clear()
        queries.given_among(session, TENANT, range(1, 1001), "nudges", NOW)
        assert len(seen) == 1
    finally:
        event.remove(bind, "before_cursor_execute", note)


@pytest.mark.parametrize("known", [True, False], ids=["with statistics", "without"])
@pytest.mark.parametrize("many", [1, 500])
def test_the_question_walks_through_no_table(session: Session, many: int, *, known: bool) -> None:
    for number in range(3):
        give(session, person(session, f"p{number}"))
    pad(session, 3_000)
    tables = ("person", "consent_event", "data_stop", "person_fact", "access_log")
    if known:
        plans.settle(session, *tables)
    asked = range(1, many + 1)

    for ask in (
        lambda: queries.given_among(session, TENANT, asked, "nudges", NOW),
        lambda: queries.restricted_among(session, TENANT, asked),
        lambda: facts.as_of(session, TENANT, asked, TODAY, at=NOW),
        lambda: queries.hers(session, TENANT, 1),
    ):
        assert not plans.walked(session, ask) & {*tables}


def pad(session: Session, many: int) -> None:
    """Give a tenant so many persons that a planner is tempted to walk."""
    rows = [
        {"tenant_id": TENANT, "id": number, "ref": f"n-{number}", "state": "active"}
        for number in range(1, many + 1)
    ]
    session.execute(insert(Person), [{**row, "registered_at": NOW} for row in rows])
    done = {"tenant_id": TENANT, "no": 1, "actor": "a", "recorded_at": NOW}
    answer = {"purpose": "nudges", "other_id": 0, "given": False, "reason": "asked", "at": NOW}
    fact = {"name": "sex", "key": "", "value": "male", "valid_from": TODAY, "consent_no": 1}
    basis = {"consent_person_id": 1, "consent_purpose": "evaluation"}
    look = {"role": "teller", "kind": "statement", "purpose": "audit"}
    for model, values in (
        (ConsentEvent, {**answer, "means": "app"}),
        (DataStop, {"kind": "restriction", "stopped": False}),
        (PersonFact, {**fact, **basis}),
        (AccessLog, look),
    ):
        made = [{**done, **values, "person_id": row["id"]} for row in rows]
        session.execute(insert(model), made)
