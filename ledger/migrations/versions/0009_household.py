"""Households: settings, categories, the feed."""

import sqlalchemy as sa
from alembic import op

from ledger.db.types import UtcDateTime
from ledger.migrations import guards

revision = "0009"
down_revision = "0008"
branch_labels = None


def upgrade() -> None:
    """Create the tables, then their guards."""
    _create_household()
    _create_feed()
    _create_sorting()
    _create_annotation()
    _create_category_rule()
    _create_recurring()
    _create_budget()
    guards.install(op.get_bind())


def _book() -> sa.Column[int]:
    return sa.Column("book_id", sa.BigInteger(), autoincrement=False, nullable=False)


def _create_household() -> None:
    op.create_table(
        "household",
        _book(),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("home_currency", sa.String(length=3), nullable=False),
        sa.Column("pay_day", sa.SmallInteger(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('own', 'family')", name=op.f("ck_household_kind")),
        sa.CheckConstraint("pay_day BETWEEN 1 AND 31", name=op.f("ck_household_pay_day")),
        sa.PrimaryKeyConstraint("book_id", name=op.f("pk_household")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "category",
        _book(),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("account_no", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=7), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "role IN ('expense', 'income', 'pocket')", name=op.f("ck_category_role")
        ),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_category_id")),
        sa.PrimaryKeyConstraint("book_id", "id", name=op.f("pk_category")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "uq_category_book_id_account_no", "category", ["book_id", "account_no"], unique=True
    )


def _create_feed() -> None:
    op.create_table(
        "feed_item",
        _book(),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("change_no", sa.BigInteger(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("change_no > 0", name=op.f("ck_feed_item_change_no")),
        sa.CheckConstraint("length(key) = 16", name=op.f("ck_feed_item_key")),
        sa.PrimaryKeyConstraint("book_id", "kind", "key", name=op.f("pk_feed_item")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_feed_item_book_id_change_no", "feed_item", ["book_id", "change_no"])


def _create_sorting() -> None:
    op.create_table(
        "sorting",
        _book(),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("record_id", sa.LargeBinary(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("asked", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "length(id) = 16 AND length(record_id) = 16", name=op.f("ck_sorting_ids")
        ),
        sa.CheckConstraint("length(asked) = 32", name=op.f("ck_sorting_asked")),
        sa.PrimaryKeyConstraint("book_id", "id", name=op.f("pk_sorting")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_sorting_book_id_record_id", "sorting", ["book_id", "record_id"])


def _create_annotation() -> None:
    op.create_table(
        "annotation",
        _book(),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("thing", sa.LargeBinary(), nullable=False),
        sa.Column("record_id", sa.LargeBinary(), nullable=False),
        sa.Column("field", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("asked", sa.LargeBinary(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "length(id) = 16 AND length(thing) = 16", name=op.f("ck_annotation_ids")
        ),
        sa.CheckConstraint("version > 0 AND base >= 0", name=op.f("ck_annotation_versions")),
        sa.PrimaryKeyConstraint("book_id", "id", name=op.f("pk_annotation")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_annotation_book_id_thing_version", "annotation", ["book_id", "thing", "version"]
    )


def _code() -> sa.types.TypeEngine[str]:
    return sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql")


def _create_category_rule() -> None:
    op.create_table(
        "category_rule",
        _book(),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("look_at", sa.String(length=12), nullable=False),
        sa.Column("category", _code(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_category_rule_id")),
        sa.CheckConstraint(
            "look_at IN ('counterparty', 'text')", name=op.f("ck_category_rule_look_at")
        ),
        sa.PrimaryKeyConstraint("book_id", "id", name=op.f("pk_category_rule")),
        sqlite_with_rowid=False,
    )


def _create_recurring() -> None:
    op.create_table(
        "recurring",
        _book(),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("category", _code(), nullable=True),
        sa.Column("pocket", _code(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("every", sa.String(length=5), nullable=False),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.Column("first_due", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("next_no", sa.Integer(), nullable=False),
        sa.Column("next_due", sa.Date(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("counterparty", sa.LargeBinary(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_recurring_id")),
        sa.CheckConstraint("kind IN ('expense', 'income')", name=op.f("ck_recurring_kind")),
        sa.CheckConstraint("every IN ('week', 'month')", name=op.f("ck_recurring_every")),
        sa.CheckConstraint(
            "minor > 0 AND step > 0 AND next_no >= 0", name=op.f("ck_recurring_numbers")
        ),
        sa.PrimaryKeyConstraint("book_id", "id", name=op.f("pk_recurring")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_recurring_next_due",
        "recurring",
        ["next_due"],
        postgresql_where=sa.text("next_due IS NOT NULL"),
        sqlite_where=sa.text("next_due IS NOT NULL"),
    )


def _create_budget() -> None:
    op.create_table(
        "budget",
        _book(),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("category", _code(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("rolls_over", sa.Boolean(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_budget_id")),
        sa.CheckConstraint("minor > 0", name=op.f("ck_budget_minor")),
        sa.PrimaryKeyConstraint("book_id", "id", name=op.f("pk_budget")),
        sqlite_with_rowid=False,
    )


TABLES = (
    "budget",
    "recurring",
    "category_rule",
    "annotation",
    "sorting",
    "feed_item",
    "category",
    "household",
)


def downgrade() -> None:
    """Drop them."""
    for table in TABLES:
        op.drop_table(table)
