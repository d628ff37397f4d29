"""Duties of one day in one book that no person may do two of, as data (security.md §2.5).

Holding a role is one thing, doing its work today another: who took cash this morning does not
approve this afternoon, and neither of them counts the drawer tonight.
"""

from enum import StrEnum
from typing import Final

from ledger.errors import Wording


class Duty(StrEnum):
    """Something an officer does in a book on a business date."""

    TELLER = "teller"
    """Took or gave cash."""
    APPROVER = "approver"
    """Approved a proposal."""
    RECONCILER = "reconciler"
    """Counted cash or a bank statement against the books."""


NAMES: Final = {
    Duty.TELLER: Wording("kas", "cash"),
    Duty.APPROVER: Wording("persetujuan", "approval"),
    Duty.RECONCILER: Wording("pencocokan", "reconciliation"),
}

APART: Final = frozenset(
    {
        frozenset({Duty.TELLER, Duty.APPROVER}),
        frozenset({Duty.TELLER, Duty.RECONCILER}),
        frozenset({Duty.APPROVER, Duty.RECONCILER}),
    }
)
"""Pairs that one person never does in one book on one day."""


def clash(duty: Duty, done: frozenset[Duty]) -> Duty | None:
    """Name a duty done today that rules this one out.

    >>> clash(Duty.APPROVER, frozenset({Duty.APPROVER, Duty.TELLER}))
    <Duty.TELLER: 'teller'>
    """
    return next((other for other in sorted(done) if frozenset({duty, other}) in APART), None)
