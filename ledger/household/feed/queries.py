"""Read what changed in a book since a phone last heard of it; nothing is skipped."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.db.types import as_utc
from ledger.household.feed.items import Cursor, EntryHeard, Kind, Page, ThingHeard
from ledger.journal.state import DERIVED

Reader = Callable[[Session, int, Sequence[bytes]], Mapping[bytes, Mapping[str, object]]]
"""Says what stands under keys of one kind in a book; plain values, texts opened."""

MOST = 1_000
"""Changes that one page may hold."""

IMPLIED = "unsort"
"""Kind of entries that an amendment or deletion implies; they are not told by themselves."""

_HEAD = "SELECT b.head_change_no, b.head_seq FROM book b WHERE b.id = ?"
_ENTRIES = """
    SELECT e.change_no, e.seq, e.id, e.verb, e.kind, CAST(e.effective_date AS text), e.recorded_at,
           t.id, e.flags
    FROM entry e
    LEFT JOIN entry t ON t.book_id = e.book_id AND t.seq = coalesce(e.amends_seq, e.target_seq)
    WHERE e.book_id = ? AND e.seq > ? AND e.seq <= ?
    ORDER BY e.seq LIMIT ?
"""
_THINGS = """
    SELECT f.change_no, f.kind, f.key, f.gone FROM feed_item f
    WHERE f.book_id = ? AND f.change_no > ? AND f.change_no <= ?
    ORDER BY f.change_no LIMIT ?
"""


def changes(
    session: Session,
    book: int,
    since: Cursor,
    *,
    limit: int = 200,
    readers: Mapping[Kind, Reader] = {},  # never changed
) -> Page:
    """Give the changes of a book after a cursor, in order; of no book, nothing.

    The book's head is read first and nothing beyond it is looked at, so that what is committed
    between two statements is left whole for the next page (decision 0026). A thing that changed
    again meanwhile is told under its new number. Three statements, and one per kind of thing.
    """
    limit = max(1, min(limit, MOST))
    head = bulk.read(session, _HEAD, (book,))
    if not head:
        return Page((), since, more=False)
    last_change, last_seq = head[0]
    # One entry more than asked for: an amendment's two entries bear one number.
    entries = bulk.read(session, _ENTRIES, (book, since.seq, last_seq, limit + 2))
    things = bulk.read(session, _THINGS, (book, since.change_no, last_change, limit + 1))
    numbers = sorted({row[0] for row in entries} | {row[0] for row in things})
    until, more = _cut(numbers, entries, things, limit)
    if not more:
        until = last_change
    seen = [row for row in entries if row[0] <= until]
    items: list[EntryHeard | ThingHeard] = [_entry(row) for row in seen if _is_told(row)]
    items += _things(session, book, [row for row in things if row[0] <= until], readers)
    items.sort(key=lambda item: item.change_no)
    cursor = Cursor(until, seen[-1][1] if seen else since.seq)
    return Page(tuple(items), cursor, more=more)


def _cut(
    numbers: Sequence[int], entries: Sequence[bulk.Row], things: Sequence[bulk.Row], limit: int
) -> tuple[int, bool]:
    """Tell up to which number everything was read, and whether there is more behind it."""
    whole = numbers
    if len(entries) == limit + 2:  # the last number may have a second entry that was not read
        whole = [number for number in whole if number < entries[-1][0]]
    if len(things) == limit + 1:
        whole = [number for number in whole if number <= things[-1][0]]
    kept = whole[:limit]
    return (kept[-1] if kept else 0), len(kept) < len(numbers)


def _is_told(row: bulk.Row) -> bool:
    return not row[8] & DERIVED and row[4] != IMPLIED


def _entry(row: bulk.Row) -> EntryHeard:
    recorded_at = as_utc(row[6])
    assert recorded_at is not None
    return EntryHeard(
        change_no=row[0],
        seq=row[1],
        id=bytes(row[2]),
        verb=row[3],
        kind=row[4],
        effective_date=row[5],
        recorded_at=recorded_at,
        about=None if row[7] is None else bytes(row[7]),
    )


def _things(
    session: Session, book: int, rows: Sequence[bulk.Row], readers: Mapping[Kind, Reader]
) -> list[ThingHeard]:
    keys: dict[Kind, list[bytes]] = {}
    for _, kind, key, gone in rows:
        if not gone:
            keys.setdefault(Kind(kind), []).append(bytes(key))
    says = {
        kind: readers[kind](session, book, wanted)
        for kind, wanted in keys.items()
        if kind in readers
    }
    return [
        ThingHeard(
            change_no=number,
            kind=Kind(kind),
            key=bytes(key),
            gone=bool(gone),
            says=None if gone else says.get(Kind(kind), {}).get(bytes(key)),
        )
        for number, kind, key, gone in rows
    ]
