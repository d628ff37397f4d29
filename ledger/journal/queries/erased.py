"""Which subjects were erased, asked so that no erasure slips in between.

A subject gets its first key in a book when the first text about it is posted there. An erasure that
is not committed yet would not see that key, and the posting not that erasure; so both take one lock
per subject: the erasure alone, postings together. SQLite has one writer and needs none.
"""

import hashlib
from collections.abc import Iterable

from sqlalchemy.orm import Session

from ledger.db import bulk

_SHARED = "SELECT pg_advisory_xact_lock_shared(k.key) FROM {k}"
_ALONE = "SELECT pg_advisory_xact_lock(k.key) FROM {k}"
_ERASED = "SELECT e.subject FROM {k} JOIN erasure e ON e.subject = k.subject"
_PAGE = (
    "SELECT e.subject FROM {k} JOIN erasure e ON e.subject > k.subject ORDER BY e.subject LIMIT 500"
)
_STANDING = """
    SELECT t.book_id, t.subject
    FROM {k} JOIN text_key t ON t.subject = k.subject AND t.wrapped IS NOT NULL
"""


def lock_subjects(session: Session, subjects: Iterable[str], *, alone: bool) -> None:
    """Lock subjects until the transaction ends, in one order: against erasures, or for one."""
    if not bulk.is_sqlite(session):
        keys = [(key,) for key in sorted(map(_lock_key, subjects))]
        bulk.find_rows(session, _ALONE if alone else _SHARED, ("key",), ("bigint",), keys)


def _lock_key(subject: str) -> int:
    digest = hashlib.sha256(b"juang/subject/1\x00" + subject.encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def erased_subjects(session: Session, subjects: Iterable[str]) -> set[str]:
    """Tell which of some subjects were erased, and keep the others from it until the end."""
    asked = sorted(set(subjects))
    if not asked:
        return set()
    lock_subjects(session, asked, alone=False)
    keys = [(subject,) for subject in asked]
    return {row[0] for row in bulk.find_rows(session, _ERASED, ("subject",), ("text",), keys)}


def keys_that_stand(session: Session) -> list[tuple[int, str]]:
    """Find keys of erased subjects that are there all the same: a backup brought them back."""
    found: list[tuple[int, str]] = []
    last = ""
    while page := bulk.find_rows(session, _PAGE, ("subject",), ("text",), [(last,)]):
        found += bulk.find_rows(session, _STANDING, ("subject",), ("text",), page)
        last = page[-1][0]
    return sorted(found)
