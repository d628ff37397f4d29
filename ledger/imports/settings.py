"""What an import is told, and what it tells afterwards. Pure."""

from dataclasses import dataclass, field
from datetime import date

from ledger.imports import lines
from ledger.imports.categories import Rule
from ledger.imports.mapping import Mapping
from ledger.imports.movements import Movement
from ledger.imports.reconciliation import Reconciliation

CHUNK = 10_000
"""Lines of one transaction."""

MOST_CATEGORIES = 1_000
"""Categories that are counted one by one; a bank may have as many words as lines."""

OTHER_CATEGORIES = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a statement is imported.

    `source` names where it comes from: with the content of a line it is the line's identity, so
    two files of one bank share it. Without `into` each account gets a book `<source>-<account>`
    of `tenant`; with it, all go into that book, an account below its bank account each.
    """

    currency: str
    source: str = "statement"
    tenant: str = "import"
    into: str | None = None
    account: str | None = None
    mapping: Mapping | None = None
    rules: tuple[Rule, ...] = ()
    time_zone: str = "Asia/Jakarta"
    actor: str = "import"
    dry_run: bool = False
    max_bytes: int = lines.MAX_BYTES
    chunk: int = CHUNK
    sample: int = 10


@dataclass(slots=True)
class Report:
    """What came of an import: lines after the header = posted + existing + problems.

    Lines without anything on them are not counted. `bytes` of `size` are read so far, unpacked.
    `sample` holds the first movements with their categories; a file that begins with the newest
    line is posted from its end.
    """

    size: int = 0
    bytes: int = 0
    lines: int = 0
    posted: int = 0
    existing: int = 0
    problems: int = 0
    accounts: int = 0
    first_day: date | None = None
    last_day: date | None = None
    categories: dict[str, int] = field(default_factory=dict)
    sample: list[tuple[Movement, str]] = field(default_factory=list)
    reconciliation: Reconciliation = field(default_factory=lambda: Reconciliation(1))

    def count(self, movement: Movement, category: str) -> None:
        """Count a movement that is in the books now."""
        day = movement.day
        self.first_day = day if self.first_day is None or day < self.first_day else self.first_day
        self.last_day = day if self.last_day is None or day > self.last_day else self.last_day
        if category not in self.categories and len(self.categories) >= MOST_CATEGORIES:
            category = OTHER_CATEGORIES
        self.categories[category] = self.categories.get(category, 0) + 1
