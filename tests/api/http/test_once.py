"""What is sent twice, or a hundred times at once, is done once (api.md §1, points 1 to 12)."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from ledger import db
from ledger.apps.tables import KeyedRequest
from ledger.consents.tables import DataRequest
from ledger.journal.tables import Entry
from tests.api.http.desk import Api, Phone, entry_id, money, spend


def count(api: Api, table: Any) -> int:
    with db.session_factory(api.engine)() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_hundred_at_once_with_one_id_are_one_entry(api: Api, siti: Phone) -> None:
    async def all_at_once() -> list[Any]:
        path = f"/v1{siti.entry(1)}"
        calls = [api.asend("PUT", path, json=spend(), token=siti.access) for _ in range(100)]
        return await asyncio.gather(*calls)

    found = api.run(all_at_once())

    statuses = sorted(each.status_code for each in found)
    assert statuses == [200] * 99 + [201]
    assert len({each.json()["seq"] for each in found}) == 1
    assert count(api, Entry) == 1


def test_a_hundred_at_once_with_one_key_are_carried_out_once(api: Api, siti: Phone) -> None:
    async def all_at_once() -> list[Any]:
        calls = [
            api.asend(
                "POST",
                "/v1/data_requests",
                json={"kind": "access"},
                headers={"Idempotency-Key": "k" * 16},
                token=siti.access,
            )
            for _ in range(100)
        ]
        return await asyncio.gather(*calls)

    found = api.run(all_at_once())

    assert {(each.status_code, each.content) for each in found} == {(201, found[0].content)}
    assert sum("idempotency-replayed" in each.headers for each in found) == 99
    assert count(api, DataRequest) == 1


@pytest.mark.parametrize("key", [None, "", "short", "a" * 65, "a b" * 8, "é" * 16, '"' * 20])
def test_a_key_is_demanded_and_has_its_form(siti: Phone, key: str | None) -> None:
    headers = [] if key is None else [("Idempotency-Key", key.encode("latin-1"))]

    found = siti.send("POST", "/data_requests", json={"kind": "access"}, headers=headers)

    assert found.status_code == 400
    missing = "idempotency_key_missing" if key is None else "idempotency_key_malformed"
    assert found.json()["code"] == missing


def test_bare_and_quoted_are_one_key(siti: Phone) -> None:
    bare = siti.post("/data_requests", {"kind": "access"}, key="k" * 16)
    quoted = siti.post("/data_requests", {"kind": "access"}, key=f'"{"k" * 16}"')

    assert bare.content == quoted.content


def test_the_key_of_another_request_is_refused_and_nothing_done(api: Api, siti: Phone) -> None:
    siti.post("/data_requests", {"kind": "access"}, key="k" * 16)

    found = siti.post("/data_requests", {"kind": "objection"}, key="k" * 16)

    assert found.status_code == 422
    assert found.json()["code"] == "idempotency_key_reused"
    assert count(api, DataRequest) == 1


def test_the_same_written_otherwise_is_the_same(siti: Phone) -> None:
    headers = {"Idempotency-Key": "k" * 16, "Content-Type": "application/json"}
    one = b'{"kind":"correction","about":"phone"}'
    other = b'{ "about" : "\\u0070hone", "kind":"correction" }'

    first = siti.send("POST", "/data_requests", content=one, headers=headers)
    again = siti.send("POST", "/data_requests", content=other, headers=headers)

    assert first.content == again.content


def test_a_key_is_ones_own(api: Api, siti: Phone) -> None:
    """Nobody is answered with what somebody else did, or learns that a key was used."""
    siti.post("/data_requests", {"kind": "access"}, key="k" * 16)
    ani = api.onboard("ani")
    far = api.onboard("siti", tenant="elsewhere")

    for other in (ani, far):
        assert other.get(f"/requests/{'k' * 16}").json()["state"] == "unknown"
        found = other.post("/data_requests", {"kind": "objection"}, key="k" * 16)
        assert found.status_code == 201
        assert "idempotency-replayed" not in found.headers


def test_a_key_belongs_to_one_route(siti: Phone) -> None:
    siti.post("/data_requests", {"kind": "objection"}, key="k" * 16)

    assert siti.post("/data_requests:lift", {"kind": "objection"}, key="k" * 16).status_code == 200


def test_who_is_out_is_not_answered_again(siti: Phone) -> None:
    siti.post("/data_requests", {"kind": "access"}, key="k" * 16)
    siti.send("POST", "/tokens:revoke")

    assert siti.post("/data_requests", {"kind": "access"}, key="k" * 16).status_code == 401


def test_a_refusal_by_the_state_is_final_for_its_key(api: Api, siti: Phone) -> None:
    siti.post("/data_requests", {"kind": "objection"})
    wanted = {"version": 1, "language": "id"}

    def give(key: str) -> Any:
        etag = siti.get("/consents/scoring").headers["etag"]
        headers = {"Idempotency-Key": key, "If-Match": etag}
        return siti.send("PUT", "/consents/scoring", json=wanted, headers=headers)

    etag = siti.get("/consents/scoring").headers["etag"]
    refused = give("k" * 16)
    siti.post("/data_requests:lift", {"kind": "objection"})
    again = siti.send(
        "PUT",
        "/consents/scoring",
        json=wanted,
        headers={"Idempotency-Key": "k" * 16, "If-Match": etag},
    )

    assert refused.status_code == 409
    assert refused.json()["code"] == "objection_stands"
    assert (again.status_code, again.content) == (409, refused.content)
    assert again.headers["content-type"] == refused.headers["content-type"]
    assert give("n" * 16).status_code == 200


def test_what_could_not_be_read_burns_no_key(api: Api, siti: Phone) -> None:
    for body in ({"kind": "steal"}, {"kind": "access", "about": "Not a word"}):
        assert siti.post("/data_requests", body, key="k" * 16).status_code == 422

    assert siti.post("/data_requests", {"kind": "access"}, key="k" * 16).status_code == 201


def test_a_precondition_that_failed_burns_no_key(api: Api, siti: Phone) -> None:
    path = "/consents/scoring"
    wanted = {"version": 1, "language": "id"}
    before = count(api, KeyedRequest)

    def give(**headers: str) -> Any:
        given = {"Idempotency-Key": "k" * 16, **headers}
        return siti.send("PUT", path, json=wanted, headers=given)

    etag = siti.get(path).headers["etag"]
    assert give().status_code == 428
    assert give(**{"If-Match": '"x"'}).status_code == 412
    assert give(**{"If-Match": f"W/{etag}"}).status_code == 412
    assert count(api, KeyedRequest) == before


def test_a_crash_leaves_no_row_and_the_retry_runs(
    api: Api, siti: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ledger.consents import operations

    def crash(*_args: object, **_rest: object) -> None:
        raise RuntimeError("73710101 secret")

    with monkeypatch.context() as patched:
        patched.setattr(operations, "register_request", crash)
        found = siti.post("/data_requests", {"kind": "access"}, key="k" * 16)

    assert found.status_code == 500
    assert "secret" not in found.text
    assert siti.get(f"/requests/{'k' * 16}").json()["state"] == "unknown"
    again = siti.post("/data_requests", {"kind": "access"}, key="k" * 16)
    assert again.status_code == 201
    assert "idempotency-replayed" not in again.headers


def test_a_lost_reply_is_asked_for_by_its_key(siti: Phone) -> None:
    made = siti.post("/data_requests", {"kind": "access"}, key="k" * 16)

    found = siti.get(f"/requests/{'k' * 16}").json()

    assert found["state"] == "completed"
    (answer,) = found["answers"]
    assert (answer["status"], answer["body"]) == (201, made.json())


def test_a_refusal_of_the_books_is_final_for_its_id(siti: Phone) -> None:
    wanted = spend(
        postings=[
            {"account": "expenses:nothing_of_the_kind", "debit": money("1.00")},
            {"account": "assets:cash", "credit": money("1.00")},
        ]
    )
    first = siti.send("PUT", siti.entry(1), json=wanted)
    again = siti.send("PUT", siti.entry(1), json=wanted)

    assert first.status_code == again.status_code == 409
    assert first.json()["code"] == again.json()["code"] == "account_not_found"
    unknown = siti.get(siti.entry(1))
    assert unknown.status_code == 404


def test_each_item_of_a_batch_has_its_own_outcome(siti: Phone) -> None:
    good, bad = spend(), spend()
    bad["postings"][0]["account"] = "nothing"
    items = [
        {"id": entry_id(1), "entry": good},
        {"id": entry_id(2), "entry": bad},
        {"id": entry_id(1), "entry": good},
    ]

    found = siti.send("POST", f"/books/{siti.book}/entries:batch", json={"items": items})

    assert found.status_code == 200
    assert [item["status"] for item in found.json()["items"]] == [201, 409, 200]
    assert found.json()["items"][1]["problem"]["code"] == "account_not_found"


def test_an_atomic_batch_is_all_or_nothing(siti: Phone) -> None:
    bad = spend()
    bad["postings"][0]["account"] = "nothing"
    items = [{"id": entry_id(1), "entry": spend()}, {"id": entry_id(2), "entry": bad}]
    path = f"/books/{siti.book}/entries:batch"

    found = siti.send("POST", path, json={"items": items, "atomic": True}).json()["items"]

    assert [item["problem"]["code"] for item in found] == ["linked_failed", "account_not_found"]
    assert found[0]["problem"]["retryable"] is True
    assert siti.get(siti.entry(1)).status_code == 404


@pytest.mark.parametrize("number", [0, 501])
def test_a_batch_has_one_to_five_hundred_items(siti: Phone, number: int) -> None:
    items = [{"id": entry_id(n), "entry": spend()} for n in range(number)]

    found = siti.send("POST", f"/books/{siti.book}/entries:batch", json={"items": items})

    assert found.status_code == 422


def test_five_hundred_items_fit(siti: Phone) -> None:
    items = [{"id": entry_id(n), "entry": spend()} for n in range(500)]

    found = siti.send("POST", f"/books/{siti.book}/entries:batch", json={"items": items})

    assert {item["status"] for item in found.json()["items"]} == {201}
