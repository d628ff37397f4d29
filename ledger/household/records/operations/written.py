"""Carry out what other packages write, and keep their facts under the ids of new entries."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.db.engine import undone
from ledger.household.records.items import Amend, AnyItem, Delete, Item, Record, Written
from ledger.household.records.operations.recording import record_many
from ledger.journal.outcomes import Code, Outcome


@dataclass(frozen=True, slots=True)
class Facts:
    """A table of facts: rows are made by entry, after book and id, once it was posted."""

    table: str
    columns: tuple[str, ...]
    types: tuple[str, ...]


Asked = Record | Amend | Delete | str
"""What an item becomes, or the name of its field that has no meaning."""


def taking_back(item: Item, record: bytes, kind: str, reason: str | None) -> Delete:
    """Ask for a record of a kind to be taken back."""
    return Delete(
        book_id=item.book_id,
        id=item.id,
        subject=item.subject,
        device_time=item.device_time,
        record=record,
        kind=kind,
        reason=reason,
    )


Rows = Callable[[int, datetime], Iterable[tuple[Facts, Sequence[bulk.Row]]]]
"""Gives the facts of the item at a place of the batch, recorded at a moment."""


def write_many(
    session: Session,
    items: Sequence[Item],
    asked: Sequence[Asked],
    rows: Rows,
    *,
    actor: str,
    recorded_at: datetime,
    dry_run: bool = False,
) -> list[Outcome]:
    """Record items as records of their own kinds, in the order sent; one outcome each.

    The facts of an entry are kept in the transaction that posts it, under its id, once: a repeat
    keeps nothing. What an item says beside its lines is compared by its texts (`Written.facts`).
    """
    if dry_run:
        with undone(session):
            return write_many(session, items, asked, rows, actor=actor, recorded_at=recorded_at)
    outcomes: dict[int, Outcome] = {}
    sent: list[tuple[int, AnyItem]] = []
    for at, (item, wanted) in enumerate(zip(items, asked, strict=True)):
        if isinstance(wanted, str):
            facts = {"field": wanted}
            outcomes[at] = Outcome(Code.INVALID_REQUEST, item.book_id, item.id, facts=facts)
        else:
            sent.append((at, wanted))
    answers = record_many(session, [a for _, a in sent], actor=actor, recorded_at=recorded_at)
    kept: dict[Facts, list[bulk.Row]] = {}
    for (at, record), outcome in zip(sent, answers, strict=True):
        outcomes[at] = outcome
        if outcome.code is Code.POSTED and not isinstance(record, Delete):
            assert outcome.recorded_at is not None
            key = (outcome.book_id, outcome.id)
            for facts_of, found in rows(at, outcome.recorded_at):
                kept.setdefault(facts_of, []).extend((*key, *row) for row in found)
    for table, new in kept.items():
        columns, types = ("book_id", "id", *table.columns), ("bigint", "bytea", *table.types)
        bulk.insert_rows(session, table.table, columns, types, new)
    return [outcomes[at] for at in range(len(items))]


def about(item: Item, content: Written, record: bytes | None, reason: str | None) -> Record | Amend:
    """Ask for a new record, or for another one in place of `record`."""
    same = (item.book_id, item.id, item.subject, item.device_time)
    book, key, subject, moment = same
    if record is None:
        return Record(book_id=book, id=key, subject=subject, device_time=moment, content=content)
    return Amend(
        book_id=book,
        id=key,
        subject=subject,
        device_time=moment,
        record=record,
        content=content,
        reason=reason,
    )
