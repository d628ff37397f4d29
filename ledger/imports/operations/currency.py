"""In which currency a statement is, where neither the command nor its mapping says so."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from ledger.books import queries as book_queries
from ledger.errors import Refused, Wording
from ledger.imports import queries
from ledger.imports.operations.writing import reference


@dataclass(eq=False)
class CurrencyUnclear(Refused):
    """The books of this source are kept in several currencies."""

    code = "currency_unclear"
    wording = Wording(
        id="Buku-buku “{source}” memakai beberapa mata uang: {currencies}.",
        en="The books of “{source}” are kept in several currencies: {currencies}.",
    )
    hint = Wording(
        id="Sebut mata uang berkas ini dengan --currency.",
        en="Name the currency of this file with --currency.",
    )
    source: str
    currencies: str


def known_currency(
    session: Session, *, into: str | None, tenant: str, source: str, account: str | None
) -> str | None:
    """Find the currency of the books a statement goes to; None where all would be new.

    That of the book it goes into; or of the account's own book; or the one in which all books
    of this source are kept.

    Raises:
        BookNotFound, BookAmbiguous.
        CurrencyUnclear: its source has books in several.
    """
    if into is not None:
        return book_queries.find_book(session, into).base_currency
    if account is not None:
        own = queries.currency_of(session, tenant, reference(source, account))
        if own is not None:
            return own
    found = queries.currencies(session, tenant, f"{source}-")
    if len(found) > 1:
        raise CurrencyUnclear(source, ", ".join(found))
    return found[0] if found else None
