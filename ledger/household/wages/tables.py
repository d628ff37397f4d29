"""Tables of wages: versions of contracts, and what slips say beside their lines."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, Blob, UtcDateTime

_CLUSTERED = {"sqlite_with_rowid": False}


class WorkContract(Base):
    """A version of a contract; the highest one counts, and `gone` takes the contract back.

    `sealed` holds the names of employer and agency, under the key of `subject` in the book.
    """

    __tablename__ = "work_contract"
    __table_args__ = (
        CheckConstraint("length(id) = 16", name="id"),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("wage > 0", name="wage"),
        CheckConstraint("ends IS NULL OR ends >= starts", name="ends"),
        CheckConstraint("deduction IS NULL OR deduction > 0", name="deduction"),
        _CLUSTERED,
    )

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[bytes] = mapped_column(Blob, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    gone: Mapped[bool]
    jurisdiction: Mapped[str | None] = mapped_column(String(2))
    occupation: Mapped[str | None] = mapped_column(String(24))
    currency: Mapped[str | None] = mapped_column(String(3))
    wage: Mapped[int | None] = mapped_column(BigInteger)
    starts: Mapped[date | None] = mapped_column(Date)
    ends: Mapped[date | None] = mapped_column(Date)
    deduction_months: Mapped[int | None] = mapped_column(SmallInteger)
    deduction: Mapped[int | None] = mapped_column(BigInteger)
    subject: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes | None] = mapped_column(Blob)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WageSlip(Base):
    """What a version of a slip says, under the id of its entry; whether it stands, that tells.

    Amounts are minor units of `currency`. Gross = received + deducted + owed.
    """

    __tablename__ = "wage_slip"
    __table_args__ = (
        Index("ix_wage_slip_book_id_contract_id", "book_id", "contract_id"),
        CheckConstraint("length(id) = 16", name="id"),
        CheckConstraint("gross = received + deducted + owed", name="gross"),
        CheckConstraint("received >= 0 AND deducted >= 0 AND owed >= 0", name="amounts"),
        CheckConstraint("base BETWEEN 0 AND gross", name="base"),
        _CLUSTERED,
    )

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[bytes] = mapped_column(Blob, primary_key=True)
    contract_id: Mapped[bytes | None] = mapped_column(Blob)
    period_from: Mapped[date] = mapped_column(Date)
    period_through: Mapped[date] = mapped_column(Date)
    currency: Mapped[str] = mapped_column(String(3))
    contract_wage: Mapped[int | None] = mapped_column(BigInteger)
    payslip_wage: Mapped[int | None] = mapped_column(BigInteger)
    gross: Mapped[int] = mapped_column(BigInteger)
    base: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger)
    deducted: Mapped[int] = mapped_column(BigInteger)
    owed: Mapped[int] = mapped_column(BigInteger)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WageDeduction(Base):
    """A line that was kept from a wage, by its type."""

    __tablename__ = "wage_deduction"
    __table_args__ = (
        CheckConstraint("length(id) = 16", name="id"),
        CheckConstraint("amount > 0", name="amount"),
        _CLUSTERED,
    )

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[bytes] = mapped_column(Blob, primary_key=True)
    line: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))
    amount: Mapped[int] = mapped_column(BigInteger)
