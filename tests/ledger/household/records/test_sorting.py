"""Sorting moves a record between categories, and nothing else; it goes back with its record."""

import pytest
from sqlalchemy.orm import Session

from tests.builders import YESTERDAY
from tests.ledger.household import scene
from tests.ledger.household.records.words import (
    CASH,
    FOOD,
    HEALTH,
    WAGE,
    amend,
    balances,
    codes,
    days,
    delete,
    heard,
    moved,
    received,
    record,
    send,
    sort,
    spent,
)


@pytest.fixture
def book(session: Session) -> int:
    return scene.open_household(session)


def test_sorting_keeps_the_total_the_day_and_the_pocket(session: Session, book: int) -> None:
    send(session, record(book, 1, spent((FOOD, 50), day=YESTERDAY)))
    assert codes(session, sort(book, 2, 1, (HEALTH, 30), (FOOD, 20))) == ["posted"]

    day = YESTERDAY.isoformat()
    assert days(session, book) == {
        CASH: {day: -5_000},
        FOOD: {day: 2_000},
        HEALTH: {day: 3_000},
    }
    assert [item.kind for item in heard(session, book)] == ["expense", "sort"]


def test_sorting_again_and_back(session: Session, book: int) -> None:
    send(session, record(book, 1, received((None, 50))))
    assert balances(session, book)["income:unidentified"] == -5_000
    items = [
        sort(book, 2, 1, (WAGE, 50)),
        sort(book, 3, 1, ("income:gifts", 50)),
        sort(book, 4, 1, (WAGE, 50)),
        sort(book, 5, 1, (WAGE, 50)),
    ]
    assert codes(session, *items) == ["posted", "posted", "posted", "exists"]
    assert balances(session, book) == {CASH: 5_000, WAGE: -5_000}
    send(session, sort(book, 6, 1, ("income:gifts", 50)))

    assert codes(session, *items) == ["exists"] * 4
    assert balances(session, book) == {CASH: 5_000, "income:gifts": -5_000}
    assert codes(session, sort(book, 2, 1, ("income:gifts", 50))) == [
        "exists_with_different_postings"
    ]


@pytest.mark.parametrize(
    ("shares", "code"),
    [
        ([(HEALTH, 51)], "unbalanced"),
        ([(HEALTH, 25)], "unbalanced"),
        ([(WAGE, 50)], "account_not_found"),
        ([(CASH, 50)], "account_not_found"),
        ([("expenses:unknown", 50)], "account_not_found"),
        ([], "invalid_request"),
        ([(FOOD, 50)], "exists"),
    ],
)
def test_what_is_no_sorting(
    session: Session, book: int, shares: list[tuple[str | None, int]], code: str
) -> None:
    send(session, record(book, 1, spent((FOOD, 50))))

    assert codes(session, sort(book, 2, 1, *shares)) == [code]
    assert balances(session, book) == {CASH: -5_000, FOOD: 5_000}


def test_what_has_no_categories_is_not_sorted(session: Session, book: int) -> None:
    send(session, record(book, 1, moved(5, CASH, "assets:bank")), record(book, 2, spent((FOOD, 5))))
    send(session, delete(book, 3, 2))

    assert codes(session, sort(book, 4, 1, (FOOD, 5)), sort(book, 5, 2, (HEALTH, 5))) == [
        "invalid_request",
        "already_reversed",
    ]
    assert balances(session, book)["assets:bank"] == 500


def test_an_amendment_takes_its_sortings_back(session: Session, book: int) -> None:
    send(session, record(book, 1, spent((FOOD, 50))), sort(book, 2, 1, (HEALTH, 50)))
    changed = amend(book, 3, 1, spent((FOOD, 40)))

    assert codes(session, changed, changed) == ["posted", "exists"]
    assert balances(session, book) == {CASH: -4_000, FOOD: 4_000}
    assert [item.kind for item in heard(session, book)] == ["expense", "sort", "expense"]
    assert codes(session, sort(book, 4, 3, (HEALTH, 40)), delete(book, 5, 1)) == ["posted"] * 2
    assert balances(session, book) == {}
    assert codes(session, changed, sort(book, 2, 1, (HEALTH, 50))) == ["exists", "exists"]


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
