"""`juang import`: the statement of a bank, or of a whole bank, into books."""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final, TextIO, TypeVar

import click
from sqlalchemy.orm import Session, sessionmaker

from api.commands import output
from api.commands.bilingual import command, option
from api.commands.changes import changes
from api.commands.deployment import Deployment
from api.commands.parameters import NAME, Text, format_option
from api.logs import Event
from ledger import money
from ledger.errors import Wording
from ledger.imports.categories import parse_rules
from ledger.imports.mapping import parse_mapping
from ledger.imports.operations import Report as Found
from ledger.imports.operations import Settings, import_statement
from ledger.imports.problems import Problem
from ledger.reports import queries, sheet
from ledger.reports.report import Amount, Column, Ending, Fact, Kind, Note, Report, Row
from ledger.reports.writing import with_currency

SHOWN: Final = 30
"""Problems that are shown; `--problems` has them all."""

T = TypeVar("T")


@contextmanager
def _few_collections() -> Iterator[None]:
    """Keep the garbage collector out of the way of a batch job.

    A statement makes millions of values and no circles; the collector would walk all of them
    again and again and find nothing (a fifth of the time of an import).
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


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
    id="Mata uang berkas; milik buku, atau IDR.",
    en="Currency of the file; the book's, or IDR.",
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
        stream = stack.enter_context(file.open("rb"))
        read = None if mapping is None else parse_mapping(_text(mapping))
        sessions = deployment.sessions(texts=True)
        code = currency or (read.currency if read else None) or _currency_of(sessions, into)
        settings = Settings(
            currency=money.currency(code).code,
            source=source,
            tenant=tenant,
            into=into,
            account=account,
            mapping=read,
            rules=() if rules is None else parse_rules(_text(rules), code),
            time_zone=time_zone,
            actor=deployment.actor,
            dry_run=preview,
        )
        noted = _Problems(deployment)
        if problems is not None:
            noted.file = stack.enter_context(problems.open("w", encoding="utf-8", newline=""))
        tell = stack.enter_context(_progress(file))
        stack.enter_context(_few_collections())
        found = import_statement(
            stream,
            settings,
            _Transact(sessions),
            clock=deployment.now,
            on_problem=noted.add,
            progress=tell,
        )
    deployment.facts |= {
        "lines": found.lines,
        "posted": found.posted,
        "existing": found.existing,
        "problems": found.problems,
        "accounts": found.accounts,
        "dry_run": preview,
    }
    output.show(report(found, settings), form, deployment.language)
    if form == "text":
        noted.show()


def _text(path: Path) -> str:
    """Read a small text file; what is not UTF-8 will not be understood."""
    return path.read_text(encoding="utf-8", errors="replace")


def _currency_of(sessions: sessionmaker[Session], into: str | None) -> str:
    if into is None:
        return "IDR"
    with sessions() as session:
        return queries.book(session, into).base_currency


@dataclass(frozen=True, slots=True)
class _Transact:
    """Runs a chunk in a transaction of its own."""

    sessions: sessionmaker[Session]

    def __call__(self, work: Callable[[Session], T]) -> T:
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

    total = None if file.suffix == ".gz" else file.stat().st_size
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[lines]:,}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(file.name, total=total, lines=0)
        yield lambda found: bar.update(task, completed=found.bytes, lines=found.lines)


@dataclass
class _Problems:
    """Notes problems: the first ones to show, all of them into a file."""

    deployment: Deployment
    file: TextIO | None = None
    first: list[Problem] = field(default_factory=list)
    count: int = 0

    def add(self, problem: Problem) -> None:
        """Note one."""
        if self.file is not None:
            if not self.count:
                self.file.write(sheet.written(["line", "code", "message"]))
            message = problem.message(self.deployment.language)
            cells = [str(problem.line), problem.code.value, sheet.harmless(message)]
            self.file.write(sheet.written(cells))
        self.count += 1
        if len(self.first) < SHOWN:
            self.first.append(problem)

    def show(self) -> None:
        """Show the first ones."""
        language = self.deployment.language
        for problem in islice(self.first, SHOWN):
            label = Wording("baris", "line").in_language(language)
            click.echo(f"{label} {problem.line}: {problem.message(language)}")
        more = self.count - len(self.first)
        if more:
            told = Wording(
                f"… dan {more} lagi; --problems BERKAS menulis semuanya.",
                f"… and {more} more; --problems FILE writes them all.",
            )
            click.echo(told.in_language(language))


def report(found: Found, settings: Settings) -> Report:
    """Sum up an import: how many lines became what, and how the balances compare."""
    title = Wording("Hasil impor", "What was imported")
    if settings.dry_run:
        title = Wording("Percobaan impor: tidak ada yang disimpan", "A trial: nothing was kept")
    period = Wording("-", "-")
    if found.first_day is not None and found.last_day is not None:
        period = Wording(
            f"{found.first_day} s.d. {found.last_day}", f"{found.first_day} to {found.last_day}"
        )
    return Report(
        name="import",
        title=title,
        facts=(
            Fact("lines", found.lines, Wording("Baris", "Lines")),
            Fact("posted", found.posted, Wording("Dibukukan", "Posted")),
            Fact("existing", found.existing, Wording("Sudah ada", "There already")),
            Fact("problems", found.problems, Wording("Bermasalah", "With problems")),
            Fact("accounts", found.accounts, Wording("Rekening", "Accounts")),
            Fact("currency", settings.currency, Wording("Mata uang", "Currency")),
            Fact("from", found.first_day),
            Fact("until", found.last_day),
            Fact("", period, Wording("Periode", "Period")),
        ),
        columns=(
            Column("account", Wording("Kategori", "Category"), flexes=True),
            Column("count", Wording("Baris", "Lines"), right=True),
        ),
        rows=[
            Row({"account": account, "count": count}, Kind.LINE)
            for account, count in sorted(found.categories.items(), key=lambda pair: -pair[1])
        ],
        ending=lambda: _reconciled(found, settings.currency),
    )


def _reconciled(found: Found, currency: str) -> Ending:
    """Compare the statement's own balances with ours."""
    compared = found.reconciliation
    if not compared.account_days:
        return Ending()
    worst = Amount(compared.worst, currency)
    told = Wording(
        f"Saldo harian: {compared.within_a_unit} dari {compared.account_days} sama (selisih paling "
        f"banyak satu {currency}).",
        f"Daily balances: {compared.within_a_unit} of {compared.account_days} agree (at most one "
        f"{currency} apart).",
    )
    if compared.worst:
        where = f"{compared.worst_account} {compared.worst_day}"
        told = Wording(
            f"{told.id} Selisih terbesar {with_currency(worst, 'id')} ({where}).",
            f"{told.en} The largest difference is {with_currency(worst, 'en')} ({where}).",
        )
    return Ending(
        (
            Fact("account_days", compared.account_days),
            Fact("within_a_unit", compared.within_a_unit),
            Fact("worst", worst),
            Fact("worst_account", compared.worst_account),
            Fact("worst_day", compared.worst_day),
        ),
        (
            Note(
                told,
                good=compared.worst == 0 or None,
            ),
        ),
    )
