"""Tables of consents, looks, requests and breaches. Every key begins with the tenant."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, Blob, UtcDateTime

NOBODY = 0
"""The `other_id` of a consent that names no tenant, and the `person_id` of the agency."""


class ConsentEvent(Base):
    """One answer to one purpose. `at` is when she gave it, which paper may put before its record.

    `other_id` is the tenant a sharing consent names. `reason` says what led to a withdrawal.
    """

    __tablename__ = "consent_event"
    __table_args__ = (
        CheckConstraint("means IN ('app', 'paper', 'voice')", name="means"),
        CheckConstraint("NOT given OR (text_version IS NOT NULL)", name="text"),
        CheckConstraint(
            "(text_version IS NULL) = (text_hash IS NULL)"
            " AND (text_version IS NULL) = (language IS NULL)",
            name="version",
        ),
        {"sqlite_with_rowid": False},
    )

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    purpose: Mapped[str] = mapped_column(String(16), primary_key=True)
    other_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    given: Mapped[bool]
    text_version: Mapped[int | None] = mapped_column(SmallInteger)
    text_hash: Mapped[bytes | None] = mapped_column(Blob)
    language: Mapped[str | None] = mapped_column(String(2))
    means: Mapped[str] = mapped_column(String(5))
    witness: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BookOwner(Base):
    """Whose book it is: her own, or a family's that several persons own."""

    __tablename__ = "book_owner"
    __table_args__ = (
        Index("ix_book_owner_book_id", "book_id"),
        CheckConstraint("ended_at >= since", name="window"),
        {"sqlite_with_rowid": False},
    )

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AccessLog(Base):
    """One look at a person's data: who, what, why. `withheld` is the ground for not showing it."""

    __tablename__ = "access_log"
    __table_args__ = ({"sqlite_with_rowid": False},)

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    no: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    actor: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(32))
    purpose: Mapped[str] = mapped_column(String(32))
    book_id: Mapped[int | None] = mapped_column(BigInteger)
    withheld: Mapped[str | None] = mapped_column(String(32))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DataRequest(Base):
    """What she asked to be done with her data, until when, and what came of it."""

    __tablename__ = "data_request"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('access', 'correction', 'restriction', 'objection', 'erasure')", name="kind"
        ),
        CheckConstraint("means IN ('app', 'paper', 'voice')", name="means"),
        CheckConstraint("state IN ('open', 'done', 'refused')", name="state"),
        CheckConstraint("(state = 'refused') = (ground IS NOT NULL)", name="ground"),
        CheckConstraint(
            "(state = 'open') = (closed_at IS NULL) AND (state = 'open') = (closed_by IS NULL)",
            name="closed",
        ),
        Index(
            "ix_data_request_open",
            "tenant_id",
            "due_at",
            postgresql_where=text("state = 'open'"),
            sqlite_where=text("state = 'open'"),
        ),
        {"sqlite_with_rowid": False},
    )

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(11))
    about: Mapped[str | None] = mapped_column(String(64))
    means: Mapped[str] = mapped_column(String(5))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    source: Mapped[str] = mapped_column(String(120))
    registered_by: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(7))
    ground: Mapped[str | None] = mapped_column(String(32))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str | None] = mapped_column(String(64))


class DataStop(Base):
    """Processing stopped or allowed again: all of it (restriction), or machines (objection)."""

    __tablename__ = "data_stop"
    __table_args__ = (
        CheckConstraint("kind IN ('restriction', 'objection')", name="kind"),
        {"sqlite_with_rowid": False},
    )

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(11), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stopped: Mapped[bool]
    request_no: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Breach(Base):
    """A breach of personal data: what, which data, when it happened and when it was known."""

    __tablename__ = "breach"
    __table_args__ = (CheckConstraint("occurred_from < occurred_until", name="window"),)

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    what: Mapped[str] = mapped_column(String(300))
    data: Mapped[str] = mapped_column(String(300))
    remedy: Mapped[str] = mapped_column(String(300))
    occurred_from: Mapped[datetime] = mapped_column(UtcDateTime)
    occurred_until: Mapped[datetime] = mapped_column(UtcDateTime)
    known_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    source: Mapped[str] = mapped_column(String(120))
    actor: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BreachScope(Base):
    """What a breach reached: a book, a table, both, or (neither) all the tenant's data.

    With `written`, only what was written during the breach.
    """

    __tablename__ = "breach_scope"

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    breach_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    book_id: Mapped[int | None] = mapped_column(BigInteger)
    held_in: Mapped[str | None] = mapped_column(String(64))
    written: Mapped[bool]


class BreachNotice(Base):
    """A written notice that is owed: to a person, or to the agency (person 0)."""

    __tablename__ = "breach_notice"
    __table_args__ = (
        CheckConstraint("(sent_at IS NULL) = (sent_by IS NULL)", name="sent"),
        Index(
            "ix_breach_notice_unsent",
            "tenant_id",
            "due_at",
            postgresql_where=text("sent_at IS NULL"),
            sqlite_where=text("sent_at IS NULL"),
        ),
        {"sqlite_with_rowid": False},
    )

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    breach_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_by: Mapped[str | None] = mapped_column(String(64))
    channel: Mapped[str | None] = mapped_column(String(32))
