"""A backup: one snapshot in two files, the books in one and the secrets that open them in another.

Each part is a file of its own (`sealed`), so that the keys can be kept elsewhere and destroyed
sooner. Secrets are only ever added or emptied; so a keys file serves every data file that is
not newer than itself, and whoever keeps only the newest one has erased, in all backups, what was
erased in the books. An older keys file is refused: it would bring back what was erased.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy.orm import Session

from ledger.db.transfer import sealed, stream
from ledger.db.transfer.blocks import Block, Sum, told
from ledger.db.transfer.layout import Layout, described
from ledger.db.transfer.sealed import BackupAltered, Header, Opened
from ledger.errors import Malformed, Refused, Wording

DATA, KEYS = "data", "keys"


@dataclass(eq=False)
class BackupPartDiffers(Malformed):
    """A data file was given for a keys file, or the other way round."""

    code = "backup_part_differs"
    wording = Wording(
        "Yang diperlukan berkas “{needed}”, yang diberikan “{found}”.",
        "A “{needed}” file is needed, and this is a “{found}” file.",
    )
    hint = Wording(
        "Cadangan terdiri dari dua berkas: data, dan kunci (--keys).",
        "A backup is two files: the data, and the keys (--keys).",
    )
    needed: str
    found: str


@dataclass(eq=False)
class BackupSchemaDiffers(Refused):
    """The backup is of another schema than this version's."""

    code = "backup_schema_differs"
    wording = Wording(
        "Cadangan ini berskema {found}; versi ini berskema {needed}.",
        "This backup has schema {found}; this version has schema {needed}.",
    )
    hint = Wording(
        "Pulihkan dengan versi yang membuatnya, lalu `juang db migrate` dengan versi ini.",
        "Restore it with the version that made it, then `juang db migrate` with this one.",
    )
    found: str
    needed: str


@dataclass(eq=False)
class BackupKeyDiffers(Refused):
    """The files were made under another master key."""

    code = "backup_key_differs"
    wording = Wording(
        "Cadangan ini dibuat dengan kunci {needed}, bukan {given}.",
        "This backup was made with the key {needed}, not {given}.",
    )
    hint = Wording(
        "Tunjuk kunci waktu itu dengan --old-key.", "Name the key of that time by --old-key."
    )
    needed: str
    given: str


@dataclass(eq=False)
class BackupKeysOlder(Refused):
    """The keys file is older than the data file: it lacks keys, and has some since destroyed."""

    code = "backup_keys_older"
    wording = Wording(
        "Berkas kunci ({keys}) lebih tua daripada berkas data ({data}).",
        "The keys file ({keys}) is older than the data file ({data}).",
    )
    hint = Wording(
        "Pakai berkas kunci dari cadangan yang sama, atau yang lebih baru.",
        "Use the keys file of the same backup, or a newer one.",
    )
    keys: str
    data: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells one backup from another."""

    backup: str
    made_at: str
    revision: str
    master: str


@dataclass(frozen=True, slots=True)
class Custody:
    """What a master key does for a backup, without being handed over."""

    fingerprint: str
    wrap: Callable[[bytes], bytes]
    unwrap: Callable[[bytes], bytes | None]
    """Gives None for what this master key did not wrap."""


def back_up(
    session: Session,
    layouts: Sequence[Layout],
    *,
    data: BinaryIO,
    keys: BinaryIO,
    stamp: Stamp,
    custody: Custody,
    new_key: Callable[[], bytes],
    passed: Callable[[Block], object] = lambda _block: None,
) -> dict[str, Sum]:
    """Write the snapshot that the session reads into two files, and say what is in them.

    `new_key` gives 32 unpredictable bytes, once for each file.
    """
    sums: dict[str, Sum] = {}
    for part, file in ((DATA, data), (KEYS, keys)):
        own = new_key()
        chosen = of_part(layouts, part)
        header = Header(
            backup=stamp.backup,
            part=part,
            made_at=stamp.made_at,
            revision=stamp.revision,
            master=stamp.master,
            key=custody.wrap(own).hex(),
            tables=described(chosen),
        )
        sums |= sealed.write(file, header, own, stream.read(session, chosen), passed=passed)
    return sums


def restore(
    session: Session,
    layouts: Sequence[Layout],
    *,
    data: Opened,
    keys: Opened,
    revision: str,
    custody: Custody,
    passed: Callable[[Block], object] = lambda _block: None,
) -> None:
    """Fill an empty database from two files. What is raised leaves it to the caller to roll back.

    Raises: those of `check`, DatabaseNotEmpty, BackupAltered, BackupCutShort.
    """
    check(data.header, keys.header, layouts, revision, custody.fingerprint)
    stream.begin_filling(session, layouts)
    for part, file in ((DATA, data), (KEYS, keys)):
        own = custody.unwrap(bytes.fromhex(file.header.key))
        if own is None:  # the fingerprint is the right one, so it is the header that is not
            raise BackupAltered(0)
        stream.write(session, of_part(layouts, part), told(file.blocks(own), passed))
    stream.refresh_statistics(session, layouts)


def check(
    data: Header, keys: Header, layouts: Sequence[Layout], revision: str, fingerprint: str
) -> None:
    """Refuse files that do not belong together, or not to this version or key.

    Raises: BackupPartDiffers, BackupSchemaDiffers, BackupKeyDiffers, BackupKeysOlder.
    """
    for header, part in ((data, DATA), (keys, KEYS)):
        if header.part != part:
            raise BackupPartDiffers(part, header.part)
        if header.revision != revision:
            raise BackupSchemaDiffers(header.revision, revision)
        if header.tables != described(of_part(layouts, part)):
            raise BackupSchemaDiffers(f"{header.revision}*", revision)
        if header.master != fingerprint:
            raise BackupKeyDiffers(header.master, fingerprint)
    if keys.backup != data.backup and keys.made_at < data.made_at:
        raise BackupKeysOlder(keys.made_at, data.made_at)


def of_part(layouts: Sequence[Layout], part: str) -> list[Layout]:
    """Choose the tables of one file."""
    return [layout for layout in layouts if layout.secret is (part == KEYS)]
