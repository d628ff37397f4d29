"""Headers of entries by `seq`, with their narrations where those are wanted."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.db.types import as_utc
from ledger.journal.queries.stored import as_date
from ledger.reports.figures import EntryFigures
from ledger.reports.queries.texts import narrations

_HEADERS = """
    SELECT e.seq, e.id, e.verb, e.kind, e.effective_date, e.recorded_at, e.value_date, e.actor,
           e.change_no, e.bundle, e.target_seq, e.amends_seq
    FROM {k} JOIN entry e ON e.book_id = k.book_id AND e.seq = k.seq
"""


def headers(
    session: Session, book_id: int, numbers: Iterable[int], *, texts: bool = True
) -> dict[int, EntryFigures]:
    """Read the headers of entries, by `seq`."""
    keys = [(book_id, seq) for seq in sorted(set(numbers))]
    columns, types = ("book_id", "seq"), ("bigint", "bigint")
    rows = bulk.find_rows(session, _HEADERS, columns, types, keys)
    found = {row[0]: _header(row) for row in rows}
    if texts:
        told = narrations(session, book_id, {seq: entry.id for seq, entry in found.items()})
        for seq, narration in told.items():
            found[seq] = replace(found[seq], narration=narration)
    return found


def _header(row: bulk.Row) -> EntryFigures:
    moment = as_utc(row[5])
    assert moment is not None
    return EntryFigures(
        seq=row[0],
        id=bytes(row[1]),
        verb=row[2],
        kind=row[3],
        effective_date=as_date(row[4]),
        recorded_at=moment,
        value_date=None if row[6] is None else as_date(row[6]),
        actor=row[7],
        change_no=row[8],
        bundle=None if row[9] is None else bytes(row[9]),
        target_seq=row[10],
        amends_seq=row[11],
    )
