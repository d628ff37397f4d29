"""Whom a breach affects, and which notices are owed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select, true
from sqlalchemy.orm import Session

from ledger.books.tables import Book
from ledger.consents.queries.held import Contributor, Held
from ledger.consents.queries.persons import chunks, owners
from ledger.consents.tables import Breach, BreachNotice, BreachScope
from ledger.errors import NotFound, Wording
from ledger.journal.subjects import person_of
from ledger.journal.tables import Entry, EntryText
from ledger.parties.tables import Person


@dataclass(eq=False)
class BreachNotFound(NotFound):
    """The tenant has registered no such breach."""

    code = "breach_not_found"
    wording = Wording(
        id="Tidak ada kebocoran nomor {no} dalam daftar.", en="There is no breach number {no}."
    )
    hint = Wording(id="Lihat `juang breach list`.", en="See `juang breach list`.")
    no: int


@dataclass(eq=False)
class TableNotHeld(NotFound):
    """No table of this name holds anything of persons."""

    code = "table_not_held"
    wording = Wording(
        id="Tidak ada tabel “{table}” dengan data orang.",
        en="There is no table “{table}” with data of persons.",
    )
    hint = Wording(
        id="Kosongkan bila tidak tahu: semua orang dianggap terkena.",
        en="Leave it out if you do not know: everybody counts as affected.",
    )
    table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What was reached: rows of a table, of a book, of both; of neither, all of a tenant.

    What was stored by the end of the breach lay open and counts; with `written`, only what came
    between its beginning and its end.
    """

    book: int | None = None
    table: str | None = None
    written: bool = False


def affected(
    session: Session,
    tenant: int,
    contributors: Sequence[Contributor],
    scopes: Iterable[Scope],
    since: datetime,
    until: datetime,
) -> list[int]:
    """Give the human beings a breach affects, by id: what was there by its end counts.

    A table that keeps no instants counts whole: better one notice too many. Of a book those are
    affected who own it, and those whom its texts are about: members, in a cooperative's.

    Raises:
        TableNotHeld.
    """
    tables = {held.name: held for each in contributors for held in each.held}
    found: set[int] = set()
    for scope in scopes:
        if scope.table is not None and scope.table not in tables:
            raise TableNotHeld(scope.table)
        held = None if scope.table is None else tables[scope.table]
        start = since if scope.written else None
        if held is None and scope.book is None:
            found |= _everybody(session, tenant, until)
        elif held is not None and held.book is None:
            found |= _of_persons(session, tenant, held, scope.book, start, until)
        else:
            books = _books(session, tenant, held, scope.book, start, until)
            owned = owners(session, tenant, books, since)
            found |= {person for persons in owned.values() for person in persons}
            if held is None or held.table is EntryText.__table__:
                found |= _spoken_of(session, books, start, until)
    return _natural(session, tenant, found)


def _everybody(session: Session, tenant: int, until: datetime) -> set[int]:
    query = select(Person.id).where(Person.tenant_id == tenant, Person.registered_at < until)
    return set(session.scalars(query))


def _books(
    session: Session,
    tenant: int,
    held: Held | None,
    book: int | None,
    start: datetime | None,
    until: datetime,
) -> list[int]:
    """Give the books of a tenant with rows in a window: one look-up a book."""
    query = select(Book.id).where(Book.tenant_id == tenant)
    if book is not None:
        query = query.where(Book.id == book)
    if held is not None:
        assert held.book is not None
        rows = (held.table.c[held.book] == Book.id) & _within(held, start, until)
        query = query.where(exists(select(held.table).where(rows)))
    return list(session.scalars(query))


def _of_persons(
    session: Session,
    tenant: int,
    held: Held,
    book: int | None,
    start: datetime | None,
    until: datetime,
) -> set[int]:
    found: set[int] = set()
    of = held.table.c
    for name in held.persons:
        query = select(of[name]).where(of.tenant_id == tenant, of[name].is_not(None))
        query = query.where(_within(held, start, until))
        if book is not None and "book_id" in of:
            query = query.where(of.book_id == book)
        found |= set(session.scalars(query.distinct()))
    return found


def _spoken_of(
    session: Session, books: Sequence[int], start: datetime | None, until: datetime
) -> set[int]:
    """Give whom texts in these books are about, whosever the books are."""
    found: set[int] = set()
    for chunk in chunks(books):
        texts = select(EntryText.subject).where(
            EntryText.book_id.in_(chunk), EntryText.subject != ""
        )
        at = Entry.recorded_at
        posted = (Entry.book_id == EntryText.book_id) & (Entry.seq == EntryText.seq) & (at < until)
        if start is not None:
            posted &= at >= start
        subjects = session.scalars(texts.where(exists(select(Entry).where(posted))).distinct())
        found |= {who for subject in subjects if (who := person_of(subject)) is not None}
    return found


def _within(held: Held, start: datetime | None, until: datetime) -> ColumnElement[bool]:
    if held.at is None:
        return true()
    at = held.table.c[held.at]
    return at < until if start is None else (at < until) & (at >= start)


def _natural(session: Session, tenant: int, records: Iterable[int]) -> list[int]:
    """Give the human beings that records are; the erased have nothing left to be told of."""
    found: set[int] = set()
    for chunk in chunks(records):
        query = select(Person.id, Person.merged_into, Person.state).where(
            Person.tenant_id == tenant, Person.id.in_(chunk)
        )
        rows = session.execute(query).all()
        found |= {row.merged_into or row.id for row in rows if row.state != "erased"}
    return sorted(found)


def breach(session: Session, tenant: int, no: int) -> Breach:
    """Find a breach.

    Raises:
        BreachNotFound.
    """
    found = session.get(Breach, (tenant, no))
    if found is None:
        raise BreachNotFound(no)
    return found


def reported(session: Session, tenant: int, *, limit: int = 100) -> list[Breach]:
    """List breaches, newest first."""
    query = select(Breach).where(Breach.tenant_id == tenant)
    return list(session.scalars(query.order_by(Breach.no.desc()).limit(limit)))


def scopes(session: Session, tenant: int, no: int) -> list[Scope]:
    """Give what a breach reached, as far as was known."""
    query = select(BreachScope).where(BreachScope.tenant_id == tenant, BreachScope.breach_no == no)
    found = session.scalars(query.order_by(BreachScope.line))
    return [Scope(book=row.book_id, table=row.held_in, written=row.written) for row in found]


def owed(
    session: Session, tenant: int, *, due_before: datetime | None = None, limit: int = 1_000
) -> list[BreachNotice]:
    """List notices not sent yet, the most pressing first; `due_before` leaves the overdue."""
    query = select(BreachNotice).where(
        BreachNotice.tenant_id == tenant, BreachNotice.sent_at.is_(None)
    )
    if due_before is not None:
        query = query.where(BreachNotice.due_at < due_before)
    order = (BreachNotice.due_at, BreachNotice.breach_no, BreachNotice.person_id)
    return list(session.scalars(query.order_by(*order).limit(limit)))


def owed_persons(session: Session, tenant: int, no: int) -> list[int]:
    """Give whose notices of one breach are not sent yet, the agency as person 0."""
    query = select(BreachNotice.person_id).where(
        BreachNotice.tenant_id == tenant,
        BreachNotice.breach_no == no,
        BreachNotice.sent_at.is_(None),
    )
    return list(session.scalars(query.order_by(BreachNotice.person_id)))
