"""Persons: registered once, merged, related, and every change written down."""

from functools import partial

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from ledger.books import operations as books
from ledger.parties import operations, queries
from ledger.parties.tables import Person
from tests import plans
from tests.builders import NOW, TELLER

TENANT = 11


def person(session: Session, ref: str, tenant: int = TENANT) -> int:
    return operations.register(session, tenant, ref, actor=TELLER, recorded_at=NOW)


def merge(session: Session, duplicate: int, into: int) -> None:
    operations.merge(
        session, TENANT, duplicate, into, actor=TELLER, reason="same_nik", recorded_at=NOW
    )


def relate(session: Session, one: int, other: int, kind: operations.RelationKind) -> None:
    operations.relate(session, TENANT, one, other, kind, actor=TELLER, recorded_at=NOW)


def whats(session: Session, who: int) -> list[tuple[str, str | None]]:
    return [(event.what, event.after) for event in queries.events(session, TENANT, who)]


def test_a_person_is_registered_once(session: Session) -> None:
    siti = person(session, "siti")

    assert person(session, "siti") == siti
    assert queries.find(session, TENANT, "siti").id == siti
    assert queries.find(session, TENANT, str(siti)).ref == "siti"
    assert whats(session, siti) == [("registered", None)]


def test_tenants_know_different_persons_under_one_reference(session: Session) -> None:
    siti = person(session, "siti")

    assert person(session, "siti", tenant=12) != siti
    with pytest.raises(queries.PersonNotFound):
        queries.natural(session, 12, [siti])


@pytest.mark.parametrize(
    "ref", ["", " ", "a b", "é", "x" * 65, "a\x00", "-a", "7309015406950001", "7309.0154.0695.0001"]
)
def test_a_reference_that_cannot_be_is_refused(session: Session, ref: str) -> None:
    with pytest.raises(operations.PersonRefMalformed) as caught:
        person(session, ref)
    assert "7309" not in str(caught.value)


def test_merged_records_are_one_human_being_however_long_the_chain(session: Session) -> None:
    a, b, c = (person(session, ref) for ref in "abc")

    merge(session, a, b)
    merge(session, b, c)

    assert queries.natural(session, TENANT, [a, b, c]) == {a: c, b: c, c: c}
    assert whats(session, a)[-1] == ("merged_into", str(b))
    assert whats(session, c)[-1] == ("merged_from", str(b))


def test_what_is_merged_is_merged_no_more(session: Session) -> None:
    a, b, c = (person(session, ref) for ref in "abc")
    merge(session, a, b)

    with pytest.raises(operations.SamePersonTwice):
        merge(session, a, b)
    with pytest.raises(operations.SamePersonTwice):
        merge(session, b, a)
    with pytest.raises(operations.SamePersonTwice):
        merge(session, b, b)
    with pytest.raises(operations.PersonNotActive):
        merge(session, a, c)
    with pytest.raises(operations.PersonNotActive):
        merge(session, c, a)
    with pytest.raises(operations.PersonNotActive):
        person(session, "a")
    with pytest.raises(queries.PersonNotFound):
        merge(session, c, 5)


@pytest.mark.parametrize("reason", ["", "Siti", "7309015406950001", "dua kata"])
def test_a_reason_is_a_word(session: Session, reason: str) -> None:
    a, b = person(session, "a"), person(session, "b")

    with pytest.raises(operations.ReasonMalformed):
        operations.merge(session, TENANT, a, b, actor=TELLER, reason=reason, recorded_at=NOW)


def test_relations_are_of_human_beings_not_of_records(session: Session) -> None:
    a, b, c, d = (person(session, ref) for ref in "abcd")
    relate(session, a, b, "family")
    relate(session, c, d, "business")
    relate(session, d, c, "business")
    merge(session, b, c)

    assert queries.related(session, TENANT, a) == {c: {"family"}}
    assert queries.related(session, TENANT, b) == {a: {"family"}, d: {"business"}}
    assert queries.related(session, TENANT, c) == {a: {"family"}, d: {"business"}}
    assert whats(session, d) == [("registered", None), ("related:business", str(c))]


def test_a_relation_ends_and_may_begin_again(session: Session) -> None:
    a, b = person(session, "a"), person(session, "b")

    def end() -> None:
        operations.end_relation(session, TENANT, b, a, "family", actor=TELLER, recorded_at=NOW)

    end()
    relate(session, a, b, "family")
    end()
    end()
    assert queries.related(session, TENANT, a) == {}

    relate(session, a, b, "family")
    assert queries.related(session, TENANT, a) == {b: {"family"}}
    assert [what for what, _ in whats(session, a)] == [
        "registered",
        "related:family",
        "unrelated:family",
        "related:family",
    ]


def test_two_records_of_one_human_being_are_no_relatives(session: Session) -> None:
    a, b, c = (person(session, ref) for ref in "abc")
    relate(session, a, b, "household")
    merge(session, a, b)

    assert queries.related(session, TENANT, b) == {}
    with pytest.raises(operations.SamePersonTwice):
        relate(session, a, b, "family")
    with pytest.raises(operations.SamePersonTwice):
        relate(session, c, c, "family")


@pytest.mark.parametrize("known", [True, False], ids=["with statistics", "without"])
def test_a_name_is_looked_up_and_persons_are_not_walked(session: Session, *, known: bool) -> None:
    tenant = books.open_tenant(session, "many", name="many")
    row = {"tenant_id": tenant, "state": "active", "registered_at": NOW}
    refs = [f"p-{number}" for number in range(3_000)]
    ids = [operations.person_id(tenant, ref) for ref in refs]
    many = [{**row, "id": each, "ref": ref} for each, ref in zip(ids, refs, strict=True)]
    session.execute(insert(Person), many)
    if known:
        plans.settle(session, "person", "tenant")
    asked = [
        *(
            partial(queries.find_anywhere, session, name)
            for name in ("many/p-7", "p-7", str(ids[7]))
        ),
        *(partial(queries.find, session, tenant, name) for name in ("p-7", str(ids[7]))),
    ]

    for ask in asked:
        assert "person" not in plans.walked(session, ask)
        assert ask().id == ids[7]


@pytest.mark.parametrize("name", ["", "nobody", "many/", "/p", "9" * 19, str(2**63), "9" * 90, "²"])
def test_what_names_no_person_is_not_found(session: Session, name: str) -> None:
    person(session, "siti")

    for ask in (partial(queries.find, session, TENANT), partial(queries.find_anywhere, session)):
        with pytest.raises(queries.PersonNotFound):
            ask(name)
