"""Entries of a book by keyset pages on `seq`, each with its legs; and the holds still open."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from ledger.books.classes import Side
from ledger.books.tables import Account
from ledger.errors import Wording
from ledger.journal.tables import BalanceAssertion, Entry, EntryExchange, Hold, Posting
from ledger.reports.figures import (
    AssertionFigures,
    BookFigures,
    EntryLine,
    ExchangeFigures,
    HoldFigures,
    JournalEntry,
)
from ledger.reports.queries.headers import headers
from ledger.reports.report import Amount

AT_ONCE = 500


def entries(
    session: Session, book: BookFigures, *, after: int = 0, limit: int
) -> Iterator[JournalEntry]:
    """Read entries after a `seq` in order, at most `limit`, some hundreds at a time."""
    left = limit
    while left > 0:
        page = _page(session, book, after, min(left, AT_ONCE))
        yield from page
        if not page:
            return
        after = page[-1].entry.seq
        left -= len(page)


def entry(session: Session, book: BookFigures, entry_id: bytes) -> JournalEntry | None:
    """Read one entry by the id its client chose; None where the book has none."""
    query = select(Entry.seq).where(Entry.book_id == book.id, Entry.id == entry_id)
    seq = session.scalar(query)
    return None if seq is None else _page(session, book, seq - 1, 1)[0]


def _page(session: Session, book: BookFigures, after: int, limit: int) -> list[JournalEntry]:
    first, last = after + 1, after + limit  # seq has no gaps
    found = headers(session, book.id, range(first, min(last, book.head_seq) + 1))
    legs = _legs(session, book.id, first, last)
    rates = _exchanges(session, book.id, first, last)
    checks = _assertions(session, book.id, first, last)
    return [
        JournalEntry(found[seq], legs.get(seq, ()), rates.get(seq), checks.get(seq))
        for seq in sorted(found)
    ]


def _legs(session: Session, book_id: int, first: int, last: int) -> dict[int, list[EntryLine]]:
    query = (
        select(Posting, Account)
        .join(Account, (Account.book_id == Posting.book_id) & (Account.no == Posting.account_no))
        .where(Posting.book_id == book_id, Posting.seq.between(first, last))
        .order_by(Posting.seq, Posting.line, Posting.layer)
    )
    found: dict[int, list[EntryLine]] = {}
    for posting, account in session.execute(query):
        leg = _leg(account, posting.line, posting.side, posting.amount, posting.layer)
        found.setdefault(posting.seq, []).append(leg)
    return found


def _leg(account: Account, line: int, side: str, amount: int, layer: int) -> EntryLine:
    return EntryLine(
        line=line,
        layer=layer,
        no=account.no,
        code=account.code,
        name=Wording(account.name_id, account.name_en),
        currency=account.currency,
        fund=account.fund,
        side=Side.DEBIT if side == "D" else Side.CREDIT,
        amount=amount,
    )


def _exchanges(session: Session, book_id: int, first: int, last: int) -> dict[int, ExchangeFigures]:
    query = select(EntryExchange).where(
        EntryExchange.book_id == book_id, EntryExchange.seq.between(first, last)
    )
    return {
        row.seq: ExchangeFigures(
            Amount(row.sold, row.sold_currency),
            Amount(row.bought, row.bought_currency),
            row.mid_rate,
            row.mid_source,
            row.mid_date,
        )
        for row in session.scalars(query)
    }


def _assertions(
    session: Session, book_id: int, first: int, last: int
) -> dict[int, AssertionFigures]:
    query = (
        select(BalanceAssertion, Account, Entry.effective_date, Entry.requested_date)
        .join(
            Entry,
            (Entry.book_id == BalanceAssertion.book_id) & (Entry.seq == BalanceAssertion.seq),
        )
        .join(
            Account,
            (Account.book_id == BalanceAssertion.book_id)
            & (Account.no == BalanceAssertion.account_no),
        )
        .where(BalanceAssertion.book_id == book_id, BalanceAssertion.seq.between(first, last))
    )
    return {
        row.seq: AssertionFigures(
            account.no,
            account.code,
            Wording(account.name_id, account.name_en),
            Amount(row.balance, account.currency),
            requested or effective,
        )
        for row, account, effective, requested in session.execute(query)
    }


def holds(session: Session, book: BookFigures) -> Iterator[HoldFigures]:
    """Read what is still held in a book, leg by leg, oldest first."""
    after = (0, 0)
    while True:
        page = _hold_page(session, book, after)
        yield from page
        if len(page) < AT_ONCE:
            return
        after = (page[-1].entry.seq, page[-1].line.line)


def _hold_page(
    session: Session, book: BookFigures, after: tuple[int, int]
) -> Sequence[HoldFigures]:
    query = (
        select(Hold, Account)
        .join(Account, (Account.book_id == Hold.book_id) & (Account.no == Hold.account_no))
        .where(Hold.book_id == book.id, Hold.remaining > 0, tuple_(Hold.seq, Hold.line) > after)
        .order_by(Hold.seq, Hold.line)
        .limit(AT_ONCE)
    )
    rows = session.execute(query.execution_options(populate_existing=True)).all()
    found = headers(session, book.id, (hold.seq for hold, _ in rows))
    return [
        HoldFigures(
            found[hold.seq],
            _leg(account, hold.line, hold.side, hold.remaining, 1),
            hold.expires_at,
        )
        for hold, account in rows
    ]
