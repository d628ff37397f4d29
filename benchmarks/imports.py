"""`juang import` of a statement into SQLite, a book per account, and `juang verify` after it.

The statement is made up by seed in the shape of a real one; where the shared folder lies beside
the project, the real one is brought in too. The whole program is timed, its start included.
"""

import csv
import gzip
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, text

from .figures import Figure
from .places import Bench

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT.parent / "shared" / "data" / "bank-ledger-1993-94.csv.gz"
IMPORT_S, VERIFY_S = 6.0, 3.0
_FIRST = date(1993, 1, 1)
_KINDS = ("income_cash", "transfer_in", "interest", "withdrawal", "transfer_out", "fee")
_JUANG = "import sys; from api.cli import main; sys.exit(main())"


def run(bench: Bench) -> Iterator[Figure]:
    """Bring in the made-up statement, and the real one where it is."""
    made = bench.folder / "statement.csv.gz"
    _write(made, bench.size(50_000, 1_000), accounts=bench.size(1_250, 25), days=475)
    yield from _measure(bench, "made up", made)
    if REAL.exists() and not bench.quick:
        yield from _measure(bench, "real", REAL)


def _write(path: Path, lines: int, *, accounts: int, days: int) -> None:
    """Make up a statement: lines in order of days, each with the balance after it."""
    chance = random.Random(8)
    balances = [0] * accounts
    with gzip.open(path, "wt", encoding="ascii", compresslevel=6) as file:
        file.write("account_id,date,direction,kind,amount,balance\n")
        for number in range(lines):
            day = _FIRST + timedelta(days=number * days // lines)
            account = chance.randrange(accounts)
            amount, at = chance.randint(1, 50_000), chance.randrange(len(_KINDS))
            inward = at < 3
            balances[account] += amount if inward else -amount
            way = "in" if inward else "out"
            file.write(f"{account + 1},{day},{way},{_KINDS[at]},{amount}.0,{balances[account]}.0\n")


@dataclass(frozen=True, slots=True)
class _Run:
    """Seconds of one run of the program: by the clock, and of its processor."""

    wall: float
    worked: float


def _measure(bench: Bench, what: str, path: Path) -> Iterator[Figure]:
    """Import into new databases, then verify; a repeat into the first must add nothing."""
    imports: list[_Run] = []
    verifies: list[_Run] = []
    reading, lines = _read(path)
    entries = 0
    for number in range(bench.size(3, 1)):
        name = f"import_{what.replace(' ', '_')}_{number}"
        engine = bench.sqlite.new(name)
        address = str(engine.url)
        engine.dispose()
        bring = ("import", str(path), "--currency", "CZK", "--source", "bench")
        imports.append(_juang(address, *bring))
        entries = _count(engine)
        if number == 0:
            _juang(address, *bring)
            assert _count(engine) == entries > 0, "a repeat posted"
        verifies.append(_juang(address, "verify"))
    for verb, runs, limit in (("import", imports, IMPORT_S), ("verify", verifies, VERIFY_S)):
        yield Figure(
            what=f"{verb} sqlite, {what} statement of {lines:,} lines",
            ours=median(run.wall for run in runs),
            limit=reading,
            against="reading the file",
            unit="s",
            target=limit,
            at_most=True,
            absolute=True,
            python_us=median(run.worked for run in runs) / lines * 1e6,
            per="line",
            note=f"{entries:,} entries",
        )


def _juang(address: str, *arguments: str) -> _Run:
    """Run the program on a database. Lines with problems are no failure of a run: 0 or 1."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", _JUANG, "--db", address, "--language", "en", *arguments],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    allowed = (0, 1) if arguments[0] == "import" else (0,)
    assert done.returncode in allowed, done.stdout[-2_000:] + done.stderr[-2_000:]
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return _Run(wall, worked)


def _count(engine: Engine) -> int:
    """Count the entries there are."""
    with engine.connect() as connection:
        found = int(connection.execute(text("SELECT count(*) FROM entry")).scalar_one())
    engine.dispose()
    return found


def _read(path: Path) -> tuple[float, int]:
    """Read and split every line: the seconds it took, and the lines below the header."""
    start = time.perf_counter()
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        count = sum(1 for _row in csv.reader(file)) - 1
    return time.perf_counter() - start, count
