"""Import a statement: lines become entries, exactly once, whatever happens on the way.

A chunk of lines is one database transaction, handed to `transact`, which commits it; a run that
was killed is simply run again, and posts only what is missing. Lines that become no entry are
problems, handed on one by one; nothing is dropped: lines = posted + existing + problems.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import BinaryIO, Protocol, TypeVar

from sqlalchemy.orm import Session

from ledger import money
from ledger.books import charts
from ledger.books import operations as books
from ledger.books import queries as book_queries
from ledger.books.classes import AccountClass, BookKind, Side
from ledger.db import undone
from ledger.errors import Malformed, Refused, Wording
from ledger.imports import categories, lines
from ledger.imports.categories import Rule
from ledger.imports.mapping import Mapping, recognise
from ledger.imports.movements import Movement, Reader, slug
from ledger.imports.occurrences import Occurrences
from ledger.imports.problems import Problem, ProblemCode
from ledger.imports.reconciliation import Reconciliation
from ledger.journal import operations
from ledger.journal.intents import Intent, Post, Posting
from ledger.journal.outcomes import Code, Outcome

CHUNK = 5_000
"""Lines of one transaction."""

CHART = "household-1"
BANK = "assets:bank"

T = TypeVar("T")


class Transact(Protocol):
    """Runs work in a transaction and commits it."""

    def __call__(self, work: Callable[[Session], T]) -> T:
        """Give what the work gives, once it is durable."""
        ...


@dataclass(eq=False)
class StatementEmpty(Malformed):
    """There is not even a header."""

    code = "statement_empty"
    wording = Wording(id="Berkas kosong.", en="The file is empty.")


@dataclass(eq=False)
class AccountUnnamed(Malformed):
    """The statement does not say whose it is."""

    code = "account_unnamed"
    wording = Wording(
        id="Berkas tidak menyebut rekening.", en="The statement does not name its account."
    )
    hint = Wording(id="Beri nama dengan --account.", en="Name it with --account.")


@dataclass(eq=False)
class CurrencyDiffers(Refused):
    """The book keeps another currency than the statement."""

    code = "currency_differs"
    wording = Wording(
        id="Buku memakai {book}, berkas memakai {statement}.",
        en="The book keeps {book}, the statement {statement}.",
    )
    book: str
    statement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a statement is imported.

    `source` names where it comes from: with the content of a line it is the line's identity, so
    two files of one bank share it. Without `into` each account gets a book `<source>-<account>`
    of `tenant`; with it, all go into that book, an account below `assets:bank` each.
    """

    currency: str
    source: str = "statement"
    tenant: str = "import"
    into: str | None = None
    account: str | None = None
    mapping: Mapping | None = None
    rules: tuple[Rule, ...] = ()
    time_zone: str = "Asia/Jakarta"
    actor: str = "import"
    dry_run: bool = False
    max_bytes: int = lines.MAX_BYTES
    chunk: int = CHUNK


@dataclass(slots=True)
class Report:
    """What came of an import: lines after the header = posted + existing + problems."""

    lines: int = 0
    posted: int = 0
    existing: int = 0
    problems: int = 0
    bytes: int = 0
    accounts: set[str] = field(default_factory=set)
    first_day: date | None = None
    last_day: date | None = None
    categories: dict[str, int] = field(default_factory=dict)
    sample: list[tuple[Movement, str]] = field(default_factory=list)
    reconciliation: Reconciliation = field(default_factory=lambda: Reconciliation(1))


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
        StatementEmpty, HeaderUnknown, AccountUnnamed, CurrencyUnknown, CurrencyDiffers,
        BookNotFound: before anything is posted.
        StatementTooLarge, StatementUnreadable: what was read before is posted.
    """
    exponent = money.currency(settings.currency).exponent
    numbered = lines.numbered(lines.opened(stream), max_bytes=settings.max_bytes)
    reader = _reader(numbered, settings, exponent)
    report = Report(reconciliation=Reconciliation(10**exponent))
    with Occurrences() as occurrences:
        importer = _Importer(settings, report, occurrences, on_problem)
        while chunk := list(islice(numbered, settings.chunk)):
            movements = importer.understand(reader, chunk)
            if movements:
                moment = clock()
                transact(lambda session: importer.post(session, movements, moment))  # noqa: B023
            report.bytes = chunk[-1][2]
            progress(report)
    report.reconciliation.finish()
    return report


def _reader(
    numbered: Iterator[tuple[int, bytes, int]], settings: Settings, exponent: int
) -> Reader:
    """Read the header and make a reader of the lines below it."""
    first = next(numbered, None)
    if first is None:
        raise StatementEmpty
    text = first[1].decode(errors="replace").rstrip("\r\n")
    mapping = settings.mapping or recognise(text)
    header = lines.fields(1, text.encode(), mapping.delimiter)
    names = [] if isinstance(header, Problem) else header
    columns = mapping.columns(names)
    account = settings.account or mapping.account or ""
    if "account" not in columns and not account:
        raise AccountUnnamed
    return Reader(mapping, columns, len(names), account, exponent, {})


class _Importer:
    """One run: what it has opened already, and where its lines go."""

    def __init__(
        self,
        settings: Settings,
        report: Report,
        occurrences: Occurrences,
        on_problem: Callable[[Problem], object],
    ) -> None:
        self._settings = settings
        self._report = report
        self._occurrences = occurrences
        self._on_problem = on_problem
        self._categories = categories.Categories((*settings.rules, *categories.default_rules()))
        self._places: dict[str, tuple[int, str]] = {}
        self._opened: set[tuple[int, str]] = set()
        self._base = hashlib.sha256(f"juang/import/1\x00{settings.source}\x00".encode())

    def understand(self, reader: Reader, chunk: Sequence[tuple[int, bytes, int]]) -> list[Movement]:
        """Make movements of lines, in order of dates; what is none becomes a problem."""
        movements: list[Movement] = []
        for number, line, _total in chunk:
            if not line.strip():
                continue
            self._report.lines += 1
            row = lines.fields(number, line, reader.mapping.delimiter)
            made = row if isinstance(row, Problem) else reader.movement(number, row)
            if isinstance(made, Problem):
                self._problem(made)
            else:
                movements.append(made)
        movements.sort(key=lambda movement: movement.day)
        return movements

    def _problem(self, problem: Problem) -> None:
        self._report.problems += 1
        self._on_problem(problem)

    def post(self, session: Session, movements: Sequence[Movement], moment: datetime) -> None:
        """Post a chunk and count what came of it."""
        if self._settings.dry_run:
            places, opened = dict(self._places), set(self._opened)
            with undone(session):
                self._post(session, movements, moment)
            self._places, self._opened = places, opened
        else:
            self._post(session, movements, moment)

    def _post(self, session: Session, movements: Sequence[Movement], moment: datetime) -> None:
        self._open_places(session, movements, moment)
        sent: list[Intent] = []
        of: list[tuple[Movement, str]] = []
        for movement in movements:
            book, account = self._places[movement.account]
            category = self._categories.of(movement)
            entry_id = self._entry_id(movement)
            if category == account:
                self._problem(Problem(movement.line, ProblemCode.SELF_TRANSFER))
                continue
            self._open_category(session, book, category)
            sent.append(self._intent(movement, book, account, category, entry_id))
            of.append((movement, category))
        outcomes = operations.post(session, sent, actor=self._settings.actor, recorded_at=moment)
        for outcome, (movement, category) in zip(outcomes, of, strict=True):
            self._count(outcome, movement, category)

    def _count(self, outcome: Outcome, movement: Movement, category: str) -> None:
        report = self._report
        if not outcome.accepted:
            facts = {"outcome": outcome.code.value}
            self._problem(Problem(movement.line, ProblemCode.REFUSED, facts))
            return
        if outcome.code is Code.POSTED:
            report.posted += 1
        else:
            report.existing += 1
        report.accounts.add(movement.account)
        report.first_day = min(report.first_day or movement.day, movement.day)
        report.last_day = max(report.last_day or movement.day, movement.day)
        report.categories[category] = report.categories.get(category, 0) + 1
        if len(report.sample) < 10:
            report.sample.append((movement, category))
        report.reconciliation.add(movement)

    def _entry_id(self, movement: Movement) -> bytes:
        """Derive the id of a line from what it says, and from how often it was said before."""
        content = self._base.copy()
        content.update(
            f"{movement.account}\x1f{movement.day}\x1f{movement.inward}\x1f{movement.amount}"
            f"\x1f{movement.kind}\x1f{movement.description}\x1f{movement.balance}".encode()
        )
        digest = content.digest()[:16]
        nth = self._occurrences.next(digest)
        return hashlib.sha256(digest + nth.to_bytes(8, "big")).digest()[:16]

    def _intent(
        self, movement: Movement, book: int, account: str, category: str, entry_id: bytes
    ) -> Post:
        to, out = (account, category) if movement.inward else (category, account)
        amount, currency = movement.amount, self._settings.currency
        return Post(
            book_id=book,
            id=entry_id,
            effective_date=movement.day,
            kind=slug(movement.kind),
            narration=movement.description or None,
            postings=(
                Posting(to, Side.DEBIT, amount, currency),
                Posting(out, Side.CREDIT, amount, currency),
            ),
        )

    def _open_places(
        self, session: Session, movements: Sequence[Movement], moment: datetime
    ) -> None:
        """Open the books or accounts that the accounts of a chunk stand for."""
        fresh = sorted({m.account for m in movements} - self._places.keys())
        if not fresh:
            return
        settings = self._settings
        if settings.into is not None:
            for account in fresh:
                self._places[account] = self._open_bank_account(session, settings.into, account)
            return
        tenant = books.open_tenant(session, settings.tenant, name=settings.tenant)
        opened = books.open_books(
            session,
            [
                books.NewBook(
                    tenant=tenant,
                    ref=f"{settings.source}-{account}"[:64],
                    kind=BookKind.HOUSEHOLD,
                    name=f"{settings.source} {account}",
                    base_currency=settings.currency,
                    time_zone=settings.time_zone,
                    chart=CHART,
                )
                for account in fresh
            ],
            opened_at=moment,
        )
        for account, book in zip(fresh, opened, strict=True):
            self._places[account] = (book, BANK)

    def _open_bank_account(self, session: Session, into: str, account: str) -> tuple[int, str]:
        book = book_queries.find_book(session, into)
        if book.base_currency != self._settings.currency:
            raise CurrencyDiffers(book.base_currency, self._settings.currency)
        last = account.lower().replace(".", "_")
        if last != account:
            last = f"{last[:23]}-{hashlib.sha256(account.encode()).hexdigest()[:8]}"
        code = f"{BANK}:{last}"
        self._open(session, book.id, code, f"Rekening {account}", f"Account {account}")
        return book.id, code

    def _open_category(self, session: Session, book: int, code: str) -> None:
        """Open a category that a rule names and the chart does not know."""
        if (book, code) in self._opened:
            return
        if charts.chart(CHART).by_code(code) is None or self._settings.into is not None:
            name = code.rpartition(":")[2].replace("_", " ").capitalize()
            self._open(session, book, code, name, name)
        self._opened.add((book, code))

    def _open(self, session: Session, book: int, code: str, name_id: str, name_en: str) -> None:
        chart = charts.chart(book_queries.lock(session, book).chart)
        if chart.by_code(code) is not None:
            return
        books.open_account(
            session,
            book,
            code=code,
            name_id=name_id,
            name_en=name_en,
            account_class=class_of(code),
            currency=self._settings.currency,
        )


def class_of(code: str) -> AccountClass:
    """Tell the class of an account by the first word of its code.

    Raises:
        RulesMalformed: the code begins with no class.
    """
    for name, account_class in _CLASSES.items():
        if code.partition(":")[0] == name:
            return account_class
    raise categories.RulesMalformed(code)


_CLASSES = {
    "assets": AccountClass.ASSET,
    "liabilities": AccountClass.LIABILITY,
    "equity": AccountClass.EQUITY,
    "income": AccountClass.INCOME,
    "expenses": AccountClass.EXPENSE,
}
