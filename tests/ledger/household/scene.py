"""A household in Hong Kong and how it is asked about in tests."""

from typing import Any

from sqlalchemy.orm import Session

from ledger.books import operations as books
from ledger.household.books import operations
from ledger.household.books.opening import NewHousehold
from ledger.household.feed import queries as feed
from ledger.household.feed.items import START, Cursor, EntryHeard, ThingHeard
from tests.builders import NOW, TELLER


def open_household(session: Session, ref: str = "dewi", **changes: Any) -> int:
    """Open Dewi's household: paid in Hong Kong dollars on the seventh, at home in rupiah."""
    settings: dict[str, Any] = {
        "tenant": books.open_tenant(session, "platform", name="platform"),
        "ref": ref,
        "name": "Dewi",
        "base_currency": "HKD",
        "time_zone": "Asia/Hong_Kong",
        "pay_day": 7,
        **changes,
    }
    (book,) = operations.open_households(
        session, [NewHousehold(**settings)], actor=TELLER, opened_at=NOW
    )
    return book


def hear(
    session: Session, book: int, since: Cursor = START, limit: int = 200, **rest: Any
) -> list[EntryHeard | ThingHeard]:
    """Read the feed to its end, page by page; nothing comes twice on the way."""
    items: list[EntryHeard | ThingHeard] = []
    more = True
    while more:
        page = feed.changes(session, book, since, limit=limit, **rest)
        assert page.cursor >= since
        items += page.items
        since, more = page.cursor, page.more
    numbers = [item.change_no for item in items]
    assert numbers == sorted(set(numbers))
    return items
