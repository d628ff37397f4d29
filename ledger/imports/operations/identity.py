"""The ids of lines: the same in every run over every file, and no proof of what a line says.

A description can be guessed, and a plain hash of it would confirm the guess for ever, long after
the text was erased. So an id is keyed by the secret of the book's own texts, and goes where they
go (docs/decisions/0009).
"""

import hashlib
import hmac
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.journal import queries as journal

_OF_THE_BOOK = ""
"""The subject of a book's own texts, as those of a statement are."""


Keys = Mapping[int, bytes | None]
"""The key of the lines of each book; None where its secret was destroyed."""


def locked_keys(session: Session, book_ids: AbstractSet[int], known: Keys) -> Keys:
    """Lock books, in the one order of all money commands, and give their keys.

    Whatever opens accounts or posts afterwards finds them locked, so that two imports never wait
    for each other. Where a secret was destroyed nobody can tell any more which lines the book
    has. A book without a secret gets its first one.

    Raises:
        NoKeyring, KeyUnusable.
    """
    ring = journal.session_keyring(session)
    journal.ask_books(session, book_ids).rows()
    fresh = sorted(book_ids - known.keys())
    if not fresh:
        return known
    subjects = [(book_id, _OF_THE_BOOK) for book_id in fresh]
    wrapped = journal.wrapped_keys(session, subjects)
    new = [
        (*subject, ring.wrap(ring.new_secret(*subject)))
        for subject in subjects
        if subject not in wrapped
    ]
    columns, types = ("book_id", "subject", "wrapped"), ("bigint", "text", "bytea")
    bulk.insert_rows(session, "text_key", columns, types, new)
    wrapped.update({(book_id, subject): sealed for book_id, subject, sealed in new})
    found = {
        book_id: None if sealed is None else line_key(ring.unwrap(sealed))
        for (book_id, _subject), sealed in wrapped.items()
    }
    return {**known, **found}


def line_key(secret: bytes) -> bytes:
    """Derive the key of a book's lines from the secret of its texts."""
    return hmac.digest(secret, b"juang/keys/1/import", "sha256")


def entry_id(key: bytes, digest: bytes, nth: int) -> bytes:
    """Derive the id of a line from what it says, and from how often it was said before."""
    return hashlib.blake2b(digest + nth.to_bytes(8, "big"), key=key, digest_size=16).digest()


def next_id(entry_id: bytes) -> bytes:
    """Derive the id of a line's next attempt."""
    return hashlib.sha256(b"juang/import/again/1\x00" + entry_id).digest()[:16]
