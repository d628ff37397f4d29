"""The core: tenants, books, accounts, funds, the journal and what is derived from it."""

import sqlalchemy as sa
from alembic import op

from ledger.db.types import ExactDecimal, UtcDateTime
from ledger.migrations import guards

revision = "0001"
down_revision = None
branch_labels = None


def upgrade() -> None:
    """Create the tables, then the guards."""
    _account()
    _account_day()
    _balance_assertion()
    _book()
    _book_event()
    _entry()
    _entry_exchange()
    _entry_text()
    _fund()
    _fund_purpose()
    _hold()
    _late_total()
    _posting()
    _refusal()
    _tenant()
    _text_key()
    guards.install(op.get_bind())


def _account() -> None:
    """Accounts, with their counters and limits."""
    op.create_table(
        "account",
        sa.Column("book_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "code",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name_id", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("class", sa.String(length=9), nullable=False),
        sa.Column("parent_no", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("fund", sa.String(length=64), nullable=True),
        sa.Column("purpose", sa.String(length=64), nullable=True),
        sa.Column("postable", sa.Boolean(), nullable=False),
        sa.Column("floor", sa.BigInteger(), nullable=True),
        sa.Column("ceiling", sa.BigInteger(), nullable=True),
        sa.Column("daily_debit_limit", sa.BigInteger(), nullable=True),
        sa.Column("daily_credit_limit", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=6), server_default=sa.text("'open'"), nullable=False),
        sa.Column("posted_debit", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("posted_credit", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("pending_debit", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("pending_credit", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("on_time_date", sa.Date(), nullable=True),
        sa.Column("flow_date", sa.Date(), nullable=True),
        sa.Column("flow_debit", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("flow_credit", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "class IN ('asset', 'liability', 'equity', 'income', 'expense')",
            name=op.f("ck_account_class"),
        ),
        sa.CheckConstraint("state IN ('open', 'frozen', 'closed')", name=op.f("ck_account_state")),
        sa.CheckConstraint("floor <= ceiling", name=op.f("ck_account_limits")),
        sa.CheckConstraint(
            "posted_debit >= 0 AND posted_credit >= 0 AND pending_debit >= 0"
            " AND pending_credit >= 0",
            name=op.f("ck_account_counters"),
        ),
        sa.PrimaryKeyConstraint("book_id", "no", name=op.f("pk_account")),
        postgresql_with={"fillfactor": 70},
        sqlite_with_rowid=False,
    )
    op.create_index("uq_account_book_id_code", "account", ["book_id", "code"], unique=True)


def _account_day() -> None:
    """The table `account_day`."""
    op.create_table(
        "account_day",
        sa.Column("book_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("effective_date", sa.Date(), nullable=False),
        sa.Column("debit", sa.BigInteger(), nullable=False),
        sa.Column("credit", sa.BigInteger(), nullable=False),
        sa.Column("on_time_seq", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("debit >= 0 AND credit >= 0", name=op.f("ck_account_day_sums")),
        sa.PrimaryKeyConstraint(
            "book_id", "account_no", "effective_date", name=op.f("pk_account_day")
        ),
        postgresql_with={"fillfactor": 80},
        sqlite_with_rowid=False,
    )


def _balance_assertion() -> None:
    """The table `balance_assertion`."""
    op.create_table(
        "balance_assertion",
        sa.Column("book_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_no", sa.Integer(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("book_id", "seq", name=op.f("pk_balance_assertion")),
        sqlite_with_rowid=False,
    )


def _book() -> None:
    """The table `book`."""
    op.create_table(
        "book",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("base_currency", sa.String(length=3), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("chart", sa.String(length=64), nullable=False),
        sa.Column("late_policy", sa.String(length=16), nullable=False),
        sa.Column("max_days_ahead", sa.SmallInteger(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("head_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("head_change_no", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_recorded_at", UtcDateTime(), nullable=True),
        sa.Column("closed_through", sa.Date(), nullable=True),
        sa.Column("next_account_no", sa.Integer(), server_default=sa.text("10000"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('household', 'cooperative', 'fund')", name=op.f("ck_book_kind")
        ),
        sa.CheckConstraint(
            "late_policy IN ('refuse', 'first_open_day')", name=op.f("ck_book_late_policy")
        ),
        sa.CheckConstraint("head_seq >= 0 AND head_change_no >= 0", name=op.f("ck_book_heads")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book")),
        postgresql_with={"fillfactor": 80},
        sqlite_with_rowid=False,
    )


def _book_event() -> None:
    """The table `book_event`."""
    op.create_table(
        "book_event",
        sa.Column("book_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("account_no", sa.Integer(), nullable=True),
        sa.Column("before", sa.String(length=200), nullable=True),
        sa.Column("after", sa.String(length=200), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("approved_by", sa.String(length=64), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("book_id", "no", name=op.f("pk_book_event")),
    )


def _entry() -> None:
    """Headers of entries."""
    op.create_table(
        "entry",
        sa.Column("book_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("verb", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("effective_date", sa.Date(), nullable=False),
        sa.Column("value_date", sa.Date(), nullable=True),
        sa.Column("requested_date", sa.Date(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("device_time", UtcDateTime(), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("bundle", sa.LargeBinary(), nullable=True),
        sa.Column("target_seq", sa.BigInteger(), nullable=True),
        sa.Column("amends_seq", sa.BigInteger(), nullable=True),
        sa.Column("flags", sa.SmallInteger(), nullable=False),
        sa.Column("leg_count", sa.SmallInteger(), nullable=False),
        sa.Column("change_no", sa.BigInteger(), nullable=False),
        sa.Column("intent_hash", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_entry_id")),
        sa.CheckConstraint(
            "length(intent_hash) = 32 AND length(leaf_hash) = 32", name=op.f("ck_entry_hashes")
        ),
        sa.CheckConstraint("seq > 0 AND leg_count >= 0", name=op.f("ck_entry_numbers")),
        sa.CheckConstraint("target_seq < seq AND amends_seq < seq", name=op.f("ck_entry_links")),
        sa.PrimaryKeyConstraint("book_id", "seq", name=op.f("pk_entry")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_entry_book_id_target_seq",
        "entry",
        ["book_id", "target_seq"],
        unique=False,
        postgresql_where=sa.text("target_seq IS NOT NULL"),
        sqlite_where=sa.text("target_seq IS NOT NULL"),
    )
    op.create_index("uq_entry_book_id_id", "entry", ["book_id", "id"], unique=True)


def _entry_exchange() -> None:
    """The table `entry_exchange`."""
    op.create_table(
        "entry_exchange",
        sa.Column("book_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sold_currency", sa.String(length=3), nullable=False),
        sa.Column("sold", sa.BigInteger(), nullable=False),
        sa.Column("bought_currency", sa.String(length=3), nullable=False),
        sa.Column("bought", sa.BigInteger(), nullable=False),
        sa.Column("mid_rate", ExactDecimal(), nullable=True),
        sa.Column("mid_source", sa.String(length=64), nullable=True),
        sa.Column("mid_date", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("book_id", "seq", name=op.f("pk_entry_exchange")),
        sqlite_with_rowid=False,
    )


def _entry_text() -> None:
    """The table `entry_text`."""
    op.create_table(
        "entry_text",
        sa.Column("book_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("field", sa.String(length=48), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("book_id", "seq", "field", name=op.f("pk_entry_text")),
        sqlite_with_rowid=False,
    )


def _fund() -> None:
    """The table `fund`."""
    op.create_table(
        "fund",
        sa.Column("book_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name_id", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("book_id", "code", name=op.f("pk_fund")),
    )


def _fund_purpose() -> None:
    """The table `fund_purpose`."""
    op.create_table(
        "fund_purpose",
        sa.Column("book_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("fund", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_through", sa.Date(), nullable=False),
        sa.CheckConstraint("valid_from <= valid_through", name=op.f("ck_fund_purpose_window")),
        sa.PrimaryKeyConstraint(
            "book_id", "fund", "purpose", "valid_from", name=op.f("pk_fund_purpose")
        ),
    )


def _hold() -> None:
    """The table `hold`."""
    op.create_table(
        "hold",
        sa.Column("book_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("account_no", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=1), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("remaining >= 0", name=op.f("ck_hold_remaining")),
        sa.PrimaryKeyConstraint("book_id", "seq", "line", name=op.f("pk_hold")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_hold_open",
        "hold",
        ["book_id", "account_no"],
        unique=False,
        postgresql_where=sa.text("remaining > 0"),
        sqlite_where=sa.text("remaining > 0"),
    )


def _late_total() -> None:
    """The table `late_total`."""
    op.create_table(
        "late_total",
        sa.Column("book_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("shift", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("block", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("net_total", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "book_id", "account_no", "shift", "block", "seq", "line", name=op.f("pk_late_total")
        ),
        sqlite_with_rowid=False,
    )


def _posting() -> None:
    """Lines of entries."""
    op.create_table(
        "posting",
        sa.Column("book_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("side", sa.String(length=1), nullable=False),
        sa.Column("layer", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("balance_after", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("side IN ('D', 'C')", name=op.f("ck_posting_side")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_posting_amount")),
        sa.CheckConstraint("layer IN (0, 1, 2)", name=op.f("ck_posting_layer")),
        sa.PrimaryKeyConstraint(
            "book_id", "account_no", "seq", "line", "layer", name=op.f("pk_posting")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_posting_book_id_seq", "posting", ["book_id", "seq"], unique=False)


def _refusal() -> None:
    """The table `refusal`."""
    op.create_table(
        "refusal",
        sa.Column("book_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("code", sa.String(length=48), nullable=False),
        sa.Column("facts", sa.String(length=1000), nullable=False),
        sa.Column("intent", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("book_id", "id", name=op.f("pk_refusal")),
        sqlite_with_rowid=False,
    )


def _tenant() -> None:
    """The table `tenant`."""
    op.create_table(
        "tenant",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant")),
        sa.UniqueConstraint("code", name=op.f("uq_tenant_code")),
    )


def _text_key() -> None:
    """The table `text_key`."""
    op.create_table(
        "text_key",
        sa.Column("book_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("book_id", "subject", name=op.f("pk_text_key")),
        sqlite_with_rowid=False,
    )


TABLES = (
    "text_key",
    "tenant",
    "refusal",
    "posting",
    "late_total",
    "hold",
    "fund_purpose",
    "fund",
    "entry_text",
    "entry_exchange",
    "entry",
    "book_event",
    "book",
    "balance_assertion",
    "account_day",
    "account",
)


def downgrade() -> None:
    """Drop the guards, then the tables with their indexes."""
    guards.remove(op.get_bind())
    for table in TABLES:
        op.drop_table(table)
