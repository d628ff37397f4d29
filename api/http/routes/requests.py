"""What she asks to be done with her data (UU 27/2022), and how keyed requests were answered."""

import json
from typing import Any, Final, Literal

from sqlalchemy.orm import Session

from api.http import keyed
from api.http.calls import Answer, Call, Caller, Operation, Way
from api.http.fields import Strict, Word, written_instant
from ledger.access.actions import Action
from ledger.apps import queries as apps
from ledger.consents import operations
from ledger.consents.operations import RequestKind
from ledger.consents.queries.requests import of_person
from ledger.consents.tables import DataRequest
from ledger.errors import Wording
from ledger.parties.queries import records


class RequestIn(Strict):
    """What she asks for; `about` is a code word, like the field that is wrong, never data."""

    kind: Literal["access", "correction", "restriction", "objection", "erasure"]
    about: Word | None = None


class LiftIn(Strict):
    """Which stop she takes back."""

    kind: Literal["restriction", "objection"]


def _written(row: DataRequest) -> dict[str, Any]:
    closed = row.closed_at
    return {
        "no": row.no,
        "kind": row.kind,
        "about": row.about,
        "state": row.state,
        "ground": row.ground,
        "receive_time": written_instant(row.received_at),
        "due_time": written_instant(row.due_at),
        "source": row.source,
        "close_time": None if closed is None else written_instant(closed),
    }


def make(session: Session, call: Call) -> Answer:
    """Make a request; a restriction and an objection hold at once."""
    wanted: RequestIn = call.body
    made = operations.register_request(
        session,
        call.tenant,
        call.person,
        RequestKind(wanted.kind),
        about=wanted.about,
        actor=call.actor,
        recorded_at=call.now,
    )
    return Answer(201, _written(made))


def listed(session: Session, call: Call) -> Answer:
    """List her requests, oldest first."""
    found = of_person(session, call.tenant, records(session, call.tenant, call.person))
    return Answer(200, {"data_requests": [_written(row) for row in found]})


def lift(session: Session, call: Call) -> Answer:
    """Take a restriction or an objection back."""
    wanted: LiftIn = call.body
    operations.lift(
        session,
        call.tenant,
        call.person,
        RequestKind(wanted.kind),
        actor=call.actor,
        recorded_at=call.now,
    )
    return listed(session, call)


def answered(session: Session, call: Call) -> Answer:
    """Tell how a request with a key was answered, after its reply was lost."""
    key = keyed.checked(call.params["key"])
    found = apps.answers(session, call.tenant, call.actor, key)
    if not found:
        return Answer(200, {"key": key, "state": "unknown", "answers": []})
    answers = [
        {
            "operation": kept.route,
            "status": kept.status,
            "recorded_time": written_instant(kept.recorded_at),
            "body": json.loads(kept.body) if kept.body else None,
        }
        for kept in found
    ]
    return Answer(200, {"key": key, "state": "completed", "answers": answers})


_HERS: Final[dict[str, Any]] = {"caller": Caller.PERSON}

OPERATIONS: Final = (
    Operation(
        id="list_data_requests",
        method="GET",
        path="/data_requests",
        says=Wording("Daftar permintaan saya atas data saya.", "List what I asked for."),
        action=Action.ACCESS_LOG_SEE,
        way=Way.READS,
        run=listed,
        **_HERS,
    ),
    Operation(
        id="create_data_request",
        method="POST",
        path="/data_requests",
        says=Wording(
            "Minta salinan, pembetulan, pembatasan, penghapusan; ajukan keberatan.",
            "Ask for access, correction, restriction, erasure; object.",
        ),
        action=Action.DATA_REQUEST_RAISE,
        way=Way.WRITES,
        run=make,
        body=RequestIn,
        keyed=True,
        **_HERS,
    ),
    Operation(
        id="lift_data_stop",
        method="POST",
        path="/data_requests:lift",
        says=Wording(
            "Cabut pembatasan atau keberatan.", "Take a restriction or an objection back."
        ),
        action=Action.DATA_REQUEST_RAISE,
        way=Way.WRITES,
        run=lift,
        body=LiftIn,
        keyed=True,
        **_HERS,
    ),
    Operation(
        id="get_request",
        method="GET",
        path="/requests/{key}",
        says=Wording(
            "Bagaimana permintaan dengan kunci ini dijawab?",
            "How was the request with this key answered?",
        ),
        action=Action.SESSION_SEE,
        way=Way.READS,
        run=answered,
        **_HERS,
    ),
)
