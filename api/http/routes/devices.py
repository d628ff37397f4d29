"""Her phones: list them, name them, lose one, sign out everywhere."""

from typing import Annotated, Any, Final

from pydantic import StringConstraints
from sqlalchemy.orm import Session

from api.http.calls import Answer, Call, Caller, Operation, Way, tag_of
from api.http.fields import Strict, written_id, written_instant
from api.http.problems import Problem
from ledger.access.actions import Action
from ledger.errors import Wording
from ledger.parties import operations as parties
from ledger.parties import queries
from ledger.parties.queries import DeviceFigures


class LabelIn(Strict):
    """What she calls the phone."""

    label: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class EverywhereIn(Strict):
    """Whether this phone stays in."""

    keep_this: bool = False


def _written(device: DeviceFigures, call: Call) -> dict[str, Any]:
    ended = device.ended_at
    return {
        "id": written_id(device.id),
        "label": device.label,
        "state": device.state,
        "current": device.id == call.device,
        "create_time": written_instant(device.registered_at),
        "end_time": None if ended is None else written_instant(ended),
        "etag": _tag(device),
    }


def _tag(device: DeviceFigures) -> str:
    return tag_of("device", device.id, device.label, device.state)


def _find(session: Session, call: Call) -> DeviceFigures:
    wanted = call.number("device")
    for device in queries.devices(session, call.tenant, call.person):
        if device.id == wanted:
            return device
    raise Problem("not_found")


def listed(session: Session, call: Call) -> Answer:
    """List her phones, oldest first, those that have ended too."""
    found = queries.devices(session, call.tenant, call.person)
    return Answer(200, {"devices": [_written(device, call) for device in found]})


def one(session: Session, call: Call) -> Answer:
    """Give one phone."""
    found = _find(session, call)
    return Answer(200, _written(found, call), etag=_tag(found))


def label(session: Session, call: Call) -> Answer:
    """Name a phone anew."""
    wanted: LabelIn = call.body
    found = _find(session, call)
    call.match(_tag(found))
    parties.label_device(
        session,
        call.tenant,
        call.person,
        found.id,
        wanted.label,
        actor=call.actor,
        recorded_at=call.now,
    )
    return one(session, call)


def lose(session: Session, call: Call) -> Answer:
    """End a phone that was lost or stolen: it is out at its next request."""
    found = _find(session, call)
    parties.end_device(
        session,
        call.tenant,
        call.person,
        found.id,
        "lost",
        actor=call.actor,
        recorded_at=call.now,
    )
    return one(session, call)


def sign_out_everywhere(session: Session, call: Call) -> Answer:
    """End all phones, or all others."""
    wanted: EverywhereIn = call.body
    ended = parties.sign_out_everywhere(
        session,
        call.tenant,
        call.person,
        but=call.device if wanted.keep_this else None,
        actor=call.actor,
        recorded_at=call.now,
    )
    return Answer(200, {"ended": ended})


_HERS: Final[dict[str, Any]] = {"caller": Caller.PERSON}
_SEES: Final[dict[str, Any]] = {**_HERS, "action": Action.SESSION_SEE, "way": Way.OPENS}
_ENDS: Final[dict[str, Any]] = {**_HERS, "action": Action.DEVICE_REVOKE, "way": Way.WRITES}

OPERATIONS: Final = (
    Operation(
        id="list_devices",
        method="GET",
        path="/devices",
        says=Wording("Daftar ponsel saya.", "List my phones."),
        run=listed,
        **_SEES,
    ),
    Operation(
        id="get_device",
        method="GET",
        path="/devices/{device}",
        says=Wording("Lihat satu ponsel.", "See one phone."),
        run=one,
        **_SEES,
    ),
    Operation(
        id="update_device",
        method="PATCH",
        path="/devices/{device}",
        says=Wording("Beri nama ponsel.", "Name a phone."),
        action=Action.DEVICE_ENROL,
        way=Way.WRITES,
        run=label,
        body=LabelIn,
        conditional=True,
        **_HERS,
    ),
    Operation(
        id="lose_device",
        method="POST",
        path="/devices/{device}:lose",
        says=Wording("Ponsel hilang: keluarkan segera.", "A phone was lost: shut it out at once."),
        run=lose,
        keyed=True,
        **_ENDS,
    ),
    Operation(
        id="sign_out_devices",
        method="POST",
        path="/devices:sign_out",
        says=Wording("Keluar di semua ponsel.", "Sign out on all phones."),
        run=sign_out_everywhere,
        body=EverywhereIn,
        keyed=True,
        **_ENDS,
    ),
)
