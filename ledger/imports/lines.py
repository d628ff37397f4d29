"""Lines of a statement out of bytes: numbered, bounded, whatever the file holds.

A physical line is a row: a statement's fields hold no line breaks, and so a quotation mark that
is not closed spoils its own line and not the rest of the file. A file is measured before its
first line is read, compressed ones by unpacking them once into nothing: what is too large or
damaged is refused before anything is posted.
"""

import csv
import gzip
import os
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import BinaryIO, cast

from ledger.errors import Malformed, Refused, Wording
from ledger.imports.problems import Problem, ProblemCode

MAX_LINE = 10_000
"""Bytes of the longest line that is read as one."""

MAX_BYTES = 4 * 1024**3
"""Largest statement, as it is and unpacked: about 80 million lines."""

_BLOCK = 1 << 20
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
    hint = Wording(
        id="Unduh lagi; belum ada yang dibukukan.", en="Download it again; nothing was posted."
    )


@dataclass(eq=False)
class StatementNotCsv(Malformed):
    """The file is something else, and would only give a line of nonsense."""

    code = "statement_not_csv"
    wording = Wording(id="Berkas ini bukan CSV: {form}.", en="The file is no CSV: {form}.")
    hint = Wording(
        id="Simpan sebagai CSV UTF-8, lalu impor itu.",
        en="Save it as CSV in UTF-8, and import that.",
    )
    form: str


_FORMS = {
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"PK\x03\x04": "ZIP, XLSX, ODS",
    b"\xd0\xcf\x11\xe0": "XLS",
    b"%PDF": "PDF",
    b"<": "HTML, XML",
}
"""What files are that are taken for statements, by their first bytes."""


def check_form(first: bytes) -> None:
    """Look at the first line of a file for what is no CSV.

    Raises:
        StatementNotCsv: it begins like another format, or its lines end otherwise.
    """
    for mark, form in _FORMS.items():
        if first.startswith(mark):
            raise StatementNotCsv(form)
    if b"\x00" in first:
        raise StatementNotCsv("NUL, UTF-16")
    if b"\r" in first.rstrip(b"\r\n"):
        raise StatementNotCsv("CR")


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of a statement, unpacked, from the first one on; and how many there are."""

    stream: BinaryIO
    size: int


@contextmanager
def content_of(stream: BinaryIO, *, max_bytes: int = MAX_BYTES) -> Iterator[Content]:
    """Measure a statement, and unpack it where it is gzip; a pipe is first copied to a file.

    Raises:
        StatementTooLarge: it has more bytes than `max_bytes`, as it is or unpacked.
        StatementUnreadable: it cannot be unpacked to its end.
    """
    with ExitStack() as stack:
        file = stream
        if not stream.seekable():
            file = cast("BinaryIO", stack.enter_context(tempfile.TemporaryFile()))
            _copy(stream, file, max_bytes)
        size = file.seek(0, os.SEEK_END)
        if size > max_bytes:
            raise StatementTooLarge(max_bytes)
        file.seek(0)
        packed = file.read(2) == _GZIP
        file.seek(0)
        if packed:
            size = _unpacked_size(file, max_bytes)
            file.seek(0)
            file = cast("BinaryIO", stack.enter_context(gzip.open(file)))
        yield Content(file, size)


def _copy(stream: BinaryIO, file: BinaryIO, max_bytes: int) -> None:
    size = 0
    while block := stream.read(_BLOCK):
        size += len(block)
        if size > max_bytes:
            raise StatementTooLarge(max_bytes)
        file.write(block)


def _unpacked_size(file: BinaryIO, max_bytes: int) -> int:
    size = 0
    try:
        with gzip.open(file) as unpacked:
            while block := unpacked.read(_BLOCK):
                size += len(block)
                if size > max_bytes:
                    raise StatementTooLarge(max_bytes)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise StatementUnreadable from error
    return size


def numbered(stream: BinaryIO) -> Iterator[tuple[int, bytes, int]]:
    """Give each line with its number and the bytes read so far; a line too long is cut."""
    number = total = 0
    while line := stream.readline(MAX_LINE):
        number += 1
        total += len(line)
        cut = line
        while not cut.endswith(b"\n") and (cut := stream.readline(_BLOCK)):
            total += len(cut)
        yield number, line.removeprefix(_BOM) if number == 1 else line, total


def fields(
    number: int, line: bytes, delimiter: str, encoding: str = "utf-8"
) -> list[str] | Problem:
    """Cut a line into fields."""
    if len(line) >= MAX_LINE and not line.endswith(b"\n"):
        return Problem(number, ProblemCode.TOO_LONG)
    try:
        text = line.decode(encoding).rstrip("\r\n")
    except UnicodeDecodeError:
        return Problem(number, ProblemCode.NOT_TEXT, {"encoding": encoding})
    if "\x00" in text:
        return Problem(number, ProblemCode.NOT_TEXT, {"encoding": encoding})
    if '"' not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return Problem(number, ProblemCode.QUOTES)
