"""Who gains is asked anew, whatever a proposal says; erasing reaches nobody else's words."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from ledger.approvals import operations, queries
from ledger.approvals.independence import Actor
from ledger.approvals.payload import Terms
from ledger.approvals.tables import Proposal
from ledger.books.queries import BookNotFound
from ledger.consents import operations as consents
from ledger.parties import operations as parties
from ledger.parties import queries as people
from ledger.parties.operations import RetentionHeld
from tests import builders
from tests.builders import NOW, TODAY
from tests.ledger.access.office import (
    BY,
    HEADS,
    TENANT,
    Office,
    enabling,
    erasing,
    erasing_texts,
    granting,
    lifting,
)


def test_who_became_an_owner_since_gains_too(session: Session) -> None:
    """Beneficiaries stand in the bytes; who gains is asked again at the approval."""
    builders.open_books(session)
    tenant, book = builders.PLATFORM, builders.SITI
    owner = parties.register(session, tenant, "pemilik", **BY)
    lead = Actor(parties.register(session, tenant, "kepala", **BY), "kepala", HEADS)
    row = operations.propose_text_erasure(session, book, "", by=lead, recorded_at=NOW)
    consents.own_book(session, tenant, owner, book, **BY)

    with pytest.raises(operations.ApproverBenefits):
        operations.approve(
            session, tenant, row.id, row.hash, by=Actor(owner, "x", HEADS), recorded_at=NOW
        )


@pytest.mark.parametrize("left_out", [erasing, lifting, erasing_texts, granting, enabling])
def test_a_caller_that_leaves_out_who_gains_changes_nothing(
    office: Office, left_out: Callable[[Office], Proposal]
) -> None:
    row = left_out(office)
    terms = replace(queries.terms(office.session, row), beneficiaries=frozenset())
    row = operations.edit(
        office.session,
        TENANT,
        row.id,
        terms,
        by=office.actor("ani"),
        recorded_at=NOW,
        exactly=row.hash,
    )

    with pytest.raises(operations.ApproverBenefits):
        office.approve(row, office.actor("siti"))


@pytest.mark.parametrize("kind", ["text_erasure", "period_reopening"])
def test_no_proposal_reaches_into_another_tenant(office: Office, kind: str) -> None:
    content = {"book": builders.SITI, "subject": "", "through": None, "closed_through": None}
    terms = Terms(kind=kind, content=content, expires_at=NOW + timedelta(days=1))
    row = operations.propose(
        office.session, TENANT, bytes(16), terms, by=office.actor("ani"), recorded_at=NOW
    )
    office.approve(row, office.actor("citra"))

    with pytest.raises(BookNotFound):
        office.execute(row)


def test_a_familys_book_is_not_erased_with_one_of_them(session: Session) -> None:
    builders.open_books(session)
    tenant, book = builders.PLATFORM, builders.SITI
    siti, ibu = (parties.register(session, tenant, each, **BY) for each in ("siti", "ibu"))
    lead = Actor(parties.register(session, tenant, "kepala", **BY), "kepala", HEADS)

    def propose() -> Proposal:
        return operations.propose_erasure(
            session, tenant, siti, reason="own_request", books=[book], by=lead, recorded_at=NOW
        )

    with pytest.raises(operations.BookNotWhollyHers):
        propose()
    consents.own_book(session, tenant, siti, book, **BY)
    row = propose()
    other = Actor(parties.register(session, tenant, "wakil", **BY), "wakil", HEADS)
    operations.approve(session, tenant, row.id, row.hash, by=other, recorded_at=NOW)
    consents.own_book(session, tenant, ibu, book, **BY)
    with pytest.raises(operations.BookNotWhollyHers), session.begin_nested():
        operations.execute(session, tenant, row.id, by=other, recorded_at=NOW)
    with pytest.raises(operations.BookNotWhollyHers):
        propose()

    consents.end_ownership(session, tenant, ibu, book, **BY)
    session.refresh(row)
    operations.execute(session, tenant, row.id, by=other, recorded_at=NOW)
    assert people.find(session, tenant, "siti").state == "erased"


def test_a_statute_holds_the_texts_about_her_too(office: Office) -> None:
    row = erasing_texts(office)
    office.approve(row, office.actor("citra"))
    parties.hold(office.session, TENANT, office.ids["siti"], "tax", TODAY, **BY)

    with pytest.raises(RetentionHeld), office.session.begin_nested():
        office.execute(row)
    with pytest.raises(RetentionHeld):
        erasing_texts(office, by="dewi")
