"""Reads of the journal for an import."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from ledger.db import bulk

Key = tuple[int, bytes]
"""A book, and the id of an entry in it."""

_ENTRIES = """
    SELECT k.book_id, k.id FROM {k} JOIN entry e ON e.book_id = k.book_id AND e.id = k.id
"""


def booked(session: Session, keys: Sequence[Key]) -> set[Key]:
    """Tell which ids stand for entries: an id that was only ever refused does not."""
    rows = bulk.find_rows(session, _ENTRIES, ("book_id", "id"), ("bigint", "bytea"), keys)
    return {(row[0], bytes(row[1])) for row in rows}
