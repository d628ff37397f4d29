"""What an export is made of, as `queries` reads it. A net is debits less credits, minor units."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ledger.books.classes import AccountClass
from ledger.errors import Wording
from ledger.journal.keyring import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An opened account that takes postings, the first day it moved, and its balance now."""

    no: int
    code: str
    name: Wording
    account_class: AccountClass
    currency: str
    fund: str | None = None
    state: str = "open"
    first_day: date
    balance: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One posting: an account by number, and what it adds to it."""

    line: int
    account_no: int
    net: int


@dataclass(frozen=True, slots=True)
class Rate:
    """What an entry sold and bought, in minor units, and the mid rate then."""

    sold: int
    sold_currency: str
    bought: int
    bought_currency: str
    mid_rate: Decimal | None
    mid_source: str | None
    mid_date: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry with its posted lines; `target` is what it reverses or captures, by id.

    Texts stand by field: `narration`, `reason`, and `meta:<key>`.
    """

    seq: int
    id: bytes
    verb: str
    kind: str
    effective_date: date
    value_date: date | None = None
    recorded_at: str
    actor: str
    bundle: bytes | None = None
    target: bytes | None = None
    amends: bytes | None = None
    lines: Sequence[Line]
    rate: Rate | None = None
    texts: Mapping[str, Text] = field(default_factory=dict)

    @property
    def narration(self) -> Text | None:
        """Give its narration, or else its reason."""
        return self.texts.get("narration", self.texts.get("reason"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A book: its accounts by number, and its entries by date, read as they are asked for."""

    tenant: str
    ref: str
    name: str
    base_currency: str
    last_day: date | None
    accounts: Mapping[int, Account]
    entries: Iterator[Entry]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The books to export; `alone` where there is one, whose accounts need no prefix.

    `currencies` are those of its accounts. The books come one after the other, and the entries
    of each must be read before the next is asked for.
    """

    currencies: Sequence[str]
    base_currencies: Sequence[str]
    alone: bool
    books: Iterator[Book]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What an export wrote, and how many entries it left out because they post nothing."""

    books: int
    accounts: int
    entries: int
    left_out: int
