"""Turn decided entries into the rows that are written: legs, headers, buckets, running totals.

Pure. One pass over the accepted entries in order of `seq` gives each posting its running
balance, tells whether it came in order of dates, and adds up the day buckets.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ledger.db.types import utc_text
from ledger.journal import canonical, shape
from ledger.journal.state import PENDING, POSTED, Accepted, AccountAtWork, Batch, BookAtWork

Row = tuple[Any, ...]

SHIFTS = (0, 5, 10)
"""Blocks of one, 32 and 1,024 days (decision 0003)."""

LateKey = tuple[int, int, int, int]
"""Book, account number, shift, block."""


@dataclass(slots=True)
class Late:
    """A posting that came out of date order."""

    book_id: int
    account_no: int
    ordinal: int
    seq: int
    line: int
    net: int

    def blocks(self) -> list[LateKey]:
        """Name the blocks its amount counts in."""
        return [(self.book_id, self.account_no, shift, self.ordinal >> shift) for shift in SHIFTS]


@dataclass(slots=True)
class Rows:
    """What a batch writes."""

    postings: list[Row] = field(default_factory=list)
    holds: list[Row] = field(default_factory=list)
    exchanges: list[Row] = field(default_factory=list)
    assertions: list[Row] = field(default_factory=list)
    days: dict[tuple[int, int, str], list[int | None]] = field(default_factory=dict)
    late: list[Late] = field(default_factory=list)
    accounts: dict[int, AccountAtWork] = field(default_factory=dict)
    books: dict[int, BookAtWork] = field(default_factory=dict)


def derive(batch: Batch) -> Rows:
    """Derive every row of the accepted entries of a batch but their headers."""
    rows = Rows()
    add_posting = rows.postings.append
    days, accounts = rows.days, rows.accounts
    for entry in batch.accepted:
        book, seq, day = entry.book, entry.seq, entry.effective_date
        book_id = book.id
        rows.books[book_id] = book
        timely = day <= book.on_time_until
        for account, debit, layer, amount, line in entry.legs:
            accounts[id(account)] = account
            no = account.no
            if layer == POSTED:
                change = amount if debit else -amount
                account.net += change
                key = (book_id, no, day)
                bucket = days.get(key)
                if bucket is None:
                    bucket = days[key] = [0, 0, None]
                bucket[0 if debit else 1] += amount  # type: ignore[operator]
                if timely and day >= account.on_time_date:
                    account.on_time_date = day
                    bucket[2] = seq
                else:
                    ordinal = date.fromisoformat(day).toordinal()
                    rows.late.append(Late(book_id, no, ordinal, seq, line, change))
            add_posting((book_id, no, seq, line, "D" if debit else "C", layer, amount, account.net))
        if entry.verb == "reserve" or entry.exchange or entry.verb == "assert":
            _particulars(entry, rows)
    return rows


def headers(batch: Batch) -> list[Row]:
    """Give the headers of the accepted entries, with the hashes of their leaves."""
    return [_header(entry) for entry in batch.accepted]


def _header(entry: Accepted) -> Row:
    request, book, day = entry.request, entry.book, entry.effective_date
    intent = request.intent
    asked = intent.effective_date.isoformat()
    return (
        book.id,
        entry.seq,
        intent.id,
        entry.verb,
        intent.kind,
        day,
        None if intent.value_date is None else intent.value_date.isoformat(),
        None if asked == day else asked,
        book.recorded_text,
        None if intent.device_time is None else utc_text(intent.device_time),
        request.actor,
        intent.bundle,
        entry.target_seq,
        entry.amends_seq,
        entry.flags,
        len(entry.legs),
        entry.change_no,
        request.intent_hash,
        canonical.leaf_hash(
            book.id,
            entry.seq,
            book.recorded_us,
            day,
            request.actor,
            entry.target_seq,
            entry.amends_seq,
            request.intent_hash,
        ),
    )


def _particulars(entry: Accepted, rows: Rows) -> None:
    """Add the rows that only holds, exchanges and assertions have."""
    book_id, seq, intent = entry.book.id, entry.seq, entry.request.intent
    if entry.verb == "reserve":
        expires_at = intent.expires_at  # type: ignore[attr-defined]
        until = None if expires_at is None else utc_text(expires_at)
        for account, debit, layer, amount, line in entry.legs:
            assert layer == PENDING
            side = "D" if debit else "C"
            rows.holds.append((book_id, seq, line, account.no, side, amount, until))
    if entry.exchange is not None:
        mid = intent.exchange  # type: ignore[attr-defined]
        rate = None if mid.mid_rate is None else format(mid.mid_rate, "f")
        day = None if mid.mid_date is None else mid.mid_date.isoformat()
        source = None if mid.mid_source is None else shape.normal(mid.mid_source)
        rows.exchanges.append((book_id, seq, *entry.exchange, rate, source, day))
    if entry.verb == "assert":
        asserted = entry.request.accounts[0]
        assert asserted is not None
        rows.accounts[id(asserted)] = asserted  # the chart's are opened by a count as well
        rows.assertions.append((book_id, seq, asserted.no, intent.balance))  # type: ignore[attr-defined]


def late_rows(late: list[Late], totals: dict[LateKey, int]) -> list[Row]:
    """Carry the running total of each block on; `totals` holds the last one stored."""
    rows: list[Row] = []
    for posting in late:
        for key in posting.blocks():
            totals[key] = totals.get(key, 0) + posting.net
            rows.append((*key, posting.seq, posting.line, totals[key]))
    return rows
