"""A run: read a statement chunk by chunk, hand each to a transaction, and count what came of it.

A chunk of lines is one database transaction, handed to `transact`, which commits it; a run that
was killed is simply run again, and posts only what is missing. Lines that become no entry are
problems, handed on one by one; nothing is dropped: lines = posted + existing + problems.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice, pairwise
from typing import BinaryIO, Protocol, TypeVar

from sqlalchemy.orm import Session

from ledger import money
from ledger.errors import Malformed, Wording
from ledger.imports import categories, lines
from ledger.imports.mapping import HeaderUnknown, Mapping, recognise
from ledger.imports.movements import Movement, Reader, is_account
from ledger.imports.operations.writing import Item, Target, Writer, target
from ledger.imports.problems import Problem, ProblemCode
from ledger.imports.reconciliation import reconcile
from ledger.imports.scratch import Scratch
from ledger.imports.settings import Report, Settings
from ledger.journal.outcomes import Code, Outcome

T = TypeVar("T")
Line = tuple[int, bytes, int]
"""A line: its number, its bytes, and how many bytes of the statement end with it."""


class Transact(Protocol):
    """Runs work in a transaction and commits it; it may run it again if that was undone."""

    def __call__(self, work: Callable[[Session], T]) -> T:
        """Give what the work gives, once it is durable."""
        ...


@dataclass(eq=False)
class StatementEmpty(Malformed):
    """There is not even a header."""

    code = "statement_empty"
    wording = Wording(id="Berkas kosong.", en="The file is empty.")
    hint = Wording(
        id="Unduh lagi dari bank, atau periksa skip_lines.",
        en="Download it again from the bank, or see to skip_lines.",
    )


@dataclass(eq=False)
class AccountMalformed(Malformed):
    """The account that was named for the statement cannot be one; it may name a person."""

    code = "account_malformed"
    wording = Wording(id="Itu bukan nama rekening.", en="That cannot be an account's name.")
    hint = Wording(
        id="Huruf, angka dan _ . -, paling banyak 32 huruf.",
        en="Letters, digits and _ . -, at most 32 letters.",
    )


@dataclass(eq=False)
class AccountUnnamed(Malformed):
    """The statement does not say whose it is."""

    code = "account_unnamed"
    wording = Wording(
        id="Berkas tidak menyebut rekening.", en="The statement does not name its account."
    )
    hint = Wording(id="Beri nama dengan --account.", en="Name it with --account.")


def import_statement(
    stream: BinaryIO,
    settings: Settings,
    transact: Transact,
    *,
    clock: Callable[[], datetime],
    on_problem: Callable[[Problem], object] = lambda _problem: None,
    progress: Callable[[Report], object] = lambda _report: None,
) -> Report:
    """Import a statement from a stream of bytes, plain or gzip.

    With `dry_run` every chunk is posted and undone: the report tells what a real run would do.

    Raises:
        StatementTooLarge, StatementUnreadable, StatementNotCsv, StatementEmpty, HeaderUnknown,
        ColumnMissing, AccountUnnamed, AccountMalformed, CurrencyUnknown, CurrencyDiffers,
        BookNotFound: before anything is posted.
        OpenedDifferently: a book or an account exists with other settings; what was posted before
        stays.
        NoKeyring, KeyUnusable: the session cannot key the ids of lines (docs/decisions/0009).
    """
    exponent = money.currency(settings.currency).exponent
    with lines.content_of(stream, max_bytes=settings.max_bytes) as content, Scratch() as scratch:
        numbered = lines.numbered(content.stream)
        reader, mapping = _reader(numbered, settings, exponent)
        found = transact(lambda session: target(session, settings))
        rules = (*settings.rules, *categories.default_rules())
        report = Report(size=content.size)
        run = _Run(
            settings,
            report,
            scratch,
            reader,
            mapping,
            found,
            categories.Categories(rules, found.chart),
            Writer(settings, found),
            on_problem,
            progress,
        )
        for movements in run.in_order(numbered):
            run.post(movements, transact, clock())
            progress(report)
        report.accounts = scratch.count_accounts()
        report.reconciliation = reconcile(scratch.balances(), 10**exponent)
    return report


def _reader(numbered: Iterator[Line], settings: Settings, exponent: int) -> tuple[Reader, Mapping]:
    """Read the header and make a reader of the lines below it."""
    number, line = _header(numbered, settings)
    text = line.decode(errors="replace").rstrip("\r\n")
    mapping = settings.mapping or recognise(text)
    names = lines.fields(number, line, mapping.delimiter, mapping.encoding)
    if isinstance(names, Problem):
        raise HeaderUnknown(text)
    account = settings.account or mapping.account or ""
    if mapping.account_column is None:
        if not account:
            raise AccountUnnamed
        if not is_account(account):
            raise AccountMalformed
    reader = Reader(mapping, names, source=settings.source, account=account, exponent=exponent)
    return reader, mapping


def _header(numbered: Iterator[Line], settings: Settings) -> tuple[int, bytes]:
    """Find the header: the first line with anything on it, below those the mapping skips."""
    skipped = 0 if settings.mapping is None else settings.mapping.skip_lines
    for number, line, _total in numbered:
        if number == 1:
            lines.check_form(line)
        if number > skipped and line.strip():
            return number, line
    raise StatementEmpty


def newest_first(movements: Sequence[Movement]) -> bool:
    """Tell whether days fall from line to line more often than they rise."""
    falls = rises = 0
    for before, after in pairwise(movement.day for movement in movements):
        falls += after < before
        rises += after > before
    return falls > rises


@dataclass(slots=True)
class _Run:
    """One run: where its lines go."""

    settings: Settings
    report: Report
    scratch: Scratch
    reader: Reader
    mapping: Mapping
    target: Target
    categories: categories.Categories
    writer: Writer
    on_problem: Callable[[Problem], object]
    progress: Callable[[Report], object]

    def in_order(self, numbered: Iterator[Line]) -> Iterator[list[Movement]]:
        """Give movements by chunks, each in order of dates.

        A late entry costs more than one in time, so a file of several chunks that begins with
        its newest line is put aside and turned round first.
        """
        chunks = self._chunks(numbered)
        first = next(chunks, [])
        second = next(chunks, None)
        if second is not None and newest_first(first):
            for movements in chain((first, second), chunks):
                self.scratch.keep(movements)
                self.progress(self.report)
            yield from self.scratch.kept(self.settings.chunk)
            return
        for movements in chain((first,), () if second is None else (second,), chunks):
            if newest_first(movements):
                movements.reverse()
            movements.sort(key=lambda movement: movement.day)
            yield movements

    def _chunks(self, numbered: Iterator[Line]) -> Iterator[list[Movement]]:
        """Make movements of lines; what is none becomes a problem."""
        while chunk := list(islice(numbered, self.settings.chunk)):
            movements: list[Movement] = []
            for number, line, _total in chunk:
                if line.isspace() or not line:
                    continue
                self.report.lines += 1
                row = lines.fields(number, line, self.mapping.delimiter, self.mapping.encoding)
                made = row if isinstance(row, Problem) else self.reader.movement(number, row)
                if isinstance(made, Movement):
                    movements.append(made)
                else:
                    self._problem(made)
            self.report.bytes = chunk[-1][2]
            yield movements

    def _problem(self, problem: Problem) -> None:
        """Hand a problem on; a line that moves nothing may still state a balance."""
        self.report.problems += 1
        facts = problem.facts
        if problem.code is ProblemCode.ZERO_AMOUNT and "balance" in facts:
            day = datetime.fromisoformat(str(facts["date"])).toordinal()
            stated = (str(facts["account"]), day, problem.line, 0, int(facts["balance"]))
            self.scratch.note_balances([stated])
        self.on_problem(problem)

    def post(self, movements: Sequence[Movement], transact: Transact, moment: datetime) -> None:
        """Post a chunk and count what came of it."""
        items = self._items(movements)
        if not items:
            return
        outcomes = transact(lambda session: self.writer.write(session, items, moment))
        self.writer.settle()
        accepted: list[Movement] = []
        for item, outcome in zip(items, outcomes, strict=True):
            if self._count(item, outcome):
                accepted.append(item.movement)
        self.scratch.note_accounts({movement.account for movement in accepted})
        if self.mapping.balance_column is None:
            return
        self.scratch.note_balances(
            (
                each.account,
                each.day.toordinal(),
                each.line,
                each.amount if each.inward else -each.amount,
                each.balance,
            )
            for each in accepted
        )

    def _items(self, movements: Sequence[Movement]) -> list[Item]:
        """Tell equal movements apart, and give every one its category."""
        items: list[Item] = []
        counts = self.scratch.occurrences([movement.digest for movement in movements])
        for movement, nth in zip(movements, counts, strict=True):
            account = self.target.account(movement.account)
            category = self.categories.of(movement)
            if category == account:
                self._problem(Problem(movement.line, ProblemCode.SELF_TRANSFER))
            else:
                items.append(Item(movement, nth, account, category))
        return items

    def _count(self, item: Item, outcome: Outcome) -> bool:
        """Count one outcome, and tell whether the movement is in the books."""
        report = self.report
        if not outcome.accepted:
            facts = {"outcome": outcome.code.value}
            self._problem(Problem(item.movement.line, ProblemCode.REFUSED, facts))
            return False
        if outcome.code is Code.POSTED:
            report.posted += 1
        else:
            report.existing += 1
        report.count(item.movement, item.category)
        if len(report.sample) < self.settings.sample:
            report.sample.append((item.movement, item.category))
        return True
