"""Entries of her book: put one, put many, read them back.

The id is the client's, and is the key of the request for ever: the same entry again is answered
as the first time, whatever happened between. Entries go to the posting queue, which joins those
that wait into one batch; each is answered by itself, after its commit.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy.orm import Session

from api.commands import outcome_words
from api.http import paging, problems
from api.http.calls import Answer, Call, Caller, Operation, Way, tag_of
from api.http.fields import (
    as_entry_id,
    written_id,
    written_instant,
    written_money,
    written_uuid,
)
from api.http.problems import Problem, status_of
from api.http.routes.books import book_of
from api.http.routes.entry_schemas import BatchIn, EntryIn
from ledger.access.actions import Action
from ledger.errors import Wording
from ledger.journal.intents import Intent
from ledger.journal.outcomes import Outcome
from ledger.reports import queries
from ledger.reports.figures import EntryLine, JournalEntry


async def put(call: Call) -> Answer:
    """Put one entry into the book under the id of the path."""
    entry_id = _id(call)
    wanted: EntryIn = call.body
    intent = wanted.root.made(call.book, entry_id)
    (outcome,) = await _posted(call, [intent])
    if not outcome.accepted:
        raise problems.of_outcome(outcome, outcome_words.as_money(intent, outcome.facts))
    return Answer(
        status_of(outcome.code), _accepted(outcome), etag=_tag(outcome.id), location=call.path
    )


async def batch(call: Call) -> Answer:
    """Put many entries; each has its own outcome, in the order they were sent."""
    wanted: BatchIn = call.body
    asked = [item.entry.made(call.book, item.id) for item in wanted.items]
    if wanted.atomic:
        together = hashlib.sha256(b"".join(intent.id for intent in asked)).digest()[:16]
        asked = [replace(intent, bundle=together) for intent in asked]
    outcomes = await _posted(call, asked)
    items = [
        {"id": written_uuid(outcome.id), "status": status_of(outcome.code)}
        | _told(call, intent, outcome)
        for intent, outcome in zip(asked, outcomes, strict=True)
    ]
    return Answer(200, {"items": items})


async def _posted(call: Call, asked: Sequence[Intent]) -> list[Outcome]:
    return await call.site.queue.asubmit(asked, actor=call.actor)


def _told(call: Call, intent: Intent, outcome: Outcome) -> dict[str, Any]:
    if outcome.accepted:
        return {"entry": _accepted(outcome), "problem": None}
    problem = problems.of_outcome(outcome, outcome_words.as_money(intent, outcome.facts))
    return {"entry": None, "problem": problem.document(call.language, call.request_id)}


def _accepted(outcome: Outcome) -> dict[str, Any]:
    assert outcome.effective_date is not None
    assert outcome.recorded_at is not None
    return {
        "id": written_uuid(outcome.id),
        "book": written_id(outcome.book_id),
        "outcome": outcome.code.value,
        "seq": outcome.seq,
        "effective_date": outcome.effective_date.isoformat(),
        "recorded_time": written_instant(outcome.recorded_at),
    }


def _id(call: Call) -> bytes:
    try:
        return as_entry_id(call.params["entry"])
    except ValueError as error:
        raise Problem("not_found") from error


def _tag(entry_id: bytes) -> str:
    """Tag an entry: it never changes, so its id says it all."""
    return tag_of("entry", entry_id.hex())


def one(session: Session, call: Call) -> Answer:
    """Give one entry."""
    entry_id = _id(call)
    found = queries.entry(session, book_of(session, call), entry_id)
    if found is None:
        raise Problem("not_found")
    return Answer(200, _written(found), etag=_tag(entry_id))


def listed(session: Session, call: Call) -> Answer:
    """List entries as they were booked, page by page."""
    asked: paging.Page = call.query
    book = book_of(session, call)
    after: int = paging.after(call) or 0
    found = list(queries.entries(session, book, after=after, limit=asked.size))
    last = found[-1].entry.seq if found else after
    place = last if last < book.head_seq and found else None
    return paging.paged(call, "entries", [_written(each) for each in found], place)


def _written(found: JournalEntry) -> dict[str, Any]:
    entry, exchange, asserted = found.entry, found.exchange, found.assertion
    value = entry.value_date
    return {
        "id": written_uuid(entry.id),
        "seq": entry.seq,
        "verb": entry.verb,
        "kind": entry.kind,
        "effective_date": entry.effective_date.isoformat(),
        "value_date": None if value is None else value.isoformat(),
        "recorded_time": written_instant(entry.recorded_at),
        "narration": entry.narration if isinstance(entry.narration, str) else None,
        "bundle": None if entry.bundle is None else written_uuid(entry.bundle),
        "about_seq": entry.target_seq,
        "amends_seq": entry.amends_seq,
        "postings": [_line(line) for line in found.lines],
        "exchange": None
        if exchange is None
        else {
            "sold": written_money(*exchange.sold),
            "bought": written_money(*exchange.bought),
            "mid_rate": None if exchange.mid_rate is None else f"{exchange.mid_rate:f}",
            "mid_source": exchange.mid_source,
            "mid_date": None if exchange.mid_date is None else exchange.mid_date.isoformat(),
        },
        "assertion": None
        if asserted is None
        else {
            "account": asserted.code,
            "balance": written_money(*asserted.balance),
            "on": asserted.day.isoformat(),
        },
    }


_LAYERS: Final = ("posted", "held", "freed")


def _line(line: EntryLine) -> dict[str, Any]:
    return {
        "line": line.line,
        "account": line.code,
        "no": line.no,
        "layer": _LAYERS[line.layer],
        "side": line.side.value,
        "amount": written_money(line.amount, line.currency),
    }


_HERS: Final[dict[str, Any]] = {"caller": Caller.PERSON}
_WRITES: Final[dict[str, Any]] = {**_HERS, "action": Action.DIARY_WRITE, "way": Way.POSTS}
_SEES: Final[dict[str, Any]] = {**_HERS, "action": Action.DIARY_SEE, "way": Way.READS}

OPERATIONS: Final = (
    Operation(
        id="list_entries",
        method="GET",
        path="/books/{book}/entries",
        says=Wording("Daftar entri, sesuai urutan pembukuan.", "List entries as booked."),
        run=listed,
        query=paging.Page,
        **_SEES,
    ),
    Operation(
        id="get_entry",
        method="GET",
        path="/books/{book}/entries/{entry}",
        says=Wording("Lihat satu entri.", "See one entry."),
        run=one,
        **_SEES,
    ),
    Operation(
        id="put_entry",
        method="PUT",
        path="/books/{book}/entries/{entry}",
        says=Wording("Bukukan satu entri dengan id dari klien.", "Put an entry by its own id."),
        run=put,
        body=EntryIn,
        **_WRITES,
    ),
    Operation(
        id="batch_entries",
        method="POST",
        path="/books/{book}/entries:batch",
        says=Wording("Bukukan banyak entri sekaligus.", "Put many entries at once."),
        run=batch,
        body=BatchIn,
        large=True,
        **_WRITES,
    ),
)
