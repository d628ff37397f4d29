"""Walls between tenants on PostgreSQL; on SQLite nothing changes."""

from alembic import op

from ledger.migrations import walls

revision = "0007"
down_revision = "0001"
branch_labels = None


def upgrade() -> None:
    """Put row-level security on every table there is; env.py does so for those to come."""
    walls.install(op.get_bind())


def downgrade() -> None:
    """Take it off."""
    walls.remove(op.get_bind())
