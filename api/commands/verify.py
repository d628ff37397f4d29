"""`juang verify`: recompute everything that is kept beside the entries."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from api.commands import output
from api.commands.bilingual import command
from api.commands.changes import changes
from api.commands.collecting import few_collections
from api.commands.deployment import Deployment
from api.commands.parameters import NAME, format_option
from api.logs import Event
from ledger.errors import Wording
from ledger.journal.verify import Report as Found
from ledger.journal.verify import verify
from ledger.reports import queries, words
from ledger.reports.report import Column, Ending, Fact, Note, Report, Row


@command(
    "verify",
    id="Hitung ulang semua angka dan hash.\n\n"
    "Setiap saldo, saldo harian, dana ditahan dan hash diturunkan lagi dari entri. Yang "
    "berbeda disebut satu per baris, dan perintah selesai dengan kode 1.",
    en="Recompute every number and hash.\n\n"
    "Every balance, daily balance, hold and hash is derived again from the entries. What "
    "differs is named, one a line, and the command ends with code 1.",
)
@click.argument("books", metavar="[BOOK]...", type=NAME, nargs=-1)
@format_option
@click.pass_context
@changes(Event.LEDGER_VERIFIED)
def verify_command(ctx: click.Context, books: tuple[str, ...], form: str) -> None:
    """Recompute everything."""
    deployment = ctx.find_object(Deployment)
    assert deployment is not None
    with deployment.reading() as session:
        wanted = [queries.book(session, name) for name in books]
        heads = [book.head_seq for book in wanted] if books else None
        with _progress(session, heads, deployment) as tell, few_collections():
            found = verify(session, [book.id for book in wanted] if books else None, progress=tell)
        deployment.facts |= {
            "books": found.books,
            "entries": found.entries,
            "problems": len(found.problems),
        }
        names = {book.id: book.path for book in wanted}
        if found.problems and not books:
            names = {book.id: book.path for book in queries.books(session)}
    if not books:
        deployment.note_done("verify", good=found.clean)
    if form == "text":
        show_differences(found, names, deployment)
        colour = "green" if found.clean else "red"
        click.secho(conclusion(found).in_language(deployment.language), fg=colour)
    else:
        output.show(report(found, names), form, deployment.language)
    if not found.clean:
        ctx.exit(1)


@contextmanager
def _progress(
    session: Session, heads: list[int] | None, deployment: Deployment
) -> Iterator[Callable[[Found], object]]:
    """Show how far it is, on a terminal."""
    if not sys.stderr.isatty():
        yield lambda _found: None
        return
    from rich.console import Console
    from rich.progress import Progress

    total = sum(heads) if heads is not None else sum(b.head_seq for b in queries.books(session))
    with Progress(console=Console(stderr=True), transient=True) as bar:
        told = Wording("memeriksa", "verifying").in_language(deployment.language)
        task = bar.add_task(told, total=total)
        yield lambda found: bar.update(task, completed=found.entries)


def conclusion(found: Found) -> Wording:
    """Say in a sentence what was found."""
    size = Wording(
        f"{found.books} buku, {found.entries} entri, {found.postings} baris",
        f"{found.books} books, {found.entries} entries, {found.postings} lines",
    )
    if found.clean:
        return Wording(
            f"Semua cocok: {size.id} dihitung ulang.", f"All agree: {size.en} recomputed."
        )
    count = len(found.problems)
    return Wording(f"{count} PERBEDAAN dalam {size.id}.", f"{count} DIFFERENCES in {size.en}.")


def show_differences(found: Found, names: dict[int, str], deployment: Deployment) -> None:
    """Name what differs, one a line."""
    for problem in found.problems:
        book = names.get(problem.book_id, f"#{problem.book_id}")
        told = Wording(
            f"{book}: {problem.what.id}, {problem.where.id}: tersimpan {problem.stored.id}, "
            f"menurut entri {problem.derived.id}",
            f"{book}: {problem.what.en}, {problem.where.en}: stored {problem.stored.en}, "
            f"entries give {problem.derived.en}",
        )
        click.echo(told.in_language(deployment.language))


def report(found: Found, names: dict[int, str]) -> Report:
    """Make a report of the differences."""
    columns = ("book", "what", "where", "stored", "derived")
    return Report(
        name="verify",
        title=Wording("Pemeriksaan", "Verification"),
        columns=tuple(Column(key, Wording(key, key)) for key in columns),
        rows=[
            Row(
                {
                    "book": names.get(problem.book_id, f"#{problem.book_id}"),
                    "what": problem.what,
                    "where": problem.where,
                    "stored": problem.stored,
                    "derived": problem.derived,
                }
            )
            for problem in found.problems
        ],
        facts=(
            Fact("books", found.books, words.BOOK),
            Fact("entries", found.entries),
            Fact("postings", found.postings),
        ),
        ending=lambda: Ending(
            (Fact("clean", found.clean),), (Note(conclusion(found), good=found.clean),)
        ),
    )
