"""What a report is: facts about the whole, columns, rows, and what can only be said at its end.

A cell is a value, never a formatted text: the renderers decide how a date or an amount looks.
Rows of the kind LINE are the data and go everywhere; headings and marks are for people only;
totals go into text and JSON. Amounts of different currencies never meet in one total.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, Flag, auto
from typing import NamedTuple

from ledger.errors import Wording


class Amount(NamedTuple):
    """Minor units in a currency; unlike `Money`, a sum may be beyond 64 bits."""

    minor: int
    currency: str


class Unit(NamedTuple):
    """What can be added up: one currency, and within it one fund or none."""

    currency: str
    fund: str | None


Cell = str | bool | int | date | datetime | Decimal | Amount | Wording | None
Cells = Mapping[str, Cell]


class Shown(Flag):
    """Where a column appears."""

    TEXT = auto()
    CSV = auto()
    JSON = auto()
    DATA = CSV | JSON
    EVERYWHERE = TEXT | CSV | JSON


class Kind(Enum):
    """What a row is."""

    LINE = auto()
    """Data: in text, CSV and JSON."""
    DETAIL = auto()
    """More about the line or heading above it, for people only."""
    HEADING = auto()
    """Opens a section, for people only."""
    TOTAL = auto()
    """A sum, in text and in JSON's `totals`."""
    MARK = auto()
    """An opening or closing figure among the lines, for people; JSON has it as a fact."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `key` is its name in CSV and JSON and never changes.

    Where the page is narrow, a column that `flexes` is cut short and those that give way
    disappear, the last one first; a column that is `optional` disappears where it is empty.
    """

    key: str
    heading: Wording
    right: bool = False
    flexes: bool = False
    gives_way: bool = False
    optional: bool = False
    shown: Shown = Shown.EVERYWHERE


@dataclass(frozen=True, slots=True)
class Row:
    """One row: cells by the key of their column.

    `level` indents the flexible column; what `hides` names is left blank in text.
    """

    cells: Cells
    kind: Kind = Kind.LINE
    level: int = 0
    hides: tuple[str, ...] = ()

    def in_text(self, key: str) -> Cell:
        """Give the cell a person sees in a column."""
        return None if key in self.hides else self.cells.get(key)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something about the whole report: for JSON by its key, for people by its label."""

    key: str
    value: Cell
    label: Wording | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence under the report; `good` tells whether it is what one hopes to read."""

    text: Wording
    good: bool | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """What is known once all rows are read."""

    facts: tuple[Fact, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report of any length: its rows are read once, and `ending` is asked after the last.

    `nest` names the keys that make one JSON object of consecutive rows: the first column not
    among them that is empty marks a row without lines.
    """

    name: str
    title: Wording | None
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    facts: tuple[Fact, ...] = ()
    nest: tuple[str, ...] = ()
    ending: Callable[[], Ending] = field(default=Ending)

    def columns_in(self, shown: Shown) -> tuple[Column, ...]:
        """Give the columns that appear in one form."""
        return tuple(column for column in self.columns if shown in column.shown)
