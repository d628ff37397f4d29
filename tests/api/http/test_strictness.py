"""Defaults of the stack that must be overridden: each stimulus, and what must come of it."""

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from ledger import db
from ledger.journal.tables import Entry
from tests.api.http.desk import Api, Phone, money, spend

L1 = ["NaN", "Infinity", "-Infinity", "1E+400", "1_000", " 5 ", "\u0661\u0662", "", "+5", "05"]
L1 += [".5", "5.", "1,000", "0x10", "1e3", "9" * 19, "1.123456789", "5\n", "--5"]


def entry(raw: str) -> bytes:
    """Write an entry with something in the place of the first amount's value, as it stands."""
    text = json.dumps(spend())
    return text.replace('"60000.00"', raw, 1).encode()


def put_raw(siti: Phone, body: bytes, content_type: str = "application/json") -> Any:
    headers = {"Content-Type": content_type} if content_type else {}
    return siti.send("PUT", siti.entry(1), content=body, headers=headers)


def nothing_happened(siti: Phone) -> bool:
    with db.session_factory(siti.api.engine)() as session:
        count = session.scalar(select(func.count()).select_from(Entry))
    return count == 0 and _still_works(siti)


def _still_works(siti: Phone) -> bool:
    return siti.put_entry(1).status_code == 201


@pytest.mark.parametrize("amount", L1)
def test_l1_money_has_one_grammar(siti: Phone, amount: str) -> None:
    found = put_raw(siti, entry(json.dumps(amount)))

    assert found.status_code == 422
    (error,) = found.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/postings/0/debit", "money_malformed")
    assert nothing_happened(siti)


def test_l1_more_decimals_than_the_currency_has_are_refused(siti: Phone) -> None:
    assert put_raw(siti, entry('"1.001"')).status_code == 422


@pytest.mark.parametrize(
    "number", ["12345678901234567890.12", "60000", "6e4", "-0", "true", "null"]
)
def test_l2_money_is_never_a_json_number(siti: Phone, number: str) -> None:
    found = put_raw(siti, entry(number))

    assert found.status_code == 422
    assert found.json()["errors"][0]["code"] == "money_malformed"


INTEGERS = ['"1"', "1.0", "1e3", "9" * 400, str(2**63), "-1", "0", "true", "[1]", "9" * 5_000]


@pytest.mark.parametrize("number", INTEGERS)
def test_l3_and_l4_whole_numbers_are_whole_and_small_enough(siti: Phone, number: str) -> None:
    siti.put_entry(1)
    body = {
        "verb": "reverse",
        "entry": siti.entry(1).rpartition("/")[2],
        "effective_date": "2026-11-24",
        "lines": [{"line": "HERE", "amount": money("1.00")}],
    }
    raw = json.dumps(body).replace('"HERE"', number).encode()

    found = siti.send(
        "PUT", siti.entry(2), content=raw, headers={"Content-Type": "application/json"}
    )

    assert found.status_code == 422
    assert found.json()["errors"][0]["pointer"] == "/lines/0/line"


@pytest.mark.parametrize(
    "field", ["amout", "is_admin", "tenant_id", "seq", "__class__", "verb:post"]
)
def test_l5_an_unknown_field_is_a_mistake(siti: Phone, field: str) -> None:
    found = siti.send("PUT", siti.entry(1), json={**spend(), field: 1})

    assert found.status_code == 422
    assert {each["code"] for each in found.json()["errors"]} == {"field_unknown"}
    assert nothing_happened(siti)


def test_l5_deeper_down_as_well(siti: Phone) -> None:
    wanted = spend()
    wanted["postings"][0]["debit"]["curency"] = "IDR"

    assert siti.send("PUT", siti.entry(1), json=wanted).status_code == 422


def test_l6_a_repeated_key_is_refused_where_it_stands(siti: Phone) -> None:
    raw = entry('"1.00"').replace(b'"amount": "1.00"', b'"amount": "1.00", "amount": "2.00"')

    found = put_raw(siti, raw)

    assert found.status_code == 422
    (error,) = found.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/postings/0/debit/amount", "field_repeated")
    assert nothing_happened(siti)


@pytest.mark.parametrize("text", ["a\\u0000b", "\\ud800", "\\udc00x"])
def test_l7_nul_and_half_a_surrogate_are_refused(siti: Phone, text: str) -> None:
    raw = json.dumps(spend()).replace("beras", text).encode()

    found = put_raw(siti, raw)

    assert found.status_code == 422
    (error,) = found.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/narration", "text_malformed")


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'{"a":[', b'"]"[['])
def test_l8_deep_nesting_is_malformed(siti: Phone, opening: bytes) -> None:
    found = put_raw(siti, opening * (60_000 // len(opening)))

    assert found.status_code == 400
    assert nothing_happened(siti)


def test_l8_brackets_in_a_text_are_no_nesting(siti: Phone) -> None:
    assert siti.put_entry(1, narration='[[[[{{{{\\"' * 40).status_code == 201


TYPES = ["text/plain", "", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
TYPES += ["application/json; charset=latin-1", "application/jsonp", "application/json, text/plain"]


@pytest.mark.parametrize("content_type", TYPES)
def test_l9_what_does_not_say_it_is_json_is_not_read(siti: Phone, content_type: str) -> None:
    found = put_raw(siti, entry('"60000.00"'), content_type)

    assert found.status_code == 415
    assert nothing_happened(siti)


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_l9_json_may_say_that_it_is_utf_8(siti: Phone, content_type: str) -> None:
    assert put_raw(siti, entry('"60000.00"'), content_type).status_code == 201


INSTANTS = ["2026-01-01T00:00:00", 1767225600, "2026-01-01 00:00:00Z", "2026-01-01", "now"]
INSTANTS += [
    "2026-13-01T00:00:00Z",
    "2026-01-01T00:00:00+25:00",
    "2026-01-01T00:00:00.1234567Z",
    "",
]


@pytest.mark.parametrize("instant", INSTANTS)
def test_l10_an_instant_has_its_offset(siti: Phone, instant: object) -> None:
    found = siti.put_entry(1, device_time=instant)

    assert found.status_code == 422
    assert found.json()["errors"][0]["pointer"] == "/device_time"


@pytest.mark.parametrize(
    "day", ["2026-02-30", "24-11-2026", "20261124", 20261124, "2026-11-24T00:00:00Z", "1899-12-31"]
)
def test_l10_a_date_is_a_date(siti: Phone, day: object) -> None:
    assert siti.put_entry(1, effective_date=day).status_code == 422


QUERIES = {
    "limit=1": "parameter_unknown",
    "page_size=1&page_size=2": "parameter_repeated",
    "page_size=-1": "parameter_malformed",
    "page_size=1.0": "parameter_malformed",
    "page_size=%D9%A1": "parameter_malformed",
    "page_size=": "parameter_malformed",
    "page_size": "parameter_malformed",
    "page_size=9999999999999": "parameter_malformed",
    "page_token=x": "page_token_invalid",
    "page_token=%00": "parameter_malformed",
    "page_size=1%ff": "parameter_malformed",
    "a%00=1": "parameter_unknown",
}


@pytest.mark.parametrize(("query", "code"), QUERIES.items())
def test_l11_parameters_are_known_single_and_well_formed(
    siti: Phone, query: str, code: str
) -> None:
    found = siti.get(f"/books/{siti.book}/entries?{query}")

    assert found.status_code == 400
    assert found.json()["code"] == code


def test_l11_a_page_size_over_the_most_is_cut(siti: Phone) -> None:
    assert siti.get(f"/books/{siti.book}/entries?page_size=1000000000").status_code == 200


def test_l11_no_parameter_is_taken_where_none_is_declared(siti: Phone) -> None:
    assert siti.get("/books?expand=accounts").json()["code"] == "parameter_unknown"
    assert siti.send("PUT", f"{siti.entry(1)}?dry=1", json=spend()).status_code == 400


def test_l12_a_problem_is_a_problem_document_and_repeats_nothing(siti: Phone) -> None:
    secret = "7371010101900001"
    path = f"{siti.entry(1)}?phone={secret}"
    answers = [
        siti.send("PUT", path, json=spend()),
        siti.put_entry(1, narration=secret * 100),
        siti.put_entry(1, **{secret[:3] + "x": secret}),
        siti.get(f"/books/{secret}"),
        siti.api.send("GET", f"/v1/books?token={secret}", token=secret),
        siti.send("PUT", siti.entry(1), content=f'{{"a": {secret}'.encode()),
    ]

    for found in answers:
        assert found.headers["content-type"] == "application/problem+json; charset=utf-8"
        problem = found.json()
        assert problem["type"] == f"urn:juang:problem:{problem['code']}"
        assert problem["status"] == found.status_code
        assert problem["instance"] == found.headers["request-id"]
        assert type(problem["retryable"]) is bool
        assert secret not in found.text
        assert "/v1" not in problem["title"] + problem["detail"]


@pytest.mark.parametrize(
    ("asked", "language", "title"),
    [
        (None, "id", "Isian tidak sah"),
        ("en", "en", "The content is not valid"),
        ("fr, en;q=0.5", "en", "The content is not valid"),
        ("id, en", "id", "Isian tidak sah"),
        ("x" * 5_000, "id", "Isian tidak sah"),
    ],
)
def test_a_problem_speaks_the_callers_language(
    siti: Phone, asked: str | None, language: str, title: str
) -> None:
    headers = {} if asked is None else {"Accept-Language": asked}

    found = siti.send("PUT", siti.entry(1), json={}, headers=headers)

    assert found.json()["title"] == title
    assert found.headers["content-language"] == language


def test_l13_too_many_are_told_when_to_come_back(api: Api, siti: Phone) -> None:
    first = siti.get("/books")
    assert first.headers["ratelimit-policy"] == '"session";q=600;w=60'
    left = int(first.headers["ratelimit"].split(";")[1].removeprefix("r="))
    statuses = {siti.get("/books").status_code for _ in range(left)}
    assert statuses == {200}

    refused = siti.get("/books")

    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert refused.headers["ratelimit"].startswith('"session";r=0;t=')
    assert refused.json()["retryable"] is True
    api.clock.forward(seconds=61)
    assert siti.get("/books").status_code == 200


def test_l13_who_guesses_is_counted_by_where_she_is_and_nothing_she_says(api: Api) -> None:
    for number in range(120):
        found = api.send(
            "GET", "/v1/books", token="x", headers={"X-Forwarded-For": f"198.51.100.{number}"}
        )
        assert found.status_code == 401

    assert api.send("GET", "/v1/books", token="x").status_code == 429
    assert api.send("GET", "/v1/books", token="x", address="203.0.113.8").status_code == 401


def test_l17_is_in_the_tests_of_tokens_and_l18_has_no_page_of_others(api: Api) -> None:
    for path in ("/schema", "/schema/swagger", "/v1/schema", "/docs", "/metrics", "/.git/config"):
        assert api.send("GET", path).status_code == 404


ALWAYS = {
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "geolocation=(), camera=(), microphone=()",
}


def test_l19_every_answer_has_the_header_fields_of_security(api: Api, siti: Phone) -> None:
    answers = {
        200: siti.get("/books"),
        201: siti.put_entry(1),
        400: siti.get("/books?x=1"),
        204: siti.send("POST", "/tokens:revoke"),
        401: api.send("GET", "/v1/books"),
        404: api.send("GET", "/nowhere"),
        405: api.send("DELETE", "/v1/books"),
        415: api.send("POST", "/v1/tokens", content=b"x"),
    }
    found = api.send("GET", "/v1/consent_texts")
    answers[304] = api.send(
        "GET", "/v1/consent_texts", headers={"If-None-Match": found.headers["etag"]}
    )

    for status, answer in answers.items():
        assert answer.status_code == status
        for name, value in ALWAYS.items():
            assert answer.headers[name] == value, (status, name)
        assert "server" not in answer.headers
        assert "x-powered-by" not in answer.headers
        assert len(answer.headers["request-id"]) == 32


@pytest.mark.parametrize("size", [64 * 1024 + 1, 10_000_000])
def test_a_body_has_its_largest_size(siti: Phone, size: int) -> None:
    found = put_raw(siti, b" " * size)

    assert found.status_code == 413
    assert nothing_happened(siti)


def test_a_compressed_body_is_not_unpacked(siti: Phone) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}

    assert siti.send("PUT", siti.entry(1), content=b"\x1f\x8b", headers=headers).status_code == 415


def test_a_body_where_none_is_taken_is_refused(siti: Phone) -> None:
    assert siti.send("GET", "/books", json={}).status_code == 413


@pytest.mark.parametrize("name", ["Authorization", "Content-Type", "Idempotency-Key", "If-Match"])
def test_a_field_that_means_one_thing_stands_once(siti: Phone, name: str) -> None:
    headers = [(name, "a"), (name, "b")]

    assert siti.send("PUT", siti.entry(1), json=spend(), headers=headers).status_code == 400


@pytest.mark.parametrize(
    "body", [b"", b"{", b"{}x", b"\xff\xfe", b"NaN", b"{'a':1}", b"\xef\xbb\xbf{}"]
)
def test_what_is_no_json_is_malformed(siti: Phone, body: bytes) -> None:
    assert put_raw(siti, body).json()["code"] == "json_malformed"


@pytest.mark.parametrize("body", [b"[]", b"1", b'"x"', b"null", b"true", b'{"verb":"steal"}'])
def test_json_of_another_shape_is_invalid(siti: Phone, body: bytes) -> None:
    assert put_raw(siti, body).status_code == 422


def test_every_mistake_is_pointed_at(siti: Phone) -> None:
    found = siti.send("PUT", siti.entry(1), json={"postings": [{"account": True}], "a/b~": 1})

    told = {(each["pointer"], each["code"]) for each in found.json()["errors"]}
    assert ("/effective_date", "field_missing") in told
    assert ("/a~1b~0", "field_unknown") in told
    assert any(pointer.startswith("/postings/0/account") for pointer, _ in told)
