"""Narrations and reasons of entries, opened with the session's keyring where it can."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.journal import keyring
from ledger.journal import queries as journal
from ledger.reports.figures import ERASED, LOCKED, Narration

_SEALED = """
    SELECT t.seq, t.field, t.subject, t.ciphertext
    FROM {k} JOIN entry_text t ON t.book_id = k.book_id AND t.seq = k.seq
         AND t.field IN ('narration', 'reason')
"""


def narrations(session: Session, book_id: int, ids: Mapping[int, bytes]) -> dict[int, Narration]:
    """Read the narration of entries, or else their reason; `ids` are the entries' by `seq`.

    Without a keyring a text is LOCKED, as with one that does not fit; ERASED once its key is gone.
    """
    keys = [(book_id, seq) for seq in sorted(ids)]
    columns, types = ("book_id", "seq"), ("bigint", "bigint")
    rows = bulk.find_rows(session, _SEALED, columns, types, keys)
    if not rows:
        return {}
    opened = _keys(session, book_id, {row[2] for row in rows})
    found: dict[int, Narration] = {}
    for seq, field, subject, sealed in sorted(rows, key=lambda row: row[1], reverse=True):
        place = keyring.place(book_id, ids[seq], field)
        found[seq] = _read(opened.get(subject, ERASED), place, bytes(sealed))
    return found


def _read(key: keyring.TextKeys | Narration, place: bytes, sealed: bytes) -> Narration:
    if not isinstance(key, keyring.TextKeys):
        return key
    try:
        return key.decrypt(place, sealed)
    except keyring.KeyUnusable:
        return LOCKED


def _keys(
    session: Session, book_id: int, subjects: set[str]
) -> dict[str, keyring.TextKeys | Narration]:
    """Unwrap the keys of subjects, or say why that cannot be done."""
    wrapped = journal.wrapped_keys(session, {(book_id, subject) for subject in subjects})
    ring = session.info.get("keyring")
    keys: dict[str, keyring.TextKeys | Narration] = {}
    for (_, subject), secret in wrapped.items():
        if secret is None:
            keys[subject] = ERASED
        elif not isinstance(ring, keyring.Keyring):
            keys[subject] = LOCKED
        else:
            try:
                keys[subject] = keyring.text_keys(ring.unwrap(secret))
            except keyring.KeyUnusable:
                keys[subject] = LOCKED
    return keys
