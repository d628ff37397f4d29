"""Is it alive, and is it ready? For operators, load balancers and alarms.

*Alive* says that the process answers, and touches nothing else: a database that is down is no
reason to restart it. *Ready* says that it can do its work. Every check ends within the time
given; what has not answered by then has failed. A warning is for people and leaves it ready.
"""

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, make_url, select
from sqlalchemy.orm import Session

from api.commands.deployment import newest_revision
from api.commands.key_files import read_key
from api.logs import described
from ledger import db
from ledger.books.tables import TextKey
from ledger.db.upkeep import Done, last_upkeep
from ledger.errors import LedgerError, Wording
from ledger.journal.keyring import Keyring, KeyUnusable
from ledger.migrations.state import State, state

DISK_LEAST: Final = 100 * 1024**2
"""Free bytes below which nothing should be written any more."""

DISK_LOW: Final = 1024**3
"""Free bytes below which somebody should look."""

OLDEST: Final = {"verify": timedelta(days=8), "backup": timedelta(days=2)}
"""How long ago a chore may have been done."""


class Level(StrEnum):
    """What a check found."""

    OK = "ok"
    """As it should be."""
    WARNING = "warning"
    """It works, and somebody should look."""
    FAILED = "failed"
    """It cannot do its work."""
    UNKNOWN = "unknown"
    """This cannot be seen from here."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    level: Level
    told: Wording


@dataclass(slots=True)
class Health:
    """Everything that was looked at."""

    checks: list[Check] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        """Tell whether work can be done."""
        return all(check.level is not Level.FAILED for check in self.checks)


NAMES: Final = ("database", "schema", "guards", "walls", "key", "verify", "backup", "disk")
"""Every check of readiness, in order."""


def liveness() -> Health:
    """Say that the process answers."""
    return Health([Check("process", Level.OK, Wording("menjawab", "answers"))])


def readiness(
    url: str, *, file: Path | None, key_path: Path | None, now: datetime, seconds: int = 10
) -> Health:
    """Look at everything that work needs, for at most so many seconds.

    `file` is the database's file on SQLite. Nothing is made, locked or changed.
    """
    found: list[Check] = []
    asking = _Asking(url, file, key_path, now, seconds)

    def ask() -> None:
        found.extend([asking.disk()])
        for check in asking.database():
            found.append(check)  # noqa: PERF402 - one at a time: the time may run out

    worker = threading.Thread(target=ask, name="juang-health", daemon=True)
    worker.start()
    worker.join(seconds)
    known = {check.name: check for check in list(found)}
    late = Wording(f"tidak menjawab dalam {seconds} detik", f"no answer within {seconds} seconds")
    unasked = Wording("tidak sampai diperiksa", "not looked at")
    health = Health()
    for name in NAMES:
        if name in known:
            health.checks.append(known[name])
        elif worker.is_alive():
            health.checks.append(Check(name, Level.FAILED, late))
        else:
            health.checks.append(Check(name, Level.UNKNOWN, unasked))
    return health


@dataclass(frozen=True, slots=True)
class _Asking:
    """Where to look, and when it is."""

    url: str
    file: Path | None
    key_path: Path | None
    now: datetime
    seconds: int

    def disk(self) -> Check:
        """See how much room the database's disk has."""
        if self.file is None:
            told = Wording("server basis data tidak terlihat dari sini", "the server's is not seen")
            return Check("disk", Level.UNKNOWN, told)
        try:
            free = shutil.disk_usage(self.file.absolute().parent).free
        except OSError:
            return Check("disk", Level.FAILED, Wording("tidak ada foldernya", "no such folder"))
        if free >= DISK_LOW:
            return Check("disk", Level.OK, Wording("cukup ruang", "enough room"))
        level = Level.WARNING if free >= DISK_LEAST else Level.FAILED
        left = free // 1024**2
        return Check("disk", level, Wording(f"tinggal {left} MB", f"{left} MB left"))

    def database(self) -> Iterator[Check]:
        """Look at everything that only the database can tell."""
        if self.file is not None and not self.file.exists():
            told = Wording("belum ada berkasnya", "there is no file yet")
            yield Check("database", Level.FAILED, told)
            return
        opened = self._opened()
        try:
            with opened.connect() as connection:
                yield Check("database", Level.OK, Wording("menjawab", "answers"))
                yield from self._of_schema(connection)
        except Exception as error:  # noqa: BLE001 - whatever broke, it is not ready
            told = Wording(*(" ".join(described(error).values()),) * 2)
            yield Check("database", Level.FAILED, told)
        finally:
            opened.dispose()

    def _opened(self) -> Engine:
        address = make_url(self.url)
        if address.get_backend_name() == "postgresql":
            limits = {"connect_timeout": str(max(2, self.seconds))}
            limits["options"] = f"-c statement_timeout={self.seconds * 1000}"
            address = address.update_query_dict({**limits, **address.query})
        return db.engine(address.render_as_string(hide_password=False), pool_size=1)

    def _of_schema(self, connection: Connection) -> Iterator[Check]:
        reads = connection.execution_options(juang_read_only=True)
        found = state(reads)
        needed = newest_revision()
        if found.revision != needed:
            told = Wording(
                f"skema {found.revision or '-'}, perlu {needed}",
                f"schema {found.revision or '-'}, needs {needed}",
            )
            yield Check("schema", Level.FAILED, told)
            return
        yield Check("schema", Level.OK, Wording("yang terbaru", "the newest"))
        yield from self._of_guards(found)
        with Session(bind=reads) as session:
            yield self._key(session)
            done = last_upkeep(session)
            for what in OLDEST:
                yield self._chore(what, done.get(what))

    def _of_guards(self, found: State) -> Iterator[Check]:
        for name, missing, fine in (
            ("guards", found.missing_guards, Wording("semua terpasang", "all stand")),
            ("walls", found.missing_walls, Wording("semua terpasang", "all stand")),
        ):
            if name == "walls" and self.file is not None:
                told = Wording("SQLite tidak memilikinya", "SQLite has none")
                yield Check(name, Level.UNKNOWN, told)
            elif name == "walls" and not found.has_roles:
                told = Wording(
                    "tanpa peran, pengguna program boleh segalanya",
                    "without roles, the program's login may do anything",
                )
                yield Check(name, Level.FAILED if missing else Level.WARNING, told)
            elif missing:
                some = ", ".join(missing[:3]) + (" …" if len(missing) > 3 else "")
                told = Wording(f"tidak ada: {some}", f"missing: {some}")
                yield Check(name, Level.FAILED, told)
            else:
                yield Check(name, Level.OK, fine)

    def _key(self, session: Session) -> Check:
        """Open one secret: the key that cannot, is another's."""
        sealed = session.scalar(
            select(TextKey.wrapped).where(TextKey.wrapped.is_not(None)).limit(1)
        )
        level, told = Level.OK, Wording("membuka teks", "opens the texts")
        try:
            key = None if self.key_path is None else read_key(self.key_path)
            if key is None and sealed is not None:
                level = Level.WARNING if self.key_path is None else Level.FAILED
                told = Wording("tidak ada; teks terkunci", "not there; texts are locked")
            elif key is None or sealed is None:
                told = Wording("belum ada teks", "no texts yet")
            else:
                Keyring(key, _draws_nothing).unwrap(sealed)
        except KeyUnusable:
            level, told = Level.FAILED, Wording("kunci yang salah", "the wrong key")
        except LedgerError as error:
            level, told = Level.FAILED, Wording(error.message("id"), error.message("en"))
        except OSError:
            level, told = Level.FAILED, Wording("tidak dapat dibaca", "cannot be read")
        return Check("key", level, told)

    def _chore(self, what: str, done: Done | None) -> Check:
        if done is None:
            return Check(what, Level.WARNING, Wording("belum pernah", "never done"))
        days = max(0, (self.now - done.at).days)
        age = Wording(f"{days} hari lalu", f"{days} days ago")
        if not done.good:
            told = Wording(f"{age.id}, dengan masalah", f"{age.en}, with problems")
            return Check(what, Level.FAILED if what == "verify" else Level.WARNING, told)
        late = self.now - done.at > OLDEST[what]
        return Check(what, Level.WARNING if late else Level.OK, age)


_draws_nothing: Callable[[int, str], bytes] = lambda _book, _subject: b""  # noqa: E731
