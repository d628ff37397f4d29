"""The statement of one account over a period: opening balance, every posting, closing balance.

Two orders. By effective date: what belongs to the period, as it is known now, late entries in
their place. As booked: what was recorded in the period, in the order of the book, so that the
running balance is the one that stood there at the time. Balances stand on the normal side.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ledger.dates import MAX_DATE, MIN_DATE
from ledger.errors import Wording
from ledger.reports import words
from ledger.reports.figures import AccountFigures, BookFigures, StatementLine
from ledger.reports.report import Amount, Column, Ending, Fact, Kind, Note, Report, Row, Shown
from ledger.reports.trial_balance import book_facts


class Order(StrEnum):
    """The order of a statement's lines, and what its period is about."""

    DATE = "date"
    """By effective date, then as booked; the period is of effective dates."""
    BOOKED = "booked"
    """As booked; the period is of the book's local dates of recording."""


ORDERS = {
    Order.DATE: Wording("menurut tanggal efektif", "by effective date"),
    Order.BOOKED: Wording("menurut tanggal pembukuan", "by date of booking"),
}

DIFFERS = Note(
    Wording(
        "Saldo akhir tidak sama dengan saldo harian akun. Jalankan `juang verify`.",
        "The closing balance differs from the account's daily balances. Run `juang verify`.",
    ),
    good=False,
)


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a statement, both included; None is without bound."""

    since: date | None
    until: date | None

    def words(self) -> Wording:
        """Name the days.

        >>> Span(date(2026, 9, 1), None).words().en
        '2026-09-01 to the end'
        """
        first, last = self.since, self.until
        start = Wording("awal", "the start") if first is None else Wording(*[first.isoformat()] * 2)
        end = Wording("akhir", "the end") if last is None else Wording(*[last.isoformat()] * 2)
        return Wording(f"{start.id} s.d. {end.id}", f"{start.en} to {end.en}")

    @property
    def first(self) -> date:
        """Give the first day."""
        return self.since or MIN_DATE

    @property
    def last(self) -> date:
        """Give the last day."""
        return self.until or MAX_DATE


@dataclass(slots=True)
class _Running:
    """What is added up as lines go by, on the normal side."""

    balance: int
    debit: int = 0
    credit: int = 0
    count: int = 0

    def add(self, net: int, change: int) -> None:
        self.balance += change
        self.count += 1
        if net > 0:
            self.debit += net
        else:
            self.credit -= net


def report(
    book: BookFigures,
    account: AccountFigures,
    span: Span,
    order: Order,
    *,
    opening: int,
    found: Iterable[StatementLine],
    closing: int,
) -> Report:
    """Make the statement; `opening` and `closing` are debits less credits, read on their own.

    The closing balance is added up from the lines, and must come to the one that was read.
    """
    running = _Running(account.on_normal_side(opening))
    start, end = account.amount(running.balance), account.on_normal_side(closing)
    named = Wording(*(f"{account.no} {account.code} · {name}" for name in account.name))
    period = Wording(*(f"{a}, {b}" for a, b in zip(span.words(), ORDERS[order], strict=True)))

    def rows() -> Iterator[Row]:
        label = Wording("Saldo awal", "Opening balance")
        yield Row({"description": label, "balance": start}, Kind.MARK)
        for line in found:
            running.add(line.net, account.on_normal_side(line.net))
            yield _row(account, line, running.balance)
        yield Row(
            {
                "description": words.TOTAL,
                "debit": account.amount(running.debit),
                "credit": account.amount(running.credit),
            },
            Kind.MARK,
        )
        label = Wording("Saldo akhir", "Closing balance")
        yield Row({"description": label, "balance": account.amount(running.balance)}, Kind.MARK)

    return Report(
        name="statement",
        title=Wording("Mutasi akun", "Account statement"),
        facts=(
            *book_facts(book),
            Fact("account", account.code),
            Fact("name", account.name),
            Fact("currency", account.currency),
            Fact("fund", account.fund),
            Fact("order", order.value),
            Fact("from", span.since),
            Fact("until", span.until),
            Fact("opening", start),
            Fact("", named, words.ACCOUNT),
            Fact("", words.unit_heading(*account.unit), words.CURRENCY),
            Fact("", period, words.PERIOD),
        ),
        columns=_columns(order),
        rows=rows(),
        ending=lambda: _ending(account, running, end),
    )


def _ending(account: AccountFigures, running: _Running, closing: int) -> Ending:
    return Ending(
        (
            Fact("debit", account.amount(running.debit)),
            Fact("credit", account.amount(running.credit)),
            Fact("closing", account.amount(running.balance)),
        ),
        () if running.balance == closing else (DIFFERS,),
    )


def _columns(order: Order) -> tuple[Column, ...]:
    booked = Column(
        "booked",
        Wording("Dibukukan", "Booked"),
        shown=Shown.TEXT if order is Order.BOOKED else Shown(0),
    )
    return (
        booked,
        Column("date", words.DATE, gives_way=order is Order.BOOKED),
        Column("entry", words.ENTRY, right=True),
        Column("description", words.NARRATION, flexes=True, shown=Shown.TEXT),
        Column("line", Wording("Baris", "Line"), shown=Shown.DATA),
        Column("entry_id", Wording("Id", "Id"), shown=Shown.DATA),
        Column("verb", Wording("Jenis", "Verb"), shown=Shown.DATA),
        Column("kind", Wording("Macam", "Kind"), shown=Shown.DATA),
        Column("about", Wording("Tentang", "About"), shown=Shown.DATA),
        Column("recorded_at", Wording("Dicatat", "Recorded"), shown=Shown.DATA),
        Column("narration", words.NARRATION, shown=Shown.DATA),
        Column("currency", words.CURRENCY, shown=Shown.CSV),
        words.DEBIT_COLUMN,
        words.CREDIT_COLUMN,
        words.BALANCE_COLUMN,
    )


def _row(account: AccountFigures, line: StatementLine, balance: int) -> Row:
    entry = line.entry
    return Row(
        {
            "booked": line.booked,
            "date": entry.effective_date,
            "entry": entry.seq,
            "description": entry.description,
            "line": line.line,
            "entry_id": entry.id.hex(),
            "verb": entry.verb,
            "kind": entry.kind,
            "about": entry.target_seq or entry.amends_seq,
            "recorded_at": entry.recorded_at,
            "narration": entry.narration if isinstance(entry.narration, str) else None,
            "currency": account.currency,
            "debit": account.amount(line.net) if line.net > 0 else None,
            "credit": account.amount(-line.net) if line.net < 0 else None,
            "balance": Amount(balance, account.currency),
        }
    )
