"""Sessions: what a token opens, kept fresh, stepped up, ended.

A session is dead at the next request after its account's passphrase, second factor, roles or state
changed, after it was revoked, after half an hour of idleness, and after twelve hours.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.access import queries
from ledger.access.acting import Acting, Answer, Attempt
from ledger.access.operations import accounts, credentials, signing_in
from ledger.access.queries import IDLE
from ledger.access.tables import Officer, OfficerSession
from ledger.errors import NotFound, Wording

MOST_WRONG_CODES = 5
TOUCHED_EVERY = timedelta(minutes=1)
STEPPED_UP_FOR = timedelta(minutes=5)
"""So long after a code a sensitive act needs no other one."""


@dataclass(eq=False)
class SessionNotFound(NotFound):
    """The account has no such open session."""

    code = "session_not_found"
    wording = Wording(id="Sesi {session} tidak ada.", en="There is no session {session}.")
    hint = Wording(id="Lihat `juang session list`.", en="See `juang session list`.")
    session: int


def resolve(session: Session, token: bytes, *, recorded_at: datetime) -> Acting | None:
    """Say who acts under a token; None where it opens nothing, for whatever reason."""
    found = _open(session, token, recorded_at)
    if found is None:
        return None
    opened, officer = found
    if recorded_at - opened.seen_at >= TOUCHED_EVERY:
        opened.seen_at = recorded_at
        session.flush()  # idleness counts from here
    day = recorded_at.date()
    return queries.acting(session, officer, day, level=opened.level, opened=opened)


def is_stepped_up(acting: Acting, at: datetime) -> bool:
    """Tell whether the second factor was shown a moment ago, as sensitive acts need it."""
    return acting.stepped_up_at is not None and at - acting.stepped_up_at < STEPPED_UP_FOR


def step_up(
    session: Session, token: bytes, code: str, *, new_token: bytes, recorded_at: datetime
) -> Attempt:
    """Show the second factor again: the session goes on under a fresh token, the old one is dead.

    Wrong codes count for the session, and too many end it.
    """
    found = _open(session, token, recorded_at)
    if found is None:
        return Attempt(Answer.WRONG)
    opened, officer = found
    officer = queries.lock(session, officer.tenant_id, officer.id)
    own = queries.secret(session, officer.tenant_id, officer.id)
    if own is None or not credentials.spend_code(session, officer, own, code, recorded_at):
        return _wrong_step(session, officer, opened, recorded_at)
    _end(opened, "rotated", recorded_at)
    fresh = signing_in.open_session(
        session,
        officer,
        new_token,
        level=2,
        agent=opened.agent,
        at=recorded_at,
        ends_at=opened.ends_at,
    )
    day = recorded_at.date()
    acting = queries.acting(session, officer, day, level=2, opened=fresh)
    return Attempt(Answer.COME_IN, acting)


def sign_out(session: Session, token: bytes, *, recorded_at: datetime) -> None:
    """End the session of a token; a token that opens nothing changes nothing."""
    found = _open(session, token, recorded_at)
    if found is not None:
        _end(found[0], "signed_out", recorded_at)
        session.flush()  # dead with the answer


def revoke(
    session: Session, tenant: int, officer: int, no: int, *, actor: str, recorded_at: datetime
) -> None:
    """End one session of an account.

    Raises:
        OfficerNotFound, SessionNotFound.
    """
    queries.lock(session, tenant, officer)
    found = session.get(OfficerSession, (tenant, officer, no), populate_existing=True)
    if found is None or found.ended_at is not None:
        raise SessionNotFound(no)
    _end(found, "revoked", recorded_at)
    detail = str(no)
    accounts.note(
        session, tenant, officer, "session_revoked", detail=detail, actor=actor, at=recorded_at
    )


def revoke_all(
    session: Session, tenant: int, officer: int, *, actor: str, recorded_at: datetime
) -> int:
    """End all sessions of an account, and tell how many were open.

    Raises:
        OfficerNotFound.
    """
    row = queries.lock(session, tenant, officer)
    count = len(queries.sessions(session, tenant, officer, recorded_at))
    accounts.note(session, tenant, officer, "sessions_revoked", actor=actor, at=recorded_at)
    accounts.end_sessions(session, row, "revoked", at=recorded_at)
    return count


def _open(session: Session, token: bytes, at: datetime) -> tuple[OfficerSession, Officer] | None:
    opened = session.scalar(
        select(OfficerSession)
        .where(OfficerSession.token_hash == signing_in.token_hash(token))
        .execution_options(populate_existing=True)
    )
    if opened is None or opened.ended_at is not None:
        return None
    if at >= opened.ends_at or at - opened.seen_at >= IDLE:
        return None
    place = (opened.tenant_id, opened.officer_id)
    officer = session.get(Officer, place, populate_existing=True)
    assert officer is not None, "accounts are kept"
    if officer.state != "active" or officer.security_no != opened.security_no:
        return None
    return opened, officer


def _end(opened: OfficerSession, why: str, at: datetime) -> None:
    opened.ended_at, opened.ended_why = at, why


def _wrong_step(
    session: Session, officer: Officer, opened: OfficerSession, at: datetime
) -> Attempt:
    opened.wrong_codes += 1
    if opened.wrong_codes >= MOST_WRONG_CODES:
        _end(opened, "wrong_codes", at)
    accounts.note(
        session,
        officer.tenant_id,
        officer.id,
        "step_up_wrong",
        detail=str(opened.no),
        actor=officer.handle,
        at=at,
    )
    return Attempt(Answer.WRONG)
