"""Consents, owners of books, looks, requests, stops, breaches, and facts of participants."""

import sqlalchemy as sa
from alembic import op

from ledger.db.types import UtcDateTime
from ledger.migrations import guards

revision = "0004"
down_revision = "0003"
branch_labels = None

TABLES = (
    "access_log",
    "book_owner",
    "breach",
    "breach_notice",
    "breach_scope",
    "consent_event",
    "data_request",
    "data_stop",
    "person_fact",
)


def upgrade() -> None:
    """Create the tables, then their guards."""
    _create_consents()
    _create_looks()
    _create_requests()
    _create_breaches()
    _create_facts()
    guards.install(op.get_bind())


def downgrade() -> None:
    """Drop them."""
    for table in TABLES:
        op.drop_table(table)


def _create_consents() -> None:
    op.create_table(
        "consent_event",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("other_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("text_version", sa.SmallInteger(), nullable=True),
        sa.Column("text_hash", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("means", sa.String(length=5), nullable=False),
        sa.Column("witness", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "means IN ('app', 'paper', 'voice')", name=op.f("ck_consent_event_means")
        ),
        sa.CheckConstraint(
            "(text_version IS NULL) = (text_hash IS NULL)"
            " AND (text_version IS NULL) = (language IS NULL)",
            name=op.f("ck_consent_event_version"),
        ),
        sa.CheckConstraint(
            "NOT given OR (text_version IS NOT NULL)", name=op.f("ck_consent_event_text")
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "person_id", "purpose", "other_id", "no", name=op.f("pk_consent_event")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "book_owner",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("book_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("ended_at >= since", name=op.f("ck_book_owner_window")),
        sa.PrimaryKeyConstraint("tenant_id", "person_id", "book_id", name=op.f("pk_book_owner")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_book_owner_book_id", "book_owner", ["book_id"])


def _create_looks() -> None:
    op.create_table(
        "access_log",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("book_id", sa.BigInteger(), nullable=True),
        sa.Column("withheld", sa.String(length=32), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "person_id", "no", name=op.f("pk_access_log")),
        sqlite_with_rowid=False,
    )


def _create_requests() -> None:
    op.create_table(
        "data_request",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=11), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=True),
        sa.Column("means", sa.String(length=5), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("registered_by", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("ground", sa.String(length=32), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (closed_at IS NULL) AND (state = 'open') = (closed_by IS NULL)",
            name=op.f("ck_data_request_closed"),
        ),
        sa.CheckConstraint(
            "(state = 'refused') = (ground IS NOT NULL)", name=op.f("ck_data_request_ground")
        ),
        sa.CheckConstraint(
            "kind IN ('access', 'correction', 'restriction', 'objection', 'erasure')",
            name=op.f("ck_data_request_kind"),
        ),
        sa.CheckConstraint(
            "means IN ('app', 'paper', 'voice')", name=op.f("ck_data_request_means")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'done', 'refused')", name=op.f("ck_data_request_state")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "person_id", "no", name=op.f("pk_data_request")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_data_request_open",
        "data_request",
        ["tenant_id", "due_at"],
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "data_stop",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=11), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("request_no", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('restriction', 'objection')", name=op.f("ck_data_stop_kind")),
        sa.PrimaryKeyConstraint("tenant_id", "person_id", "kind", "no", name=op.f("pk_data_stop")),
        sqlite_with_rowid=False,
    )


def _create_breaches() -> None:
    op.create_table(
        "breach",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column("data", sa.String(length=300), nullable=False),
        sa.Column("remedy", sa.String(length=300), nullable=False),
        sa.Column("occurred_from", UtcDateTime(), nullable=False),
        sa.Column("occurred_until", UtcDateTime(), nullable=False),
        sa.Column("known_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("occurred_from < occurred_until", name=op.f("ck_breach_window")),
        sa.PrimaryKeyConstraint("tenant_id", "no", name=op.f("pk_breach")),
    )
    op.create_table(
        "breach_scope",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("breach_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("book_id", sa.BigInteger(), nullable=True),
        sa.Column("held_in", sa.String(length=64), nullable=True),
        sa.Column("written", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "breach_no", "line", name=op.f("pk_breach_scope")),
    )
    op.create_table(
        "breach_notice",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("breach_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("sent_by", sa.String(length=64), nullable=True),
        sa.Column("channel", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "(sent_at IS NULL) = (sent_by IS NULL)", name=op.f("ck_breach_notice_sent")
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "breach_no", "person_id", name=op.f("pk_breach_notice")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_breach_notice_unsent",
        "breach_notice",
        ["tenant_id", "due_at"],
        postgresql_where=sa.text("sent_at IS NULL"),
        sqlite_where=sa.text("sent_at IS NULL"),
    )


def _create_facts() -> None:
    op.create_table(
        "person_fact",
        sa.Column("tenant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=True),
        sa.Column("scheme", sa.String(length=24), nullable=True),
        sa.Column("version", sa.String(length=32), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_through", sa.Date(), nullable=True),
        sa.Column("consent_person_id", sa.BigInteger(), nullable=False),
        sa.Column("consent_purpose", sa.String(length=16), nullable=False),
        sa.Column("consent_no", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(scheme IS NULL) = (version IS NULL)", name=op.f("ck_person_fact_scheme")
        ),
        sa.CheckConstraint("valid_from <= valid_through", name=op.f("ck_person_fact_window")),
        sa.PrimaryKeyConstraint("tenant_id", "person_id", "no", name=op.f("pk_person_fact")),
        sqlite_with_rowid=False,
    )
