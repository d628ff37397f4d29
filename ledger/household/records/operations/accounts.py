"""Find the account of a category or pocket in a currency; open it by its first use."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from ledger.books import operations as books
from ledger.books.classes import CODE_MAX, AccountClass
from ledger.household.books import naming, queries
from ledger.household.books.queries import Known, Place
from ledger.household.records.entries import Unit

Asked = tuple[int, Unit]
"""A book, and a category or pocket of it with the currency it is used in."""


class Accounts:
    """The accounts a batch of items names: what they are, and which stands for which."""

    def __init__(self, known: Mapping[Place, Known]) -> None:
        """Take accounts by book and code."""
        self._known = dict(known)

    def class_of(self, book: int, code: str) -> str | None:
        """Give the class of an account, None where there is none of this code."""
        found = self._known.get((book, code))
        return None if found is None else found.class_

    def code(self, book: int, code: str, currency: str) -> str:
        """Give the code of the account that stands for a category or pocket in a currency.

        What is not known, or only adds up others, keeps its code: the journal has the word for it.
        """
        found = self._known.get((book, code))
        if found is None or not found.postable or found.currency == currency:
            return code
        return naming.in_currency(code, currency)

    def number(self, book: int, code: str, currency: str) -> int | None:
        """Give the number of that account, None where it is not there."""
        found = self._known.get((book, self.code(book, code, currency)))
        return None if found is None else found.no


def load(session: Session, asked: Iterable[Asked], *, opening: bool = True) -> Accounts:
    """Find accounts, and open those of other currencies that are not there yet.

    Their books are locked by now; of a book that is not there nothing is found.
    """
    wanted = {(book, unit) for book, unit in asked if len(unit[0]) <= CODE_MAX - 4}
    known = queries.known_accounts(session, {(book, code) for book, (code, _) in wanted})
    others: dict[Place, books.NewAccount] = {}
    for book, (code, currency) in sorted(wanted):
        found = known.get((book, code))
        if found is None or not found.postable or found.currency == currency:
            continue
        if code.count(":") > naming.DEEPEST:
            continue
        account = _in_currency(book, code, found, currency)
        others[account.key] = account
    known |= queries.known_accounts(session, others)
    missing = [account for place, account in sorted(others.items()) if place not in known]
    if opening and missing:
        _open(session, missing, known)
    return Accounts(known)


def _in_currency(book: int, code: str, found: Known, currency: str) -> books.NewAccount:
    return books.NewAccount(
        book_id=book,
        code=naming.in_currency(code, currency),
        name_id=f"{found.name_id[: naming.LONGEST_NAME - 6]} ({currency})",
        name_en=f"{found.name_en[: naming.LONGEST_NAME - 6]} ({currency})",
        account_class=AccountClass(found.class_),
        currency=currency,
    )


def _open(session: Session, missing: Sequence[books.NewAccount], known: dict[Place, Known]) -> None:
    numbers = books.open_accounts(session, missing)
    for account in missing:
        known[account.key] = Known(
            numbers[account.key],
            account.account_class.value,
            account.currency,
            postable=True,
            name_id=account.name_id,
            name_en=account.name_en,
            opened=True,
        )
