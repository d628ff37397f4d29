"""What comes again is posted once for each day it is due, whoever runs how often."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.household.feed.items import Kind, ThingHeard
from ledger.household.recurring import operations, queries, rhythm
from ledger.household.recurring.rhythm import Every, SetRecurring
from ledger.household.rules import operations as rules
from ledger.household.rules.matching import SetRule
from tests.builders import NOW, TODAY, entry_id
from tests.ledger.household import scene
from tests.ledger.household.records.words import CASH, FOOD, WAGE, balances, moved, received, spent

RENT = "expenses:housing"
FIRST = date(2026, 8, 31)


@pytest.fixture
def book(session: Session) -> int:
    return scene.open_household(session)


def setting(book: int, number: int = 1, major: int = 900, **changes: Any) -> SetRecurring:
    day = changes.pop("day", FIRST)
    settings: dict[str, Any] = {
        "content": spent((RENT, major), day=day, note="sewa"),
        "every": Every.MONTH,
        **changes,
    }
    return SetRecurring(book_id=book, id=entry_id(number), **settings)


def put(session: Session, *items: SetRecurring) -> list[str]:
    return [o.code.value for o in operations.set_recurring(session, items, recorded_at=NOW)]


def run(session: Session, through: date = TODAY, **rest: Any) -> list[str]:
    outcomes, more = operations.post_due(session, through, recorded_at=NOW, **rest)
    assert not more
    return [outcome.code.value for outcome in outcomes]


def booked(session: Session) -> list[str]:
    days = session.execute(text("SELECT CAST(effective_date AS text) FROM entry ORDER BY seq"))
    return list(days.scalars())


def test_what_is_due_is_posted_once(session: Session, book: int) -> None:
    assert put(session, setting(book)) == ["posted"]

    assert run(session) == ["posted"] * 3
    assert run(session) == []
    assert booked(session) == ["2026-08-31", "2026-09-30", "2026-10-31"]
    assert balances(session, book) == {CASH: -270_000, RENT: 270_000}
    assert run(session, date(2026, 11, 30)) == ["posted"]


def test_running_again_from_an_older_state_posts_nothing_twice(session: Session, book: int) -> None:
    put(session, setting(book))
    run(session)
    session.execute(text("UPDATE recurring SET next_no = 0, next_due = first_due"))

    assert run(session) == ["exists"] * 3
    assert len(booked(session)) == 3


def test_one_is_skipped(session: Session, book: int) -> None:
    put(session, setting(book))
    by: Any = {"recorded_at": NOW}
    days = [date(2026, 9, 30), FIRST, FIRST, date(2026, 9, 30)]
    codes = [operations.skip(session, book, entry_id(1), day, **by).code for day in days]

    assert codes == ["entry_not_found", "posted", "exists", "posted"]
    assert operations.skip(session, 7, entry_id(1), FIRST, **by).code == "book_not_found"
    assert operations.skip(session, book, entry_id(2), FIRST, **by).code == "entry_not_found"
    assert run(session) == ["posted"]
    assert booked(session) == ["2026-10-31"]


def test_it_changes_and_ends(session: Session, book: int) -> None:
    assert put(session, setting(book), setting(book)) == ["posted", "exists"]
    run(session, FIRST)
    assert put(session, setting(book, major=950)) == ["posted"]
    run(session, date(2026, 9, 30))
    assert balances(session, book)[RENT] == 185_000
    assert put(session, setting(book, major=950, ended=True)) == ["posted"]

    assert run(session) == []
    last = scene.hear(session, book)[-1]
    assert isinstance(last, ThingHeard)
    assert (last.kind, last.gone) == (Kind.RECURRING, True)


def test_it_ends_by_itself(session: Session, book: int) -> None:
    put(session, setting(book, until=date(2026, 10, 1)))

    assert run(session) == ["posted"] * 2
    assert queries.stored(session, [(book, entry_id(1))])[(book, entry_id(1))]["next_due"] is None


def test_much_is_posted_in_several_calls(session: Session, book: int) -> None:
    put(session, setting(book, every=Every.WEEK, day=TODAY - timedelta(weeks=70)))
    outcomes, more = operations.post_due(session, TODAY, recorded_at=NOW)

    assert (len(outcomes), more) == (operations.MOST_AT_ONCE, True)
    assert len(run(session)) == 11


def test_a_refusal_is_told_and_over(session: Session, book: int) -> None:
    wrong = setting(book, content=spent(("expenses:unknown", 5), day=TODAY))
    put(session, wrong)

    assert run(session) == ["account_not_found"]
    assert run(session) == []


def test_rules_sort_it_too(session: Session, book: int) -> None:
    food = SetRule(book_id=book, id=entry_id(5), words="pasar", category=FOOD)
    rules.set_rules(session, [food], recorded_at=NOW)
    put(session, setting(book, content=spent((None, 5), day=TODAY, note="pasar")))
    put(session, setting(book, 2, content=received((WAGE, 9), day=TODAY)))

    assert run(session) == ["posted"] * 2
    assert balances(session, book) == {CASH: 400, FOOD: 500, WAGE: -900}


@pytest.mark.parametrize(
    "changes",
    [
        {"step": 0},
        {"step": 121},
        {"every": "month"},
        {"content": moved(5, CASH, "assets:bank")},
        {"content": spent((FOOD, 5), (RENT, 5))},
        {"content": spent((FOOD, 0))},
        {"content": spent((FOOD, 5), note="a\x00")},
        {"day": date(1800, 1, 1)},
    ],
)
def test_what_cannot_come_again(session: Session, book: int, changes: dict[str, Any]) -> None:
    assert put(session, setting(book, **changes)) == ["invalid_request"]
    assert put(session, setting(7)) == ["book_not_found"]


def test_its_words_are_sealed(session: Session, book: int) -> None:
    put(session, setting(book))
    (row,) = session.execute(text("SELECT note FROM recurring")).scalars()
    assert b"sewa" not in bytes(row)
    assert queries.recurring_say(session, book, [entry_id(1)])[entry_id(1)]["note"] == "sewa"


@given(
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.sampled_from(Every),
    st.integers(1, 12),
    st.integers(0, 60),
)
def test_due_days_go_forward(first: date, every: Every, step: int, number: int) -> None:
    day, following = (rhythm.due(first, every, step, n) for n in (number, number + 1))
    assert first <= day < following
    assert rhythm.due(first, every, step, 0) == first
