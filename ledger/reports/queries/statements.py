"""Pages of an account's postings, in the order booked and in the order of effective dates.

There is no index by date; the order of dates is put together from what decision 0003 keeps.
On-time postings of an account stand in order of date *and* of `seq`: those of a range of days
are one stretch of its postings, between two `account_day.on_time_seq`. The late ones of each day
are listed by `late_total` at shift 0. A page merges two index scans that begin where the last
page ended, so its cost does not grow with the account. (A stretch may have late postings of
other days in it, which are read and passed over: about as many as came late.)

Keys are read first and entries by these keys afterwards: left to plan a join of the two,
PostgreSQL walks the whole book beside them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger import dates
from ledger.dates import MAX_DATE, MIN_DATE
from ledger.db import bulk
from ledger.journal import queries as journal
from ledger.journal.rows import SHIFTS
from ledger.journal.tables import Entry, Posting
from ledger.reports.figures import AccountFigures, BookFigures, StatementLine
from ledger.reports.queries.headers import headers
from ledger.reports.queries.texts import narrations
from ledger.reports.statement import Order, Span

MOST_LINES = 2**15 - 1
"""More lines than an entry can have: a place behind all of one entry."""
MOST_AT_ONCE = 5_000
AT_ONCE = 500


class Place(NamedTuple):
    """Where a page ended, in either order; where booked, the day plays no part."""

    day: date
    seq: int
    line: int


Leg = tuple[int, int, int]
"""What a posting adds to its account: seq, line, debit less credit."""

_Stretch = tuple[tuple[int, int], int]
"""Postings after a (seq, line), up to and including a seq."""


def statement(
    session: Session, book: BookFigures, account: AccountFigures, span: Span, order: Order
) -> tuple[int, Iterator[StatementLine], int]:
    """Read a whole statement: opening balance, lines as they are asked for, closing balance.

    Balances are debits less credits; the closing one is read on its own, not added up.
    """
    if order is Order.DATE:
        before = span.first - timedelta(days=1)
        opening = 0 if span.since is None else _until(session, book.id, account.no, before)
        closing = _until(session, book.id, account.no, span.last)
        page = page_by_date
    else:
        first, last = booked_between(session, book, span)
        opening = _running(session, book.id, account.no, first - 1)
        closing = _running(session, book.id, account.no, last)
        page = page_as_booked
    return opening, _pages(session, book, account, span, page), closing


_PageOf = Callable[..., list[StatementLine]]


def _pages(
    session: Session, book: BookFigures, account: AccountFigures, span: Span, page: _PageOf
) -> Iterator[StatementLine]:
    after: Place | None = None
    while True:
        found = page(session, book, account, span, after=after, limit=AT_ONCE)
        yield from found
        if len(found) < AT_ONCE:
            return
        after = place_of(found[-1])


def place_of(line: StatementLine) -> Place:
    """Tell where a page ends whose last line this is."""
    return Place(line.entry.effective_date, line.entry.seq, line.line)


def page_by_date(
    session: Session,
    book: BookFigures,
    account: AccountFigures,
    span: Span,
    *,
    after: Place | None = None,
    limit: int,
) -> list[StatementLine]:
    """Read a page in order of effective date, then of booking."""
    if not account.opened:
        return []
    place = after or Place(span.first, 0, 0)
    late = _late(session, book.id, account.no, place, span.last, limit)
    # Where the late ones fill the page, no later day can be on it.
    last = late[-1][0] if len(late) == limit else span.last
    legs = [leg for _, leg in late]
    legs += _on_time(session, book.id, account.no, place, last, limit)
    merged = sorted(_lines(session, book, legs), key=place_of)
    return _told(session, book, merged[:limit])


def _on_time(
    session: Session, book_id: int, no: int, place: Place, last: date, limit: int
) -> list[Leg]:
    """Read the next on-time postings after a place."""
    after, end = _stretch(session, book_id, no, place, last)
    found: list[Leg] = []
    size = limit
    while len(found) < limit and after[0] <= end:
        legs = _legs(session, book_id, no, after, end, size)
        if not legs:
            break
        late = _late_between(session, book_id, no, after[0], legs[-1][0])
        found += [leg for leg in legs if leg[:2] not in late]
        if len(legs) < size:
            break
        after = legs[-1][:2]
        size = min(2 * size, MOST_AT_ONCE)
    return found[:limit]


_ON_TIME_SEQ = """
    (SELECT d.on_time_seq FROM account_day d
     WHERE d.book_id = ? AND d.account_no = ? AND d.effective_date {which} ?
       AND d.on_time_seq IS NOT NULL ORDER BY d.effective_date DESC LIMIT 1)
"""
_STRETCH = "SELECT " + ", ".join(_ON_TIME_SEQ.format(which=which) for which in ("<", "=", "<="))


def _stretch(session: Session, book_id: int, no: int, place: Place, last: date) -> _Stretch:
    """Find the stretch of postings in which all on-time ones from a place to a last day are.

    Its ends are the last on-time postings before the place's day, of that day, and up to the last.
    """
    days = (place.day.isoformat(), place.day.isoformat(), last.isoformat())
    values = [value for day in days for value in (book_id, no, day)]
    (found,) = bulk.read(session, _STRETCH, values)
    before, own, end = (seq or 0 for seq in found)
    start = (before, MOST_LINES)
    if own and place.seq:
        start = max(start, (own, MOST_LINES) if place.seq > own else (place.seq, place.line))
    return start, end


_LEGS = """
    SELECT p.seq, p.line, p.side, p.amount FROM posting p
    WHERE p.book_id = ? AND p.account_no = ? AND (p.seq, p.line) > (?, ?) AND p.seq <= ?
      AND p.layer = 0
    ORDER BY p.seq, p.line LIMIT ?
"""


def _legs(
    session: Session, book_id: int, no: int, after: tuple[int, int], end: int, limit: int
) -> list[Leg]:
    """Read posted legs of an account after a (seq, line), up to and including a seq."""
    rows = bulk.read(session, _LEGS, (book_id, no, *after, end, limit))
    return [(seq, line, amount if side == "D" else -amount) for seq, line, side, amount in rows]


_LATE_BETWEEN = """
    SELECT l.seq, l.line FROM {k} JOIN late_total l
    ON l.book_id = k.book_id AND l.account_no = k.no AND l.shift = k.shift AND l.block = k.block
       AND l.seq >= k.first AND l.seq <= k.last
"""
_BLOCKS = range(MIN_DATE.toordinal() >> SHIFTS[-1], (MAX_DATE.toordinal() >> SHIFTS[-1]) + 1)
"""The largest blocks of days: some hundred, in each of which late postings stand by seq."""


def _late_between(
    session: Session, book_id: int, no: int, first: int, last: int
) -> set[tuple[int, int]]:
    """Tell which postings of a range of seqs are late."""
    columns = ("book_id", "no", "shift", "block", "first", "last")
    types = ("bigint", "int", "smallint", "int", "bigint", "bigint")
    keys = [(book_id, no, SHIFTS[-1], block, first, last) for block in _BLOCKS]
    rows = bulk.find_rows(session, _LATE_BETWEEN, columns, types, keys)
    return {(row[0], row[1]) for row in rows}


_LATE_LEGS = """
    SELECT l.block, p.seq, p.line, p.side, p.amount
    FROM (SELECT l.block, l.seq, l.line FROM late_total l
          WHERE l.book_id = ? AND l.account_no = ? AND l.shift = 0
            AND (l.block, l.seq, l.line) > (?, ?, ?) AND l.block <= ?
          ORDER BY l.block, l.seq, l.line LIMIT ?) l
    JOIN posting p ON p.book_id = ? AND p.account_no = ? AND p.seq = l.seq AND p.line = l.line
                  AND p.layer = 0
    ORDER BY l.block, l.seq, l.line
"""


def _late(
    session: Session, book_id: int, no: int, place: Place, last: date, limit: int
) -> list[tuple[date, Leg]]:
    """Read the next late postings after a place: their list is in order of day, seq, line."""
    after = (place.day.toordinal(), place.seq, place.line)
    values = (book_id, no, *after, last.toordinal(), limit, book_id, no)
    return [
        (date.fromordinal(block), (seq, line, amount if side == "D" else -amount))
        for block, seq, line, side, amount in bulk.read(session, _LATE_LEGS, values)
    ]


def page_as_booked(
    session: Session,
    book: BookFigures,
    account: AccountFigures,
    span: Span,
    *,
    after: Place | None = None,
    limit: int,
) -> list[StatementLine]:
    """Read a page in the order booked, of what was recorded on the days of the span."""
    if not account.opened:
        return []
    first, last = booked_between(session, book, span)
    start = (first - 1, MOST_LINES) if after is None else (after.seq, after.line)
    legs = _legs(session, book.id, account.no, start, last, limit)
    return _told(session, book, _lines(session, book, legs))


def booked_between(session: Session, book: BookFigures, span: Span) -> tuple[int, int]:
    """Find the first and the last `seq` recorded on the days of a span, in the book's own zone."""
    first, last = 1, book.head_seq
    if span.since is not None:
        first = _first_at(session, book, _midnight(span.since, book.time_zone))
    if span.until is not None:
        after = _midnight(span.until + timedelta(days=1), book.time_zone)
        last = _first_at(session, book, after) - 1
    return first, last


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, dates.zone(zone))


def _first_at(session: Session, book: BookFigures, moment: datetime) -> int:
    """Find the first entry recorded at a moment or later; recorded_at never falls as seq grows."""
    low, high = 1, book.head_seq + 1
    while low < high:
        middle = (low + high) // 2
        query = select(Entry.recorded_at).where(Entry.book_id == book.id, Entry.seq == middle)
        recorded_at = session.scalar(query)
        if recorded_at is not None and recorded_at < moment:
            low = middle + 1
        else:
            high = middle
    return low


def balance_before(
    session: Session, book: BookFigures, account: AccountFigures, place: Place
) -> int:
    """Give the balance after the line at a place, in order of dates: a page's opening balance.

    What is effective before the day as known now, and of the day itself what was known by then.
    """
    eve = place.day - timedelta(days=1)
    balance = _until(session, book.id, account.no, eve)
    for day, sign in ((place.day, 1), (eve, -1)):
        known = journal.balance_known_at(session, book.id, account.no, day, place.seq)
        balance += sign * known
    here = (place.seq, place.line)
    rest = _legs(session, book.id, account.no, here, place.seq, MOST_LINES)
    return balance - sum(net for _, _, net in rest)


def _until(session: Session, book_id: int, no: int, day: date) -> int:
    return journal.balance_known_at(session, book_id, no, day)


def _running(session: Session, book_id: int, no: int, seq: int) -> int:
    """Give the running balance after all entries up to a `seq`."""
    query = (
        select(Posting.balance_after)
        .where(Posting.book_id == book_id, Posting.account_no == no, Posting.seq <= seq)
        .order_by(Posting.seq.desc(), Posting.line.desc(), Posting.layer.desc())
        .limit(1)
    )
    return session.scalar(query) or 0


def _lines(session: Session, book: BookFigures, legs: Iterable[Leg]) -> list[StatementLine]:
    """Put each leg beside the header of its entry."""
    legs = list(legs)
    found = headers(session, book.id, (seq for seq, _, _ in legs), texts=False)
    return [
        StatementLine(
            found[seq], line, net, dates.local_date(found[seq].recorded_at, book.time_zone)
        )
        for seq, line, net in legs
    ]


def _told(session: Session, book: BookFigures, lines: list[StatementLine]) -> list[StatementLine]:
    """Add the narrations."""
    ids = {line.entry.seq: line.entry.id for line in lines}
    texts = narrations(session, book.id, ids)
    return [
        replace(line, entry=replace(line.entry, narration=texts[line.entry.seq]))
        if line.entry.seq in texts
        else line
        for line in lines
    ]
