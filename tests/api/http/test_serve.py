"""`juang serve` as a program: it listens, answers, logs, and ends in an orderly way."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.apps import tokens
from tests.api.conftest import Juang
from tests.api.http.desk import entry_id, signed, spend
from tests.api.moving import Scene
from tests.ledger.apps.filled import public
from tests.ledger.parties.test_canary import found

BEFORE = ("--key-file", "juang.key", "--log", "log")
TEXT = "Untuk Bu Sitikenari, obat kenari"


@contextmanager
def served(place: Path, url: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """Run a server, and end it by its own process id."""
    program = str(Path(sys.executable).with_name("juang"))
    args = [program, "--db", url, *BEFORE, "serve", "--port", "0", "--issuer", "https://juang.test"]
    server = subprocess.Popen(args, cwd=place, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        line = server.stderr.readline()
        address = re.search(r"http://\S+(?=/v1)", line)
        assert address is not None, line + server.stderr.read()
        yield address[0], server
    finally:
        if server.poll() is None:
            server.send_signal(signal.SIGTERM)
        try:
            server.wait(30)
        finally:
            server.kill()
            if server.stderr is not None:
                server.stderr.close()


def _come_in(http: httpx.Client, client: str) -> dict[str, Any]:
    book = {"name": "Rumah Sitikenari", "base_currency": "IDR", "time_zone": "Asia/Jakarta"}
    made = http.post(
        "/v1/activations",
        json={"person": "p-1", "book": book},
        headers={"Authorization": f"Bearer {client}", "Idempotency-Key": "a" * 16},
    )
    assert made.status_code == 201, made.text
    phone, code = Ed25519PrivateKey.generate(), made.json()["code"]
    came = http.post(
        "/v1/tokens",
        json={
            "code": code,
            "device": {"public_key": tokens_b64(public(phone)), "label": "Ponsel Kenari"},
            "proof": signed(phone, tokens.activation_message(code, "b" * 16)),
        },
        headers={"Idempotency-Key": "b" * 16},
    )
    assert came.status_code == 201, came.text
    told: dict[str, Any] = came.json()
    return told


def tokens_b64(content: bytes) -> str:
    import base64

    return base64.b64encode(content).decode()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_server_answers_logs_no_word_and_ends_in_order(
    juang: Juang, place: Path, scene: Scene, kind: str
) -> None:
    url = scene(kind)
    before = ("--db", url, *BEFORE)
    assert juang(*before, "init").code == 0
    assert juang(*before, "book", "open", "platform/office").code == 0
    client = juang(*before, "client", "add", "platform", "mobile").out.strip()

    with served(place, url) as (address, server), httpx.Client(base_url=address) as http:
        assert http.get("/health/live").json() == {"status": "alive"}
        assert http.get("/health/ready").json() == {"status": "ready"}
        told = _come_in(http, client)
        http.headers["Authorization"] = f"Bearer {told['access_token']}"
        path = f"/v1/books/{told['books'][0]['id']}/entries/"
        for number in range(3):
            told_of = http.put(path + entry_id(number), json=spend(narration=TEXT))
            assert told_of.status_code == 201, told_of.text
            assert "server" not in told_of.headers
        wrong = http.put(path + entry_id(9), json=spend(narration=TEXT, kenari=TEXT))
        assert wrong.status_code == 422
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0
        assert server.stderr is not None
        said = server.stderr.read()

    log = (place / "log").read_text("ascii")
    lines = [json.loads(line) for line in log.splitlines()]
    answered = [line for line in lines if line["event"] == "request_answered"]
    assert [line["status"] for line in answered] == [200, 200, 201, 201, 201, 201, 201, 422]
    assert {line["what"] for line in answered[-4:]} == {"put_entry"}
    assert answered[-1]["request"] == wrong.headers["request-id"]
    assert lines[-1]["event"] == "server_ran"
    assert not [line for line in lines if "dropped" in line]
    assert found((log + said).encode()) == []
    for secret in (client, told["access_token"], told["refresh_token"]):
        assert secret not in log + said
    juang(*before, "verify")


def test_a_client_is_added_listed_and_revoked(juang: Juang, place: Path) -> None:
    juang("book", "open", "platform/office")

    added = juang("client", "add", "platform", "mobile")
    twice = juang("client", "add", "platform", "mobile")
    juang("client", "revoke", "platform", "mobile")
    listed = juang("client", "list", "platform", "--format", "json")

    key = tokens.ClientKey.read(added.out.strip())
    assert key is not None
    assert twice.code == 1
    assert "client_taken" in twice.err or "already" in twice.err
    (row,) = json.loads(listed.out)["rows"]
    assert row["name"] == "mobile"
    assert row["revoked"] is not None
    assert key.text not in listed.out


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--host", "0.0.0.0"), "without HTTPS"),
        (("--host", "example.org"), "without HTTPS"),
        (("--proxy", "nowhere"), "no network address"),
    ],
)
def test_what_would_be_open_to_others_is_refused(
    juang: Juang, place: Path, args: tuple[str, ...], said: str
) -> None:
    juang("book", "open", "a/b")

    ended = juang("serve", *args)

    assert ended.code == 1
    assert said in ended.err


def test_a_server_needs_its_database_and_key(juang: Juang, place: Path) -> None:
    assert juang("serve").code == 1
    juang("book", "open", "a/b")
    assert "key" in juang("serve").err
