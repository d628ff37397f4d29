"""Tables of debts: what each version says, its schedule, and what was repaid."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, Blob, UtcDateTime

_CLUSTERED = {"sqlite_with_rowid": False}


class Debt(Base):
    """What a version of a debt says, under the id of its entry; amounts in minor units.

    Whether it stands, the journal tells. Names stand sealed in its entry.
    """

    __tablename__ = "debt"
    __table_args__ = (
        CheckConstraint("length(id) = 16", name="id"),
        CheckConstraint("face > 0 AND received BETWEEN 0 AND face", name="amounts"),
        _CLUSTERED,
    )

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[bytes] = mapped_column(Blob, primary_key=True)
    lender: Mapped[str] = mapped_column(String(16))
    currency: Mapped[str] = mapped_column(String(3))
    face: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger)
    name_lent: Mapped[bool]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DebtDue(Base):
    """An instalment agreed on."""

    __tablename__ = "debt_due"
    __table_args__ = (
        CheckConstraint("length(id) = 16", name="id"),
        CheckConstraint("amount > 0", name="amount"),
        _CLUSTERED,
    )

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[bytes] = mapped_column(Blob, primary_key=True)
    line: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    due_date: Mapped[date] = mapped_column(Date)
    amount: Mapped[int] = mapped_column(BigInteger)


class DebtRepayment(Base):
    """A repayment, under the id of its entry; `debt_id` is the first entry of its debt.

    `lender` is that of the debt when it was repaid: it says which account it went off.
    """

    __tablename__ = "debt_repayment"
    __table_args__ = (
        Index("ix_debt_repayment_book_id_debt_id", "book_id", "debt_id"),
        CheckConstraint("length(id) = 16 AND length(debt_id) = 16", name="ids"),
        CheckConstraint(
            "principal >= 0 AND interest >= 0 AND fee >= 0 AND penalty >= 0", name="amounts"
        ),
        _CLUSTERED,
    )

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[bytes] = mapped_column(Blob, primary_key=True)
    debt_id: Mapped[bytes] = mapped_column(Blob)
    lender: Mapped[str] = mapped_column(String(16))
    principal: Mapped[int] = mapped_column(BigInteger)
    interest: Mapped[int] = mapped_column(BigInteger)
    fee: Mapped[int] = mapped_column(BigInteger)
    penalty: Mapped[int] = mapped_column(BigInteger)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
