"""Lines of a statement out of bytes: numbered, bounded, whatever the file holds.

A physical line is a row: a statement's fields hold no line breaks, and so a quotation mark that
is not closed spoils its own line and not the rest of the file.
"""

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ledger.errors import Refused, Wording
from ledger.imports.problems import Problem, ProblemCode

MAX_LINE = 10_000
"""Bytes of the longest line that is read as one."""

MAX_BYTES = 4 * 1024**3
"""Largest statement, uncompressed: about 80 million lines."""

_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"


@dataclass(eq=False)
class StatementTooLarge(Refused):
    """The statement is larger than one import takes."""

    code = "statement_too_large"
    wording = Wording(
        id="Berkas melebihi {most} byte.", en="The statement has more than {most} bytes."
    )
    hint = Wording(
        id="Bagi menjadi beberapa berkas; yang tumpang tindih tidak tercatat dua kali.",
        en="Cut it into several files; lines that overlap are not recorded twice.",
    )
    most: int


@dataclass(eq=False)
class StatementUnreadable(Refused):
    """The compressed file is damaged."""

    code = "statement_unreadable"
    wording = Wording(id="Berkas rusak atau terpotong.", en="The file is damaged or cut short.")


def opened(stream: BinaryIO) -> BinaryIO:
    """Look into a stream, and unpack it where it is gzip."""
    buffered = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(stream)  # type: ignore[type-var]
    if buffered.peek(2)[:2] == _GZIP:
        return gzip.open(buffered)  # type: ignore[return-value]
    return buffered


def numbered(stream: BinaryIO, *, max_bytes: int = MAX_BYTES) -> Iterator[tuple[int, bytes, int]]:
    """Give each line with its number and the bytes read so far; a line too long is cut.

    Raises:
        StatementTooLarge: there are more bytes than `max_bytes`.
        StatementUnreadable: it cannot be unpacked.
    """
    number = total = 0
    try:
        while line := stream.readline(MAX_LINE):
            number += 1
            total += len(line)
            yield number, line.removeprefix(_BOM) if number == 1 else line, total
            while not line.endswith(b"\n") and (line := stream.readline(1 << 20)):
                total += len(line)
            if total > max_bytes:
                raise StatementTooLarge(max_bytes)
    except (EOFError, gzip.BadGzipFile, OSError) as error:
        raise StatementUnreadable from error


def fields(number: int, line: bytes, delimiter: str) -> list[str] | Problem:
    """Cut a line into fields."""
    if len(line) >= MAX_LINE and not line.endswith(b"\n"):
        return Problem(number, ProblemCode.TOO_LONG)
    try:
        text = line.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        return Problem(number, ProblemCode.NOT_TEXT)
    if "\x00" in text:
        return Problem(number, ProblemCode.NOT_TEXT)
    if '"' not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return Problem(number, ProblemCode.QUOTES)
