"""Read books for an export: some hundred books, some thousand entries at a time.

Memory does not grow with the entries, but for the keys by which SQLite sorts those of a hundred
books by date. All of it runs in the caller's transaction: one moment of the books.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from ledger import dates
from ledger.books import queries as books_queries
from ledger.books import tables
from ledger.books.classes import AccountClass
from ledger.db import bulk
from ledger.db.types import as_utc, plain_decimal, utc_text
from ledger.errors import Wording
from ledger.exports.figures import Account, Book, Chosen, Entry, Line, Rate
from ledger.journal import queries as journal
from ledger.journal.queries.stored import as_date
from ledger.journal.tables import AccountDay
from ledger.journal.tables import Entry as EntryRow

BOOKS_AT_ONCE = 100
ENTRIES_AT_ONCE = 2_000

Key = tuple[int, int]
"""A book, and an account number or a `seq` in it."""

_NOT_POSTED = ("reserve", "release", "expire", "assert")
"""Verbs that post nothing: they hold, let go, or state a balance."""

_PLACE = (("book_id", "seq"), ("bigint", "bigint"))


def chosen(session: Session, names: Sequence[str] = ()) -> Chosen:
    """Choose books by reference, by tenant/reference or by id; without names, all of them.

    Raises:
        BookNotFound, BookAmbiguous.
    """
    found = dict.fromkeys(books_queries.find_book(session, name).id for name in names)
    return _chosen(session, list(found) if names else None)


def chosen_by_id(session: Session, book_ids: Sequence[int]) -> Chosen:
    """Choose books by id; without ids, none of them.

    Raises:
        BookNotFound.
    """
    ids = sorted(set(book_ids))
    there = set(session.scalars(select(tables.Book.id).where(tables.Book.id.in_(ids))))
    for book_id in ids:
        if book_id not in there:
            raise books_queries.BookNotFound(book_id)
    return _chosen(session, ids)


def left_out(session: Session, book_ids: Sequence[int]) -> int:
    """Count the entries of books that post nothing, which no export shows."""
    query = select(func.count()).select_from(EntryRow)
    asked = EntryRow.book_id.in_(set(book_ids)), EntryRow.verb.in_(_NOT_POSTED)
    return session.scalar(query.where(*asked)) or 0


def _chosen(session: Session, ids: Sequence[int] | None) -> Chosen:
    """Choose books by id, or all of them for None."""
    query = select(tables.Account.currency).distinct().order_by(tables.Account.currency)
    bases = select(tables.Book.base_currency).distinct().order_by(tables.Book.base_currency)
    if ids is not None:
        query = query.where(tables.Account.book_id.in_(ids))
        bases = bases.where(tables.Book.id.in_(ids))
    return Chosen(
        session.scalars(query).all(),
        session.scalars(bases).all(),
        ids is not None and len(ids) == 1,
        _books(session, ids),
    )


def _books(session: Session, ids: Sequence[int] | None) -> Iterator[Book]:
    """Read books by tenant and reference."""
    query = select(tables.Book, tables.Tenant.code)
    query = query.join(tables.Tenant, tables.Tenant.id == tables.Book.tenant_id)
    if ids is not None:
        query = query.where(tables.Book.id.in_(ids))
    ordered = query.order_by(tables.Tenant.code, tables.Book.ref, tables.Book.id)
    fresh = ordered.execution_options(yield_per=BOOKS_AT_ONCE, populate_existing=True)
    for rows in session.execute(fresh).partitions():
        yield from _some(session, [(book, tenant) for book, tenant in rows])


def _some(session: Session, some: Sequence[tuple[tables.Book, str]]) -> Iterator[Book]:
    """Read some books with their accounts, and their entries as they are asked for."""
    ids = [book.id for book, _tenant in some]
    days = _days(session, ids)
    last: dict[int, date] = {}
    for (book_id, _no), (_first, until) in days.items():
        last[book_id] = max(last.get(book_id, until), until)
    accounts = _accounts(session, [book for book, _tenant in some], days, last)
    entries = _Entries(_stream(session, ids), ids)
    for book, tenant in some:
        yield Book(
            tenant=tenant,
            ref=book.ref,
            name=book.name,
            base_currency=book.base_currency,
            last_day=last.get(book.id),
            accounts=accounts.get(book.id, {}),
            entries=entries.of(book.id),
        )


def _days(session: Session, ids: Sequence[int]) -> dict[Key, tuple[date, date]]:
    """Find the first and the last day on which each account moved."""
    first, last = func.min(AccountDay.effective_date), func.max(AccountDay.effective_date)
    query = (
        select(AccountDay.book_id, AccountDay.account_no, first, last)
        .where(AccountDay.book_id.in_(ids))
        .group_by(AccountDay.book_id, AccountDay.account_no)
    )
    return {
        (book_id, no): (as_date(since), as_date(until))
        for book_id, no, since, until in session.execute(query)
    }


def _accounts(
    session: Session,
    found: Sequence[tables.Book],
    days: Mapping[Key, tuple[date, date]],
    last: Mapping[int, date],
) -> dict[int, dict[int, Account]]:
    """Read the opened accounts that take postings, or once did.

    One that never moved opens with its book, but no later than the book's last entry: all that
    was brought in may be older than the book, and every account is asserted the day after.
    """
    opened = {book.id: dates.local_date(book.opened_at, book.time_zone) for book in found}
    opened |= {book_id: min(opened[book_id], day) for book_id, day in last.items()}
    query = (
        select(tables.Account)
        .where(tables.Account.book_id.in_(list(opened)))
        .order_by(tables.Account.book_id, tables.Account.no)
        .execution_options(populate_existing=True)
    )
    accounts: dict[int, dict[int, Account]] = {}
    for row in session.scalars(query):
        moved = days.get((row.book_id, row.no))
        if moved is None and not row.postable:
            continue
        accounts.setdefault(row.book_id, {})[row.no] = Account(
            no=row.no,
            code=row.code,
            name=Wording(row.name_id, row.name_en),
            account_class=AccountClass(row.class_),
            currency=row.currency,
            fund=row.fund,
            state=row.state,
            first_day=opened[row.book_id] if moved is None else moved[0],
            balance=row.posted_debit - row.posted_credit,
        )
    return accounts


class _Entries:
    """Deals the entries of several books out, book by book; of those passed over, none."""

    def __init__(self, stream: Iterator[tuple[int, Entry]], ids: Sequence[int]) -> None:
        self._groups = groupby(stream, key=lambda pair: pair[0])
        self._next = next(self._groups, None)
        self._place = {book_id: at for at, book_id in enumerate(ids)}

    def of(self, book_id: int) -> Iterator[Entry]:
        """Give the entries of a book; those of books before it are gone then."""
        place = self._place
        while self._next is not None and place[self._next[0]] < place[book_id]:
            self._next = next(self._groups, None)
        if self._next is not None and self._next[0] == book_id:
            yield from (entry for _book_id, entry in self._next[1])
            self._next = next(self._groups, None)


def _stream(session: Session, ids: Sequence[int]) -> Iterator[tuple[int, Entry]]:
    """Read the entries of books that post something: in the order of the books, then by date."""
    query = (
        select(EntryRow.book_id, EntryRow.seq)
        .where(EntryRow.book_id.in_(ids), EntryRow.verb.not_in(_NOT_POSTED))
        .order_by(
            case({book_id: at for at, book_id in enumerate(ids)}, value=EntryRow.book_id),
            EntryRow.effective_date,
            EntryRow.seq,
        )
        .execution_options(yield_per=ENTRIES_AT_ONCE)
    )
    for rows in session.execute(query).partitions():
        yield from _entries(session, [(book_id, seq) for book_id, seq in rows])


_HEADERS = """
    SELECT e.book_id, e.seq, e.id, e.verb, e.kind, e.effective_date, e.value_date, e.recorded_at,
           e.actor, e.bundle, t.id, m.id
    FROM {k} JOIN entry e ON e.book_id = k.book_id AND e.seq = k.seq
    LEFT JOIN entry t ON t.book_id = e.book_id AND t.seq = e.target_seq
    LEFT JOIN entry m ON m.book_id = e.book_id AND m.seq = e.amends_seq
"""
_LINES = """
    SELECT p.book_id, p.seq, p.line, p.account_no, p.side, p.amount
    FROM {k} JOIN posting p ON p.book_id = k.book_id AND p.seq = k.seq AND p.layer = 0
"""
_RATES = """
    SELECT x.book_id, x.seq, x.sold, x.sold_currency, x.bought, x.bought_currency, x.mid_rate,
           x.mid_source, x.mid_date
    FROM {k} JOIN entry_exchange x ON x.book_id = k.book_id AND x.seq = k.seq
"""


def _entries(session: Session, keys: Sequence[Key]) -> Iterator[tuple[int, Entry]]:
    """Read entries with their lines, rates and texts, in the order of the keys."""
    headers = {(row[0], row[1]): row for row in bulk.find_rows(session, _HEADERS, *_PLACE, keys)}
    lines: dict[Key, list[Line]] = {}
    for book_id, seq, line, no, side, amount in bulk.find_rows(session, _LINES, *_PLACE, keys):
        net = amount if side == "D" else -amount
        lines.setdefault((book_id, seq), []).append(Line(line, no, net))
    rates = {(row[0], row[1]): _rate(row) for row in bulk.find_rows(session, _RATES, *_PLACE, keys)}
    texts = journal.texts_of(session, {key: bytes(headers[key][2]) for key in keys})
    for key in keys:
        row = headers[key]
        moment = as_utc(row[7])
        assert moment is not None, "every entry was recorded at some moment"
        entry = Entry(
            seq=row[1],
            id=bytes(row[2]),
            verb=row[3],
            kind=row[4],
            effective_date=as_date(row[5]),
            value_date=None if row[6] is None else as_date(row[6]),
            recorded_at=utc_text(moment),
            actor=row[8],
            bundle=None if row[9] is None else bytes(row[9]),
            target=None if row[10] is None else bytes(row[10]),
            amends=None if row[11] is None else bytes(row[11]),
            lines=sorted(lines.get(key, ()), key=lambda each: each.line),
            rate=rates.get(key),
            texts=texts.get(key, {}),
        )
        yield key[0], entry


def _rate(row: bulk.Row) -> Rate:
    return Rate(
        row[2],
        row[3],
        row[4],
        row[5],
        None if row[6] is None else plain_decimal(Decimal(row[6])),
        row[7],
        None if row[8] is None else as_date(row[8]),
    )
