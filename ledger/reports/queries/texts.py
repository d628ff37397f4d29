"""What an entry is told to be: its narration, or else its reason."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from ledger.journal import queries as journal
from ledger.reports.figures import Narration


def narrations(session: Session, book_id: int, ids: Mapping[int, bytes]) -> dict[int, Narration]:
    """Read the narration of entries, or else their reason; `ids` are the entries' by `seq`."""
    keys = {(book_id, seq): entry_id for seq, entry_id in ids.items()}
    found = journal.texts_of(session, keys, spoken=True)
    return {seq: said.get("narration", said.get("reason")) for (_, seq), said in found.items()}
