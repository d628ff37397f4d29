"""Which records are one human being, and whose books they are."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.consents.tables import BookOwner
from ledger.parties import queries as parties
from ledger.parties.tables import Person

AT_ONCE = 500
"""Keys in one statement: far below SQLite's limit of variables."""


def chunks(values: Iterable[int]) -> Iterator[list[int]]:
    """Give distinct values in order, some hundreds at a time."""
    ordered = sorted(set(values))
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]


def lock_all(session: Session, tenant: int, persons: Iterable[int]) -> None:
    """Lock the rows of persons, by id, so that what is numbered under them has no gaps.

    Raises:
        PersonNotFound: the tenant does not know one of them.
    """
    for chunk in chunks(persons):
        query = select(Person.id).where(Person.tenant_id == tenant, Person.id.in_(chunk))
        locked = query.order_by(Person.id).with_for_update(key_share=True)
        missing = set(chunk) - set(session.scalars(locked))
        if missing:
            raise parties.PersonNotFound(str(min(missing)))


def books_of(session: Session, tenant: int, persons: Sequence[int]) -> list[int]:
    """Give the books these records own at present."""
    owned = select(BookOwner.book_id).where(
        BookOwner.tenant_id == tenant,
        BookOwner.person_id.in_(persons),
        BookOwner.ended_at.is_(None),
    )
    return list(session.scalars(owned.distinct().order_by(BookOwner.book_id)))


def owners(
    session: Session,
    tenant: int,
    books: Iterable[int],
    since: datetime | None = None,
) -> dict[int, list[int]]:
    """Give the records that own books at present, or owned them at any time since an instant.

    When ownership was noted says nothing: what the book held before was hers already.
    """
    found: dict[int, list[int]] = {}
    for chunk in chunks(books):
        query = select(BookOwner.book_id, BookOwner.person_id).where(
            BookOwner.tenant_id == tenant, BookOwner.book_id.in_(chunk)
        )
        ended = BookOwner.ended_at
        query = query.where(
            ended.is_(None) if since is None else ended.is_(None) | (ended >= since)
        )
        for book, person in session.execute(query.order_by(BookOwner.book_id, BookOwner.person_id)):
            found.setdefault(book, []).append(person)
    return found


def refs(session: Session, tenant: int, persons: Iterable[int]) -> dict[int, str]:
    """Give the references persons were registered under."""
    found: dict[int, str] = {}
    for chunk in chunks(persons):
        query = select(Person.id, Person.ref).where(
            Person.tenant_id == tenant, Person.id.in_(chunk)
        )
        found |= {row.id: row.ref for row in session.execute(query)}
    return found
