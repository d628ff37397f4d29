"""The first account of a tenant: made once, by the operator of the machine."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from ledger.access import queries
from ledger.access.operations import accounts, credentials
from ledger.access.roles import Role
from ledger.books import operations as books
from ledger.errors import Refused, Wording
from ledger.parties import operations as people


@dataclass(eq=False)
class TenantHasOfficers(Refused):
    """The tenant has accounts: its administrators make new ones."""

    code = "tenant_has_officers"
    wording = Wording(
        id="Lembaga “{tenant}” sudah memiliki akun petugas.",
        en="The tenant “{tenant}” has officers already.",
    )
    hint = Wording(id="Lihat `juang officer list`.", en="See `juang officer list`.")
    tenant: str


def first_administrator(
    session: Session,
    tenant_code: str,
    handle: str,
    passphrase: str,
    *,
    salt: bytes,
    person_ref: str,
    actor: str,
    recorded_at: datetime,
    tenant_name: str | None = None,
) -> int:
    """Open a tenant, register a person, and make her its administrator; give the account's id.

    She signs in with her passphrase and enrols a second factor before she can do anything else.

    Raises:
        TenantHasOfficers.
        RefMalformed, PersonRefMalformed, HandleMalformed, PassphraseLength, PassphraseCommon.
    """
    tenant = books.open_tenant(session, tenant_code, name=tenant_name or tenant_code)
    if queries.officers(session, tenant, limit=1):
        raise TenantHasOfficers(tenant_code)
    person = people.register(session, tenant, person_ref, actor=actor, recorded_at=recorded_at)
    made = accounts.add(session, tenant, handle, person, actor=actor, recorded_at=recorded_at)
    accounts.grant(
        session,
        tenant,
        made,
        Role.ADMINISTRATOR.value,
        valid_from=recorded_at.date(),
        actor=actor,
        recorded_at=recorded_at,
    )
    credentials.set_passphrase(
        session, tenant, made, passphrase, salt=salt, actor=actor, recorded_at=recorded_at
    )
    return made
