"""A file that names no currency is in that of the books it goes to, on both databases."""

import pytest
from sqlalchemy.orm import Session

from ledger.books.queries import BookNotFound
from ledger.imports import operations
from tests.ledger.imports.bank import bring_in, open_book

LINE = "date,description,amount\n2026-01-02,GAJI,5\n"


@pytest.mark.parametrize(
    ("source", "account", "into", "currency"),
    [
        ("statement", None, None, None),
        ("two", "bca", None, "IDR"),
        ("two", "hsbc", None, "HKD"),
        ("one", "bca", None, "CZK"),
        ("one", "another", None, "CZK"),
        ("one", None, None, "CZK"),
        ("on", None, None, None),
        ("o_e", None, None, None),
        ("two", None, "bank", "IDR"),
    ],
)
def test_the_nearest_book_says_the_currency(
    session: Session, source: str, account: str | None, into: str | None, currency: str | None
) -> None:
    open_book(session)
    for made, name, code in (("two", "bca", "IDR"), ("two", "hsbc", "HKD"), ("one", "bca", "CZK")):
        bring_in(session, LINE, source=made, account=name, currency=code)

    def known(tenant: str) -> str | None:
        return operations.known_currency(
            session, into=into, tenant=tenant, source=source, account=account
        )

    assert known("import") == currency
    assert known("other") == ("IDR" if into else None)


def test_several_currencies_are_unclear_and_a_book_must_be_there(session: Session) -> None:
    for name, code in (("bca", "IDR"), ("hsbc", "HKD")):
        bring_in(session, LINE, account=name, currency=code)

    def known(into: str | None) -> str | None:
        return operations.known_currency(
            session, into=into, tenant="import", source="statement", account=None
        )

    with pytest.raises(operations.CurrencyUnclear) as unclear:
        known(None)
    with pytest.raises(BookNotFound):
        known("nowhere")

    assert unclear.value.currencies == "HKD, IDR"
