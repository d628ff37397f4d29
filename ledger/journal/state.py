"""The working set of a batch: what was loaded under the locks, changed as items are decided.

Plain mutable values, no database. Dates are ISO text, which compares as dates do; amounts are
whole minor units. Every change made while a bundle is being decided can be taken back (`undo`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ledger.books.classes import AccountClass
from ledger.journal.intents import AccountRef, Intent
from ledger.journal.outcomes import Code, Facts

POSTED, PENDING, RELEASED = 0, 1, 2
"""Layers of a posting row: moves the posted counters, adds to the pending ones, takes from them."""

DERIVED = 4
"""Flag of an entry that belongs to another request (the reversal inside an amendment)."""

MAX_COUNTER = 2**63 - 1

_DEBIT_NORMAL = (AccountClass.ASSET, AccountClass.EXPENSE)

AccountRow = tuple[Any, ...]
"""The columns of an account that a batch needs, in the order of `AccountAtWork.__init__`."""


@dataclass(slots=True)
class BookAtWork:
    """A locked book: its settings, its heads, and the moment this batch records at."""

    id: int
    tenant_id: int
    chart: str
    base_currency: str
    time_zone: str
    moves_late: bool
    max_days_ahead: int
    closed_through: str | None
    head_seq: int
    head_change_no: int
    next_account_no: int
    recorded_at: datetime
    recorded_text: str
    recorded_us: int
    business_date: str
    on_time_until: str
    latest_date: str
    first_open_day: str | None
    touched: bool = False


class AccountAtWork:
    """An account with its counters; `stored` is false until its first entry is written.

    Classes and states stand as the database writes them. `net` runs along the postings of the
    batch; `plain` accounts have no rule of their own that could refuse a posting. `expired_*`
    count holds past due, `watched` the balances that assertions of the batch ask for.
    """

    __slots__ = (
        "book_id",
        "ceiling",
        "class_",
        "code",
        "currency",
        "daily_credit_limit",
        "daily_debit_limit",
        "expired_credit",
        "expired_debit",
        "floor",
        "flow_credit",
        "flow_date",
        "flow_debit",
        "fund",
        "net",
        "no",
        "on_time_date",
        "pending_credit",
        "pending_debit",
        "plain",
        "postable",
        "posted_credit",
        "posted_debit",
        "purpose",
        "state",
        "stored",
        "watched",
    )

    def __init__(self, row: AccountRow) -> None:
        """Take an account's row as `queries.load_accounts` reads it."""
        # One assignment: a batch makes thousands of these.
        (
            self.book_id,
            self.no,
            self.code,
            self.class_,
            self.currency,
            self.fund,
            self.purpose,
            self.postable,
            self.state,
            self.floor,
            self.ceiling,
            self.daily_debit_limit,
            self.daily_credit_limit,
            self.posted_debit,
            self.posted_credit,
            self.pending_debit,
            self.pending_credit,
            self.on_time_date,
            self.flow_date,
            self.flow_debit,
            self.flow_credit,
        ) = row
        self.net: int = self.posted_debit - self.posted_credit
        self.expired_debit = self.expired_credit = 0
        self.watched: list[list[int | str]] | None = None
        self.stored = True
        self.plain: bool = (
            self.state == "open"
            and self.fund is None
            and self.floor is None
            and self.ceiling is None
            and self.daily_debit_limit is None
            and self.daily_credit_limit is None
            and bool(self.postable)
        )

    @property
    def debit_normal(self) -> bool:
        """Tell whether debits increase the account."""
        return self.class_ in _DEBIT_NORMAL


def unopened(
    book_id: int,
    no: int,
    code: str,
    class_: str,
    currency: str,
    *,
    fund: str | None = None,
    purpose: str | None = None,
    postable: bool = True,
    floor: int | None = None,
    ceiling: int | None = None,
) -> AccountAtWork:
    """Make an account that its first entry will open."""
    described = (book_id, no, code, class_, currency, fund, purpose, postable, "open")
    account = AccountAtWork((*described, floor, ceiling, None, None, 0, 0, 0, 0, "", None, 0, 0))
    account.stored = False
    return account


Leg = tuple[AccountAtWork, bool, int, int, int]
"""A line being decided: account, whether it is a debit, layer, amount, line number."""


@dataclass(slots=True)
class TargetAtWork:
    """An earlier entry that an item of this batch reverses, amends, captures or releases."""

    seq: int
    verb: str
    effective_date: str
    legs: list[Leg]
    reversed: dict[int, int] = field(default_factory=dict)
    remaining: dict[int, int] = field(default_factory=dict)
    expires_at: datetime | None = None


@dataclass(slots=True)
class Known:
    """What is already stored under an id: an entry, or a refusal."""

    content: bytes | None
    intent_hash: bytes
    seq: int = 0
    change_no: int = 0
    effective_date: str = ""
    recorded_at: datetime | None = None
    refusal: Code | None = None
    facts: Facts | None = None


@dataclass(slots=True)
class Request:
    """One item made ready: its intent, who asks, its accounts as far as they exist, its bytes.

    `refs` are the same accounts as the request names them.
    """

    intent: Intent
    actor: str
    refs: Sequence[AccountRef]
    accounts: list[AccountAtWork | None]
    content: bytes
    intent_hash: bytes
    commitments: dict[str, bytes]
    texts: dict[str, str]


@dataclass(slots=True)
class Accepted:
    """An entry that will be written."""

    request: Request
    book: BookAtWork
    seq: int
    change_no: int
    verb: str
    effective_date: str
    legs: list[Leg]
    flags: int = 0
    target_seq: int | None = None
    amends_seq: int | None = None
    exchange: tuple[str, int, str, int] | None = None


@dataclass(slots=True)
class Refused:
    """A refusal that will be stored."""

    request: Request
    book: BookAtWork
    code: Code
    facts: Facts


Purposes = dict[tuple[int, str, str], list[tuple[str, str]]]


@dataclass(slots=True)
class Batch:
    """Everything one batch knows and everything it will write.

    `repeats` tells whether two of its items claim one id: only then does an accepted one have to
    be known to those after it.
    """

    books: dict[int, BookAtWork]
    accounts: dict[tuple[int, int], AccountAtWork] = field(default_factory=dict)
    codes: dict[tuple[int, str], AccountAtWork] = field(default_factory=dict)
    known: dict[tuple[int, bytes], Known] = field(default_factory=dict)
    targets: dict[tuple[int, bytes], TargetAtWork] = field(default_factory=dict)
    wanted: set[tuple[int, bytes]] = field(default_factory=set)
    purposes: Purposes = field(default_factory=dict)
    repeats: bool = False
    holds_used: dict[tuple[int, int, int], int] = field(default_factory=dict)
    accepted: list[Accepted] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    undo: list[Callable[[], object]] | None = None

    def account(self, book_id: int, ref: int | str) -> AccountAtWork | None:
        """Find an account by number or code."""
        if isinstance(ref, int):
            return self.accounts.get((book_id, ref))
        return self.codes.get((book_id, ref))
