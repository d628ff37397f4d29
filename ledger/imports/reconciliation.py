"""Compare a statement's own balances with the ones its movements give. Pure.

A bank prints a day's movements in no particular order, so only the end of a day can be compared,
and of the balances it states that day the last one may stand on any line: the one nearest to
ours is taken. What remains is the bank's rounding, or a line that is missing.
"""

from dataclasses import dataclass, field
from datetime import date

from ledger.imports.movements import Movement


@dataclass(slots=True)
class _Running:
    day: date
    balance: int = 0
    stated: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Reconciliation:
    """Day-end balances of a statement, compared; differences in minor units."""

    unit: int
    account_days: int = 0
    within_a_unit: int = 0
    worst: int = 0
    worst_account: str = ""
    worst_day: date | None = None
    out_of_order: int = 0
    _running: dict[str, _Running] = field(default_factory=dict)

    def add(self, movement: Movement) -> None:
        """Take one movement; those of an account come in order of dates."""
        running = self._running.get(movement.account)
        if running is None:
            running = self._running[movement.account] = _Running(movement.day)
        elif movement.day > running.day:
            self._end_day(movement.account, running)
            running.day = movement.day
        elif movement.day < running.day:
            self.out_of_order += 1
        running.balance += movement.amount if movement.inward else -movement.amount
        if movement.balance is not None:
            running.stated.append(movement.balance)

    def finish(self) -> None:
        """End the last day of every account."""
        for account, running in self._running.items():
            self._end_day(account, running)
        self._running.clear()

    def _end_day(self, account: str, running: _Running) -> None:
        if not running.stated:
            return
        difference = min(abs(stated - running.balance) for stated in running.stated)
        running.stated = []
        self.account_days += 1
        if difference <= self.unit:
            self.within_a_unit += 1
        if difference > self.worst:
            self.worst, self.worst_account, self.worst_day = difference, account, running.day
