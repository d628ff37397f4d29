"""Tables of households: a book's settings, and the categories and pockets she made herself."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, Blob, UtcDateTime

_CLUSTERED = {"sqlite_with_rowid": False}


class Household(Base):
    """What a household's book knows beside the book itself.

    `kind` says whether it is a person's own or the family's. `home_currency` is what is spent at
    home, beside the base currency in which she is paid; `pay_day` is a day of the month, the last
    of a month that is shorter.
    """

    __tablename__ = "household"
    __table_args__ = (
        CheckConstraint("kind IN ('own', 'family')", name="kind"),
        CheckConstraint("pay_day BETWEEN 1 AND 31", name="pay_day"),
        _CLUSTERED,
    )

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(6))
    home_currency: Mapped[str] = mapped_column(String(3))
    pay_day: Mapped[int] = mapped_column(SmallInteger)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Category(Base):
    """A category or pocket of her own: the account it is, and the id her phone gave it.

    Its name stands on the account, where an erasure takes it back. The account's code says
    nothing of it. `hidden` keeps it out of lists of choices; what was booked stays.
    """

    __tablename__ = "category"
    __table_args__ = (
        Index("uq_category_book_id_account_no", "book_id", "account_no", unique=True),
        CheckConstraint("role IN ('expense', 'income', 'pocket')", name="role"),
        CheckConstraint("length(id) = 16", name="id"),
        _CLUSTERED,
    )

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[bytes] = mapped_column(Blob, primary_key=True)
    account_no: Mapped[int]
    role: Mapped[str] = mapped_column(String(7))
    hidden: Mapped[bool]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
