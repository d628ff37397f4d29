"""Tables of remittances: what each version says beside its lines, and how it ended."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, Blob, UtcDateTime
from ledger.db.types import ExactDecimal

_CLUSTERED = {"sqlite_with_rowid": False}


class Remittance(Base):
    """What a version of a remittance says, under the id of its entry.

    Amounts are minor units. Whether it stands, the journal tells.
    """

    __tablename__ = "remittance"
    __table_args__ = (
        CheckConstraint("length(id) = 16", name="id"),
        CheckConstraint("sent > 0 AND fee >= 0 AND arrives > 0", name="amounts"),
        _CLUSTERED,
    )

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[bytes] = mapped_column(Blob, primary_key=True)
    pocket: Mapped[str] = mapped_column(String(120))
    channel: Mapped[str] = mapped_column(String(16))
    purpose: Mapped[str] = mapped_column(String(16))
    currency: Mapped[str] = mapped_column(String(3))
    sent: Mapped[int] = mapped_column(BigInteger)
    fee: Mapped[int] = mapped_column(BigInteger)
    arrives_currency: Mapped[str | None] = mapped_column(String(3))
    arrives: Mapped[int | None] = mapped_column(BigInteger)
    mid_rate: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    mid_source: Mapped[str | None] = mapped_column(String(64))
    mid_date: Mapped[date | None] = mapped_column(Date)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RemittanceEnd(Base):
    """How a remittance ended, under the id of the entry that says so.

    `remittance_id` is its first entry, `version_id` the version that was sent. `amount` is what
    arrived (none where nobody said) or came back.
    """

    __tablename__ = "remittance_end"
    __table_args__ = (
        Index("ix_remittance_end_book_id_remittance_id", "book_id", "remittance_id"),
        CheckConstraint(
            "length(id) = 16 AND length(remittance_id) = 16 AND length(version_id) = 16", name="ids"
        ),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("kind IN ('received', 'returned')", name="kind"),
        _CLUSTERED,
    )

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[bytes] = mapped_column(Blob, primary_key=True)
    remittance_id: Mapped[bytes] = mapped_column(Blob)
    version_id: Mapped[bytes] = mapped_column(Blob)
    kind: Mapped[str] = mapped_column(String(8))
    currency: Mapped[str | None] = mapped_column(String(3))
    amount: Mapped[int | None] = mapped_column(BigInteger)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
