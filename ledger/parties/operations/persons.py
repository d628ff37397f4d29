"""Register, merge and relate persons.

A change locks the person's row (of two persons, the lower id first) and leaves a row in
`person_event`.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from ledger.books.tables import Erasure
from ledger.errors import Malformed, Refused, Wording
from ledger.journal.subjects import person_subject
from ledger.parties import fields, nik, queries
from ledger.parties.identity import person_id
from ledger.parties.operations import merging
from ledger.parties.operations.events import PersonNotActive, check_reason, note_event
from ledger.parties.tables import Person, Relation

_REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:@/-]{0,63}\Z")

RelationKind = Literal["family", "household", "business"]


@dataclass(eq=False)
class PersonRefMalformed(Malformed):
    """A person's reference has characters it may not have."""

    code = "person_ref_malformed"
    wording = Wording(
        id="“{ref}” bukan rujukan orang yang sah.", en="“{ref}” is no reference of a person."
    )
    hint = Wording(
        id="Huruf, angka dan _ . : @ / -, paling banyak 64 karakter; jangan memakai NIK atau nama.",
        en="Letters, digits and _ . : @ / -, at most 64 characters; never a NIK or a name.",
    )
    ref: str


@dataclass(eq=False)
class SamePersonTwice(Refused):
    """Both are one human being already."""

    code = "same_person_twice"
    wording = Wording(id="Keduanya adalah orang yang sama.", en="Both are the same person already.")


def register(session: Session, tenant: int, ref: str, *, actor: str, recorded_at: datetime) -> int:
    """Register a person under a reference that says nothing of her, and give her id.

    Registering her again changes nothing.

    Raises:
        PersonRefMalformed.
        PersonNotActive: the reference belongs to somebody who was merged or erased.
    """
    if nik.is_nik(ref):
        raise PersonRefMalformed(fields.HIDDEN)
    if not _REF.match(ref):
        raise PersonRefMalformed(ref)
    made = person_id(tenant, ref)
    found = session.get(Person, (tenant, made))
    if found is not None:
        if found.state != "active":
            raise PersonNotActive(ref)
        return made
    if session.get(Erasure, person_subject(made)) is not None:
        raise PersonNotActive(ref)  # erased after the backup that this database came from
    session.execute(
        insert(Person).values(
            tenant_id=tenant, id=made, ref=ref, state="active", registered_at=recorded_at
        )
    )
    note_event(session, tenant, made, "registered", actor=actor, recorded_at=recorded_at)
    return made


def merge(
    session: Session,
    tenant: int,
    duplicate: int,
    into: int,
    *,
    actor: str,
    reason: str,
    recorded_at: datetime,
) -> None:
    """Say that two records are one human being; the duplicate's stays, and points to the other.

    What only the duplicate's vault has moves to the other's; then its key is destroyed and its
    devices are signed out. Texts about it stay readable, and are erased with the person
    (docs/decisions/0018). `reason` is a word of the operator's (like `same_nik`), never personal
    data.

    Raises:
        ReasonMalformed, PersonNotFound, PersonNotActive.
        SamePersonTwice: both are one already.
        NikDiffers: each has a NIK of its own, so they are two persons.
    """
    check_reason(reason)
    gone, kept = lock_two(session, tenant, duplicate, into)
    for person in (gone, kept):
        if person.state != "active":
            raise PersonNotActive(str(person.id))
    merging.carry_over(session, tenant, gone.id, kept.id, actor=actor, recorded_at=recorded_at)
    pointing = (Person.tenant_id == tenant, Person.merged_into == gone.id)
    session.execute(update(Person).where(*pointing).values(merged_into=kept.id))
    own = (Person.tenant_id == tenant, Person.id == gone.id)
    session.execute(update(Person).where(*own).values(state="merged", merged_into=kept.id))
    for person, what, other in ((gone, "merged_into", kept), (kept, "merged_from", gone)):
        note_event(
            session,
            tenant,
            person.id,
            what,
            before=reason,
            after=str(other.id),
            actor=actor,
            recorded_at=recorded_at,
        )
    session.expire_all()


def relate(
    session: Session,
    tenant: int,
    one: int,
    other: int,
    kind: RelationKind,
    *,
    actor: str,
    recorded_at: datetime,
) -> None:
    """Declare two persons related; declaring it again changes nothing.

    Raises:
        PersonNotFound, SamePersonTwice.
    """
    low, high = lock_two(session, tenant, *sorted((one, other)))
    key = (tenant, low.id, high.id, kind)
    found = session.get(Relation, key)
    if found is not None and found.ended_at is None:
        return
    if found is None:
        session.execute(
            insert(Relation).values(
                tenant_id=tenant,
                low_id=low.id,
                high_id=high.id,
                kind=kind,
                declared_by=actor,
                declared_at=recorded_at,
            )
        )
    else:
        _set_relation(session, key, ended_at=None, declared_by=actor, declared_at=recorded_at)
    _note_relation(session, tenant, low.id, high.id, f"related:{kind}", actor, recorded_at)


def end_relation(
    session: Session,
    tenant: int,
    one: int,
    other: int,
    kind: RelationKind,
    *,
    actor: str,
    recorded_at: datetime,
) -> None:
    """Say that two persons are related no longer; what is not declared ends without a word.

    Raises:
        PersonNotFound, SamePersonTwice.
    """
    low, high = lock_two(session, tenant, *sorted((one, other)))
    key = (tenant, low.id, high.id, kind)
    found = session.get(Relation, key)
    if found is None or found.ended_at is not None:
        return
    _set_relation(session, key, ended_at=recorded_at)
    _note_relation(session, tenant, low.id, high.id, f"unrelated:{kind}", actor, recorded_at)


def lock_two(session: Session, tenant: int, one: int, other: int) -> tuple[Person, Person]:
    """Lock two persons, the lower id first, and give them in the order they were named.

    Raises:
        PersonNotFound.
        SamePersonTwice: both are one human being.
    """
    if one == other:
        raise SamePersonTwice
    locked = {person: queries.lock(session, tenant, person) for person in sorted((one, other))}
    if len(set(queries.natural(session, tenant, locked).values())) == 1:
        raise SamePersonTwice
    return locked[one], locked[other]


def _set_relation(session: Session, key: tuple[int, int, int, str], **values: object) -> None:
    tenant, low, high, kind = key
    where = (
        Relation.tenant_id == tenant,
        Relation.low_id == low,
        Relation.high_id == high,
        Relation.kind == kind,
    )
    session.execute(update(Relation).where(*where).values(**values))
    session.expire_all()


def _note_relation(
    session: Session, tenant: int, low: int, high: int, what: str, actor: str, at: datetime
) -> None:
    for person, other in ((low, high), (high, low)):
        note_event(session, tenant, person, what, after=str(other), actor=actor, recorded_at=at)
