"""Pay-day cycles, and what is left of a budget in one. Pure; half-open ranges of days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.dates import DateRange, add_months


@dataclass(frozen=True, slots=True, kw_only=True)
class SetBudget:
    """A budget as she wants it, under an id of her phone's.

    `minor` of `currency` may be spent (earned) on a category and all below it in each cycle, from
    the cycle in which `since` falls. With `rolls_over`, what is left or overspent goes into the
    next. `ended` stops it.
    """

    book_id: int
    id: bytes
    category: str
    currency: str
    minor: int
    since: date
    rolls_over: bool = False
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A budget in one cycle: what was planned, what came over, what was spent.

    `variance` is actual less plan; `left` counts what came over.
    """

    cycle: DateRange
    planned: int
    carried: int
    actual: int

    @property
    def variance(self) -> int:
        """Actual less plan; above zero she spent more than she meant to."""
        return self.actual - self.planned

    @property
    def left(self) -> int:
        """What may still be spent in the cycle; below zero it is overspent."""
        return self.planned + self.carried - self.actual


def cycle_of(day: date, pay_day: int) -> DateRange:
    """Give the days from one pay day to before the next, among which a day is.

    A pay day beyond a month's end is that month's last day.

    >>> cycle_of(date(2026, 3, 1), 31)
    DateRange(start=datetime.date(2026, 2, 28), end=datetime.date(2026, 3, 31))
    >>> cycle_of(date(2026, 11, 24), 7).start.isoformat()
    '2026-11-07'
    """
    first = day.replace(day=1)
    this = add_months(first, 0, seed_day=pay_day)
    start = this if this <= day else add_months(first, -1, seed_day=pay_day)
    return DateRange(start, add_months(start.replace(day=1), 1, seed_day=pay_day))


def cycles(since: date, until: date, pay_day: int) -> list[DateRange]:
    """List the cycles from that of one day to that of another, which may be none.

    >>> [c.start.isoformat() for c in cycles(date(2026, 1, 5), date(2026, 3, 1), 31)]
    ['2025-12-31', '2026-01-31', '2026-02-28']
    """
    found: list[DateRange] = []
    at = since
    last = cycle_of(until, pay_day)
    while (cycle := cycle_of(at, pay_day)).start <= last.start:
        found.append(cycle)
        at = cycle.end
    return found


def lines(
    planned: int, spans: Sequence[DateRange], days: Mapping[date, int], *, rolls_over: bool
) -> list[Line]:
    """Hold what was spent, by day, against a budget in following cycles.

    >>> november, december = cycles(date(2026, 11, 7), date(2026, 12, 7), 7)
    >>> found = lines(100, [november, december], {date(2026, 11, 9): 130}, rolls_over=True)
    >>> [(line.carried, line.actual, line.left, line.variance) for line in found]
    [(0, 130, -30, 30), (-30, 0, 70, -100)]
    """
    found: list[Line] = []
    carried = 0
    for cycle in spans:
        actual = sum(minor for day, minor in days.items() if day in cycle)
        line = Line(cycle, planned, carried, actual)
        carried = line.left if rolls_over else 0
        found.append(line)
    return found
