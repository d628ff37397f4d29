"""Replace the master key, so that at every moment one file opens everything.

1. The new key is written beside the old one, as NAME.new, and is on disk before it serves.
2. One transaction puts everything under the new key. Before its commit NAME opens everything,
   after it NAME.new does.
3. The old file gets a second name, NAME.retired-FINGERPRINT; then NAME.new takes its place.

While NAME.new is there, every other command refuses to guess. A rotation that was interrupted
is finished by the next one: a secret that the new key opens is left as it is (docs/decisions/0011).
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from api.commands.key_files import (
    KeyFileMalformed,
    KeyFileNotFound,
    RotationUnfinished,
    keep_names,
    make_key,
    new_secret,
    pending,
    read_key,
)
from api.operating import master_key, sessions
from ledger.journal.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Rotated:
    """What came of a rotation."""

    old: str
    new: str
    count: int
    retired: Path
    resumed: bool


def ring(key: bytes) -> Keyring:
    """Give the keyring of a key."""
    return Keyring(key, lambda _book, _subject: new_secret())


def rotate(engine: Engine, path: Path, also: Sequence[Keyring] = ()) -> Rotated:
    """Replace the key in a file by a new one, or finish a rotation that was interrupted.

    Secrets that the old key does not open may have been wrapped by one of `also`.

    Raises: KeyFileNotFound, RotationUnfinished (another process is at it), KeyUnusable (a secret
        that none of the keys opens; nothing was changed).
    """
    old_key = read_key(path)
    if old_key is None:
        raise KeyFileNotFound(str(path))
    old = ring(old_key)
    with _next_key(path) as (key, resumed):
        new = ring(key)
        with sessions.writing(engine) as session, session.begin():
            try:
                count = master_key.turn(session, [old, *also], new)
            except Exception:  # nothing was committed, so the new key has served nothing
                if not resumed:
                    pending(path).unlink()
                raise
        retired = path.with_name(f"{path.name}.retired-{old.fingerprint}")
        if not retired.exists():
            os.link(path, retired)
            keep_names(path.parent)
        pending(path).replace(path)
        keep_names(path.parent)
    return Rotated(old.fingerprint, new.fingerprint, count, retired, resumed)


@contextmanager
def _next_key(path: Path) -> Iterator[tuple[bytes, bool]]:
    """Make the next key, or take the one a rotation has left; one process at a time."""
    new = pending(path)
    key, resumed = None, False
    try:
        key = read_key(new)
        resumed = key is not None
    except KeyFileMalformed:  # it died while writing the key, which so has served nothing
        new.unlink()
    if key is None:
        key = make_key(new)
    with new.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RotationUnfinished(str(path)) from error
        if not new.exists() or read_key(new) != key:
            raise RotationUnfinished(str(path))
        yield key, resumed
