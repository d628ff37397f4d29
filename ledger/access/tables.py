"""Tables of accounts, roles, secrets and sessions. Every key begins with the tenant.

Tables marked `secret` hold what opens an account: hashes and sealed secrets. No report, export or
reader's role sees them.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, Blob, UtcDateTime

SECRET = {"secret": True}
"""Marks a table for whoever grants rights or copies rows."""

PLAIN = {"wrapped": False}
"""Marks bytes in such a table that are no key wrapped by the master key: hashes, sealed factors."""

EVERY_BOOK = 0
"""Stands for a book where a role is for all books of the tenant."""


class Officer(Base):
    """An account of a tenant: whose it is, and whether it may come in.

    `security_no` rises with every change that ends all sessions: a session carries the number it
    was opened under.
    """

    __tablename__ = "officer"
    __table_args__ = (
        CheckConstraint("state IN ('active', 'disabled')", name="state"),
        Index("ix_officer_tenant_id_person_id", "tenant_id", "person_id"),
        {"sqlite_with_rowid": False},
    )

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    handle: Mapped[str] = mapped_column(String(32))
    person_id: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(8))
    security_no: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OfficerRole(Base):
    """A role granted from a day on, for one book or all (0), through `valid_through` if it ends.

    A grant that ended before it began has its last day before its first.
    """

    __tablename__ = "officer_role"
    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    officer_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    role: Mapped[str] = mapped_column(String(16), primary_key=True)
    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    valid_from: Mapped[date] = mapped_column(Date, primary_key=True)
    valid_through: Mapped[date | None] = mapped_column(Date)
    granted_by: Mapped[str] = mapped_column(String(64))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OfficerEvent(Base):
    """What happened to an account: grants, secrets changed, sign-ins, wrong attempts."""

    __tablename__ = "officer_event"

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    officer_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    what: Mapped[str] = mapped_column(String(32))
    detail: Mapped[str | None] = mapped_column(String(200))
    actor: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OfficerSecret(Base):
    """What opens an account: the passphrase's hash, the sealed second factor, its last step."""

    __tablename__ = "officer_secret"
    __table_args__ = ({"sqlite_with_rowid": False, "info": SECRET},)

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    officer_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    passphrase_hash: Mapped[str | None] = mapped_column(String(200))
    pending_totp: Mapped[bytes | None] = mapped_column(Blob, info=PLAIN)
    totp: Mapped[bytes | None] = mapped_column(Blob, info=PLAIN)
    last_step: Mapped[int | None] = mapped_column(BigInteger)


class RecoveryCode(Base):
    """The hash of a recovery code, and when it was used up."""

    __tablename__ = "recovery_code"
    __table_args__ = ({"info": SECRET},)

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    officer_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(Blob, primary_key=True, info=PLAIN)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class KnownDevice(Base):
    """A device that an account was opened from: the hash of what was left on it."""

    __tablename__ = "known_device"
    __table_args__ = ({"info": SECRET},)

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    officer_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(Blob, primary_key=True, info=PLAIN)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WrongAttempts(Base):
    """How often an account, a source or a device was wrong; keyed by a hash, no address is kept."""

    __tablename__ = "wrong_attempts"
    __table_args__ = ({"info": SECRET},)

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    counted: Mapped[str] = mapped_column(String(7), primary_key=True)
    key: Mapped[bytes] = mapped_column(Blob, primary_key=True, info=PLAIN)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OfficerSession(Base):
    """A session: the hash of its token, what it is bound to, and when it ends.

    `level` is 1 where only the passphrase was shown: it may enrol a second factor and nothing else.
    """

    __tablename__ = "officer_session"
    __table_args__ = (
        CheckConstraint("level IN (1, 2)", name="level"),
        Index("uq_officer_session_token_hash", "token_hash", unique=True),
        {"info": SECRET},
    )

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    officer_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    token_hash: Mapped[bytes] = mapped_column(Blob, info=PLAIN)
    level: Mapped[int]
    security_no: Mapped[int]
    agent: Mapped[str] = mapped_column(String(100))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stepped_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    wrong_codes: Mapped[int] = mapped_column(server_default=text("0"))
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_why: Mapped[str | None] = mapped_column(String(16))


class DutyDone(Base):
    """Who did what kind of work in a book on a day; `person_id` is the human being."""

    __tablename__ = "duty_done"

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    business_date: Mapped[date] = mapped_column(Date, primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    duty: Mapped[str] = mapped_column(String(10), primary_key=True)
    actor: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
