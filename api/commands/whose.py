"""Persons as command lines name them: TENANT/PERSON, or PERSON where one tenant knows her."""

from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.commands import permissions
from ledger.books.operations import tenant_id
from ledger.books.queries import TenantNotFound
from ledger.books.tables import Tenant
from ledger.parties import queries
from ledger.parties.tables import Person

OWN = "juang"
"""The tenant of a name that says none, as for books."""


def tenant(session: Session, code: str) -> int:
    """Find an operator by code.

    Raises: TenantNotFound, NotAllowed.
    """
    found = tenant_id(code)
    if session.get(Tenant, found) is None:
        raise TenantNotFound(code)
    permissions.permit(session, found)
    return found


def found(session: Session, path: str) -> Person:
    """Find a person by TENANT/PERSON, or by PERSON alone where one tenant only knows her.

    Raises: TenantNotFound, PersonNotFound, PersonAmbiguous, NotAllowed.
    """
    within = permissions.tenant()
    code, slash, ref = path.partition("/")
    if within is None:
        with suppress(queries.PersonNotFound):
            return queries.find_anywhere(session, path)
        if slash:
            tenant(session, code)
        raise queries.PersonNotFound(ref if slash else path)
    if slash and tenant_id(code) != within:
        raise queries.PersonNotFound(path)  # whether another tenant knows her is not told
    row = queries.find(session, within, ref if slash else path)
    permissions.permit(session, within, row.id)
    return row


def root(session: Session, path: str) -> Person:
    """Find a person, or whom she was merged into.

    Raises: those of `found`.
    """
    row = found(session, path)
    return (
        row
        if row.merged_into is None
        else queries.find(session, row.tenant_id, str(row.merged_into))
    )


def person(session: Session, path: str) -> tuple[int, int]:
    """Find a person, and give her tenant and her id.

    Raises: those of `found`.
    """
    row = found(session, path)
    return row.tenant_id, row.id


def split(path: str) -> tuple[str, str]:
    """Tell tenant and reference of a new person apart; without a tenant it is `juang`."""
    code, slash, ref = path.partition("/")
    return (code, ref) if slash else (OWN, path)


def codes(session: Session) -> dict[int, str]:
    """Give the codes of all operators."""
    return {row.id: row.code for row in session.execute(select(Tenant.id, Tenant.code))}
