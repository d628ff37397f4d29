"""Lock a person for a change, and write down what was done to her record."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from ledger.errors import Malformed, Refused, Wording
from ledger.parties import queries
from ledger.parties.tables import Person, PersonEvent

_REASON: Final = re.compile(r"[a-z][a-z0-9_.-]{0,63}\Z")


@dataclass(eq=False)
class PersonNotActive(Refused):
    """The person was merged into another, or erased."""

    code = "person_not_active"
    wording = Wording(
        id="Data orang “{person}” sudah digabung atau dihapus.",
        en="The record of person “{person}” was merged or erased.",
    )
    person: str


@dataclass(eq=False)
class ReasonMalformed(Malformed):
    """A reason is a word: sentences would carry the very data that is erased."""

    code = "reason_malformed"
    wording = Wording(id="“{reason}” bukan kata alasan.", en="“{reason}” is no word for a reason.")
    hint = Wording(
        id="Huruf kecil, angka dan _ . -, misalnya permintaan_sendiri.",
        en="Small letters, digits and _ . -, for instance own_request.",
    )
    reason: str


def check_reason(reason: str) -> None:
    """Refuse a reason that is no word.

    Raises:
        ReasonMalformed.
    """
    if not _REASON.match(reason):
        raise ReasonMalformed(reason)


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
