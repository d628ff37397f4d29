"""Read her words beside records: what stands, and the copies that lost."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.journal import keyring
from ledger.journal.queries import openers, readable

Thing = tuple[int, bytes]
"""A book, and the key of a record's field in its feed."""

_VERSIONS = """
    SELECT a.book_id, a.thing, a.id, a.record_id, a.field, a.version, a.base, a.stands, a.subject,
           a.sealed
    FROM {k} JOIN annotation a ON a.book_id = k.book_id AND a.thing = k.thing
    ORDER BY a.book_id, a.thing, a.version
"""


def versions(session: Session, things: Iterable[Thing]) -> dict[Thing, list[bulk.Row]]:
    """Read every version of fields, oldest first."""
    columns, types = ("book_id", "thing"), ("bigint", "bytea")
    found: dict[Thing, list[bulk.Row]] = {}
    for row in bulk.find_rows(session, _VERSIONS, columns, types, sorted(set(things))):
        found.setdefault((row[0], bytes(row[1])), []).append(row)
    return found


def texts(session: Session, rows: Sequence[bulk.Row]) -> list[dict[str, str | None]]:
    """Open the texts of versions; one that cannot be opened says why."""
    keys = openers(session, {(row[0], row[8]) for row in rows})
    return [
        {"text": None, "unreadable": None}
        if row[9] is None
        else readable(
            keys[(row[0], row[8])], keyring.place(row[0], bytes(row[2]), row[4]), bytes(row[9])
        )
        for row in rows
    ]


def notes_say(
    session: Session, book: int, keys: Sequence[bytes]
) -> dict[bytes, Mapping[str, object]]:
    """Say what stands beside records, for the feed of their book.

    `conflicts` are the copies that lost to what stands now: later numbers, older bases.
    """
    said: dict[bytes, Mapping[str, object]] = {}
    for (_, thing), rows in versions(session, [(book, key) for key in keys]).items():
        standing = [row for row in rows if row[7]][-1]
        lost = [row for row in rows if not row[7] and row[5] > standing[5] and row[9] is not None]
        opened, *copies = texts(session, [standing, *lost])
        said[thing] = {
            "record": bytes(standing[3]).hex(),
            "field": standing[4],
            "version": standing[5],
            **opened,
            "conflicts": [
                {"id": bytes(row[2]).hex(), **copy} for row, copy in zip(lost, copies, strict=True)
            ],
        }
    return said
