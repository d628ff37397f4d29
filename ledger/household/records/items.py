"""What she may ask of her records: one frozen value per verb. Pure.

An item carries the book and an id chosen by her phone, which is its idempotency key for ever.
Categories and pockets are named by the code of their account in its own currency; the amount
says in which currency money moved, and the account of that currency is found or opened.
"""

from dataclasses import dataclass
from datetime import date, datetime

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


Content = Spent | Received | Moved


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
    """Take a record back: a reversal on its own date, and a tombstone in the feed."""

    record: bytes
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort(Item):
    """Give a record other categories, on its own date; the parts add up to what it is."""

    record: bytes
    parts: tuple[Part, ...]


AnyItem = Record | Amend | Delete | Sort
