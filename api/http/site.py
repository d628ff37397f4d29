"""Everything a server is made of, and the one way from a request to an answer.

The order is fixed: header fields, how often, who, what the policy says, whose book, parameters,
body, key. Only then is anything done. Whatever fails, fails before what comes after it is read.
"""

import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from api.http import keyed, problems, reading
from api.http.access_tokens import TokenExpired, Tokens
from api.http.calls import Answer, Call, Caller, Operation, Way
from api.http.cursors import Cursors
from api.http.doorkeeper import Doorkeeper
from api.http.fields import as_number
from api.http.limits import Left, Limits, network
from api.http.problems import Problem
from api.http.settings import Settings
from api.http.workers import Workers
from ledger import db
from ledger.access import policy
from ledger.access.actions import Relation
from ledger.access.roles import Role
from ledger.apps import queries as apps
from ledger.apps.tokens import ClientKey
from ledger.db.engine import FAILURES
from ledger.errors import Language, LedgerError
from ledger.journal.keyring import Keyring
from ledger.journal.queue import PostingQueue

_BEARER: Final = re.compile(rb"[Bb]earer ([A-Za-z0-9._~+/=-]{1,2000})")


@dataclass(slots=True)
class Context:
    """What is known of a request from its first byte on; the log's line is written from it."""

    request_id: str
    path: str
    language: Language = "id"
    address: str = "?"
    traced: str | None = None
    operation: str | None = None
    code: str | None = None
    tenant: int | None = None
    person: int | None = None
    client: int | None = None
    left: Left | None = None
    error: BaseException | None = None


@dataclass(slots=True)
class Site:
    """The parts of one server."""

    settings: Settings
    engine: Engine
    keyring: Keyring
    clock: Callable[[], datetime]
    seconds: Callable[[], float]
    tokens: Tokens = field(init=False)
    cursors: Cursors = field(init=False)
    limits: Limits = field(default_factory=Limits)
    workers: Workers = field(init=False)
    queue: PostingQueue = field(init=False)
    doorkeeper: Doorkeeper = field(init=False)
    everybody: sessionmaker[Session] = field(init=False)
    draw: Callable[[int], bytes] = secrets.token_bytes
    of_tenant: Callable[[int], sessionmaker[Session]] = field(init=False)
    readiness: tuple[float, bool | None] = (0.0, None)

    def __post_init__(self) -> None:
        """Start the threads."""
        settings = self.settings
        key = self.keyring.master_key
        self.tokens = Tokens(key, settings.issuer, sandbox=settings.sandbox)
        self.cursors = Cursors(key)
        self.workers = Workers(settings.workers, settings.most_reading)
        self.everybody = db.reading_session_factory(
            self.engine, tenant=db.EVERY_TENANT, keyring=self.keyring
        )
        self.of_tenant = lru_cache(1_000)(
            lambda tenant: db.reading_session_factory(
                self.engine, tenant=tenant, keyring=self.keyring
            )
        )
        self.queue = PostingQueue(
            db.session_factory(self.engine, keyring=self.keyring),
            clock=self.clock,
            max_waiting=settings.most_waiting,
        )
        self.doorkeeper = Doorkeeper(self.everybody, self.workers, self.clock)

    def close(self) -> None:
        """Finish what waits, and let the database go."""
        self.queue.close()
        self.workers.close()
        self.engine.dispose()

    async def answer(
        self,
        operation: Operation,
        params: Mapping[str, str],
        scope: Mapping[str, Any],
        headers: Mapping[bytes, bytes],
        receive: reading.Receive,
    ) -> Answer:
        """Carry out a request.

        Raises: Problem, LedgerError, and what a database that fails raises.
        """
        context: Context = scope["juang"]
        context.operation = operation.id
        call = Call(
            site=self,
            operation=operation,
            params=params,
            headers=headers,
            language=context.language,
            request_id=context.request_id,
            now=self.clock(),
            path=context.path,
            raw_query=scope["query_string"],
        )
        await self._let_in(call, context)
        call.query = reading.query_of(operation.query, call.raw_query)
        if operation.keyed:
            call.key = keyed.key_of(headers)
        await self._read_body(call, receive)
        return await self._run(call)

    async def _let_in(self, call: Call, context: Context) -> None:
        """Find out who calls, and whether she may.

        Raises: Problem 401, 403, 404, 429.
        """
        operation = call.operation
        if operation.caller is Caller.ANYONE:
            self._count(context, None)
            return
        bearer = _BEARER.fullmatch(call.headers.get(b"authorization", b""))
        if bearer is None:
            self._count(context, None)
            raise _unauthorised()
        token = bearer[1].decode("ascii")
        if operation.caller is Caller.CLIENT:
            await self._let_client_in(call, context, token)
        else:
            await self._let_person_in(call, context, token)

    async def _let_person_in(self, call: Call, context: Context, token: str) -> None:
        try:
            claims = self.tokens.read(token, self.clock())
        except TokenExpired:
            self._count(context, None)
            raise _unauthorised("token_expired") from None
        if claims is None:
            self._count(context, None)
            raise _unauthorised()
        book = None
        if call.operation.about_book:
            try:
                book = as_number(call.params["book"])
            except ValueError:
                book = -1  # nobody's, and looked up as any other is
        standing, hers = await self.doorkeeper.who(claims, book)
        if standing is None:
            self._count(context, None)
            raise _unauthorised()
        call.tenant, call.person = standing.tenant, standing.person_id
        call.session_id, call.device = standing.session_id, standing.device_id
        context.tenant, context.person = call.tenant, call.person
        self._count(context, (standing.tenant, standing.session_id))
        relation = Relation.OWN if book is None or hers else Relation.FOREIGN
        self._ask_policy(call, Role.WORKER, relation)

    async def _let_client_in(self, call: Call, context: Context, token: str) -> None:
        key = ClientKey.read(token)
        found = None if key is None else await self.workers.first(lambda: self._client(key))
        if key is None or found is None:
            self._count(context, None)
            raise _unauthorised()
        call.tenant, call.client, call.client_name = found
        call.client_key = key
        context.tenant, context.client = call.tenant, call.client
        self._count(context, (call.tenant, call.client), client=True)
        self._ask_policy(call, Role.APP, Relation.TENANT)

    def _client(self, key: ClientKey) -> tuple[int, int, str] | None:
        with self.everybody() as session:
            found = apps.client_of(session, key)
            return None if found is None else (found.tenant_id, found.id, found.name)

    def _ask_policy(self, call: Call, role: Role, relation: Relation) -> None:
        action = call.operation.action
        decision = policy.may([role], action or "", relation)
        if decision.allowed:
            return
        # Somebody else's and nobody's are one answer; what a role may never do is another.
        raise Problem("not_found" if relation is Relation.FOREIGN else "forbidden")

    def _count(self, context: Context, who: object, *, client: bool = False) -> None:
        settings = self.settings
        allowance = settings.per_client if client else settings.per_session
        if who is None:
            allowance, who = settings.per_address, network(context.address)
        context.left = self.limits.take(allowance, who, self.seconds())
        if context.left.refused:
            headers = {"Retry-After": str(context.left.seconds)}
            raise Problem("too_many_requests", headers=headers)

    async def _read_body(self, call: Call, receive: reading.Receive) -> None:
        operation, settings = call.operation, self.settings
        most = settings.most_batch_bytes if operation.large else settings.most_bytes
        if operation.body is None:
            if call.headers.get(b"content-length", b"0") != b"0":
                raise Problem("body_too_large")  # none is taken here
            return
        reading.check_content_type(call.headers)
        body = await reading.body_of(
            receive, call.headers, most=most, seconds=settings.body_seconds
        )
        call.tree = reading.json_of(body)
        call.body = reading.as_model(operation.body, call.tree)

    async def _run(self, call: Call) -> Answer:
        run: Callable[..., Any] = call.operation.run
        match call.operation.way:
            case Way.POSTS:
                made: Awaitable[Answer] = run(call)
                return await made
            case Way.WRITES:
                return await keyed.carried_out(call)
            case Way.OPENS:
                sessions = self.everybody
            case Way.READS:
                public = call.operation.caller is Caller.ANYONE
                sessions = self.everybody if public else self.of_tenant(call.tenant)

        def read() -> Answer:
            with sessions() as session:
                answer: Answer = run(session, call)
                return answer

        return await self.workers.run(read)


def _unauthorised(code: str = "unauthorised") -> Problem:
    return Problem(code, headers={"WWW-Authenticate": "Bearer"})


def as_problem(error: BaseException) -> Problem:
    """Turn whatever was raised into what is answered."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, LedgerError):
        return problems.of_error(error)
    if isinstance(error, FAILURES):
        return Problem("database_failed", headers={"Retry-After": "1"})
    return Problem("internal_error")
