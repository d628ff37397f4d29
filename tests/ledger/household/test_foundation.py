"""Households are opened, their settings, categories and pockets changed; phones hear of it."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.books.operations import OpenedDifferently
from ledger.books.tables import Account
from ledger.household.books import operations, queries
from ledger.household.books.opening import ChangeCategory, NewCategory, PayDayMalformed
from ledger.household.feed.items import Cursor, Kind, ThingHeard
from ledger.journal import operations as journal
from tests.builders import NOW, TELLER, entry_id
from tests.ledger.household import scene

READERS = {
    Kind.SETTINGS: queries.settings_says,
    Kind.CATEGORY: queries.categories_say,
}


@pytest.fixture
def book(session: Session) -> int:
    return scene.open_household(session)


def make(session: Session, book: int, number: int = 1, **changes: Any) -> Any:
    settings: dict[str, Any] = {"role": "expense", "name": "Sekolah Adi", **changes}
    item = NewCategory(book_id=book, id=entry_id(number), **settings)
    (outcome,) = operations.make_categories(session, [item], recorded_at=NOW)
    return outcome


def change(session: Session, book: int, number: int = 1, **changes: Any) -> Any:
    item = ChangeCategory(book_id=book, id=entry_id(number), **changes)
    (outcome,) = operations.change_categories(session, [item], recorded_at=NOW)
    return outcome


def test_opening_again_changes_nothing(session: Session, book: int) -> None:
    assert scene.open_household(session, pay_day=9) == book

    assert queries.settings(session, [book])[book].pay_day == 7
    assert len(scene.hear(session, book)) == 1


def test_a_family_is_no_own_book(session: Session, book: int) -> None:
    with pytest.raises(OpenedDifferently):
        scene.open_household(session, kind="family")


@pytest.mark.parametrize("day", [0, 32, True])
def test_a_pay_day_is_a_day_of_the_month(session: Session, day: int) -> None:
    with pytest.raises(PayDayMalformed):
        scene.open_household(session, pay_day=day)


def test_settings_change_and_are_heard_once(session: Session, book: int) -> None:
    operations.change_settings(session, book, pay_day=25, recorded_at=NOW)
    operations.change_settings(session, book, pay_day=25, recorded_at=NOW)

    (item,) = scene.hear(session, book, readers=READERS)
    assert isinstance(item, ThingHeard)
    assert (item.change_no, item.kind) == (2, Kind.SETTINGS)
    assert item.says is not None
    assert item.says["pay_day"] == 25


def test_a_category_is_an_account_whose_code_says_nothing(session: Session, book: int) -> None:
    outcome = make(session, book, parent="expenses:education")

    account = session.scalars(select(Account).where(Account.no >= 10_000)).one()
    assert (outcome.code, outcome.change_no) == ("posted", 2)
    assert account.code.startswith("expenses:education:own-")
    assert "adi" not in account.code
    assert (account.name_id, account.class_, account.currency) == ("Sekolah Adi", "expense", "HKD")


def test_making_it_again_is_making_it_once(session: Session, book: int) -> None:
    codes = [make(session, book).code, make(session, book).code]
    change(session, book, name="Sekolah Budi")
    codes += [make(session, book).code, make(session, book, role="income").code]

    assert codes == ["posted", "exists", "exists", "exists_with_different_kind"]
    assert len(scene.hear(session, book)) == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": ""}, "invalid_request"),
        ({"name": "a\x00b"}, "invalid_request"),
        ({"name": "x" * 121}, "invalid_request"),
        ({"role": "equity"}, "invalid_request"),
        ({"currency": "XXX"}, "invalid_request"),
        ({"parent": "expenses:a:b:c:d"}, "account_not_found"),
        ({"parent": "income"}, "account_not_found"),
        ({"parent": "expenses:nothing"}, "account_not_found"),
        ({"role": "pocket", "currency": "IDR"}, "posted"),
    ],
)
def test_what_no_category_can_be(
    session: Session, book: int, changes: dict[str, Any], code: str
) -> None:
    assert make(session, book, **changes).code == code


def test_other_books_and_ids_are_refused(session: Session, book: int) -> None:
    items = [
        NewCategory(book_id=book + 1, id=entry_id(1), role="expense", name="x"),
        NewCategory(book_id=book, id=b"short", role="expense", name="x"),
    ]
    outcomes = operations.make_categories(session, items, recorded_at=NOW)
    assert [outcome.code for outcome in outcomes] == ["book_not_found", "invalid_request"]


def test_a_category_is_renamed_and_hidden(session: Session, book: int) -> None:
    make(session, book)
    outcomes = [
        change(session, book, name="Sekolah Budi"),
        change(session, book, name="Sekolah Budi"),
        change(session, book, hidden=True),
        change(session, book, 2, hidden=True),
        change(session, book, name=" "),
    ]

    codes = [outcome.code for outcome in outcomes]
    assert codes == ["posted", "exists", "posted", "account_not_found", "invalid_request"]
    item = scene.hear(session, book, readers=READERS)[-1]
    assert isinstance(item, ThingHeard)
    assert item.change_no == 4
    assert item.says is not None
    assert (item.says["name_id"], item.says["hidden"]) == ("Sekolah Budi", True)


def test_an_erased_book_takes_no_names(session: Session, book: int) -> None:
    make(session, book)
    journal.erase_book(session, book, reason="own_request", actor=TELLER, recorded_at=NOW)

    assert make(session, book, 2).code == "subject_erased"
    assert change(session, book, name="Adi").code == "subject_erased"
    item = scene.hear(session, book, readers=READERS)[-1]
    assert isinstance(item, ThingHeard)
    assert "Adi" not in str(item.says)


def test_a_book_that_is_not_there_has_no_changes(session: Session) -> None:
    assert scene.hear(session, 7) == []


def test_a_page_goes_on_where_the_last_one_ended(session: Session, book: int) -> None:
    for number in range(1, 8):
        make(session, book, number)
    whole = scene.hear(session, book)

    assert [item.change_no for item in whole] == list(range(1, 9))
    for limit in (1, 2, 3, 7, 8):
        assert scene.hear(session, book, limit=limit) == whole
    assert scene.hear(session, book, Cursor(5, 0)) == whole[5:]
