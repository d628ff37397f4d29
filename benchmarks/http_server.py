"""The server that `http.py` measures, in a process of its own: as `juang serve`, without limits."""

import os
import signal
import socket
import sys
import time
from datetime import UTC, datetime

import uvicorn

from api.http.app import create_app
from api.http.settings import Allowance, Settings
from api.http.site import Site
from api.logs import Log
from ledger import db
from ledger.journal.keyring import Keyring

MASTER = bytes(range(32))
ISSUER = "https://juang.bench"


def main() -> None:
    """Listen on a free port, print it, serve until told to stop."""
    url, cores = sys.argv[1], sys.argv[2]
    if cores:
        os.sched_setaffinity(0, {int(core) for core in cores.split(",")})
    endless = 10**9
    settings = Settings(
        issuer=ISSUER,
        per_session=Allowance(name="session", requests=endless),
        per_address=Allowance(name="address", requests=endless),
    )
    site = Site(
        settings=settings,
        engine=db.engine(url, pool_size=settings.workers + 3),
        keyring=Keyring(MASTER, lambda _book, _subject: os.urandom(32)),
        clock=lambda: datetime.now(UTC),
        seconds=time.monotonic,
    )
    listening = socket.create_server(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    config = uvicorn.Config(
        create_app(site, Log()),
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
    )
    signal.signal(signal.SIGTERM, lambda _number, _frame: None)  # as `juang serve` has it
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
