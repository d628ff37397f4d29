"""What an import remembers of its lines, flat in memory: a temporary file of SQLite's own.

It counts equal lines, so that two equal purchases on one day are two entries and a repeated file
is none; it keeps the balances the statement states until all lines are in; and it turns files
round that begin with the newest line. The file has no name and vanishes when it is closed.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from types import TracebackType
from typing import Final, Self

from ledger.imports.movements import Movement
from ledger.imports.reconciliation import Stated

IN_MEMORY: Final = 250_000
"""Different lines counted in memory, about 30 MB; beyond them all are counted in the file."""

_KEYS_AT_ONCE = 500

_TABLES = (
    "CREATE TABLE seen (digest BLOB PRIMARY KEY, n INT) WITHOUT ROWID",
    "CREATE TABLE account (name TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE stated (account TEXT, day INT, line INT, change INT, balance INT)",
    """CREATE TABLE kept (day INT, line INT, account TEXT, inward INT, amount INT, kind TEXT,
       description TEXT, balance INT, digest BLOB)""",
)


class Scratch:
    """The memory of one run; use as a context."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        """Start with nothing seen."""
        self._seen: dict[bytes, int] = {}
        self._in_memory = in_memory
        self._file = sqlite3.connect("", isolation_level=None)
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("PRAGMA cache_size = -16384")
        self._file.execute("BEGIN")  # never ended: the file is thrown away
        for table in _TABLES:
            self._file.execute(table)

    def __enter__(self) -> Self:
        """Give the memory."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Drop the file."""
        self._file.close()

    def occurrences(self, digests: Sequence[bytes]) -> list[int]:
        """Count lines by digest, and tell of each the how many-th of its like it is.

        >>> with Scratch(in_memory=1) as scratch:
        ...     scratch.occurrences([b"a", b"a"]), scratch.occurrences([b"b", b"a", b"b"])
        ([1, 2], [1, 3, 2])
        """
        seen = self._seen
        spilled = len(seen) > self._in_memory or not self._in_memory
        if spilled:
            self._spill()
            seen = self._counts(set(digests))
        found: list[int] = []
        for digest in digests:
            count = seen[digest] = seen.get(digest, 0) + 1
            found.append(count)
        if spilled:
            self._set_counts(seen)
        return found

    def _spill(self) -> None:
        """Move the counts to the file for good."""
        self._set_counts(self._seen)
        self._seen = {}
        self._in_memory = 0

    def _counts(self, digests: Iterable[bytes]) -> dict[bytes, int]:
        found: dict[bytes, int] = {}
        left = iter(digests)
        while some := list(islice(left, _KEYS_AT_ONCE)):
            marks = ",".join("?" * len(some))
            query = f"SELECT digest, n FROM seen WHERE digest IN ({marks})"
            found.update(self._file.execute(query, some))
        return found

    def _set_counts(self, counts: dict[bytes, int]) -> None:
        self._file.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?)", counts.items())

    def note_accounts(self, names: Iterable[str]) -> None:
        """Remember which accounts the statement is about."""
        rows = [(name,) for name in names]
        self._file.executemany("INSERT OR IGNORE INTO account VALUES (?)", rows)

    def count_accounts(self) -> int:
        """Tell how many accounts there were."""
        ((count,),) = self._file.execute("SELECT count(*) FROM account")
        return int(count)

    def note_balances(self, rows: Iterable[Stated]) -> None:
        """Keep what lines changed and the balances they state."""
        self._file.executemany("INSERT INTO stated VALUES (?, ?, ?, ?, ?)", rows)

    def balances(self) -> Iterator[Stated]:
        """Give them back by account, day and line."""
        yield from self._file.execute("SELECT * FROM stated ORDER BY account, day, line")

    def keep(self, movements: Iterable[Movement]) -> None:
        """Keep movements until all of them are there."""
        rows = (
            (
                each.day.toordinal(),
                each.line,
                each.account,
                each.inward,
                each.amount,
                each.kind,
                each.description,
                each.balance,
                each.digest,
            )
            for each in movements
        )
        self._file.executemany("INSERT INTO kept VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def kept(self, at_once: int) -> Iterator[list[Movement]]:
        """Give them back by day, and within a day the last line first."""
        rows = self._file.execute("SELECT * FROM kept ORDER BY day, line DESC")
        while some := rows.fetchmany(at_once):
            yield [
                Movement(line, account, date.fromordinal(day), bool(inward), *rest)
                for day, line, account, inward, *rest in some
            ]
