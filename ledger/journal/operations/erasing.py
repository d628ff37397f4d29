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


def check_subject(subject: str) -> None:
    """Refuse what is no reference to a person.

    Raises:
        SubjectMalformed.
    """
    if not shape.is_subject(subject):
        raise SubjectMalformed(str(subject))


def erase_texts(
    session: Session, book: int, subject: str, *, actor: ActorId, recorded_at: datetime
) -> None:
    """Destroy the key of a subject's texts in a book, for good; `""` is the book itself.

    A subject that has none gets a destroyed one: nothing is written about it from now on
    (decision 0005). Backups made before hold the key still: erase there too. Erasing again
    changes nothing.

    Raises:
        BookNotFound, SubjectMalformed.
    """
    check_subject(subject)
    lock(session, book)
    found = session.get(TextKey, (book, subject), populate_existing=True)
    if found is not None and found.wrapped is None:
        return
    if found is None:
        session.add(TextKey(book_id=book, subject=subject, wrapped=None))
        session.flush()
    else:
        chosen = (TextKey.book_id == book, TextKey.subject == subject)
        session.execute(update(TextKey).where(*chosen).values(wrapped=None))
    books.note_event(
        session,
        book,
        "texts_erased",
        before=None,
        after=subject,
        actor=actor,
        recorded_at=recorded_at,
    )
    session.expire_all()


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
    hers = (TextKey.subject == subject, TextKey.wrapped.is_not(None))
    statement = update(TextKey).where(*hers).values(wrapped=None)
    session.execute(statement.execution_options(synchronize_session=False))
    session.expire_all()
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
    erase_texts(session, book, "", actor=actor, recorded_at=recorded_at)
    books.forget_names(session, book)
    return _list(
        session,
        subject=book_subject(book),
        tenant_id=locked.tenant_id,
        book_id=book,
        reason=reason,
        actor=actor,
        recorded_at=recorded_at,
    )


def _list(session: Session, **line: object) -> bool:
    if session.get(Erasure, line["subject"]) is not None:
        return False
    session.execute(insert(Erasure).values(**line))
    return True
