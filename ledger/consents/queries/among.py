"""Rows of many persons in one statement: each step a look-up by key, on both databases.

Persons may have been merged: what stands on any record of a human being counts for her. A planner
that has no statistics, or old ones, would rather walk through all rows of a tenant; so each step
is written in a way that leaves it no choice but the key.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BindParameter, Row, bindparam, text
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from ledger import db

_KEYS: Final = {
    "postgresql": "SELECT unnest(CAST(:asked AS bigint[])) AS id",
    "sqlite": "SELECT value AS id FROM json_each(:asked)",
}
_STEP: Final = {
    "postgresql": (
        "CROSS JOIN LATERAL (SELECT {columns} FROM {table} t WHERE {where} OFFSET 0) {name}"
    ),
    "sqlite": "CROSS JOIN {table} {name} ON {where}",
}
"""OFFSET 0 keeps PostgreSQL from turning a look-up per key into a walk; CROSS does it on SQLite."""


@dataclass(frozen=True, slots=True)
class Sought:
    """Which rows of a table: its columns, and a condition on `{t}` beside tenant and person.

    All of it is text of our own; what is asked about comes in `values`.
    """

    table: str
    columns: Mapping[str, TypeEngine[Any]]
    where: str
    values: tuple[BindParameter[Any], ...]
    erased: bool = False
    """Whether rows of the erased count."""


def beings(session: Session, tenant: int, persons: Iterable[int]) -> dict[int, int]:
    """Give for each person the human being she is; the unknown and the erased are left out."""
    query = f"WITH {_beings(_dialect(session))} SELECT q.asked, q.root FROM q"
    values = {"tenant": tenant, "asked": _keys(session, persons)}
    return {row.asked: row.root for row in session.execute(text(query), values)}


def rows_of(
    session: Session, tenant: int, persons: Iterable[int], sought: Sought
) -> Sequence[Row[Any]]:
    """Give the rows of all records of human beings, each with who was `asked` and its `record`."""
    dialect = _dialect(session)
    merged = _step(
        dialect, "person", "m", ("id",), "{t}.tenant_id = :tenant AND {t}.merged_into = q.root"
    )
    key = "{t}.tenant_id = :tenant AND {t}.person_id = r.record AND "
    found = _step(dialect, sought.table, "e", tuple(sought.columns), key + sought.where)
    columns = ", ".join(f"e.{name}" for name in sought.columns)
    own = f"SELECT q.asked, q.root AS record FROM q UNION ALL SELECT q.asked, m.id FROM q {merged}"
    query = f"WITH {_beings(dialect, erased=sought.erased)}, r AS ({own})"
    query += f" SELECT r.asked, r.record, {columns} FROM r {found}"
    asking = text(query).bindparams(*sought.values).columns(**sought.columns)
    return session.execute(asking, {"tenant": tenant, "asked": _keys(session, persons)}).all()


def _beings(dialect: str, *, erased: bool = False) -> str:
    asked = _step(
        dialect,
        "person",
        "a",
        ("id", "merged_into"),
        "{t}.tenant_id = :tenant AND {t}.id = k.id",
    )
    root = _step(
        dialect,
        "person",
        "b",
        ("id",),
        "{t}.tenant_id = :tenant AND {t}.id = coalesce(a.merged_into, a.id)"
        + ("" if erased else " AND {t}.state <> 'erased'"),
    )
    q = f"SELECT a.id AS asked, b.id AS root FROM k {asked} {root}"  # as above
    return f"k AS ({_KEYS[dialect]}), q AS ({q})"


def _step(dialect: str, table: str, name: str, columns: tuple[str, ...], where: str) -> str:
    chosen = ", ".join(f"t.{column}" for column in columns)
    alias = "t" if dialect == "postgresql" else name
    condition = where.replace("{t}", alias)
    return _STEP[dialect].format(table=table, name=name, columns=chosen, where=condition)


def _dialect(session: Session) -> str:
    return "sqlite" if db.is_sqlite(session) else "postgresql"


def _keys(session: Session, persons: Iterable[int]) -> Any:
    asked = sorted(set(persons))
    return json.dumps(asked) if db.is_sqlite(session) else asked


def value(name: str, given: Any, type_: Any = None) -> BindParameter[Any]:
    """Give a value to a condition by its name in the text."""
    return bindparam(name, given, type_=type_)
