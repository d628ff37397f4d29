"""Who looked at her data, and her archive: one document of everything that is held of her."""

from typing import Any, Final

from sqlalchemy.orm import Session

from api.http import paging
from api.http.calls import Answer, Call, Caller, Operation, Way
from api.http.fields import Count, Strict, written_id, written_instant
from ledger.access.actions import Action
from ledger.consents.queries import trail
from ledger.consents.trail import purposes
from ledger.errors import Wording
from ledger.exports import operations as exports


class LooksQuery(Strict):
    """How many, at most 200; the newest come first."""

    page_size: Count = paging.DEFAULT_SIZE


def looks(session: Session, call: Call) -> Answer:
    """List who looked at her data, newest first.

    What would endanger her to see is not there, and leaves no gap: rows have no numbers and lists
    no count.
    """
    asked: LooksQuery = call.query
    size = max(1, min(asked.page_size, paging.LARGEST_SIZE))
    known = purposes()
    found = [
        {
            "actor": row.actor,
            "role": row.role,
            "what": row.kind,
            "purpose": row.purpose,
            "why": {"id": known[row.purpose].says.id, "en": known[row.purpose].says.en}
            if row.purpose in known
            else None,
            "book": None if row.book_id is None else written_id(row.book_id),
            "recorded_time": written_instant(row.recorded_at),
        }
        for row in trail.hers(session, call.tenant, call.person, limit=size)
    ]
    return Answer(200, {"accesses": found})


def archive(session: Session, call: Call) -> Answer:
    """Give her archive (docs/archive.md)."""
    parts: list[str] = []
    exports.write_archive(session, call.tenant, call.person, parts.append, made_at=call.now)
    headers = {"Content-Disposition": 'attachment; filename="dokumen.json"'}
    return Answer(200, body="".join(parts).encode(), headers=headers)


_HERS: Final[dict[str, Any]] = {"method": "GET", "caller": Caller.PERSON}

OPERATIONS: Final = (
    Operation(
        id="list_accesses",
        path="/accesses",
        says=Wording("Siapa yang melihat data saya?", "Who looked at my data?"),
        action=Action.ACCESS_LOG_SEE,
        way=Way.READS,
        run=looks,
        query=LooksQuery,
        **_HERS,
    ),
    Operation(
        id="get_archive",
        path="/archive",
        says=Wording("Semua yang disimpan tentang saya.", "Everything that is held of me."),
        action=Action.PERSON_EXPORT,
        way=Way.OPENS,
        run=archive,
        **_HERS,
    ),
)
