"""How often somebody may be wrong: slower and slower, and never the owner for a stranger's sake.

Wrong attempts are counted per account, per source, and per known device. An attempt from a device
that the owner has signed in from counts against that device only; all others share the account's
count. So a stranger who locks an account locks out strangers. Nothing locks for ever.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Counted(StrEnum):
    """What wrong attempts are counted for."""

    ACCOUNT = "account"
    SOURCE = "source"
    DEVICE = "device"


FREE: Final = {Counted.ACCOUNT: 5, Counted.DEVICE: 5, Counted.SOURCE: 20}
"""Wrong attempts before the first wait."""

FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(minutes=15)
FORGOTTEN_AFTER: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Count:
    """Wrong attempts so far, and when the last one was."""

    failures: int
    last_at: datetime


def blocked_until(counted: Counted, count: Count | None) -> datetime | None:
    """Say until when no attempt is taken.

    >>> from datetime import UTC
    >>> at = datetime(2026, 1, 1, tzinfo=UTC)
    >>> [str(blocked_until(Counted.ACCOUNT, Count(n, at)))[11:19] for n in (5, 6, 7, 99)]
    ['00:00:30', '00:01:00', '00:02:00', '00:15:00']
    """
    if count is None or count.failures < FREE[counted]:
        return None
    doublings = min(count.failures - FREE[counted], 10)
    return count.last_at + min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def after_failure(count: Count | None, at: datetime) -> Count:
    """Count one more wrong attempt; what is a day old is forgotten."""
    if count is None or at - count.last_at >= FORGOTTEN_AFTER:
        return Count(1, at)
    return Count(count.failures + 1, at)
