"""The description of the API (OpenAPI 3.1), written from the operations; and a page to read it by.

`openapi.json` beside this file is what is served: a file of its own, so that a change of the
contract shows in a review. tests/api/http/test_openapi.py writes it (JUANG_UPDATE=1), with answers
of a real server as its examples, and holds every answer of a server against it.
"""

import html
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from api.http.calls import Caller, Operation
from api.http.fields import ID_SCHEMA, UUID_SCHEMA
from api.http.problems import Problem
from api.http.replies import REPLIES, SCHEMAS

FILE: Final = "openapi.json"
_INSTANCE: Final = "0" * 32
_REF: Final = "#/components/schemas/{model}"
Examples = Mapping[str, Mapping[str, Any]]
"""By operation and status: a real answer."""

_PATHS: Final[dict[str, dict[str, Any]]] = {
    "book": ID_SCHEMA,
    "device": ID_SCHEMA,
    "entry": UUID_SCHEMA,
    "account": {"type": "string", "minLength": 1, "maxLength": 120},
    "purpose": {"type": "string", "pattern": "^[a-z_]{1,32}$"},
    "key": {"type": "string", "pattern": "^[A-Za-z0-9_-]{16,64}$"},
}


def address(operation: Operation) -> str:
    """Give the whole path of an operation."""
    return operation.path if operation.path.startswith("/health") else f"/v1{operation.path}"


def codes(operation: Operation) -> dict[int, str]:
    """Name a problem of each status that an operation may answer with."""
    found = {400: "bad_request", 429: "too_many_requests", 500: "internal_error", 503: "busy"}
    closed = operation.caller is not Caller.ANYONE
    if closed or operation.id in {"create_tokens", "refresh_tokens"}:
        found[401] = "unauthorised"
    if operation.id == "create_tokens":
        found[401] = "code_wrong"
    if "{" in operation.path:
        found[404] = "not_found"
    found[413] = "body_too_large"
    if operation.body is not None:
        found |= {408: "body_too_slow", 415: "media_type_unsupported", 422: "request_invalid"}
        found[409] = "refused"
    if operation.id == "put_entry":
        found[423] = "period_closed"
    if operation.conditional:
        found |= {412: "precondition_failed", 428: "precondition_required"}
    if operation.keyed:
        found[422] = "idempotency_key_reused"
        found[409] = "refused"
    return dict(sorted(found.items()))


def described(operations: Iterable[Operation], examples: Examples) -> dict[str, Any]:
    """Write the description."""
    chosen = list(operations)
    bodies = sorted({each.body for each in chosen if each.body}, key=lambda model: model.__name__)
    _, defined = models_json_schema([(model, "validation") for model in bodies], ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for each in chosen:
        paths.setdefault(address(each), {})[each.method.lower()] = _operation(each, examples)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Juang Ledger",
            "version": "1",
            "description": "docs/http.md tells how to begin.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": {**defined.get("$defs", {}), **SCHEMAS},
            "securitySchemes": {
                "phone": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "client": {"type": "http", "scheme": "bearer", "bearerFormat": "client key"},
            },
        },
    }


def _operation(operation: Operation, examples: Examples) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.says.en,
        "description": operation.says.id,
        "security": _security(operation),
        "parameters": [*_path(operation), *_query(operation), *_headers(operation)],
        "responses": _responses(operation, examples.get(operation.id, {})),
    }
    if operation.body is not None:
        content: dict[str, Any] = {"schema": {"$ref": _REF.format(model=operation.body.__name__)}}
        sent = examples.get(operation.id, {}).get("request")
        if sent is not None:
            content["example"] = sent
        found["requestBody"] = {"required": True, "content": {"application/json": content}}
    return found


def _security(operation: Operation) -> list[dict[str, list[str]]]:
    names = {Caller.CLIENT: "client", Caller.PERSON: "phone"}
    name = names.get(operation.caller)
    return [] if name is None else [{name: []}]


def _path(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _PATHS[name]}
        for name in re.findall(r"\{(\w+)\}", operation.path)
    ]


def _query(operation: Operation) -> list[dict[str, Any]]:
    schema = operation.query.model_json_schema(ref_template=_REF)
    return [
        {"name": name, "in": "query", "required": False, "schema": _without_null(each)}
        for name, each in schema.get("properties", {}).items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Leave out null and titles: an absent parameter is absent."""
    choices = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    found = choices[0] if len(choices) == 1 else schema
    return {name: value for name, value in found.items() if name not in {"title", "default"}}


def _headers(operation: Operation) -> list[dict[str, Any]]:
    found = []
    if operation.keyed or operation.id in {"create_tokens", "refresh_tokens"}:
        schema = {"type": "string", "pattern": "^[A-Za-z0-9_-]{16,64}$"}
        found.append(("Idempotency-Key", schema))
    if operation.conditional:
        found.append(("If-Match", {"type": "string"}))
    return [
        {"name": name, "in": "header", "required": True, "schema": schema} for name, schema in found
    ]


def _responses(operation: Operation, examples: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status, schema in REPLIES[operation.id].items():
        answer: dict[str, Any] = {"description": operation.says.en}
        if schema is not None:
            page = operation.id == "get_documentation"
            content: dict[str, Any] = {"schema": schema}
            if str(status) in examples:
                content["example"] = examples[str(status)]
            answer["content"] = {"text/html" if page else "application/json": content}
        found[str(status)] = answer
    for status, code in codes(operation).items():
        if str(status) in found:
            continue
        problem = Problem(code, status)
        found[str(status)] = {
            "description": problem.title.en,
            "content": {
                "application/problem+json": {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "example": problem.document("en", _INSTANCE),
                }
            },
        }
    return found


@cache
def served() -> bytes:
    """Give the description as it is served."""
    return (resources.files("api.http") / FILE).read_bytes()


@cache
def page() -> bytes:
    """Write a page of the description: no script, no style, nothing from elsewhere."""
    told = json.loads(served())
    rows = [
        f"<h2><code>{method.upper()} {html.escape(path)}</code></h2>"
        f"<p>{html.escape(each['summary'])}</p><p lang=id>{html.escape(each['description'])}</p>"
        f"<p>{', '.join(sorted(each['responses']))}</p>"
        for path, methods in told["paths"].items()
        for method, each in methods.items()
    ]
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Juang Ledger</title>"
        "<h1>Juang Ledger</h1><p><a href=/v1/openapi.json>openapi.json</a></p>"
        f"{''.join(rows)}</html>"
    ).encode()
