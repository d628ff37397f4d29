"""Opening many accounts at once is opening them one by one."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.books import operations as books
from ledger.books import queries
from ledger.books.classes import AccountClass, AccountCodeMalformed
from ledger.money import CurrencyUnknown
from tests import builders
from tests.builders import IBU, SITI

CODES = ("expenses:food:rice", "expenses:food:rice:red", "other", "other:below", "assets:bank:bca")


def new(code: str, book: int = SITI, **rest: object) -> books.NewAccount:
    classes = {"expenses": AccountClass.EXPENSE, "assets": AccountClass.ASSET}
    account = books.NewAccount(
        book_id=book,
        code=code,
        name_id=code,
        name_en=code,
        account_class=classes.get(code.partition(":")[0], AccountClass.INCOME),
        currency="IDR",
    )
    return replace(account, **rest)  # type: ignore[arg-type]


def rows(session: Session, book: int) -> list[tuple[object, ...]]:
    query = text("SELECT * FROM account WHERE book_id = :book ORDER BY no")
    return [tuple(row)[1:] for row in session.execute(query, {"book": book})]


def test_many_at_once_are_as_one_by_one(session: Session) -> None:
    builders.open_books(session)

    numbers = books.open_accounts(session, [new(code) for code in CODES])
    for code in CODES:
        account = new(code, IBU)
        one = books.open_account(
            session,
            IBU,
            code=code,
            name_id=code,
            name_en=code,
            account_class=account.account_class,
            currency="IDR",
        )
        assert one == numbers[(SITI, code)]

    assert rows(session, SITI) == rows(session, IBU)
    assert builders.open_account(session, SITI, "next") == max(numbers.values()) + 1


def test_opening_again_gives_the_same_numbers(session: Session) -> None:
    builders.open_books(session)
    wanted = [new(code, book) for code in CODES for book in (IBU, SITI)]

    numbers = books.open_accounts(session, wanted + wanted)
    before = rows(session, SITI)

    assert books.open_accounts(session, [*wanted[::-1], *wanted]) == numbers
    assert rows(session, SITI) == before
    assert len(numbers) == 2 * len(CODES)


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        (new("expenses:food"), books.OpenedDifferently),
        (new("cash"), books.OpenedDifferently),
        (new("cash", account_class=AccountClass.ASSET, currency="HKD"), books.OpenedDifferently),
        (new("pocket", account_class=AccountClass.ASSET), books.OpenedDifferently),
        (new("Big"), AccountCodeMalformed),
        (new("other", currency="XXX"), CurrencyUnknown),
        (new("other", book=4711), queries.BookNotFound),
    ],
)
def test_what_cannot_be_opened_is_refused(
    session: Session, wanted: books.NewAccount, error: type[Exception]
) -> None:
    builders.open_books(session)
    before = rows(session, SITI)

    with pytest.raises(error):
        books.open_accounts(session, [new("first"), wanted])

    assert rows(session, SITI) == before
