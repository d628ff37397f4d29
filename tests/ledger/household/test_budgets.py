"""Budgets from pay day to pay day, tied to the day buckets."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from ledger.books.queries import BookNotFound
from ledger.household.books import operations as households
from ledger.household.books import queries as books
from ledger.household.books.opening import NewCategory
from ledger.household.budgets import cycles, operations, queries
from ledger.household.budgets.cycles import SetBudget
from ledger.household.feed.items import Kind, ThingHeard
from tests.builders import NOW, TODAY, entry_id
from tests.ledger.household import scene
from tests.ledger.household.records.words import (
    CASH,
    FOOD,
    HEALTH,
    WAGE,
    amend,
    delete,
    received,
    record,
    send,
    sort,
    spent,
)

READERS = {Kind.CATEGORY: books.categories_say}
SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 10), date(2026, 10, 10), date(2026, 11, 10)


@pytest.fixture
def book(session: Session) -> int:
    return scene.open_household(session)


def put(session: Session, book: int, number: int = 1, **changes: Any) -> str:
    settings: dict[str, Any] = {
        "category": FOOD,
        "currency": "HKD",
        "minor": 100_000,
        "since": SEPTEMBER,
        **changes,
    }
    item = SetBudget(book_id=book, id=entry_id(number), **settings)
    return operations.set_budgets(session, [item], recorded_at=NOW)[0].code.value


def figures(session: Session, book: int, day: date = TODAY) -> list[tuple[int, int, int, int]]:
    found = queries.report(session, book, day)
    return [(r.line.carried, r.line.actual, r.line.left, r.line.variance) for r in found]


def test_a_budget_follows_what_is_recorded(session: Session, book: int) -> None:
    put(session, book)
    send(
        session,
        record(book, 1, spent((FOOD, 300), day=NOVEMBER)),
        record(book, 2, spent((FOOD, 200), (HEALTH, 50), day=date(2026, 11, 7))),
        record(book, 3, spent((FOOD, 900), day=date(2026, 11, 6))),
        record(book, 4, spent((FOOD, 50_000), currency="IDR", day=NOVEMBER)),
    )
    assert figures(session, book) == [(0, 50_000, 50_000, -50_000)]

    send(
        session,
        amend(book, 5, 1, spent((FOOD, 100), day=NOVEMBER)),
        sort(book, 6, 2, (HEALTH, 250)),
    )
    assert figures(session, book) == [(0, 10_000, 90_000, -90_000)]
    send(session, delete(book, 7, 1))
    assert figures(session, book) == [(0, 0, 100_000, -100_000)]


def test_what_is_left_or_overspent_rolls_over(session: Session, book: int) -> None:
    put(session, book, rolls_over=True)
    send(
        session,
        record(book, 1, spent((FOOD, 700), day=SEPTEMBER)),
        record(book, 2, spent((FOOD, 1_500), day=OCTOBER)),
        record(book, 3, spent((FOOD, 100), day=NOVEMBER)),
    )

    assert figures(session, book, SEPTEMBER) == [(0, 70_000, 30_000, -30_000)]
    assert figures(session, book, OCTOBER) == [(30_000, 150_000, -20_000, 50_000)]
    assert figures(session, book, NOVEMBER) == [(-20_000, 10_000, 70_000, -90_000)]
    assert figures(session, book, date(2026, 8, 1)) == []


def test_the_currency_of_home_has_a_budget_of_its_own(session: Session, book: int) -> None:
    put(session, book, currency="IDR", minor=100_000_000)
    send(session, record(book, 1, spent((FOOD, 400_000), currency="IDR", day=NOVEMBER)))
    send(session, record(book, 2, spent((FOOD, 5), day=NOVEMBER)))

    assert figures(session, book) == [(0, 40_000_000, 60_000_000, -60_000_000)]


def test_a_category_takes_in_what_is_below_it_and_no_neighbour(session: Session, book: int) -> None:
    own = NewCategory(book_id=book, id=entry_id(9), role="expense", name="Kopi", parent=FOOD)
    households.make_categories(session, [own], recorded_at=NOW)
    put(session, book)
    put(session, book, 2, category="expenses:family_support")
    code = scene.hear(session, book, readers=READERS)[1]
    assert isinstance(code, ThingHeard)
    assert code.says is not None
    send(session, record(book, 1, spent((str(code.says["code"]), 30), day=NOVEMBER)))
    send(session, record(book, 2, spent(("expenses:household", 30), day=NOVEMBER)))

    assert [row[1] for row in figures(session, book)] == [0, 3_000]


def test_income_is_what_was_earned(session: Session, book: int) -> None:
    put(session, book, category=WAGE, minor=499_000)
    send(session, record(book, 1, received((WAGE, 4_000), day=NOVEMBER)))

    assert figures(session, book) == [(0, 400_000, 99_000, -99_000)]


def test_it_changes_and_ends(session: Session, book: int) -> None:
    codes = [
        put(session, book),
        put(session, book),
        put(session, book, minor=5),
        put(session, book, minor=5, ended=True),
    ]
    assert codes == ["posted", "exists", "posted", "posted"]
    last = scene.hear(session, book)[-1]
    assert isinstance(last, ThingHeard)
    assert (last.kind, last.gone) == (Kind.BUDGET, True)
    assert figures(session, book) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"minor": 0}, "invalid_request"),
        ({"minor": "5"}, "invalid_request"),
        ({"currency": "XXX"}, "invalid_request"),
        ({"since": date(1800, 1, 1)}, "invalid_request"),
        ({"rolls_over": 1}, "invalid_request"),
        ({"category": CASH}, "account_not_found"),
        ({"category": "expenses:unknown"}, "account_not_found"),
    ],
)
def test_what_is_no_budget(session: Session, book: int, changes: dict[str, Any], code: str) -> None:
    assert put(session, book, **changes) == code
    assert put(session, 7) == "book_not_found"
    with pytest.raises(BookNotFound):
        queries.report(session, 7, TODAY)


DAYS = st.dates(date(2024, 1, 1), date(2030, 1, 1))


@given(DAYS, st.integers(1, 31))
def test_cycles_follow_each_other_and_miss_no_day(day: date, pay_day: int) -> None:
    cycle = cycles.cycle_of(day, pay_day)

    assert day in cycle
    assert 28 <= cycle.days <= 31
    assert cycles.cycle_of(cycle.end, pay_day).start == cycle.end
    assert cycles.cycle_of(cycle.start - timedelta(days=1), pay_day).end == cycle.start


@given(
    st.dictionaries(DAYS, st.integers(-1_000, 1_000), max_size=20),
    DAYS,
    st.integers(0, 400),
    st.integers(1, 31),
)
def test_rolled_over_budgets_tie_to_the_days(
    spent_: dict[date, int], since: date, ahead: int, pay_day: int
) -> None:
    spans = cycles.cycles(since, since + timedelta(days=ahead), pay_day)
    found = cycles.lines(100, spans, spent_, rolls_over=True)

    inside = sum(minor for day, minor in spent_.items() if spans[0].start <= day < spans[-1].end)
    assert sum(line.actual for line in found) == inside
    assert found[-1].left == 100 * len(spans) - inside
