"""What is gone for ever takes two people: a person, a statute's hold on her data, texts of a book.

Each proposal is carried out by the operation of the room below, and by nothing else. Whoever is
erased gains from it: she may want her own traces gone, so she and her relatives do not approve.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from ledger.approvals.independence import Actor
from ledger.approvals.operations import kinds, proposing
from ledger.approvals.operations.kinds import Approved, Kind
from ledger.approvals.payload import Content, Terms
from ledger.approvals.tables import Proposal
from ledger.books import queries as books
from ledger.consents.queries.persons import owners
from ledger.errors import Refused, Wording
from ledger.journal import operations as journal
from ledger.journal.subjects import person_of
from ledger.parties import operations as parties
from ledger.parties import queries as people
from ledger.parties.tables import RetentionHold

WAITS = timedelta(days=7)


@dataclass(eq=False)
class HoldMoved(Refused):
    """The hold was prolonged or lifted since its lifting was proposed."""

    code = "hold_moved"
    wording = Wording(
        id="Kewajiban simpan “{ground}” berubah sejak usulan ini.",
        en="The hold “{ground}” has changed since this was proposed.",
    )
    hint = Wording(id="Usulkan lagi.", en="Propose it again.")
    ground: str


@dataclass(eq=False)
class BookNotWhollyHers(Refused):
    """The book is not hers, or not hers alone: others' texts would go with hers."""

    code = "book_not_wholly_hers"
    wording = Wording(
        id="Buku “{book}” bukan milik orang ini seorang.",
        en="Book “{book}” is not this person's alone.",
    )
    hint = Wording(
        id="Siapa pemiliknya dicatat dengan `juang book owner`.",
        en="Whose it is, is noted by `juang book owner`.",
    )
    book: int


def propose_erasure(
    session: Session,
    tenant: int,
    person: int,
    *,
    reason: str,
    by: Actor,
    recorded_at: datetime,
    books: Iterable[int] = (),
) -> Proposal:
    """Propose to erase a person with all records merged into her, and households wholly her own.

    Raises:
        Those of `parties.erase`, and BookNotWhollyHers; asked now and again when it is carried out.
        NoApprovalRule.
    """
    hers = tuple(sorted(set(books)))
    parties.check_erasure(
        session, tenant, person, reason=reason, books=hers, recorded_at=recorded_at
    )
    _check_wholly_hers(session, tenant, person, hers)
    terms = Terms(
        kind=ERASURE.code,
        content={"person": person, "books": hers, "reason": reason},
        expires_at=recorded_at + WAITS,
        beneficiaries=frozenset({person}),
    )
    return proposing.propose_once(session, tenant, terms, by=by, recorded_at=recorded_at)


def propose_lifting(
    session: Session, tenant: int, person: int, ground: str, *, by: Actor, recorded_at: datetime
) -> Proposal:
    """Propose to take back a statute's hold on a person's data that was noted in error.

    Raises:
        PersonNotFound, HoldNotFound, NoApprovalRule.
    """
    people.lock(session, tenant, person)
    until = _live(session, tenant, person, ground)
    if until is None:
        raise parties.HoldNotFound(ground)
    terms = Terms(
        kind=LIFTING.code,
        content={"person": person, "ground": ground, "until": until},
        expires_at=recorded_at + WAITS,
        beneficiaries=frozenset({person}),
    )
    return proposing.propose_once(session, tenant, terms, by=by, recorded_at=recorded_at)


def propose_text_erasure(
    session: Session, book: int, subject: str, *, by: Actor, recorded_at: datetime
) -> Proposal:
    """Propose to destroy the key of a subject's texts in a book; `""` is the book itself.

    Whom the texts are about gains from it; from the book's own, its owners do. A statute that makes
    us keep a person's data holds the texts about her as well.

    Raises:
        BookNotFound, SubjectMalformed, RetentionHeld, NoApprovalRule.
    """
    tenant = books.lock(session, book).tenant_id
    journal.check_subject(subject)
    hers = _whose(session, tenant, book, subject)
    for person in hers:
        parties.check_holds(session, tenant, person, recorded_at=recorded_at)
    terms = Terms(
        kind=TEXTS.code,
        content={"book": book, "subject": subject},
        expires_at=recorded_at + WAITS,
        beneficiaries=hers,
    )
    return proposing.propose_once(session, tenant, terms, by=by, recorded_at=recorded_at)


def _live(session: Session, tenant: int, person: int, ground: str) -> date | None:
    """Say until when a hold lasts that is not lifted."""
    found = session.get(RetentionHold, (tenant, person, ground), populate_existing=True)
    return None if found is None or found.lifted_at is not None else found.until


def _whose(session: Session, tenant: int, book: int, subject: str) -> frozenset[int]:
    """Name the persons of the tenant whose texts these are."""
    if subject == "":
        return frozenset(owners(session, tenant, [book]).get(book, ()))
    person = person_of(subject)
    if person is None:
        return frozenset()
    try:
        return frozenset(people.natural(session, tenant, [person]))
    except people.PersonNotFound:
        return frozenset()


def _check_wholly_hers(session: Session, tenant: int, person: int, hers: Iterable[int]) -> None:
    """Refuse a book that has another owner than this human being, or none that is known.

    Raises:
        BookNotWhollyHers.
    """
    root = people.natural(session, tenant, [person])[person]
    known = owners(session, tenant, hers)
    for book in hers:
        roots = people.natural(session, tenant, known.get(book, ())).values()
        if {*roots} != {root}:
            raise BookNotWhollyHers(book)


def _erased(_session: Session, _tenant: int, content: Content) -> tuple[int]:
    return (content["person"],)


def _spoken_of(session: Session, tenant: int, content: Content) -> frozenset[int]:
    return _whose(session, tenant, content["book"], content["subject"])


def _erase(session: Session, approved: Approved) -> None:
    content = approved.terms.content
    _check_wholly_hers(session, approved.tenant, content["person"], content["books"])
    parties.erase(
        session,
        approved.tenant,
        content["person"],
        reason=content["reason"],
        books=content["books"],
        actor=approved.maker,
        recorded_at=approved.recorded_at,
    )


def _lift(session: Session, approved: Approved) -> None:
    content = approved.terms.content
    person, ground = content["person"], content["ground"]
    people.lock(session, approved.tenant, person)
    if _live(session, approved.tenant, person, ground) != content["until"]:
        raise HoldMoved(ground)
    parties.lift_hold(
        session,
        approved.tenant,
        person,
        ground,
        actor=approved.maker,
        recorded_at=approved.recorded_at,
    )


def _erase_texts(session: Session, approved: Approved) -> None:
    content = approved.terms.content
    if books.lock(session, content["book"]).tenant_id != approved.tenant:
        raise books.BookNotFound(content["book"])
    for person in _spoken_of(session, approved.tenant, content):
        parties.check_holds(session, approved.tenant, person, recorded_at=approved.recorded_at)
    journal.erase_texts(
        session,
        content["book"],
        content["subject"],
        actor=approved.maker,
        recorded_at=approved.recorded_at,
    )


ERASURE = kinds.register(
    Kind(
        "person_erasure", Wording(id="Menghapus seseorang", en="Erasing a person"), _erase, _erased
    )
)
LIFTING = kinds.register(
    Kind(
        "hold_lifting",
        Wording(id="Mencabut kewajiban simpan", en="Lifting a hold on erasure"),
        _lift,
        _erased,
    )
)
TEXTS = kinds.register(
    Kind("text_erasure", Wording(id="Menghapus teks", en="Erasing texts"), _erase_texts, _spoken_of)
)
