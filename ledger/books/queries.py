"""Reads of books and accounts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.books.tables import Account, Book, Fund, FundPurpose, Tenant
from ledger.errors import NotFound, Refused, Wording


@dataclass(eq=False)
class BookNotFound(NotFound):
    """There is no such book, or it is not the caller's to see."""

    code = "book_not_found"
    wording = Wording(id="Buku “{book}” tidak ada.", en="There is no book “{book}”.")
    hint = Wording(id="Lihat `juang books`.", en="See `juang books`.")
    book: int | str


@dataclass(eq=False)
class TenantNotFound(NotFound):
    """There is no such operator of books."""

    code = "tenant_not_found"
    wording = Wording(id="Lembaga “{tenant}” tidak ada.", en="There is no tenant “{tenant}”.")
    tenant: str


@dataclass(eq=False)
class BookAmbiguous(Refused):
    """Several tenants have a book of this reference."""

    code = "book_ambiguous"
    wording = Wording(id="Ada beberapa buku “{book}”.", en="There are several books “{book}”.")
    hint = Wording(id="Tulis tenant/buku.", en="Write tenant/book.")
    book: str


@dataclass(eq=False)
class FundNotFound(NotFound):
    """The book has no fund of this code."""

    code = "fund_not_found"
    wording = Wording(id="Dana “{fund}” tidak ada.", en="There is no fund “{fund}”.")
    hint = Wording(
        id="Lihat `juang funds BOOK`, atau buka: `juang fund open`.",
        en="See `juang funds BOOK`, or open it: `juang fund open`.",
    )
    fund: str


def lock(session: Session, book: int) -> Book:
    """Lock a book's row for a change, and read it afresh.

    Raises:
        BookNotFound: there is none.
    """
    found = session.scalar(
        select(Book)
        .where(Book.id == book)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise BookNotFound(book)
    return found


def find_tenant(session: Session, code: str) -> Tenant:
    """Find an operator of books by its code.

    Raises:
        TenantNotFound.
    """
    found = session.scalar(select(Tenant).where(Tenant.code == code))
    if found is None:
        raise TenantNotFound(code)
    return found


def existing(session: Session, ids: Sequence[int]) -> dict[int, Book]:
    """Find books by id; those not there are left out."""
    found: dict[int, Book] = {}
    for start in range(0, len(ids), 500):
        query = select(Book).where(Book.id.in_(ids[start : start + 500]))
        found.update({book.id: book for book in session.scalars(query)})
    return found


def find_book(session: Session, name: str) -> Book:
    """Find a book by `tenant/ref`, by `ref` alone, or by its id written out.

    A reference may have a slash: a full name means its own book before any reference like it.

    Raises:
        BookNotFound: there is none.
        BookAmbiguous: several tenants have a book of this reference.
    """
    query = select(Book).join(Tenant, Tenant.id == Book.tenant_id)
    tenant, slash, ref = name.partition("/")
    found: Sequence[Book] = ()
    if slash:
        found = session.scalars(query.where(Tenant.code == tenant, Book.ref == ref)).all()
    if not found:
        found = session.scalars(query.where(Book.ref == name).order_by(Book.id).limit(2)).all()
    digits = name.isascii() and name.isdigit() and len(name) < 20
    if not found and digits and int(name) < 2**63:
        found = session.scalars(query.where(Book.id == int(name))).all()
    if not found:
        raise BookNotFound(name)
    if len(found) > 1:
        raise BookAmbiguous(name)
    return found[0]


def books(session: Session, *, after: int | None = None, limit: int = 100) -> list[Book]:
    """List books by id, a page at a time."""
    query = select(Book).order_by(Book.id).limit(limit)
    if after is not None:
        query = query.where(Book.id > after)
    return list(session.scalars(query))


def accounts(session: Session, book: int) -> list[Account]:
    """List the opened accounts of a book by code."""
    query = select(Account).where(Account.book_id == book)
    return list(session.scalars(query.order_by(Account.code, Account.no)))


def fund(session: Session, book: int, code: str) -> Fund:
    """Find a fund of a book.

    Raises:
        FundNotFound: there is none.
    """
    found = None if "\0" in code else session.get(Fund, (book, code))
    if found is None:
        raise FundNotFound(code)
    return found


def funds(session: Session, book: int) -> list[tuple[Fund, FundPurpose | None]]:
    """List the funds of a book with what each may pay for; one that may not yet stands alone."""
    named = (FundPurpose.book_id == Fund.book_id) & (FundPurpose.fund == Fund.code)
    query = select(Fund, FundPurpose).outerjoin(FundPurpose, named).where(Fund.book_id == book)
    order = (Fund.code, FundPurpose.purpose, FundPurpose.valid_from)
    return [(each, purpose) for each, purpose in session.execute(query.order_by(*order))]
