"""The application: Litestar's routes over the operations that `routes/` declares.

Litestar mounts one ASGI handler; methods, custom verbs (`…:lose`), parameters and bodies are held
against the operations themselves, so a path answers what is declared for it and nothing else.
(Its own routes take several spellings of a path, read JSON from any content type, and answer with
a good part of what a request costs: docs/decisions/0030.)
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from litestar import Litestar, Response, asgi
from litestar.exceptions import HTTPException

from api.http import headers as fields
from api.http.calls import Answer, Operation
from api.http.paths import Paths
from api.http.problems import MEDIA_TYPE, Problem
from api.http.routes import OPERATIONS
from api.http.shell import Asgi, Send, Shell, refuse, send_bytes
from api.http.site import Context, Site, as_problem
from api.logs import Log

PREFIX: Final = "/v1"


def create_app(site: Site, log: Log, *, operations: Iterable[Operation] = OPERATIONS) -> Asgi:
    """Put the application together around the parts of a server."""

    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        yield
        site.close()

    routes = Litestar(
        route_handlers=[_handler(["/health", PREFIX], _paths(operations), site)],
        openapi_config=None,
        logging_config=None,
        exception_handlers={HTTPException: _refused},
        lifespan=[lifespan],
    )
    return Shell(routes, site, log)  # type: ignore[arg-type]


def _refused(request: Any, error: HTTPException) -> Response[bytes]:
    """Answer what Litestar refuses by itself: paths that are not there."""
    problem = Problem("not_found" if error.status_code == 404 else "bad_request")
    context: Context = request.scope["juang"]
    context.code = problem.code
    return Response(
        problem.body(context.language, context.request_id),
        status_code=problem.status,
        media_type=MEDIA_TYPE.decode(),
        headers={"content-language": context.language},
    )


def _paths(operations: Iterable[Operation]) -> Paths[Operation]:
    declared = []
    for operation in operations:
        prefix = "" if operation.path.startswith("/health") else PREFIX
        path, colon, verb = operation.path.rpartition("}:")
        path = f"{path}}}" if colon else operation.path
        declared.append((prefix + path, verb if colon else "", operation.method, operation))
    return Paths(declared)


def _handler(mounts: list[str], paths: Paths[Operation], site: Site) -> Any:
    async def serve(scope: Any, receive: Any, send: Any) -> None:
        context: Context = scope["juang"]
        try:
            found = paths.find(context.path)
            if found is None:
                raise Problem("not_found")  # noqa: TRY301 - every problem has its answer below
            methods, params = found
            operation = _chosen(methods, scope["method"])
            read = fields.read(scope["headers"])
            answer = await site.answer(operation, params, scope, read, receive)
        except Exception as error:  # noqa: BLE001 - every one has its answer
            problem = as_problem(error)
            if problem.status >= 500:
                context.error = error
            await refuse(problem, scope, send)
            return
        await _send(answer, read, scope["method"], send)

    return asgi(mounts, is_mount=True, copy_scope=False)(serve)


def _chosen(methods: Mapping[str, Operation], method: str) -> Operation:
    """Find what was asked for.

    Raises: Problem 405.
    """
    found = methods.get("GET" if method == "HEAD" else method)
    if found is not None:
        return found
    allowed = {*methods, "HEAD"} if "GET" in methods else {*methods}
    raise Problem("method_not_allowed", headers={"Allow": ", ".join(sorted(allowed))})


async def _send(answer: Answer, asked: Mapping[bytes, bytes], method: str, send: Send) -> None:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if answer.etag is not None:
        headers["etag"] = answer.etag
        given = asked.get(b"if-none-match")
        reads = method in {"GET", "HEAD"}
        if given is not None and reads and _is_known(answer.etag, given):
            await send_bytes(send, 304, b"", b"", headers)
            return
    if answer.location is not None:
        headers["location"] = answer.location
    await send_bytes(send, answer.status, answer.written(), answer.media_type, headers)


def _is_known(etag: str, given: bytes) -> bool:
    told = [part.strip().removeprefix("W/") for part in given.decode("latin-1").split(",")]
    return "*" in told or etag in told
