"""Persons, what was done to their records, and how they are related."""

import sqlalchemy as sa
from alembic import op

from ledger.db.types import UtcDateTime
from ledger.migrations import guards

revision = "0002"
down_revision = "0001"
branch_labels = None


def upgrade() -> None:
    """Create the tables, then their guards."""
    op.create_table(
        "person",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=6), nullable=False),
        sa.Column("merged_into", sa.BigInteger(), nullable=True),
        sa.Column("registered_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'merged', 'erased')", name=op.f("ck_person_state")),
        sa.CheckConstraint(
            "(state = 'merged') = (merged_into IS NOT NULL)", name=op.f("ck_person_merged")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_person")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_person_tenant_id_merged_into", "person", ["tenant_id", "merged_into"])
    op.create_table(
        "person_event",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("before", sa.String(length=200), nullable=True),
        sa.Column("after", sa.String(length=200), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "person_id", "no", name=op.f("pk_person_event")),
    )
    op.create_table(
        "relation",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("low_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("high_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=9), nullable=False),
        sa.Column("declared_by", sa.String(length=64), nullable=False),
        sa.Column("declared_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("low_id < high_id", name=op.f("ck_relation_order")),
        sa.CheckConstraint(
            "kind IN ('family', 'household', 'business')", name=op.f("ck_relation_kind")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "low_id", "high_id", "kind", name=op.f("pk_relation")),
    )
    op.create_index("ix_relation_tenant_id_high_id", "relation", ["tenant_id", "high_id"])
    guards.install(op.get_bind())


def downgrade() -> None:
    """Drop them."""
    for table in ("relation", "person_event", "person"):
        op.drop_table(table)
