"""Make a backup of a database, and fill an empty database from one."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.commands.key_files import new_secret
from api.operating import master_key, sessions
from api.operating.after_restore import Aftermath, Step
from api.operating.master_key import LAYOUTS
from api.operating.new_files import new_files
from ledger.db.transfer import backup, sealed
from ledger.db.transfer.backup import Custody, Stamp
from ledger.db.transfer.blocks import Block, Sum
from ledger.db.transfer.sealed import Header
from ledger.errors import Wording
from ledger.journal.keyring import Keyring, KeyUnusable
from ledger.journal.verify import Report as Found
from ledger.journal.verify import verify

Passed = Callable[[Block], object]


def nobody(_block: Block) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Files:
    """The two files of a backup."""

    data: Path
    keys: Path


def files(data: Path, keys: Path | None) -> Files:
    """Name the keys file, where it is not named, beside the data file."""
    return Files(data, keys or data.with_name(f"{data.name}.keys"))


def custody(ring: Keyring) -> Custody:
    """Let a backup use the master key without holding it."""

    def unwrap(key: bytes) -> bytes | None:
        try:
            return ring.unwrap(key)
        except KeyUnusable:
            return None

    return Custody(ring.fingerprint, ring.wrap, unwrap)


def back_up(
    session: Session,
    ring: Keyring,
    to: Files,
    *,
    revision: str,
    moment: datetime,
    passed: Passed = nobody,
) -> dict[str, Sum]:
    """Write the snapshot that a session reads into new files; `moment` is not after it.

    Raises: FileInTheWay, ValueUnportable.
    """
    stamp = Stamp(
        backup=secrets.token_hex(16),
        made_at=moment.astimezone(UTC).isoformat(timespec="microseconds"),
        revision=revision,
        master=ring.fingerprint,
    )
    with new_files(to.data, to.keys) as (data, keys):
        return backup.back_up(
            session,
            LAYOUTS,
            data=data,
            keys=keys,
            stamp=stamp,
            custody=custody(ring),
            new_key=new_secret,
            passed=passed,
        )


@dataclass(slots=True)
class Restored:
    """What came of a restore."""

    header: Header
    found: Found
    kept: bool
    said: list[Wording] = field(default_factory=list)
    """What the steps after a restore had to say."""
    filled_at: datetime | None = None
    """When all rows were in, and their verification began."""


def restore(
    engine: Engine,
    ring: Keyring,
    source: Files,
    *,
    revision: str,
    clock: Callable[[], datetime],
    steps: Sequence[Step],
    old_ring: Keyring | None = None,
    despite: bool = False,
    passed: Passed = nobody,
) -> Restored:
    """Fill an empty database, verify it, take the steps; keep all of it, or nothing.

    Secrets are wrapped by `ring` afterwards, whatever key the backup was made with (`old_ring`).
    Where the books do not verify, nothing is kept, unless they are wanted `despite` it.

    Raises: those of `backup.restore`.
    """
    opener = old_ring or ring
    with (
        source.data.open("rb") as data,
        source.keys.open("rb") as keys,
        sessions.writing(engine, ring) as session,
        session.begin() as transaction,
    ):
        opened = sealed.open_file(data)
        backup.restore(
            session,
            LAYOUTS,
            data=opened,
            keys=sealed.open_file(keys),
            revision=revision,
            custody=custody(opener),
            passed=passed,
        )
        if opener.master_key != ring.master_key:
            master_key.turn(session, [opener], ring)
        filled_at = clock()
        found = verify(session)
        restored = Restored(opened.header, found, found.clean or despite, filled_at=filled_at)
        if restored.kept:
            aftermath = Aftermath(clock(), opened.header.made_at)
            said = [step(session, aftermath) for step in steps]
            restored.said = [each for each in said if each is not None]
            session.flush()
        else:
            transaction.rollback()
    return restored
