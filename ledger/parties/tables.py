"""Tables of persons. Every key begins with the tenant."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, UtcDateTime


class Person(Base):
    """A natural person as one tenant knows her; `merged_into` is never itself merged."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("state IN ('active', 'merged', 'erased')", name="state"),
        CheckConstraint("(state = 'merged') = (merged_into IS NOT NULL)", name="merged"),
        Index("ix_person_tenant_id_merged_into", "tenant_id", "merged_into"),
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
