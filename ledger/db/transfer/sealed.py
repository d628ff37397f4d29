r"""A file of blocks, encrypted: none can be taken away, added, moved or altered.

A file is a line that says what it is, a header in clear, and frames:

    juang backup 1\n
    header length (4 bytes)   header (JSON)
    kind (1 byte)   length (4 bytes)   sealed block        … any number of times, kind 0
    kind (1 byte)   length (4 bytes)   sealed conclusion   … once, kind 1, at the very end

Numbers are big-endian. A block is compressed and then sealed by AES-256-GCM. The file has a key
of its own, drawn for it alone, which stands in the header, wrapped by the master key (RFC 3394).
So a nonce may be a frame's number and kind: taken away, moved or repeated, a frame fails. Its
associated data is the hash of everything before the first frame, so an altered header fails too.
The conclusion counts the rows of each table and has their hash; without it a file is cut short.

The header names the format, the schema, the tables with their columns, the moment, the master
key's fingerprint; nothing in it comes from the books.
"""

import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.db.transfer.blocks import Block, Sum, Tally
from ledger.errors import Malformed, Wording

FORMAT: Final = 1
MAGIC: Final = b"juang backup %d\n"
KEY_BYTES: Final = 32
LONGEST_HEADER: Final = 1024 * 1024
LONGEST_FRAME: Final = 256 * 1024 * 1024

_BLOCK, _CONCLUSION = b"\x00", b"\x01"
_LEVEL: Final = 1
"""How hard to compress: more than 1 costs twice the time and saves a tenth."""


@dataclass(eq=False)
class NotABackup(Malformed):
    """The file begins like no backup."""

    code = "not_a_backup"
    wording = Wording("Berkas ini bukan cadangan Juang.", "This file is no backup of Juang.")


@dataclass(eq=False)
class BackupFormatUnknown(Malformed):
    """The file is of a format that this version does not read."""

    code = "backup_format_unknown"
    wording = Wording(
        "Cadangan ini berformat {found}; versi ini membaca format {known}.",
        "This backup has format {found}; this version reads format {known}.",
    )
    hint = Wording(
        "Pakai versi Juang yang membuatnya.", "Use the version of Juang that has made it."
    )
    found: str
    known: int


@dataclass(eq=False)
class BackupCutShort(Malformed):
    """The file ends before its conclusion."""

    code = "backup_cut_short"
    wording = Wording(
        "Cadangan ini terpotong: akhirnya tidak ada.",
        "This backup is cut short: its end is missing.",
    )
    hint = Wording("Ambil salinan lain.", "Take another copy of it.")


@dataclass(eq=False)
class BackupAltered(Malformed):
    """A part of the file is not what was written, or not where it was written."""

    code = "backup_altered"
    wording = Wording(
        "Cadangan ini berubah atau rusak, pada bagian {frame}.",
        "This backup was altered or damaged, at part {frame}.",
    )
    hint = Wording("Ambil salinan lain.", "Take another copy of it.")
    frame: int


@dataclass(frozen=True, slots=True)
class Header:
    """What stands in clear at the beginning of a file, and is sealed with everything in it."""

    backup: str
    """The number of the backup: both its files have the same."""
    part: str
    """`data` or `keys`."""
    made_at: str
    """The moment the snapshot was taken, as ISO text in UTC."""
    revision: str
    """The schema of the database."""
    master: str
    """The fingerprint of the master key."""
    key: str
    """The file's own key, wrapped by the master key, in hex."""
    tables: Mapping[str, list[str]]
    """Columns of each table, in the order in which they are filled."""


@dataclass(slots=True)
class Opened:
    """A file whose header was read; its blocks can be read once."""

    header: Header
    _file: BinaryIO
    _bound: bytes

    def blocks(self, key: bytes) -> Iterator[Block]:
        """Give the blocks, each checked; that none is missing is known when the last has come.

        Raises: BackupAltered, BackupCutShort.
        """
        cipher, tally = AESGCM(key), Tally()
        number = 0
        while True:
            kind, content = self._frame(cipher, number)
            if kind == _CONCLUSION:
                break
            first, _, rows = content.partition(b"\n")
            yield from tally.passing([Block(**json.loads(first), lines=rows)])
            number += 1
        sums = {table: asdict(each) for table, each in tally.sums().items()}
        if self._file.read(1) or json.loads(content) != sums:
            raise BackupAltered(number)

    def _frame(self, cipher: AESGCM, number: int) -> tuple[bytes, bytes]:
        kind = _exactly(self._file, 1)
        length = int.from_bytes(_exactly(self._file, 4), "big")
        if length > LONGEST_FRAME:
            raise BackupAltered(number)
        try:
            content = cipher.decrypt(
                _nonce(number, kind), _exactly(self._file, length), self._bound
            )
        except InvalidTag as error:
            raise BackupAltered(number) from error
        return kind, zlib.decompress(content)


def write(
    file: BinaryIO,
    header: Header,
    key: bytes,
    blocks: Iterable[Block],
    *,
    passed: Callable[[Block], object] = lambda _block: None,
) -> dict[str, Sum]:
    """Write a file; `key` is its own and must never have served before. Gives what is in it."""
    head = json.dumps(asdict(header), separators=(",", ":")).encode()
    start = MAGIC % FORMAT + len(head).to_bytes(4, "big") + head
    file.write(start)
    cipher, bound, tally = AESGCM(key), hashlib.sha256(start).digest(), Tally()
    number = 0

    def put(kind: bytes, content: bytes) -> None:
        packed = zlib.compress(content, _LEVEL)
        sealed = cipher.encrypt(_nonce(number, kind), packed, bound)
        file.write(kind + len(sealed).to_bytes(4, "big"))
        file.write(sealed)

    for block in tally.passing(blocks):
        about = json.dumps({"table": block.table, "rows": block.rows})
        put(_BLOCK, about.encode() + b"\n" + block.lines)
        number += 1
        passed(block)
    sums = tally.sums()
    put(_CONCLUSION, json.dumps({table: asdict(each) for table, each in sums.items()}).encode())
    return sums


def open_file(file: BinaryIO) -> Opened:
    """Read the header of a file. Until a block was opened, nothing in it is certain.

    Raises: NotABackup, BackupFormatUnknown, BackupCutShort.
    """
    magic = file.readline(32)
    name, _, number = magic.rpartition(b" ")
    if name != MAGIC.rpartition(b" ")[0] or not (number[:-1].isdigit() and number[-1:] == b"\n"):
        raise NotABackup
    if magic != MAGIC % FORMAT:
        raise BackupFormatUnknown(number.strip().decode(), FORMAT)
    length = _exactly(file, 4)
    size = int.from_bytes(length, "big")
    if size > LONGEST_HEADER:
        raise NotABackup
    head = _exactly(file, size)
    try:
        header = Header(**_texts(json.loads(head)))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotABackup from error
    return Opened(header, file, hashlib.sha256(magic + length + head).digest())


def _texts(found: Any) -> dict[str, Any]:
    """Refuse a header whose fields are not of the kinds that are read from it."""
    tables = found.pop("tables")
    columns = [name for names in tables.values() for name in names]
    if not all(isinstance(each, str) for each in [*found.values(), *columns]):
        raise TypeError("a field of the header is no text")
    bytes.fromhex(found["key"])
    return {**found, "tables": tables}


def _nonce(number: int, kind: bytes) -> bytes:
    return number.to_bytes(11, "big") + kind


def _exactly(file: BinaryIO, size: int) -> bytes:
    found = file.read(size)
    if len(found) != size:
        raise BackupCutShort
    return found
