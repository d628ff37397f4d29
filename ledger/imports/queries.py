"""Reads of books and of the journal for an import."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.books.tables import Book, Tenant
from ledger.db import bulk

Key = tuple[int, bytes]
"""A book, and the id of an entry in it."""

_ENTRIES = """
    SELECT k.book_id, k.id FROM {k} JOIN entry e ON e.book_id = k.book_id AND e.id = k.id
"""


def booked(session: Session, keys: Sequence[Key]) -> set[Key]:
    """Tell which ids stand for entries: an id that was only ever refused does not."""
    rows = bulk.find_rows(session, _ENTRIES, ("book_id", "id"), ("bigint", "bytea"), keys)
    return {(row[0], bytes(row[1])) for row in rows}


def currency_of(session: Session, tenant: str, ref: str) -> str | None:
    """Give the base currency of a tenant's book, if there is one."""
    query = select(Book.base_currency).join(Tenant, Tenant.id == Book.tenant_id)
    return session.scalar(query.where(Tenant.code == tenant, Book.ref == ref))


def currencies(session: Session, tenant: str, prefix: str) -> list[str]:
    """List the base currencies of a tenant's books whose references begin like this."""
    query = select(Book.base_currency).join(Tenant, Tenant.id == Book.tenant_id)
    query = query.where(Tenant.code == tenant, Book.ref.startswith(prefix, autoescape=True))
    return list(session.scalars(query.distinct().order_by(Book.base_currency)))
