"""How long known devices and counts of wrong attempts are kept: dated data."""

import tomllib
from datetime import date, timedelta
from functools import lru_cache
from importlib import resources
from typing import NamedTuple


class Period(NamedTuple):
    """For how many days rows of a table are kept, from which day on, and where that stands."""

    kept: str
    valid_from: date
    days: int
    source: str


@lru_cache(maxsize=1)
def periods() -> tuple[Period, ...]:
    """List all periods, as `data/signing_in.toml` has them."""
    text = (resources.files("ledger.access") / "data" / "signing_in.toml").read_text("utf-8")
    return tuple(Period(**row) for row in tomllib.loads(text)["period"])


def kept_for(table: str, day: date) -> timedelta | None:
    """Give how long a table's rows are kept on a day; None before there was a period.

    >>> kept_for("known_device", date(2026, 11, 24)), kept_for("known_device", date(2025, 1, 1))
    (datetime.timedelta(days=90), None)
    """
    found = [each for each in periods() if each.kept == table and each.valid_from <= day]
    if not found:
        return None
    return timedelta(days=max(found, key=lambda each: each.valid_from).days)
