"""Blocks of rows, and what a table amounts to."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of one table, in lines."""

    table: str
    rows: int
    lines: bytes


@dataclass(frozen=True, slots=True)
class Sum:
    """What a table amounts to: its rows, and a hash over all of its lines."""

    rows: int
    sha256: str


@dataclass(slots=True)
class Tally:
    """Counts and hashes blocks as they pass."""

    _rows: dict[str, int] = field(default_factory=dict)
    _hashes: dict[str, Any] = field(default_factory=dict)

    def passing(self, blocks: Iterable[Block]) -> Iterator[Block]:
        """Let blocks pass, and note what they are."""
        for block in blocks:
            self._rows[block.table] = self._rows.get(block.table, 0) + block.rows
            self._hashes.setdefault(block.table, hashlib.sha256()).update(block.lines)
            yield block

    def sums(self) -> dict[str, Sum]:
        """Give the sum of each table that had rows."""
        return {
            table: Sum(rows, self._hashes[table].hexdigest())
            for table, rows in sorted(self._rows.items())
        }


def told(blocks: Iterable[Block], passed: Callable[[Block], object]) -> Iterator[Block]:
    """Let blocks pass, and say so once each of them was dealt with."""
    for block in blocks:
        yield block
        passed(block)


def differing(one: Mapping[str, Sum], other: Mapping[str, Sum]) -> list[str]:
    """Name the tables whose rows are not the same.

    >>> differing({"book": Sum(1, "aa"), "entry": Sum(2, "bb")}, {"book": Sum(1, "aa")})
    ['entry']
    """
    return [name for name in sorted({*one, *other}) if one.get(name) != other.get(name)]
