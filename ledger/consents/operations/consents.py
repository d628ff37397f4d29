"""Take a person's answer, and take it back at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from ledger.books import queries as books
from ledger.books.tables import Tenant
from ledger.consents import answers, texts
from ledger.consents.answers import SCORING, Answer, Means, Reason
from ledger.consents.queries import consents as queries
from ledger.consents.queries.persons import lock_all
from ledger.consents.queries.requests import stops
from ledger.consents.tables import NOBODY, BookOwner, ConsentEvent
from ledger.errors import Language, Malformed, Refused, Wording
from ledger.parties import operations as parties
from ledger.parties.queries import records
from ledger.parties.tables import Person


@dataclass(eq=False)
class ConsentNamesTenant(Malformed):
    """A consent to share says with whom, and no other consent does."""

    code = "consent_names_tenant"
    wording = Wording(
        id="Persetujuan “{purpose}” menyebut satu koperasi bila berbagi, selain itu tidak.",
        en="A consent to “{purpose}” names a cooperative if it is for sharing, and only then.",
    )
    purpose: str


@dataclass(eq=False)
class ConsentInFuture(Malformed):
    """An answer cannot be given later than it is recorded."""

    code = "consent_in_future"
    wording = Wording(
        id="Persetujuan bertanggal {at} belum terjadi.",
        en="A consent given at {at} has not happened yet.",
    )
    at: datetime


@dataclass(eq=False)
class ConsentWithoutWitness(Malformed):
    """What was said aloud needs somebody who heard it."""

    code = "consent_without_witness"
    wording = Wording(
        id="Persetujuan lisan harus disaksikan.", en="A consent by voice needs a witness."
    )
    hint = Wording(id="Sebut siapa yang menyaksikan.", en="Say who bore witness.")


@dataclass(eq=False)
class TextOutdated(Refused):
    """The text was replaced by one that everybody is asked again about."""

    code = "consent_text_outdated"
    wording = Wording(
        id="Naskah “{purpose}” versi {version} sudah diganti.",
        en="The text “{purpose}”, version {version}, has been replaced.",
    )
    hint = Wording(
        id="Perlihatkan naskah yang sekarang dan tanyakan lagi.",
        en="Show the present text, and ask again.",
    )
    purpose: str
    version: int


@dataclass(eq=False)
class ObjectionStands(Refused):
    """She objects to decisions by machines, and has not taken it back."""

    code = "objection_stands"
    wording = Wording(
        id="Ia keberatan atas keputusan oleh mesin.", en="She objects to decisions by machines."
    )
    hint = Wording(
        id="Ia sendiri harus mencabut keberatannya dulu.",
        en="She herself has to take the objection back first.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """How a consent was given. Without a version it is the text in force at `at`."""

    language: Language
    means: Means
    version: int | None = None
    witness: str | None = None
    at: datetime | None = None
    """When she gave it, where that is not when it is recorded."""


def give(
    session: Session,
    tenant: int,
    person: int,
    purpose: str,
    given: Given,
    *,
    other: int | None = None,
    actor: str,
    recorded_at: datetime,
    catalogue: texts.Catalogue | None = None,
) -> None:
    """Record that a person consents; the same answer again changes nothing.

    Records merged into her that said no before say yes with her: she was asked as one person.

    Raises:
        PurposeUnknown, ConsentNamesTenant, TenantNotFound, TextVersionUnknown, TextOutdated,
        ConsentInFuture, ConsentWithoutWitness.
        PersonNotFound, PersonNotActive: her record was erased.
        ObjectionStands: scoring, while she objects to decisions by machines.
    """
    asked = (catalogue or texts.shipped()).purpose(purpose)
    _check_other(session, asked, other)
    at = given.at or recorded_at
    if at > recorded_at:
        raise ConsentInFuture(at)
    if given.means is Means.VOICE and not given.witness:
        raise ConsentWithoutWitness
    text = asked.current(at) if given.version is None else asked.version(given.version, at)
    if text.no < asked.oldest_counting(recorded_at):
        raise TextOutdated(purpose, text.no)
    own = _lock(session, tenant, person)
    if purpose == SCORING and stops(session, tenant, own, "objection"):
        raise ObjectionStands
    last = _last(session, tenant, own, purpose, other)
    wanted = [record for record in own if record == own[0] or record in last]
    rows = [
        {
            "person_id": record,
            "no": last[record].no + 1 if record in last else 1,
            "given": True,
            "text_version": text.no,
            "text_hash": text.hash(given.language),
            "language": given.language,
            "means": given.means.value,
            "witness": given.witness,
            "reason": Reason.ASKED.value,
            "at": at,
        }
        for record in wanted
        if not _is_said(last.get(record), text.no)
    ]
    _write(session, tenant, purpose, other, rows, actor, recorded_at)


def _is_said(answer: Answer | None, version: int) -> bool:
    return answer is not None and answer.given and answer.version == version


def withdraw(
    session: Session,
    tenant: int,
    person: int,
    purpose: str,
    *,
    other: int | None = None,
    means: Means = Means.APP,
    reason: Reason = Reason.ASKED,
    actor: str,
    recorded_at: datetime,
    catalogue: texts.Catalogue | None = None,
) -> None:
    """Take a consent back, at once and without a reason; or say no before it was ever given.

    A sharing consent without `other` is taken back towards everybody.

    Raises:
        PurposeUnknown, ConsentNamesTenant, PersonNotFound.
    """
    asked = (catalogue or texts.shipped()).purpose(purpose)
    if other is not None and not asked.names_tenant:
        raise ConsentNamesTenant(purpose)
    own = _lock(session, tenant, person, erased=True)
    for each in _others(session, tenant, own, purpose, other, names=asked.names_tenant):
        last = _last(session, tenant, own, purpose, each)
        rows = [
            {
                "person_id": record,
                "no": last[record].no + 1 if record in last else 1,
                "given": False,
                "means": means.value,
                "reason": reason.value,
                "at": recorded_at,
            }
            for record in own
            if (record == own[0] or record in last) and (record not in last or last[record].given)
        ]
        _write(session, tenant, purpose, each, rows, actor, recorded_at)


def _check_other(session: Session, asked: texts.Purpose, other: int | None) -> None:
    if asked.names_tenant != (other is not None):
        raise ConsentNamesTenant(asked.code)
    if other is not None and session.get(Tenant, other) is None:
        raise books.TenantNotFound(str(other))


def _lock(session: Session, tenant: int, person: int, *, erased: bool = False) -> list[int]:
    """Lock all records of a human being, her own first."""
    own = records(session, tenant, person)
    lock_all(session, tenant, own)
    if not erased:
        state = select(Person.state).where(Person.tenant_id == tenant, Person.id == own[0])
        if session.scalar(state) != "active":
            raise parties.PersonNotActive(str(person))
    return own


def _last(
    session: Session, tenant: int, own: list[int], purpose: str, other: int | None
) -> dict[int, Answer]:
    """Give the last answer of each record by what was recorded last, with the highest number.

    An answer that comes in late, dated before a newer one, does not count: it is numbered after.
    """
    query = select(ConsentEvent).where(
        ConsentEvent.tenant_id == tenant,
        ConsentEvent.person_id.in_(own),
        ConsentEvent.purpose == purpose,
        ConsentEvent.other_id == (other or NOBODY),
    )
    found = [queries.answer_of(event) for event in session.scalars(query)]
    highest: dict[int, int] = {}
    for answer in found:
        highest[answer.record] = max(answer.no, highest.get(answer.record, 0))
    last = answers.latest(found)
    return {
        record: Answer(
            record=record,
            no=highest[record],
            given=answer.given,
            version=answer.version,
            at=answer.at,
        )
        for record, answer in last.items()
    }


def _others(
    session: Session,
    tenant: int,
    own: list[int],
    purpose: str,
    other: int | None,
    *,
    names: bool,
) -> list[int | None]:
    if not names or other is not None:
        return [other]
    query = select(ConsentEvent.other_id).where(
        ConsentEvent.tenant_id == tenant,
        ConsentEvent.person_id.in_(own),
        ConsentEvent.purpose == purpose,
    )
    return [*session.scalars(query.distinct().order_by(ConsentEvent.other_id))]


def _write(
    session: Session,
    tenant: int,
    purpose: str,
    other: int | None,
    rows: Iterable[Mapping[str, object]],
    actor: str,
    recorded_at: datetime,
) -> None:
    whole = [
        {
            "tenant_id": tenant,
            "purpose": purpose,
            "other_id": other or NOBODY,
            "actor": actor,
            "recorded_at": recorded_at,
            **row,
        }
        for row in rows
    ]
    if whole:
        session.execute(insert(ConsentEvent), whole)


def own_book(
    session: Session, tenant: int, person: int, book: int, *, actor: str, recorded_at: datetime
) -> None:
    """Say that a book is a person's own; saying it again changes nothing.

    Raises:
        PersonNotFound, PersonNotActive.
        BookNotFound: the tenant operates no such book.
    """
    found = books.existing(session, [book]).get(book)
    if found is None or found.tenant_id != tenant:
        raise books.BookNotFound(book)
    root = _lock(session, tenant, person)[0]
    row = session.get(BookOwner, (tenant, root, book), populate_existing=True)
    if row is not None and row.ended_at is None:
        return
    if row is None:
        values = {"tenant_id": tenant, "person_id": root, "book_id": book, "since": recorded_at}
        session.execute(insert(BookOwner).values(values))
    else:
        _end(session, row, None)
    _note(session, tenant, root, "book_owned", book, actor, recorded_at)


def end_ownership(
    session: Session, tenant: int, person: int, book: int, *, actor: str, recorded_at: datetime
) -> None:
    """Say that a book is a person's no longer; what is not hers ends without a word.

    Raises:
        PersonNotFound.
    """
    for record in _lock(session, tenant, person, erased=True):
        row = session.get(BookOwner, (tenant, record, book), populate_existing=True)
        if row is not None and row.ended_at is None:
            _end(session, row, recorded_at)
            _note(session, tenant, record, "book_left", book, actor, recorded_at)


def _end(session: Session, row: BookOwner, ended_at: datetime | None) -> None:
    same = (
        BookOwner.tenant_id == row.tenant_id,
        BookOwner.person_id == row.person_id,
        BookOwner.book_id == row.book_id,
    )
    session.execute(update(BookOwner).where(*same).values(ended_at=ended_at))
    session.expire(row)


def _note(
    session: Session, tenant: int, person: int, what: str, book: int, actor: str, at: datetime
) -> None:
    parties.note_event(session, tenant, person, what, after=str(book), actor=actor, recorded_at=at)
