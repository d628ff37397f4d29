"""Let a phone in by a code, renew its tokens, and show it out (docs/decisions/0031)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from ledger.apps import tokens
from ledger.apps.tables import Activation, AppClient, AppSession
from ledger.parties import device_keys
from ledger.parties import operations as parties
from ledger.parties import queries as persons
from ledger.parties.tables import Device

CODE_GOOD_FOR: Final = timedelta(minutes=10)
"""As ASVS 5.0, 6.5.5 has it for one-time codes."""

SESSION_GOOD_FOR: Final = timedelta(days=400)
"""A phone in a drawer for a year comes in again; what is unused for longer needs a new code."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Door:
    """What is drawn for one request: 32 random bytes, and a number for a session it may open."""

    salt: bytes
    session_id: int


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """A phone that came in, or stayed in: what it may show until `ends_at`."""

    tenant: int
    session_id: int
    person_id: int
    device_id: int
    token: tokens.RefreshToken
    ends_at: datetime


def activate(
    session: Session, client: AppClient, person: int, code: bytes, *, recorded_at: datetime
) -> datetime:
    """Let a code open the door for one phone of a person's, and say until when.

    The same code again is the same activation.

    Raises:
        PersonNotFound, PersonNotActive.
    """
    parties.lock_active(session, client.tenant_id, person)
    key = (client.tenant_id, tokens.hashed(code))
    found = session.get(Activation, key, populate_existing=True)
    if found is not None:
        return found.expires_at
    expires_at = recorded_at + CODE_GOOD_FOR
    session.execute(
        insert(Activation).values(
            tenant_id=client.tenant_id,
            code_hash=key[1],
            person_id=person,
            client_id=client.id,
            made_at=recorded_at,
            expires_at=expires_at,
        )
    )
    return expires_at


def exchange(
    session: Session,
    code: str,
    public_key: bytes,
    proof: bytes,
    *,
    attempt: str,
    label: str | None,
    door: Door,
    recorded_at: datetime,
) -> Opened | None:
    """Let a phone in by a code that it signs, with `attempt`, by its own key; None if it is wrong.

    The same phone with the same attempt gets the same token again while that is unused: the
    answer may have been lost on the way.

    Raises:
        DeviceKeyMalformed, FieldMalformed, NoKeyring, DeviceTaken, DeviceEnded.
    """
    key = device_keys.normal(public_key)
    content = tokens.read_code(code)
    if content is None or not device_keys.signed(
        key, tokens.activation_message(code, attempt), proof
    ):
        return None
    found = _activation(session, content)
    if found is None or recorded_at >= found.expires_at:
        return None
    if found.session_id is not None:
        return _again(session, found, content, key, attempt)
    actor = f"person-{found.person_id}"
    device = parties.register_device(
        session,
        found.tenant_id,
        found.person_id,
        key,
        label=label,
        actor=actor,
        recorded_at=recorded_at,
    )
    token = tokens.first_token(content, door.salt)
    opened = open_session(
        session,
        tenant=found.tenant_id,
        person=found.person_id,
        device=device,
        client=found.client_id,
        token=token,
        attempt=attempt,
        door=door,
        recorded_at=recorded_at,
    )
    session.execute(
        update(Activation)
        .where(Activation.tenant_id == found.tenant_id, Activation.code_hash == found.code_hash)
        .values(used_at=recorded_at, session_id=door.session_id)
    )
    session.expire(found)
    return opened


def open_session(
    session: Session,
    *,
    tenant: int,
    person: int,
    device: int,
    client: int | None,
    token: tokens.RefreshToken,
    attempt: str,
    door: Door,
    recorded_at: datetime,
) -> Opened:
    """Open a session of a registered device under a first token."""
    ends_at = recorded_at + SESSION_GOOD_FOR
    session.execute(
        insert(AppSession).values(
            tenant_id=tenant,
            id=door.session_id,
            person_id=person,
            device_id=device,
            client_id=client,
            family_hash=tokens.hashed(token.family),
            token_hash=tokens.hashed(token.secret),
            attempt_hash=tokens.hashed(attempt.encode()),
            salt=door.salt,
            opened_at=recorded_at,
            renewed_at=recorded_at,
            ends_at=ends_at,
        )
    )
    return Opened(tenant, door.session_id, person, device, token, ends_at)


def refresh(
    session: Session,
    text: str,
    proof: bytes,
    *,
    attempt: str,
    door: Door,
    recorded_at: datetime,
) -> Opened | None:
    """Renew a phone's tokens by the refresh token that it signs, with `attempt`; None if wrong.

    A token that was renewed already, by another request, ends its family: one of two has stolen
    it. The same request again gets the same token.
    """
    token = tokens.RefreshToken.read(text)
    found = None if token is None else _family(session, token)
    if token is None or found is None or not _stands(session, found, recorded_at):
        return None
    shown, asked = tokens.hashed(token.secret), tokens.hashed(attempt.encode())
    now = shown == found.token_hash
    if not now and not (shown == found.previous_hash and asked == found.attempt_hash):
        end_session(session, found.tenant_id, found.id, "reused", recorded_at=recorded_at)
        return None
    device = session.get(Device, (found.tenant_id, found.device_id))
    assert device is not None, "it stands"
    if not device_keys.signed(device.public_key, tokens.refresh_message(text, attempt), proof):
        return None
    if not now:
        return _opened(found, token.next(found.salt), found.ends_at)
    renewed = token.next(door.salt)
    ends_at = recorded_at + SESSION_GOOD_FOR
    _set(
        session,
        found,
        token_hash=tokens.hashed(renewed.secret),
        previous_hash=shown,
        attempt_hash=asked,
        salt=door.salt,
        renewed_at=recorded_at,
        ends_at=ends_at,
    )
    return _opened(found, renewed, ends_at)


def end_session(
    session: Session, tenant: int, session_id: int, why: str, *, recorded_at: datetime
) -> None:
    """End a session at once; one that has ended stays as it is."""
    found = session.get(AppSession, (tenant, session_id), populate_existing=True)
    if found is not None and found.ended_at is None:
        _set(session, found, ended_at=recorded_at, ended_why=why)


def end_all_sessions(session: Session, why: str, *, recorded_at: datetime) -> int:
    """End every open session of every tenant, and let no code open another; say how many ended."""
    ended = session.execute(
        update(AppSession)
        .where(AppSession.ended_at.is_(None))
        .values(ended_at=recorded_at, ended_why=why)
        .returning(AppSession.id)
    )
    count = len(ended.all())
    session.execute(delete(Activation).where(Activation.used_at.is_(None)))
    session.expire_all()
    return count


def _activation(session: Session, code: bytes) -> Activation | None:
    """Find and lock an activation whose client may still let people in."""
    found = session.scalar(
        select(Activation)
        .where(Activation.code_hash == tokens.hashed(code))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        return None
    client = session.get(AppClient, (found.tenant_id, found.client_id), populate_existing=True)
    if client is None or client.revoked_at is not None:
        return None
    person = persons.natural(session, found.tenant_id, [found.person_id])
    return found if person[found.person_id] == found.person_id else None


def _again(
    session: Session, found: Activation, code: bytes, key: bytes, attempt: str
) -> Opened | None:
    opened = session.get(AppSession, (found.tenant_id, found.session_id), populate_existing=True)
    assert opened is not None, "sessions are kept"
    token = tokens.first_token(code, opened.salt)
    same = (
        opened.device_id == device_keys.device_id(found.tenant_id, key)
        and opened.attempt_hash == tokens.hashed(attempt.encode())
        and opened.token_hash == tokens.hashed(token.secret)
        and opened.ended_at is None
    )
    return _opened(opened, token, opened.ends_at) if same else None


def _family(session: Session, token: tokens.RefreshToken) -> AppSession | None:
    return session.scalar(
        select(AppSession)
        .where(AppSession.family_hash == tokens.hashed(token.family))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _stands(session: Session, found: AppSession, at: datetime) -> bool:
    owner = persons.owner_of_device(session, found.tenant_id, found.device_id)
    return found.ended_at is None and at < found.ends_at and owner == found.person_id


def _opened(found: AppSession, token: tokens.RefreshToken, ends_at: datetime) -> Opened:
    return Opened(found.tenant_id, found.id, found.person_id, found.device_id, token, ends_at)


def _set(session: Session, found: AppSession, **values: object) -> None:
    mine = (AppSession.tenant_id == found.tenant_id, AppSession.id == found.id)
    session.execute(update(AppSession).where(*mine).values(values))
    session.expire(found)
