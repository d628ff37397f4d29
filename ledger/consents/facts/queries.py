"""Facts as of a day, for evaluation: only of those who consent to it at the time of reading.

Reading is in bulk, for disaggregation. Who withdrew her consent, restricted her data, or was
erased is not there, on whatever day one asks about.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ledger.consents import texts
from ledger.consents.facts.tables import PersonFact
from ledger.consents.queries.consents import given_among
from ledger.consents.queries.persons import AT_ONCE, chunks, records
from ledger.consents.queries.requests import restricted_among
from ledger.parties.tables import Person

EVALUATION = "evaluation"
"""The purpose of consent that facts rest on."""

FactKey = tuple[str, str]
"""A fact's name, and its key where it has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A fact that held on the day asked about."""

    value: str
    scheme: str | None
    version: str | None
    valid_from: date


def as_of(
    session: Session,
    tenant: int,
    persons: Iterable[int],
    day: date,
    *,
    at: datetime,
    known_at: datetime | None = None,
    names: Sequence[str] | None = None,
    catalogue: texts.Catalogue | None = None,
) -> dict[int, dict[FactKey, Fact]]:
    """Give the facts of persons that held on a day, by the human beings they are.

    `at` is now: consents are asked at that time, not on the day. `known_at` leaves out what was
    recorded later. Who may not be read is left out; who consents and told nothing has no facts.

    Raises:
        PurposeUnknown.
    """
    found: dict[int, dict[FactKey, Fact]] = {}
    for chunk in chunks(persons):
        allowed = given_among(session, tenant, chunk, EVALUATION, at, catalogue=catalogue)
        allowed -= restricted_among(session, tenant, allowed)
        roots = _roots(session, tenant, allowed)
        found |= {root: {} for root in set(roots.values())}
        merged = _merged(session, tenant, set(roots.values()))
        for record, rows in _rows(session, tenant, merged, day, known_at, names):
            held = _held(rows, day)
            mine = found[merged[record]]
            for key, fact in held.items():
                if key not in mine or fact.valid_from >= mine[key].valid_from:
                    mine[key] = fact
    return found


def _roots(session: Session, tenant: int, persons: Iterable[int]) -> dict[int, int]:
    query = select(Person.id, func.coalesce(Person.merged_into, Person.id))
    found: dict[int, int] = {}
    for chunk in chunks(persons):
        mine = query.where(Person.tenant_id == tenant, Person.id.in_(chunk))
        found.update((person, root) for person, root in session.execute(mine))
    return found


def _merged(session: Session, tenant: int, roots: set[int]) -> dict[int, int]:
    """Give all records of human beings, each with whom it is of."""
    found = {root: root for root in roots}
    for chunk in chunks(roots):
        query = select(Person.id, Person.merged_into).where(
            Person.tenant_id == tenant, Person.merged_into.in_(chunk)
        )
        found |= {row.id: row.merged_into for row in session.execute(query) if row.merged_into}
    return found


def _rows(
    session: Session,
    tenant: int,
    persons: Iterable[int],
    day: date,
    known_at: datetime | None,
    names: Sequence[str] | None,
) -> Iterator[tuple[int, list[PersonFact]]]:
    """Read the facts of records up to a day; records in the order of their ids."""
    for chunk in chunks(persons):
        query = select(PersonFact).where(
            PersonFact.tenant_id == tenant,
            PersonFact.person_id.in_(chunk),
            PersonFact.valid_from <= day,
        )
        if known_at is not None:
            query = query.where(PersonFact.recorded_at <= known_at)
        if names is not None:
            query = query.where(PersonFact.name.in_(names))
        rows = session.scalars(query.order_by(PersonFact.person_id, PersonFact.no))
        for record, group in groupby(rows, key=lambda row: row.person_id):
            yield record, list(group)


def _held(rows: Iterable[PersonFact], day: date) -> dict[FactKey, Fact]:
    """Give the last word on each fact: the latest day it is valid from, and then the newest."""
    last: dict[FactKey, PersonFact] = {}
    for row in rows:  # in order of their numbers: a later one of the same day corrects
        key = (row.name, row.key)
        if key not in last or row.valid_from >= last[key].valid_from:
            last[key] = row
    return {
        key: Fact(
            value=row.value,
            scheme=row.scheme,
            version=row.version,
            valid_from=row.valid_from,
        )
        for key, row in last.items()
        if row.value is not None and (row.valid_through is None or day <= row.valid_through)
    }


def history(session: Session, tenant: int, person: int) -> list[PersonFact]:
    """List all that was ever recorded of a person, for herself and her archive.

    Raises:
        PersonNotFound.
    """
    own = records(session, tenant, person)
    query = select(PersonFact).where(PersonFact.tenant_id == tenant, PersonFact.person_id.in_(own))
    order = (PersonFact.name, PersonFact.key, PersonFact.valid_from)
    return list(session.scalars(query.order_by(*order, PersonFact.person_id, PersonFact.no)))


def told_of(session: Session, tenant: int) -> Iterator[list[int]]:
    """Give the records of which any fact was told, some hundreds at a time, by id."""
    last = -1
    while True:
        query = select(PersonFact.person_id).where(
            PersonFact.tenant_id == tenant, PersonFact.person_id > last
        )
        page = list(session.scalars(query.distinct().order_by(PersonFact.person_id).limit(AT_ONCE)))
        if not page:
            return
        yield page
        last = page[-1]
