"""Is a consent given? One statement for one person, three for some hundreds; all by key."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, Select, and_, func, select, union_all
from sqlalchemy.orm import Session, aliased

from ledger.consents import answers, texts
from ledger.consents.answers import Answer
from ledger.consents.queries.persons import chunks, records
from ledger.consents.tables import NOBODY, ConsentEvent
from ledger.parties.tables import Person


def is_given(
    session: Session,
    tenant: int,
    person: int,
    purpose: str,
    at: datetime,
    *,
    other: int | None = None,
    catalogue: texts.Catalogue | None = None,
) -> bool:
    """Tell whether a person consents to a purpose at an instant; absent, unknown, erased: no.

    `other` is the tenant a sharing consent names.

    Raises:
        PurposeUnknown.
    """
    asked = [person]
    return bool(given_among(session, tenant, asked, purpose, at, other=other, catalogue=catalogue))


def given_among(
    session: Session,
    tenant: int,
    persons: Iterable[int],
    purpose: str,
    at: datetime,
    *,
    other: int | None = None,
    catalogue: texts.Catalogue | None = None,
) -> set[int]:
    """Give those of many persons who consent to a purpose at an instant.

    Raises:
        PurposeUnknown.
    """
    return set(bases(session, tenant, persons, purpose, at, other=other, catalogue=catalogue))


def bases(
    session: Session,
    tenant: int,
    persons: Iterable[int],
    purpose: str,
    at: datetime,
    *,
    other: int | None = None,
    catalogue: texts.Catalogue | None = None,
) -> dict[int, Answer]:
    """Give the answer each person's consent rests on; who does not consent is left out.

    Raises:
        PurposeUnknown.
    """
    oldest = (catalogue or texts.shipped()).purpose(purpose).oldest_counting(at)
    asked = set(persons)
    answered = _of_one if len(asked) == 1 else _of_many
    found = answered(session, tenant, asked, purpose, other or NOBODY, at)
    made = {person: answers.basis(found[person], oldest) for person in found}
    return {person: answer for person, answer in made.items() if answer is not None}


def _of_one(
    session: Session, tenant: int, persons: set[int], purpose: str, other: int, at: datetime
) -> dict[int, list[Answer]]:
    """Read the answers of one person's records: one statement, each step a look-up by key."""
    (person,) = persons
    query = _answers(tenant, _own_records(tenant, person), purpose, other, at)
    return {person: [Answer(**row._mapping) for row in session.execute(query)]}  # noqa: SLF001


def _of_many(
    session: Session, tenant: int, persons: set[int], purpose: str, other: int, at: datetime
) -> dict[int, list[Answer]]:
    """Read the answers of many: persons, records, answers, some hundreds at a time.

    In one statement a planner without statistics walks through all answers of a tenant.
    """
    found: dict[int, list[Answer]] = {}
    for chunk in chunks(persons):
        roots = {row.asked: row.root for row in session.execute(_roots(tenant, chunk))}
        of = {root: root for root in roots.values()}
        merged = select(Person.id, Person.merged_into).where(
            Person.tenant_id == tenant, Person.merged_into.in_(list(of))
        )
        of |= {row.id: row.merged_into for row in session.execute(merged) if row.merged_into}
        by_root: dict[int, list[Answer]] = {}
        for row in session.execute(_answers(tenant, list(of), purpose, other, at)):
            by_root.setdefault(of[row.record], []).append(Answer(**row._mapping))  # noqa: SLF001
        found |= {person: by_root[root] for person, root in roots.items() if root in by_root}
    return found


def _answers(
    tenant: int, own: list[int] | CompoundSelect[int], purpose: str, other: int, at: datetime
) -> Select[*tuple[Any, ...]]:
    event = ConsentEvent
    return select(
        event.person_id.label("record"),
        event.no,
        event.given,
        event.text_version.label("version"),
        event.at,
    ).where(
        event.tenant_id == tenant,
        event.person_id.in_(own),
        event.purpose == purpose,
        event.other_id == other,
        event.at <= at,
    )


def _own_records(tenant: int, person: int) -> CompoundSelect[int]:
    """Give all records of the human being a person is; none, if she was erased."""
    root = _roots(tenant, [person]).subquery("own")
    merged = select(Person.id).where(
        Person.tenant_id == tenant, Person.merged_into == select(root.c.root).scalar_subquery()
    )
    return union_all(select(root.c.root), merged)


def _roots(tenant: int, persons: list[int]) -> Select[*tuple[Any, ...]]:
    """Pair persons with the human beings they are, the erased left out."""
    asked, root = Person, aliased(Person)
    itself = and_(
        root.tenant_id == tenant,
        root.id == func.coalesce(asked.merged_into, asked.id),
        root.state != "erased",
    )
    return (
        select(asked.id.label("asked"), root.id.label("root"))
        .join(root, itself)
        .where(asked.tenant_id == tenant, asked.id.in_(persons))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a person stands on one purpose: her last word, and whether it counts."""

    purpose: str
    other: int | None
    given: bool
    outdated: bool
    since: datetime
    version: int | None
    language: str | None
    means: str
    witness: str | None


def standing(
    session: Session,
    tenant: int,
    person: int,
    at: datetime,
    *,
    catalogue: texts.Catalogue | None = None,
) -> list[Standing]:
    """List where a person stands on every purpose she was ever asked about.

    Raises:
        PersonNotFound.
    """
    known = catalogue or texts.shipped()
    groups: dict[tuple[str, int], list[ConsentEvent]] = {}
    for event in history(session, tenant, person):
        if event.at <= at:
            groups.setdefault((event.purpose, event.other_id), []).append(event)
    return [
        _stand(found, known.purpose(purpose).oldest_counting(at))
        for (purpose, _), found in sorted(groups.items())
    ]


def _stand(events: list[ConsentEvent], oldest: int) -> Standing:
    made = {(event.person_id, event.no): event for event in events}
    all_answers = [answer_of(event) for event in events]
    last = answers.latest(all_answers).values()
    yes = all(answer.given for answer in last)
    basis = answers.basis(all_answers, oldest)
    chosen = [answer for answer in last if answer.given is yes]
    told = basis or max(chosen, key=lambda each: (each.at, each.record))
    event = made[told.record, told.no]
    return Standing(
        purpose=event.purpose,
        other=event.other_id or None,
        given=basis is not None,
        outdated=yes and basis is None,
        since=event.at,
        version=event.text_version,
        language=event.language,
        means=event.means,
        witness=event.witness,
    )


def answer_of(event: ConsentEvent) -> Answer:
    """Read an answer from its row."""
    return Answer(
        record=event.person_id,
        no=event.no,
        given=event.given,
        version=event.text_version,
        at=event.at,
    )


def history(session: Session, tenant: int, person: int) -> Iterator[ConsentEvent]:
    """Read all a person ever answered, on any record of hers, as it was recorded.

    Raises:
        PersonNotFound.
    """
    own = records(session, tenant, person)
    query = select(ConsentEvent).where(
        ConsentEvent.tenant_id == tenant, ConsentEvent.person_id.in_(own)
    )
    key = (ConsentEvent.person_id, ConsentEvent.purpose, ConsentEvent.other_id, ConsentEvent.no)
    yield from session.scalars(query.order_by(ConsentEvent.recorded_at, *key))
