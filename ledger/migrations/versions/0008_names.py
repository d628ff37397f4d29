"""Books and persons are looked up by their references, texts by whom they are about."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None


def upgrade() -> None:
    """Index the references: first what is asked for, then whose it is, which may be unsaid."""
    op.create_index("ix_book_ref_tenant_id", "book", ["ref", "tenant_id"])
    named = sa.text("subject <> ''")
    op.create_index(
        "ix_entry_text_subject",
        "entry_text",
        ["subject", "book_id", "seq", "field"],
        postgresql_where=named,
        sqlite_where=named,
    )
    op.create_index("ix_person_ref_tenant_id", "person", ["ref", "tenant_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_entry_text_subject", "entry_text")
    op.drop_index("ix_person_ref_tenant_id", "person")
    op.drop_index("ix_book_ref_tenant_id", "book")
