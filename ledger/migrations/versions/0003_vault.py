"""The vault of personal data, devices, the household's link, retention holds, the erasure list."""

import sqlalchemy as sa
from alembic import op

from ledger.db.types import UtcDateTime
from ledger.migrations import guards

revision = "0003"
down_revision = "0002"
branch_labels = None


def upgrade() -> None:
    """Create the tables, then their guards."""
    op.create_index("ix_text_key_subject", "text_key", ["subject"])
    _create_vault()
    _create_devices_and_links()
    _create_erasures()
    guards.install(op.get_bind())


def _key(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)


def _create_vault() -> None:
    op.create_table(
        "person_key",
        _key("tenant_id"),
        _key("person_id"),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "person_id", name=op.f("pk_person_key")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "vault_field",
        _key("tenant_id"),
        _key("person_id"),
        sa.Column("field", sa.String(length=12), nullable=False),
        sa.Column("no", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "field IN ('nik', 'name', 'phone', 'address', 'heir', 'safe_contact')",
            name=op.f("ck_vault_field_field"),
        ),
        sa.CheckConstraint("no >= 0 AND version > 0", name=op.f("ck_vault_field_numbers")),
        sa.PrimaryKeyConstraint(
            "tenant_id", "person_id", "field", "no", name=op.f("pk_vault_field")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "vault_index",
        _key("tenant_id"),
        _key("person_id"),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind IN ('nik', 'phone')", name=op.f("ck_vault_index_kind")),
        sa.CheckConstraint("length(tag) = 16", name=op.f("ck_vault_index_tag")),
        sa.PrimaryKeyConstraint("tenant_id", "person_id", "kind", name=op.f("pk_vault_index")),
    )
    op.create_index(
        "ix_vault_index_tenant_id_kind_tag", "vault_index", ["tenant_id", "kind", "tag"]
    )
    op.create_index(
        "uq_vault_index_nik",
        "vault_index",
        ["tenant_id", "tag"],
        unique=True,
        postgresql_where=sa.text("kind = 'nik'"),
        sqlite_where=sa.text("kind = 'nik'"),
    )


def _create_devices_and_links() -> None:
    op.create_table(
        "device",
        _key("tenant_id"),
        _key("id"),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("registered_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('active', 'lost', 'revoked', 'signed_out')", name=op.f("ck_device_state")
        ),
        sa.CheckConstraint("(state = 'active') = (ended_at IS NULL)", name=op.f("ck_device_ended")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_device")),
    )
    op.create_index("ix_device_tenant_id_person_id", "device", ["tenant_id", "person_id"])
    op.create_table(
        "household_link",
        _key("book_id"),
        sa.Column("no", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("no > 0 AND version > 0", name=op.f("ck_household_link_numbers")),
        sa.PrimaryKeyConstraint("book_id", "no", name=op.f("pk_household_link")),
    )
    op.create_index(
        "ix_household_link_tenant_id_person_id", "household_link", ["tenant_id", "person_id"]
    )


def _create_erasures() -> None:
    op.create_table(
        "retention_hold",
        _key("tenant_id"),
        _key("person_id"),
        sa.Column("ground", sa.String(length=32), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("declared_by", sa.String(length=64), nullable=False),
        sa.Column("declared_at", UtcDateTime(), nullable=False),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("since <= until", name=op.f("ck_retention_hold_window")),
        sa.PrimaryKeyConstraint("tenant_id", "person_id", "ground", name=op.f("pk_retention_hold")),
    )
    op.create_table(
        "erasure",
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("book_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (book_id IS NULL)", name=op.f("ck_erasure_whose")
        ),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_erasure")),
    )
    op.create_index("ix_erasure_tenant_id", "erasure", ["tenant_id"])


def downgrade() -> None:
    """Drop them."""
    for table in (
        "erasure",
        "retention_hold",
        "household_link",
        "device",
        "vault_index",
        "vault_field",
        "person_key",
    ):
        op.drop_table(table)
    op.drop_index("ix_text_key_subject", "text_key")
