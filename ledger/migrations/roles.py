"""Make the roles of a PostgreSQL database, and let somebody log in who may become them.

Roles belong to a whole cluster, so their names begin with a prefix of their own, kept in the
database (`juang_roles()`); a copy of the database keeps it until roles are made there. Making
them again puts right whatever was changed since. The connection is an administrator's: it must
be allowed to make roles that bypass row-level security.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import ProgrammingError

from ledger.db.roles import Role, role_name, take_note
from ledger.errors import Malformed, Refused, Wording
from ledger.migrations import walls

BYPASSING: Final = frozenset({Role.OWNER, Role.POSTER})
"""Roles that row-level security does not bind: one batch serves many tenants."""

LONGEST: Final = 63
"""Bytes of a name on PostgreSQL; what is longer would be cut without a word."""


@dataclass(eq=False)
class RolesNeedPostgresql(Refused):
    """SQLite has no roles: whoever reads the file reads all of it."""

    code = "roles_need_postgresql"
    wording = Wording(
        "Hanya PostgreSQL yang mengenal peran; berkas SQLite dijaga oleh izin berkasnya.",
        "Only PostgreSQL has roles; a SQLite file is guarded by its file permissions.",
    )


@dataclass(eq=False)
class RolesNotAllowed(Refused):
    """This login may not make such roles."""

    code = "roles_not_allowed"
    wording = Wording(
        "Pengguna basis data ini tidak boleh membuat peran.",
        "This database user may not make roles.",
    )
    hint = Wording(
        "Jalankan sebagai administrator basis data (superuser).",
        "Run it as the database's administrator (a superuser).",
    )


@dataclass(eq=False)
class SchemaTooOld(Refused):
    """The walls that roles need are not there yet."""

    code = "schema_too_old"
    wording = Wording("Skema basis data ini terlalu lama.", "This schema is too old for roles.")
    hint = Wording("Jalankan `juang db migrate`.", "Run `juang db migrate`.")


@dataclass(eq=False)
class LoginMalformed(Malformed):
    """The name cannot be a login's."""

    code = "login_malformed"
    wording = Wording(
        "“{login}” tidak dapat menjadi nama pengguna basis data.",
        "“{login}” cannot be the name of a database user.",
    )
    login: str


def prefix_for(database: str) -> str:
    """Give the prefix of a database's roles.

    >>> prefix_for("maros"), len(prefix_for("x" * 63))
    ('juang_maros', 56)
    """
    room = LONGEST - 1 - max(len(role.value) for role in Role)
    prefix = f"juang_{database}"
    if len(prefix.encode()) <= room:
        return prefix
    digest = hashlib.sha256(database.encode()).hexdigest()[:10]
    return f"{prefix.encode()[: room - 11].decode(errors='ignore')}_{digest}"


def make(connection: Connection, prefix: str | None = None) -> str:
    """Make the four roles, or put them right, and give the prefix of their names.

    Raises: RolesNeedPostgresql, RolesNotAllowed, SchemaTooOld.
    """
    if connection.dialect.name != "postgresql":
        raise RolesNeedPostgresql
    if not walls.stand(connection):
        raise SchemaTooOld
    if prefix is None:
        database = connection.exec_driver_sql("SELECT current_database()").scalar()
        prefix = prefix_for(str(database))
    try:
        for role in Role:
            _make_role(connection, role_name(prefix, role), bypasses=role in BYPASSING)
        _own(connection, prefix)
        walls.install(connection)
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) == "42501":
            raise RolesNotAllowed from error
        raise
    take_note(connection)
    return prefix


def _make_role(connection: Connection, name: str, *, bypasses: bool) -> None:
    found = connection.exec_driver_sql(
        "SELECT rolbypassrls, rolcanlogin OR rolsuper OR rolcreaterole OR rolcreatedb"
        " FROM pg_roles WHERE rolname = %s",
        (name,),
    ).one_or_none()
    wanted = "BYPASSRLS" if bypasses else "NOBYPASSRLS"
    if found is None:
        connection.exec_driver_sql(f"CREATE ROLE {_name(name)} NOLOGIN NOINHERIT {wanted}")
    elif found != (bypasses, False):
        connection.exec_driver_sql(
            f"ALTER ROLE {_name(name)} NOLOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB {wanted}"
        )


def _own(connection: Connection, prefix: str) -> None:
    """Hand everything to the owner, note the prefix, and leave nothing to everybody."""
    former = walls.prefix_of(connection)
    owner = _name(role_name(prefix, Role.OWNER))
    schema, database, admin, superuser = connection.exec_driver_sql(
        "SELECT quote_ident(current_schema()), quote_ident(current_database()),"
        " quote_ident(current_user), current_setting('is_superuser') = 'on'"
    ).one()
    if not superuser:  # who hands something to a role must be able to become it
        connection.exec_driver_sql(f"GRANT {owner} TO {admin}")
    connection.exec_driver_sql(
        "CREATE OR REPLACE FUNCTION juang_roles() RETURNS text LANGUAGE sql IMMUTABLE"
        f" AS {_literal(f'SELECT {_literal(prefix)}::text')}"
    )
    connection.exec_driver_sql(f"GRANT USAGE, CREATE ON SCHEMA {schema} TO {owner}")
    connection.exec_driver_sql(f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC")
    connection.exec_driver_sql(f"REVOKE CREATE, TEMPORARY ON DATABASE {database} FROM PUBLIC")
    for statement in connection.exec_driver_sql(_OWNED, (owner, owner)).scalars().all():
        connection.exec_driver_sql(statement)
    for role in (Role.POSTER, Role.READER, Role.REPORT):
        name = _name(role_name(prefix, role))
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {name}")
        if former is not None and former != prefix:
            connection.exec_driver_sql(
                f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {_name(role_name(former, role))}"
            )


_OWNED: Final = """
    SELECT format('ALTER TABLE %%I OWNER TO %%s', c.relname, %s::text) FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
    UNION ALL
    SELECT format('ALTER FUNCTION %%s OWNER TO %%s', p.oid::regprocedure, %s::text) FROM pg_proc p
    WHERE p.pronamespace = current_schema()::regnamespace AND p.proname LIKE 'juang\\_%%'
"""


def let_in(
    connection: Connection, login: str, *, prefix: str, migrates: bool, verifier: str | None = None
) -> None:
    """Let a login become the roles, making it if it is not there; it has no rights of its own.

    With `migrates` it may become the owner too. `verifier` is a password as the server keeps it
    (SCRAM): the password itself goes to no server and into no log.

    Raises: LoginMalformed, RolesNotAllowed.
    """
    if not login.isprintable() or not 0 < len(login.encode()) <= LONGEST:
        raise LoginMalformed(login)
    if login.startswith("pg_") or login in {role_name(prefix, role) for role in Role}:
        raise LoginMalformed(login)
    roles = [role for role in Role if migrates or role is not Role.OWNER]
    try:
        there = connection.exec_driver_sql("SELECT 1 FROM pg_roles WHERE rolname = %s", (login,))
        if there.scalar() is None:
            connection.exec_driver_sql(f"CREATE ROLE {_name(login)} LOGIN NOINHERIT")
        if verifier is not None:
            connection.exec_driver_sql(f"ALTER ROLE {_name(login)} PASSWORD {_literal(verifier)}")
        database = connection.exec_driver_sql("SELECT quote_ident(current_database())").scalar()
        connection.exec_driver_sql(f"GRANT CONNECT ON DATABASE {database} TO {_name(login)}")
        version = int(str(connection.exec_driver_sql("SHOW server_version_num").scalar()))
        how = " WITH INHERIT FALSE, SET TRUE" if version >= 160_000 else ""
        for role in roles:
            name = _name(role_name(prefix, role))
            connection.exec_driver_sql(f"GRANT {name} TO {_name(login)}{how}")
        if not migrates:
            owner = _name(role_name(prefix, Role.OWNER))
            connection.exec_driver_sql(f"REVOKE {owner} FROM {_name(login)}")
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) == "42501":
            raise RolesNotAllowed from error
        raise


def _name(name: str) -> str:
    """Quote a role's name; a per cent sign would be a placeholder to the driver."""
    quoted = name.replace('"', '""').replace("%", "%%")
    return f'"{quoted}"'


def _literal(value: str) -> str:
    quoted = value.replace("'", "''").replace("%", "%%")
    return f"'{quoted}'"
