"""What state a database is in: its revision, its guards, its walls."""

from dataclasses import dataclass

from sqlalchemy import Connection, inspect, text

from ledger.db.types import CITUS
from ledger.migrations import guards, walls

_STANDING = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'",
}


@dataclass(frozen=True, slots=True)
class State:
    """What the database's own catalogue says."""

    revision: str | None
    missing_guards: tuple[str, ...]
    """Triggers that are not there, or switched off; Citus has none."""
    missing_walls: tuple[str, ...]
    """Tables without the row-level security they should have; on PostgreSQL only."""
    has_roles: bool
    """Whether the roles of `juang db roles` were made."""


def state(connection: Connection) -> State:
    """Read it."""
    revision = None
    if inspect(connection).has_table("alembic_version"):
        revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if revision is None:
        return State(None, (), (), has_roles=False)
    dialect = connection.dialect.name
    missing: list[str] = []
    if not connection.info.get(CITUS):
        standing = set(connection.execute(text(_STANDING[dialect])).scalars())
        missing = [name for name in guards.names(dialect) if name not in standing]
    has_roles = dialect == "postgresql" and walls.prefix_of(connection) is not None
    unwalled = walls.missing(connection)
    return State(revision, tuple(missing), tuple(unwalled), has_roles=has_roles)
