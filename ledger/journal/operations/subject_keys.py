"""Open the keys of subjects for writing; a subject that has none yet gets its secret now."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.journal import keyring, queries

Subject = tuple[int, str]
"""A book, and the subject of texts in it."""


def text_keys(
    session: Session, subjects: Iterable[Subject]
) -> dict[Subject, keyring.TextKeys | None]:
    """Open the keys of subjects in books that are locked; None where one was erased.

    Raises:
        NoKeyring, KeyUnusable.
    """
    wanted = set(subjects)
    if not wanted:
        return {}
    ring = queries.session_keyring(session)
    wrapped = queries.wrapped_keys(session, wanted)
    fresh = sorted(wanted - wrapped.keys())
    erased = queries.erased_subjects(session, {subject for _, subject in fresh if subject})
    wrapped.update({key: None for key in fresh if key[1] in erased})
    new = [(*key, ring.wrap(ring.new_secret(*key))) for key in fresh if key not in wrapped]
    bulk.insert_rows(
        session, "text_key", ("book_id", "subject", "wrapped"), ("bigint", "text", "bytea"), new
    )
    wrapped.update({(book_id, subject): sealed for book_id, subject, sealed in new})
    return {
        key: None if sealed is None else keyring.text_keys(ring.unwrap(sealed))
        for key, sealed in wrapped.items()
    }
