"""`juang post`: intents from JSON lines into the books, one outcome a line."""

import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import click
from sqlalchemy.orm import Session

from api.commands import intent_lines
from api.commands.bilingual import command, option
from api.commands.changes import changes
from api.commands.deployment import Deployment
from api.commands.intent_lines import Read
from api.commands.outcome_words import sentence, told_facts, written_facts
from api.commands.parameters import format_option
from api.logs import Event
from ledger.books import queries as books
from ledger.db import undone
from ledger.errors import Language, LedgerError, Wording
from ledger.journal import operations
from ledger.journal.intents import Intent
from ledger.journal.outcomes import Code, Outcome
from ledger.journal.queue import PostingQueue
from ledger.reports import queries as reports
from ledger.reports import sheet
from ledger.reports.writing import printable

AT_ONCE: Final = 1_000
"""Intents of one batch; a bundle is never divided."""

Poster = Callable[[list[Intent]], list[Outcome]]

_COLUMNS: Final = ("line", "book", "id", "code", "entry", "effective_date", "replayed", "facts")
_MALFORMED: Final = Wording(
    "Tidak ada yang dibukukan: {count} baris bermasalah.",
    "Nothing was posted: {count} lines have problems.",
)
_DRY: Final = Wording("Percobaan saja, tidak ada yang disimpan: ", "A trial, nothing is kept: ")


@command(
    "post",
    id="Bukukan entri dari berkas JSON.\n\n"
    "FILE berisi satu objek JSON per baris (docs/cli.md), `-` berarti masukan baku. Bila ada "
    "baris yang tidak terbaca, tidak satu pun dibukukan. Setiap baris mendapat satu hasil; "
    "mengulang berkas yang sama tidak mengubah apa-apa.",
    en="Post entries from a file of JSON lines.\n\n"
    "FILE has one JSON object a line (docs/cli.md), `-` is the standard input. If a line cannot "
    "be read, none is posted. Each line gets one outcome; repeating the same file changes "
    "nothing.",
)
@click.argument("file", metavar="FILE")
@option("--dry-run", is_flag=True, id="Coba saja; tidak disimpan.", en="Only try; nothing is kept.")
@format_option
@click.pass_context
@changes(Event.ENTRIES_POSTED)
def post_command(ctx: click.Context, file: str, form: str, *, dry_run: bool) -> None:
    """Post a file."""
    deployment = ctx.find_object(Deployment)
    assert deployment is not None
    deployment.facts["dry_run"] = dry_run
    with _opened(file) as lines:
        sessions = deployment.sessions(texts=True)
        with sessions() as session:
            names = _Names(session)
            shown = _Shown(form, deployment.language, names.paths)
            deployment.facts["counts"] = shown.counts
            for each in intent_lines.read(lines, names.find):
                shown.problem(each)
        if shown.problems:
            deployment.facts["problems"] = shown.problems
            told = _MALFORMED.in_language(deployment.language)
            click.echo(told.format(count=shown.problems), err=True)
            ctx.exit(1)
        lines.seek(0)
        if dry_run:
            with sessions() as session, session.begin(), undone(session):
                _post_all(lines, names, shown, _trial(session, deployment))
        else:
            queue = PostingQueue(sessions, clock=deployment.now)
            try:
                _post_all(
                    lines, names, shown, lambda sent: queue.submit(sent, actor=deployment.actor)
                )
            finally:
                queue.close()
    shown.finish(dry_run=dry_run)
    if shown.refused:
        ctx.exit(1)


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    """Open a file that can be read twice: the standard input is copied first."""
    if file != "-":
        with Path(file).open("rb") as found:
            if found.seekable():
                yield found
                return
            source = found
            yield from _copied(source)
        return
    yield from _copied(sys.stdin.buffer)


def _copied(source: BinaryIO) -> Iterator[BinaryIO]:
    with tempfile.SpooledTemporaryFile(max_size=8_000_000) as copy:
        shutil.copyfileobj(source, copy)
        copy.seek(0)
        yield cast("BinaryIO", copy)


@dataclass
class _Names:
    """Books by the names that the file gives them, each looked up once."""

    session: Session
    ids: dict[str, int] = field(default_factory=dict)
    paths: dict[int, str] = field(default_factory=dict)

    def find(self, name: str) -> int:
        """Give the id of a book.

        Raises: BookNotFound, BookAmbiguous.
        """
        found = self.ids.get(name)
        if found is None:
            if not name.isprintable():
                raise books.BookNotFound(name)
            book = reports.book(self.session, name)
            found = self.ids[name] = book.id
            self.paths[found] = book.path
        return found


def _trial(session: Session, deployment: Deployment) -> Poster:
    """Post in a transaction that will be undone: later lines see earlier ones."""

    def post(sent: list[Intent]) -> list[Outcome]:
        return operations.post(session, sent, actor=deployment.actor, recorded_at=deployment.now())

    return post


def _post_all(lines: BinaryIO, names: _Names, shown: "_Shown", post: Poster) -> None:
    """Post batch by batch, and show each outcome once its batch is in the books."""
    batch: list[Read] = []
    for each in intent_lines.read(lines, names.find):
        if each.intent is None:
            raise _changed(each)
        if len(batch) >= AT_ONCE and not _same_bundle(batch[-1], each):
            shown.outcomes(batch, post([read.intent for read in batch if read.intent]))
            batch = []
        batch.append(each)
    if batch:
        shown.outcomes(batch, post([read.intent for read in batch if read.intent]))


def _same_bundle(last: Read, this: Read) -> bool:
    assert last.intent is not None
    assert this.intent is not None
    return this.intent.bundle is not None and this.intent.bundle == last.intent.bundle


def _changed(read: Read) -> LedgerError:
    """Complain of a file that was altered between its two readings."""
    assert read.problem is not None
    return read.problem


@dataclass
class _Shown:
    """What has been shown so far."""

    form: str
    language: Language
    paths: dict[int, str]
    problems: int = 0
    refused: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def problem(self, read: Read) -> None:
        """Show what is wrong with a line, if something is."""
        if read.problem is None:
            return
        self.problems += 1
        self._head()
        message = read.problem.message(self.language)
        if self.form == "json":
            self._json({"line": read.line, "code": read.problem.code, "message": message})
        elif self.form == "csv":
            self._csv({"line": read.line, "code": read.problem.code, "facts": message})
        else:
            click.echo(f"{read.line:>6}  {message}")

    def outcomes(self, batch: list[Read], found: list[Outcome]) -> None:
        """Show what became of the lines of a batch."""
        for read, outcome in zip(batch, found, strict=True):
            self.counts[outcome.code.value] += 1
            self.refused += not outcome.accepted
            self._head()
            self._outcome(read, outcome)

    def _head(self) -> None:
        if self.form == "csv" and self.problems + self.counts.total() == 1:
            self._csv({name: name for name in _COLUMNS})

    def _outcome(self, read: Read, outcome: Outcome) -> None:
        cells: dict[str, Any] = {
            "line": read.line,
            "book": self.paths.get(outcome.book_id),
            "id": outcome.id.hex(),
            "code": outcome.code.value,
            "entry": outcome.seq,
            "effective_date": outcome.effective_date and outcome.effective_date.isoformat(),
            "replayed": outcome.replayed,
            "facts": dict(outcome.facts),
        }
        if self.form == "json":
            self._json(cells)
        elif self.form == "csv":
            self._csv(cells | {"facts": written_facts(outcome.facts)})
        else:
            click.echo(self._sentence(read, outcome))

    def _sentence(self, read: Read, outcome: Outcome) -> str:
        told = sentence(outcome.code).in_language(self.language)
        path = self.paths.get(outcome.book_id, "")
        if outcome.accepted:
            return f"{read.line:>6}  {told:<12}  {path} #{outcome.seq}  {outcome.effective_date}"
        assert read.intent is not None
        facts = printable(told_facts(read.intent, outcome.facts, self.language))
        refused = Wording("DITOLAK", "REFUSED").in_language(self.language)
        return f"{read.line:>6}  {refused:<12}  {path}  {told} [{outcome.code}] {facts}".rstrip()

    def _json(self, cells: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(cells, ensure_ascii=False) + "\n")

    def _csv(self, cells: dict[str, Any]) -> None:
        values = ("" if cells.get(name) is None else cells[name] for name in _COLUMNS)
        sys.stdout.write(sheet.written(sheet.harmless(str(value)) for value in values))

    def finish(self, *, dry_run: bool) -> None:
        """Sum up, for people."""
        if self.form != "text":
            return
        parts = [
            f"{count} {sentence(Code(code)).in_language(self.language)}"
            for code, count in self.counts.most_common()
        ]
        nothing = Wording("tidak ada entri", "no entries").in_language(self.language)
        dry = _DRY.in_language(self.language) if dry_run else ""
        click.echo(f"{dry}{', '.join(parts) or nothing}.")
