"""Passphrases and second factors: set, enrolled, confirmed, recovered, reset."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from ledger.access import factors, passphrases, queries
from ledger.access.operations import accounts
from ledger.access.tables import Officer, OfficerSecret, RecoveryCode
from ledger.approvals import operations as approvals
from ledger.approvals.independence import Actor
from ledger.approvals.operations import Approved, Kind
from ledger.approvals.payload import Content, Terms
from ledger.approvals.tables import Proposal
from ledger.errors import Refused, Wording
from ledger.journal.keyring import Keyring, KeyUnusable, NoKeyring

WAITS = timedelta(days=2)
_SET: Final = "second_factor_set"


@dataclass(eq=False)
class CodeWrong(Refused):
    """The code is not the one of this moment."""

    code = "code_wrong"
    wording = Wording(id="Kode tidak cocok.", en="The code does not fit.")
    hint = Wording(
        id="Periksa jam ponsel, dan tunggu kode berikutnya.",
        en="Check the clock of the phone, and wait for the next code.",
    )


@dataclass(eq=False)
class SecondFactorStands(Refused):
    """There is a second factor; it changes by showing it, or by a reset that another approves."""

    code = "second_factor_stands"
    wording = Wording(
        id="Akun “{officer}” sudah memiliki faktor kedua.",
        en="The account “{officer}” has a second factor.",
    )
    hint = Wording(
        id="Bila hilang: `juang officer totp --reset`, disetujui petugas lain.",
        en="If it is lost: `juang officer totp --reset`, approved by another officer.",
    )
    officer: str


@dataclass(eq=False)
class SecondFactorChanged(Refused):
    """The second factor is another one than when its reset was proposed."""

    code = "second_factor_changed"
    wording = Wording(
        id="Faktor kedua “{officer}” sudah diganti sejak usulan ini.",
        en="The second factor of “{officer}” has changed since this was proposed.",
    )
    hint = Wording(id="Usulkan lagi.", en="Propose it again.")
    officer: str


def set_passphrase(
    session: Session,
    tenant: int,
    officer: int,
    passphrase: str,
    *,
    salt: bytes,
    actor: str,
    recorded_at: datetime,
) -> None:
    """Set a passphrase; the second factor stays, and all sessions end.

    Raises:
        OfficerNotFound, PassphraseLength, PassphraseCommon.
    """
    row = queries.lock(session, tenant, officer)
    passphrases.check(passphrase, row.handle)
    _secret(session, row).passphrase_hash = passphrases.hashed(passphrase, salt)
    accounts.note(session, tenant, officer, "passphrase_set", actor=actor, at=recorded_at)
    accounts.end_sessions(session, row, "passphrase", at=recorded_at)


def start_second_factor(
    session: Session,
    tenant: int,
    officer: int,
    *,
    secret: bytes,
    tenant_code: str,
    code: str | None,
    actor: str,
    recorded_at: datetime,
) -> str:
    """Begin to enrol a second factor, and give the address for the authenticator.

    Where one stands already, `code` shows it. Nothing changes before the new one is confirmed.

    Raises:
        OfficerNotFound, NoKeyring, SecondFactorStands, CodeWrong.
    """
    keyring = _keyring(session)
    row = queries.lock(session, tenant, officer)
    own = _secret(session, row)
    if own.totp is not None:
        if code is None:
            raise SecondFactorStands(row.handle)
        if not spend_code(session, row, own, code, recorded_at):
            raise CodeWrong
    assert len(secret) == factors.SECRET_BYTES, "a secret has twenty bytes"
    own.pending_totp = factors.seal(keyring, tenant, officer, secret)
    session.flush()  # confirmed by another call, maybe in another transaction
    accounts.note(session, tenant, officer, "second_factor_begun", actor=actor, at=recorded_at)
    return factors.address(secret, tenant_code, row.handle)


def confirm_second_factor(
    session: Session,
    tenant: int,
    officer: int,
    code: str,
    *,
    drawn: bytes,
    actor: str,
    recorded_at: datetime,
) -> list[str]:
    """Confirm a second factor by a code, and give new recovery codes; all sessions end.

    Raises:
        OfficerNotFound, NoKeyring.
        CodeWrong: it does not fit, or nothing was begun.
    """
    keyring = _keyring(session)
    row = queries.lock(session, tenant, officer)
    own = _secret(session, row)
    if own.pending_totp is None:
        raise CodeWrong
    secret = factors.unseal(keyring, tenant, officer, own.pending_totp)
    found = factors.matching_step(secret, code, recorded_at, None)
    if found is None:
        raise CodeWrong
    own.totp, own.pending_totp, own.last_step = own.pending_totp, None, found
    codes = factors.recovery_codes(drawn)
    _use_up_recovery(session, row, recorded_at)
    session.execute(
        insert(RecoveryCode),
        [
            {
                "tenant_id": tenant,
                "officer_id": officer,
                "hash": factors.recovery_hash(tenant, officer, each),
                "made_at": recorded_at,
            }
            for each in codes
        ],
    )
    accounts.note(session, tenant, officer, _SET, actor=actor, at=recorded_at)
    accounts.end_sessions(session, row, "second_factor", at=recorded_at)
    return codes


def spend_code(session: Session, row: Officer, own: OfficerSecret, code: str, at: datetime) -> bool:
    """Take a one-time or recovery code and use it up; tell whether it was good."""
    if own.totp is None:
        return False
    if factors.looks_like_recovery(code):
        wanted = factors.recovery_hash(row.tenant_id, row.id, code)
        found = session.get(RecoveryCode, (row.tenant_id, row.id, wanted), populate_existing=True)
        if found is None or found.used_at is not None:
            return False
        found.used_at = at
        session.flush()  # used up before anything is opened with it
        return True
    secret = factors.unseal(_keyring(session), row.tenant_id, row.id, own.totp)
    step = factors.matching_step(secret, code, at, own.last_step)
    if step is None:
        return False
    own.last_step = step
    session.flush()  # as above
    return True


def propose_reset(
    session: Session, tenant: int, officer: int, *, by: Actor, recorded_at: datetime
) -> Proposal:
    """Ask to take away a lost second factor: a second officer who knows her has to approve.

    She gains from it, so she is not the one who approves, whoever asked.

    Raises:
        OfficerNotFound, PersonNotFound, NoApprovalRule.
    """
    row = queries.lock(session, tenant, officer)
    terms = Terms(
        kind=RESET.code,
        content={"officer": officer, "security_no": row.security_no},
        expires_at=recorded_at + WAITS,
        beneficiaries=frozenset({row.person_id}),
    )
    return approvals.propose_once(session, tenant, terms, by=by, recorded_at=recorded_at)


def rekey(session: Session, *, old: Sequence[Keyring], new: Keyring) -> int:
    """Seal every second factor under a new master key, and tell how many there were.

    What the new key opens already stays as it is: a rotation may be finished by another process.

    Raises:
        KeyUnusable: one of them is under none of the keys.
    """
    query = select(OfficerSecret).order_by(OfficerSecret.tenant_id, OfficerSecret.officer_id)
    count = 0
    for own in session.scalars(query.with_for_update()):
        place = (own.tenant_id, own.officer_id)
        for name in _SEALED:
            sealed = getattr(own, name)
            if sealed is not None:
                secret, ring = _opened((new, *old), place, sealed)
                if ring is not new:
                    setattr(own, name, factors.seal(new, *place, secret))
                count += 1
    session.flush()  # the caller may go on in SQL
    return count


def factors_opened(session: Session, ring: Keyring) -> tuple[int, int]:
    """Count the second factors that a master key opens, and those it does not."""
    opened = closed = 0
    for own in session.scalars(select(OfficerSecret)):
        for sealed in filter(None, (getattr(own, name) for name in _SEALED)):
            try:
                factors.unseal(ring, own.tenant_id, own.officer_id, sealed)
                opened += 1
            except KeyUnusable:
                closed += 1
    return opened, closed


_SEALED = ("totp", "pending_totp")


def _opened(
    rings: Sequence[Keyring], place: tuple[int, int], sealed: bytes
) -> tuple[bytes, Keyring]:
    for ring in rings:
        with suppress(KeyUnusable):
            return factors.unseal(ring, *place, sealed), ring
    raise KeyUnusable


def _reset(session: Session, approved: Approved) -> None:
    officer = approved.terms.content["officer"]
    row = queries.lock(session, approved.tenant, officer)
    for event in queries.events(session, approved.tenant, officer):
        if event.what == _SET and event.recorded_at > approved.proposed_at:
            raise SecondFactorChanged(row.handle)
    own = _secret(session, row)
    own.totp = own.pending_totp = own.last_step = None
    _use_up_recovery(session, row, approved.recorded_at)
    accounts.note(
        session,
        approved.tenant,
        officer,
        "second_factor_reset",
        detail=approved.id.hex(),
        actor=approved.executed_by,
        at=approved.recorded_at,
    )
    accounts.end_sessions(session, row, "second_factor", at=approved.recorded_at)


def _gains(session: Session, tenant: int, content: Content) -> tuple[int]:
    return (queries.lock(session, tenant, content["officer"]).person_id,)


RESET = approvals.register(
    Kind(
        "second_factor_reset",
        Wording(id="Mengganti faktor kedua yang hilang", en="Resetting a lost second factor"),
        _reset,
        _gains,
    )
)


def _use_up_recovery(session: Session, row: Officer, at: datetime) -> None:
    session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.tenant_id == row.tenant_id,
            RecoveryCode.officer_id == row.id,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=at)
    )


def _secret(session: Session, row: Officer) -> OfficerSecret:
    """Give what opens an account, whose row is locked; an empty row where there is none."""
    found = queries.secret(session, row.tenant_id, row.id)
    if found is None:
        found = OfficerSecret(tenant_id=row.tenant_id, officer_id=row.id)
        session.add(found)
        session.flush()  # there from now on
    return found


def _keyring(session: Session) -> Keyring:
    found = session.info.get("keyring")
    if not isinstance(found, Keyring):
        raise NoKeyring
    return found
