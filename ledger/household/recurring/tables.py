"""The table of what comes again."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, Blob, UtcDateTime

_CODE = String(120).with_variant(String(120, collation="C"), "postgresql")


class Recurring(Base):
    """What comes again, as it stands; `next_due` is none once it has ended.

    `next_no` counts what is over, posted or skipped. Her words are sealed under the book's key.
    """

    __tablename__ = "recurring"
    __table_args__ = (
        Index(
            "ix_recurring_next_due",
            "next_due",
            postgresql_where=text("next_due IS NOT NULL"),
            sqlite_where=text("next_due IS NOT NULL"),
        ),
        CheckConstraint("length(id) = 16", name="id"),
        CheckConstraint("kind IN ('expense', 'income')", name="kind"),
        CheckConstraint("every IN ('week', 'month')", name="every"),
        CheckConstraint("minor > 0 AND step > 0 AND next_no >= 0", name="numbers"),
        {"sqlite_with_rowid": False},
    )

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[bytes] = mapped_column(Blob, primary_key=True)
    kind: Mapped[str] = mapped_column(String(7))
    category: Mapped[str | None] = mapped_column(_CODE)
    pocket: Mapped[str] = mapped_column(_CODE)
    currency: Mapped[str] = mapped_column(String(3))
    minor: Mapped[int] = mapped_column(BigInteger)
    every: Mapped[str] = mapped_column(String(5))
    step: Mapped[int] = mapped_column(SmallInteger)
    first_due: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    next_no: Mapped[int]
    next_due: Mapped[date | None] = mapped_column(Date)
    note: Mapped[bytes | None] = mapped_column(Blob)
    counterparty: Mapped[bytes | None] = mapped_column(Blob)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
