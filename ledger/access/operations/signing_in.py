"""Come in: handle, passphrase, code; counted when wrong, and answered in the same time.

Nothing here raises for what a stranger may try: the answer is a value, so that what was counted and
noted is committed with it. Tokens and device marks are 256 random bits, handed in; their
hashes are kept.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ledger import db
from ledger.access import passphrases, queries, throttle
from ledger.access.acting import Answer, Attempt
from ledger.access.operations import accounts, credentials
from ledger.access.tables import (
    KnownDevice,
    Officer,
    OfficerSession,
    WrongAttempts,
)
from ledger.access.throttle import Count, Counted

TOKEN_BYTES = 32
LASTS = timedelta(hours=12)
"""A session ends after so long, however busy it is."""
ENROLLING = timedelta(minutes=15)
DEVICE_KNOWN = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Door:
    """Where an attempt comes from: an address or the like, what the device was left, its name."""

    source: str
    device: bytes | None = None
    agent: str = ""


def token_hash(token: bytes) -> bytes:
    """Hash a token as it is kept: it is random, so that one round is enough."""
    return hashlib.sha256(b"juang/token/1" + token).digest()


def sign_in(
    session: Session,
    tenant: int,
    handle: str,
    passphrase: str,
    code: str,
    *,
    door: Door,
    token: bytes,
    recorded_at: datetime,
    new_device: bytes | None = None,
) -> Attempt:
    """Try to come in, and open a session under a fresh token where that is right.

    `new_device` is left on a device that came in, so that strangers cannot keep its owner out.
    """
    attempt = prove(session, tenant, handle, passphrase, code, door=door, recorded_at=recorded_at)
    if attempt.acting is None:
        return attempt
    row = queries.lock(session, tenant, attempt.acting.officer_id)
    level = 2 if attempt.answer is Answer.COME_IN else 1
    opened = open_session(session, row, token, level=level, agent=door.agent, at=recorded_at)
    if level == 2 and new_device is not None:
        _remember(session, row, new_device, recorded_at)
    acting = queries.acting(session, row, recorded_at.date(), level=level, opened=opened)
    return Attempt(attempt.answer, acting)


def prove(
    session: Session,
    tenant: int,
    handle: str,
    passphrase: str,
    code: str,
    *,
    door: Door,
    recorded_at: datetime,
) -> Attempt:
    """Try handle, passphrase and code without opening a session: the command line does this."""
    row = _find(session, tenant, handle)
    known = row is not None and _knows(session, row, door.device, recorded_at)
    counts = [(Counted.SOURCE, _key(door.source.encode()))]
    if known and door.device is not None:
        counts.append((Counted.DEVICE, token_hash(door.device)))
    else:
        counts.append((Counted.ACCOUNT, _key(handle.encode())))
    retry_at = _blocked(session, tenant, counts, recorded_at)
    if retry_at is not None:
        return Attempt(Answer.WAIT, retry_at=retry_at)
    answer = _judged(session, row, passphrase, code, recorded_at)
    if answer is Answer.WRONG:
        for counted, key in counts:
            _count(session, tenant, counted, key, recorded_at)
    if row is None:
        return Attempt(Answer.WRONG)
    accounts.note(
        session,
        tenant,
        row.id,
        f"sign_in_{answer.value}",
        detail=door.agent[:100] or None,
        actor=handle,
        at=recorded_at,
    )
    if answer is Answer.WRONG:
        return Attempt(answer)
    _forget(session, tenant, *counts[1])
    level = 2 if answer is Answer.COME_IN else 1
    return Attempt(answer, queries.acting(session, row, recorded_at.date(), level=level))


def open_session(
    session: Session,
    row: Officer,
    token: bytes,
    *,
    level: int,
    agent: str,
    at: datetime,
    ends_at: datetime | None = None,
) -> OfficerSession:
    """Open a session of an account, whose row is locked, under a token never used before."""
    assert len(token) == TOKEN_BYTES, "a token has 256 bits"
    mine = (OfficerSession.tenant_id == row.tenant_id, OfficerSession.officer_id == row.id)
    last = session.scalar(select(func.max(OfficerSession.no)).where(*mine))
    opened = OfficerSession(
        tenant_id=row.tenant_id,
        officer_id=row.id,
        no=(last or 0) + 1,
        token_hash=token_hash(token),
        level=level,
        security_no=row.security_no,
        agent=agent[:100],
        opened_at=at,
        stepped_up_at=at if level == 2 else None,
        wrong_codes=0,
        seen_at=at,
        ends_at=ends_at or at + (LASTS if level == 2 else ENROLLING),
    )
    session.add(opened)
    session.flush()  # refused here if the token was ever used
    return opened


def _find(session: Session, tenant: int, handle: str) -> Officer | None:
    """Find an account and lock it: of two attempts with one code, the second waits and is wrong."""
    return session.scalar(
        select(Officer)
        .where(Officer.tenant_id == tenant, Officer.id == accounts.officer_id(tenant, handle))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def _judged(
    session: Session, row: Officer | None, passphrase: str, code: str, at: datetime
) -> Answer:
    own = None if row is None else queries.secret(session, row.tenant_id, row.id)
    stored = None if row is None or own is None or row.state != "active" else own.passphrase_hash
    if not passphrases.fits(passphrase, stored) or row is None or own is None:
        return Answer.WRONG
    if own.totp is None:
        return Answer.ENROL
    good = credentials.spend_code(session, row, own, code, at)
    return Answer.COME_IN if good else Answer.WRONG


def _key(text: bytes) -> bytes:
    return hashlib.sha256(b"juang/attempt/1" + text).digest()


def _blocked(
    session: Session, tenant: int, counts: list[tuple[Counted, bytes]], at: datetime
) -> datetime | None:
    """Say until when nothing is tried, if that is later than now."""
    found = []
    for counted, key in counts:
        row = session.get(WrongAttempts, (tenant, counted.value, key), populate_existing=True)
        count = None if row is None else Count(row.failures, row.last_at)
        until = throttle.blocked_until(counted, count)
        if until is not None and until > at:
            found.append(until)
    return max(found, default=None)


def _count(session: Session, tenant: int, counted: Counted, key: bytes, at: datetime) -> None:
    """Count one more wrong attempt; of two at the same moment none is lost."""
    fresh = sqlite.insert if db.is_sqlite(session) else postgresql.insert
    first = {"tenant_id": tenant, "counted": counted.value, "key": key}
    session.execute(
        fresh(WrongAttempts).values(**first, failures=0, last_at=at).on_conflict_do_nothing()
    )
    row = session.scalars(
        select(WrongAttempts)
        .where(
            WrongAttempts.tenant_id == tenant,
            WrongAttempts.counted == counted.value,
            WrongAttempts.key == key,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    count = throttle.after_failure(Count(row.failures, row.last_at), at)
    row.failures, row.last_at = count.failures, count.last_at
    session.flush()  # counted before the answer


def _forget(session: Session, tenant: int, counted: Counted, key: bytes) -> None:
    row = session.get(WrongAttempts, (tenant, counted.value, key))
    if row is not None:
        row.failures = 0
        session.flush()  # as above


def _knows(session: Session, row: Officer, device: bytes | None, at: datetime) -> bool:
    if device is None:
        return False
    found = session.get(KnownDevice, (row.tenant_id, row.id, token_hash(device)))
    return found is not None and at - found.seen_at < DEVICE_KNOWN


def _remember(session: Session, row: Officer, device: bytes, at: datetime) -> None:
    place = (row.tenant_id, row.id, token_hash(device))
    found = session.get(KnownDevice, place)
    if found is not None:
        found.seen_at = at
        return
    tenant, officer, mark = place
    session.execute(
        insert(KnownDevice).values(tenant_id=tenant, officer_id=officer, hash=mark, seen_at=at)
    )
