"""`juang export`: books as text for beancount and hledger."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

import click

from api.commands.bilingual import Usage, command, option
from api.commands.changes import changes
from api.commands.deployment import Deployment
from api.commands.parameters import NAME
from api.logs import Event
from ledger.errors import Wording
from ledger.exports import beancount, hledger, queries

WRITERS = {"beancount": beancount.parts, "hledger": hledger.parts}

_WHICH = Wording("Sebut buku, atau --all.", "Name books, or say --all.")


@command(
    "export",
    id="Ekspor ke beancount atau hledger.\n\n"
    "Yang sudah dibukukan, sebagai teks untuk program lain; yang hanya ditahan tidak ikut. "
    "Berkas berakhir dengan saldo dari buku besar, yang diperiksa program pembacanya.",
    en="Export to beancount or hledger.\n\n"
    "What is posted, as text for another program; what is only held is left out. The file ends "
    "with the ledger's balances, which the program that reads it will check.",
)
@click.argument("program", metavar="beancount|hledger", type=click.Choice(list(WRITERS)))
@click.argument("books", metavar="[BOOK]...", type=NAME, nargs=-1)
@option("--all", "all_books", is_flag=True, id="Semua buku.", en="All books.")
@option(
    "-o",
    "--output",
    "path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    id="Berkas tujuan; keluaran baku bila kosong.",
    en="File to write; the standard output by default.",
)
@click.pass_context
@changes(Event.BOOKS_EXPORTED)
def export_command(
    ctx: click.Context, program: str, books: tuple[str, ...], path: Path | None, *, all_books: bool
) -> None:
    """Export books."""
    deployment = ctx.find_object(Deployment)
    assert deployment is not None
    if bool(books) == all_books:
        raise Usage(_WHICH, ctx)
    with deployment.reading() as session:
        chosen = queries.chosen(session, books)
        deployment.facts |= {"what": program, "books": len(books) or None}
        with opened(path) as out:
            out.writelines(WRITERS[program](chosen, deployment.language))
            out.flush()


@contextmanager
def opened(path: Path | None) -> Iterator[TextIO]:
    """Open the output: a file appears only once it is whole, and only its owner can read it."""
    if path is None:
        yield sys.stdout
        return
    if path.exists() and not path.is_file():  # a device, a pipe: written as it comes
        with path.open("w", encoding="utf-8") as out:
            yield out
        return
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(handle, "w", encoding="utf-8") as out:  # noqa: PTH123 - of a handle
            yield out
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)  # noqa: PTH108 - by the name that mkstemp gave
        raise
