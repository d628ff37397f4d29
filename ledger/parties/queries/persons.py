"""Reads of persons: who is there, who is the same human being, who is related to whom."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.books.tables import Tenant
from ledger.errors import NotFound, Refused, Wording
from ledger.journal.subjects import person_subject
from ledger.parties.identity import person_id
from ledger.parties.tables import Person, PersonEvent, Relation


@dataclass(eq=False)
class PersonNotFound(NotFound):
    """The tenant knows no such person, or she is not the caller's to see."""

    code = "person_not_found"
    wording = Wording(id="Orang “{person}” tidak ada.", en="There is no person “{person}”.")
    person: str


@dataclass(eq=False)
class PersonAmbiguous(Refused):
    """Several tenants know a person by this reference."""

    code = "person_ambiguous"
    wording = Wording(
        id="Ada beberapa orang “{person}”.", en="There are several persons “{person}”."
    )
    hint = Wording(id="Tulis tenant/orang.", en="Write tenant/person.")
    person: str


def lock(session: Session, tenant: int, person: int) -> Person:
    """Lock a person's row for a change, and read it afresh.

    Raises:
        PersonNotFound: the tenant knows no such person.
    """
    found = session.scalar(
        select(Person)
        .where(Person.tenant_id == tenant, Person.id == person)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise PersonNotFound(str(person))
    return found


def find(session: Session, tenant: int, ref: str) -> Person:
    """Find a person by the reference she was registered under, or by her id written out.

    Raises:
        PersonNotFound: the tenant knows no such person.
    """
    query = select(Person).where(Person.tenant_id == tenant)
    found = session.scalar(query.where(Person.id == person_id(tenant, ref), Person.ref == ref))
    if found is None and _is_id(ref):
        found = session.scalar(query.where(Person.id == int(ref)))
    if found is None:
        raise PersonNotFound(ref)
    return found


def find_anywhere(session: Session, name: str) -> Person:
    """Find a person by `tenant/ref`, by `ref` alone, or by her id written out.

    A reference may have a slash: a full name means its own person before any reference like it.

    Raises:
        PersonNotFound: nobody does.
        PersonAmbiguous: several do.
    """
    tenant, slash, ref = name.partition("/")
    found: Sequence[Person] = ()
    if slash:
        whose = session.scalar(select(Tenant.id).where(Tenant.code == tenant))
        of = select(Person).where(Person.tenant_id == whose, Person.ref == ref)
        found = session.scalars(of.where(Person.id == person_id(whose or 0, ref))).all()
    if not found:
        query = select(Person).where(Person.ref == name)
        found = session.scalars(query.order_by(Person.tenant_id, Person.id).limit(2)).all()
    if not found and _is_id(name):
        anywhere = Person.tenant_id.in_(select(Tenant.id))  # so that the whole key is known
        found = session.scalars(
            select(Person).where(anywhere, Person.id == int(name)).limit(2)
        ).all()
    if not found:
        raise PersonNotFound(name)
    if len(found) > 1:
        raise PersonAmbiguous(name)
    return found[0]


def _is_id(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) < 20 and int(name) < 2**63


def text_subject(session: Session, tenant: int, person: int) -> str:
    """Name the subject of a new text about a person: that of whom she was merged into, if so.

    Raises:
        PersonNotFound.
    """
    return person_subject(natural(session, tenant, [person])[person])


def records(session: Session, tenant: int, person: int) -> list[int]:
    """List all records of the human being that a record stands for, her own first.

    Raises:
        PersonNotFound.
    """
    root = natural(session, tenant, [person])[person]
    merged = select(Person.id).where(Person.tenant_id == tenant, Person.merged_into == root)
    return [root, *session.scalars(merged.order_by(Person.id))]


def natural(session: Session, tenant: int, persons: Iterable[int]) -> dict[int, int]:
    """Tell for each person which human being she is: herself, or whom she was merged into.

    Raises:
        PersonNotFound: the tenant does not know one of them.
    """
    asked = sorted(set(persons))
    query = select(Person.id, Person.merged_into).where(Person.tenant_id == tenant)
    found: dict[int, int] = {}
    for start in range(0, len(asked), 500):
        rows = session.execute(query.where(Person.id.in_(asked[start : start + 500])))
        found.update({row.id: row.merged_into or row.id for row in rows})
    for person in asked:
        if person not in found:
            raise PersonNotFound(str(person))
    return found


def related(session: Session, tenant: int, person: int) -> dict[int, set[str]]:
    """Name the human beings a person is related to at present, with the kinds of relation.

    Relations of everybody who was merged into her count.
    """
    root, *merged = records(session, tenant, person)
    own = {root, *merged}
    live = select(Relation).where(Relation.tenant_id == tenant, Relation.ended_at.is_(None))
    found: dict[int, set[str]] = {}
    for mine, other in ((Relation.low_id, "high_id"), (Relation.high_id, "low_id")):
        for row in session.scalars(live.where(mine.in_(own))):
            found.setdefault(getattr(row, other), set()).add(row.kind)
    roots = natural(session, tenant, found)
    gathered: dict[int, set[str]] = {}
    for other_id, kinds in found.items():
        if roots[other_id] != root:
            gathered.setdefault(roots[other_id], set()).update(kinds)
    return gathered


def events(session: Session, tenant: int, person: int) -> list[PersonEvent]:
    """List what was done to a person's record, oldest first."""
    query = select(PersonEvent).where(
        PersonEvent.tenant_id == tenant, PersonEvent.person_id == person
    )
    return list(session.scalars(query.order_by(PersonEvent.no)))
