"""The wall between tenants on PostgreSQL, and what each role may do (decision 0013).

Every table has row-level security. A table with `tenant_id` shows a tenant its own rows, one
with `book_id` the rows of its books; that is found from the columns, so a new table is walled by
being there. What the poster may change is written down here, column by column: a table that is
not written down takes new rows and keeps them as they are, and a test names it.

`install` runs after every migration (env.py) and changes only what is not yet so. The policies
bind nobody who owns the tables or bypasses them, until `juang db roles` has made roles.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from ledger.db.roles import Role, role_name

POLICY: Final = "juang_wall_1"
"""The name of the policies; another number where their text changes."""

UPDATED: Final[dict[str, tuple[str, ...]]] = {
    "access_log": (),
    "account": (
        *("name_id", "name_en"),
        *("state", "floor", "ceiling", "daily_debit_limit", "daily_credit_limit"),
        *("posted_debit", "posted_credit", "pending_debit", "pending_credit"),
        *("on_time_date", "flow_date", "flow_debit", "flow_credit"),
    ),
    "account_day": ("debit", "credit", "on_time_seq"),
    "activation": ("used_at", "session_id"),
    "app_client": ("revoked_by", "revoked_at"),
    "app_session": (
        *("token_hash", "previous_hash", "attempt_hash", "salt", "renewed_at", "ends_at"),
        *("ended_at", "ended_why"),
    ),
    "annotation": (),
    "approval_rule": (),
    "balance_assertion": (),
    "book": (
        *("head_seq", "head_change_no", "last_recorded_at", "closed_through", "next_account_no"),
        "name",
    ),
    "book_event": (),
    "book_owner": ("ended_at",),
    "breach": (),
    "breach_notice": ("sent_at", "sent_by", "channel"),
    "breach_scope": (),
    "budget": (*("category", "currency", "minor", "since", "rolls_over", "ended", "changed_at"),),
    "category": ("hidden",),
    "category_rule": ("rank", "look_at", "category", "sealed", "changed_at"),
    "consent_event": (),
    "data_request": ("state", "ground", "closed_at", "closed_by"),
    "data_stop": (),
    "debt": (),
    "debt_due": (),
    "debt_repayment": (),
    "device": ("label", "state", "ended_at"),
    "duty_done": (),
    "entry": (),
    "entry_exchange": (),
    "entry_text": (),
    "erasure": (),
    "feed_item": ("change_no", "gone", "changed_at"),
    "fund": (),
    "fund_purpose": (),
    "hold": ("remaining",),
    "household": ("home_currency", "pay_day"),
    "household_link": ("person_id", "version", "sealed"),
    "keyed_request": (),
    "known_device": ("seen_at",),
    "late_total": (),
    "officer": ("state", "security_no"),
    "officer_event": (),
    "officer_role": ("valid_through",),
    "officer_secret": ("passphrase_hash", "pending_totp", "totp", "last_step"),
    "officer_session": (
        *("level", "stepped_up_at", "wrong_codes", "seen_at", "ended_at", "ended_why"),
    ),
    "person": ("state", "merged_into"),
    "person_event": (),
    "person_fact": (),
    "person_key": ("wrapped",),
    "posting": (),
    "proposal": ("state", "revision", "hash", "expires_at", "hold_book_id", "hold_id"),
    "proposal_approval": (),
    "proposal_event": (),
    "proposal_revision": (),
    "recovery_code": ("used_at",),
    "recurring": (
        *("kind", "category", "pocket", "currency", "minor", "every", "step"),
        *("first_due", "until", "next_no", "next_due", "note", "counterparty", "changed_at"),
    ),
    "refusal": (),
    "relation": ("declared_by", "declared_at", "ended_at"),
    "remittance": (),
    "remittance_end": (),
    "retention_hold": ("since", "until", "declared_by", "declared_at", "lifted_at"),
    "sorting": (),
    "tenant": (),
    "text_key": ("wrapped",),
    "upkeep": ("done_at", "good"),
    "vault_field": ("version", "sealed"),
    "vault_index": ("tag",),
    "wage_deduction": (),
    "wage_slip": (),
    "work_contract": (),
    "wrong_attempts": ("failures", "last_at"),
}
"""What the poster may change in rows that are there. Every table of the code stands here."""

LOCKED: Final = {"tenant": "code"}
"""A column of tables whose rows the poster locks and never changes: a guard keeps them as they are.

PostgreSQL lets nobody lock a row who may not update it.
"""

DELETED: Final = frozenset(
    {
        *("activation", "device", "household_link", "keyed_request", "vault_field", "vault_index"),
        *("known_device", "wrong_attempts"),
    }
)
"""Tables whose rows the poster may delete: what she may have forgotten, never what happened."""

SHARED: Final = frozenset({"alembic_version", "upkeep"})
"""Tables that belong to no tenant: everybody may read them."""

KEPT_UP_BY_MIGRATIONS: Final = frozenset({"alembic_version"})
"""Tables that the poster only reads."""

HIDDEN: Final = frozenset(
    {
        *("text_key", "person_key", "erasure", "upkeep"),
        *("vault_field", "vault_index", "household_link"),
        *("app_client", "activation", "app_session"),
        *("officer_secret", "officer_session", "recovery_code", "known_device", "wrong_attempts"),
    }
)
"""Tables that neither reader nor report may see at all: secrets, the vault, the operator's own.

The vault is opened by whoever writes down that it was (`access_log`), so never by a reader.
"""

REPORTED: Final[dict[str, tuple[str, ...]]] = {
    "account": (
        *("book_id", "no", "code", "class", "parent_no", "currency", "fund", "purpose"),
        *("postable", "state", "posted_debit", "posted_credit", "pending_debit", "pending_credit"),
    ),
    "account_day": ("book_id", "account_no", "effective_date", "debit", "credit"),
    "book": (
        *("id", "tenant_id", "kind", "base_currency", "time_zone", "chart", "opened_at"),
        *("head_seq", "last_recorded_at", "closed_through"),
    ),
    "entry": ("book_id", "seq", "verb", "kind", "effective_date", "value_date", "recorded_at"),
    "fund": ("book_id", "code", "name_id", "name_en"),
    "fund_purpose": ("book_id", "fund", "purpose", "valid_from", "valid_through"),
    "hold": ("book_id", "seq", "line", "account_no", "side", "remaining", "expires_at"),
    "posting": ("book_id", "account_no", "seq", "line", "side", "layer", "amount"),
    "tenant": ("id", "code"),
}
"""What the report role sees of one tenant: figures, no texts, no names of people."""

_FUNCTIONS: Final = (
    """CREATE OR REPLACE FUNCTION juang_tenant() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
       AS $$ SELECT nullif(current_setting('juang.tenant', true), '')::bigint $$""",
    # Owned by the owner, who sees the secrets: a reader asks for one by name, of his own books.
    """CREATE OR REPLACE FUNCTION juang_secret(of_book bigint, of_subject text)
       RETURNS SETOF bytea LANGUAGE sql STABLE SECURITY DEFINER
       SET search_path = pg_catalog, {schema}, pg_temp AS $$
       SELECT k.wrapped FROM text_key k JOIN book b ON b.id = k.book_id
       WHERE k.book_id = of_book AND k.subject = of_subject AND b.tenant_id = juang_tenant() $$""",
    "REVOKE ALL ON FUNCTION juang_secret(bigint, text) FROM PUBLIC",
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A table as the catalogue knows it."""

    name: str
    columns: frozenset[str]
    secured: bool
    forced: bool
    policies: tuple[str, ...]

    @property
    def condition(self) -> str | None:
        """Say which rows belong to the tenant that reads; None where nothing tells."""
        if self.name in SHARED:
            return "true"
        if self.name == "tenant":
            return "id = juang_tenant()"
        if "tenant_id" in self.columns:
            return "tenant_id = juang_tenant()"
        if "book_id" in self.columns:
            # One look-up by key a row: as EXISTS it may become a hash of all books of a tenant.
            # The answer itself is the condition: of such the planner expects half the rows, of a
            # comparison with it one in 200, and then it joins as if there were none.
            own = f"FROM book b WHERE b.id = {self.name}.book_id"
            return f"(SELECT b.tenant_id = juang_tenant() {own})"
        return None


_TABLES: Final = """
    SELECT c.relname, array_agg(a.attname::text), c.relrowsecurity, c.relforcerowsecurity,
           ARRAY(SELECT p.polname::text FROM pg_policy p WHERE p.polrelid = c.oid ORDER BY 1)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
         AND NOT a.attisdropped
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
    GROUP BY c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity ORDER BY c.relname
"""


def tables(connection: Connection) -> list[Standing]:
    """List the tables of the database and how they are walled, from its catalogue."""
    return [
        Standing(name, frozenset(columns), secured, forced, tuple(policies))
        for name, columns, secured, forced, policies in connection.exec_driver_sql(_TABLES)
    ]


def stand(connection: Connection) -> bool:
    """Tell whether the database has walls: PostgreSQL, and the revision that builds them."""
    if connection.dialect.name != "postgresql":
        return False
    return bool(
        connection.exec_driver_sql("SELECT to_regproc('juang_tenant') IS NOT NULL").scalar()
    )


def missing(connection: Connection) -> list[str]:
    """Name the tables that are not walled as they should be."""
    if connection.dialect.name != "postgresql":
        return []
    forced = prefix_of(connection) is not None
    return [
        table.name
        for table in tables(connection)
        if not table.secured
        or table.forced is not forced
        or table.policies != ((POLICY,) if table.condition else ())
    ]


def install(connection: Connection) -> None:
    """Wall in every table of the database, and give the roles what they may; nothing on SQLite."""
    if connection.dialect.name != "postgresql":
        return
    schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar()
    for statement in _FUNCTIONS:
        connection.exec_driver_sql(statement.replace("{schema}", str(schema)))
    prefix = prefix_of(connection)
    found = tables(connection)
    for table in found:
        _wall_in(connection, table, forced=prefix is not None)
    if prefix is not None:
        give_rights(connection, prefix, found)


def remove(connection: Connection) -> None:
    """Take every wall down; roles and their grants stay."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables(connection):
        for policy in table.policies:
            connection.exec_driver_sql(f'DROP POLICY "{policy}" ON "{table.name}"')
        if table.secured:
            connection.exec_driver_sql(
                f'ALTER TABLE "{table.name}" NO FORCE ROW LEVEL SECURITY,'
                " DISABLE ROW LEVEL SECURITY"
            )
    connection.exec_driver_sql("DROP FUNCTION IF EXISTS juang_secret(bigint, text)")
    connection.exec_driver_sql("DROP FUNCTION IF EXISTS juang_tenant()")


def prefix_of(connection: Connection) -> str | None:
    """Give the prefix of the database's roles, if they were made and are in this cluster."""
    known = connection.exec_driver_sql("SELECT to_regproc('juang_roles') IS NOT NULL").scalar()
    if not known:
        return None
    found: str | None = connection.exec_driver_sql(
        "SELECT juang_roles() WHERE EXISTS"
        " (SELECT FROM pg_roles WHERE rolname = juang_roles() || '_owner')"
    ).scalar()
    return found


def _wall_in(connection: Connection, table: Standing, *, forced: bool) -> None:
    name = f'"{table.name}"'
    changes = []
    if not table.secured:
        changes.append("ENABLE ROW LEVEL SECURITY")
    if table.forced is not forced:
        changes.append(f"{'' if forced else 'NO '}FORCE ROW LEVEL SECURITY")
    if changes:
        connection.exec_driver_sql(f"ALTER TABLE {name} {', '.join(changes)}")
    for policy in table.policies:
        if policy != POLICY:
            connection.exec_driver_sql(f'DROP POLICY "{policy}" ON {name}')
    if POLICY not in table.policies and table.condition is not None:
        connection.exec_driver_sql(
            f"CREATE POLICY {POLICY} ON {name} USING ({table.condition})"
            f" WITH CHECK ({table.condition})"
        )


def give_rights(connection: Connection, prefix: str, found: Sequence[Standing]) -> None:
    """Give each role what it may do with each table, and take everything else from everybody."""
    poster, reader, report = (
        f'"{role_name(prefix, role)}"' for role in (Role.POSTER, Role.READER, Role.REPORT)
    )
    for table in found:
        name = f'"{table.name}"'
        statements = [
            f"REVOKE ALL ON {name} FROM PUBLIC, {poster}, {reader}, {report}",
            f"GRANT SELECT ON {name} TO {poster}",
        ]
        if table.name not in KEPT_UP_BY_MIGRATIONS:
            statements.append(f"GRANT INSERT ON {name} TO {poster}")
        changed = [column for column in UPDATED.get(table.name, ()) if column in table.columns]
        if table.name in LOCKED:
            changed.append(LOCKED[table.name])
        if changed:
            statements.append(f"GRANT UPDATE ({_quoted(changed)}) ON {name} TO {poster}")
        if table.name in DELETED:
            statements.append(f"GRANT DELETE ON {name} TO {poster}")
        if table.name not in HIDDEN:
            statements.append(f"GRANT SELECT ON {name} TO {reader}")
        shown = [column for column in REPORTED.get(table.name, ()) if column in table.columns]
        if shown:
            statements.append(f"GRANT SELECT ({_quoted(shown)}) ON {name} TO {report}")
        connection.exec_driver_sql("; ".join(statements))
    connection.exec_driver_sql(f"GRANT EXECUTE ON FUNCTION juang_secret(bigint, text) TO {reader}")


def _quoted(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
