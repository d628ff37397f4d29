"""The client off line and on a bad network: nothing is lost, and nothing is done twice."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from api.client import Client, NotSignedIn, Outbox, Refusal
from ledger import db
from ledger.journal.tables import Entry
from tests.api.http.desk import MOBILE, Api, spend


class BadNetwork(httpx.BaseTransport):
    """Reaches the server in this process, and loses requests or replies as it is told."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.fate: Callable[[], str] = lambda: "arrives"

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        fate = self.fate()
        if fate == "request lost":
            raise httpx.ConnectError("no signal")
        content = request.read()
        headers = [(name, value) for name, value in request.headers.items() if name != "host"]
        path = request.url.raw_path.decode()
        found = self.api.send(request.method, path, content=content, headers=headers)
        if fate == "reply lost":
            raise httpx.ReadError("no signal")
        return httpx.Response(found.status_code, headers=found.headers, content=found.content)


@pytest.fixture
def network(api: Api) -> BadNetwork:
    return BadNetwork(api)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    made = Outbox(tmp_path / "outbox.db")
    yield made
    made.close()


@pytest.fixture
def client(network: BadNetwork, outbox: Outbox) -> Client:
    http = httpx.Client(transport=network, base_url="https://juang.test")
    return Client(http, Ed25519PrivateKey.generate(), outbox)


def code(api: Api) -> str:
    book = {"name": "Rumah", "base_currency": "IDR", "time_zone": "Asia/Jakarta"}
    made = api.send(
        "POST",
        "/v1/activations",
        json={"person": "siti", "book": book},
        token=MOBILE.text,
        headers={"Idempotency-Key": api.key()},
    )
    found: str = made.json()["code"]
    return found


def entries(api: Api) -> int:
    with db.session_factory(api.engine)() as session:
        return session.scalar(select(func.count()).select_from(Entry)) or 0


def test_what_was_written_off_line_is_sent_once_there_is_a_signal(
    api: Api, network: BadNetwork, client: Client, outbox: Outbox
) -> None:
    book = client.come_in(code(api))["books"][0]["id"]
    network.fate = lambda: "request lost"
    made = [client.put_entry(book, spend()) for _ in range(3)]

    assert client.send() == 3
    network.fate = lambda: "arrives"
    assert client.send() == 0

    assert list(outbox.settled("posted")) == made
    assert entries(api) == 3


def test_replies_that_are_lost_double_nothing(
    api: Api, network: BadNetwork, client: Client, outbox: Outbox
) -> None:
    """Two of three are lost, on the way there or back; those of renewals too."""
    chance = random.Random(7)
    network.fate = lambda: chance.choice(["request lost", "reply lost", "arrives"])
    activation = code(api)
    book = _until_done(lambda: client.come_in(activation)["books"][0]["id"])
    for _ in range(4):
        client.put_entry(str(book), spend())
    api.clock.forward(minutes=11)  # the access token has expired meanwhile

    for _ in range(200):
        try:
            if client.send() == 0:
                break
        except httpx.TransportError:
            continue

    assert outbox.waiting() == []
    assert entries(api) == 4
    assert len(outbox.settled("posted")) == 4


def _until_done(work: Callable[[], object]) -> object:
    for _ in range(50):
        try:
            return work()
        except httpx.TransportError:
            continue
    raise AssertionError("it never arrived")


def test_a_bad_entry_leaves_with_its_reason_and_holds_up_nothing(
    api: Api, client: Client, outbox: Outbox
) -> None:
    book = client.come_in(code(api))["books"][0]["id"]
    bad = client.put_entry(book, spend(postings=[]))
    good = client.put_entry(book, spend())

    assert client.send() == 0

    assert outbox.settled("refused")[bad]["code"] == "no_postings"
    assert list(outbox.settled("posted")) == [good]


def test_what_waits_survives_the_program(
    api: Api, network: BadNetwork, client: Client, tmp_path: Path
) -> None:
    book = client.come_in(code(api))["books"][0]["id"]
    made = client.put_entry(book, spend())

    again = Outbox(tmp_path / "outbox.db")

    assert [each.id for each in again.waiting()] == [made]
    again.close()


def test_a_phone_that_is_out_is_told_and_keeps_what_waits(
    api: Api, client: Client, outbox: Outbox
) -> None:
    book = client.come_in(code(api))["books"][0]["id"]
    client.put_entry(book, spend())
    other = api.onboard("siti")
    other.post("/devices:sign_out", {"keep_this": True})

    with pytest.raises(NotSignedIn):
        client.send()
    with pytest.raises(Refusal):
        client.come_in("X" * 32)

    assert len(outbox.waiting()) == 1
