"""Wages, remittances and debts of households: what they say beside their entries."""

import sqlalchemy as sa
from alembic import op

from ledger.db.types import ExactDecimal, UtcDateTime
from ledger.migrations import guards

revision = "0011"
down_revision = "0010"
branch_labels = None


def upgrade() -> None:
    """Create the tables, then their guards."""
    _create_contracts()
    _create_slips()
    _create_remittances()
    _create_debts()
    guards.install(op.get_bind())


def _key() -> tuple[sa.Column[int], sa.Column[bytes]]:
    return (
        sa.Column("book_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=False),
    )


def _is_id(table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint("length(id) = 16", name=op.f(f"ck_{table}_id"))


def _create_contracts() -> None:
    op.create_table(
        "work_contract",
        *_key(),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("jurisdiction", sa.String(length=2), nullable=True),
        sa.Column("occupation", sa.String(length=24), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("wage", sa.BigInteger(), nullable=True),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("deduction_months", sa.SmallInteger(), nullable=True),
        sa.Column("deduction", sa.BigInteger(), nullable=True),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        _is_id("work_contract"),
        sa.CheckConstraint("version > 0", name=op.f("ck_work_contract_version")),
        sa.CheckConstraint("wage > 0", name=op.f("ck_work_contract_wage")),
        sa.CheckConstraint("ends IS NULL OR ends >= starts", name=op.f("ck_work_contract_ends")),
        sa.CheckConstraint(
            "deduction IS NULL OR deduction > 0", name=op.f("ck_work_contract_deduction")
        ),
        sa.PrimaryKeyConstraint("book_id", "id", "version", name=op.f("pk_work_contract")),
        sqlite_with_rowid=False,
    )


def _create_slips() -> None:
    op.create_table(
        "wage_slip",
        *_key(),
        sa.Column("contract_id", sa.LargeBinary(), nullable=True),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_through", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("contract_wage", sa.BigInteger(), nullable=True),
        sa.Column("payslip_wage", sa.BigInteger(), nullable=True),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("deducted", sa.BigInteger(), nullable=False),
        sa.Column("owed", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        _is_id("wage_slip"),
        sa.CheckConstraint("gross = received + deducted + owed", name=op.f("ck_wage_slip_gross")),
        sa.CheckConstraint(
            "received >= 0 AND deducted >= 0 AND owed >= 0", name=op.f("ck_wage_slip_amounts")
        ),
        sa.CheckConstraint("base BETWEEN 0 AND gross", name=op.f("ck_wage_slip_base")),
        sa.PrimaryKeyConstraint("book_id", "id", name=op.f("pk_wage_slip")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_wage_slip_book_id_contract_id", "wage_slip", ["book_id", "contract_id"])
    op.create_table(
        "wage_deduction",
        *_key(),
        sa.Column("line", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        _is_id("wage_deduction"),
        sa.CheckConstraint("amount > 0", name=op.f("ck_wage_deduction_amount")),
        sa.PrimaryKeyConstraint("book_id", "id", "line", name=op.f("pk_wage_deduction")),
        sqlite_with_rowid=False,
    )


def _create_remittances() -> None:
    op.create_table(
        "remittance",
        *_key(),
        sa.Column("pocket", sa.String(length=120), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("arrives_currency", sa.String(length=3), nullable=True),
        sa.Column("arrives", sa.BigInteger(), nullable=True),
        sa.Column("mid_rate", ExactDecimal(), nullable=True),
        sa.Column("mid_source", sa.String(length=64), nullable=True),
        sa.Column("mid_date", sa.Date(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        _is_id("remittance"),
        sa.CheckConstraint(
            "sent > 0 AND fee >= 0 AND arrives > 0", name=op.f("ck_remittance_amounts")
        ),
        sa.PrimaryKeyConstraint("book_id", "id", name=op.f("pk_remittance")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "remittance_end",
        *_key(),
        sa.Column("remittance_id", sa.LargeBinary(), nullable=False),
        sa.Column("version_id", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "length(id) = 16 AND length(remittance_id) = 16 AND length(version_id) = 16",
            name=op.f("ck_remittance_end_ids"),
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_remittance_end_amount")),
        sa.CheckConstraint("kind IN ('received', 'returned')", name=op.f("ck_remittance_end_kind")),
        sa.PrimaryKeyConstraint("book_id", "id", name=op.f("pk_remittance_end")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_remittance_end_book_id_remittance_id", "remittance_end", ["book_id", "remittance_id"]
    )


def _create_debts() -> None:
    op.create_table(
        "debt",
        *_key(),
        sa.Column("lender", sa.String(length=16), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("face", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("name_lent", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        _is_id("debt"),
        sa.CheckConstraint(
            "face > 0 AND received BETWEEN 0 AND face", name=op.f("ck_debt_amounts")
        ),
        sa.PrimaryKeyConstraint("book_id", "id", name=op.f("pk_debt")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "debt_due",
        *_key(),
        sa.Column("line", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        _is_id("debt_due"),
        sa.CheckConstraint("amount > 0", name=op.f("ck_debt_due_amount")),
        sa.PrimaryKeyConstraint("book_id", "id", "line", name=op.f("pk_debt_due")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "debt_repayment",
        *_key(),
        sa.Column("debt_id", sa.LargeBinary(), nullable=False),
        sa.Column("lender", sa.String(length=16), nullable=False),
        sa.Column("principal", sa.BigInteger(), nullable=False),
        sa.Column("interest", sa.BigInteger(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("penalty", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "length(id) = 16 AND length(debt_id) = 16", name=op.f("ck_debt_repayment_ids")
        ),
        sa.CheckConstraint(
            "principal >= 0 AND interest >= 0 AND fee >= 0 AND penalty >= 0",
            name=op.f("ck_debt_repayment_amounts"),
        ),
        sa.PrimaryKeyConstraint("book_id", "id", name=op.f("pk_debt_repayment")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_debt_repayment_book_id_debt_id", "debt_repayment", ["book_id", "debt_id"])


TABLES = (
    "debt_repayment",
    "debt_due",
    "debt",
    "remittance_end",
    "remittance",
    "wage_deduction",
    "wage_slip",
    "work_contract",
)


def downgrade() -> None:
    """Drop them."""
    for table in TABLES:
        op.drop_table(table)
