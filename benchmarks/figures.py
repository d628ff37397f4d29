"""What a benchmark says: one line per figure, with the limit it was measured against."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measurement beside its limit.

    `target` bounds the ratio, or our own figure where `absolute` says so; from below, or from
    above where `at_most` says so.
    """

    what: str
    ours: float
    limit: float
    against: str
    unit: str
    target: float
    at_most: bool = False
    absolute: bool = False
    python_us: float | None = None
    per: str = "entry"
    note: str = ""

    @property
    def ratio(self) -> float:
        """Give our figure as a multiple of the limit."""
        return self.ours / self.limit if self.limit else math.inf

    @property
    def passed(self) -> bool:
        """Tell whether the target is met."""
        value = self.ours if self.absolute else self.ratio
        return value <= self.target if self.at_most else value >= self.target

    def line(self) -> str:
        """Say it in one line."""
        bound = f"{'≤' if self.at_most else '≥'} {self.target:g}"
        mark = "pass" if self.passed else "FAIL"
        limit = f"{self.against} {_short(self.limit)}"
        parts = [
            f"{mark}  {self.what}: {_short(self.ours)} {self.unit}, {limit}",
            f"ratio {self.ratio:.2f}",
            f"target {bound} {self.unit}" if self.absolute else f"target {bound}",
        ]
        if self.python_us is not None:
            parts.append(f"Python {self.python_us:.0f} µs/{self.per}")
        return "; ".join([*parts, self.note] if self.note else parts)

    def as_json(self) -> dict[str, Any]:
        """Give every field, with what follows from them."""
        ratio = self.ratio if math.isfinite(self.ratio) else None
        return {**asdict(self), "ratio": ratio, "passed": self.passed}


def _short(value: float) -> str:
    """Write a number with as many digits as mean something.

    >>> _short(12345.678), _short(12.345), _short(0.1234)
    ('12,346', '12.3', '0.123')
    """
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def quantile(values: Sequence[float], share: float) -> float:
    """Give the value below which a share of all values lies.

    >>> quantile([3, 1, 2, 4], 0.5)
    3
    """
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
