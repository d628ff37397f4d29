"""The outermost layer: what every answer has, whatever happened inside.

A request id, the header fields of security.md §2.6, one line in the log, no body to HEAD, and a
problem document where something broke, never a traceback.
"""

import ipaddress
import re
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from api.http import headers as fields
from api.http.language import preferred
from api.http.problems import MEDIA_TYPE, Problem
from api.http.site import Context, Site, as_problem
from api.logs import Event, Log, Result, described, trace

_TRACEPARENT: Final = re.compile(rb"00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")

Scope = MutableMapping[str, Any]
Send = Callable[[Any], Awaitable[None]]
Asgi = Callable[[Scope, Any, Send], Awaitable[None]]


class Shell:
    """Wraps the routes."""

    def __init__(self, routes: Asgi, site: Site, log: Log) -> None:
        """Take what is inside."""
        self._routes = routes
        self._site = site
        self._log = log

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        """Answer one request, or pass on that the server begins or ends."""
        if scope["type"] == "lifespan":
            await self._routes(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        started = time.perf_counter()
        context = Context(secrets.token_hex(16), scope["path"])
        scope["juang"] = context
        sending = _Sending(scope, send)
        try:
            self._take_note(scope, context)
            await self._routes(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 - the last resort: nobody gets a traceback
            context.error = context.error or error
            if not sending.begun:
                await refuse(as_problem(error), scope, sending)
        finally:
            self._write(context, sending.status, started)

    def _take_note(self, scope: Scope, context: Context) -> None:
        """Read what decides how to answer, before anything can go wrong.

        Raises: Problem.
        """
        raw = dict(scope["headers"])
        context.language = preferred(raw.get(b"accept-language", b"").decode("latin-1"))
        traced = _TRACEPARENT.fullmatch(raw.get(b"traceparent", b""))
        context.traced = None if traced is None else traced[1].decode()
        peer = scope.get("client")
        context.address = peer[0] if peer else "local"
        if self._site.settings.proxies:
            self._behind_proxy(raw, context)

    def _behind_proxy(self, raw: dict[bytes, bytes], context: Context) -> None:
        """Believe a proxy that is known what it says of its caller; believe nobody else."""
        try:
            peer = ipaddress.ip_address(context.address)
        except ValueError:
            raise Problem("https_required") from None
        known = any(peer in network for network in self._site.settings.proxies)
        if not known or raw.get(b"x-forwarded-proto", b"").strip().lower() != b"https":
            raise Problem("https_required")
        # The last address is the one that the proxy itself saw.
        last = raw.get(b"x-forwarded-for", b"").decode("latin-1").rpartition(",")[2].strip()
        if last:
            context.address = last[:64]

    def _write(self, context: Context, status: int, started: float) -> None:
        facts: dict[str, Any] = {}
        result = Result.DONE if status < 400 else Result.REFUSED
        if status >= 500:
            result = Result.FAILED
            if context.error is not None:
                facts = {**described(context.error), "trace": trace(context.error)}
        self._log.write(
            Event.REQUEST_ANSWERED,
            level="error" if status >= 500 else "info",
            result=result.value,
            what=context.operation,
            status=status,
            code=context.code,
            request=context.request_id,
            traced=context.traced,
            tenant=context.tenant,
            person=context.person,
            client=context.client,
            milliseconds=int((time.perf_counter() - started) * 1000),
            **facts,
        )


class _Sending:
    """Adds what every answer has, and leaves out the body of an answer to HEAD."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._context: Context = scope["juang"]
        self._head = scope["method"] == "HEAD"
        self._send = send
        self.begun = False
        self.status = 500

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            self.status = message["status"]
            left = self._context.left
            message["headers"] = [
                *message.get("headers", ()),
                *fields.ALWAYS,
                (b"request-id", self._context.request_id.encode()),
                *([] if left is None else left.headers()),
            ]
        elif self._head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)


async def refuse(problem: Problem, scope: Scope, send: Send) -> None:
    """Send a problem document."""
    context: Context = scope["juang"]
    context.code = problem.code
    headers = {name.lower(): value for name, value in problem.headers.items()}
    headers["content-language"] = context.language
    body = problem.body(context.language, context.request_id)
    await send_bytes(send, problem.status, body, MEDIA_TYPE, headers)


async def send_bytes(
    send: Send, status: int, body: bytes, media_type: bytes, headers: dict[str, str]
) -> None:
    """Send an answer whole."""
    found = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    if status not in {204, 304}:
        found.append((b"content-type", media_type))
        found.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": found})
    await send({"type": "http.response.body", "body": body})
