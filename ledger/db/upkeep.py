"""When the operator last verified, backed up and the like: one row a chore, for health checks."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ledger.db.types import Base, UtcDateTime


class Upkeep(Base):
    """The last time a chore was done, and whether it found everything well."""

    __tablename__ = "upkeep"

    what: Mapped[str] = mapped_column(String(32), primary_key=True)
    done_at: Mapped[datetime] = mapped_column(UtcDateTime)
    good: Mapped[bool]


@dataclass(frozen=True, slots=True)
class Done:
    """A chore that was done."""

    at: datetime
    good: bool


def note_upkeep(session: Session, what: str, *, at: datetime, good: bool) -> None:
    """Note that a chore was done: `verify` or `backup`, of all books."""
    row = session.get(Upkeep, what)
    if row is None:
        session.add(Upkeep(what=what, done_at=at, good=good))
    else:
        row.done_at, row.good = at, good


def last_upkeep(session: Session) -> dict[str, Done]:
    """Tell when each chore was last done."""
    return {row.what: Done(row.done_at, row.good) for row in session.scalars(select(Upkeep))}
