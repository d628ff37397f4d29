"""Take part in the feed of a book: number changes under its lock, in the caller's transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.household.feed.items import Heard
from ledger.journal import queries as journal
from ledger.journal.state import BookAtWork

_ITEMS = """
    SELECT f.book_id, f.kind, f.key
    FROM {k} JOIN feed_item f ON f.book_id = k.book_id AND f.kind = k.kind AND f.key = k.key
"""
_KEY = ("book_id", "kind", "key")
_KEY_TYPES = ("bigint", "text", "bytea")
_COLUMNS = ("change_no", "gone", "changed_at")
_TYPES = ("bigint", "boolean", "timestamptz")


def lock_books(
    session: Session, books: Iterable[int], recorded_at: datetime
) -> dict[int, BookAtWork]:
    """Lock books in order of id, as every money command does; those not there are left out.

    A verb that touches several books, or posts more than once, calls this first with all of
    them: one lock order, no deadlock. Locking again in the same transaction costs a look.
    """
    return journal.make_books(journal.ask_books(session, books), recorded_at)


def note(session: Session, heard: Sequence[Heard], *, recorded_at: datetime) -> list[int]:
    """Give each change its number, in the order given, and answer the numbers.

    Called after the rows were written, in the same transaction: the numbers are taken under the
    book's lock, which is held until the commit, so they become visible in their order and a
    reader that was told of one was told of all before it. A thing named twice has one number.

    Raises:
        KeyError: a book is not there (a bug of the caller, who has locked it).
    """
    if not heard:
        return []
    books = lock_books(session, {item.book_id for item in heard}, recorded_at)
    numbers: dict[tuple[int, str, bytes], tuple[int, bool]] = {}
    for item in heard:
        book = books[item.book_id]
        key = (item.book_id, item.kind.value, item.key)
        if key not in numbers:
            book.head_change_no += 1
            numbers[key] = book.head_change_no, item.gone
        else:
            numbers[key] = numbers[key][0], item.gone
    there = {
        (row[0], row[1], bytes(row[2]))
        for row in bulk.find_rows(session, _ITEMS, _KEY, _KEY_TYPES, sorted(numbers))
    }
    rows = {key: (*numbers[key], books[key[0]].recorded_text) for key in sorted(numbers)}
    fresh = [(*key, *row) for key, row in rows.items() if key not in there]
    moved = [(*row, *key) for key, row in rows.items() if key in there]
    bulk.insert_rows(session, "feed_item", _KEY + _COLUMNS, _KEY_TYPES + _TYPES, fresh)
    bulk.set_rows(session, "feed_item", _KEY, _COLUMNS, _TYPES + _KEY_TYPES, moved)
    heads = [(book.head_change_no, book.id) for _, book in sorted(books.items())]
    bulk.set_rows(session, "book", ("id",), ("head_change_no",), ("bigint", "bigint"), heads)
    session.expire_all()
    return [numbers[(item.book_id, item.kind.value, item.key)][0] for item in heard]
