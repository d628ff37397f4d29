"""What the master key wraps, wherever it stands: counted, or wrapped again by another key.

The columns are those that `layout` calls wrapped; an emptied secret (erasure) stays empty.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.db.roles import own
from ledger.db.transfer.layout import Kind, Layout

PAGE: Final = 2_000

_TYPES: Final = {
    Kind.INT: "bigint",
    Kind.BOOL: "boolean",
    Kind.TEXT: "text",
    Kind.BYTES: "bytea",
    Kind.DATE: "date",
    Kind.INSTANT: "timestamptz",
    Kind.DECIMAL: "numeric",
}


@dataclass(slots=True)
class Secrets:
    """How the secrets of one column stand."""

    table: str
    opened: int = 0
    emptied: int = 0
    closed: int = 0
    """Those that the key at hand does not open."""


def are_there(session: Session, layouts: Sequence[Layout]) -> bool:
    """Tell whether any secret is wrapped already."""
    return any(
        bulk.read(session, f"SELECT 1 FROM {layout.table} WHERE {column} IS NOT NULL LIMIT 1", ())
        for layout in layouts
        for column in layout.wrapped
    )


def inspect(
    session: Session, layouts: Sequence[Layout], opens: Callable[[bytes], bool]
) -> list[Secrets]:
    """Try every wrapped secret."""
    found = []
    for layout in layouts:
        for column in layout.wrapped:
            secrets = Secrets(layout.table)
            for _key, wrapped in _rows(session, layout, column):
                if wrapped is None:
                    secrets.emptied += 1
                elif opens(wrapped):
                    secrets.opened += 1
                else:
                    secrets.closed += 1
            found.append(secrets)
    return found


def wrap_again(session: Session, layouts: Sequence[Layout], turn: Callable[[bytes], bytes]) -> int:
    """Put what `turn` makes of each wrapped secret in its place, and say how many there were.

    No other writer gets in until the transaction ends, which is the owner's, so none is left out.

    Raises: RoleMissing.
    """
    own(session.connection())
    count = 0
    for layout in layouts:
        if layout.wrapped and not bulk.is_sqlite(session):
            cursor = bulk.driver(session).cursor()
            cursor.execute(f'LOCK TABLE "{layout.table}" IN SHARE ROW EXCLUSIVE MODE')
    for layout in layouts:
        kinds = {column.name: column.kind for column in layout.columns}
        types = ["bytea", *(_TYPES[kinds[name]] for name in layout.key)]
        for column in layout.wrapped:
            page: list[bulk.Row] = []
            for key, wrapped in _rows(session, layout, column):
                if wrapped is not None:
                    page.append((turn(wrapped), *key))
                    count += 1
                if len(page) == PAGE:
                    bulk.set_rows(session, layout.table, layout.key, (column,), types, page)
                    page = []
            bulk.set_rows(session, layout.table, layout.key, (column,), types, page)
    return count


def _rows(
    session: Session, layout: Layout, column: str
) -> Iterator[tuple[tuple[Any, ...], bytes | None]]:
    """Give key and secret of each row, a page at a time, so that they may be changed meanwhile."""
    names = ", ".join(layout.key)
    marks = ", ".join("?" * len(layout.key))
    select = f"SELECT {names}, {column} FROM {layout.table}"
    after, values = "", tuple[Any, ...]()
    while rows := bulk.read(session, f"{select} {after} ORDER BY {names} LIMIT {PAGE}", values):
        for *key, wrapped in rows:
            yield tuple(key), None if wrapped is None else bytes(wrapped)
        values = tuple(rows[-1][:-1])
        after = f"WHERE ({names}) > ({marks})"
