"""Write a chunk of movements: open the books and accounts it needs, then post it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from ledger.books import charts
from ledger.books import operations as books
from ledger.books import queries as book_queries
from ledger.books.classes import BookKind, Side
from ledger.db import undone
from ledger.errors import Refused, Wording
from ledger.imports import queries
from ledger.imports.categories import name_of
from ledger.imports.movements import Movement, slug
from ledger.imports.operations import identity
from ledger.imports.settings import Settings
from ledger.journal import operations as journal
from ledger.journal.intents import Post, Posting
from ledger.journal.outcomes import Code, Outcome

CHART = "household-1"
"""The chart of books that are opened for accounts."""

BANK = ("assets:bank", "assets:current:bank")
"""The account of a chart that a statement is about; the first where it has neither."""

MOST_ATTEMPTS = 50
_MOST_REMEMBERED = 100_000
_LONGEST_REF = 64


@dataclass(eq=False)
class CurrencyDiffers(Refused):
    """The book keeps another currency than the statement."""

    code = "currency_differs"
    wording = Wording(
        id="Buku memakai {book}, berkas memakai {statement}.",
        en="The book keeps {book}, the statement {statement}.",
    )
    hint = Wording(
        id="Tanpa --into, rekening mendapat bukunya sendiri.",
        en="Without --into the account gets a book of its own.",
    )
    book: str
    statement: str


@dataclass(frozen=True, slots=True)
class Target:
    """Where movements go: one book, or a book per account where there is none; and its chart.

    `bank` is the code of the account that a statement is about.
    """

    book_id: int | None
    chart: charts.Chart
    bank: str

    def account(self, name: str) -> str:
        """Give the code of the account that one of a statement's accounts is in the book."""
        return self.bank if self.book_id is None else f"{self.bank}:{segment(name)}"


@dataclass(frozen=True, slots=True)
class Item:
    """A movement, the how many-th of its like; the codes of its account and its category."""

    movement: Movement
    nth: int
    account: str
    category: str


def target(session: Session, settings: Settings) -> Target:
    """Find where a statement goes.

    Raises:
        BookNotFound, BookAmbiguous.
        CurrencyDiffers: the book keeps another currency.
    """
    if settings.into is None:
        return _target(None, CHART)
    book = book_queries.find_book(session, settings.into)
    if book.base_currency != settings.currency:
        raise CurrencyDiffers(book.base_currency, settings.currency)
    return _target(book.id, book.chart)


def _target(book_id: int | None, chart_name: str) -> Target:
    chart = charts.chart(chart_name)
    return Target(book_id, chart, next((code for code in BANK if chart.by_code(code)), BANK[0]))


def segment(name: str) -> str:
    """Write an account's name as part of a code; what would be altered gets a fingerprint.

    >>> segment("2378"), segment("BCA.1") == segment("bca_1")
    ('2378', False)
    """
    lower = name.lower().replace(".", "_")
    if lower == name:
        return lower
    return f"{lower[:23]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def reference(source: str, account: str) -> str:
    """Name the book of an account; where that is too long, by a fingerprint.

    >>> reference("bank", "2378")
    'bank-2378'
    """
    ref = f"{source}-{account}"
    if len(ref) <= _LONGEST_REF:
        return ref
    return f"{ref[:47]}-{hashlib.sha256(ref.encode()).hexdigest()[:16]}"


class Writer:
    """Posts chunks; remembers what is open already, up to a bound, once that is certain."""

    def __init__(self, settings: Settings, target: Target) -> None:
        """Take where movements go."""
        self._settings = settings
        self._target = target
        self._chart = {account.code: account.no for account in target.chart.accounts}
        self._books: dict[str, int] = {}
        self._numbers: dict[books.AccountKey, int] = {}
        self._keys: dict[int, bytes | None] = {}
        self._last: tuple[dict[str, int], dict[books.AccountKey, int], identity.Keys]
        self._last = ({}, {}, {})

    def write(self, session: Session, items: Sequence[Item], moment: datetime) -> list[Outcome]:
        """Open what is missing and post; one outcome per item, in their order.

        It may be called again with the same items if its transaction was undone.
        """
        if not self._settings.dry_run:
            return self._write(session, items, moment)
        with undone(session):
            return self._write(session, items, moment)

    def _write(self, session: Session, items: Sequence[Item], moment: datetime) -> list[Outcome]:
        opened = self._open_books(session, {item.movement.account for item in items}, moment)
        keys = identity.locked_keys(session, set(opened.values()), self._keys)
        erased = {name for name, book_id in opened.items() if keys[book_id] is None}
        whole = [item for item in items if item.movement.account not in erased] if erased else items
        numbers = self._open_accounts(session, whole, opened)
        sent = [self._intent(item, opened, keys, numbers) for item in whole]
        outcomes = self._post(session, sent, moment)
        self._last = (opened, numbers, keys)
        if not erased:
            return outcomes
        answers = iter(outcomes)
        return [
            Outcome(Code.SUBJECT_ERASED, opened[item.movement.account], b"")
            if item.movement.account in erased
            else next(answers)
            for item in items
        ]

    def settle(self) -> None:
        """Remember what the last chunk opened: its transaction is committed."""
        if self._settings.dry_run:
            return
        if len(self._books) + len(self._numbers) > _MOST_REMEMBERED:
            self._books.clear()
            self._numbers.clear()
            self._keys.clear()
        self._books.update(self._last[0])
        self._numbers.update(self._last[1])
        self._keys.update(self._last[2])

    def _open_books(
        self, session: Session, accounts: Iterable[str], moment: datetime
    ) -> dict[str, int]:
        """Give the book of each account, opening those that are new."""
        settings = self._settings
        if self._target.book_id is not None:
            return dict.fromkeys(accounts, self._target.book_id)
        found = {name: self._books[name] for name in accounts if name in self._books}
        fresh = sorted({*accounts} - found.keys())
        if not fresh:
            return found
        tenant = books.open_tenant(session, settings.tenant, name=settings.tenant)
        new = [
            books.NewBook(
                tenant=tenant,
                ref=reference(settings.source, account),
                kind=BookKind.HOUSEHOLD,
                name=f"{settings.source} {account}",
                base_currency=settings.currency,
                time_zone=settings.time_zone,
                chart=CHART,
            )
            for account in fresh
        ]
        opened = books.open_books(session, new, opened_at=moment)
        return found | dict(zip(fresh, opened, strict=True))

    def _open_accounts(
        self, session: Session, items: Sequence[Item], opened: Mapping[str, int]
    ) -> dict[books.AccountKey, int]:
        """Give the number of each account that is not the chart's, opening those that are new."""
        known, chart = self._numbers, self._chart
        numbers: dict[books.AccountKey, int] = {}
        fresh: dict[books.AccountKey, books.NewAccount] = {}
        for item in items:
            name = item.movement.account
            book_id = opened[name]
            for code, told in ((item.account, name), (item.category, None)):
                key = (book_id, code)
                if code in chart or key in numbers or key in fresh:
                    continue
                if key in known:
                    numbers[key] = known[key]
                else:
                    fresh[key] = self._new_account(key, told)
        return numbers | books.open_accounts(session, list(fresh.values())) if fresh else numbers

    def _new_account(self, key: books.AccountKey, name: str | None) -> books.NewAccount:
        """Describe an account of a book's own: one of the statement's, or a category."""
        book_id, code = key
        category = name_of(code)
        return books.NewAccount(
            book_id=book_id,
            code=code,
            name_id=category if name is None else f"Rekening {name}",
            name_en=category if name is None else f"Account {name}",
            account_class=charts.CLASSES[code.partition(":")[0]],
            currency=self._settings.currency,
        )

    def _intent(
        self,
        item: Item,
        opened: Mapping[str, int],
        keys: Mapping[int, bytes | None],
        numbers: Mapping[books.AccountKey, int],
    ) -> Post:
        """Ask for the entry of a movement: money comes in by a debit of the account."""
        movement, chart = item.movement, self._chart
        book_id = opened[movement.account]
        key = keys[book_id]
        assert key is not None, "nothing is posted to a book whose secret was destroyed"
        account = chart.get(item.account) or numbers[(book_id, item.account)]
        category = chart.get(item.category) or numbers[(book_id, item.category)]
        to, out = (account, category) if movement.inward else (category, account)
        amount, currency = movement.amount, self._settings.currency
        return Post(
            book_id=book_id,
            id=identity.entry_id(key, movement.digest, item.nth),
            effective_date=movement.day,
            kind=slug(movement.kind),
            narration=movement.description or None,
            postings=(
                Posting(to, Side.DEBIT, amount, currency),
                Posting(out, Side.CREDIT, amount, currency),
            ),
        )

    def _post(self, session: Session, sent: list[Post], moment: datetime) -> list[Outcome]:
        """Post, and post again under a new id what was refused before.

        A refusal is final for its id, but not for the line: its account may have been unfrozen
        since, or its rule changed. The ids of a line form a chain, so that a line whose n-th
        attempt was posted is found again in every later run.
        """
        actor = self._settings.actor
        outcomes = journal.post(session, sent, actor=actor, recorded_at=moment)
        for _attempt in range(MOST_ATTEMPTS):
            again = _refused_before(session, outcomes)
            if not again:
                break
            for at in again:
                sent[at] = replace(sent[at], id=identity.next_id(sent[at].id))
            tried = [sent[at] for at in again]
            answers = journal.post(session, tried, actor=actor, recorded_at=moment)
            for at, outcome in zip(again, answers, strict=True):
                outcomes[at] = outcome
        return outcomes


def _refused_before(session: Session, outcomes: Sequence[Outcome]) -> list[int]:
    """Find the items whose id stands for nothing but an earlier refusal."""
    differing = [
        (outcome.book_id, outcome.id)
        for outcome in outcomes
        if outcome.code.startswith("exists_with_different_")
    ]
    refused = set(differing) - queries.booked(session, differing) if differing else set()
    return [
        at
        for at, outcome in enumerate(outcomes)
        if outcome.replayed or (outcome.book_id, outcome.id) in refused
    ]
