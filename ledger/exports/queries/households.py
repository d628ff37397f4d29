"""What the household room holds of persons: all of it under their books."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from ledger.consents.queries.held import Held, Record, Rows, Subject, rows
from ledger.errors import Wording
from ledger.household.books import tables as books
from ledger.household.budgets import tables as budgets
from ledger.household.feed import tables as feed
from ledger.household.notes import tables as notes
from ledger.household.records import tables as records
from ledger.household.recurring import queries as recurring_queries
from ledger.household.recurring import tables as recurring
from ledger.household.rules import queries as rules_queries
from ledger.household.rules import tables as rules
from ledger.journal import keyring
from ledger.journal.queries import Opener, openers, readable


def _of_book(model: Any, says: Wording, at: str | None = None, **rest: Any) -> Held:
    return Held(model=model, says=says, book="book_id", at=at, **rest)


HOUSEHOLDS: Final = Rows(
    (
        _of_book(books.Household, Wording("Rumah tangga", "Household"), "opened_at"),
        _of_book(books.Category, Wording("Kategori dan dompet", "Categories, pockets"), "made_at"),
        _of_book(records.Sorting, Wording("Pemilahan", "Sortings"), "recorded_at"),
        _of_book(budgets.Budget, Wording("Anggaran", "Budgets"), "changed_at"),
        _of_book(feed.FeedItem, Wording("Perubahan", "Changes to hear of"), derived=True),
    )
)
"""Settings, categories and pockets; the feed only points at what is told elsewhere."""


@dataclass(frozen=True, slots=True)
class Words:
    """What she wrote in her books beside entries, opened with the session's keyring.

    A text that cannot be opened says why: `locked`, or `erased` for ever.
    """

    held: tuple[Held, ...] = (
        _of_book(notes.Annotation, Wording("Catatan", "Notes"), "recorded_at"),
        _of_book(rules.CategoryRule, Wording("Aturan kategori", "Category rules"), "changed_at"),
        _of_book(recurring.Recurring, Wording("Yang berulang", "What comes again"), "changed_at"),
    )

    def records(self, session: Session, held: Held, subject: Subject) -> Iterator[Record]:
        """Read rows, with what was sealed opened under its own name (`text` for one text)."""
        keys: dict[tuple[int, str], Opener] = {}
        for row in rows(session, held, subject):
            whose = (row["book_id"], row.get("subject", ""))
            if whose not in keys:
                keys |= openers(session, {whose})
            row.pop("asked", None)
            sealed = {
                name: (field, row.pop(name)) for name, field in _SEALED[held.name](row).items()
            }
            yield {**held.written(row), **_opened(keys[whose], row, sealed)}


_SEALED: Final[Mapping[str, Callable[[Mapping[str, Any]], dict[str, str]]]] = {
    "annotation": lambda row: {"sealed": row["field"]},
    "category_rule": lambda _row: {"sealed": rules_queries.FIELD},
    "recurring": lambda _row: {name: name for name in recurring_queries.WORDS},
}
"""Sealed columns of a table, with the field each was sealed for."""


def _opened(
    key: Opener, row: Mapping[str, Any], sealed: Mapping[str, tuple[str, Any]]
) -> dict[str, str | None]:
    said: dict[str, str | None] = {"unreadable": None}
    for name, (field, content) in sealed.items():
        text: dict[str, str | None] = {"text": None, "unreadable": None}
        if content is not None:
            place = keyring.place(row["book_id"], row["id"], field)
            text = readable(key, place, content)
        said["text" if name == "sealed" else name] = text["text"]
        said["unreadable"] = said["unreadable"] or text["unreadable"]
    return said


WORDS: Final = Words()
