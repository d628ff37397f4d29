"""Tables of proposals; revisions, approvals and events are history.

Every key begins with the tenant.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, Blob, UtcDateTime


class Proposal(Base):
    """Where a proposal stands now: its current revision, its state, the money it holds.

    `maker_id` is the record she acted under; the hold is named while it is open.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint(
            "state IN ('proposed', 'approved', 'executed', 'refused', 'withdrawn', 'expired')",
            name="state",
        ),
        CheckConstraint("revision >= 1", name="revision"),
        CheckConstraint(
            "hold_id IS NULL OR state IN ('proposed', 'approved')", name="holds_while_waiting"
        ),
        Index("ix_proposal_tenant_id_state_expires_at", "tenant_id", "state", "expires_at"),
        {"sqlite_with_rowid": False},
    )

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[bytes] = mapped_column(Blob, primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(9))
    revision: Mapped[int]
    hash: Mapped[bytes] = mapped_column(Blob)
    maker_id: Mapped[int] = mapped_column(BigInteger)
    maker: Mapped[str] = mapped_column(String(64))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    hold_book_id: Mapped[int | None] = mapped_column(BigInteger)
    hold_id: Mapped[bytes | None] = mapped_column(Blob)


class ProposalRevision(Base):
    """What was proposed: the exact bytes, their hash, and who wrote them."""

    __tablename__ = "proposal_revision"

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    proposal_id: Mapped[bytes] = mapped_column(Blob, primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    payload: Mapped[bytes] = mapped_column(Blob)
    hash: Mapped[bytes] = mapped_column(Blob)
    editor_id: Mapped[int] = mapped_column(BigInteger)
    editor: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ProposalApproval(Base):
    """Who approved which revision; `person_id` is the human being, so nobody stands here twice."""

    __tablename__ = "proposal_approval"

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    proposal_id: Mapped[bytes] = mapped_column(Blob, primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(Blob)
    approver: Mapped[str] = mapped_column(String(64))
    roles: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ProposalEvent(Base):
    """What happened to a proposal, in order: nothing about it is known only from its row."""

    __tablename__ = "proposal_event"

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    proposal_id: Mapped[bytes] = mapped_column(Blob, primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    what: Mapped[str] = mapped_column(String(9))
    revision: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    actor: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str | None] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ApprovalRule(Base):
    """A tenant's own rule of a kind: history, for a later day takes a later rule."""

    __tablename__ = "approval_rule"
    __table_args__ = (
        CheckConstraint("needed >= 1", name="needed"),
        CheckConstraint("from_amount >= 0", name="from_amount"),
    )

    tenant_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    from_amount: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    valid_from: Mapped[date] = mapped_column(Date, primary_key=True)
    needed: Mapped[int]
    roles: Mapped[str] = mapped_column(String(200))
    set_by: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
