"""Erase what was written about somebody: its key is destroyed, every hash still verifies."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from ledger.books import operations as books
from ledger.books import queries
from ledger.books.tables import TextKey
from ledger.errors import Malformed, Wording
from ledger.journal import shape
from ledger.journal.operations.posting import ActorId


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
    """Destroy the key of a subject's texts in a book, for good; `""` is the book itself.

    A subject that has none gets a destroyed one: nothing is written about it from now on
    (decision 0005). Backups made before hold the key still: erase there too. Erasing again
    changes nothing.

    Raises:
        BookNotFound, SubjectMalformed.
    """
    if not shape.is_subject(subject):
        raise SubjectMalformed(str(subject))
    queries.lock(session, book)
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
