"""Is a consent given? One statement, for one person or for many; each step by key."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, Integer, select
from sqlalchemy.orm import Session

from ledger.consents import answers, texts
from ledger.consents.answers import Answer
from ledger.consents.queries.among import Sought, rows_of, value
from ledger.consents.tables import NOBODY, ConsentEvent
from ledger.db import UtcDateTime
from ledger.parties.queries import records


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
    sought = Sought(
        "consent_event",
        {"no": Integer(), "given": Boolean(), "text_version": Integer(), "at": UtcDateTime()},
        "{t}.purpose = :purpose AND {t}.other_id = :other AND {t}.at <= :until",
        (
            value("purpose", purpose),
            value("other", other or NOBODY),
            value("until", at, UtcDateTime()),
        ),
    )
    found: dict[int, list[Answer]] = {}
    for row in rows_of(session, tenant, persons, sought):
        answer = Answer(
            record=row.record,
            no=row.no,
            given=row.given,
            version=row.text_version,
            at=row.at,
        )
        found.setdefault(row.asked, []).append(answer)
    made = {person: answers.basis(each, oldest) for person, each in found.items()}
    return {person: answer for person, answer in made.items() if answer is not None}


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
