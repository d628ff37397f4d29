"""What she may ask of her records: one frozen value per verb. Pure.

An item carries the book and an id chosen by her phone, which is its idempotency key for ever.
Categories and pockets are named by the code of their account in its own currency; the amount
says in which currency money moved, and the account of that currency is found or opened.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from ledger.books.classes import Side
from ledger.journal.intents import Exchange
from ledger.money import Money


@dataclass(frozen=True, slots=True)
class Part:
    """A share of an expense or income; `category` None where nobody has said what it was for."""

    category: str | None
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """An expense: what for, on which day, out of which pocket.

    `paid` is what left the pocket, where that was in another currency. `note` and
    `counterparty` are her own words, sealed under the key of the request's subject.
    """

    day: date
    parts: tuple[Part, ...]
    pocket: str
    paid: Money | None = None
    note: str | None = None
    counterparty: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """Income: where from, on which day, into which pocket; `kept` as `Spent.paid`."""

    day: date
    parts: tuple[Part, ...]
    pocket: str
    kept: Money | None = None
    note: str | None = None
    counterparty: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Money moved from one pocket to another; `arrived` where it was changed on the way."""

    day: date
    amount: Money
    source: str
    target: str
    arrived: Money | None = None
    note: str | None = None
    counterparty: str | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """One line of a record whose lines another package knows: side, category or pocket, amount.

    `role` is what the account must be: a pocket, an expense, income, or a debt.
    """

    side: Side
    role: Literal["pocket", "expense", "income", "debt"]
    code: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What another package of the household writes: a wage, a remittance, a repayment.

    Its lines follow from facts which that package keeps, so it is amended and deleted like any
    record and never sorted. `facts` are texts of hers, sealed beside the lines and part of what
    makes two requests the same.
    """

    day: date
    kind: str
    legs: tuple[Leg, ...]
    exchange: Exchange | None = None
    note: str | None = None
    facts: tuple[tuple[str, str], ...] = ()


Content = Spent | Received | Moved | Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What all verbs share; see `journal.intents.Intent` for subject and device time."""

    book_id: int
    id: bytes
    subject: str = ""
    device_time: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Item):
    """Record something new."""

    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Amend(Item):
    """Replace what a record says; `record` is the id of any of its versions."""

    record: bytes
    content: Content
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete(Item):
    """Take a record back: a reversal on its own date, and a tombstone in the feed.

    `kind` is that of the record where another package asks: only it takes its own kinds back.
    """

    record: bytes
    kind: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort(Item):
    """Give a record other categories, on its own date; the parts add up to what it is."""

    record: bytes
    parts: tuple[Part, ...]


AnyItem = Record | Amend | Delete | Sort
