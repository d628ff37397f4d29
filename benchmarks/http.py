"""Single posts over HTTP with authentication, from 64 connections on a core of their own."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median

import psutil
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import Engine

from api.http.access_tokens import Tokens
from api.http.fields import written_id
from ledger import db
from ledger.apps import operations as apps
from ledger.apps import tokens
from ledger.books import operations as books
from ledger.books.classes import BookKind
from ledger.consents import operations as consents
from ledger.journal.keyring import Keyring
from ledger.parties import operations as parties

from .figures import Figure, quantile
from .http_server import ISSUER, MASTER
from .places import Bench, Cluster, SqliteFiles

CONNECTIONS = 64
TARGET = 1_500

BODY = json.dumps(
    {
        "effective_date": datetime.now(UTC).date().isoformat(),
        "postings": [
            {"account": "expenses:food", "debit": {"amount": "60000.00", "currency": "IDR"}},
            {"account": "assets:cash", "credit": {"amount": "60000.00", "currency": "IDR"}},
        ],
    }
).encode()


@dataclass(slots=True)
class Load:
    """What the connections saw."""

    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)


def run(bench: Bench) -> Iterator[Figure]:
    """Measure on both databases."""
    for place in (bench.sqlite, bench.cluster):
        yield _measured(bench, place)


def _measured(bench: Bench, place: SqliteFiles | Cluster) -> Figure:
    engine = place.new("http")
    people = _fill(engine, bench.size(CONNECTIONS, 4))
    url = engine.url.render_as_string(hide_password=False)
    place.settle(engine)
    load = Load()
    with _served(url) as (port, server):
        for _ in range(bench.size(6, 1)):
            _round(port, people, bench.size(1, 1) / 2, Load(), server)  # warms up
            _round(port, people, bench.size(4, 1), load, server)
    p50, p99 = (quantile(load.waits, share) * 1e3 for share in (0.5, 0.99))
    cpu = median(load.cpu) * 1e6
    return Figure(
        what=f"http {place.name}, {len(people)} connections",
        ours=median(load.rates),
        limit=TARGET,
        against="target",
        unit="posts/s",
        target=1,
        python_us=cpu,
        per="post",
        note=f"p50 {p50:.1f} ms, p99 {p99:.1f} ms; processor of the server, {1e6 / cpu:,.0f}/s",
    )


def _fill(engine: Engine, count: int) -> list[tuple[str, str]]:
    """Make persons with a phone and a book each; give their tokens and paths."""
    now = datetime.now(UTC)
    signer = Tokens(MASTER, ISSUER)
    people = []
    ring = Keyring(MASTER, lambda _book, _subject: bytes(32))
    with db.session_factory(engine, keyring=ring).begin() as session:
        tenant = books.open_tenant(session, "bench", name="bench")
        for number in range(count):
            person = parties.register(
                session, tenant, f"p-{number}", actor="bench", recorded_at=now
            )
            book = books.open_book(
                session,
                tenant=tenant,
                ref=f"h-{number}",
                kind=BookKind.HOUSEHOLD,
                name="bench",
                base_currency="IDR",
                time_zone="Asia/Jakarta",
                chart="household-1",
                opened_at=now,
            )
            consents.own_book(session, tenant, person, book, actor="bench", recorded_at=now)
            device = parties.register_device(
                session, tenant, person, _public(number), actor="bench", recorded_at=now
            )
            opened = apps.open_session(
                session,
                tenant=tenant,
                person=person,
                device=device,
                client=None,
                token=tokens.RefreshToken(number.to_bytes(16, "big"), bytes(32)),
                attempt="bench",
                door=apps.Door(salt=bytes(32), session_id=number + 1),
                recorded_at=now,
            )
            token = signer.sign(
                tenant=tenant,
                session_id=opened.session_id,
                person_id=person,
                jti=str(number),
                now=now,
            )
            people.append((token, f"/v1/books/{written_id(book)}/entries/"))
    return people


def _public(number: int) -> bytes:
    key = Ed25519PrivateKey.from_private_bytes(number.to_bytes(32, "big")).public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@contextmanager
def _served(url: str) -> Iterator[tuple[int, psutil.Process]]:
    """Start the server on all cores but the last, and stop it by its process id."""
    cores = sorted(os.sched_getaffinity(0))
    its = ",".join(map(str, cores[:-1]))
    command = [sys.executable, "-m", "benchmarks.http_server", url, its]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        if len(cores) > 1:
            os.sched_setaffinity(0, {cores[-1]})
        yield port, psutil.Process(server.pid)
    finally:
        os.sched_setaffinity(0, cores)
        server.send_signal(signal.SIGTERM)
        server.wait(60)
        if server.stdout is not None:
            server.stdout.close()


def _round(
    port: int, people: list[tuple[str, str]], seconds: float, load: Load, server: psutil.Process
) -> None:
    before = server.cpu_times()
    start = time.perf_counter()
    waits = asyncio.run(_all(port, people, start + seconds))
    passed = time.perf_counter() - start
    after = server.cpu_times()
    used = after.user + after.system - before.user - before.system
    load.rates.append(len(waits) / passed)
    load.cpu.append(used / len(waits))
    load.waits += waits


async def _all(port: int, people: list[tuple[str, str]], end: float) -> list[float]:
    waits = await asyncio.gather(*(_one(port, *person, end) for person in people))
    return [wait for each in waits for wait in each]


async def _one(port: int, token: str, path: str, end: float) -> list[float]:
    """Post one entry after another over one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    rest = (
        f" HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
    ).encode() + BODY
    start = f"PUT {path}".encode()
    waits = []
    while (began := time.perf_counter()) < end:
        writer.write(start + str(uuid.uuid4()).encode() + rest)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 201"), head
        at = head.lower().index(b"content-length: ") + 16
        await reader.readexactly(int(head[at : head.index(b"\r", at)]))
        waits.append(time.perf_counter() - began)
    writer.close()
    return waits
