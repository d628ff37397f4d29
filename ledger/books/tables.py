"""Tables of tenants, books, accounts and funds.

`books` owns what is opened and configured; the counters on an account row are written by
`journal` alone, under the lock on the book's row. Every key begins with the book.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, Blob, UtcDateTime

FIRST_CUSTOM_ACCOUNT = 10_000
"""Numbers below belong to chart templates (books/charts.py); a book's own accounts start here."""


class Tenant(Base):
    """An operator of books: the platform, one cooperative, one fund."""

    __tablename__ = "tenant"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))


class Book(Base):
    """A self-balancing set of accounts: the unit of consistency, order and privacy."""

    __tablename__ = "book"
    __table_args__ = (
        CheckConstraint("kind IN ('household', 'cooperative', 'fund')", name="kind"),
        CheckConstraint("late_policy IN ('refuse', 'first_open_day')", name="late_policy"),
        CheckConstraint("head_seq >= 0 AND head_change_no >= 0", name="heads"),
        Index("ix_book_ref_tenant_id", "ref", "tenant_id"),
        {"postgresql_with": {"fillfactor": 80}, "sqlite_with_rowid": False},
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    ref: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(200))
    base_currency: Mapped[str] = mapped_column(String(3))
    time_zone: Mapped[str] = mapped_column(String(64))
    chart: Mapped[str] = mapped_column(String(64))
    late_policy: Mapped[str] = mapped_column(String(16))
    max_days_ahead: Mapped[int] = mapped_column(SmallInteger)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    head_seq: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    head_change_no: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    last_recorded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_through: Mapped[date | None] = mapped_column(Date)
    next_account_no: Mapped[int] = mapped_column(server_default=text(str(FIRST_CUSTOM_ACCOUNT)))


class Account(Base):
    """An account of a book, with its four running counters.

    Floor and ceiling bound the balance on the account's normal side; daily limits bound what
    may be debited or credited on one business date (the book's local date of recording), whose
    sums so far are `flow_debit` and `flow_credit`. `on_time_date` is the latest effective date
    of the postings that came in order of dates (decision 0003).
    """

    __tablename__ = "account"
    __table_args__ = (
        Index("uq_account_book_id_code", "book_id", "code", unique=True),
        CheckConstraint(
            "class IN ('asset', 'liability', 'equity', 'income', 'expense')", name="class"
        ),
        CheckConstraint("state IN ('open', 'frozen', 'closed')", name="state"),
        CheckConstraint(
            "posted_debit >= 0 AND posted_credit >= 0 AND pending_debit >= 0"
            " AND pending_credit >= 0",
            name="counters",
        ),
        CheckConstraint("floor <= ceiling", name="limits"),
        {"postgresql_with": {"fillfactor": 70}, "sqlite_with_rowid": False},
    )

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(
        String(120).with_variant(String(120, collation="C"), "postgresql")
    )
    name_id: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    class_: Mapped[str] = mapped_column("class", String(9))
    parent_no: Mapped[int | None]
    currency: Mapped[str] = mapped_column(String(3))
    fund: Mapped[str | None] = mapped_column(String(64))
    purpose: Mapped[str | None] = mapped_column(String(64))
    postable: Mapped[bool]
    floor: Mapped[int | None] = mapped_column(BigInteger)
    ceiling: Mapped[int | None] = mapped_column(BigInteger)
    daily_debit_limit: Mapped[int | None] = mapped_column(BigInteger)
    daily_credit_limit: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(6), server_default=text("'open'"))
    posted_debit: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    posted_credit: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    pending_debit: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    pending_credit: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    on_time_date: Mapped[date | None] = mapped_column(Date)
    flow_date: Mapped[date | None] = mapped_column(Date)
    flow_debit: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    flow_credit: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


class BookEvent(Base):
    """What was done to a book beside the journal: closes, states, limits, purposes allowed."""

    __tablename__ = "book_event"

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    what: Mapped[str] = mapped_column(String(32))
    account_no: Mapped[int | None]
    before: Mapped[str | None] = mapped_column(String(200))
    after: Mapped[str | None] = mapped_column(String(200))
    actor: Mapped[str] = mapped_column(String(64))
    approved_by: Mapped[str | None] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Fund(Base):
    """Restricted money of a book: a donor's agreement, zakat, a bank line."""

    __tablename__ = "fund"

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    name_id: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))


class FundPurpose(Base):
    """What a fund may pay for, and on which days (both ends included); history, as entries are."""

    __tablename__ = "fund_purpose"
    __table_args__ = (CheckConstraint("valid_from <= valid_through", name="window"),)

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    fund: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(64), primary_key=True)
    valid_from: Mapped[date] = mapped_column(Date, primary_key=True)
    valid_through: Mapped[date] = mapped_column(Date)


class TextKey(Base):
    """The secret of one subject's texts in one book, wrapped by the master key.

    Erasure empties `wrapped` and leaves the row, so that nobody gives the subject a new key.
    The subject `''` is the book itself. Kept apart from the entries, so that destroying a key
    rewrites nothing (design.md §4).
    """

    __tablename__ = "text_key"
    __table_args__ = (
        Index("ix_text_key_subject", "subject"),
        {"sqlite_with_rowid": False, "info": {"secret": True}},
    )

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    wrapped: Mapped[bytes | None] = mapped_column(Blob)


class Erasure(Base):
    """A line of the erasure list: whose texts were destroyed, and no word about her.

    `subject` is `person-<id>`, or `book-<id>` for a book's own texts. The journal gives no new key
    to a subject that stands here, in whichever book; after a restore of an older backup the list
    is applied again.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        Index("ix_erasure_tenant_id", "tenant_id"),
        CheckConstraint("(person_id IS NULL) <> (book_id IS NULL)", name="whose"),
        # The newest list travels with the newest keys, and is applied to whatever is restored.
        {"info": {"secret": True}},
    )

    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    tenant_id: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    book_id: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(64))
    actor: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
