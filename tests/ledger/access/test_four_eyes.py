"""Erasing, lifting a hold, erasing texts, granting a role: nobody does them alone, by no route.

Every kind × every way of being one's own second pair of eyes: refused, and nothing is done. Ani
makes the proposals, Siti gains from them, Citra leads the cooperative.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from ledger.access import operations as access
from ledger.access import queries as officers
from ledger.approvals import operations, queries
from ledger.approvals.independence import Actor
from ledger.approvals.tables import Proposal
from ledger.books.tables import Erasure, TextKey
from ledger.consents import operations as consents
from ledger.errors import LedgerError
from ledger.journal.operations import SubjectMalformed
from ledger.journal.subjects import person_subject
from ledger.parties import operations as parties
from ledger.parties import queries as people
from ledger.parties.operations import BookNotHers, HoldNotFound, RetentionHeld
from ledger.parties.tables import Person, RetentionHold
from tests import builders
from tests.builders import COOPERATIVE, KOPERASI, NOW, TODAY

TENANT = COOPERATIVE
HEADS = frozenset({"manager", "supervisor", "administrator"})
BY: dict[str, Any] = {"actor": "test", "recorded_at": NOW}
LONG_AGO = date(2010, 1, 1)


@dataclass
class Office:
    """The people by name, in a session."""

    session: Session
    ids: dict[str, int] = field(default_factory=dict)

    def register(self, name: str) -> int:
        self.ids[name] = parties.register(self.session, TENANT, name, **BY)
        return self.ids[name]

    def actor(self, name: str, *roles: str, handle: str | None = None) -> Actor:
        return Actor(self.ids[name], handle or name, frozenset(roles) or HEADS)

    def merge(self, gone: str, into: str) -> None:
        parties.merge(self.session, TENANT, self.ids[gone], self.ids[into], reason="same_nik", **BY)

    def relate(self, one: str, other: str) -> None:
        parties.relate(self.session, TENANT, self.ids[one], self.ids[other], "family", **BY)

    def approve(self, row: Proposal, by: Actor) -> Proposal:
        return operations.approve(self.session, TENANT, row.id, row.hash, by=by, recorded_at=NOW)

    def execute(self, row: Proposal, by: str = "citra") -> Proposal:
        return operations.execute(self.session, TENANT, row.id, by=self.actor(by), recorded_at=NOW)


@pytest.fixture
def office(session: Session) -> Office:
    """Open the books; register the people; Siti has an account and a hold noted in error."""
    builders.open_books(session)
    made = Office(session)
    for name in ("ani", "siti", "citra", "dewi"):
        made.register(name)
    access.add(session, TENANT, "siti", made.ids["siti"], **BY)
    return made


def erasing(office: Office, by: str = "ani") -> Proposal:
    return operations.propose_erasure(
        office.session,
        TENANT,
        office.ids["siti"],
        reason="own_request",
        by=office.actor(by),
        recorded_at=NOW,
    )


def lifting(office: Office, by: str = "ani") -> Proposal:
    parties.hold(office.session, TENANT, office.ids["siti"], "tax", TODAY, **BY)
    return operations.propose_lifting(
        office.session, TENANT, office.ids["siti"], "tax", by=office.actor(by), recorded_at=NOW
    )


def erasing_texts(office: Office, by: str = "ani") -> Proposal:
    return operations.propose_text_erasure(
        office.session,
        KOPERASI,
        person_subject(office.ids["siti"]),
        by=office.actor(by),
        recorded_at=NOW,
    )


def granting(office: Office, by: str = "ani") -> Proposal:
    return access.propose_grant(
        office.session,
        TENANT,
        access.officer_id(TENANT, "siti"),
        "teller",
        valid_from=TODAY,
        by=office.actor(by),
        recorded_at=NOW,
    )


KINDS = (erasing, lifting, erasing_texts, granting)


def happened(office: Office) -> dict[str, bool]:
    """Say which of the four are done."""
    session, siti = office.session, office.ids["siti"]
    session.expire_all()
    person = session.get(Person, (TENANT, siti))
    held = session.get(RetentionHold, (TENANT, siti, "tax"))
    row = officers.find(session, TENANT, "siti")
    return {
        "erasing": person is not None and person.state == "erased",
        "lifting": held is not None and held.lifted_at is not None,
        "erasing_texts": session.get(TextKey, (KOPERASI, person_subject(siti))) is not None,
        "granting": bool(officers.grants(session, TENANT, row.id)),
    }


def herself(office: Office) -> Actor:
    return office.actor("ani")


def with_every_role(office: Office) -> Actor:
    return office.actor("ani", *HEADS, "teller", "superuser", "root")


def another_account_of_hers(office: Office) -> Actor:
    return office.actor("ani", handle="ani-2")


def a_record_merged_into_hers(office: Office) -> Actor:
    office.register("ani-2")
    office.merge("ani-2", "ani")
    return office.actor("ani-2")


def the_record_she_was_merged_into(office: Office) -> Actor:
    office.register("ani-2")
    office.merge("ani", "ani-2")
    return office.actor("ani-2")


def who_gains(office: Office) -> Actor:
    return office.actor("siti")


def another_record_of_who_gains(office: Office) -> Actor:
    office.register("siti-2")
    office.merge("siti-2", "siti")
    return office.actor("siti-2")


def a_relative_of_who_gains(office: Office) -> Actor:
    office.relate("dewi", "siti")
    return office.actor("dewi")


def in_no_fitting_role(office: Office) -> Actor:
    return office.actor("citra", "teller", "auditor", "evaluator", "superuser")


ROUTES: tuple[tuple[Callable[[Office], Actor], str], ...] = (
    (herself, "self_approval"),
    (with_every_role, "self_approval"),
    (another_account_of_hers, "self_approval"),
    (a_record_merged_into_hers, "self_approval"),
    (the_record_she_was_merged_into, "self_approval"),
    (who_gains, "approver_benefits"),
    (another_record_of_who_gains, "approver_benefits"),
    (a_relative_of_who_gains, "approver_benefits"),
    (in_no_fitting_role, "may_not_decide"),
)


@pytest.mark.parametrize("propose", KINDS)
@pytest.mark.parametrize(("route", "code"), ROUTES, ids=[route.__name__ for route, _ in ROUTES])
def test_nobody_does_it_alone(
    office: Office,
    propose: Callable[[Office], Proposal],
    route: Callable[[Office], Actor],
    code: str,
) -> None:
    row = propose(office)
    actor = route(office)

    with pytest.raises(LedgerError) as refused:
        office.approve(row, actor)

    assert refused.value.code == code
    for who in office.ids:
        with pytest.raises(operations.NotApproved):
            office.execute(row, who)
    assert not any(happened(office).values())


@pytest.mark.parametrize("propose", KINDS)
def test_two_people_do_it_once(office: Office, propose: Callable[[Office], Proposal]) -> None:
    row = propose(office)
    assert propose(office).id == row.id, "while it waits, whoever asks gets that one"

    office.approve(row, office.actor("citra", "manager"))
    assert not any(happened(office).values())
    office.execute(row)

    assert happened(office) == {each.__name__: each is propose for each in KINDS}
    with pytest.raises(operations.ProposalNotWaiting):
        office.execute(row)


@pytest.mark.parametrize("propose", KINDS)
def test_what_is_kept_of_it_names_nobody(
    office: Office, propose: Callable[[Office], Proposal]
) -> None:
    row = propose(office)
    terms = queries.terms(office.session, row)

    assert "Siti" not in str(terms.content)
    assert terms.beneficiaries == {office.ids["siti"]}


def test_a_statute_stops_an_erasure_before_it_is_proposed_and_before_it_happens(
    office: Office,
) -> None:
    siti = office.ids["siti"]
    row = erasing(office)
    office.approve(row, office.actor("citra", "manager"))
    parties.hold(office.session, TENANT, siti, "tax", TODAY, **BY)

    with pytest.raises(RetentionHeld), office.session.begin_nested():
        office.execute(row)
    with pytest.raises(RetentionHeld):
        erasing(office, by="dewi")

    parties.lift_hold(office.session, TENANT, siti, "tax", **BY)
    office.session.refresh(row)
    office.execute(row)
    assert people.find(office.session, TENANT, "siti").state == "erased"
    assert office.session.get(Erasure, person_subject(siti)) is not None


def test_a_hold_that_was_prolonged_is_not_lifted_by_an_older_proposal(office: Office) -> None:
    siti = office.ids["siti"]
    parties.hold(office.session, TENANT, siti, "tax", TODAY - timedelta(days=400), **BY)
    row = operations.propose_lifting(
        office.session, TENANT, siti, "tax", by=office.actor("ani"), recorded_at=NOW
    )
    office.approve(row, office.actor("citra", "manager"))
    parties.hold(office.session, TENANT, siti, "tax", TODAY, **BY)

    with pytest.raises(operations.HoldMoved):
        office.execute(row)
    with pytest.raises(HoldNotFound):
        operations.propose_lifting(
            office.session, TENANT, siti, "audit", by=office.actor("ani"), recorded_at=NOW
        )


def test_texts_of_a_household_are_its_owners(office: Office, session: Session) -> None:
    tenant, book = builders.PLATFORM, builders.SITI
    owner = parties.register(session, tenant, "pemilik", **BY)
    lead = Actor(parties.register(session, tenant, "kepala", **BY), "kepala", HEADS)
    consents.own_book(session, tenant, owner, book, **BY)
    row = operations.propose_text_erasure(session, book, "", by=lead, recorded_at=NOW)

    assert queries.terms(session, row).beneficiaries == {owner}
    with pytest.raises(operations.ApproverBenefits):
        operations.approve(
            session, tenant, row.id, row.hash, by=Actor(owner, "x", HEADS), recorded_at=NOW
        )
    with pytest.raises(SubjectMalformed):
        operations.propose_text_erasure(session, book, "a b\n", by=lead, recorded_at=NOW)
    stranger = operations.propose_text_erasure(session, book, "person-1", by=lead, recorded_at=NOW)
    assert queries.terms(session, stranger).beneficiaries == frozenset()


def test_a_cooperatives_book_is_nobodys_to_erase(office: Office) -> None:
    with pytest.raises(BookNotHers):
        operations.propose_erasure(
            office.session,
            TENANT,
            office.ids["siti"],
            reason="own_request",
            books=[KOPERASI],
            by=office.actor("ani"),
            recorded_at=NOW,
        )


# Roles.


def test_nobody_proposes_a_role_for_herself(office: Office) -> None:
    with pytest.raises(access.SelfGrant):
        granting(office, by="siti")
    office.register("siti-2")
    office.merge("siti-2", "siti")
    with pytest.raises(access.SelfGrant):
        granting(office, by="siti-2")


def test_who_turns_out_to_be_her_own_proposer_gets_no_role(office: Office) -> None:
    """Ani proposes a role for Siti; then both turn out to be one human being."""
    row = granting(office)
    office.approve(row, office.actor("citra", "manager"))
    office.merge("ani", "siti")

    with pytest.raises(access.SelfGrant):
        office.execute(row)


@pytest.mark.parametrize(
    ("role", "decides"),
    [
        ("manager", True),
        ("supervisor", True),
        ("administrator", True),
        ("teller", False),
        ("fund_manager", False),
        ("auditor", False),
    ],
)
def test_the_policy_says_who_decides_on_roles(office: Office, role: str, decides: bool) -> None:  # noqa: FBT001
    session = office.session
    row = granting(office)
    made = access.add(session, TENANT, "dewi", office.ids["dewi"], **BY)
    access.grant(session, TENANT, made, role, valid_from=TODAY, **BY)
    acting = officers.acting(session, officers.find(session, TENANT, "dewi"), TODAY, level=2)

    if decides:
        assert (
            access.approve(session, acting, row.id, row.hash, recorded_at=NOW).state == "approved"
        )
        assert access.execute(session, acting, row.id, recorded_at=NOW).state == "executed"
        return
    with pytest.raises(access.NotAllowed):
        access.approve(session, acting, row.id, row.hash, recorded_at=NOW)


def test_a_manager_of_one_book_decides_on_no_roles_in_it(office: Office) -> None:
    session = office.session
    made = access.add(session, TENANT, "dewi", office.ids["dewi"], **BY)
    access.grant(session, TENANT, made, "manager", valid_from=TODAY, book=KOPERASI, **BY)
    acting = officers.acting(session, officers.find(session, TENANT, "dewi"), TODAY, level=2)
    row = access.propose_grant(
        session,
        TENANT,
        access.officer_id(TENANT, "siti"),
        "teller",
        book=KOPERASI,
        valid_from=TODAY,
        by=office.actor("ani"),
        recorded_at=NOW,
    )

    with pytest.raises(access.NotAllowed):
        access.approve(session, acting, row.id, row.hash, recorded_at=NOW)


def test_roles_that_clash_by_the_time_are_not_granted(office: Office) -> None:
    session = office.session
    row = granting(office)
    office.approve(row, office.actor("citra", "manager"))
    siti = access.officer_id(TENANT, "siti")
    access.grant(session, TENANT, siti, "supervisor", valid_from=TODAY, **BY)

    with pytest.raises(access.RolesClash):
        office.execute(row)


def test_an_officer_who_was_erased_has_no_roles(office: Office) -> None:
    session = office.session
    siti = access.officer_id(TENANT, "siti")
    access.grant(session, TENANT, siti, "manager", valid_from=TODAY, **BY)
    row = officers.find(session, TENANT, "siti")
    assert officers.roles_on(session, row, TODAY) == {"manager"}

    proposal = erasing(office)
    office.approve(proposal, office.actor("citra", "manager"))
    office.execute(proposal)

    assert officers.roles_on(session, row, TODAY) == frozenset()
    assert officers.roles_on(session, row, TODAY, book=KOPERASI) == frozenset()
