"""Open many accounts at once, in a few statements whatever their number.

An import opens accounts for categories in a thousand books. The rules are those of
`open_account`: what exists alike is given back, what exists otherwise is refused.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ledger import money
from ledger.books import charts, opening
from ledger.books.classes import AccountClass, check_code, parent_code
from ledger.books.operations.open import OpenedDifferently
from ledger.books.queries import BookNotFound
from ledger.db import bulk

AccountKey = tuple[int, str]
"""A book, and the code of an account in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account of a book's own, as it is to be opened: without fund, purpose and limits."""

    book_id: int
    code: str
    name_id: str
    name_en: str
    account_class: AccountClass
    currency: str

    @property
    def key(self) -> AccountKey:
        """Name it among all accounts."""
        return self.book_id, self.code

    @property
    def above(self) -> list[AccountKey]:
        """Name the accounts that could be above it, nearest first."""
        keys: list[AccountKey] = []
        code = parent_code(self.code)
        while code is not None:
            keys.append((self.book_id, code))
            code = parent_code(code)
        return keys


@dataclass(slots=True)
class _BookAtWork:
    chart: charts.Chart
    base_currency: str
    next_no: int
    opens: bool = False


_BOOKS = """
    SELECT b.id, b.chart, b.base_currency, b.next_account_no FROM {k} JOIN book b ON b.id = k.id
"""
_TOUCHED_BOOKS = """
    UPDATE book AS b SET head_seq = b.head_seq FROM {k} WHERE b.id = k.id
    RETURNING b.id, b.chart, b.base_currency, b.next_account_no
"""
_ACCOUNTS = """
    SELECT a.book_id, a.code, a.no, a.class, a.currency, a.fund, a.postable
    FROM {k} JOIN account a ON a.book_id = k.book_id AND a.code = k.code
"""


def open_accounts(session: Session, wanted: Sequence[NewAccount]) -> dict[AccountKey, int]:
    """Open accounts of books' own and give their numbers, dealt out in the order asked for.

    Raises:
        BookNotFound, AccountCodeMalformed, CurrencyUnknown.
        OpenedDifferently: an account of this code exists, here or in the chart, otherwise.
    """
    for account in wanted:
        check_code(account.code)
        money.currency(account.currency)
    books = _lock(session, {account.book_id for account in wanted})
    numbers: dict[AccountKey, int] = {}
    stored: dict[AccountKey, Sequence[object]] = {}
    keys = {key for account in wanted for key in (account.key, *account.above)}
    columns, types = ("book_id", "code"), ("bigint", "text")
    for row in bulk.find_rows(session, _ACCOUNTS, columns, types, sorted(keys)):
        numbers[(row[0], row[1])], stored[(row[0], row[1])] = row[2], row[3:]
    rows: dict[tuple[int, int], opening.AccountRow] = {}
    for account in wanted:
        book = books[account.book_id]
        if book.chart.by_code(account.code) is not None:
            raise OpenedDifferently(account.code, "chart")
        if account.key in stored:
            _compare(account, stored[account.key])
        elif account.key not in numbers:
            numbers[account.key] = book.next_no
            book.next_no, book.opens = book.next_no + 1, True
            rows |= _rows(account, book, numbers)
    _write(session, books, rows)
    return {account.key: numbers[account.key] for account in wanted}


def _lock(session: Session, ids: Iterable[int]) -> dict[int, _BookAtWork]:
    """Lock books in order of id, as every money command does (`journal.queries.ask_books`).

    Raises: BookNotFound.
    """
    keys = [(book_id,) for book_id in sorted(ids)]
    sql = _BOOKS if bulk.is_sqlite(session) else _BOOKS + "ORDER BY b.id FOR NO KEY UPDATE OF b"
    sql = _TOUCHED_BOOKS if bulk.is_spread(session) else sql
    found = bulk.find_rows(session, sql, ("id",), ("bigint",), keys)
    books = {row[0]: _BookAtWork(charts.chart(row[1]), row[2], row[3]) for row in found}
    for (book_id,) in keys:
        if book_id not in books:
            raise BookNotFound(book_id)
    return books


def _compare(account: NewAccount, stored: Sequence[object]) -> None:
    """Refuse to take an account for another one.

    Raises: OpenedDifferently.
    """
    wanted = (account.account_class.value, account.currency, None, True)
    for field, old, new in zip(
        ("class", "currency", "fund", "postable"), stored, wanted, strict=True
    ):
        if old != new:  # SQLite's 1 equals True
            raise OpenedDifferently(account.code, field)


def _rows(
    account: NewAccount, book: _BookAtWork, numbers: Mapping[AccountKey, int]
) -> dict[tuple[int, int], opening.AccountRow]:
    """Give the rows of an account, and of the chart's accounts above it."""
    rows: list[opening.AccountRow] = []
    parent_no = None
    for key in account.above:
        template = book.chart.by_code(key[1])
        if template is not None:
            rows = opening.template_rows(key[0], book.chart, template, book.base_currency)
        parent_no = numbers.get(key) if template is None else template.no
        if parent_no is not None:
            break
    rows.append(
        (
            account.book_id,
            numbers[account.key],
            account.code,
            account.name_id,
            account.name_en,
            account.account_class.value,
            parent_no,
            account.currency,
            *(None, None, True, None, None),
        )
    )
    return {(row[0], row[1]): row for row in rows}  # type: ignore[misc]


def _write(
    session: Session,
    books: Mapping[int, _BookAtWork],
    rows: Mapping[tuple[int, int], opening.AccountRow],
) -> None:
    keys, columns = opening.COLUMNS[:2], opening.COLUMNS[2:]
    ordered = [rows[key] for key in sorted(rows)]
    bulk.add_rows(session, "account", keys, columns, opening.TYPES, ordered, keep=True)
    heads = [(book.next_no, book_id) for book_id, book in sorted(books.items()) if book.opens]
    bulk.set_rows(session, "book", ("id",), ("next_account_no",), ("int", "bigint"), heads)
    session.expire_all()
