"""What the household room holds of persons: all of it under their books."""

from typing import Any, Final

from ledger.consents.queries.held import Held, Rows
from ledger.errors import Wording
from ledger.household.books import tables as books
from ledger.household.feed import tables as feed
from ledger.household.records import tables as records


def _of_book(model: Any, says: Wording, at: str | None = None, **rest: Any) -> Held:
    return Held(model=model, says=says, book="book_id", at=at, **rest)


HOUSEHOLDS: Final = Rows(
    (
        _of_book(books.Household, Wording("Rumah tangga", "Household"), "opened_at"),
        _of_book(books.Category, Wording("Kategori dan dompet", "Categories, pockets"), "made_at"),
        _of_book(records.Sorting, Wording("Pemilahan", "Sortings"), "recorded_at"),
        _of_book(feed.FeedItem, Wording("Perubahan", "Changes to hear of"), derived=True),
    )
)
"""Settings, categories and pockets; the feed only points at what is told elsewhere."""
