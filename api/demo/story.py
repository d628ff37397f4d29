"""Read the story: books to open, and steps to take in their order, each at its own moment.

Ids are derived from the names the story gives its entries, and steps are recorded at noon of
their day, so that telling it twice changes nothing.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, Final

from ledger import money
from ledger.books import operations as books
from ledger.books.classes import Side
from ledger.errors import Wording
from ledger.journal import intents
from ledger.journal.intents import EntryId, Intent, Posting

ACTOR: Final = "demo"
Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens: an entry asked for, or the close of a period.

    Some are worth a headline.
    """

    at: datetime
    book: str
    headline: Wording | None
    intent: Intent | None
    closes: date | None


@cache
def story() -> dict[str, list[dict[str, Any]]]:
    """Load the data."""
    file = resources.files("api.demo") / "story.json"
    found: dict[str, list[dict[str, Any]]] = json.loads(file.read_text(encoding="utf-8"))
    return found


def book_id(path: str) -> int:
    """Give the id of a book of the story.

    >>> book_id("demo/siti") == books.book_id(books.tenant_id("demo"), "siti")
    True
    """
    tenant, _, ref = path.partition("/")
    return books.book_id(books.tenant_id(tenant), ref)


def entry_id(name: str) -> EntryId:
    """Derive an entry's id from its name in the story."""
    return hashlib.sha256(b"juang/demo/1\0" + name.encode()).digest()[:16]


def batches() -> Iterator[list[Step]]:
    """Tell the steps in order; those of one bundle together."""
    batch: list[Step] = []
    for number, told in enumerate(story()["steps"]):
        made = _step(told, number)
        last = batch[-1].intent if batch else None
        bundle = made.intent.bundle if made.intent is not None else None
        if batch and not (bundle is not None and last is not None and last.bundle == bundle):
            yield batch
            batch = []
        batch.append(made)
    yield batch


def _step(told: Told, number: int) -> Step:
    # A minute apart, so that their order is also that of the clock.
    noon = datetime.combine(date.fromisoformat(told["at"]), time(4), UTC)
    closes = date.fromisoformat(told["through"]) if told.get("verb") == "close" else None
    return Step(
        at=noon + timedelta(minutes=number),
        book=told["book"],
        headline=Wording(**told["headline"]) if "headline" in told else None,
        intent=None if closes else _intent(told),
        closes=closes,
    )


def _intent(told: Told) -> Intent:
    """Make the request of a step."""
    common: dict[str, Any] = {
        "book_id": book_id(told["book"]),
        "id": entry_id(told["id"]),
        "effective_date": date.fromisoformat(told.get("day", told["at"])),
        "kind": told.get("kind", "journal"),
        "narration": told.get("narration"),
        "metadata": told.get("metadata"),
        "bundle": entry_id(told["bundle"]) if "bundle" in told else None,
    }
    match told.get("verb", "post"):
        case "post":
            exchange = None
            if "mid" in told:
                rate, source, day = told["mid"]
                exchange = intents.Exchange(Decimal(rate), source, date.fromisoformat(day))
            return intents.Post(**common, postings=_postings(told), exchange=exchange)
        case "reserve":
            due = told.get("expires_at")
            expires_at = None if due is None else datetime.fromisoformat(due)
            return intents.Reserve(**common, postings=_postings(told), expires_at=expires_at)
        case "capture":
            part = amount(told["part"]).minor
            lines = (intents.Line(1, part), intents.Line(2, part))
            return intents.Capture(**common, hold_id=entry_id(told["hold"]), lines=lines)
        case "reverse":
            return intents.Reverse(
                **common, entry_id=entry_id(told["entry"]), reason=told["reason"]
            )
        case "amend":
            return intents.Amend(
                **common,
                entry_id=entry_id(told["entry"]),
                reason=told["reason"],
                postings=_postings(told),
            )
        case "assert":
            balance = amount(told["balance"])
            return intents.AssertBalance(
                **common,
                account=told["account"],
                balance=balance.minor,
                currency=balance.currency,
            )
        case verb:
            raise AssertionError(f"the story has no verb {verb}")


def _postings(told: Told) -> tuple[Posting, ...]:
    return tuple(
        Posting(account, side, (found := amount(text)).minor, found.currency)
        for side in (Side.DEBIT, Side.CREDIT)
        for account, text in told[side.value].items()
    )


def amount(text: str) -> money.Money:
    """Read an amount as the story writes it.

    >>> amount("HKD 85.50")
    Money(minor=8550, currency='HKD')
    """
    currency, _, number = text.partition(" ")
    return money.parse(number, currency)
