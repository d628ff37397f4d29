"""Count identical lines: two equal purchases on one day are two, a repeated file is none.

The n-th line of equal content gets an id of its own, the same in every run over every file that
holds it. Counts live in memory up to a bound and in a temporary file beyond it.
"""

import sqlite3
from types import TracebackType
from typing import Self

IN_MEMORY = 2_000_000
"""Different lines counted in memory, about 300 MB; more go to disk."""


class Occurrences:
    """Counts how often a digest was seen; use as a context."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        """Start with nothing seen."""
        self._seen: dict[bytes, int] = {}
        self._in_memory = in_memory
        self._spilled: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        """Give the counter."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Drop the temporary file."""
        if self._spilled is not None:
            self._spilled.close()

    def next(self, digest: bytes) -> int:
        """Count one more of a digest, and tell how many there were before.

        >>> with Occurrences(in_memory=1) as seen:
        ...     [seen.next(b"a"), seen.next(b"b"), seen.next(b"a"), seen.next(b"b")]
        [0, 0, 1, 1]
        """
        if digest in self._seen:
            before = self._seen[digest]
            self._seen[digest] = before + 1
            return before
        if len(self._seen) < self._in_memory:
            self._seen[digest] = 1
            return 0
        return self._next_on_disk(digest)

    def _next_on_disk(self, digest: bytes) -> int:
        if self._spilled is None:
            # An empty name is a file of SQLite's own, deleted when it is closed.
            self._spilled = sqlite3.connect("", isolation_level=None)
            self._spilled.execute("PRAGMA journal_mode = OFF")
            self._spilled.execute(
                "CREATE TABLE seen (digest BLOB PRIMARY KEY, n INT) WITHOUT ROWID"
            )
        ((count,),) = self._spilled.execute(
            "INSERT INTO seen VALUES (?, 1) ON CONFLICT (digest) DO UPDATE SET n = n + 1"
            " RETURNING n",
            (digest,),
        ).fetchall()
        return int(count) - 1
