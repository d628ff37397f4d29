"""Alembic's entry: runs migrations on the connection it is handed (see ledger.db.migrate)."""

from alembic import context

from ledger.access import tables as access_tables
from ledger.approvals import tables as approvals_tables
from ledger.books import tables as books_tables
from ledger.db import Base
from ledger.journal import tables as journal_tables
from ledger.parties import tables as parties_tables

MAPPED = (books_tables, journal_tables, parties_tables, approvals_tables, access_tables)

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("juang: run migrations with `juang db migrate`, which opens the database")
context.configure(
    connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True
)
with context.begin_transaction():
    context.run_migrations()
