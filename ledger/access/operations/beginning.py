"""The first two administrators of a tenant: made by the operator of the machine, and nobody after.

Four eyes need two people to begin with. Until two persons have been administrators the operator of
the machine makes them; that ends for ever with the second, whatever becomes of their roles. From
then on every role is proposed by one administrator and approved by another person. Neither of the
two can do anything alone that takes two (docs/decisions/0023).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.access.operations import accounts, credentials
from ledger.access.roles import Role
from ledger.access.tables import Officer, OfficerRole
from ledger.books import operations as books
from ledger.books.tables import Tenant
from ledger.errors import Refused, Wording
from ledger.parties import operations as people
from ledger.parties import queries as parties


@dataclass(eq=False)
class TenantBegun(Refused):
    """Two persons have been administrators of the tenant: officers grant roles now."""

    code = "tenant_begun"
    wording = Wording(
        id="Lembaga “{tenant}” sudah pernah memiliki dua administrator.",
        en="The tenant “{tenant}” has had two administrators.",
    )
    hint = Wording(
        id="Peran berikutnya diusulkan administrator: `juang officer role`.",
        en="An administrator proposes further roles: `juang officer role`.",
    )
    tenant: str


@dataclass(eq=False)
class AdministratorSame(Refused):
    """The second administrator is not the first one again, under whatever account or record."""

    code = "administrator_same"
    wording = Wording(
        id="Administrator kedua harus orang lain.",
        en="The second administrator must be another person.",
    )


def administrators(session: Session, tenant: int) -> frozenset[int]:
    """Name the human beings who have ever been granted the administrator's role, also in past."""
    query = (
        select(Officer.person_id)
        .join(
            OfficerRole,
            (OfficerRole.tenant_id == Officer.tenant_id) & (OfficerRole.officer_id == Officer.id),
        )
        .where(Officer.tenant_id == tenant, OfficerRole.role == Role.ADMINISTRATOR.value)
        .distinct()
    )
    return frozenset(parties.natural(session, tenant, session.scalars(query)).values())


def _has_begun(session: Session, tenant: int) -> bool:
    """Tell whether two records have been administrators, and somebody got another role.

    That took two people, so there were two, whatever records were merged since: a merge is one
    person's doing and must not let the operator of the machine in again.
    """
    granted = (
        select(OfficerRole.role, Officer.person_id)
        .join(
            Officer,
            (Officer.tenant_id == OfficerRole.tenant_id) & (Officer.id == OfficerRole.officer_id),
        )
        .where(OfficerRole.tenant_id == tenant)
        .distinct()
    )
    rows = session.execute(granted).all()
    leads = Role.ADMINISTRATOR.value
    persons = {row.person_id for row in rows if row.role == leads}
    return len(persons) > 1 and any(row.role != leads for row in rows)


def begin(
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
    """Make the first administrator of a tenant, or the second; give the account's id.

    The tenant is opened and the person registered where they are new. She signs in with her
    passphrase and enrols a second factor before she can do anything else.

    Raises:
        TenantBegun: two persons have been administrators.
        AdministratorSame: she is the first one.
        RefMalformed, PersonRefMalformed, HandleMalformed, HandleTaken, RolesClash.
        PassphraseLength, PassphraseCommon.
    """
    tenant = books.open_tenant(session, tenant_code, name=tenant_name or tenant_code)
    # Of two at once, the second sees the first.
    session.execute(select(Tenant.id).where(Tenant.id == tenant).with_for_update())
    known = administrators(session, tenant)
    if len(known) > 1 or _has_begun(session, tenant):
        raise TenantBegun(tenant_code)
    person = people.register(session, tenant, person_ref, actor=actor, recorded_at=recorded_at)
    if parties.natural(session, tenant, [person])[person] in known:
        raise AdministratorSame
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
