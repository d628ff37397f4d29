"""Is a consent given? One indexed read for one person, one a few hundred for many."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Subquery, and_, func, select, union_all
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
    found: dict[int, list[Answer]] = {}
    for chunk in chunks(persons):
        query = _answers(tenant, chunk, purpose, other or NOBODY, at)
        for asked, record, no, given, version, moment in session.execute(query):
            answer = Answer(record=record, no=no, given=given, version=version, at=moment)
            found.setdefault(asked, []).append(answer)
    made = {asked: answers.basis(found[asked], oldest) for asked in found}
    return {asked: answer for asked, answer in made.items() if answer is not None}


def _answers(
    tenant: int, persons: list[int], purpose: str, other: int, at: datetime
) -> Select[Any]:
    """Ask for all answers of all records of persons: each a look-up by its whole key."""
    records_ = _records(tenant, persons)
    event = ConsentEvent
    mine = and_(
        event.tenant_id == tenant,
        event.person_id == records_.c.record,
        event.purpose == purpose,
        event.other_id == other,
        event.at <= at,
    )
    read = (event.person_id, event.no, event.given, event.text_version, event.at)
    return select(records_.c.asked, *read).select_from(records_).join(event, mine)


def _records(tenant: int, persons: list[int]) -> Subquery:
    """Pair persons with all records of the human beings they are, the erased left out."""
    asked, root, merged = Person, aliased(Person), aliased(Person)
    roots = (
        select(asked.id.label("asked"), root.id.label("record"))
        .join(
            root,
            and_(
                root.tenant_id == tenant,
                root.id == func.coalesce(asked.merged_into, asked.id),
                root.state != "erased",
            ),
        )
        .where(asked.tenant_id == tenant, asked.id.in_(persons))
    ).subquery("roots")
    others = select(roots.c.asked, merged.id.label("record")).join(
        merged, and_(merged.tenant_id == tenant, merged.merged_into == roots.c.record)
    )
    return union_all(select(roots.c.asked, roots.c.record), others).subquery("records")


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
