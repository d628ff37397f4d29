"""Tables of persons, of the vault and of devices. Every key begins with the tenant.

The link between a household and its memberships is the exception: it is kept under her book, on
her side alone.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, Blob, UtcDateTime


class Person(Base):
    """A natural person as one tenant knows her; `merged_into` is never itself merged."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("state IN ('active', 'merged', 'erased')", name="state"),
        CheckConstraint("(state = 'merged') = (merged_into IS NOT NULL)", name="merged"),
        Index("ix_person_tenant_id_merged_into", "tenant_id", "merged_into"),
        Index("ix_person_ref_tenant_id", "ref", "tenant_id"),
        {"sqlite_with_rowid": False},
    )

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    ref: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(6))
    merged_into: Mapped[int | None] = mapped_column(BigInteger)
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PersonEvent(Base):
    """What was done to a person's record: by whom, when, and never with personal data in it."""

    __tablename__ = "person_event"

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    what: Mapped[str] = mapped_column(String(32))
    before: Mapped[str | None] = mapped_column(String(200))
    after: Mapped[str | None] = mapped_column(String(200))
    actor: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Relation(Base):
    """Two persons declared related: family, one household, business. Unordered: `low` < `high`."""

    __tablename__ = "relation"
    __table_args__ = (
        CheckConstraint("low_id < high_id", name="order"),
        CheckConstraint("kind IN ('family', 'household', 'business')", name="kind"),
        Index("ix_relation_tenant_id_high_id", "tenant_id", "high_id"),
    )

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    low_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    high_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(9), primary_key=True)
    declared_by: Mapped[str] = mapped_column(String(64))
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PersonKey(Base):
    """The secret of one person's data, wrapped by the master key.

    Erasure empties `wrapped` and leaves the row, so that nobody gives her a new one.
    """

    __tablename__ = "person_key"
    __table_args__ = ({"sqlite_with_rowid": False, "info": {"secret": True}},)

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    wrapped: Mapped[bytes | None] = mapped_column(Blob)


class VaultField(Base):
    """One field of a person, encrypted under her own key; a correction overwrites it.

    `version` counts the corrections and is part of what the ciphertext is bound to. `no` is 0
    where a field has one value, and counts from 1 where it has several.
    """

    __tablename__ = "vault_field"
    __table_args__ = (
        CheckConstraint(
            "field IN ('nik', 'name', 'phone', 'address', 'heir', 'safe_contact')", name="field"
        ),
        CheckConstraint("no >= 0 AND version > 0", name="numbers"),
        {"sqlite_with_rowid": False},
    )

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    field: Mapped[str] = mapped_column(String(12), primary_key=True)
    no: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    version: Mapped[int]
    sealed: Mapped[bytes] = mapped_column(Blob)


class VaultIndex(Base):
    """The blind index: a keyed hash of a NIK or a telephone number, and whose it is.

    A NIK belongs to one person of a tenant, which the database holds too; a telephone number may
    be that of several.
    """

    __tablename__ = "vault_index"
    __table_args__ = (
        CheckConstraint("kind IN ('nik', 'phone')", name="kind"),
        CheckConstraint("length(tag) = 16", name="tag"),
        Index("ix_vault_index_tenant_id_kind_tag", "tenant_id", "kind", "tag"),
        Index(
            "uq_vault_index_nik",
            "tenant_id",
            "tag",
            unique=True,
            postgresql_where=text("kind = 'nik'"),
            sqlite_where=text("kind = 'nik'"),
        ),
    )

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(5), primary_key=True)
    tag: Mapped[bytes] = mapped_column(Blob)


class Device(Base):
    """A device of a person's, known by its public key; what has ended never begins again."""

    __tablename__ = "device"
    __table_args__ = (
        CheckConstraint("state IN ('active', 'lost', 'revoked', 'signed_out')", name="state"),
        CheckConstraint("(state = 'active') = (ended_at IS NULL)", name="ended"),
        Index("ix_device_tenant_id_person_id", "tenant_id", "person_id"),
    )

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(BigInteger)
    public_key: Mapped[bytes] = mapped_column(Blob)
    label: Mapped[bytes | None] = mapped_column(Blob)
    state: Mapped[str] = mapped_column(String(10))
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class HouseholdLink(Base):
    """Which membership a household's owner has, sealed under her key on the household side.

    Neither the cooperative's tenant nor its member stands here in clear, and nothing stands on
    their side at all.
    """

    __tablename__ = "household_link"
    __table_args__ = (
        Index("ix_household_link_tenant_id_person_id", "tenant_id", "person_id"),
        CheckConstraint("no > 0 AND version > 0", name="numbers"),
    )

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    no: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int]
    sealed: Mapped[bytes] = mapped_column(Blob)


class RetentionHold(Base):
    """A statute that makes us keep a person's data until a day, whatever she asks.

    `ground` is one of retention.grounds(); the last day follows from `since` by its years.
    """

    __tablename__ = "retention_hold"
    __table_args__ = (CheckConstraint("since <= until", name="window"),)

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    ground: Mapped[str] = mapped_column(String(32), primary_key=True)
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date] = mapped_column(Date)
    declared_by: Mapped[str] = mapped_column(String(64))
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
