"""The second wall: what the database itself refuses, whoever asks (design.md §3, "Guarded twice").

History is only ever inserted, an entry balances per layer, currency and fund and has the legs
it says, legs stand on existing accounts, and an account never changes what it is. On
PostgreSQL the checks run once per statement on its new rows; on SQLite once per row.

SQLite drops a table's triggers when a batch migration rebuilds it, without a word: such a
migration calls `install` again, and a test lists `names` after every revision.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, inspect, text

KEYS: dict[str, tuple[str, ...]] = {
    "entry": ("book_id", "seq"),
    "posting": ("book_id", "account_no", "seq", "line", "layer"),
    "entry_text": ("book_id", "seq", "field"),
    "entry_exchange": ("book_id", "seq"),
    "balance_assertion": ("book_id", "seq"),
    "late_total": ("book_id", "account_no", "shift", "block", "seq", "line"),
    "refusal": ("book_id", "id"),
    "book_event": ("book_id", "no"),
    "person_event": ("tenant_id", "person_id", "no"),
    "fund_purpose": ("book_id", "fund", "purpose", "valid_from"),
    "erasure": ("subject",),
    "consent_event": ("tenant_id", "person_id", "purpose", "other_id", "no"),
    "access_log": ("tenant_id", "person_id", "no"),
    "data_stop": ("tenant_id", "person_id", "kind", "no"),
    "breach": ("tenant_id", "no"),
    "breach_scope": ("tenant_id", "breach_no", "line"),
    "person_fact": ("tenant_id", "person_id", "no"),
    "proposal_revision": ("tenant_id", "proposal_id", "revision"),
    "proposal_approval": ("tenant_id", "proposal_id", "revision", "person_id"),
    "proposal_event": ("tenant_id", "proposal_id", "no"),
    "officer_event": ("tenant_id", "officer_id", "no"),
    "duty_done": ("tenant_id", "book_id", "business_date", "person_id", "duty"),
    "approval_rule": ("tenant_id", "kind", "currency", "from_amount", "valid_from"),
    "sorting": ("book_id", "id"),
    "annotation": ("book_id", "id"),
    "work_contract": ("book_id", "id", "version"),
    "wage_slip": ("book_id", "id"),
    "wage_deduction": ("book_id", "id", "line"),
    "remittance": ("book_id", "id"),
    "remittance_end": ("book_id", "id"),
    "debt": ("book_id", "id"),
    "debt_due": ("book_id", "id", "line"),
    "debt_repayment": ("book_id", "id"),
}
"""Tables that are history, with their keys."""

KEPT: dict[str, tuple[tuple[str, ...], ...]] = {
    "tenant": (("id",), ("code",)),
    "book": (("id",),),
    "account": (("book_id", "no"), ("book_id", "code")),
    "fund": (("book_id", "code"),),
    "text_key": (("book_id", "subject"),),
    "person": (("tenant_id", "id"),),
    "person_key": (("tenant_id", "person_id"),),
    "retention_hold": (("tenant_id", "person_id", "ground"),),
    "book_owner": (("tenant_id", "person_id", "book_id"),),
    "data_request": (("tenant_id", "person_id", "no"),),
    "breach_notice": (("tenant_id", "breach_no", "person_id"),),
    "proposal": (("tenant_id", "id"),),
    "officer": (("tenant_id", "id"),),
    "officer_role": (("tenant_id", "officer_id", "role", "book_id", "valid_from"),),
    "recovery_code": (("tenant_id", "officer_id", "hash"),),
    "officer_session": (("tenant_id", "officer_id", "no"), ("token_hash",)),
    "household": (("book_id",),),
    "category": (("book_id", "id"), ("book_id", "account_no")),
    "feed_item": (("book_id", "kind", "key"),),
    "category_rule": (("book_id", "id"),),
    "recurring": (("book_id", "id"),),
    "budget": (("book_id", "id"),),
    "app_client": (("tenant_id", "id"), ("key_hash",)),
    "app_session": (("tenant_id", "id"), ("family_hash",)),
}
"""Tables whose rows change, and are never deleted, with all that is unique in them."""

FIXED: dict[str, tuple[str, ...]] = {
    "tenant": ("id", "code"),
    "book": ("id", "tenant_id"),
    "account": ("book_id", "no", "class", "currency", "fund", "purpose"),
    "fund": ("book_id", "code"),
    "text_key": ("book_id", "subject"),
    "person": ("tenant_id", "id", "ref"),
    "person_key": ("tenant_id", "person_id"),
    "retention_hold": ("tenant_id", "person_id", "ground"),
    "book_owner": ("tenant_id", "person_id", "book_id", "since"),
    "data_request": (
        "tenant_id",
        "person_id",
        "no",
        "kind",
        "about",
        "means",
        "received_at",
        "due_at",
        "source",
        "registered_by",
        "recorded_at",
    ),
    "breach_notice": ("tenant_id", "breach_no", "person_id", "due_at"),
    "proposal": ("tenant_id", "id", "kind", "maker_id", "maker", "proposed_at"),
    "officer": ("tenant_id", "id", "handle", "person_id"),
    "officer_role": ("tenant_id", "officer_id", "role", "book_id", "valid_from", "granted_by"),
    "recovery_code": ("tenant_id", "officer_id", "hash", "made_at"),
    "officer_session": ("tenant_id", "officer_id", "no", "token_hash", "security_no", "ends_at"),
    "household": ("book_id", "kind", "opened_at"),
    "category": ("book_id", "id", "account_no", "role", "made_at"),
    "feed_item": ("book_id", "kind", "key"),
    "category_rule": ("book_id", "id"),
    "recurring": ("book_id", "id"),
    "budget": ("book_id", "id"),
    "app_client": ("tenant_id", "id", "name", "key_hash", "added_by", "added_at"),
    "activation": ("tenant_id", "code_hash", "person_id", "client_id", "made_at", "expires_at"),
    "app_session": (
        *("tenant_id", "id", "person_id", "device_id", "client_id", "family_hash", "opened_at"),
    ),
}
"""Columns that never change once a row is there."""


Guard = tuple[str, str]
"""A table, and the statement that makes one of its triggers."""


def names(dialect: str) -> list[str]:
    """Name every trigger that must exist on a database of this dialect."""
    made = [f"{table}_fixed" for table in FIXED]
    if dialect == "sqlite":
        for table in KEYS:
            made += [f"{table}_no_update", f"{table}_no_delete", f"{table}_insert"]
        for table in KEPT:
            made += [f"{table}_no_delete", f"{table}_insert"]
        return sorted([*made, "account_code"])
    made += [f"{table}_history" for table in KEYS] + [f"{table}_kept" for table in KEPT]
    return sorted([*made, "posting_insert", "entry_insert"])


def install(connection: Connection) -> None:
    """Create the guards of every table that is there; those that stand already stay as they are."""
    there = set(inspect(connection).get_table_names())
    if connection.dialect.name == "postgresql":
        for function in (_PG_HISTORY, _PG_FIXED, _PG_POSTING, _PG_ENTRY):
            connection.execute(text(function))
    triggers = _sqlite() if connection.dialect.name == "sqlite" else _postgresql()
    for table, statement in triggers:
        if table in there:
            connection.execute(text(statement))


def remove(connection: Connection) -> None:
    """Drop every guard, before the tables are dropped."""
    if connection.dialect.name == "sqlite":
        for name in names("sqlite"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        return
    for function in ("juang_history", "juang_fixed", "juang_posting_insert", "juang_entry_insert"):
        connection.execute(text(f"DROP FUNCTION IF EXISTS {function}() CASCADE"))


def _sqlite() -> list[Guard]:
    made: list[Guard] = []

    def taken(table: str, key: Sequence[str], more: str = "") -> tuple[str, str]:
        same = " AND ".join(f"t.{column} = NEW.{column}" for column in key)
        return f"EXISTS (SELECT 1 FROM {table} t WHERE {same}{more})", f"{table} key exists"

    def trigger(
        name: str, when: str, table: str, *reasons: tuple[str, str], more: str = ""
    ) -> None:
        checks = [
            f"SELECT RAISE(ABORT, 'juang: {reason}') WHERE {condition};"
            for condition, reason in reasons
        ]
        body = " ".join([*checks, more])
        statement = f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {when} ON {table} BEGIN {body} END"
        made.append((table, statement))

    for table, key in KEYS.items():
        trigger(f"{table}_no_update", "UPDATE", table, ("1", f"{table} is history"))
        trigger(f"{table}_no_delete", "DELETE", table, ("1", f"{table} is history"))
        more = _SQLITE_BALANCE if table == "entry" else ""
        rules = _SQLITE_RULES.get(table, ())
        trigger(f"{table}_insert", "INSERT", table, taken(table, key), *rules, more=more)
    for table, keys in KEPT.items():
        trigger(f"{table}_no_delete", "DELETE", table, ("1", f"{table} rows are kept"))
        # REPLACE deletes a row whose key it takes, and fires no trigger for it unless the client
        # has `recursive_triggers` on; so a key is refused before it comes to that.
        trigger(f"{table}_insert", "INSERT", table, *[taken(table, key) for key in keys])
    others = taken("account", ("book_id", "code"), " AND t.no <> NEW.no")
    trigger("account_code", "UPDATE OF code", "account", others)
    for table, columns in FIXED.items():
        changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in columns)
        when = f"UPDATE OF {', '.join(columns)}"
        trigger(f"{table}_fixed", when, table, (changed, f"{table} cannot change what it is"))
    return made


_SQLITE_BALANCE = """
    SELECT CASE WHEN found <> NEW.leg_count THEN RAISE(ABORT, 'juang: wrong number of legs')
                WHEN open THEN RAISE(ABORT, 'juang: entry does not balance') END
    FROM (SELECT coalesce(sum(n), 0) AS found, coalesce(max(total <> 0), 0) AS open
          FROM (SELECT count(*) AS n,
                       sum(CASE p.side WHEN 'D' THEN p.amount ELSE -p.amount END) AS total
                FROM posting p INDEXED BY ix_posting_book_id_seq
                JOIN account a ON a.book_id = p.book_id AND a.no = p.account_no
                WHERE p.book_id = NEW.book_id AND p.seq = NEW.seq
                GROUP BY p.layer, a.currency, a.fund));
"""

_SQLITE_RULES: dict[str, tuple[tuple[str, str], ...]] = {
    "posting": (
        (
            "typeof(NEW.amount) <> 'integer' OR NEW.amount <= 0",
            "an amount is a positive integer",
        ),
        (
            "EXISTS (SELECT 1 FROM entry e WHERE e.book_id = NEW.book_id AND e.seq = NEW.seq)",
            "an entry takes no more legs",
        ),
        (
            """NOT EXISTS (SELECT 1 FROM account a
               WHERE a.book_id = NEW.book_id AND a.no = NEW.account_no)""",
            "unknown account",
        ),
    ),
    "entry": (
        (
            "EXISTS (SELECT 1 FROM entry e WHERE e.book_id = NEW.book_id AND e.id = NEW.id)",
            "entry id exists",
        ),
    ),
}


def _postgresql() -> list[Guard]:
    made: list[Guard] = []

    def trigger(name: str, when: str, table: str, *, does: str, each: str = "STATEMENT") -> None:
        statement = f"CREATE OR REPLACE TRIGGER {name} {when} FOR EACH {each}"
        made.append((table, f"{statement} EXECUTE FUNCTION {does}()"))

    for table in KEYS:
        when = f"BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        trigger(f"{table}_history", when, table, does="juang_history")
    for table in KEPT:
        when = f"BEFORE DELETE OR TRUNCATE ON {table}"
        trigger(f"{table}_kept", when, table, does="juang_history")
    for table, columns in FIXED.items():
        changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
        when = f"BEFORE UPDATE OF {', '.join(columns)} ON {table}"
        trigger(f"{table}_fixed", when, table, each=f"ROW WHEN ({changed})", does="juang_fixed")
    for table in ("posting", "entry"):
        when = f"AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh"
        trigger(f"{table}_insert", when, table, does=f"juang_{table}_insert")
    return made


_PG_HISTORY = """
CREATE OR REPLACE FUNCTION juang_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'juang: % is history or kept: no %', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'restrict_violation';
END $$
"""

_PG_FIXED = """
CREATE OR REPLACE FUNCTION juang_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'juang: % cannot change what it is', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$
"""

# OFFSET 0 keeps each look-up an index scan per new row: the planner knows nothing of the size
# of a transition table, and a hash over all postings would cost more with every year of books.
# Sequential scans are off for the same reason: a plan made on empty tables outlives them.
_PG_POSTING = """
CREATE OR REPLACE FUNCTION juang_posting_insert() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM (SELECT DISTINCT book_id, seq FROM fresh) f, LATERAL (
      SELECT 1 FROM entry e WHERE e.book_id = f.book_id AND e.seq = f.seq OFFSET 0) taken) THEN
    RAISE EXCEPTION 'juang: an entry takes no more legs' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM (SELECT DISTINCT book_id, account_no FROM fresh) f LEFT JOIN LATERAL (
      SELECT a.no FROM account a WHERE a.book_id = f.book_id AND a.no = f.account_no OFFSET 0
      ) known ON true WHERE known.no IS NULL) THEN
    RAISE EXCEPTION 'juang: unknown account' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$
"""

_PG_ENTRY = """
CREATE OR REPLACE FUNCTION juang_entry_insert() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
DECLARE wrong text;
BEGIN
  SELECT CASE WHEN f.leg_count <> legs.found THEN 'wrong number of legs'
              ELSE 'entry does not balance' END INTO wrong
  FROM fresh f, LATERAL (
    SELECT coalesce(sum(unit.found), 0) AS found, coalesce(bool_or(unit.total <> 0), false) AS open
    FROM (SELECT count(*) AS found,
                 sum(CASE p.side WHEN 'D' THEN p.amount ELSE -p.amount END) AS total
          FROM posting p, LATERAL (
            SELECT a.currency, a.fund FROM account a
            WHERE a.book_id = p.book_id AND a.no = p.account_no OFFSET 0) known
          WHERE p.book_id = f.book_id AND p.seq = f.seq
          GROUP BY p.layer, known.currency, known.fund) unit) legs
  WHERE f.leg_count <> legs.found OR legs.open
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'juang: %', wrong USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$
"""
