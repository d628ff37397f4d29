"""A server in this process, and people who call it: what every test of the API stands on."""

import asyncio
import base64
import itertools
import threading
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine

from api.http.app import create_app
from api.http.settings import Settings
from api.http.site import Site
from api.logs import Log, Sink
from ledger import db
from ledger.apps import operations as apps
from ledger.apps import tokens
from ledger.books import operations as books
from tests import builders
from tests.ledger.apps.filled import public

T = TypeVar("T")
MOBILE = tokens.ClientKey(b"m" * 32)
OTHER_MOBILE = tokens.ClientKey(b"o" * 32)
TENANTS = {"platform": MOBILE, "elsewhere": OTHER_MOBILE}
ANY_SIZE = Settings(issuer="https://juang.test")


@dataclass
class Clock:
    """A clock that a test puts forward."""

    now: datetime = builders.NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **parts: float) -> None:
        self.now += timedelta(**parts)


class Api:
    """A server, reached in this process over ASGI."""

    def __init__(
        self, engine: Engine, settings: Settings = ANY_SIZE, sink: Sink | None = None
    ) -> None:
        self.clock = Clock()
        self.engine = engine
        self.site = Site(
            settings=settings,
            engine=engine,
            keyring=builders.keyring(),
            clock=self.clock,
            seconds=self.seconds,
        )
        self.app = create_app(self.site, Log(sink, clock=self.clock))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.counter = itertools.count(1)
        with db.session_factory(engine).begin() as session:
            for tenant, key in TENANTS.items():
                made = books.open_tenant(session, tenant, name=tenant)
                apps.add_client(
                    session, made, "mobile", key, actor="test", recorded_at=builders.NOW
                )

    def seconds(self) -> float:
        return self.clock.now.timestamp()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    async def asend(
        self,
        method: str,
        path: str,
        *,
        address: str = "203.0.113.7",
        json: Any = None,
        headers: Mapping[str, str] | list[tuple[str, str]] | None = None,
        content: bytes | None = None,
        token: str | None = None,
    ) -> httpx.Response:
        transport = httpx.ASGITransport(
            self.app,
            client=(address, 50_000),
        )
        given = list(headers.items() if isinstance(headers, Mapping) else headers or [])
        if token is not None:
            given.append(("Authorization", f"Bearer {token}"))
        async with httpx.AsyncClient(transport=transport, base_url="https://juang.test") as http:
            return await http.request(method, path, json=json, content=content, headers=given)

    def send(self, method: str, path: str, **how: Any) -> httpx.Response:
        return self.run(self.asend(method, path, **how))

    def key(self) -> str:
        return f"key-{next(self.counter):012d}"

    def onboard(self, ref: str = "siti", *, tenant: str = "platform", book: bool = True) -> "Phone":
        wanted: dict[str, Any] = {"person": ref}
        if book:
            wanted["book"] = {
                "name": f"Rumah {ref}",
                "base_currency": "IDR",
                "time_zone": "Asia/Jakarta",
            }
        made = self.send(
            "POST",
            "/v1/activations",
            json=wanted,
            token=TENANTS[tenant].text,
            headers={"Idempotency-Key": self.key()},
        )
        assert made.status_code == 201, made.text
        phone = Phone(self, Ed25519PrivateKey.generate())
        came = phone.come_in(made.json()["code"])
        assert came.status_code == 201, came.text
        phone.take(came.json())
        return phone

    def close(self) -> None:
        self.site.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def signed(key: Ed25519PrivateKey, message: bytes) -> str:
    return base64.urlsafe_b64encode(key.sign(message)).decode()


@dataclass
class Phone:
    """A phone, with its key and its tokens."""

    api: Api
    key: Ed25519PrivateKey
    access: str = ""
    refresh: str = ""
    person: str = ""
    device: str = ""
    book: str = ""
    told: dict[str, Any] = field(default_factory=dict)

    def come_in(self, code: str, attempt: str | None = None) -> httpx.Response:
        attempt = attempt or self.api.key()
        body = {
            "code": code,
            "device": {"public_key": base64.b64encode(public(self.key)).decode()},
            "proof": signed(self.key, tokens.activation_message(code, attempt)),
        }
        headers = {"Idempotency-Key": attempt}
        return self.api.send("POST", "/v1/tokens", json=body, headers=headers)

    def renew(self, token: str | None = None, attempt: str | None = None) -> httpx.Response:
        token, attempt = token or self.refresh, attempt or self.api.key()
        body = {
            "refresh_token": token,
            "proof": signed(self.key, tokens.refresh_message(token, attempt)),
        }
        headers = {"Idempotency-Key": attempt}
        return self.api.send("POST", "/v1/tokens:refresh", json=body, headers=headers)

    def take(self, told: dict[str, Any]) -> None:
        self.told = told
        self.access, self.refresh = told["access_token"], told["refresh_token"]
        self.person, self.device = told["person"]["id"], told["device"]["id"]
        self.book = told["books"][0]["id"] if told["books"] else ""

    def send(self, method: str, path: str, **how: Any) -> httpx.Response:
        return self.api.send(method, f"/v1{path}", token=self.access, **how)

    def get(self, path: str, **how: Any) -> httpx.Response:
        return self.send("GET", path, **how)

    def post(self, path: str, json: Any = None, *, key: str | None = None) -> httpx.Response:
        headers = {"Idempotency-Key": key or self.api.key()}
        return self.send("POST", path, json=json, headers=headers)

    def put_entry(self, number: int, **change: Any) -> httpx.Response:
        return self.send("PUT", self.entry(number), json=spend(**change))

    def entry(self, number: int) -> str:
        return f"/books/{self.book}/entries/{entry_id(number)}"


def entry_id(number: int) -> str:
    return f"01930000-0000-7000-8000-{number:012d}"


def money(amount: str, currency: str = "IDR") -> dict[str, str]:
    return {"amount": amount, "currency": currency}


def spend(amount: str = "60000.00", **change: Any) -> dict[str, Any]:
    """Buy rice."""
    return {
        "effective_date": "2026-11-24",
        "narration": "beras",
        "postings": [
            {"account": "expenses:food", "debit": money(amount)},
            {"account": "assets:cash", "credit": money(amount)},
        ],
        **change,
    }
