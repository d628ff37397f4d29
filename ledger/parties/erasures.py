"""The erasure list as it travels: who was erased, and no word about her.

It is exported, kept apart from the backups, and applied again after an older one was restored.
Pure: one JSON document with a list of `rows`, ids as text because they are beyond what JavaScript
counts to.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ledger.errors import Malformed, Wording
from ledger.journal.subjects import book_subject, person_subject


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureLine:
    """One line: a person's texts in all books and her vault, or a book's own texts."""

    subject: str
    tenant: int
    person: int | None
    book: int | None
    reason: str
    by: str
    at: datetime


@dataclass(eq=False)
class ErasureListMalformed(Malformed):
    """The document is no erasure list; nothing of it is applied."""

    code = "erasure_list_malformed"
    wording = Wording(
        id="Baris {row} bukan daftar penghapusan.", en="Row {row} is not of an erasure list."
    )
    hint = Wording(
        id="Gunakan keluaran `juang person erasures --format json`.",
        en="Use what `juang person erasures --format json` writes.",
    )
    row: int


def cells(line: ErasureLine) -> dict[str, str | datetime | None]:
    """Give a line as the cells of a report's row."""
    return {
        "subject": line.subject,
        "tenant": str(line.tenant),
        "person": None if line.person is None else str(line.person),
        "book": None if line.book is None else str(line.book),
        "at": line.at,
        "by": line.by,
        "reason": line.reason,
    }


def read(document: str) -> list[ErasureLine]:
    """Read an erasure list, all of it or nothing.

    Raises: ErasureListMalformed.
    """
    try:
        rows = json.loads(document)["rows"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ErasureListMalformed(0) from error
    if not isinstance(rows, list):
        raise ErasureListMalformed(0)
    return [line_of(row, number) for number, row in enumerate(rows, start=1)]


def line_of(row: Mapping[str, Any], number: int = 0) -> ErasureLine:
    """Read one row of an erasure list.

    Raises: ErasureListMalformed.
    """
    try:
        line = ErasureLine(
            subject=_text(row["subject"]),
            tenant=_id(row["tenant"]),
            person=None if row["person"] is None else _id(row["person"]),
            book=None if row["book"] is None else _id(row["book"]),
            reason=_text(row["reason"]),
            by=_text(row["by"]),
            at=_instant(row["at"]),
        )
    except (ValueError, TypeError, KeyError) as error:
        raise ErasureListMalformed(number) from error
    named = [person_subject(line.person)] if line.person is not None else []
    named += [book_subject(line.book)] if line.book is not None else []
    if named != [line.subject]:
        raise ErasureListMalformed(number)
    return line


def _text(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 64 or not value.isprintable():
        raise ValueError
    return value


def _id(value: object) -> int:
    text = _text(value)
    if not (text.isascii() and text.isdigit()) or int(text) >= 1 << 63:
        raise ValueError
    return int(text)


def _instant(value: object) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError
    return moment.astimezone(UTC)
