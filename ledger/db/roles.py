"""Roles on PostgreSQL: who a connection is, and whose rows it may see (design.md §5).

`juang db roles` makes four roles that cannot log in (migrations/walls.py), and a function that
tells their prefix. The program logs in as somebody with no rights of its own who may become
them: every connection of an engine is the poster, a session that reads for one tenant becomes
the reader for the length of each transaction, a migration the owner. Where there are no roles,
as on SQLite and on a PostgreSQL of one's own, nobody becomes anybody.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.orm import Session, SessionTransaction

from ledger.errors import LedgerError, Wording

HELD: Final = "juang_roles"
"""Where a connection notes the roles of its database that it may become."""

WALLED: Final = "juang_walled"
"""Where a session notes that it sees one tenant's rows only."""


class Role(StrEnum):
    """What somebody may do in one database; the role's name is the prefix and this."""

    OWNER = "owner"
    """Owns every table; changes the schema."""
    POSTER = "poster"
    """Writes what the operations write, for every tenant; no DDL, and history stays."""
    READER = "reader"
    """Reads the rows of one tenant, and no secret."""
    REPORT = "report"
    """Reads the figures of one tenant: no texts, no names, no actors."""


class Tenants(Enum):
    """Stands where a tenant's id would, for the operator's own tools."""

    EVERY = "every"


EVERY_TENANT: Final = Tenants.EVERY
"""The rows of all tenants: for the operator's tools, never for what answers a user."""

Tenant = int | Tenants | None
"""Whose rows a session sees: a tenant's, everybody's, or (None) nobody's."""


@dataclass(eq=False)
class RoleMissing(LedgerError):
    """The database has roles, and this login may not become the one that is needed."""

    code = "role_missing"
    wording = Wording(
        "Pengguna basis data ini tidak boleh menjadi peran {role}.",
        "This database user may not become the role {role}.",
    )
    hint = Wording(
        "Administrator basis data: `juang db roles --login NAMA` (skema: --migrations).",
        "The database's administrator: `juang db roles --login NAME` (schema: --migrations).",
    )
    role: str


@dataclass(frozen=True, slots=True)
class Held:
    """The roles of a database: their common prefix, and which of them a login may become."""

    prefix: str | None = None
    roles: frozenset[Role] = frozenset()

    def name(self, role: Role) -> str:
        """Name a role as the cluster knows it.

        Raises: RoleMissing.
        """
        if self.prefix is None or role not in self.roles:
            raise RoleMissing(role.value)
        return role_name(self.prefix, role)


def role_name(prefix: str, role: Role) -> str:
    """Name a role of one deployment: several share a cluster, and roles belong to all of it.

    >>> role_name("juang_maros", Role.POSTER)
    'juang_maros_poster'
    """
    return f"{prefix}_{role.value}"


def find(cursor: Any) -> Held:
    """Ask which roles this database has, and which of them the login may become."""
    cursor.execute("SELECT to_regproc('juang_roles') IS NOT NULL")
    if not cursor.fetchone()[0]:
        return Held()
    cursor.execute(
        "SELECT juang_roles(), r.rolname, pg_has_role(session_user, r.oid, 'MEMBER')"
        " FROM unnest(%s::text[]) kind JOIN pg_roles r ON r.rolname = juang_roles() || '_' || kind",
        ([role.value for role in Role],),
    )
    found = cursor.fetchall()
    if not found:  # restored into a cluster where nobody made the roles
        return Held()
    prefix: str = found[0][0]
    names = {role_name(prefix, role): role for role in Role}
    return Held(prefix, frozenset(names[name] for _, name, member in found if member))


def take_note(connection: Connection) -> None:
    """Ask again, after roles were made on this connection."""
    driver = connection.connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor:
        connection.info[HELD] = find(cursor)


def become(connection: Connection, role: Role | None, *, tenant: int | None = None) -> None:
    """Be a role until the transaction ends, as the login itself if None or where it may not."""
    held = held_by(connection)
    if held.prefix is None:
        return
    name = "none" if role is None or role not in held.roles else held.name(role)
    connection.exec_driver_sql(
        "SELECT set_config('role', %s, true), set_config('juang.tenant', %s, true)",
        (name, "" if tenant is None else str(tenant)),
    )


def own(connection: Connection) -> None:
    """Be the owner until the transaction ends, where there are roles.

    Raises: RoleMissing.
    """
    held = held_by(connection)
    if held.prefix is not None:
        held.name(Role.OWNER)  # refuses; never falls back on other rights
        become(connection, Role.OWNER)


def own_for_good(connection: Connection) -> None:
    """Be the owner on a connection that nobody has afterwards, where the login may."""
    held = held_by(connection)
    if Role.OWNER in held.roles:
        connection.exec_driver_sql("SELECT set_config('role', %s, false)", (held.name(Role.OWNER),))


def held_by(connection: Connection) -> Held:
    """Say which roles a connection may become."""
    held = connection.info.get(HELD)
    return held if isinstance(held, Held) else Held()


def is_walled(session: Session) -> bool:
    """Tell whether a session sees one tenant's rows only, because the database says so."""
    session.connection()  # the walls go up with the transaction
    return bool(session.info.get(WALLED))


def wall_in(tenant: int | None) -> Any:
    """Give what makes each transaction of a session see one tenant's rows; None sees no row.

    The role and the tenant are set for the transaction only, before its first statement: the next
    one on the connection begins without them, however this one ends.
    """

    def after_begin(session: Session, within: SessionTransaction, connection: Connection) -> None:
        held = held_by(connection)
        if held.prefix is None:
            return
        held.name(Role.READER)  # refuses; never falls back on more rights
        become(connection, Role.READER, tenant=tenant)
        session.info[WALLED] = True

    return after_begin
