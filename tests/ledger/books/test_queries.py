"""Books by the names people give them."""

from functools import partial

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from ledger.books import operations as books
from ledger.books import queries
from ledger.books.classes import BookKind
from ledger.books.tables import Book
from tests import builders, plans
from tests.builders import NOW, SITI


def open_book(session: Session, tenant: str, ref: str) -> int:
    return books.open_book(
        session,
        tenant=books.open_tenant(session, tenant, name=tenant),
        ref=ref,
        kind=BookKind.HOUSEHOLD,
        name=ref,
        base_currency="IDR",
        time_zone="Asia/Jakarta",
        chart="household-1",
        opened_at=NOW,
    )


def test_a_book_is_found_by_each_of_its_names(session: Session) -> None:
    builders.open_books(session)

    for name in ("siti", "platform/siti", str(SITI)):
        assert queries.find_book(session, name).id == SITI


def test_a_full_name_is_never_taken_for_another_operators_reference(session: Session) -> None:
    """A reference may have a slash; whoever opens one so takes nobody's name away."""
    theirs = open_book(session, "other", "platform/siti")
    builders.open_books(session)

    assert queries.find_book(session, "platform/siti").id == SITI
    assert queries.find_book(session, "other/platform/siti").id == theirs


def test_a_reference_of_two_operators_is_not_guessed(session: Session) -> None:
    for tenant in ("one", "other"):
        open_book(session, tenant, "a/b")

    with pytest.raises(queries.BookAmbiguous):
        queries.find_book(session, "a/b")


@pytest.mark.parametrize(
    "name", ["", "nobody", "platform/", "/siti", "1", "9" * 18, "9" * 19, str(2**63), "9" * 90, "²"]
)
def test_what_names_no_book_is_not_found(session: Session, name: str) -> None:
    builders.open_books(session)

    with pytest.raises(queries.BookNotFound):
        queries.find_book(session, name)


MANY = 3_000


def households(session: Session, number: int) -> int:
    """Open many books of one operator, with references alone to tell them apart."""
    tenant = books.open_tenant(session, "many", name="many")
    rows = [
        {
            "id": number,
            "tenant_id": tenant,
            "ref": f"h-{number}",
            "kind": "household",
            "name": "h",
            "base_currency": "IDR",
            "time_zone": "Asia/Jakarta",
            "chart": "household-1",
            "late_policy": "first_open_day",
            "max_days_ahead": 7,
            "opened_at": NOW,
        }
        for number in range(1, number + 1)
    ]
    session.execute(insert(Book), rows)
    return tenant


@pytest.mark.parametrize("known", [True, False], ids=["with statistics", "without"])
def test_a_name_is_looked_up_and_books_are_not_walked(session: Session, *, known: bool) -> None:
    households(session, MANY)
    if known:
        plans.settle(session, "book", "tenant")

    for name in ("many/h-7", "h-7", "7"):
        assert "book" not in plans.walked(session, partial(queries.find_book, session, name))
        assert queries.find_book(session, name).id == 7
