"""When something comes again, and what she asks for. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ledger import dates
from ledger.household.records.items import Received, Spent


class Every(StrEnum):
    """What a rhythm counts in."""

    WEEK = "week"
    """Weeks from the first day."""
    MONTH = "month"
    """Months from the first day; the last of a month that is too short for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRecurring:
    """Something that comes again, under an id of her phone's.

    `content` is what is recorded each time, of one part; its day is the first one due. `step`
    counts weeks or months from one to the next; nothing is due after `until`. `ended` stops it.
    """

    book_id: int
    id: bytes
    content: Spent | Received
    every: Every
    step: int = 1
    until: date | None = None
    ended: bool = False


def due(first: date, every: Every, step: int, number: int) -> date:
    """Give the day on which the n-th is due, the first being number 0.

    >>> [due(date(2026, 1, 31), Every.MONTH, 1, n).isoformat() for n in (0, 1, 2)]
    ['2026-01-31', '2026-02-28', '2026-03-31']
    >>> due(date(2026, 11, 24), Every.WEEK, 2, 3).isoformat()
    '2027-01-05'

    Raises: DateOutOfRange.
    """
    if every is Every.WEEK:
        return dates.check_date(first + timedelta(weeks=step * number))
    return dates.add_months(first, step * number)
