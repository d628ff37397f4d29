r"""Rows as lines of text: the form in which they travel, the same from and to both databases.

A row is a line, its fields parted by tabs, as PostgreSQL's COPY writes them, so that PostgreSQL
reads and writes it without our help. Each kind of value has exactly one form: whole numbers in
digits, `t` and `f`, days and instants as ISO text in UTC with microseconds, decimals without
trailing zeros, bytes as `\\x` and hex, text with its backslashes and control characters escaped,
`\N` where there is nothing. So equal rows are equal bytes, wherever they come from.
"""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from operator import index
from typing import Any, Final

from ledger.db.transfer.layout import Kind
from ledger.db.types import plain_decimal

Row = tuple[Any, ...]
_Column = Sequence[Any]

NOTHING: Final = "\\N"

_ESCAPES: Final = {
    "\\": "\\\\",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
}
_ESCAPE: Final = str.maketrans(_ESCAPES)
_SPECIAL: Final = re.compile(r"[\\\b\f\n\r\t\v]")
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_MEANING: Final = {written[1]: meant for meant, written in _ESCAPES.items()}
_TRUTH: Final = {0: "f", 1: "t"}
_UNTRUTH: Final = {"f": 0, "t": 1}


def encode(rows: Sequence[Row], kinds: Sequence[Kind]) -> bytes:
    r"""Write rows, as SQLite's driver gives them, in lines.

    >>> encode([(7, None, "a\tb", b"\x01")], (Kind.INT, Kind.DATE, Kind.TEXT, Kind.BYTES))
    b'7\t\\N\ta\\tb\t\\\\x01\n'

    Raises:
        TypeError: a value is not of its column's kind.
    """
    columns = [
        _write(column, _WRITERS[kind])
        for column, kind in zip(zip(*rows, strict=True), kinds, strict=True)
    ]
    return ("\n".join(map("\t".join, zip(*columns, strict=True))) + "\n").encode()


def decode(lines: bytes, kinds: Sequence[Kind]) -> list[Row]:
    r"""Read lines into the values that SQLite's driver takes.

    >>> decode(b"7\t\\N\ta\\tb\t\\\\x01\n", (Kind.INT, Kind.DATE, Kind.TEXT, Kind.BYTES))
    [(7, None, 'a\tb', b'\x01')]

    Raises:
        ValueError: the lines are not of these kinds.
    """
    text = lines.decode()
    if not text.endswith("\n"):
        raise ValueError("the last line has no end")
    fields = [line.split("\t") for line in text[:-1].split("\n")]
    columns = [
        _read(column, _READERS[kind])
        for column, kind in zip(zip(*fields, strict=True), kinds, strict=True)
    ]
    return list(zip(*columns, strict=True))


def _write(column: _Column, writer: Callable[[Any], str]) -> list[str]:
    return [NOTHING if value is None else writer(value) for value in column]


def _read(column: Sequence[str], reader: Callable[[str], Any]) -> list[Any]:
    return [None if field == NOTHING else reader(field) for field in column]


def _int(value: Any) -> str:
    return str(index(value))


def _bool(value: Any) -> str:
    try:
        return _TRUTH[value]
    except KeyError as error:
        raise TypeError(f"{value!r} is no truth value") from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} in place of a text")
    return value.translate(_ESCAPE) if _SPECIAL.search(value) else value


def _bytes(value: Any) -> str:
    if not isinstance(value, bytes):
        raise TypeError(f"{type(value).__name__} in place of bytes")
    return "\\\\x" + value.hex()


def _decimal(value: Any) -> str:
    return _decimal_text(Decimal(_text(value)))


def _decimal_text(value: Decimal) -> str:
    return format(plain_decimal(value), "f")


_WRITERS: Final[dict[Kind, Callable[[Any], str]]] = {
    Kind.INT: _int,
    Kind.BOOL: _bool,
    Kind.TEXT: _text,
    Kind.BYTES: _bytes,
    Kind.DATE: _text,
    Kind.INSTANT: _text,
    Kind.DECIMAL: _decimal,
}


def _meant(field: str) -> str:
    if "\\" not in field:
        return field
    return _ESCAPED.sub(lambda found: _MEANING[found[1]], field)


def _hex(field: str) -> bytes:
    if not field.startswith("\\\\x"):
        raise ValueError("no bytes")
    return bytes.fromhex(field[3:])


_READERS: Final[dict[Kind, Callable[[str], Any]]] = {
    Kind.INT: int,
    Kind.BOOL: _UNTRUTH.__getitem__,
    Kind.TEXT: _meant,
    Kind.BYTES: _hex,
    Kind.DATE: str,
    Kind.INSTANT: str,
    Kind.DECIMAL: str,
}
