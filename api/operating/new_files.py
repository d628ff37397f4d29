"""Files that appear whole under their names, or not at all, and never over another."""

import errno
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from api.commands.key_files import keep_names
from ledger.errors import Refused, Wording

_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
"""What a file system says that knows no second name for a file, as on memory sticks."""


@dataclass(eq=False)
class FileInTheWay(Refused):
    """A file of this name is there, and nothing is written over it."""

    code = "file_in_the_way"
    wording = Wording("Berkas {path} sudah ada.", "There is a file {path} already.")
    hint = Wording("Pilih nama lain.", "Choose another name.")
    path: str


@contextmanager
def new_files(*paths: Path) -> Iterator[list[BinaryIO]]:
    """Open files for writing; they get their names at the end, the last one first.

    Raises: FileInTheWay.
    """
    for path in paths:
        if path.exists():
            raise FileInTheWay(str(path))
    partial = [path.with_name(f"{path.name}.partial-{os.getpid()}") for path in paths]
    try:
        with ExitStack() as stack:
            files = [stack.enter_context(_open(path)) for path in partial]
            yield files
            for file in files:
                file.flush()
                os.fsync(file.fileno())
        for path, written in reversed([*zip(paths, partial, strict=True)]):
            _name(written, path)
            keep_names(path.parent)
    finally:
        for path in partial:
            with suppress(FileNotFoundError):
                path.unlink()


def _open(path: Path) -> BinaryIO:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return open(handle, "wb")  # noqa: PTH123 - of a handle, which Path cannot open


def _name(written: Path, path: Path) -> None:
    try:
        os.link(written, path)
    except FileExistsError as error:
        raise FileInTheWay(str(path)) from error
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        written.rename(path)
