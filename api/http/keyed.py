"""Requests with a key of the app's own are carried out once (docs/decisions/0032, api.md §1).

The key, what was asked and what was answered are one row, written in the transaction of what was
done: without the row it never happened. A 5xx leaves no row, so a retry runs; what the state of
the books refused is kept, and answered again.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.http import problems
from api.http.calls import Answer, Call, dumped
from api.http.problems import MEDIA_TYPE, Problem
from ledger.apps import operations, queries
from ledger.apps.tables import KeyedRequest
from ledger.errors import LedgerError

_KEY: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
REPLAYED: Final = "Idempotency-Replayed"


def key_of(headers: Mapping[bytes, bytes]) -> str:
    """Read the key of a request, bare or as RFC 8941 quotes it.

    Raises: Problem 400.
    """
    given = headers.get(b"idempotency-key")
    if given is None:
        raise Problem("idempotency_key_missing")
    text = given.decode("latin-1").strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]
    if _KEY.fullmatch(text) is None:
        raise Problem("idempotency_key_malformed")
    return text


def checked(text: str) -> str:
    """Take a key that stands in a path; what cannot be one was never used.

    Raises: Problem 404.
    """
    if _KEY.fullmatch(text) is None:
        raise Problem("not_found")
    return text


async def carried_out(call: Call) -> Answer:
    """Carry out a command in the posting queue's transaction; with a key, once.

    Raises: Problem, LedgerError.
    """

    def verb(session: Session, moment: datetime) -> Answer | Problem:
        return _verb(session, call, moment)

    queue = call.site.queue
    try:
        found = await queue.arun(verb)
    except IntegrityError:
        if not call.operation.keyed:
            raise
        found = await queue.arun(verb)  # another process was first: its answer stands now
    if isinstance(found, Problem):
        raise found
    answer: Answer = found
    return _revealed(call, answer)


def _verb(session: Session, call: Call, moment: datetime) -> Answer | Problem:
    call.now = moment
    if not call.operation.keyed:
        return _tried(session, call)
    fingerprint = call.fingerprint()
    route = call.operation.route
    for kept in queries.answers(session, call.tenant, call.actor, call.key):
        if kept.route == route:
            return _again(kept, fingerprint)
    found = _tried(session, call)
    if isinstance(found, Problem) and not _is_kept(found):
        return found
    answer = _as_answer(found, call) if isinstance(found, Problem) else found
    operations.keep_answer(
        session,
        tenant=call.tenant,
        actor=call.actor,
        key=call.key,
        route=route,
        person=call.person or None,
        fingerprint=fingerprint,
        status=answer.status,
        etag=answer.etag,
        location=answer.location,
        body=answer.written(),
        recorded_at=moment,
    )
    return answer


def _tried(session: Session, call: Call) -> Answer | Problem:
    """Run the operation; what it refuses undoes what it did, and nothing else."""
    savepoint = session.begin_nested()
    try:
        answer: Answer | Problem = call.operation.run(session, call)
    except (Problem, LedgerError) as error:
        savepoint.rollback()
        session.expire_all()
        return error if isinstance(error, Problem) else problems.of_error(error)
    savepoint.commit()
    return answer


def _is_kept(problem: Problem) -> bool:
    """Tell whether a refusal is one of the state of the books: final for its key."""
    return problem.status in {404, 409, 423}


def _as_answer(problem: Problem, call: Call) -> Answer:
    body = problem.body(call.language, call.request_id)
    return Answer(problem.status, body=body, media_type=MEDIA_TYPE, headers=problem.headers)


def _again(kept: KeyedRequest, fingerprint: bytes) -> Answer | Problem:
    if bytes(kept.fingerprint) != fingerprint:
        return Problem("idempotency_key_reused")
    media_type = MEDIA_TYPE if kept.status >= 400 else b"application/json; charset=utf-8"
    return Answer(
        kept.status,
        body=bytes(kept.body),
        etag=kept.etag,
        location=kept.location,
        media_type=media_type,
        headers={REPLAYED: "true"},
    )


def _revealed(call: Call, answer: Answer) -> Answer:
    """Add what is never kept: it follows from what the caller alone has."""
    reveals = call.operation.reveals
    if reveals is None or answer.status >= 400:
        return answer
    content: dict[str, Any] = json.loads(answer.written())
    return replace(answer, body=dumped(reveals(call, content)), content=None)
