"""What there is to move: tables in the order in which they can be filled, columns with their kind.

A mapped class says three things about itself that are needed here:

- `info={"after": ("posting",)}` among its table arguments: its guards ask for rows of that table,
  so it is filled later (foreign keys say the same by themselves);
- `info={"secret": True}`: its rows travel with the keys, never in a backup's data file; whatever
  bytes they hold are wrapped by the master key;
- `info={"wrapped": True}` on a column of another table: its bytes are wrapped by that key, too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from graphlib import TopologicalSorter
from typing import Any, Final

from sqlalchemy import Boolean, Date, Integer, LargeBinary, MetaData, String, Table

from ledger.db.types import ExactDecimal, UtcDateTime


class Kind(StrEnum):
    """What a column holds, whatever database holds it."""

    INT = "int"
    """A whole number."""
    BOOL = "bool"
    """True or false."""
    TEXT = "text"
    """Characters."""
    BYTES = "bytes"
    """Identifiers, hashes, ciphertext."""
    DATE = "date"
    """A day."""
    INSTANT = "instant"
    """A moment in UTC, to the microsecond."""
    DECIMAL = "decimal"
    """A rate, to its last digit."""


_KINDS: Final[tuple[tuple[type[Any], Kind], ...]] = (
    (UtcDateTime, Kind.INSTANT),
    (ExactDecimal, Kind.DECIMAL),
    (Boolean, Kind.BOOL),
    (Date, Kind.DATE),
    (Integer, Kind.INT),
    (LargeBinary, Kind.BYTES),
    (String, Kind.TEXT),
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, what it holds, and whether the master key wraps it."""

    name: str
    kind: Kind
    wrapped: bool = False

    def __str__(self) -> str:
        """Write it as the header of a backup does."""
        return f"{self.name}:{self.kind}"


@dataclass(frozen=True, slots=True)
class Layout:
    """A table as it travels: every column, the key that orders its rows, whether it is secret."""

    table: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    secret: bool = False

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Say what the columns hold."""
        return tuple(column.kind for column in self.columns)

    @property
    def wrapped(self) -> tuple[str, ...]:
        """Name the columns whose bytes the master key wraps."""
        return tuple(column.name for column in self.columns if column.wrapped)

    def describe(self) -> list[str]:
        """Describe the columns for a header."""
        return [str(column) for column in self.columns]


def layouts(metadata: MetaData) -> tuple[Layout, ...]:
    """Give every mapped table, in an order in which they can be filled under their guards."""
    tables = metadata.tables
    waits = {name: sorted(_needed(table)) for name, table in sorted(tables.items())}
    return tuple(_layout(tables[name]) for name in TopologicalSorter(waits).static_order())


def described(found: Iterable[Layout]) -> dict[str, list[str]]:
    """Describe tables for the header of a backup."""
    return {layout.table: layout.describe() for layout in found}


def _needed(table: Table) -> set[str]:
    declared = {str(name) for name in table.info.get("after", ())}
    foreign = {key.column.table.name for key in table.foreign_keys}
    return (declared | foreign) - {table.name}


def _layout(table: Table) -> Layout:
    secret = bool(table.info.get("secret"))
    columns = tuple(_column(column, secret=secret) for column in table.columns)
    key = tuple(column.name for column in table.primary_key.columns)
    assert key, f"{table.name} has no key, so its rows have no order"
    return Layout(table.name, columns, key, secret)


def _column(column: Any, *, secret: bool) -> Column:
    kind = _kind(column.type)
    wrapped = bool(column.info.get("wrapped", secret and kind is Kind.BYTES))
    return Column(column.name, kind, wrapped)


def _kind(of: Any) -> Kind:
    for known, kind in _KINDS:
        if isinstance(of, known):
            return kind
    raise AssertionError(f"{of!r} has no portable form: give it one in ledger/db/transfer")
