"""Come in, stay in, and work off the outbox."""

import base64
import secrets
from dataclasses import dataclass
from typing import Any, Final

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api.client.outbox import Outbox
from ledger.apps import tokens

_LATER: Final = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses after which the same may pass: what was sent waits on."""


class NotSignedIn(Exception):
    """The phone is out: it needs a new code."""


@dataclass(eq=False)
class Refusal(Exception):
    """The server refused for good; `problem` says why."""

    status: int
    problem: dict[str, Any]


class Client:
    """A phone with its key and its outbox."""

    def __init__(self, http: httpx.Client, key: Ed25519PrivateKey, outbox: Outbox) -> None:
        """Take the way to the server, the phone's key, and the file of what waits."""
        self._http = http
        self._key = key
        self._outbox = outbox

    def come_in(self, code: str, *, label: str | None = None) -> dict[str, Any]:
        """Exchange an activation code for tokens; after a lost reply, call again.

        Raises: Refusal, httpx.TransportError.
        """
        attempt = self._attempt("come_in")
        device: dict[str, Any] = {"public_key": _text(self._public())}
        if label is not None:
            device["label"] = label
        proof = self._key.sign(tokens.activation_message(code, attempt))
        body = {"code": code, "device": device, "proof": _text(proof)}
        return self._take("come_in", "/v1/tokens", body, attempt)

    def renew(self) -> None:
        """Renew the tokens; after a lost reply, the same request is sent again.

        Raises: NotSignedIn, Refusal, httpx.TransportError.
        """
        refresh = self._outbox.kept("refresh_token")
        if refresh is None:
            raise NotSignedIn
        attempt = self._attempt("renew")
        proof = self._key.sign(tokens.refresh_message(refresh, attempt))
        body = {"refresh_token": refresh, "proof": _text(proof)}
        try:
            self._take("renew", "/v1/tokens:refresh", body, attempt)
        except Refusal as refusal:
            if refusal.status == 401:
                raise NotSignedIn from refusal
            raise

    def put_entry(self, book: str, entry: dict[str, Any]) -> str:
        """Keep an entry to be sent, and give the id it has for ever."""
        entry_id = _new_id()
        self._outbox.add(entry_id, book, entry)
        return entry_id

    def send(self) -> int:
        """Send what waits, in order, and say how much is left: 0 when all is answered.

        It stops where the server cannot be reached or asks to come back; nothing is lost then.

        Raises: NotSignedIn.
        """
        for waiting in self._outbox.waiting():
            path = f"/v1/books/{waiting.book}/entries/{waiting.id}"
            try:
                answer = self._authorised("PUT", path, waiting.entry)
            except httpx.TransportError:
                break
            if answer.status_code in _LATER:
                break
            state = "posted" if answer.is_success else "refused"
            self._outbox.settle(waiting.id, state, answer.json())
        return len(self._outbox.waiting())

    def get(self, path: str) -> Any:
        """Read something.

        Raises: NotSignedIn, Refusal, httpx.TransportError.
        """
        answer = self._authorised("GET", path, None)
        if not answer.is_success:
            raise Refusal(answer.status_code, answer.json())
        return answer.json()

    def _authorised(self, method: str, path: str, body: Any) -> httpx.Response:
        answer = self._request(method, path, body)
        if answer.status_code == 401:
            self.renew()
            answer = self._request(method, path, body)
        if answer.status_code == 401:
            raise NotSignedIn
        return answer

    def _request(self, method: str, path: str, body: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._outbox.kept('access_token') or '-'}"}
        return self._http.request(method, path, json=body, headers=headers)

    def _attempt(self, name: str) -> str:
        """Give the key of a request that is under way, or draw one and keep it first."""
        attempt = self._outbox.kept(name)
        if attempt is None:
            attempt = secrets.token_urlsafe(24)
            self._outbox.keep(name, attempt)
        return attempt

    def _take(self, name: str, path: str, body: Any, attempt: str) -> dict[str, Any]:
        answer = self._http.post(path, json=body, headers={"Idempotency-Key": attempt})
        if answer.status_code in _LATER:
            raise httpx.ReadError("asked to come back")
        if not answer.is_success:
            self._outbox.drop(name)
            raise Refusal(answer.status_code, answer.json())
        told: dict[str, Any] = answer.json()
        self._outbox.keep("refresh_token", told["refresh_token"])
        self._outbox.keep("access_token", told["access_token"])
        self._outbox.drop(name)
        return told

    def _public(self) -> bytes:
        return self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _new_id() -> str:
    """Draw an id of 128 bits in the form of a UUID (version 4)."""
    drawn = bytearray(secrets.token_bytes(16))
    drawn[6] = drawn[6] & 0x0F | 0x40
    drawn[8] = drawn[8] & 0x3F | 0x80
    text = drawn.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
