"""Move books from one database to another of either kind, and see that they arrived."""

from dataclasses import dataclass

from sqlalchemy import Engine

from api.operating import sessions
from api.operating.backups import Passed, nobody
from api.operating.master_key import LAYOUTS
from ledger.db.transfer import stream
from ledger.db.transfer.blocks import Sum, Tally, differing, told
from ledger.errors import Refused, Wording
from ledger.journal.keyring import Keyring
from ledger.journal.verify import Report as Found
from ledger.journal.verify import verify


@dataclass(eq=False)
class CopyDiffers(Refused):
    """What was read back is not what was written."""

    code = "copy_differs"
    wording = Wording(
        "Isi tabel {table} di tujuan berbeda dari asalnya; tidak ada yang disimpan.",
        "The table {table} arrived with other rows than it left with; nothing was kept.",
    )
    table: str


@dataclass(frozen=True, slots=True)
class Copied:
    """What came of a copy."""

    sums: dict[str, Sum]
    found: Found
    kept: bool


def copy(
    source: Engine,
    target: Engine,
    ring: Keyring | None,
    *,
    passed: Passed = nobody,
) -> Copied:
    """Fill an empty database with the books of another, compare every line, verify; all or nothing.

    Raises: DatabaseNotEmpty, ValueUnportable, CopyDiffers.
    """
    with (
        sessions.writing(target, ring) as writing,
        writing.begin() as transaction,
    ):
        stream.begin_filling(writing, LAYOUTS)
        leaving = Tally()
        with sessions.reading(source) as reading:
            rows = leaving.passing(stream.read(reading, LAYOUTS))
            stream.write(writing, LAYOUTS, told(rows, passed))
        stream.refresh_statistics(writing, LAYOUTS)
        for table in differing(leaving.sums(), stream.sums(writing, LAYOUTS)):
            raise CopyDiffers(table)
        found = verify(writing)
        if not found.clean:
            transaction.rollback()
        return Copied(leaving.sums(), found, found.clean)
