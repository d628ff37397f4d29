"""What every answer has, whatever happened; and what happens when parts break."""

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from api.http.problems import KINDS, STATUS_OF, status_of
from api.http.settings import Settings
from api.logs import Sink
from ledger.journal.outcomes import ACCEPTED, NOT_STORED, Code
from tests.api.http.desk import Api, Phone, spend

PROXY = "10.0.0.9"


def test_no_origin_is_let_in(siti: Phone) -> None:
    for origin in ("https://juang.test", "https://juang.test.evil.example", "null"):
        found = siti.get("/books", headers={"Origin": origin})
        assert not any(name.startswith("access-control") for name in found.headers)


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "TRACE", "OPTIONS", "QUERY"])
def test_an_unknown_method_is_told_what_there_is(siti: Phone, method: str) -> None:
    found = siti.send(method, siti.entry(1))

    assert found.status_code == 405
    assert found.headers["allow"] == "GET, HEAD, PUT"


def test_a_method_is_what_it_is_whatever_a_header_says(siti: Phone) -> None:
    found = siti.get("/books", headers={"X-HTTP-Method-Override": "DELETE"})

    assert found.status_code == 200


def test_head_is_get_without_the_body(siti: Phone) -> None:
    siti.put_entry(1)
    for path in ("/books", siti.entry(1), f"/books/{siti.book}/balances"):
        whole, head = siti.get(path), siti.send("HEAD", path)

        assert head.status_code == 200
        assert head.content == b""
        assert head.headers["content-length"] == whole.headers["content-length"]
        assert head.headers.get("etag") == whole.headers.get("etag")


@pytest.mark.parametrize("path", ["/v1/books/", "//v1/books", "/v1//books", "/V1/books", "/v1"])
def test_a_path_has_one_spelling(siti: Phone, path: str) -> None:
    assert siti.api.send("GET", path, token=siti.access).status_code == 404


def test_a_request_id_is_new_each_time(api: Api) -> None:
    ids = {api.send("GET", "/health/live").headers["request-id"] for _ in range(3)}

    assert len(ids) == 3


def test_every_outcome_has_its_status() -> None:
    for code in Code:
        status = status_of(code)
        if code in ACCEPTED:
            assert status in {200, 201}
        elif code in NOT_STORED:
            assert status in {404, 409, 422}, code
        else:
            assert status in {409, 423}, code
    assert STATUS_OF[Code.PERIOD_CLOSED] == 423
    assert all(kind.title.id and kind.title.en for kind in KINDS.values())


# Behind a proxy.


@pytest.fixture
def behind(engine: Engine) -> Any:
    from ipaddress import ip_network

    settings = Settings(issuer="https://juang.test", proxies=(ip_network("10.0.0.0/8"),))
    made = Api(engine, settings)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        (PROXY, {"X-Forwarded-Proto": "https"}, 200),
        (PROXY, {"X-Forwarded-Proto": "http"}, 400),
        (PROXY, {}, 400),
        ("203.0.113.7", {"X-Forwarded-Proto": "https"}, 400),
    ],
)
def test_https_is_demanded_of_a_known_proxy(
    behind: Api, address: str, headers: dict[str, str], status: int
) -> None:
    found = behind.send("GET", "/health/live", address=address, headers=headers)

    assert found.status_code == status
    if status == 400:
        assert found.json()["code"] == "https_required"
        assert "location" not in found.headers


def test_who_guesses_is_the_address_that_the_proxy_saw(behind: Api) -> None:
    def guess(forged: str, seen: str) -> int:
        headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": f"{forged}, {seen}"}
        found = behind.send("GET", "/v1/books", token="x", address=PROXY, headers=headers)
        return found.status_code

    assert {guess(f"198.51.100.{n}", "203.0.113.1") for n in range(120)} == {401}
    assert guess("198.51.100.200", "203.0.113.1") == 429
    assert guess("203.0.113.1", "203.0.113.2") == 401


# When parts break.


def test_a_database_that_fails_is_told_and_got_over(
    api: Api, siti: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ledger.reports import queries

    def broken(*_args: object) -> None:
        raise OperationalError("SELECT secret", {"nik": "7371"}, Exception("host db.internal"))

    with monkeypatch.context() as patched:
        patched.setattr(queries, "books_by_id", broken)
        found = siti.get("/books")

    assert found.status_code == 503
    assert found.headers["retry-after"] == "1"
    assert found.json()["code"] == "database_failed"
    assert not [word for word in ("secret", "7371", "internal", "SELECT") if word in found.text]
    assert siti.get("/books").status_code == 200


def test_a_mistake_is_a_problem_and_a_line_without_words(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ledger.reports import queries

    sink = Sink(tmp_path / "log")
    api = Api(engine, sink=sink)
    siti = api.onboard("siti")

    def broken(*_args: object) -> None:
        raise RuntimeError("Siti 7371010101900001")

    monkeypatch.setattr(queries, "books_by_id", broken)
    traced = f"00-{'ab' * 16}-{'cd' * 8}-01"
    found = siti.get("/books", headers={"traceparent": traced})
    api.close()
    sink.close()

    assert found.status_code == 500
    assert "Siti" not in found.text
    log = (tmp_path / "log").read_text("ascii")
    line = json.loads(log.splitlines()[-1])
    assert (line["result"], line["error"], line["level"]) == ("failed", "RuntimeError", "error")
    assert line["traced"] == "ab" * 16
    assert line["request"] == found.headers["request-id"]
    assert any("broken" in place for place in line["trace"])
    assert "Siti" not in log
    assert "7371010101900001" not in log


def test_a_full_queue_is_told_and_got_over(engine: Engine) -> None:
    api = Api(engine, Settings(issuer="https://juang.test", most_waiting=2))
    siti = api.onboard("siti")
    gate = threading.Event()
    started = threading.Event()

    def hold(_session: object, _moment: object) -> None:
        started.set()
        gate.wait(20)

    async def crowd() -> list[Any]:
        first = asyncio.ensure_future(api.site.queue.arun(hold))
        await asyncio.to_thread(started.wait, 20)
        calls = [
            asyncio.ensure_future(
                api.asend("PUT", f"/v1{siti.entry(n)}", json=spend(), token=siti.access)
            )
            for n in range(5)
        ]
        await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.sleep(0.3)
        gate.set()
        await first
        return await asyncio.gather(*calls)

    found = api.run(crowd())

    assert sorted(each.status_code for each in found) == [201, 201, 503, 503, 503]
    busy = next(each for each in found if each.status_code == 503)
    assert (busy.json()["code"], busy.headers["retry-after"]) == ("busy", "1")
    assert siti.put_entry(9).status_code == 201
    api.close()


def test_too_many_readers_are_told_and_got_over(engine: Engine) -> None:
    api = Api(engine, Settings(issuer="https://juang.test", workers=1, most_reading=1))
    siti = api.onboard("siti")

    async def crowd() -> list[Any]:
        calls = [api.asend("GET", "/v1/books", token=siti.access) for _ in range(20)]
        return await asyncio.gather(*calls)

    found = {each.status_code for each in api.run(crowd())}

    assert found <= {200, 503}
    assert siti.get("/books").status_code == 200
    api.close()


def test_a_body_that_does_not_come_is_not_waited_for(engine: Engine) -> None:
    api = Api(engine, Settings(issuer="https://juang.test", body_seconds=0.05))
    sent: list[Any] = []

    async def slowly() -> None:
        async def receive() -> Any:
            await asyncio.sleep(5)

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/v1/tokens",
            "raw_path": b"/v1/tokens",
            "root_path": "",
            "query_string": b"",
            "headers": [(b"content-type", b"application/json"), (b"host", b"juang.test")],
            "client": ("203.0.113.7", 1),
        }
        await api.app(scope, receive, send)

    api.run(slowly())
    api.close()

    assert sent[0]["status"] == 408


def test_a_server_that_stops_takes_nothing_more(api: Api, siti: Phone) -> None:
    api.site.queue.close()

    found = siti.put_entry(1)

    assert found.status_code == 503
    assert found.json()["retryable"] is True


def test_ready_says_no_more_than_whether(api: Api) -> None:
    found = api.send("GET", "/health/ready")

    assert found.status_code == 200
    assert found.json() == {"status": "ready"}
