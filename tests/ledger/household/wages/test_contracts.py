"""Contracts are kept version by version; names in them are hers."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.household.feed.items import Kind, ThingHeard
from ledger.household.wages import queries
from ledger.household.wages.items import KeepContract
from ledger.journal import operations as journal
from ledger.journal.outcomes import Outcome
from ledger.money import Money
from tests import builders
from tests.builders import NOW, TELLER, entry_id
from tests.conformance import laws
from tests.ledger.household import scene
from tests.ledger.household.wages.payday import agreed, contract, keep


@pytest.fixture
def book(session: Session) -> int:
    session.info["keyring"] = builders.keyring()
    return scene.open_household(session)


def codes(session: Session, *items: KeepContract) -> list[str]:
    return [outcome.code.value for outcome in keep(session, *items)]


def test_a_contract_is_kept_changed_and_taken_back(session: Session, book: int) -> None:
    full: dict[str, Any] = {
        "employer": "Keluarga Chan",
        "agency": "PT Jaya",
        "deduction_months": 6,
        "deduction": Money(1_500_00, "HKD"),
    }
    first, second = contract(book, 1, **full), contract(book, 1, 2, ends=None)

    assert codes(session, first) == ["posted"]
    assert queries.contracts(session, book) == {entry_id(1): agreed(**full)}
    assert codes(session, first, second, second) == ["exists", "posted", "exists"]
    assert queries.contracts(session, book) == {entry_id(1): agreed(ends=None)}
    gone = replace(contract(book, 1, 3), contract=None)
    assert codes(session, gone, first, second) == ["posted", "exists", "exists"]
    assert queries.contracts(session, book) == {}
    assert codes(session, gone) == ["exists"]
    laws.check(session)


def test_two_phones_do_not_overwrite_each_other(session: Session, book: int) -> None:
    keep(session, contract(book, 1), contract(book, 1, 2, employer="Chan"))

    rows = [
        (contract(book, 1, 2, jurisdiction="SG"), "exists_with_different_options"),
        (contract(book, 1, 4), "exists_with_different_options"),
        (contract(book, 1, 2, employer="Wong"), "exists_with_different_text"),
        (contract(book, 1, 2), "exists_with_different_text"),
        (contract(book, 1, 2, employer="Chan"), "exists"),
    ]
    for item, code in rows:
        assert codes(session, item) == [code]


def test_the_feed_tells_of_contracts(session: Session, book: int) -> None:
    (outcome,) = keep(session, contract(book, 1, employer="Keluarga Chan"))
    readers = {Kind.CONTRACT: queries.contracts_say}

    told = [i for i in scene.hear(session, book, readers=readers) if isinstance(i, ThingHeard)]

    (heard,) = [item for item in told if item.kind is Kind.CONTRACT]
    assert heard.change_no == outcome.change_no
    assert heard.says is not None
    assert heard.says["employer"] == "Keluarga Chan"
    keep(session, replace(contract(book, 1, 2), contract=None))
    told = [i for i in scene.hear(session, book, readers=readers) if isinstance(i, ThingHeard)]
    assert [item.gone for item in told if item.kind is Kind.CONTRACT] == [True]
    assert queries.contracts_say(session, book, [entry_id(1)]) == {}


def test_names_are_sealed_and_can_be_erased(session: Session, book: int) -> None:
    named = contract(book, 1, employer="Keluarga Chan")
    keep(session, named)
    sealed = session.scalar(text("SELECT sealed FROM work_contract"))
    assert b"Chan" not in bytes(sealed)

    journal.erase_texts(session, book, "", actor=TELLER, recorded_at=NOW)

    (stored,) = queries.versions(session, [(book, entry_id(1))])[(book, entry_id(1))]
    assert (stored.readable, stored.contract) == (False, agreed())
    assert codes(session, named) == ["exists"]
    assert codes(session, contract(book, 2, employer="Wong")) == ["subject_erased"]
    assert codes(session, contract(book, 3)) == ["posted"]


NO_CONTRACTS: list[tuple[dict[str, Any], str]] = [
    ({"book_id": -1}, "book_id"),
    ({"id": b"1"}, "id"),
    ({"version": 0}, "version"),
    ({"subject": "Siti!"}, "subject"),
    ({"contract": "none"}, "contract"),
    ({"contract": agreed(jurisdiction="hk")}, "jurisdiction"),
    ({"contract": agreed(wage=Money(0, "HKD"))}, "wage"),
    ({"contract": agreed(starts=date(1800, 1, 1))}, "starts"),
    ({"contract": agreed(ends=date(2024, 1, 1))}, "ends"),
    ({"contract": agreed(deduction_months=-1)}, "deduction_months"),
    ({"contract": agreed(deduction=Money(5, "IDR"))}, "deduction"),
    ({"contract": agreed(agency="")}, "employer"),
]


@pytest.mark.parametrize(("change", "field"), NO_CONTRACTS)
def test_a_contract_that_means_nothing_is_refused(
    session: Session, book: int, change: dict[str, Any], field: str
) -> None:
    outcome: Outcome
    (outcome,) = keep(session, replace(contract(book, 1), **change))

    assert (outcome.code, outcome.facts) == ("invalid_request", {"field": field})


def test_of_no_book_nothing_is_kept(session: Session, book: int) -> None:
    assert codes(session, contract(book + 1, 1)) == ["book_not_found"]
