"""Record facts of participants in bulk; each rests on a consent, or is not recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.consents import texts
from ledger.consents.answers import Answer
from ledger.consents.facts import kinds
from ledger.consents.facts.queries import EVALUATION
from ledger.consents.facts.tables import PersonFact
from ledger.consents.queries.consents import bases
from ledger.consents.queries.persons import chunks, lock_all
from ledger.dates import DateRangeBackwards, check_date
from ledger.db import insert_rows
from ledger.db.types import utc_text
from ledger.errors import LedgerError, Refused, Wording
from ledger.parties import queries as parties
from ledger.parties.tables import Person

_COLUMNS = {
    "tenant_id": "bigint",
    "person_id": "bigint",
    "no": "int",
    "name": "text",
    "key": "text",
    "value": "text",
    "scheme": "text",
    "version": "text",
    "valid_from": "date",
    "valid_through": "date",
    "consent_person_id": "bigint",
    "consent_purpose": "text",
    "consent_no": "int",
    "actor": "text",
    "recorded_at": "timestamptz",
}


@dataclass(eq=False)
class FactWithoutConsent(Refused):
    """She did not consent to evaluation, so nothing of this kind is kept of her."""

    code = "fact_without_consent"
    wording = Wording(
        id="Orang “{person}” belum menyetujui evaluasi.",
        en="Person “{person}” has not consented to evaluation.",
    )
    hint = Wording(
        id="Tanyakan dulu: `juang consent give`.", en="Ask her first: `juang consent give`."
    )
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A fact to record; no value takes it back. Valid until a newer one, or through a day."""

    person: int
    name: str
    value: str | None
    valid_from: date
    key: str = ""
    scheme: str | None = None
    version: str | None = None
    valid_through: date | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row was left out; rows count from 0."""

    row: int
    error: LedgerError


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of many rows."""

    recorded: int
    existing: int
    problems: tuple[Problem, ...]


def record(
    session: Session,
    tenant: int,
    rows: Sequence[Told],
    *,
    actor: str,
    recorded_at: datetime,
    catalogue: texts.Catalogue | None = None,
) -> Recorded:
    """Record facts; what was recorded alike before changes nothing, a bad row stops no other."""
    persons = _known(session, tenant, {row.person for row in rows})
    given = bases(session, tenant, persons, EVALUATION, recorded_at, catalogue=catalogue)
    problems: list[Problem] = []
    good: list[Told] = []
    for at, row in enumerate(rows):
        error = _wrong(row, persons, given)
        if error is None:
            good.append(row)
        else:
            problems.append(Problem(at, error))
    touched = {row.person for row in good}
    lock_all(session, tenant, touched)
    numbers, last = _stored(session, tenant, touched)
    made: list[tuple[object, ...]] = []
    for row in good:
        content = (row.value, row.scheme, row.version, row.valid_through)
        place = (row.person, row.name, row.key, row.valid_from)
        if last.get(place) == content:
            continue
        last[place] = content
        numbers[row.person] = numbers.get(row.person, 0) + 1
        made.append(_row(tenant, row, numbers[row.person], given[row.person], actor, recorded_at))
    insert_rows(session, "person_fact", [*_COLUMNS], [*_COLUMNS.values()], made)
    return Recorded(len(made), len(good) - len(made), tuple(problems))


def _wrong(row: Told, persons: set[int], given: Mapping[int, Answer]) -> LedgerError | None:
    """Say what is wrong with a row: the person, then the value, then the consent."""
    if row.person not in persons:
        return parties.PersonNotFound(str(row.person))
    try:
        kinds.check(row.name, row.key, row.value, row.scheme, row.version)
        check_date(row.valid_from)
        if row.valid_through is not None and check_date(row.valid_through) < row.valid_from:
            return DateRangeBackwards(row.valid_from, row.valid_through)
    except LedgerError as error:
        return error
    return None if row.person in given else FactWithoutConsent(str(row.person))


def _known(session: Session, tenant: int, persons: set[int]) -> set[int]:
    found: set[int] = set()
    for chunk in chunks(persons):
        query = select(Person.id).where(Person.tenant_id == tenant, Person.id.in_(chunk))
        found |= set(session.scalars(query))
    return found


_Place = tuple[int, str, str, date]
_Content = tuple[str | None, str | None, str | None, date | None]


def _stored(
    session: Session, tenant: int, persons: set[int]
) -> tuple[dict[int, int], dict[_Place, _Content]]:
    """Give the highest number of each person, and the last word on each fact of a day."""
    numbers: dict[int, int] = {}
    last: dict[_Place, _Content] = {}
    for chunk in chunks(persons):
        query = select(PersonFact).where(
            PersonFact.tenant_id == tenant, PersonFact.person_id.in_(chunk)
        )
        for row in session.scalars(query.order_by(PersonFact.person_id, PersonFact.no)):
            numbers[row.person_id] = row.no
            place = (row.person_id, row.name, row.key, row.valid_from)
            last[place] = (row.value, row.scheme, row.version, row.valid_through)
    return numbers, last


def _row(
    tenant: int, row: Told, no: int, basis: Answer, actor: str, recorded_at: datetime
) -> tuple[object, ...]:
    through = None if row.valid_through is None else row.valid_through.isoformat()
    return (
        tenant,
        row.person,
        no,
        row.name,
        row.key,
        row.value,
        row.scheme,
        row.version,
        row.valid_from.isoformat(),
        through,
        basis.record,
        EVALUATION,
        basis.no,
        actor,
        utc_text(recorded_at),
    )
