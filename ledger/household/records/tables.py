"""The table of sortings: which entries moved a record from one category to another."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, Blob, UtcDateTime


class Sorting(Base):
    """A request to sort a record, under the id it came with.

    `record_id` is the record's first entry; `seq` the entry that was posted, none where the record
    was sorted so already or the request was refused for good. `asked` hashes what was asked.
    """

    __tablename__ = "sorting"
    __table_args__ = (
        Index("ix_sorting_book_id_record_id", "book_id", "record_id"),
        CheckConstraint("length(id) = 16 AND length(record_id) = 16", name="ids"),
        CheckConstraint("length(asked) = 32", name="asked"),
        {"sqlite_with_rowid": False},
    )

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[bytes] = mapped_column(Blob, primary_key=True)
    record_id: Mapped[bytes] = mapped_column(Blob)
    seq: Mapped[int | None] = mapped_column(BigInteger)
    asked: Mapped[bytes] = mapped_column(Blob)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
