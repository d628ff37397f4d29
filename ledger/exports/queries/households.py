"""What the household room holds of persons: all of it under their books."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from ledger.consents.queries.contributors import opened_keys, opened_text
from ledger.consents.queries.held import Held, Record, Rows, Subject, rows
from ledger.errors import Wording
from ledger.household.books import tables as books
from ledger.household.feed import tables as feed
from ledger.household.notes import tables as notes
from ledger.household.records import tables as records
from ledger.journal import keyring


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


@dataclass(frozen=True, slots=True)
class Words:
    """What she wrote in her books beside entries, opened with the session's keyring."""

    held: tuple[Held, ...] = (
        _of_book(notes.Annotation, Wording("Catatan", "Notes"), "recorded_at"),
    )

    def records(self, session: Session, held: Held, subject: Subject) -> Iterator[Record]:
        """Read texts; one that cannot be opened says why: `locked`, or `erased` for ever."""
        keys: dict[tuple[int, str], keyring.TextKeys | str] = {}
        for row in rows(session, held, subject):
            sealed = row.pop("sealed")
            row.pop("asked")
            said: dict[str, str | None] = {"text": None, "unreadable": None}
            if sealed is not None:
                whose = (row["book_id"], row["subject"])
                place = keyring.place(row["book_id"], row["id"], row["field"])
                if whose not in keys:
                    keys |= opened_keys(session, {whose})
                said = opened_text(keys[whose], place, sealed)
            yield {**held.written(row), **said}


WORDS: Final = Words()
