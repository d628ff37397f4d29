"""Write books to wherever the caller says: `write` takes one part of the text after the other.

Entries and balances are read in several statements, so the session should see one moment of the
books (`db.reading_session_factory`) where others may be posting.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from ledger.consents.queries.held import Contributor
from ledger.errors import Language
from ledger.exports import archive, beancount, hledger, queries
from ledger.exports.figures import Book, Chosen, Counts, Entry
from ledger.exports.queries import CONTRIBUTORS

Write = Callable[[str], object]


def write_beancount(
    session: Session, book_ids: Sequence[int], write: Write, *, language: Language = "en"
) -> Counts:
    """Write books as one beancount file; of several, each account is prefixed by its book.

    Raises:
        BookNotFound: there is no such book; nothing is written then.
    """
    return _write(session, book_ids, write, beancount.parts, language)


def write_hledger(
    session: Session, book_ids: Sequence[int], write: Write, *, language: Language = "en"
) -> Counts:
    """Write books as one hledger journal; of several, each account is prefixed by its book.

    Raises:
        BookNotFound: there is no such book; nothing is written then.
    """
    return _write(session, book_ids, write, hledger.parts, language)


def write_archive(
    session: Session,
    tenant: int,
    person: int,
    write: Write,
    *,
    made_at: datetime,
    contributors: Sequence[Contributor] = CONTRIBUTORS,
) -> None:
    """Write everything that is held of a person as one JSON archive (docs/archive.md).

    Memory does not grow with its size. Looks that would endanger her are left out.

    Raises:
        PersonNotFound: nothing is written then.
    """
    hers = queries.subject(session, tenant, person)
    head = {
        "tenant": str(tenant),
        "person": str(hers.records[0]),
        "records": [str(record) for record in hers.records],
        "books": [str(book) for book in hers.books],
    }
    found = queries.sections(session, hers, contributors)
    for part in archive.parts(head, ((h.name, h.says, rows) for h, rows in found), made_at):
        write(part)


def _write(
    session: Session,
    book_ids: Sequence[int],
    write: Write,
    parts: Callable[[Chosen, Language], Iterator[str]],
    language: Language,
) -> Counts:
    chosen = queries.chosen_by_id(session, book_ids)
    left_out = queries.left_out(session, book_ids)
    count = _Count()
    for part in parts(replace(chosen, books=count.through(chosen.books)), language):
        write(part)
    return Counts(
        books=count.books, accounts=count.accounts, entries=count.entries, left_out=left_out
    )


class _Count:
    """Counts books, accounts and entries as they pass by."""

    def __init__(self) -> None:
        self.books = self.accounts = self.entries = 0

    def through(self, books: Iterable[Book]) -> Iterator[Book]:
        """Pass books on, with their entries."""
        for book in books:
            self.books += 1
            self.accounts += len(book.accounts)
            yield replace(book, entries=self._entries(book.entries))

    def _entries(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        for entry in entries:
            self.entries += 1
            yield entry
