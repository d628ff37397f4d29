"""The table of rules: sealed words, and the category they mean."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, Blob, UtcDateTime


class CategoryRule(Base):
    """A rule as it stands. Its words are sealed under the book's own key; an ended one has none."""

    __tablename__ = "category_rule"
    __table_args__ = (
        CheckConstraint("length(id) = 16", name="id"),
        CheckConstraint("look_at IN ('counterparty', 'text')", name="look_at"),
        {"sqlite_with_rowid": False},
    )

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[bytes] = mapped_column(Blob, primary_key=True)
    rank: Mapped[int] = mapped_column(SmallInteger)
    look_at: Mapped[str] = mapped_column(String(12))
    category: Mapped[str] = mapped_column(
        String(120).with_variant(String(120, collation="C"), "postgresql")
    )
    sealed: Mapped[bytes | None] = mapped_column(Blob)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
