"""Rows out of a database and into one, block by block, inside the session's transaction.

PostgreSQL sends and takes the lines by COPY; on SQLite they are made and read here. Reading goes
in order of keys, so equal tables give equal lines. Writing is plain insertion: every guard of
the database looks at every row.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.db.roles import own
from ledger.db.transfer import lines
from ledger.db.transfer.blocks import Block, Sum, Tally
from ledger.db.transfer.layout import Kind, Layout
from ledger.errors import Refused, Wording

BLOCK_ROWS: Final = 4_000
"""Rows of a block read from SQLite."""

BLOCK_BYTES: Final = 1024 * 1024
"""Bytes at which a block from PostgreSQL is full."""

_SETTINGS: Final = (
    "SET LOCAL row_security = off",  # a role that may not see every row fails, and hides nothing
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL datestyle = 'ISO, YMD'",
    "SET LOCAL TIME ZONE 'UTC'",
    "SET LOCAL client_encoding = 'UTF8'",
    "SET LOCAL statement_timeout = 0",
)


@dataclass(eq=False)
class ValueUnportable(Refused):
    """A database holds a value that its column cannot hold; SQLite lets that happen."""

    code = "value_unportable"
    wording = Wording(
        "Tabel {table} berisi nilai yang bukan jenis kolomnya.",
        "The table {table} has a value that is not of its column's kind.",
    )
    hint = Wording("Jalankan `juang verify`.", "Run `juang verify`.")
    table: str


@dataclass(eq=False)
class DatabaseNotEmpty(Refused):
    """Rows are only ever put into a database that has none."""

    code = "database_not_empty"
    wording = Wording(
        "Basis data tujuan tidak kosong: tabel {table} sudah berisi.",
        "The database to fill is not empty: its table {table} has rows.",
    )
    hint = Wording("Pilih basis data lain, yang kosong.", "Choose another database, an empty one.")
    table: str


def read(session: Session, layouts: Sequence[Layout]) -> Iterator[Block]:
    """Give the rows of tables, in one snapshot if the session reads one.

    Raises: ValueUnportable.
    """
    if bulk.is_sqlite(session):
        for layout in layouts:
            yield from _read_sqlite(session, layout)
        return
    cursor = bulk.driver(session).cursor()
    for setting in _SETTINGS:
        cursor.execute(setting)
    for layout in layouts:
        yield from _read_postgresql(session, layout)


def sums(session: Session, layouts: Sequence[Layout]) -> dict[str, Sum]:
    """Count and hash every table."""
    tally = Tally()
    for _block in tally.passing(read(session, layouts)):
        pass
    return tally.sums()


def _read_sqlite(session: Session, layout: Layout) -> Iterator[Block]:
    names = ", ".join(_quoted(column.name) for column in layout.columns)
    keys = ", ".join(map(_quoted, layout.key))
    cursor = bulk.driver(session).cursor()
    cursor.execute(f"SELECT {names} FROM {_quoted(layout.table)} ORDER BY {keys}")
    while rows := cursor.fetchmany(BLOCK_ROWS):
        try:
            written = lines.encode(rows, layout.kinds)
        except (TypeError, ArithmeticError) as error:
            raise ValueUnportable(layout.table) from error
        yield Block(layout.table, len(rows), written)


def _read_postgresql(session: Session, layout: Layout) -> Iterator[Block]:
    kinds = {column.name: column.kind for column in layout.columns}
    names = ", ".join(_FORMS.get(kind, "{}").format(_quoted(name)) for name, kind in kinds.items())
    keys = ", ".join(
        _quoted(name) + (' COLLATE "C"' if kinds[name] is Kind.TEXT else "") for name in layout.key
    )
    select = f"SELECT {names} FROM {_quoted(layout.table)} ORDER BY {keys}"
    held: list[bytes] = []
    size = 0
    with bulk.driver(session).cursor().copy(f"COPY ({select}) TO STDOUT") as copy:
        for part in copy:
            held.append(bytes(part))
            size += len(held[-1])
            if size >= BLOCK_BYTES and held[-1].endswith(b"\n"):
                yield _block(layout.table, held)
                held, size = [], 0
    if held:
        yield _block(layout.table, held)


_FORMS: Final = {
    Kind.INSTANT: "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US\"+00:00\"')",
    Kind.DECIMAL: "trim_scale({0})",
}
"""How PostgreSQL is asked for the one form of a value, where its own is another."""


def _block(table: str, held: list[bytes]) -> Block:
    joined = b"".join(held)
    return Block(table, joined.count(b"\n"), joined)


def begin_filling(session: Session, layouts: Sequence[Layout]) -> None:
    """Keep every other writer out until the transaction ends, and see that nothing is there.

    The transaction is the owner's: whole tables are locked and filled.

    Raises: DatabaseNotEmpty, RoleMissing.
    """
    own(session.connection())  # on SQLite the connection takes the one writer's lock
    cursor = bulk.driver(session).cursor()
    if not bulk.is_sqlite(session):
        for setting in _SETTINGS:
            cursor.execute(setting)
        names = ", ".join(sorted(_quoted(layout.table) for layout in layouts))
        cursor.execute(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
    for layout in layouts:
        cursor.execute(f"SELECT 1 FROM {_quoted(layout.table)} LIMIT 1")
        if cursor.fetchone() is not None:
            raise DatabaseNotEmpty(layout.table)


def write(session: Session, layouts: Sequence[Layout], blocks: Iterable[Block]) -> None:
    """Insert the rows of blocks, in the order in which they come."""
    known = {layout.table: layout for layout in layouts}
    cursor = bulk.driver(session).cursor()
    for block in blocks:
        layout = known[block.table]
        names = ", ".join(_quoted(column.name) for column in layout.columns)
        if bulk.is_sqlite(session):
            marks = ",".join("?" * len(layout.columns))
            cursor.executemany(
                f"INSERT INTO {_quoted(layout.table)} ({names}) VALUES ({marks})",
                lines.decode(block.lines, layout.kinds),
            )
            continue
        with cursor.copy(f"COPY {_quoted(layout.table)} ({names}) FROM STDIN") as copy:
            copy.write(block.lines)


def refresh_statistics(session: Session, layouts: Sequence[Layout]) -> None:
    """Let PostgreSQL look at tables that were just filled, before it plans anything on them."""
    if not bulk.is_sqlite(session):
        names = ", ".join(_quoted(layout.table) for layout in layouts)
        bulk.driver(session).cursor().execute(f"ANALYZE {names}")


def _quoted(name: str) -> str:
    return f'"{name}"'
