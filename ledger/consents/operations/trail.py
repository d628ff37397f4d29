"""Write down who looked at a person's data: many looks, three statements."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ledger.consents import trail
from ledger.consents.queries.persons import chunks, lock_all, owners
from ledger.consents.tables import AccessLog
from ledger.consents.trail import Look
from ledger.db import insert_rows
from ledger.db.types import utc_text
from ledger.parties.tables import Person

_COLUMNS = {
    "tenant_id": "bigint",
    "person_id": "bigint",
    "no": "bigint",
    "actor": "text",
    "role": "text",
    "kind": "text",
    "purpose": "text",
    "book_id": "bigint",
    "withheld": "text",
    "recorded_at": "timestamptz",
}


def note_looks(
    session: Session, tenant: int, looks: Sequence[Look], *, recorded_at: datetime
) -> None:
    """Record looks at persons' data, in the order given; all of them, or none.

    Raises:
        PersonNotFound, LookPurposeUnknown, LookMalformed.
    """
    grounds = [trail.withheld(look) for look in looks]
    persons = {look.person for look in looks}
    lock_all(session, tenant, persons)
    last: dict[int, int] = {}
    for chunk in chunks(persons):
        highest = (
            select(func.max(AccessLog.no))
            .where(AccessLog.tenant_id == tenant, AccessLog.person_id == Person.id)
            .scalar_subquery()  # the end of the index, however long her log is
        )
        query = select(Person.id, highest).where(Person.tenant_id == tenant, Person.id.in_(chunk))
        last.update((person, no or 0) for person, no in session.execute(query))
    at = utc_text(recorded_at)
    rows = []
    for look, ground in zip(looks, grounds, strict=True):
        no = last[look.person] = last.get(look.person, 0) + 1
        told = (look.actor, look.role, look.kind, look.purpose, look.book, ground, at)
        rows.append((tenant, look.person, no, *told))
    insert_rows(session, "access_log", [*_COLUMNS], [*_COLUMNS.values()], rows)


def note_books(
    session: Session, tenant: int, books: Iterable[int], look: Look, *, recorded_at: datetime
) -> None:
    """Record one look at books, for every person who owns one; `look.person` is left aside.

    Raises:
        LookPurposeUnknown, LookMalformed.
    """
    found = owners(session, tenant, books)
    looks = [
        replace(look, person=person, book=book)
        for book, persons in found.items()
        for person in persons
    ]
    note_looks(session, tenant, looks, recorded_at=recorded_at)
