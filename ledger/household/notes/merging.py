"""How an edit meets what others wrote meanwhile: field by field. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ledger.journal import shape

MOST_TAGS: Final = 20


class Field(StrEnum):
    """What can be said beside a record."""

    NOTE = "note"
    """A text of her own."""
    COUNTERPARTY = "counterparty"
    """Whom she paid, or who paid her."""
    TAGS = "tags"
    """Words she finds records by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """An edit of one field of a record, under an id of the phone's.

    `base` is the version the phone had seen (0: none); `text` None deletes. Tags are one text, a
    tag a line.
    """

    book_id: int
    id: bytes
    record: bytes
    field: Field
    text: str | None
    base: int = 0
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """The version of a field that stands: its number, and whether it is a deletion."""

    version: int
    gone: bool


def stands(edit: Write, now: Standing | None) -> bool:
    """Tell whether an edit becomes what stands, or a conflict copy.

    >>> late = Write(book_id=1, id=b"", record=b"", field=Field.NOTE, text="a", base=1)
    >>> (
    ...     stands(late, Standing(1, False)),
    ...     stands(late, Standing(2, False)),
    ...     stands(late, Standing(2, True)),
    ... )
    (True, False, True)
    """
    if now is None or edit.base >= now.version:
        return True
    if edit.text is None:
        return False
    return now.gone or edit.field is Field.TAGS


def clean(field: Field, text: object) -> str | None:
    r"""Give a text as it is kept, or None where it is none; tags sorted, each once.

    >>> clean(Field.TAGS, "b\n a\nb\n"), clean(Field.NOTE, "x"), clean(Field.NOTE, "a\x00")
    ('a\nb', 'x', None)
    """
    if not shape.is_text(text):
        return None
    assert isinstance(text, str)
    kept = shape.normal(text)
    if field is not Field.TAGS:
        return kept or None
    tags = sorted({tag for line in kept.split("\n") if (tag := line.strip())})
    return "\n".join(tags) if 0 < len(tags) <= MOST_TAGS else None


def merged_tags(base: str, now: str, asked: str) -> str:
    r"""Merge two sets of tags that both came from a third: what either added or took away.

    >>> merged_tags("a\nb", "a\nb\nc", "b\nd")
    'b\nc\nd'
    """
    was, here, there = (set(filter(None, text.split("\n"))) for text in (base, now, asked))
    return "\n".join(sorted((here | (there - was)) - (was - there))[:MOST_TAGS])
