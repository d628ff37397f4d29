"""What waits to be sent, in a file that survives the program: entries, and the one renewal."""

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_TABLES: Final = """
    CREATE TABLE IF NOT EXISTS outbox (
        no INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, book TEXT NOT NULL,
        entry TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'waiting', answer TEXT);
    CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry that is not known to have arrived."""

    id: str
    book: str
    entry: dict[str, Any]


class Outbox:
    """Keeps what is to be sent until it is answered for good."""

    def __init__(self, path: Path | str) -> None:
        """Open the file, or make it."""
        self._file = sqlite3.connect(path, isolation_level=None)
        self._file.execute("PRAGMA synchronous=FULL")
        self._file.executescript(_TABLES)

    def add(self, entry_id: str, book: str, entry: dict[str, Any]) -> None:
        """Keep an entry; it is on the disk when this returns."""
        self._file.execute(
            "INSERT INTO outbox (id, book, entry) VALUES (?, ?, ?)",
            (entry_id, book, json.dumps(entry)),
        )

    def waiting(self) -> list[Waiting]:
        """Give what waits, the oldest first."""
        rows = self._file.execute(
            "SELECT id, book, entry FROM outbox WHERE state = 'waiting' ORDER BY no"
        )
        return [Waiting(entry_id, book, json.loads(entry)) for entry_id, book, entry in rows]

    def settle(self, entry_id: str, state: str, answer: dict[str, Any]) -> None:
        """Note how an entry was answered, for good: `posted` or `refused`."""
        self._file.execute(
            "UPDATE outbox SET state = ?, answer = ? WHERE id = ?",
            (state, json.dumps(answer), entry_id),
        )

    def settled(self, state: str) -> dict[str, dict[str, Any]]:
        """Give the answers of entries that ended in a state, by id."""
        rows = self._file.execute(
            "SELECT id, answer FROM outbox WHERE state = ? ORDER BY no", (state,)
        )
        return {entry_id: json.loads(answer) for entry_id, answer in rows}

    def keep(self, name: str, value: str) -> None:
        """Keep a word by name: tokens, and the key of a request that is under way."""
        self._file.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (name, value))

    def kept(self, name: str) -> str | None:
        """Give a word that was kept."""
        found = self._file.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()
        return None if found is None else str(found[0])

    def drop(self, name: str) -> None:
        """Keep a word no longer."""
        self._file.execute("DELETE FROM kept WHERE name = ?", (name,))

    def close(self) -> None:
        """Let the file go."""
        self._file.close()
