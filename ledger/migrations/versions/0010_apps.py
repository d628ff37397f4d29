"""Client keys of integrators, activations and sessions of phones, requests with keys."""

import sqlalchemy as sa
from alembic import op

from ledger.db.types import UtcDateTime
from ledger.migrations import guards

revision = "0010"
down_revision = "0009"
branch_labels = None


def upgrade() -> None:
    """Create the tables, then their guards."""
    _create_app_client()
    _create_activation()
    _create_app_session()
    _create_keyed_request()
    guards.install(op.get_bind())


def _create_app_client() -> None:
    op.create_table(
        "app_client",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", sa.String(length=64), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_by", sa.String(length=64), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by IS NULL)", name=op.f("ck_app_client_revoked")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_app_client")),
    )
    op.create_index("uq_app_client_key_hash", "app_client", ["key_hash"], unique=True)


def _create_activation() -> None:
    op.create_table(
        "activation",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("session_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(used_at IS NULL) = (session_id IS NULL)", name=op.f("ck_activation_used")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "code_hash", name=op.f("pk_activation")),
    )
    op.create_index("uq_activation_code_hash", "activation", ["code_hash"], unique=True)
    op.create_index("ix_activation_tenant_id_person_id", "activation", ["tenant_id", "person_id"])


def _create_app_session() -> None:
    op.create_table(
        "app_session",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("device_id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=True),
        sa.Column("family_hash", sa.LargeBinary(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=True),
        sa.Column("attempt_hash", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("renewed_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_why", sa.String(length=16), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_why IS NULL)", name=op.f("ck_app_session_ended")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_app_session")),
    )
    op.create_index("uq_app_session_family_hash", "app_session", ["family_hash"], unique=True)
    op.create_index("ix_app_session_tenant_id_person_id", "app_session", ["tenant_id", "person_id"])


def _create_keyed_request() -> None:
    op.create_table(
        "keyed_request",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("route", sa.String(length=100), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("etag", sa.String(length=80), nullable=True),
        sa.Column("location", sa.String(length=200), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("length(fingerprint) = 32", name=op.f("ck_keyed_request_fingerprint")),
        sa.PrimaryKeyConstraint(
            "tenant_id", "actor", "key", "route", name=op.f("pk_keyed_request")
        ),
    )
    for columns in (["tenant_id", "person_id"], ["tenant_id", "recorded_at"]):
        name = "_".join(["ix", "keyed_request", *columns])
        op.create_index(name, "keyed_request", columns)


def downgrade() -> None:
    """Drop them."""
    for table in ("keyed_request", "app_session", "activation", "app_client"):
        op.drop_table(table)
