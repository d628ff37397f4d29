"""Funds and what they may pay for are guarded: the rules entries were judged by stay."""

from alembic import op

from ledger.migrations import guards

revision = "0002"
down_revision = "0001"
branch_labels = None


def upgrade() -> None:
    """Create the guards that a database of revision 0001 may not have."""
    guards.install(op.get_bind())


def downgrade() -> None:
    """Leave them: they guard tables that revision 0001 has."""
