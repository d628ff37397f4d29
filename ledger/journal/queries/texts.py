"""Texts of entries, opened with the session's keyring where it can."""

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.journal import keyring
from ledger.journal.keyring import ERASED, LOCKED, Text, TextKeys
from ledger.journal.queries.batch import Key, wrapped_keys

Opener = TextKeys | Text
"""The keys of a subject, or why there are none."""

_SEALED: Final = """
    SELECT t.book_id, t.seq, t.field, t.subject, t.ciphertext
    FROM {k} JOIN entry_text t ON t.book_id = k.book_id AND t.seq = k.seq
"""
_SPOKEN: Final = f"{_SEALED} AND t.field IN ('narration', 'reason')"


def texts_of(
    session: Session, ids: Mapping[Key, bytes], *, spoken: bool = False
) -> dict[Key, dict[str, Text]]:
    """Read the texts of entries by field, in order of field; `ids` are the entries' own.

    A text is LOCKED where the session has no keyring, or one that does not fit; ERASED once its
    key was destroyed. With `spoken`, narrations and reasons only.
    """
    columns, types = ("book_id", "seq"), ("bigint", "bigint")
    rows = bulk.find_rows(session, _SPOKEN if spoken else _SEALED, columns, types, sorted(ids))
    keys = openers(session, {(row[0], row[3]) for row in rows})
    found: dict[Key, dict[str, Text]] = {}
    for book_id, seq, field, subject, sealed in sorted(rows, key=lambda row: row[:3]):
        place = keyring.place(book_id, ids[(book_id, seq)], field)
        text = opened(keys[(book_id, subject)], place, bytes(sealed))
        found.setdefault((book_id, seq), {})[field] = text
    return found


def openers(session: Session, subjects: Iterable[tuple[int, str]]) -> dict[tuple[int, str], Opener]:
    """Unwrap the keys of subjects of books, or say why that cannot be done."""
    asked = set(subjects)
    keys: dict[tuple[int, str], Opener] = dict.fromkeys(asked, ERASED)
    ring = session.info.get("keyring")
    for subject, secret in wrapped_keys(session, asked).items() if asked else ():
        if secret is not None:
            keys[subject] = _unwrapped(ring, secret)
    return keys


def _unwrapped(ring: object, secret: bytes) -> Opener:
    if not isinstance(ring, keyring.Keyring):
        return LOCKED
    try:
        return keyring.text_keys(ring.unwrap(secret))
    except keyring.KeyUnusable:
        return LOCKED


def opened(key: Opener, place: bytes, sealed: bytes) -> Text:
    """Read one text, or say why it cannot be read."""
    if not isinstance(key, TextKeys):
        return key
    try:
        return key.decrypt(place, sealed)
    except keyring.KeyUnusable:
        return LOCKED
