"""Facts as of a day, for evaluation: only of those who consent to it at the time of reading.

Reading is in bulk, for disaggregation. Who withdrew her consent, restricted her data, or was
erased is not there, on whatever day one asks about.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Date, Row, bindparam, select
from sqlalchemy.orm import Session

from ledger.consents import texts
from ledger.consents.facts.tables import PersonFact
from ledger.consents.queries.among import Sought, beings, rows_of, value
from ledger.consents.queries.consents import given_among
from ledger.consents.queries.persons import AT_ONCE
from ledger.consents.queries.requests import restricted_among
from ledger.db import UtcDateTime
from ledger.parties.queries import records

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
    allowed = given_among(session, tenant, persons, EVALUATION, at, catalogue=catalogue)
    allowed -= restricted_among(session, tenant, allowed)
    roots = set(beings(session, tenant, allowed).values())
    found: dict[int, dict[FactKey, Fact]] = {root: {} for root in roots}
    rows = rows_of(session, tenant, roots, _sought(day, known_at, names))
    of_record = itemgetter(0, 1)
    for (root, _), group in groupby(sorted(rows, key=itemgetter(0, 1, 2)), key=of_record):
        mine = found[root]
        for key, fact in _held(group, day).items():
            if key not in mine or fact.valid_from >= mine[key].valid_from:
                mine[key] = fact
    return found


def _sought(day: date, known_at: datetime | None, names: Sequence[str] | None) -> Sought:
    where = "{t}.valid_from <= :day"
    values = [value("day", day, Date())]
    if known_at is not None:
        where += " AND {t}.recorded_at <= :known_at"
        values.append(value("known_at", known_at, UtcDateTime()))
    if names is not None:
        where += " AND {t}.name IN :names"
        values.append(bindparam("names", list(names), expanding=True))
    columns = ("no", "name", "key", "value", "scheme", "version", "valid_from", "valid_through")
    types = {name: PersonFact.__table__.c[name].type for name in columns}
    return Sought("person_fact", types, where, tuple(values))


def _held(rows: Iterable[Row[Any]], day: date) -> dict[FactKey, Fact]:
    """Give the last word on each fact: the latest day it is valid from, and then the newest."""
    last: dict[FactKey, Row[Any]] = {}
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
