"""`juang serve`: the HTTP API, until it is told to stop."""

import ipaddress
import signal
import socket
import time
from dataclasses import dataclass

import click

from api.commands.bilingual import command, option
from api.commands.changes import changes
from api.commands.deployment import Deployment
from api.logs import Event
from ledger import db
from ledger.errors import LedgerError, Malformed, Refused, Wording

DRAIN_S = 20
"""Seconds in which what is under way may end after the server was told to stop."""


@dataclass(eq=False)
class ProxyMalformed(Malformed):
    """This is no network address."""

    code = "proxy_malformed"
    wording = Wording("“{proxy}” bukan alamat jaringan.", "“{proxy}” is no network address.")
    hint = Wording("Misalnya 10.0.0.0/8.", "For instance 10.0.0.0/8.")
    proxy: str


@dataclass(eq=False)
class OpenToOthers(Refused):
    """The server would speak plain HTTP to other machines."""

    code = "open_to_others"
    wording = Wording(
        "Alamat {host} terbuka bagi mesin lain tanpa HTTPS.",
        "The address {host} is open to other machines without HTTPS.",
    )
    hint = Wording(
        "Sebut proksi yang mengakhiri TLS dengan --proxy, atau pakai 127.0.0.1.",
        "Name the proxy that ends TLS with --proxy, or use 127.0.0.1.",
    )
    host: str


@dataclass(eq=False)
class AddressTaken(LedgerError):
    """The address and port cannot be listened on."""

    code = "address_taken"
    wording = Wording(
        "Tidak dapat mendengarkan di {host}:{port}.", "Cannot listen on {host}:{port}."
    )
    host: str
    port: int


@command(
    "serve",
    id="Jalankan API HTTP (docs/http.md), sampai diminta berhenti.\n\n"
    "Server ini berbicara HTTP biasa; HTTPS diakhiri oleh proksi di depannya (--proxy). Yang "
    "sedang berjalan diselesaikan dulu sebelum berhenti.",
    en="Serve the HTTP API (docs/http.md), until told to stop.\n\n"
    "It speaks plain HTTP; a proxy in front of it ends HTTPS (--proxy). What is under way is "
    "finished before it stops.",
)
@option("--host", default="127.0.0.1", show_default=True, id="Alamat.", en="Address.")
@option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8080,
    show_default=True,
    id="Porta; 0 berarti yang bebas.",
    en="Port; 0 takes one that is free.",
)
@option(
    "--issuer",
    envvar="JUANG_ISSUER",
    default="https://juang.localhost",
    show_default=True,
    metavar="URL",
    id="Alamat umum server ini, tertulis di token (atau JUANG_ISSUER).",
    en="The public address of this server, written in tokens (or JUANG_ISSUER).",
)
@option(
    "--proxy",
    "proxies",
    multiple=True,
    metavar="NETWORK",
    id="Jaringan proksi yang dipercaya; permintaan lain ditolak.",
    en="Network of the proxy that is trusted; other requests are refused.",
)
@option(
    "--workers",
    type=click.IntRange(1, 64),
    default=8,
    show_default=True,
    id="Banyaknya utas untuk membaca.",
    en="Threads for reads.",
)
@click.pass_obj
@changes(Event.SERVER_RAN)
def serve_command(
    deployment: Deployment,
    host: str,
    port: int,
    issuer: str,
    proxies: tuple[str, ...],
    workers: int,
) -> None:
    """Serve until told to stop."""
    # Litestar and Pydantic take a while to load, and only this command needs them.
    import uvicorn

    from api.http.app import create_app
    from api.http.settings import Settings
    from api.http.site import Site

    networks = tuple(_network(each) for each in proxies)
    if not networks and not _is_loopback(host):
        raise OpenToOthers(host)
    deployment.engine()  # refuses what is not there, or of another schema
    settings = Settings(issuer=issuer, proxies=networks, workers=workers)
    site = Site(
        settings=settings,
        engine=db.engine(deployment.url, pool_size=workers + 3),
        keyring=deployment.master(),
        clock=deployment.now,
        seconds=time.monotonic,
    )
    listening = _listen(host, port)
    told = "{}:{}".format(*listening.getsockname()[:2])
    deployment.say(Wording(f"Mendengarkan di http://{told}/v1", f"Listening on http://{told}/v1"))
    config = uvicorn.Config(
        create_app(site, deployment.log),
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=DRAIN_S,
    )
    # uvicorn ends by sending itself the signal again; whoever stops us wants an orderly end.
    signal.signal(signal.SIGTERM, lambda _number, _frame: None)
    uvicorn.Server(config).run(sockets=[listening])


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError as error:
        raise ProxyMalformed(text) from error


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(2_048)  # who comes before the server is up waits for it
    except OSError as error:
        listening.close()
        raise AddressTaken(host, port) from error
    return listening
