"""What is done to books that were just restored, before anybody sees them.

A step runs in the transaction of the restore, after the books were verified: what it changes is
kept together with the books, and if it fails nothing is kept. It takes the session (whose
keyring is in its `info`) and what it may want to know, and says what it has done, or None where
there was nothing to do. Steps run in the order of `STEPS`; a room that has one adds it here.

A list of what has to be done again (erasures) is newest where it travels with the keys: its
table says `info={"secret": True}`, and the step reads it from the restored database.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from ledger.apps import operations as apps
from ledger.errors import Wording
from ledger.parties import operations, queries


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What a step may want to know."""

    moment: datetime
    """Now."""
    made_at: str
    """The moment of the backup, as ISO text in UTC."""


Step = Callable[[Session, Aftermath], Wording | None]


def erase_again(session: Session, _aftermath: Aftermath) -> Wording | None:
    """Erase whoever stands on the erasure list, which came with the newest keys."""
    lines = list(queries.erasures(session))
    operations.reapply_erasures(session, lines)
    if not lines:
        return None
    return Wording(
        f"Daftar penghapusan diterapkan lagi: {len(lines)}.",
        f"The erasure list is applied again: {len(lines)}.",
    )


def end_phones(session: Session, aftermath: Aftermath) -> Wording | None:
    """End every session of a phone: which were lost or ended since the backup, nobody can tell."""
    ended = apps.end_all_sessions(session, "restored", recorded_at=aftermath.moment)
    if not ended:
        return None
    return Wording(
        f"Sesi ponsel diakhiri: {ended}; perlu kode aktivasi baru.",
        f"Sessions of phones ended: {ended}; they need new activation codes.",
    )


STEPS: list[Step] = [erase_again, end_phones]
