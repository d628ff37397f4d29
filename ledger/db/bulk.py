"""Bulk statements: many rows, one statement, on both databases.

The posting engine touches thousands of rows a batch; these primitives keep that at a handful
of round trips. On PostgreSQL keys travel as arrays (`unnest`) and new rows by binary COPY; on
SQLite as a VALUES list and `executemany` on the prepared statement. They take part in the
session's transaction and never end it. Table and column names come from our own code, never
from outside.

Values are plain driver values: int, str, bytes, None; dates as ISO text, instants as the text
of `types.utc_text`. PostgreSQL reads both by the column type named in `types`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy.orm import Session

from ledger.db.types import CITUS

Row = tuple[Any, ...]

_SQLITE_CHUNK = 500
"""Keys in one VALUES list: four columns of it stay far below SQLite's limit of variables."""


def is_sqlite(session: Session) -> bool:
    """Tell which of the two databases a session talks to."""
    return session.get_bind().dialect.name == "sqlite"


def is_spread(session: Session) -> bool:
    """Tell whether the tables are spread over the shards of Citus."""
    return bool(session.connection().info.get(CITUS))


def driver(session: Session) -> Any:
    """Give the driver's connection, inside the session's transaction."""
    return session.connection().connection.driver_connection


@contextmanager
def together(session: Session) -> Iterator[None]:
    """Send the statements inside without waiting for each: one round trip to PostgreSQL.

    They run in order; a failure of one is raised by the end of the block at the latest.
    """
    if is_sqlite(session):
        yield
        return
    with driver(session).pipeline():
        yield


_FIRST_REPLAN = 512
"""Rows after which a connection plans its statements afresh; doubled each time."""


def note_growth(session: Session, rows: int) -> None:
    """Let a PostgreSQL connection forget its plans each time the rows it wrote have doubled.

    A prepared statement keeps the plan it was given on tables that were small, and the same look-up
    that was a glance at one page becomes a walk through a whole book. Costs a few statements in
    the life of a connection.
    """
    if is_sqlite(session):
        return
    info = session.connection().info
    written = info["juang_rows"] = info.get("juang_rows", 0) + rows
    if written >= info.get("juang_replan", _FIRST_REPLAN):
        info["juang_replan"] = 2 * written
        driver(session).cursor().execute("DISCARD PLANS")


class Answer:
    """The rows a question will have; asked inside `together`, they arrive with the others."""

    __slots__ = ("_cursor", "_rows")

    def __init__(self, rows: list[Row], cursor: Any = None) -> None:
        """Keep rows, or the cursor that will have them."""
        self._rows = rows
        self._cursor = cursor

    def rows(self) -> list[Row]:
        """Wait for the rows."""
        if self._cursor is not None:
            self._rows, self._cursor = self._cursor.fetchall(), None
        return self._rows


def find_rows(
    session: Session, sql: str, columns: Sequence[str], types: Sequence[str], keys: Sequence[Row]
) -> list[Row]:
    """Run a SELECT that joins a table `k` of keys, and give its rows; see `ask`."""
    return ask(session, sql, columns, types, keys).rows()


def ask(
    session: Session, sql: str, columns: Sequence[str], types: Sequence[str], keys: Sequence[Row]
) -> Answer:
    """Run a SELECT that joins a table `k` of keys: `k` stands in the text as `{k}`.

    `columns` names the columns of `k`, `types` their PostgreSQL types. Rows come back in no
    order of their own unless the text asks for one.
    """
    if not keys:
        return Answer([])
    names = ", ".join(columns)
    if not is_sqlite(session):
        cursor = driver(session).cursor(binary=True)  # binary results: less to parse
        arrays = ", ".join(f"%s::{kind}[]" for kind in types)
        text = sql.replace("{k}", f"unnest({arrays}) AS k({names})")
        cursor.execute(text, _arrays(keys, types))
        return Answer([], cursor)
    cursor = driver(session).cursor()
    rows: list[Row] = []
    for start in range(0, len(keys), _SQLITE_CHUNK):
        chunk = keys[start : start + _SQLITE_CHUNK]
        one = "(" + ",".join("?" * len(columns)) + ")"
        text = f"WITH k({names}) AS (VALUES {','.join([one] * len(chunk))}) "
        cursor.execute(text + sql.replace("{k}", "k"), [value for row in chunk for value in row])
        rows += cursor.fetchall()
    return Answer(rows)


def read(session: Session, sql: str, values: Sequence[Any]) -> list[Row]:
    """Run a SELECT with values in place of its question marks.

    For questions about one account: with constants in place of a table of keys a page comes
    straight off an index, in order, and stops where it is full.
    """
    if is_sqlite(session):
        found: list[Row] = driver(session).cursor().execute(sql, values).fetchall()
        return found
    cursor = driver(session).cursor(binary=True)
    cursor.execute(sql.replace("?", "%s"), values)
    rows: list[Row] = cursor.fetchall()
    return rows


def insert_rows(
    session: Session, table: str, columns: Sequence[str], types: Sequence[str], rows: Sequence[Row]
) -> None:
    """Insert new rows: `executemany` on SQLite; on PostgreSQL COPY, or INSERT inside `together`."""
    if not rows:
        return
    connection = driver(session)
    if is_sqlite(session) or not connection.pgconn.pipeline_status:
        with prepared_copy(session, table, columns, rows)():
            return
    arrays = ", ".join(f"%s::{kind}[]" for kind in types)
    connection.cursor().execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT * FROM unnest({arrays})",
        _arrays(rows, types),
    )


def prepared_copy(
    session: Session, table: str, columns: Sequence[str], rows: Sequence[Row]
) -> Callable[[], AbstractContextManager[None]]:
    """Encode new rows now, and give the call that inserts them; make it outside `together`.

    What the caller does inside the block it opens, he does while PostgreSQL works on the rows;
    other statements have to wait for its end.
    """
    names = ", ".join(columns)
    cursor = driver(session).cursor()
    if is_sqlite(session):
        marks = ",".join("?" * len(columns))
        sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"

        @contextmanager
        def insert() -> Iterator[None]:
            cursor.executemany(sql, rows)
            yield

        return insert
    encoded = _copy_text(rows)

    @contextmanager
    def copy_in() -> Iterator[None]:
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            copy.write(encoded)
            yield

    return copy_in


def set_rows(
    session: Session,
    table: str,
    keys: Sequence[str],
    columns: Sequence[str],
    types: Sequence[str],
    rows: Sequence[Row],
) -> None:
    """Set columns of existing rows; a row is the new values, then the key. Types in that order."""
    if not rows:
        return
    cursor = driver(session).cursor()
    if is_sqlite(session):
        sets = ", ".join(f"{name} = ?" for name in columns)
        where = " AND ".join(f"{name} = ?" for name in keys)
        cursor.executemany(f"UPDATE {table} SET {sets} WHERE {where}", rows)
        return
    names = [*columns, *keys]
    arrays = ", ".join(f"%s::{kind}[]" for kind in types)
    sets = ", ".join(f"{name} = k.{name}" for name in columns)
    where = " AND ".join(f"t.{name} = k.{name}" for name in keys)
    cursor.execute(
        f"UPDATE {table} AS t SET {sets}"
        f" FROM unnest({arrays}) AS k({', '.join(names)}) WHERE {where}",
        _arrays(rows, types),
    )


def add_rows(
    session: Session,
    table: str,
    keys: Sequence[str],
    columns: Sequence[str],
    types: Sequence[str],
    rows: Sequence[Row],
    *,
    latest: Sequence[str] = (),
    keep: bool = False,
) -> None:
    """Add to rows, making those that are not there; a row is the key, then what is added.

    Columns named in `latest` are not added up: a value that is not null replaces the old one.
    With `keep`, a row that is there already stays as it is.
    """
    if not rows:
        return
    cursor = driver(session).cursor()
    names = [*keys, *columns, *latest]
    sets = [f"{name} = {table}.{name} + excluded.{name}" for name in columns]
    sets += [f"{name} = coalesce(excluded.{name}, {table}.{name})" for name in latest]
    what = "NOTHING" if keep else f"UPDATE SET {', '.join(sets)}"
    conflict = f"ON CONFLICT ({', '.join(keys)}) DO {what}"
    if is_sqlite(session):
        marks = ",".join("?" * len(names))
        content = f"VALUES ({marks}) {conflict}"
        if keep:  # a guard refuses a key that exists before a conflict could be passed over
            same = " AND ".join(f"{name} = ?{at}" for at, name in enumerate(keys, start=1))
            numbered = ", ".join(f"?{at}" for at in range(1, len(names) + 1))
            content = f"SELECT {numbered} WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE {same})"
        cursor.executemany(f"INSERT INTO {table} ({', '.join(names)}) {content}", rows)
        return
    arrays = ", ".join(f"%s::{kind}[]" for kind in types)
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT * FROM unnest({arrays}) {conflict}",
        _arrays(rows, types),
    )


def _arrays(rows: Sequence[Row], types: Sequence[str]) -> list[str]:
    r"""Turn rows into one PostgreSQL array literal per column.

    >>> _arrays([(1, "a,b", None), (2, 'c"', b"\x01")], ("bigint", "text", "bytea"))
    ['{1, 2}', '{"a,b","c\\""}', '{NULL,"\\\\x01"}']
    """
    columns = zip(*rows, strict=True) if rows else [()] * len(types)
    return [
        _WRITERS.get(kind, _quoted)(column) for kind, column in zip(types, columns, strict=True)
    ]


def _numbers(column: Sequence[Any]) -> str:
    """Write whole numbers: Python's own list, in PostgreSQL's brackets."""
    return "{" + str(list(column))[1:-1].replace("None", "NULL") + "}"


def _days(column: Sequence[Any]) -> str:
    return "{" + ",".join(["NULL" if day is None else day for day in column]) + "}"


def _quoted(column: Sequence[Any]) -> str:
    return "{" + ",".join(map(_element, column)) + "}"


_WRITERS: dict[str, Callable[[Sequence[Any]], str]] = {
    "bigint": _numbers,
    "int": _numbers,
    "smallint": _numbers,
    "date": _days,
}
"""Types whose text needs no quotes in an array."""


def _element(value: Any) -> str:
    """Write one array element as PostgreSQL reads it."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, bytes):
        return f'"\\\\x{value.hex()}"'
    text = str(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _copy_text(rows: Iterable[Row]) -> bytes:
    r"""Write rows in COPY's text format.

    >>> _copy_text([(1, None, "tab\there"), (2, b"\x01", "")])
    b'1\t\\N\ttab\\there\n2\t\\\\x01\t\n'
    """
    return ("\n".join(["\t".join(map(_field, row)) for row in rows]) + "\n").encode()


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _field(value: Any) -> str:
    """Write one field as COPY reads it."""
    kind = type(value)
    if kind is int:
        return str(value)
    if value is None:
        return "\\N"
    if kind is bytes:
        return f"\\\\x{value.hex()}"
    if kind is bool:
        return "t" if value else "f"
    text = str(value)
    return text if text.isalnum() else text.translate(_ESCAPES)
