"""Tables of the journal: what was posted, and what is derived from it.

`entry`, `posting`, `entry_text`, `entry_exchange`, `balance_assertion` and `refusal` are only
ever inserted; the database refuses anything else (migrations/guards.py). `account_day`,
`late_total` and `hold` are derived and can be rebuilt from postings, as `juang verify` does.
"""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, Blob, ExactDecimal, UtcDateTime

_CLUSTERED = {"sqlite_with_rowid": False}


class Entry(Base):
    """The header of an accepted entry; its legs are `posting` rows.

    `target_seq` is what this entry reverses, captures, releases or expires; `amends_seq` what it
    replaces. `requested_date` is kept only where a late entry was moved to the first open day.
    """

    __tablename__ = "entry"
    __table_args__ = (
        Index("uq_entry_book_id_id", "book_id", "id", unique=True),
        Index(
            "ix_entry_book_id_target_seq",
            "book_id",
            "target_seq",
            postgresql_where=text("target_seq IS NOT NULL"),
            sqlite_where=text("target_seq IS NOT NULL"),
        ),
        CheckConstraint("seq > 0 AND leg_count >= 0", name="numbers"),
        CheckConstraint("target_seq < seq AND amends_seq < seq", name="links"),
        CheckConstraint("length(id) = 16", name="id"),
        CheckConstraint("length(intent_hash) = 32 AND length(leaf_hash) = 32", name="hashes"),
        {"info": {"after": ("posting",)}, **_CLUSTERED},
    )

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[bytes] = mapped_column(Blob)
    verb: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(32))
    effective_date: Mapped[date] = mapped_column(Date)
    value_date: Mapped[date | None] = mapped_column(Date)
    requested_date: Mapped[date | None] = mapped_column(Date)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    device_time: Mapped[datetime | None] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(64))
    bundle: Mapped[bytes | None] = mapped_column(Blob)
    target_seq: Mapped[int | None] = mapped_column(BigInteger)
    amends_seq: Mapped[int | None] = mapped_column(BigInteger)
    flags: Mapped[int] = mapped_column(SmallInteger)
    leg_count: Mapped[int] = mapped_column(SmallInteger)
    change_no: Mapped[int] = mapped_column(BigInteger)
    intent_hash: Mapped[bytes] = mapped_column(Blob)
    leaf_hash: Mapped[bytes] = mapped_column(Blob)


class Posting(Base):
    """One leg. `layer` says which counters it moves: posted, pending, or a release of pending.

    `balance_after` is the account's posted debits less credits after this leg, in order of `seq`:
    one look-up gives the balance as known at any `seq` (decision 0003).
    """

    __tablename__ = "posting"
    __table_args__ = (
        Index("ix_posting_book_id_seq", "book_id", "seq"),
        CheckConstraint("side IN ('D', 'C')", name="side"),
        CheckConstraint("layer IN (0, 1, 2)", name="layer"),
        CheckConstraint("amount > 0", name="amount"),
        {"info": {"after": ("account",)}, **_CLUSTERED},
    )

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    account_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    line: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    side: Mapped[str] = mapped_column(String(1))
    layer: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    amount: Mapped[int] = mapped_column(BigInteger)
    balance_after: Mapped[int] = mapped_column(BigInteger)


class AccountDay(Base):
    """Posted debits and credits of an account on one effective day.

    `on_time_seq` is the last posting of that day which came in order of dates (decision 0003).
    """

    __tablename__ = "account_day"
    __table_args__ = (
        CheckConstraint("debit >= 0 AND credit >= 0", name="sums"),
        {"postgresql_with": {"fillfactor": 80}, **_CLUSTERED},
    )

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    account_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    effective_date: Mapped[date] = mapped_column(Date, primary_key=True)
    debit: Mapped[int] = mapped_column(BigInteger)
    credit: Mapped[int] = mapped_column(BigInteger)
    on_time_seq: Mapped[int | None] = mapped_column(BigInteger)


class LateTotal(Base):
    """Running total of postings that came out of date order, per block of days (decision 0003).

    A block holds 2**shift days and starts at ordinal `block * 2**shift`. Append-only: a query at
    an earlier `seq` reads an earlier row.
    """

    __tablename__ = "late_total"
    __table_args__ = (_CLUSTERED,)

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    account_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    shift: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    block: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    line: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    net_total: Mapped[int] = mapped_column(BigInteger)


class Hold(Base):
    """What is left of one leg of a reservation."""

    __tablename__ = "hold"
    __table_args__ = (
        Index(
            "ix_hold_open",
            "book_id",
            "account_no",
            postgresql_where=text("remaining > 0"),
            sqlite_where=text("remaining > 0"),
        ),
        CheckConstraint("remaining >= 0", name="remaining"),
        _CLUSTERED,
    )

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    line: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    account_no: Mapped[int]
    side: Mapped[str] = mapped_column(String(1))
    remaining: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EntryText(Base):
    """One text of an entry, encrypted: its narration, a reason, or one key of its metadata.

    Texts about persons are found by their subject, in whichever book; a book's own need no index.
    """

    __tablename__ = "entry_text"
    __table_args__ = (
        Index(
            "ix_entry_text_subject",
            "subject",
            "book_id",
            "seq",
            "field",
            postgresql_where=text("subject <> ''"),
            sqlite_where=text("subject <> ''"),
        ),
        _CLUSTERED,
    )

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    field: Mapped[str] = mapped_column(String(48), primary_key=True)
    subject: Mapped[str] = mapped_column(String(64))
    commitment: Mapped[bytes] = mapped_column(Blob)
    ciphertext: Mapped[bytes] = mapped_column(Blob)


class EntryExchange(Base):
    """What an entry sold and bought across two currencies, and the mid rate then."""

    __tablename__ = "entry_exchange"
    __table_args__ = (_CLUSTERED,)

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sold_currency: Mapped[str] = mapped_column(String(3))
    sold: Mapped[int] = mapped_column(BigInteger)
    bought_currency: Mapped[str] = mapped_column(String(3))
    bought: Mapped[int] = mapped_column(BigInteger)
    mid_rate: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    mid_source: Mapped[str | None] = mapped_column(String(64))
    mid_date: Mapped[date | None] = mapped_column(Date)


class BalanceAssertion(Base):
    """A balance somebody counted or a bank stated, found true when it was recorded."""

    __tablename__ = "balance_assertion"
    __table_args__ = (_CLUSTERED,)

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    account_no: Mapped[int]
    balance: Mapped[int] = mapped_column(BigInteger)


class Refusal(Base):
    """A request refused by the state of the books: final for its id, replayed to every repeat."""

    __tablename__ = "refusal"
    __table_args__ = (_CLUSTERED,)

    book_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[bytes] = mapped_column(Blob, primary_key=True)
    code: Mapped[str] = mapped_column(String(48))
    facts: Mapped[str] = mapped_column(String(1000))
    intent: Mapped[bytes] = mapped_column(Blob)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
