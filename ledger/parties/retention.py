"""How long a statute makes us keep a person's data, whatever she asks: grounds, each dated."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources

from ledger.dates import check_date
from ledger.errors import Malformed, Wording


@dataclass(frozen=True, slots=True)
class Ground:
    """A duty to keep data: for how many years, from which day on it is law, and where."""

    code: str
    valid_from: date
    years: int
    source: str
    wording: Wording


@dataclass(eq=False)
class GroundUnknown(Malformed):
    """There is no such ground to keep data, or there was none yet on that day."""

    code = "ground_unknown"
    wording = Wording(
        id="Dasar penyimpanan “{ground}” tidak dikenal untuk {since}.",
        en="There is no ground “{ground}” to keep data for {since}.",
    )
    ground: str
    since: date


@lru_cache(maxsize=1)
def grounds() -> tuple[Ground, ...]:
    """List all grounds, as `data/retention.toml` has them."""
    text = (resources.files("ledger.parties") / "data" / "retention.toml").read_text("utf-8")
    return tuple(
        Ground(
            row["code"],
            row["valid_from"],
            row["years"],
            row["source"],
            Wording(row["id"], row["en"]),
        )
        for row in tomllib.loads(text)["ground"]
    )


def ground_on(code: str, since: date) -> Ground:
    """Find a ground as it was law on a day.

    Raises: GroundUnknown.
    """
    found = [each for each in grounds() if each.code == code and each.valid_from <= since]
    if not found:
        raise GroundUnknown(code, since)
    return max(found, key=lambda each: each.valid_from)


def kept_until(code: str, since: date) -> date:
    """Give the last day on which data must be kept that began to count on a day.

    >>> kept_until("tax", date(2024, 2, 29)), kept_until("tax", date(2024, 3, 1))
    (datetime.date(2034, 2, 28), datetime.date(2034, 3, 1))

    Raises: GroundUnknown, DateOutOfRange.
    """
    year = since.year + ground_on(code, since).years
    try:
        return check_date(since.replace(year=year))
    except ValueError:  # 29 February
        return check_date(since.replace(year=year, day=28))
