"""Texts of entries, opened with the session's keyring where it can."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.exports.figures import ERASED, LOCKED, Text
from ledger.journal import keyring
from ledger.journal import queries as journal

Key = tuple[int, int]
"""A book, and the `seq` of an entry in it."""

_Subject = tuple[int, str]

_SEALED = """
    SELECT t.book_id, t.seq, t.field, t.subject, t.ciphertext
    FROM {k} JOIN entry_text t ON t.book_id = k.book_id AND t.seq = k.seq
"""


def texts_of(session: Session, ids: Mapping[Key, bytes]) -> dict[Key, dict[str, Text]]:
    """Read the texts of entries by field, in order of field; `ids` are the entries' own.

    A text is LOCKED where the session has no keyring, or one that does not fit; ERASED once its
    key was destroyed.
    """
    columns, types = ("book_id", "seq"), ("bigint", "bigint")
    rows = bulk.find_rows(session, _SEALED, columns, types, list(ids))
    keys = _keys(session, {(row[0], row[3]) for row in rows})
    found: dict[Key, dict[str, Text]] = {}
    for book_id, seq, field, subject, sealed in sorted(rows, key=lambda row: row[:3]):
        place = keyring.place(book_id, ids[(book_id, seq)], field)
        text = _read(keys.get((book_id, subject), ERASED), place, bytes(sealed))
        found.setdefault((book_id, seq), {})[field] = text
    return found


def _read(key: keyring.TextKeys | Text, place: bytes, sealed: bytes) -> Text:
    if not isinstance(key, keyring.TextKeys):
        return key
    try:
        return key.decrypt(place, sealed)
    except keyring.KeyUnusable:
        return LOCKED


def _keys(session: Session, subjects: set[_Subject]) -> dict[_Subject, keyring.TextKeys | Text]:
    """Unwrap the keys of subjects, or say why that cannot be done."""
    if not subjects:
        return {}
    ring = session.info.get("keyring")
    keys: dict[_Subject, keyring.TextKeys | Text] = {}
    for subject, secret in journal.wrapped_keys(session, subjects).items():
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
