"""Rehearse the worst day: back up, restore elsewhere, verify, compare, and say how long it took.

What counts is the copy that was restored from files: each of its tables is read again and held
against what was backed up, line by line (hashes), its totals against those of the same
snapshot, and every number in it is derived again from its entries.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from api.operating import backups, sessions
from api.operating.backups import Passed, nobody
from api.operating.master_key import LAYOUTS
from ledger import db
from ledger.db.transfer import stream
from ledger.db.transfer.blocks import Sum, differing
from ledger.errors import Refused, Wording
from ledger.journal.keyring import Keyring
from ledger.journal.verify import Report as Found

Totals = dict[tuple[str, str], tuple[int, int]]
"""Debits and credits posted, by currency and fund."""


@dataclass(eq=False)
class NoPlaceToRehearse(Refused):
    """The role may not make a database on this server."""

    code = "no_place_to_rehearse"
    wording = Wording(
        "Tidak dapat membuat basis data sementara: {cause}",
        "A scratch database cannot be made: {cause}",
    )
    hint = Wording(
        "Sebut basis data kosong dengan --scratch; isinya dihapus sesudahnya.",
        "Name an empty database by --scratch; it is emptied afterwards.",
    )
    cause: str


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a rehearsal has shown."""

    sums: dict[str, Sum]
    differing: list[str]
    totals: Totals
    totals_agree: bool
    found: Found
    file_bytes: int
    backup_s: Decimal
    restore_s: Decimal
    verify_s: Decimal

    @property
    def good(self) -> bool:
        """Tell whether the restored books are the books."""
        return self.found.clean and self.totals_agree and not self.differing


def rehearse(
    source: Engine,
    scratch: Engine,
    ring: Keyring,
    *,
    revision: str,
    clock: Callable[[], datetime],
    passed: Passed = nobody,
) -> Rehearsed:
    """Back up, restore into an empty scratch database, verify and compare.

    Raises: those of a backup and a restore.
    """
    with tempfile.TemporaryDirectory(prefix="juang-rehearsal-") as folder:
        written = backups.files(Path(folder) / "rehearsal.backup", None)
        began = time.monotonic()
        moment = clock()
        with sessions.reading(source) as session:
            totals = _totals(session)
            sums = backups.back_up(
                session, ring, written, revision=revision, moment=moment, passed=passed
            )
        backed_up = time.monotonic()
        size = sum(path.stat().st_size for path in (written.data, written.keys))
        filling = clock()
        restored = backups.restore(
            scratch,
            ring,
            written,
            revision=revision,
            clock=clock,
            steps=(),
            despite=True,
            passed=passed,
        )
        done = time.monotonic()
    assert restored.filled_at is not None
    filled = Decimal(str((restored.filled_at - filling).total_seconds()))
    with sessions.reading(scratch) as session:
        again, totals_again = stream.sums(session, LAYOUTS), _totals(session)
    return Rehearsed(
        sums=sums,
        differing=differing(sums, again),
        totals=totals,
        totals_agree=totals == totals_again,
        found=restored.found,
        file_bytes=size,
        backup_s=_seconds(backed_up - began),
        restore_s=_seconds(filled),
        verify_s=_seconds(Decimal(str(done - backed_up)) - filled),
    )


def _seconds(measured: float | Decimal) -> Decimal:
    return Decimal(str(measured)).quantize(Decimal("0.01"))


def _totals(session: Session) -> Totals:
    rows = session.execute(
        text(
            "SELECT currency, coalesce(fund, ''), sum(posted_debit), sum(posted_credit)"
            " FROM account GROUP BY 1, 2"
        )
    )
    return {(row[0], row[1]): (int(row[2]), int(row[3])) for row in rows}


@contextmanager
def scratch_beside(url: str) -> Iterator[Engine]:
    """Make an empty database like another: a file in a folder of its own, or one on its server.

    Raises: NoPlaceToRehearse.
    """
    with ExitStack() as stack:
        address = make_url(url)
        if address.get_backend_name() == "sqlite":
            folder = tempfile.mkdtemp(prefix="juang-rehearsal-")
            stack.callback(shutil.rmtree, folder)
            address = address.set(database=str(Path(folder) / "scratch.db"))
        else:
            name = f"juang_rehearsal_{os.getpid()}"
            server = db.engine(url, role=None).execution_options(isolation_level="AUTOCOMMIT")
            stack.callback(server.dispose)
            try:
                _on(server, f"CREATE DATABASE {name}")
            except DBAPIError as error:
                cause = str(error.orig).partition("\n")[0]
                raise NoPlaceToRehearse(cause) from error
            stack.callback(_on, server, f"DROP DATABASE {name} WITH (FORCE)")
            address = address.set(database=name)
        engine = db.engine(address.render_as_string(hide_password=False))
        stack.callback(engine.dispose)
        db.migrate(engine)
        yield engine


def _on(server: Engine, statement: str) -> None:
    with server.connect() as connection:
        connection.execute(text(statement))


@contextmanager
def emptied(engine: Engine) -> Iterator[Engine]:
    """Drop every table of a scratch database when the rehearsal is over.

    Raises: DatabaseNotEmpty: then nothing is dropped.
    """
    with sessions.writing(engine) as session:
        stream.begin_filling(session, LAYOUTS)
    try:
        yield engine
    finally:
        db.migrate(engine, "base")
