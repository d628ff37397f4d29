"""Texts as `verify` reads them: each that can be opened is held against its commitment."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.journal import canonical, findings, keyring
from ledger.journal.queries.batch import Key, wrapped_keys
from ledger.journal.recount import Header, Recount

_SEALED = """
    SELECT t.book_id, t.seq, t.field, t.subject, t.commitment, t.ciphertext
    FROM {k} JOIN entry_text t ON t.book_id = k.book_id AND t.seq = k.seq
"""


def check_texts(
    session: Session, headers: Mapping[Key, Header], recounts: Mapping[int, Recount]
) -> None:
    """Open every text whose key still exists, and compare it with its commitment.

    A key that was destroyed is an erasure and right; one that is not there at all is a loss.
    """
    ring = session.info.get("keyring")
    spoken = sorted(place for place, header in headers.items() if header.entry.commitments)
    if not spoken or not isinstance(ring, keyring.Keyring):
        return
    columns, types = ("book_id", "seq"), ("bigint", "bigint")
    rows = bulk.find_rows(session, _SEALED, columns, types, spoken)
    wrapped = wrapped_keys(session, {(row[0], row[3]) for row in rows})
    keys = {
        subject: _opened(ring, secret) for subject, secret in wrapped.items() if secret is not None
    }
    for book_id, seq, name, subject, commitment, sealed in rows:
        where = findings.place(findings.entry(seq), name)
        if (book_id, subject) not in wrapped:
            recounts[book_id].note("text key", where, findings.MISSING, findings.THERE)
            continue
        if (book_id, subject) not in keys:
            continue  # erased
        opened = keys[(book_id, subject)]
        entry_id = headers[(book_id, seq)].entry.id
        place = keyring.place(book_id, entry_id, name)
        text = None if opened is None else _read(opened, place, bytes(sealed))
        if opened is None or text is None:
            recounts[book_id].note("text", where, findings.UNREADABLE, findings.READABLE)
            continue
        derived = canonical.commitment(opened.salt_key, book_id, entry_id, name, text)
        if derived != bytes(commitment):
            recounts[book_id].note("text commitment", where, bytes(commitment).hex(), derived.hex())


def _opened(ring: keyring.Keyring, secret: bytes) -> keyring.TextKeys | None:
    """Open a subject's secret; none where it was altered, or is another master key's."""
    try:
        return keyring.text_keys(ring.unwrap(secret))
    except keyring.KeyUnusable:
        return None


def _read(keys: keyring.TextKeys, place: bytes, sealed: bytes) -> str | None:
    """Read a text; none where it was altered."""
    try:
        return keys.decrypt(place, sealed)
    except keyring.KeyUnusable:
        return None
