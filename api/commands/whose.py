"""Persons as command lines name them: TENANT/PERSON, or PERSON of the tenant `juang`."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.books.operations import tenant_id
from ledger.books.queries import TenantNotFound
from ledger.books.tables import Tenant
from ledger.parties import queries

OWN = "juang"
"""The tenant of a name that says none, as for books."""


def tenant(session: Session, code: str) -> int:
    """Find an operator by code.

    Raises: TenantNotFound.
    """
    found = tenant_id(code)
    if session.get(Tenant, found) is None:
        raise TenantNotFound(code)
    return found


def person(session: Session, path: str) -> tuple[int, int]:
    """Find a person, and give her tenant and her id.

    Raises: TenantNotFound, PersonNotFound.
    """
    code, ref = split(path)
    operator = tenant(session, code)
    return operator, queries.find(session, operator, ref).id


def split(path: str) -> tuple[str, str]:
    """Tell tenant and reference apart."""
    code, slash, ref = path.partition("/")
    return (code, ref) if slash else (OWN, path)


def codes(session: Session) -> dict[int, str]:
    """Give the codes of all operators."""
    return {row.id: row.code for row in session.execute(select(Tenant.id, Tenant.code))}
