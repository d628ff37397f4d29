"""The table of the feed: the last change of each thing beside the journal."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, Blob, UtcDateTime


class FeedItem(Base):
    """One thing a phone must hear of, under the number of its last change.

    A row moves up as its thing changes, so the feed is as long as there are things, and a phone
    that was away for a year hears of each once.
    """

    __tablename__ = "feed_item"
    __table_args__ = (
        Index("ix_feed_item_book_id_change_no", "book_id", "change_no"),
        CheckConstraint("change_no > 0", name="change_no"),
        CheckConstraint("length(key) = 16", name="key"),
        {"sqlite_with_rowid": False},
    )

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    key: Mapped[bytes] = mapped_column(Blob, primary_key=True)
    change_no: Mapped[int] = mapped_column(BigInteger)
    gone: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
