"""Link a household's book to its owner's membership at a cooperative, on her side alone.

The row stands under her book and is sealed under her key; nothing is written, locked or changed on
the cooperative's side, so nobody there learns that she keeps a household's book, or which.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from ledger.books.classes import BookKind
from ledger.books.queries import BookNotFound
from ledger.books.tables import Book
from ledger.errors import NotFound, Refused, Wording
from ledger.parties import queries
from ledger.parties.operations.events import lock_active, note_event
from ledger.parties.operations.vault import keys_for
from ledger.parties.tables import HouseholdLink

Who = tuple[int, int]
"""A tenant, and a person it knows."""


@dataclass(eq=False)
class BookNotHers(Refused):
    """The book is no household's of her tenant."""

    code = "book_not_hers"
    wording = Wording(
        id="Buku “{book}” bukan buku rumah tangga pada tenant orang ini.",
        en="Book “{book}” is no household's book of this person's tenant.",
    )
    book: int


@dataclass(eq=False)
class LinkNotFound(NotFound):
    """The book has no link of this number."""

    code = "link_not_found"
    wording = Wording(id="Tautan {no} tidak ada.", en="There is no link {no}.")
    no: int


def household(session: Session, tenant: int, book: int) -> Book:
    """Find the book of a household that a tenant operates.

    Raises:
        BookNotFound, BookNotHers.
    """
    found = session.get(Book, book)
    if found is None:
        raise BookNotFound(book)
    if found.tenant_id != tenant or found.kind != BookKind.HOUSEHOLD.value:
        raise BookNotHers(book)
    return found


def add_link(
    session: Session, book: int, owner: Who, member: Who, *, actor: str, recorded_at: datetime
) -> int:
    """Link a household's book to a membership and give the link's number; a known one's if so.

    Raises:
        BookNotFound, BookNotHers, PersonNotFound, PersonNotActive, NoKeyring.
    """
    tenant, person = owner
    household(session, tenant, book)
    lock_active(session, tenant, person)
    there = member[0], queries.natural(session, member[0], [member[1]])[member[1]]
    for link in queries.memberships(session, book):
        if (link.tenant, link.person) == there:
            return link.no
    last = session.scalar(select(func.max(HouseholdLink.no)).where(HouseholdLink.book_id == book))
    no = (last or 0) + 1
    place = queries.link_place(tenant, person, book, no, 1)
    session.execute(
        insert(HouseholdLink).values(
            book_id=book,
            no=no,
            tenant_id=tenant,
            person_id=person,
            version=1,
            sealed=keys_for(session, tenant, person).seal(place, queries.link_text(*there)),
        )
    )
    _note(session, owner, "link_added", no, actor, recorded_at)
    return no


def remove_link(session: Session, book: int, no: int, *, actor: str, recorded_at: datetime) -> None:
    """Take a link of a household's book back.

    Raises:
        LinkNotFound.
    """
    found = session.get(HouseholdLink, (book, no))
    if found is None:
        raise LinkNotFound(no)
    owner = found.tenant_id, found.person_id
    queries.lock(session, *owner)
    one = (HouseholdLink.book_id == book, HouseholdLink.no == no)
    session.execute(delete(HouseholdLink).where(*one))
    session.expire_all()
    _note(session, owner, "link_removed", no, actor, recorded_at)


def _note(
    session: Session, owner: Who, what: str, no: int, actor: str, recorded_at: datetime
) -> None:
    note_event(session, *owner, what, after=str(no), actor=actor, recorded_at=recorded_at)


def forget_links(session: Session, persons: list[int], tenant: int) -> None:
    """Take back every link of persons who are erased."""
    mine = (HouseholdLink.tenant_id == tenant, HouseholdLink.person_id.in_(persons))
    session.execute(delete(HouseholdLink).where(*mine))
    session.expire_all()
