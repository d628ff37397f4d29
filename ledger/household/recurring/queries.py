"""Read what comes again, and what of it is due."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from ledger.household.recurring.tables import Recurring
from ledger.journal import keyring
from ledger.journal.queries import openers, readable

Key = tuple[int, bytes]
Row = dict[str, Any]
"""A row by the names of its columns."""

WORDS = ("note", "counterparty")

_TABLE = Recurring.__table__
_CHUNK = 200


def stored(session: Session, keys: Iterable[Key]) -> dict[Key, Row]:
    """Read what comes again by id, ended ones too."""
    wanted, found = sorted(set(keys)), dict[Key, Row]()
    for start in range(0, len(wanted), _CHUNK):
        chosen = tuple_(Recurring.book_id, Recurring.id).in_(wanted[start : start + _CHUNK])
        for row in session.execute(select(_TABLE).where(chosen)).mappings():
            found[(row["book_id"], row["id"])] = {str(name): value for name, value in row.items()}
    return found


def due(session: Session, through: date, limit: int) -> list[Key]:
    """Find what is due by a day, in whatever book, the longest due first."""
    query = select(Recurring.book_id, Recurring.id).where(Recurring.next_due <= through)
    ordered = query.order_by(Recurring.next_due, Recurring.book_id, Recurring.id).limit(limit)
    return [(row.book_id, row.id) for row in session.execute(ordered)]


def words(session: Session, rows: Sequence[Row]) -> list[dict[str, str | None]]:
    """Open the words of what comes again; what cannot be opened is none."""
    keys = openers(session, {(row["book_id"], "") for row in rows})
    return [
        {
            name: readable(
                keys[(row["book_id"], "")],
                keyring.place(row["book_id"], row["id"], name),
                row[name],
            )["text"]
            if row[name] is not None and (row["book_id"], "") in keys
            else None
            for name in WORDS
        }
        for row in rows
    ]


def recurring_say(
    session: Session, book: int, keys: Sequence[bytes]
) -> dict[bytes, Mapping[str, object]]:
    """Say what comes again, for the feed of its book."""
    rows = list(stored(session, [(book, key) for key in keys]).values())
    plain = (
        *("kind", "category", "pocket", "currency", "minor", "every", "step", "first_due"),
        *("until", "next_due"),
    )
    return {
        row["id"]: {**{name: row[name] for name in plain}, **said}
        for row, said in zip(rows, words(session, rows), strict=True)
    }
