"""`juang import`: the statement of a bank, or of a whole bank, into books."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

import click
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from api.commands import output
from api.commands.bilingual import command, option
from api.commands.changes import changes
from api.commands.collecting import few_collections
from api.commands.deployment import Deployment
from api.commands.import_reports import Problems, report
from api.commands.parameters import NAME, Text, format_option
from api.logs import Event
from ledger import money
from ledger.db.engine import TRANSIENT
from ledger.errors import Refused, Wording
from ledger.imports.categories import parse_rules
from ledger.imports.mapping import Mapping, parse_mapping
from ledger.imports.operations import Report as Found
from ledger.imports.operations import Settings, import_statement, known_currency

DEFAULT_CURRENCY: Final = "IDR"
"""Of a statement that names none and goes to new books; the report says so."""

MOST_ATTEMPTS: Final = 4
"""How often a chunk is tried that another import came into."""

T = TypeVar("T")


@command(
    "import",
    id="Impor mutasi bank dari CSV.\n\n"
    "FILE adalah CSV, boleh gzip, dengan judul kolom yang dikenal atau dijelaskan oleh --map. "
    "Tanpa --into setiap rekening mendapat bukunya sendiri. Setiap baris dibukukan tepat "
    "sekali, juga bila perintah diulang atau terputus; yang bermasalah disebut per baris.",
    en="Import a bank statement from CSV.\n\n"
    "FILE is CSV, plain or gzip, with columns that are known or described by --map. Without "
    "--into each account gets a book of its own. Every line is posted exactly once, also when "
    "the command is repeated or interrupted; lines with problems are listed.",
)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@option(
    "--map",
    "mapping",
    type=click.Path(path_type=Path),
    metavar="TOML",
    id="Arti kolom.",
    en="What the columns mean.",
)
@option(
    "--rules",
    type=click.Path(path_type=Path),
    metavar="TOML",
    id="Aturan kategori.",
    en="Rules that assign categories.",
)
@option(
    "--into", type=NAME, metavar="BOOK", id="Semuanya ke buku ini.", en="All of it into this book."
)
@option(
    "--currency",
    metavar="CODE",
    id="Mata uang berkas, bila bukan milik bukunya.",
    en="Currency of the file, if not that of its books.",
)
@option(
    "--source",
    type=Text(32),
    default="statement",
    show_default=True,
    metavar="NAME",
    id="Asal berkas, bagian dari jati diri baris.",
    en="Where it comes from: part of a line's identity.",
)
@option(
    "--account",
    type=Text(32),
    metavar="NAME",
    id="Rekeningnya, bila berkas tidak menyebut.",
    en="The account, where the file names none.",
)
@option(
    "--tenant",
    type=Text(64),
    default="import",
    show_default=True,
    metavar="NAME",
    id="Pengelola buku baru.",
    en="Operator of new books.",
)
@option(
    "--time-zone",
    default="Asia/Jakarta",
    show_default=True,
    metavar="ZONE",
    id="Zona waktu buku baru.",
    en="Time zone of new books.",
)
@option("--preview", is_flag=True, id="Coba saja; tidak disimpan.", en="Only try; nothing is kept.")
@option(
    "--problems",
    type=click.Path(path_type=Path),
    metavar="CSV",
    id="Tulis semua masalah ke berkas ini.",
    en="Write all problems to this file.",
)
@format_option
@click.pass_obj
@changes(Event.STATEMENT_IMPORTED)
def import_command(
    deployment: Deployment,
    file: Path,
    mapping: Path | None,
    rules: Path | None,
    into: str | None,
    currency: str | None,
    source: str,
    account: str | None,
    tenant: str,
    time_zone: str,
    problems: Path | None,
    form: str,
    *,
    preview: bool,
) -> None:
    """Import a statement."""
    with ExitStack() as stack:
        stream = stack.enter_context(_opened(file))
        read = None if mapping is None else parse_mapping(_text(mapping))
        named = currency or (read.currency if read else None)
        if named is not None:
            money.currency(named)
        sessions = deployment.sessions(texts=True)
        code = named or _known_currency(sessions, into, tenant, source, account, read)
        settings = Settings(
            currency=money.currency(code or DEFAULT_CURRENCY).code,
            source=source,
            tenant=tenant,
            into=into,
            account=account,
            mapping=read,
            rules=() if rules is None else parse_rules(_text(rules), code or DEFAULT_CURRENCY),
            time_zone=time_zone,
            actor=deployment.actor,
            dry_run=preview,
        )
        noted = Problems(deployment.language)
        if problems is not None:
            if any(_same(problems, each) for each in (file, mapping, rules)):
                raise ProblemsOverwrite(str(problems))
            noted.file = stack.enter_context(problems.open("w", encoding="utf-8", newline=""))
        tell = stack.enter_context(_progress(file))
        stack.enter_context(few_collections())
        found = import_statement(
            stream,
            settings,
            _Transact(sessions),
            clock=deployment.now,
            on_problem=noted.add,
            progress=tell,
        )
    deployment.facts |= _facts(found, dry_run=preview)
    output.show(report(found, settings, assumed=code is None), form, deployment.language)
    if form == "text":
        noted.show()


def _facts(found: Found, *, dry_run: bool) -> dict[str, int | bool]:
    """Say what the log may know of an import."""
    return {
        "lines": found.lines,
        "posted": found.posted,
        "existing": found.existing,
        "problems": found.problems,
        "accounts": found.accounts,
        "dry_run": dry_run,
    }


@dataclass(eq=False)
class ProblemsOverwrite(Refused):
    """The problems would be written over what is read."""

    code = "problems_overwrite"
    wording = Wording(
        "--problems akan menimpa {path}, yang sedang dibaca.",
        "--problems would overwrite {path}, which is read.",
    )
    hint = Wording("Sebut berkas lain.", "Name another file.")
    path: str


def _same(problems: Path, other: Path | None) -> bool:
    return other is not None and problems.exists() and other.exists() and problems.samefile(other)


def _opened(file: Path) -> AbstractContextManager[BinaryIO]:
    """Open the statement; `-` is the standard input."""
    return nullcontext(sys.stdin.buffer) if str(file) == "-" else file.open("rb")


def _text(path: Path) -> str:
    """Read a small text file; what is not UTF-8 will not be understood."""
    return path.read_text(encoding="utf-8", errors="replace")


def _known_currency(
    sessions: sessionmaker[Session],
    into: str | None,
    tenant: str,
    source: str,
    account: str | None,
    mapping: Mapping | None,
) -> str | None:
    own = account or (mapping.account if mapping else None)
    if mapping is not None and mapping.account_column is not None:
        own = None
    with sessions() as session:
        return known_currency(session, into=into, tenant=tenant, source=source, account=own)


@dataclass(frozen=True, slots=True)
class _Transact:
    """Runs a chunk in a transaction of its own, again where another import came between.

    Two that open the same book, or lock books crosswise, cannot both have their way at once.
    """

    sessions: sessionmaker[Session]

    def __call__(self, work: Callable[[Session], T]) -> T:
        for _attempt in range(MOST_ATTEMPTS - 1):
            with suppress(IntegrityError, *TRANSIENT), self.sessions.begin() as session:
                return work(session)
        with self.sessions.begin() as session:
            return work(session)


@contextmanager
def _progress(file: Path) -> Iterator[Callable[[Found], object]]:
    """Show how far it is, on a terminal."""
    if not sys.stderr.isatty():
        yield lambda _found: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    known = file.suffix != ".gz" and file.is_file()
    total = file.stat().st_size if known else None
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[lines]:,}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(file.name, total=total, lines=0)
        yield lambda found: bar.update(task, completed=found.bytes, lines=found.lines)
