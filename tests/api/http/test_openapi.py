"""The description is true: a real server's answers are its examples and fit its schemas.

JUANG_UPDATE=1 writes api/http/openapi.json anew; read the difference.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate

from api.http import description
from api.http.calls import Operation
from api.http.routes import OPERATIONS
from tests.api.http.desk import MOBILE, Api, Phone, entry_id, signed, spend
from tests.api.http.test_whose import BODIES

FILE = Path(description.__file__).with_name(description.FILE)
BY_ID = {each.id: each for each in OPERATIONS}


class Told:
    """Answers that were given, with what was sent."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.answers: dict[str, dict[str, Any]] = {}

    def ask(
        self, name: str, token: str | None = None, body: Any = None, **names: str
    ) -> dict[str, Any]:
        operation = BY_ID[name]
        path = description.address(operation).format(**names)
        headers = {"Idempotency-Key": names.get("attempt", self.api.key())}
        if "etag" in names:
            headers["If-Match"] = names["etag"]
        answer = self.api.send(operation.method, path, json=body, token=token, headers=headers)
        found: dict[str, Any] = {}
        if answer.content and answer.headers["content-type"].startswith("application/json"):
            found = answer.json()
        kept = self.answers.setdefault(name, {})
        if body is not None:
            kept.setdefault("request", body)
        kept.setdefault(str(answer.status_code), found if answer.content else None)
        return {**found, "ETAG": answer.headers.get("etag", "")}


def story(api: Api) -> dict[str, dict[str, Any]]:
    """Ask for everything once, and keep what is answered."""
    told = Told(api)
    book = {"name": "Rumah", "base_currency": "IDR", "time_zone": "Asia/Hong_Kong"}
    made = told.ask("create_activation", MOBILE.text, {"person": "siti", "book": book})
    key = Phone(api, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    attempt = "exchange-0000001"
    told.ask(
        "create_tokens",
        None,
        {
            "code": made["code"],
            "device": {"public_key": public_text(key), "label": "Oppo"},
            "proof": signed(key.key, message("activate", made["code"], attempt)),
        },
        attempt=attempt,
    )
    key.take(told.answers["create_tokens"]["201"])
    attempt = "refresh-00000001"
    proof = signed(key.key, message("refresh", key.refresh, attempt))
    body = {"refresh_token": key.refresh, "proof": proof}
    told.ask("refresh_tokens", None, body, attempt=attempt)
    key.take(told.answers["refresh_tokens"]["200"])
    names = {"book": key.book, "device": key.device, "account": "assets:cash"}
    names |= {"entry": entry_id(1), "purpose": "nudges", "key": "k" * 16}
    for name in ("put_entry", "put_entry", "batch_entries"):
        told.ask(name, key.access, BODIES[name], **names)
    told.ask("create_data_request", key.access, BODIES["create_data_request"], attempt="k" * 16)
    told.ask("lift_data_stop", key.access, BODIES["lift_data_stop"])
    for each in OPERATIONS:
        if each.method == "GET":
            told.ask(each.id, key.access, **names)
    told.ask("give_consent", key.access, BODIES["give_consent"], **names, etag=tag(told, key))
    told.ask("withdraw_consent", key.access, {}, **names)
    device = told.ask("get_device", key.access, **names)["ETAG"]
    told.ask("update_device", key.access, {"label": "Ponsel"}, **names, etag=device)
    told.ask("sign_out_devices", key.access, {"keep_this": True})
    told.ask("lose_device", key.access, None, **names)
    told.ask("revoke_tokens", api.onboard("siti").access)
    return told.answers


def tag(told: Told, phone: Phone) -> str:
    found: str = told.ask("get_consent", phone.access, purpose="nudges")["ETAG"]
    return found


def message(what: str, first: str, attempt: str) -> bytes:
    return f"juang/{what}/1\0{first}\0{attempt}".encode()


def public_text(phone: Phone) -> str:
    import base64

    from tests.ledger.apps.filled import public

    return base64.b64encode(public(phone.key)).decode()


def tamed(value: Any) -> Any:
    """Put something lasting in the place of what is new in each run, and of long documents."""
    text = json.dumps(value, ensure_ascii=False)
    text = re.sub(r'"eyJ[^"]+"', '"eyJ…"', text)
    text = re.sub(r'"jr_[^"]+"', '"jr_…"', text)
    text = re.sub(r'"proof": "[^"]+"', '"proof": "MEUCIQ…"', text)
    text = re.sub(r'"instance": "[0-9a-f]{32}"', f'"instance": "{"0" * 32}"', text)
    found = json.loads(text)
    for name, answers in found.items():
        if name in {"get_archive", "get_openapi", "get_documentation"}:
            answers["200"] = {}
        if name == "list_consent_texts":
            answers["200"]["texts"] = answers["200"]["texts"][:1]
        if name == "list_accounts":
            answers["200"]["accounts"] = answers["200"]["accounts"][:2]
        answers.pop("404", None)
    return found


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_bytes())
    return found


def problems_of(written: dict[str, Any], schema: Any, value: Any) -> list[str]:
    whole = {**schema, "components": written["components"]}
    checker = Draft202012Validator(whole, format_checker=FormatChecker())
    return [
        f"{list(each.absolute_path)}: {each.message[:200]}" for each in checker.iter_errors(value)
    ]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_the_description_is_written_from_the_operations_and_a_real_server(api: Api) -> None:
    answers = story(api)
    made = description.described(OPERATIONS, tamed(answers))
    text = json.dumps(made, ensure_ascii=False, indent=1, sort_keys=False) + "\n"
    if os.environ.get("JUANG_UPDATE") == "1":
        FILE.write_text(text, encoding="utf-8")

    assert FILE.read_text(encoding="utf-8") == text
    for name, operation in BY_ID.items():
        responses = made["paths"][description.address(operation)][operation.method.lower()]
        for status, answer in answers[name].items():
            if status in {"request", "404"} or name == "get_documentation":
                continue
            content = responses["responses"][status].get("content")
            if content is None:
                assert answer is None
                continue
            schema = content["application/json"]["schema"]
            assert problems_of(made, schema, answer) == [], name


def test_the_description_is_valid(written: dict[str, Any]) -> None:
    validate(written)


@pytest.mark.parametrize("operation", OPERATIONS, ids=BY_ID.keys())
def test_every_status_has_an_example_that_fits(
    written: dict[str, Any], operation: Operation
) -> None:
    told = written["paths"][description.address(operation)][operation.method.lower()]

    assert told["operationId"] == operation.id
    for status, answer in told["responses"].items():
        for media_type, content in answer.get("content", {}).items():
            if media_type == "text/html" or (status == "503" and "example" not in content):
                continue
            assert problems_of(written, content["schema"], content["example"]) == [], status
    if operation.body is not None:
        content = told["requestBody"]["content"]["application/json"]
        assert problems_of(written, content["schema"], content["example"]) == []


def test_every_path_served_is_described_and_the_other_way_round(written: dict[str, Any]) -> None:
    told = {(p, m.upper()) for p, methods in written["paths"].items() for m in methods}

    assert told == {(description.address(each), each.method) for each in OPERATIONS}


def test_problems_of_a_real_server_have_the_shape_of_their_examples(
    api: Api, siti: Phone, written: dict[str, Any]
) -> None:
    path = siti.entry(1)
    answers = [
        siti.send("PUT", path, json={}),
        siti.send("PUT", path, content=b"{"),
        siti.send("PUT", path, json={**spend(), "effective_date": "2035-01-01"}),
        siti.get("/books/0123456789abcdef"),
        siti.get("/books?x=1"),
        api.send("GET", "/v1/books"),
        siti.send("PATCH", f"/devices/{siti.device}", json={"label": "x"}),
    ]

    assert [each.status_code for each in answers] == [422, 415, 409, 404, 400, 401, 428]
    for each in answers:
        assert problems_of(written, written["components"]["schemas"]["Problem"], each.json()) == []


def test_the_page_has_nothing_from_elsewhere(api: Api) -> None:
    found = api.send("GET", "/v1/docs")

    assert found.headers["content-type"] == "text/html; charset=utf-8"
    for word in ("<script", "<style", "http://", "https://", "src=", "@import"):
        assert word not in found.text
    assert "PUT /v1/books/{book}/entries/{entry}" in found.text
    assert api.send("GET", "/v1/openapi.json").content == FILE.read_bytes()
