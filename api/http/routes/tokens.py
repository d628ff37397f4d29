"""A phone comes in by a code, stays in by renewing its tokens, and goes out."""

import base64
import binascii
import secrets
from typing import Annotated, Any, Final

from pydantic import StringConstraints
from sqlalchemy.orm import Session

from api.http import keyed
from api.http.access_tokens import expiry
from api.http.calls import NO_CONTENT, Answer, Call, Caller, Operation, Way
from api.http.fields import Strict, written_id, written_instant
from api.http.problems import Field, Problem
from api.http.settings import ACCESS_FOR
from ledger.access.actions import Action
from ledger.apps import operations as apps
from ledger.apps.operations import Door, Opened
from ledger.consents.queries.persons import books_of
from ledger.errors import Wording
from ledger.parties import operations as parties
from ledger.parties.queries import records

_Long = Annotated[str, StringConstraints(min_length=1, max_length=6_000)]
_Token = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class DeviceIn(Strict):
    """The phone: its public key (Ed25519 or P-256; PEM, or DER in base64) and a name for it."""

    public_key: _Long
    label: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None


class CodeIn(Strict):
    """A code, the phone's key, and the phone's signature over both code and Idempotency-Key."""

    code: _Token
    device: DeviceIn
    proof: _Token


class RefreshIn(Strict):
    """A refresh token, and the phone's signature over it and the Idempotency-Key."""

    refresh_token: _Token
    proof: _Token


def exchange(session: Session, call: Call) -> Answer | Problem:
    """Let a phone in by a code."""
    wanted: CodeIn = call.body
    opened = apps.exchange(
        session,
        wanted.code,
        _key(wanted.device.public_key),
        _bytes(wanted.proof, "/proof"),
        attempt=keyed.key_of(call.headers),
        label=wanted.device.label,
        door=_door(call),
        recorded_at=call.now,
    )
    return Problem("code_wrong") if opened is None else _answer(session, call, opened, 201)


def refresh(session: Session, call: Call) -> Answer | Problem:
    """Renew a phone's tokens; a token that was used already ends them all."""
    wanted: RefreshIn = call.body
    opened = apps.refresh(
        session,
        wanted.refresh_token,
        _bytes(wanted.proof, "/proof"),
        attempt=keyed.key_of(call.headers),
        door=_door(call),
        recorded_at=call.now,
    )
    # Not raised: what ended the family of a stolen token must stay done.
    return Problem("unauthorised") if opened is None else _answer(session, call, opened, 200)


def sign_out(session: Session, call: Call) -> Answer:
    """End this phone's session, and the phone's key with it."""
    by: dict[str, Any] = {"recorded_at": call.now}
    apps.end_session(session, call.tenant, call.session_id, "signed_out", **by)
    parties.end_device(
        session, call.tenant, call.person, call.device, "signed_out", actor=call.actor, **by
    )
    return NO_CONTENT


def _answer(session: Session, call: Call, opened: Opened, status: int) -> Answer:
    token = call.site.tokens.sign(
        tenant=opened.tenant,
        session_id=opened.session_id,
        person_id=opened.person_id,
        jti=secrets.token_hex(16),
        now=call.site.clock(),
    )
    own = records(session, opened.tenant, opened.person_id)
    content = {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": int(ACCESS_FOR.total_seconds()),
        "expire_time": written_instant(expiry(call.site.clock())),
        "refresh_token": opened.token.text,
        "refresh_expire_time": written_instant(opened.ends_at),
        "person": {"id": written_id(opened.person_id)},
        "device": {"id": written_id(opened.device_id)},
        "books": [{"id": written_id(book)} for book in books_of(session, opened.tenant, own)],
    }
    return Answer(status, content)


def _door(call: Call) -> Door:
    drawn = call.site.draw(40)
    return Door(salt=drawn[:32], session_id=int.from_bytes(drawn[32:], "big") >> 1)


def _key(text: str) -> bytes:
    return text.encode() if text.startswith("-----") else _bytes(text, "/device/public_key")


def _bytes(text: str, pointer: str) -> bytes:
    """Read base64, of either alphabet, with or without its padding."""
    plain = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (ValueError, binascii.Error) as error:
        raise Problem("request_invalid", errors=[Field(pointer, "field_malformed")]) from error


OPERATIONS: Final = (
    Operation(
        id="create_tokens",
        method="POST",
        path="/tokens",
        says=Wording(
            "Tukar kode aktivasi dengan token untuk ponsel ini.",
            "Exchange an activation code for tokens of this phone.",
        ),
        caller=Caller.ANYONE,
        action=None,
        way=Way.WRITES,
        run=exchange,
        body=CodeIn,
    ),
    Operation(
        id="refresh_tokens",
        method="POST",
        path="/tokens:refresh",
        says=Wording("Perbarui token ponsel ini.", "Renew the tokens of this phone."),
        caller=Caller.ANYONE,
        action=None,
        way=Way.WRITES,
        run=refresh,
        body=RefreshIn,
    ),
    Operation(
        id="revoke_tokens",
        method="POST",
        path="/tokens:revoke",
        says=Wording("Keluar di ponsel ini.", "Sign out on this phone."),
        caller=Caller.PERSON,
        action=Action.SESSION_REVOKE,
        way=Way.WRITES,
        run=sign_out,
    ),
)
