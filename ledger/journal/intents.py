"""What may be asked of the journal: one frozen value per verb.

An intent carries an id chosen by whoever asks; the pair (book, id) is its idempotency key for
ever. Amounts are positive whole minor units with their currency; the side says the direction.
Accounts are named by number or by code. An intent is only a request: whether it holds is
decided by `decide`, under the lock on its book.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from ledger.books.classes import Side
from ledger.money import Money

EntryId = bytes
"""Sixteen bytes chosen by the client; UUIDv7 advised."""

AccountRef = int | str
"""An account of the intent's book: its number, or its code."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One line asked for: an account, a side and a positive amount in minor units."""

    account: AccountRef
    side: Side
    amount: int
    currency: str


def debit(account: AccountRef, money: Money) -> Posting:
    """Ask for a debit of an account."""
    return Posting(account, Side.DEBIT, money.minor, money.currency)


def credit(account: AccountRef, money: Money) -> Posting:
    """Ask for a credit of an account."""
    return Posting(account, Side.CREDIT, money.minor, money.currency)


@dataclass(frozen=True, slots=True)
class Line:
    """Part of one line of an earlier entry: its line number and how much of it, in minor units.

    A line's currency is known from the earlier entry; where it is named, it must be that one.
    """

    line: int
    amount: int
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """The mid rate of an exchange: units of `bought` per unit of `sold`, its source and its date.

    The applied rate needs no field: it is what was bought over what was sold.
    """

    mid_rate: Decimal | None = None
    mid_source: str | None = None
    mid_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What all verbs share.

    `effective_date` is the accounting date, `value_date` the date from which interest counts
    (the effective date where absent). Texts (`narration`, `reason`, values of `metadata`) are
    encrypted under the key of `subject`, by default the book's own. Items that follow each other
    with the same `bundle` succeed or fail together. `device_time` is what a phone's clock said;
    it decides nothing.
    """

    book_id: int
    id: EntryId
    effective_date: date
    kind: str = "journal"
    value_date: date | None = None
    narration: str | None = None
    metadata: Mapping[str, str] | None = None
    subject: str = ""
    bundle: EntryId | None = None
    device_time: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post(Intent):
    """Put a balanced entry into the books; with `exchange` it may cross two currencies."""

    postings: tuple[Posting, ...]
    exchange: Exchange | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserve(Intent):
    """Hold amounts on accounts until they are captured, released, or past due at `expires_at`."""

    postings: tuple[Posting, ...]
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture(Intent):
    """Post what was reserved, whole or the lines given; the rest is released unless kept."""

    hold_id: EntryId
    lines: tuple[Line, ...] | None = None
    keep_rest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(Intent):
    """Give back what is left of a hold."""

    hold_id: EntryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Expire(Intent):
    """Give back what is left of a hold that is past due."""

    hold_id: EntryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverse(Intent):
    """Post the mirror image of an entry: what is left of it, or the lines given."""

    entry_id: EntryId
    lines: tuple[Line, ...] | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Amend(Intent):
    """Replace an entry: one item that posts a linked reversal and its replacement."""

    entry_id: EntryId
    postings: tuple[Posting, ...]
    exchange: Exchange | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssertBalance(Intent):
    """State what an account's balance is at the end of `effective_date`, on its normal side."""

    account: AccountRef
    balance: int
    currency: str
