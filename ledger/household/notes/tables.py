"""The table of her words beside records: every version that ever was."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, Blob, UtcDateTime


class Annotation(Base):
    """One version of one field of a record.

    `thing` is the key of record and field in the feed. What `stands` with the highest version is
    what she reads; others are older, or conflict copies. A deletion has no text. `asked` commits
    to what was asked, which differs from what is kept where tags were merged.
    """

    __tablename__ = "annotation"
    __table_args__ = (
        Index("ix_annotation_book_id_thing_version", "book_id", "thing", "version"),
        CheckConstraint("length(id) = 16 AND length(thing) = 16", name="ids"),
        CheckConstraint("version > 0 AND base >= 0", name="versions"),
        {"sqlite_with_rowid": False},
    )

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[bytes] = mapped_column(Blob, primary_key=True)
    thing: Mapped[bytes] = mapped_column(Blob)
    record_id: Mapped[bytes] = mapped_column(Blob)
    field: Mapped[str] = mapped_column(String(12))
    version: Mapped[int]
    base: Mapped[int]
    stands: Mapped[bool]
    subject: Mapped[str] = mapped_column(String(64))
    asked: Mapped[bytes | None] = mapped_column(Blob)
    sealed: Mapped[bytes | None] = mapped_column(Blob)
    actor: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
