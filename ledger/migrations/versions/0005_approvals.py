"""Proposals, their revisions, approvals and history, and the rules of approval."""

import sqlalchemy as sa
from alembic import op

from ledger.db.types import UtcDateTime
from ledger.migrations import guards

revision = "0005"
down_revision = "0004"
branch_labels = None


def upgrade() -> None:
    """Create the tables, then their guards."""
    _create_proposal()
    _create_history()
    op.create_table(
        "approval_rule",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("from_amount", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("roles", sa.String(length=200), nullable=False),
        sa.Column("set_by", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("needed >= 1", name=op.f("ck_approval_rule_needed")),
        sa.CheckConstraint("from_amount >= 0", name=op.f("ck_approval_rule_from_amount")),
        sa.PrimaryKeyConstraint(
            "tenant_id",
            "kind",
            "currency",
            "from_amount",
            "valid_from",
            name=op.f("pk_approval_rule"),
        ),
    )
    guards.install(op.get_bind())


def _create_proposal() -> None:
    op.create_table(
        "proposal",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("maker_id", sa.BigInteger(), nullable=False),
        sa.Column("maker", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("hold_book_id", sa.BigInteger(), nullable=True),
        sa.Column("hold_id", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'executed', 'refused', 'withdrawn', 'expired')",
            name=op.f("ck_proposal_state"),
        ),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_proposal_revision")),
        sa.CheckConstraint(
            "hold_id IS NULL OR state IN ('proposed', 'approved')",
            name=op.f("ck_proposal_holds_while_waiting"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_proposal")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_proposal_tenant_id_state_expires_at", "proposal", ["tenant_id", "state", "expires_at"]
    )


def _create_history() -> None:
    op.create_table(
        "proposal_revision",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("proposal_id", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("editor_id", sa.BigInteger(), nullable=False),
        sa.Column("editor", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant_id", "proposal_id", "revision", name=op.f("pk_proposal_revision")
        ),
    )
    op.create_table(
        "proposal_approval",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("proposal_id", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("approver", sa.String(length=64), nullable=False),
        sa.Column("roles", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant_id", "proposal_id", "revision", "person_id", name=op.f("pk_proposal_approval")
        ),
    )
    op.create_table(
        "proposal_event",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("proposal_id", sa.LargeBinary(), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("what", sa.String(length=9), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "proposal_id", "no", name=op.f("pk_proposal_event")),
    )


def downgrade() -> None:
    """Drop them."""
    for table in (
        "approval_rule",
        "proposal_event",
        "proposal_approval",
        "proposal_revision",
        "proposal",
    ):
        op.drop_table(table)
