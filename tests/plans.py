"""How a database goes about a statement: which tables it walks, which it probes by a key."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from ledger import db

Statement = tuple[str, Any]
_PROBES = ("Index Cond", "TID Cond")


@contextmanager
def statements(session: Session) -> Iterator[list[Statement]]:
    """Gather the statements that a session sends through SQLAlchemy, with their values."""
    sent: list[Statement] = []

    def note(_c: Any, _k: Any, statement: str, values: Any, *_: Any) -> None:
        sent.append((statement, values))

    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(bind, "before_cursor_execute", note)


def settle(session: Session, *tables: str) -> None:
    """Let the planner know what is in tables, as time would."""
    for table in tables:
        session.connection().exec_driver_sql(f"ANALYZE {table}")


def walked(session: Session, ask: Callable[[], object]) -> set[str]:
    """Name the tables that are walked, wholly or all of a tenant's rows, when `ask` asks."""
    with statements(session) as sent:
        ask()
    return {table for statement in sent for table in _walked(session, *statement)}


def _walked(session: Session, statement: str, values: Any) -> Iterator[str]:
    if not statement.lstrip().upper().startswith(("SELECT", "WITH", "UPDATE", "DELETE")):
        return
    connection = session.connection()
    if db.is_sqlite(session):
        for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values):
            if row[3].startswith("SCAN ") or row[3].endswith("(tenant_id=?)"):
                yield row[3].split()[1]
        return
    (plan,) = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).scalars()
    told = json.loads(plan) if isinstance(plan, str) else plan
    yield from _scans(told[0]["Plan"])


def _is_whole(probe: str) -> bool:
    """Tell whether a probe names nothing, or a tenant alone."""
    return "=" not in probe or ("tenant_id" in probe and " AND " not in probe)


def _scans(node: dict[str, Any]) -> Iterator[str]:
    below = node.get("Plans", ())
    named = node.get("Relation Name")
    by_bitmap = node["Node Type"] == "Bitmap Heap Scan"
    probe = "".join(node.get(name, "") for name in _PROBES)
    if named is not None and not by_bitmap and _is_whole(probe):
        yield named
    for each in below:
        yield from _scans(each)
