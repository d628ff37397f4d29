"""Alembic's entry: runs migrations on the connection it is handed (see ledger.db.migrate)."""

from alembic import context

from ledger.migrations import walls
from ledger.migrations.mapped import metadata

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("juang: run migrations with `juang db migrate`, which opens the database")
context.configure(
    connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True
)
with context.begin_transaction():
    context.run_migrations()
    if walls.stand(connection):
        walls.install(connection)  # a table that a migration has just made is walled, too
