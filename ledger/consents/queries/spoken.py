"""Texts for her archive: those of her books, and those about her in books that are not hers.

Of another's book she gets the words about her and nothing else: neither which entry they stand in
nor how many there are, which would tell of a book that she sees only in part (design.md §2).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from ledger.books.tables import Book
from ledger.consents.queries.held import Held, Record, Subject, pages
from ledger.db import bulk
from ledger.errors import Wording
from ledger.journal import keyring
from ledger.journal import queries as journal
from ledger.journal.subjects import person_subject
from ledger.journal.tables import EntryText

_WHY: Final = {keyring.LOCKED.en: "locked", keyring.ERASED.en: "erased"}


class _HeldTexts(Held):
    """Texts are a person's by the book they stand in, or by their subject."""

    def is_about(self, subject: Subject) -> ColumnElement[bool]:
        """Say which rows are a person's."""
        return or_(EntryText.book_id.in_(subject.books), elsewhere(subject))


def elsewhere(subject: Subject) -> ColumnElement[bool]:
    """Say which texts about a person stand in books of her tenant that are not hers."""
    theirs = select(Book.id).where(Book.id == EntryText.book_id, Book.tenant_id == subject.tenant)
    return and_(
        EntryText.subject.in_([person_subject(record) for record in subject.records]),
        EntryText.subject != "",  # so that a database sees that the index of subjects will do
        EntryText.book_id.not_in(subject.books),
        theirs.exists(),
    )


TEXTS: Final = _HeldTexts(model=EntryText, says=Wording("Teks entri", "Texts"), book="book_id")


@dataclass(frozen=True, slots=True)
class Texts:
    """Narrations and other texts, opened with the session's keyring."""

    held: tuple[Held, ...] = (TEXTS,)

    def records(self, session: Session, held: Held, subject: Subject) -> Iterator[Record]:
        """Read texts; one that cannot be opened says why: `locked`, or `erased` for ever."""
        own = select(held.table).where(EntryText.book_id.in_(subject.books))
        key = list(held.table.primary_key.columns)
        for page in pages(session, own, key):
            yield from _told(session, held, page)
        about = select(held.table).where(elsewhere(subject))
        for page in pages(session, about, [held.table.c.subject, *key]):
            for told in _told(session, held, page):
                yield {**told, "book_id": None, "seq": None}


_IDS: Final = """
    SELECT e.book_id, e.seq, e.id FROM {k} JOIN entry e ON e.book_id = k.book_id AND e.seq = k.seq
"""


def _told(session: Session, held: Held, page: Sequence[Mapping[str, Any]]) -> Iterator[Record]:
    places = sorted({(row["book_id"], row["seq"]) for row in page})
    found = bulk.find_rows(session, _IDS, ("book_id", "seq"), ("bigint", "bigint"), places)
    ids = {(book, seq): bytes(entry_id) for book, seq, entry_id in found}
    keys = journal.openers(session, {(row["book_id"], row["subject"]) for row in page})
    for row in page:
        key = keys[row["book_id"], row["subject"]]
        place = keyring.place(row["book_id"], ids[row["book_id"], row["seq"]], row["field"])
        said = journal.opened(key, place, bytes(row["ciphertext"]))
        kept = {name: row[name] for name in ("book_id", "seq", "field", "subject")}
        text, why = (said, None) if isinstance(said, str) else (None, _WHY[said.en])
        yield {**held.written(kept), "text": text, "unreadable": why}
