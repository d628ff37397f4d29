"""Entries as they are stored, whole: for repeats that differ, and for `juang verify`."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.db.types import as_utc
from ledger.journal import intents, rebuild
from ledger.journal.queries.batch import Key

_HEADER = """
    SELECT e.book_id, e.seq, e.id, e.verb, e.kind, e.effective_date, e.value_date,
           e.requested_date, e.device_time, e.bundle, e.flags, t.id
    FROM {k} JOIN entry e ON e.book_id = k.book_id AND e.seq = k.seq
    LEFT JOIN entry t ON t.book_id = e.book_id AND t.seq = coalesce(e.amends_seq, e.target_seq)
"""
_LEGS = """
    SELECT p.book_id, p.seq, p.line, p.account_no, p.side, p.layer, p.amount, a.currency
    FROM {k} JOIN posting p ON p.book_id = k.book_id AND p.seq = k.seq
    JOIN account a ON a.book_id = p.book_id AND a.no = p.account_no
"""
_TEXTS = """
    SELECT t.book_id, t.seq, t.field, t.commitment
    FROM {k} JOIN entry_text t ON t.book_id = k.book_id AND t.seq = k.seq
"""
_EXCHANGES = """
    SELECT x.book_id, x.seq, x.mid_rate, x.mid_source, x.mid_date,
           x.sold_currency, x.sold, x.bought_currency, x.bought
    FROM {k} JOIN entry_exchange x ON x.book_id = k.book_id AND x.seq = k.seq
"""
_EXPIRIES = """
    SELECT DISTINCT h.book_id, h.seq, h.expires_at
    FROM {k} JOIN hold h ON h.book_id = k.book_id AND h.seq = k.seq
"""
_ASSERTIONS = """
    SELECT b.book_id, b.seq, b.account_no, b.balance, a.currency
    FROM {k} JOIN balance_assertion b ON b.book_id = k.book_id AND b.seq = k.seq
    JOIN account a ON a.book_id = b.book_id AND a.no = b.account_no
"""
_PLACE = (("book_id", "seq"), ("bigint", "bigint"))


def stored_contents(session: Session, places: Sequence[Key]) -> dict[Key, bytes]:
    """Rebuild the canonical bytes of the requests that became these entries."""
    entries = stored_entries(session, places)
    return {place: rebuild.content(entry) for place, entry in entries.items()}


def stored_entries(session: Session, places: Sequence[Key]) -> dict[Key, rebuild.StoredEntry]:
    """Read entries with all that their requests said; texts only as commitments."""
    headers = bulk.find_rows(session, _HEADER, *_PLACE, places)
    entries = {(row[0], row[1]): entry_of(row) for row in headers}
    for row in bulk.find_rows(session, _LEGS, *_PLACE, places):
        entries[(row[0], row[1])].legs.append(row[2:])
    read_stored(session, entries)
    return entries


def entry_of(row: bulk.Row) -> rebuild.StoredEntry:
    """Make an entry of the twelve columns that a header contributes to its request."""
    return rebuild.StoredEntry(
        row[0],
        row[1],
        bytes(row[2]),
        row[3],
        row[4],
        as_date(row[5]),
        None if row[6] is None else as_date(row[6]),
        None if row[7] is None else as_date(row[7]),
        as_utc(row[8]),
        None if row[9] is None else bytes(row[9]),
        row[10],
        None if row[11] is None else bytes(row[11]),
    )


def read_stored(session: Session, entries: Mapping[Key, rebuild.StoredEntry]) -> None:
    """Add what only some entries have: commitments to texts, rates, expiries, assertions."""
    places = sorted(entries)
    for row in bulk.find_rows(session, _TEXTS, *_PLACE, places):
        entries[(row[0], row[1])].commitments[row[2]] = bytes(row[3])
    for row in bulk.find_rows(session, _EXCHANGES, *_PLACE, places):
        rate = None if row[2] is None else Decimal(row[2])
        day = None if row[4] is None else as_date(row[4])
        entries[(row[0], row[1])].exchange = intents.Exchange(rate, row[3], day)
        entries[(row[0], row[1])].crossed = (row[5], row[6], row[7], row[8])
    held = [key for key, entry in entries.items() if entry.verb == "reserve"]
    for row in bulk.find_rows(session, _EXPIRIES, *_PLACE, held):
        entries[(row[0], row[1])].expires_at = as_utc(row[2])
    asserted = [key for key, entry in entries.items() if entry.verb == "assert"]
    for row in bulk.find_rows(session, _ASSERTIONS, *_PLACE, asserted):
        entries[(row[0], row[1])].assertion = (row[2], row[3], row[4])


def as_date(value: Any) -> date:
    """Read a date from either database."""
    return value if isinstance(value, date) else date.fromisoformat(value)
