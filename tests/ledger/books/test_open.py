"""What a book or an account cannot be opened with, alike on both databases."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from ledger.books import operations as books
from ledger.books.classes import BookKind
from tests import builders
from tests.builders import NOW, SITI, TELLER


def _open(session: Session, **changes: Any) -> int:
    settings: dict[str, Any] = {
        "tenant": books.open_tenant(session, "x", name="x"),
        "ref": "x",
        "kind": BookKind.HOUSEHOLD,
        "name": "x",
        "base_currency": "IDR",
        "time_zone": "Asia/Jakarta",
        "chart": "household-1",
    }
    return books.open_book(session, opened_at=NOW, **settings | changes)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "n" * 201}, "name"),
        ({"max_days_ahead": -1}, "max_days_ahead"),
        ({"max_days_ahead": 3_661}, "max_days_ahead"),
        ({"max_days_ahead": 10**9}, "max_days_ahead"),
    ],
)
def test_a_book_that_no_database_could_keep_is_refused(
    session: Session, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(books.BookMalformed) as refused:
        _open(session, **changes)

    assert refused.value.field == field


def test_the_longest_name_and_the_furthest_day_are_kept(session: Session) -> None:
    assert _open(session, name="n" * 200, max_days_ahead=3_660) == _open(session, name="other")


LARGEST = 2**63 - 1


@pytest.mark.parametrize(
    "limit",
    [
        {"floor": LARGEST + 1},
        {"floor": -LARGEST - 1},
        {"ceiling": LARGEST + 1},
        {"daily_debit_limit": LARGEST + 1},
        {"daily_credit_limit": LARGEST + 1},
    ],
)
def test_a_limit_beyond_64_bits_is_refused(session: Session, limit: dict[str, int]) -> None:
    builders.open_books(session)

    with pytest.raises(books.LimitsMalformed):
        books.set_limits(session, SITI, "cash", actor=TELLER, recorded_at=NOW, **limit)


def test_limits_of_64_bits_are_kept_and_written_down_whole(session: Session) -> None:
    builders.open_books(session)

    books.set_limits(
        session,
        SITI,
        "cash",
        actor=TELLER,
        recorded_at=NOW,
        floor=-LARGEST,
        ceiling=LARGEST,
        daily_debit_limit=LARGEST,
        daily_credit_limit=LARGEST,
    )
