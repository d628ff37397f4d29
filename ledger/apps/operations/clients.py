"""Add and revoke the keys of integrators' back ends."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from ledger.apps import tokens
from ledger.apps.tables import AppClient
from ledger.errors import Malformed, NotFound, Refused, Wording

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,31}\Z")


@dataclass(eq=False)
class ClientNameMalformed(Malformed):
    """The name has letters it may not have."""

    code = "client_name_malformed"
    wording = Wording("“{name}” bukan nama klien.", "“{name}” cannot be a client's name.")
    hint = Wording(
        "Huruf kecil, angka dan -, 2 sampai 32.", "Small letters, digits and -, 2 to 32."
    )
    name: str


@dataclass(eq=False)
class ClientTaken(Refused):
    """The tenant has, or had, a client of this name: a name means one key for ever."""

    code = "client_taken"
    wording = Wording("Klien “{name}” sudah ada.", "There is a client “{name}” already.")
    hint = Wording(
        "Kunci baru: klien baru dengan nama lain, lalu cabut yang lama.",
        "For another key add a client of another name, then revoke the old one.",
    )
    name: str


@dataclass(eq=False)
class ClientNotFound(NotFound):
    """The tenant has no such client."""

    code = "client_not_found"
    wording = Wording("Tidak ada klien “{name}”.", "There is no client “{name}”.")
    hint = Wording("Lihat `juang client list`.", "See `juang client list`.")
    name: str


def client_id(tenant: int, name: str) -> int:
    """Derive a client's id from its tenant and its name (decision 0001)."""
    content = b"juang/client/1" + tenant.to_bytes(8, "big") + b"\x00" + name.encode()
    return int.from_bytes(hashlib.sha256(content).digest()[:8], "big") >> 1


def add_client(
    session: Session,
    tenant: int,
    name: str,
    key: tokens.ClientKey,
    *,
    actor: str,
    recorded_at: datetime,
) -> int:
    """Add a client with a key that was drawn for it, and give its id; only a hash is kept.

    Raises:
        ClientNameMalformed, ClientTaken.
    """
    if _NAME.match(name) is None:
        raise ClientNameMalformed(name)
    made = client_id(tenant, name)
    if session.get(AppClient, (tenant, made)) is not None:
        raise ClientTaken(name)
    session.execute(
        insert(AppClient).values(
            tenant_id=tenant,
            id=made,
            name=name,
            key_hash=tokens.hashed(key.secret),
            added_by=actor,
            added_at=recorded_at,
        )
    )
    return made


def revoke_client(
    session: Session, tenant: int, name: str, *, actor: str, recorded_at: datetime
) -> None:
    """Revoke a client's key at once; one that is revoked stays as it is.

    Codes it made open nothing any more. Phones that are in stay in: they have keys of their own.

    Raises:
        ClientNotFound.
    """
    mine = (AppClient.tenant_id == tenant, AppClient.id == client_id(tenant, name))
    found = session.scalar(
        select(AppClient).where(*mine).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        raise ClientNotFound(name)
    if found.revoked_at is None:
        values = {"revoked_by": actor, "revoked_at": recorded_at}
        session.execute(update(AppClient).where(*mine).values(values))
        session.expire(found)
