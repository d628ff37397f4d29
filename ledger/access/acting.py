"""Who acts, once she has shown who she is: what every door hands on to policy and approvals."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ledger.approvals.independence import Actor


@dataclass(frozen=True, slots=True)
class Acting:
    """An account that came in, with the roles it has today.

    At level 1 only the passphrase was shown: there are no roles, and nothing to do but to enrol a
    second factor. `stepped_up_at` is when the second factor was last shown.
    """

    tenant: int
    officer_id: int
    handle: str
    person_id: int
    roles: frozenset[str]
    level: int
    session_no: int | None = None
    stepped_up_at: datetime | None = None

    @property
    def actor(self) -> Actor:
        """Give the person behind it, for approvals."""
        return Actor(self.person_id, self.handle, self.roles)


class Answer(StrEnum):
    """How an attempt to come in ends. What was wrong is not said."""

    COME_IN = "come_in"
    """Passphrase and code are right."""
    ENROL = "enrol"
    """The passphrase is right, and there is no second factor yet."""
    WRONG = "wrong"
    """Handle, passphrase or code is wrong, or the account is disabled."""
    WAIT = "wait"
    """Too many were wrong: nothing is tried before `retry_at`."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """The answer to an attempt; it is never raised, so that what it counted is committed."""

    answer: Answer
    acting: Acting | None = None
    retry_at: datetime | None = None
