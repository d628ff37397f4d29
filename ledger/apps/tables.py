"""Tables of client keys, activations, phones' sessions, and requests with a key of their own."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, Blob, UtcDateTime

PLAIN = {"wrapped": False}
"""Marks bytes in such a table that are no key wrapped by the master key: hashes and salts."""


class AppClient(Base):
    """A key of an integrator's back end. Another key is another client, so keys are replaced."""

    __tablename__ = "app_client"
    __table_args__ = (
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked"),
        Index("uq_app_client_key_hash", "key_hash", unique=True),
        {"info": {"secret": True}},
    )

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(32))
    key_hash: Mapped[bytes] = mapped_column(Blob, info=PLAIN)
    added_by: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_by: Mapped[str | None] = mapped_column(String(64))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Activation(Base):
    """A code that lets one phone in, once; `session_id` is what it opened."""

    __tablename__ = "activation"
    __table_args__ = (
        CheckConstraint("(used_at IS NULL) = (session_id IS NULL)", name="used"),
        Index("uq_activation_code_hash", "code_hash", unique=True),
        Index("ix_activation_tenant_id_person_id", "tenant_id", "person_id"),
        {"info": {"secret": True}},
    )

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    code_hash: Mapped[bytes] = mapped_column(Blob, primary_key=True, info=PLAIN)
    person_id: Mapped[int] = mapped_column(BigInteger)
    client_id: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    session_id: Mapped[int | None] = mapped_column(BigInteger)


class AppSession(Base):
    """What a phone came in with: a family of refresh tokens, of which one is good at a time.

    `attempt_hash` is of the key of the request that brought the present token about: the same
    request again gets the same token, another one with the token before it ends the family.
    """

    __tablename__ = "app_session"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ended_why IS NULL)", name="ended"),
        Index("uq_app_session_family_hash", "family_hash", unique=True),
        Index("ix_app_session_tenant_id_person_id", "tenant_id", "person_id"),
        {"info": {"secret": True}},
    )

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(BigInteger)
    device_id: Mapped[int] = mapped_column(BigInteger)
    client_id: Mapped[int | None] = mapped_column(BigInteger)
    family_hash: Mapped[bytes] = mapped_column(Blob, info=PLAIN)
    token_hash: Mapped[bytes] = mapped_column(Blob, info=PLAIN)
    previous_hash: Mapped[bytes | None] = mapped_column(Blob, info=PLAIN)
    attempt_hash: Mapped[bytes] = mapped_column(Blob, info=PLAIN)
    salt: Mapped[bytes] = mapped_column(Blob, info=PLAIN)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    renewed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_why: Mapped[str | None] = mapped_column(String(16))


class KeyedRequest(Base):
    """A request that was carried out under a key of the app's, and how it was answered.

    The key belongs to who acted: nobody meets another's. `body` is what was sent, to the byte.
    """

    __tablename__ = "keyed_request"
    __table_args__ = (
        CheckConstraint("length(fingerprint) = 32", name="fingerprint"),
        Index("ix_keyed_request_tenant_id_person_id", "tenant_id", "person_id"),
        Index("ix_keyed_request_tenant_id_recorded_at", "tenant_id", "recorded_at"),
    )

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    actor: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    route: Mapped[str] = mapped_column(String(100), primary_key=True)
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    fingerprint: Mapped[bytes] = mapped_column(Blob)
    status: Mapped[int] = mapped_column(SmallInteger)
    etag: Mapped[str | None] = mapped_column(String(80))
    location: Mapped[str | None] = mapped_column(String(200))
    body: Mapped[bytes] = mapped_column(Blob)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
