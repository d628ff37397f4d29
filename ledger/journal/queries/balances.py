"""Balances and pages: what people ask of an account, without reading its whole history.

A balance is debits less credits in minor units; `on_normal_side` turns it round where credits
increase the account. Three questions, each a handful of index look-ups:

- now: the counters on the account's row;
- on a date, as known now: the day buckets up to it;
- effective by a date, as known at a `seq`: see `balance_known_at` (decision 0003).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.journal.queries.batch import Key
from ledger.journal.queries.stored import as_date
from ledger.journal.rows import SHIFTS

FIRST_BLOCKED_DAY = date(1900, 1, 1).toordinal()
HEAD = 2**63 - 1
"""A `seq` later than every other: as known now."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Debits and credits of an account, in minor units."""

    debit: int
    credit: int

    @property
    def net(self) -> int:
        """Give debits less credits."""
        return self.debit - self.credit


_NOW = """
    SELECT a.book_id, a.no, a.posted_debit, a.posted_credit, a.pending_debit, a.pending_credit
    FROM {k} JOIN account a ON a.book_id = k.book_id AND a.no = k.no
"""


def balances_now(session: Session, keys: Sequence[Key]) -> dict[Key, tuple[Totals, Totals]]:
    """Read the posted and the pending totals of accounts; accounts not yet opened are left out."""
    found = bulk.find_rows(session, _NOW, ("book_id", "no"), ("bigint", "int"), keys)
    return {(row[0], row[1]): (Totals(row[2], row[3]), Totals(row[4], row[5])) for row in found}


_ON = """
    SELECT CAST(coalesce(sum(d.debit), 0) AS bigint), CAST(coalesce(sum(d.credit), 0) AS bigint)
    FROM account_day d WHERE d.book_id = ? AND d.account_no = ? AND d.effective_date <= ?
"""


def balance_on(session: Session, book_id: int, account_no: int, day: date) -> Totals:
    """Add up an account's days up to and including one, as known now."""
    ((debited, credited),) = bulk.read(session, _ON, (book_id, account_no, day.isoformat()))
    return Totals(debited, credited)


_TURNOVER = """
    SELECT d.account_no, CAST(sum(d.debit) AS bigint), CAST(sum(d.credit) AS bigint)
    FROM {k} JOIN account_day d ON d.book_id = k.book_id
    WHERE d.effective_date >= k.since AND d.effective_date < k.until
    GROUP BY d.account_no
"""


def turnover(session: Session, book_id: int, since: date, until: date) -> dict[int, Totals]:
    """Add up what each account of a book moved on the days from `since` to before `until`."""
    keys = [(book_id, since.isoformat(), until.isoformat())]
    columns, types = ("book_id", "since", "until"), ("bigint", "date", "date")
    found = bulk.find_rows(session, _TURNOVER, columns, types, keys)
    return {row[0]: Totals(row[1], row[2]) for row in found}


_LAST_ON_TIME = """
    SELECT d.on_time_seq FROM account_day d
    WHERE d.book_id = ? AND d.account_no = ? AND d.effective_date <= ? AND d.on_time_seq IS NOT NULL
    ORDER BY d.effective_date DESC LIMIT 1
"""
_RUNNING = """
    SELECT p.balance_after FROM posting p
    WHERE p.book_id = ? AND p.account_no = ? AND p.seq <= ?
    ORDER BY p.seq DESC, p.line DESC, p.layer DESC LIMIT 1
"""
_LATE = """
    SELECT CAST(coalesce(sum(
           (SELECT l.net_total FROM late_total l
            WHERE l.book_id = k.book_id AND l.account_no = k.no AND l.shift = k.shift
              AND l.block = k.block AND l.seq <= k.seq
            ORDER BY l.seq DESC, l.line DESC LIMIT 1)), 0) AS bigint)
    FROM {k}
"""
_KEY = ("book_id", "no")


def balance_known_at(
    session: Session, book_id: int, account_no: int, effective_by: date, known_at: int = HEAD
) -> int:
    """Give the balance of what is effective by a day, as the book knew it at a `seq`.

    Postings that came in order of dates form a prefix, read from one running balance; the few
    that came late are read from running totals per block of days (decision 0003).
    """
    on_time = bulk.read(session, _LAST_ON_TIME, (book_id, account_no, effective_by.isoformat()))
    late = _late(session, book_id, account_no, blocks_until(effective_by), known_at)
    if not on_time:
        return late
    prefix = min(on_time[0][0], known_at)
    running = bulk.read(session, _RUNNING, (book_id, account_no, prefix))
    if not running:
        return late
    every = _late(session, book_id, account_no, blocks_until(date.max), prefix)
    return int(running[0][0]) - every + late


def _late(
    session: Session, book_id: int, account_no: int, blocks: Sequence[Key], known_at: int
) -> int:
    """Add up what came late in blocks of days, as known at a `seq`."""
    columns = (*_KEY, "shift", "block", "seq")
    types = ("bigint", "int", "smallint", "int", "bigint")
    keys = [(book_id, account_no, shift, block, known_at) for shift, block in blocks]
    return sum(int(row[0]) for row in bulk.find_rows(session, _LATE, columns, types, keys))


def blocks_until(day: date) -> list[Key]:
    """Cover all days up to and including one by the fewest blocks (shift, number).

    >>> blocks = blocks_until(date(1900, 1, 3))
    >>> sum(2**shift for shift, _block in blocks if shift < 10)
    351
    """
    end = min(day.toordinal() + 1, _LAST_BLOCKED_DAY)
    blocks: list[Key] = []
    start = FIRST_BLOCKED_DAY >> SHIFTS[-1] << SHIFTS[-1]
    for shift in reversed(SHIFTS):
        stop = end >> shift
        blocks += [(shift, block) for block in range(start >> shift, stop)]
        start = stop << shift
    return blocks


_LAST_BLOCKED_DAY = ((date(2200, 1, 1).toordinal() >> SHIFTS[-1]) + 1) << SHIFTS[-1]


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One posting of an account, with its entry and the balance after it (debits less credits)."""

    seq: int
    line: int
    layer: int
    entry_id: bytes
    verb: str
    kind: str
    effective_date: date
    side: str
    amount: int
    balance_after: int


# The page is cut before the headers are joined: PostgreSQL would merge it with the headers of the
# whole book otherwise.
_PAGE = """
    SELECT p.seq, p.line, p.layer, e.id, e.verb, e.kind, e.effective_date, p.side, p.amount,
           p.balance_after
    FROM (SELECT q.book_id, q.seq, q.line, q.layer, q.side, q.amount, q.balance_after
          FROM posting q
          WHERE q.book_id = ? AND q.account_no = ? AND (q.seq, q.line, q.layer) > (?, ?, ?)
          ORDER BY q.seq, q.line, q.layer LIMIT ?) p
    JOIN entry e ON e.book_id = p.book_id AND e.seq = p.seq
    ORDER BY p.seq, p.line, p.layer
"""

Place = tuple[int, int, int]
"""Where a page ended: seq, line, layer."""


def statement_page(
    session: Session,
    book_id: int,
    account_no: int,
    *,
    after: Place = (0, 0, 0),
    limit: int = 50,
) -> list[StatementLine]:
    """Read the postings of an account in the order they were booked, from a place on."""
    found = bulk.read(session, _PAGE, (book_id, account_no, *after, limit))
    return [
        StatementLine(
            row[0],
            row[1],
            row[2],
            bytes(row[3]),
            row[4],
            row[5],
            as_date(row[6]),
            row[7],
            row[8],
            row[9],
        )
        for row in found
    ]
