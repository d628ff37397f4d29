"""Walls between tenants on PostgreSQL; on both, when the operator last did which chore."""

import sqlalchemy as sa
from alembic import op

from ledger.db.types import UtcDateTime
from ledger.migrations import guards, walls

revision = "0007"
down_revision = "0006"
branch_labels = None


def upgrade() -> None:
    """Put row-level security on every table there is; env.py does so for those to come."""
    op.create_table(
        "upkeep",
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=False),
        sa.Column("good", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_upkeep")),
    )
    guards.install(op.get_bind())  # those of `tenant`
    walls.install(op.get_bind())


def downgrade() -> None:
    """Take it off."""
    walls.remove(op.get_bind())
    op.drop_table("upkeep")
