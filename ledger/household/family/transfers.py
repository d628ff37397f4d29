"""Money between a person's own book and a family's: what may be asked, and its entries. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from ledger.household.records.entries import derived_id
from ledger.journal.intents import Intent, Post, Posting, Reverse, credit, debit
from ledger.money import Money

KIND: Final = "family"
EQUITY: Final = "equity:family"
"""Where both books show what went to the other: neither income nor expense of either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Money from a pocket of one book to a pocket of another, under an id of the phone's.

    `note` is for the sender's book, `family_note` for the other. `arrived` where it arrived in
    another currency.
    """

    id: bytes
    source_book: int
    target_book: int
    day: date
    amount: Money
    source: str = "assets:cash"
    target: str = "assets:cash"
    arrived: Money | None = None
    note: str | None = None
    family_note: str | None = None
    device_time: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack:
    """Undo a transfer on both sides, or on neither."""

    id: bytes
    transfer: bytes
    source_book: int
    target_book: int


def far_id(transfer: bytes) -> bytes:
    """Derive the id of the entry on the other side: it leads nowhere back.

    >>> far_id(bytes(16)) == far_id(bytes(16)), far_id(bytes(16)) == bytes(16)
    (True, False)
    """
    return derived_id("far", transfer)


def intents(
    item: Transfer, pocket: str, equity: str, far_pocket: str, far_equity: str
) -> tuple[Intent, Intent]:
    """Write both entries of a transfer; the accounts are those of each side's currency."""
    arrived = item.arrived or item.amount
    out = (debit(equity, item.amount), credit(pocket, item.amount))
    into = (debit(far_pocket, arrived), credit(far_equity, arrived))
    return (
        _post(item, item.source_book, item.id, out, item.note),
        _post(item, item.target_book, far_id(item.id), into, item.family_note),
    )


def _post(
    item: Transfer, book: int, entry_id: bytes, lines: tuple[Posting, ...], note: str | None
) -> Post:
    return Post(
        book_id=book,
        id=entry_id,
        effective_date=item.day,
        kind=KIND,
        narration=note,
        bundle=derived_id("bundle", item.id),
        device_time=item.device_time,
        postings=lines,
    )


def undoing(item: TakeBack, day: date) -> tuple[Intent, Intent]:
    """Write both reversals of a transfer."""
    bundle = derived_id("bundle", item.id)
    return (
        Reverse(
            book_id=item.source_book,
            id=item.id,
            effective_date=day,
            kind=KIND,
            bundle=bundle,
            entry_id=item.transfer,
        ),
        Reverse(
            book_id=item.target_book,
            id=far_id(item.id),
            effective_date=day,
            kind=KIND,
            bundle=bundle,
            entry_id=far_id(item.transfer),
        ),
    )
