"""Compare a statement's own balances with the ones its movements give. Pure.

A bank prints a day's movements in no particular order, so only the end of a day can be compared;
and since the last movement may stand on any line of the day, of the balances stated that day the
one nearest to ours is taken. What remains is the bank's rounding, or a line that is missing.

A statement that begins in the middle of an account's life states more than its movements give,
always by the same: the balance before its first line. That one is found first and counted in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter

Stated = tuple[str, int, int, int, int | None]
"""Of a line: its account, day (an ordinal), number, what it changes, and the balance after it."""


@dataclass(slots=True)
class Reconciliation:
    """Day-end balances of a statement, compared; differences in minor units.

    `begun` counts accounts that had a balance before the first line of the statement.
    """

    unit: int
    account_days: int = 0
    within_a_unit: int = 0
    worst: int = 0
    worst_account: str = ""
    worst_day: date | None = None
    begun: int = 0


def reconcile(rows: Iterable[Stated], unit: int) -> Reconciliation:
    """Compare day by day; the rows come by account, day and line.

    >>> day = [("bca", 5, 2, -10, 90), ("bca", 5, 3, 100, 100), ("bca", 6, 4, -5, 83)]
    >>> found = reconcile(day, 1)
    >>> found.account_days, found.within_a_unit, found.worst
    (2, 1, 2)
    """
    found = Reconciliation(unit)
    for account, of_account in groupby(rows, key=itemgetter(0)):
        before: int | None = None
        balance = 0
        for day, of_day in groupby(of_account, key=itemgetter(1)):
            lines = list(of_day)
            stated = [line[4] for line in lines if line[4] is not None]
            if before is None and stated:
                before = _before(lines, unit) - balance
                balance += before
                found.begun += before != 0
            balance += sum(line[3] for line in lines)
            if stated:
                _compare(found, account, day, min(abs(each - balance) for each in stated))
    return found


def _compare(found: Reconciliation, account: str, day: int, difference: int) -> None:
    found.account_days += 1
    found.within_a_unit += difference <= found.unit
    if difference > found.worst:
        found.worst, found.worst_account = difference, account
        found.worst_day = date.fromordinal(day)


def _before(lines: Sequence[Stated], unit: int) -> int:
    """Find the balance before the first line of a day, whichever line that is.

    Each line tells the balance before it. The first one's follows from no other line of the day;
    where one of them is nothing, give or take the bank's rounding, the account begins here.
    """
    told = [line[4] - line[3] for line in lines if line[4] is not None]
    if any(abs(before) <= unit for before in told):
        return 0
    after = {line[4] for line in lines}
    return next((before for before in told if before not in after), told[0])
