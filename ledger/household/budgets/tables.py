"""The table of budgets."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, String
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, Blob, UtcDateTime


class Budget(Base):
    """A budget as it stands: so much of a currency on a category, in each pay-day cycle."""

    __tablename__ = "budget"
    __table_args__ = (
        CheckConstraint("length(id) = 16", name="id"),
        CheckConstraint("minor > 0", name="minor"),
        {"sqlite_with_rowid": False},
    )

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[bytes] = mapped_column(Blob, primary_key=True)
    category: Mapped[str] = mapped_column(
        String(120).with_variant(String(120, collation="C"), "postgresql")
    )
    currency: Mapped[str] = mapped_column(String(3))
    minor: Mapped[int] = mapped_column(BigInteger)
    since: Mapped[date] = mapped_column(Date)
    rolls_over: Mapped[bool]
    ended: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
