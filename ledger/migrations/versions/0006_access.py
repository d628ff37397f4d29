"""Accounts of officers: roles, secrets, sessions, wrong attempts, duties done."""

import sqlalchemy as sa
from alembic import op

from ledger.db.types import UtcDateTime
from ledger.migrations import guards

revision = "0006"
down_revision = "0005"
branch_labels = None


def upgrade() -> None:
    """Create the tables, then their guards."""
    _create_officer()
    _create_officer_role()
    _create_officer_event()
    _create_officer_secret()
    _create_recovery_code()
    _create_known_device()
    _create_wrong_attempts()
    _create_officer_session()
    _create_duty_done()
    guards.install(op.get_bind())


def _create_officer() -> None:
    op.create_table(
        "officer",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("handle", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("security_no", sa.Integer(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'disabled')", name=op.f("ck_officer_state")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_officer")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_officer_tenant_id_person_id", "officer", ["tenant_id", "person_id"])


def _create_officer_role() -> None:
    op.create_table(
        "officer_role",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("officer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("book_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_through", sa.Date(), nullable=True),
        sa.Column("granted_by", sa.String(length=64), nullable=False),
        sa.Column("granted_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant_id", "officer_id", "role", "book_id", "valid_from", name=op.f("pk_officer_role")
        ),
    )


def _create_officer_event() -> None:
    op.create_table(
        "officer_event",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("officer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "officer_id", "no", name=op.f("pk_officer_event")),
    )


def _create_officer_secret() -> None:
    op.create_table(
        "officer_secret",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("officer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("passphrase_hash", sa.String(length=200), nullable=True),
        sa.Column("pending_totp", sa.LargeBinary(), nullable=True),
        sa.Column("totp", sa.LargeBinary(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "officer_id", name=op.f("pk_officer_secret")),
        sqlite_with_rowid=False,
    )


def _create_recovery_code() -> None:
    op.create_table(
        "recovery_code",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("officer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "officer_id", "hash", name=op.f("pk_recovery_code")),
    )


def _create_known_device() -> None:
    op.create_table(
        "known_device",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("officer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "officer_id", "hash", name=op.f("pk_known_device")),
    )


def _create_wrong_attempts() -> None:
    op.create_table(
        "wrong_attempts",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("counted", sa.String(length=7), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "counted", "key", name=op.f("pk_wrong_attempts")),
    )


def _create_officer_session() -> None:
    op.create_table(
        "officer_session",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("officer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("security_no", sa.Integer(), nullable=False),
        sa.Column("agent", sa.String(length=100), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("stepped_up_at", UtcDateTime(), nullable=True),
        sa.Column("wrong_codes", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_why", sa.String(length=16), nullable=True),
        sa.CheckConstraint("level IN (1, 2)", name=op.f("ck_officer_session_level")),
        sa.PrimaryKeyConstraint("tenant_id", "officer_id", "no", name=op.f("pk_officer_session")),
    )
    op.create_index("uq_officer_session_token_hash", "officer_session", ["token_hash"], unique=True)


def _create_duty_done() -> None:
    op.create_table(
        "duty_done",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("book_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("duty", sa.String(length=10), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant_id", "book_id", "business_date", "person_id", "duty", name=op.f("pk_duty_done")
        ),
    )


def downgrade() -> None:
    """Drop them."""
    for table in (
        "duty_done",
        "officer_session",
        "wrong_attempts",
        "known_device",
        "recovery_code",
        "officer_secret",
        "officer_event",
        "officer_role",
        "officer",
    ):
        op.drop_table(table)
