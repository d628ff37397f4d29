"""Key files: 32 random bytes that only their owner may read, never written over."""

import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import Malformed, NotFound, Refused, Wording
from ledger.journal.keyring import SECRET_BYTES


@dataclass(eq=False)
class KeyFileExposed(Refused):
    """Others can read the key of all texts."""

    code = "key_file_exposed"
    wording = Wording(
        "Berkas kunci {path} dapat dibaca orang lain.", "Others can read the key file {path}."
    )
    hint = Wording("chmod 600 berkas itu.", "chmod 600 that file.")
    path: str


@dataclass(eq=False)
class KeyFileMalformed(Malformed):
    """The file is no key."""

    code = "key_file_malformed"
    wording = Wording(
        "{path} bukan berkas kunci: isinya harus tepat 32 bita.",
        "{path} is not a key file: it must hold exactly 32 bytes.",
    )
    path: str


@dataclass(eq=False)
class KeyFileMissing(NotFound):
    """The database has texts that another key opens; a new one would only hide that."""

    code = "key_file_missing"
    wording = Wording(
        "Berkas kunci {path} tidak ada, padahal basis data ini sudah menyimpan teks.",
        "The key file {path} is missing, and this database holds texts already.",
    )
    hint = Wording(
        "Tunjuk berkas yang benar dengan --key-file.", "Name the right file by --key-file."
    )
    path: str


@dataclass(eq=False)
class KeyFileNotFound(NotFound):
    """What is asked for cannot be done without the key."""

    code = "key_file_not_found"
    wording = Wording("Berkas kunci {path} tidak ada.", "There is no key file {path}.")
    hint = Wording(
        "Tunjuk berkasnya dengan --key-file, atau buat dengan `juang init`.",
        "Name it by --key-file, or make one with `juang init`.",
    )
    path: str


@dataclass(eq=False)
class RotationUnfinished(Refused):
    """A new key lies beside the key: only the rotation knows which of them opens the secrets."""

    code = "rotation_unfinished"
    wording = Wording(
        "Penggantian kunci {path} sedang berjalan atau terputus.",
        "A rotation of the key {path} is under way, or was interrupted.",
    )
    hint = Wording("Selesaikan dengan `juang keys rotate`.", "Finish it with `juang keys rotate`.")
    path: str


def new_secret() -> bytes:
    """Draw the secret of a subject's texts."""
    return secrets.token_bytes(SECRET_BYTES)


def read_key(path: Path) -> bytes | None:
    """Read a key file that nobody else can read; None where there is none.

    Raises: KeyFileExposed, KeyFileMalformed.
    """
    try:
        with path.open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise KeyFileExposed(str(path))
            key = file.read(SECRET_BYTES + 1)
    except FileNotFoundError:
        return None
    if len(key) != SECRET_BYTES:
        raise KeyFileMalformed(str(path))
    return key


def pending(path: Path) -> Path:
    """Say where the next key lies while the old one is being replaced."""
    return path.with_name(f"{path.name}.new")


def make_key(path: Path) -> bytes:
    """Write a new key that only its owner can read, and never over another one."""
    key = secrets.token_bytes(SECRET_BYTES)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "wb") as file:  # noqa: PTH123 - of a handle, which Path cannot open
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    keep_names(path.parent)
    return key


def keep_names(folder: Path) -> None:
    """See that what was named, renamed or removed in a folder outlives a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
