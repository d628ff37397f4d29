"""Sortings that are sent again, and what is no record."""

import pytest
from sqlalchemy.orm import Session

from tests.ledger.household import scene
from tests.ledger.household.records.words import (
    CASH,
    FOOD,
    HEALTH,
    WAGE,
    amend,
    balances,
    codes,
    delete,
    received,
    record,
    send,
    sort,
    spent,
)


@pytest.fixture
def book(session: Session) -> int:
    return scene.open_household(session)


def test_a_sorting_is_known_again_when_the_record_became_income(
    session: Session, book: int
) -> None:
    items = [
        record(book, 1, spent((FOOD, 50))),
        sort(book, 2, 1, (HEALTH, 50)),
        amend(book, 3, 1, received((WAGE, 50))),
    ]
    assert codes(session, *items) == ["posted"] * 3

    assert codes(session, *items) == ["exists"] * 3
    assert balances(session, book) == {CASH: 5_000, WAGE: -5_000}


def test_a_sorting_is_no_record_of_its_own(session: Session, book: int) -> None:
    send(session, record(book, 1, spent((FOOD, 50))), sort(book, 2, 1, (HEALTH, 50)))

    assert codes(
        session,
        amend(book, 3, 2, spent((FOOD, 5))),
        sort(book, 4, 2, (FOOD, 50)),
        delete(book, 5, 2),
        sort(book, 6, 1, (FOOD, 50)),
    ) == ["invalid_request", "invalid_request", "invalid_request", "posted"]
    assert balances(session, book) == {CASH: -5_000, FOOD: 5_000}
