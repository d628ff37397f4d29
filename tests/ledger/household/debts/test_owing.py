"""What she owes: taken up, repaid, corrected."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from ledger.household.debts import queries
from ledger.household.debts.items import AnyDebt, Due, Lender
from ledger.money import Money
from tests import builders
from tests.conformance import laws
from tests.ledger.household import scene
from tests.ledger.household.debts import owing
from tests.ledger.household.debts.owing import FEE, LENDER, borrow, codes, repay
from tests.ledger.household.records import words
from tests.ledger.household.records.words import CASH, amount, balances

INTEREST = "expenses:borrowing:interest"


@pytest.fixture
def book(session: Session) -> int:
    session.info["keyring"] = builders.keyring()
    return scene.open_household(session)


BOOKED: list[tuple[dict[str, Any], dict[str, int]]] = [
    ({}, {CASH: 90_000, FEE: 10_000, LENDER: -100_000}),
    ({"received": 1_000}, {CASH: 100_000, LENDER: -100_000}),
    ({"received": 0}, {FEE: 100_000, LENDER: -100_000}),
    (
        {"lender": Lender.AGENCY, "received": 0},
        {"expenses:recruitment:agency": 100_000, "liabilities:agency_loan": -100_000},
    ),
    (
        {"name_lent": True, "received": 1_000},
        {"assets:receivable:loans_given": 100_000, LENDER: -100_000},
    ),
]


@pytest.mark.parametrize(("change", "wanted"), BOOKED)
def test_what_was_kept_at_once_is_owed_too(
    session: Session, book: int, change: dict[str, Any], wanted: dict[str, int]
) -> None:
    assert codes(session, borrow(book, 1, **change)) == ["posted"]

    assert balances(session, book) == wanted
    laws.check(session)


def test_a_debt_is_paid_off(session: Session, book: int) -> None:
    items: list[AnyDebt] = [
        borrow(book, 1),
        repay(book, 2, 1, 500, 50),
        repay(book, 3, 1, 500, 45, penalty=amount(5)),
    ]
    assert codes(session, *items[:2]) == ["posted"] * 2
    (debt,) = queries.debts(session, book)
    assert (debt.left, debt.countdown.instalments) == (amount(500), 1)
    assert debt.countdown.free_on == date(2027, 1, 23)
    assert debt.real_daily_rate is None
    assert debt.agreed_daily_rate is not None

    assert codes(session, *items) == ["exists", "exists", "posted"]

    (debt,) = queries.debts(session, book)
    assert (debt.left, debt.countdown.instalments) == (amount(0), 0)
    assert debt.real_daily_rate == pytest.approx(1100 / 900 - 1)
    assert balances(session, book) == {
        CASH: -20_000,
        FEE: 10_000,
        INTEREST: 9_500,
        "expenses:borrowing:penalty": 500,
    }
    laws.check(session)


def test_debts_and_repayments_are_corrected(session: Session, book: int) -> None:
    """Each verb names another version, and all is sent twice."""
    items: list[AnyDebt] = [
        borrow(book, 1),
        owing.amend(book, 2, 1, received=950),
        repay(book, 3, 1, 100),
        owing.amend(book, 4, 2, face=1_200),
        owing.delete_repayment(book, 5, 3),
        owing.amend(book, 6, 4, lender=Lender.FAMILY),
        repay(book, 7, 6, 100),
        owing.delete_repayment(book, 8, 7),
        owing.delete(book, 9, 1),
    ]
    assert codes(session, *items) == ["posted"] * 9

    assert (queries.debts(session, book), balances(session, book)) == ([], {})
    before = laws.stored(session)
    assert codes(session, *items) == ["exists"] * 9
    assert laws.stored(session) == before
    assert codes(session, repay(book, 10, 1, 5)) == ["already_reversed"]
    laws.check(session)


def test_repayments_bind_their_debt(session: Session, book: int) -> None:
    owing.tell(session, borrow(book, 1), repay(book, 2, 1, 100))

    other = Money(5, "IDR")
    for item in (
        owing.amend(book, 3, 1, lender=Lender.BANK),
        owing.amend(book, 3, 1, face=other, received=other, schedule=()),
        owing.delete(book, 3, 1),
        owing.delete(book, 3, 2),
    ):
        assert codes(session, item) == ["invalid_request"]
    assert codes(session, repay(book, 2, 1, 101)) == ["exists_with_different_amount"]
    owing.tell(session, borrow(book, 4))
    assert codes(session, repay(book, 2, 4, 100)) == ["exists_with_different_text"]


NOTHING: list[tuple[dict[str, Any], str]] = [
    ({"face": 0, "received": 0}, "face"),
    ({"received": 1_001}, "received"),
    ({"received": Money(1, "IDR")}, "received"),
    ({"lender": "bank"}, "lender"),
    ({"pocket": None}, "pocket"),
    ({"name_lent": 1}, "name_lent"),
    ({"schedule": [1]}, "schedule"),
    ({"schedule": (Due(date(2026, 12, 1), amount(0)),)}, "schedule"),
    ({"guarantor": ""}, "guarantor"),
]


@pytest.mark.parametrize(("change", "field"), NOTHING)
def test_a_debt_that_means_nothing_is_refused(
    session: Session, book: int, change: dict[str, Any], field: str
) -> None:
    (outcome,) = owing.tell(session, borrow(book, 1, **change))

    assert (outcome.code, outcome.facts) == ("invalid_request", {"field": field})


def test_a_repayment_that_does_not_fit_is_refused(session: Session, book: int) -> None:
    owing.tell(session, borrow(book, 1))
    words.send(session, words.record(book, 9, words.spent((words.FOOD, 1))))

    assert codes(session, repay(book, 2, 7, 5), repay(book, 2, 9, 5)) == ["entry_not_found"] * 2
    wrong: list[AnyDebt] = [repay(book, 2, 1, 0), repay(book, 2, 1, 5, -1), repay(-1, 2, 1, 5)]
    assert codes(session, *wrong) == ["invalid_request"] * 3
    assert codes(session, repay(book, 2, 1, 5, fee=Money(5, "IDR"))) == ["invalid_request"]


def test_only_its_package_takes_a_debt_back(session: Session, book: int) -> None:
    owing.tell(session, borrow(book, 1))

    assert words.codes(session, words.delete(book, 2, 1)) == ["invalid_request"]


def test_names_are_sealed_and_long_schedules_fit(session: Session, book: int) -> None:
    dues = tuple(Due(date(2027, 1, 1 + at % 28), Money(10**15, "HKD")) for at in range(120))
    assert codes(session, borrow(book, 1, schedule=dues)) == ["posted"]

    texts = laws.stored(session)["entry_text"]
    assert {row["field"] for row in texts} >= {"meta:counterparty", "meta:guarantor"}
    assert all(b"Kenari" not in row["ciphertext"] for row in texts)
    assert len(queries.debts(session, book)[0].schedule) == 120


def test_a_dry_run_leaves_no_debt(session: Session, book: int) -> None:
    assert codes(session, borrow(book, 1), repay(book, 2, 1, 5), dry_run=True) == ["posted"] * 2

    assert balances(session, book) == {}
