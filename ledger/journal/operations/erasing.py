"""Destroy the keys of texts, for ever: of a subject in all books, or of a book's own texts.

Entries, hashes and balances stay; what was written becomes unreadable, in replicas too. Each
erasure leaves a line on the erasure list, which is applied again after an older backup was
restored.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from ledger.books import operations as books
from ledger.books.queries import lock
from ledger.books.tables import Erasure, TextKey
from ledger.errors import Malformed, Wording
from ledger.journal import queries, shape
from ledger.journal.operations.posting import ActorId
from ledger.journal.subjects import book_subject


@dataclass(eq=False)
class SubjectMalformed(Malformed):
    """This is not a reference to a person."""

    code = "subject_malformed"
    wording = Wording(
        id="“{subject}” bukan rujukan seseorang yang sah.",
        en="“{subject}” is not a valid reference to a person.",
    )
    subject: str


def erase_texts(
    session: Session, book: int, subject: str, *, actor: ActorId, recorded_at: datetime
) -> None:
    """Destroy the key of a subject's texts in one book, for good; `""` is the book itself.

    A subject that has none gets a destroyed one: nothing is written about it from now on
    (decision 0005). Erasing again changes nothing. It leaves no line on the erasure list: for
    registered persons and whole books see `erase_subject` and `erase_book`.

    Raises:
        BookNotFound, SubjectMalformed.
    """
    if not shape.is_subject(subject):
        raise SubjectMalformed(str(subject))
    lock(session, book)
    found = session.get(TextKey, (book, subject), populate_existing=True)
    if found is not None and found.wrapped is None:
        return
    if found is None:
        session.execute(insert(TextKey).values(book_id=book, subject=subject, wrapped=None))
    _destroy(session, TextKey.book_id == book, TextKey.subject == subject)
    books.note_event(
        session,
        book,
        "texts_erased",
        before=None,
        after=subject,
        actor=actor,
        recorded_at=recorded_at,
    )


def erase_subject(
    session: Session,
    subject: str,
    *,
    tenant: int,
    person: int,
    reason: str,
    actor: str,
    recorded_at: datetime,
) -> bool:
    """Destroy a person's text keys in every book; nothing new is written about her any more.

    Gives False where the list has her already; keys that came back are destroyed again.
    """
    queries.lock_subjects(session, [subject], alone=True)
    _destroy(session, TextKey.subject == subject, TextKey.wrapped.is_not(None))
    return _list(
        session,
        subject=subject,
        tenant_id=tenant,
        person_id=person,
        reason=reason,
        actor=actor,
        recorded_at=recorded_at,
    )


def erase_book(
    session: Session, book: int, *, reason: str, actor: str, recorded_at: datetime
) -> bool:
    """Destroy the key of a book's own texts, and the names its owner gave to it and its accounts.

    For a household whose owner is erased. Texts about other persons in it keep their keys.
    Gives False where the list has the book already.

    Raises:
        BookNotFound.
    """
    locked = lock(session, book)
    if session.get(TextKey, (book, "")) is None:
        session.execute(insert(TextKey).values(book_id=book, subject="", wrapped=None))
    _destroy(session, TextKey.book_id == book, TextKey.subject == "")
    books.forget_names(session, book)
    new = _list(
        session,
        subject=book_subject(book),
        tenant_id=locked.tenant_id,
        book_id=book,
        reason=reason,
        actor=actor,
        recorded_at=recorded_at,
    )
    if new:
        books.note_event(
            session,
            book,
            "texts_erased",
            before=None,
            after=reason,
            actor=actor,
            recorded_at=recorded_at,
        )
    return new


def _destroy(session: Session, *which: object) -> None:
    statement = update(TextKey).where(*which).values(wrapped=None)  # type: ignore[arg-type]
    session.execute(statement.execution_options(synchronize_session=False))
    session.expire_all()


def _list(session: Session, **line: object) -> bool:
    if session.get(Erasure, line["subject"]) is not None:
        return False
    session.execute(insert(Erasure).values(**line))
    return True
