"""What the feed is made of: what may be heard of, and how far a phone has heard. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple


class Kind(StrEnum):
    """What a change is about; a table of the household has one."""

    SETTINGS = "settings"
    """The book's own settings: home currency, pay day."""
    CATEGORY = "category"
    """A category or pocket that she made or changed."""
    NOTE = "note"
    """A text or a set of tags beside a record."""
    RULE = "rule"
    """A rule that finds the category of a record."""
    RECURRING = "recurring"
    """An expense or income that comes again."""
    BUDGET = "budget"
    """A budget line."""
    GOAL = "goal"
    """A savings goal."""
    CONTRACT = "contract"
    """A work contract."""


class Cursor(NamedTuple):
    """How far a phone has heard of one book: the last change, and the last entry before it.

    Both are counted under one lock, so the second follows from the first; carrying it spares
    an index on entries. It is handed out encrypted (api.md): no size of a book is told.
    """

    change_no: int = 0
    seq: int = 0


START: Final = Cursor()
"""Before the first change of a book."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Something to be heard of: the thing's key in its kind; `gone` leaves a tombstone."""

    book_id: int
    kind: Kind
    key: bytes
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryHeard:
    """An entry as the feed tells it.

    `about` is the entry it reverses (its tombstone) or replaces (an amendment is this one item;
    the reversal inside it is not told by itself).
    """

    change_no: int
    seq: int
    id: bytes
    verb: str
    kind: str
    effective_date: str
    recorded_at: datetime
    about: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingHeard:
    """Another thing as it stands now; `says` is what its reader gave, None where it is gone."""

    change_no: int
    kind: Kind
    key: bytes
    gone: bool
    says: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some changes in order of their numbers, where to go on, and whether there is more."""

    items: tuple[EntryHeard | ThingHeard, ...]
    cursor: Cursor
    more: bool
