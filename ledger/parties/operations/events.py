"""Lock a person for a change, and write down what was done to her record."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from ledger.errors import Refused, Wording
from ledger.parties import queries
from ledger.parties.tables import Person, PersonEvent


@dataclass(eq=False)
class PersonNotActive(Refused):
    """The person was merged into another, or erased."""

    code = "person_not_active"
    wording = Wording(
        id="Data orang “{person}” sudah digabung atau dihapus.",
        en="The record of person “{person}” was merged or erased.",
    )
    person: str


def lock_active(session: Session, tenant: int, person: int) -> Person:
    """Lock the row of a person whose record may be changed.

    Raises:
        PersonNotFound.
        PersonNotActive: she was merged into another, or erased.
    """
    found = queries.lock(session, tenant, person)
    if found.state != "active":
        raise PersonNotActive(found.ref)
    return found


def note_event(
    session: Session,
    tenant: int,
    person: int,
    what: str,
    *,
    actor: str,
    recorded_at: datetime,
    before: str | None = None,
    after: str | None = None,
) -> None:
    """Write a change of a person's record down, never with personal data; her row is locked."""
    mine = (PersonEvent.tenant_id == tenant, PersonEvent.person_id == person)
    last = session.scalar(select(func.max(PersonEvent.no)).where(*mine))
    session.execute(
        insert(PersonEvent).values(
            tenant_id=tenant,
            person_id=person,
            no=(last or 0) + 1,
            what=what,
            before=before,
            after=after,
            actor=actor,
            recorded_at=recorded_at,
        )
    )
