"""The journal: entries in the order of the book, each with its legs; and the holds still open."""

from collections.abc import Iterable, Iterator
from datetime import date

from ledger.books.classes import Side
from ledger.errors import Language, Wording
from ledger.reports import words
from ledger.reports.figures import (
    AssertionFigures,
    BookFigures,
    EntryLine,
    ExchangeFigures,
    HoldFigures,
    JournalEntry,
)
from ledger.reports.report import (
    Amount,
    Cell,
    Column,
    Ending,
    Fact,
    Kind,
    Note,
    Report,
    Row,
    Shown,
)
from ledger.reports.trial_balance import book_facts
from ledger.reports.writing import with_currency, written

LAYERS = (
    Wording("dibukukan", "posted"),
    Wording("ditahan", "held"),
    Wording("dilepas", "freed"),
)
LAYER_CODES = ("posted", "held", "freed")

_OUTER = (
    "entry",
    "entry_id",
    "verb",
    "kind",
    "date",
    "value_date",
    "recorded_at",
    "actor",
    "change_no",
    "bundle",
    "about",
    "narration",
    "mid_rate",
    "mid_source",
    "mid_date",
    "asserted_account",
    "asserted",
    "asserted_on",
)
"""What all lines of one entry share: one JSON object."""


def report(book: BookFigures, found: Iterable[JournalEntry], *, after: int, limit: int) -> Report:
    """List entries from `after` on, at most `limit` of them; the end says how to go on."""
    last = [after, 0]

    def rows() -> Iterator[Row]:
        for journal in found:
            last[:] = journal.entry.seq, last[1] + 1
            yield from _entry_rows(journal)

    def ending() -> Ending:
        more = last[1] >= limit and last[0] < book.head_seq
        go_on = Note(
            Wording(
                f"Berikutnya: --after {last[0]} (entri terakhir #{book.head_seq}).",
                f"To go on: --after {last[0]} (the last entry is #{book.head_seq}).",
            )
        )
        return Ending((Fact("next", last[0] if more else None),), (go_on,) if more else ())

    data = [Column(key, Wording(key, key), shown=Shown.DATA) for key in _OUTER[1:]]
    return Report(
        name="entries",
        title=Wording("Jurnal", "Journal"),
        facts=(*book_facts(book), Fact("head", book.head_seq)),
        columns=(
            Column("entry", words.ENTRY, right=True),
            Column("day", words.DATE, shown=Shown.TEXT),
            Column(
                "what",
                Wording("Uraian dan akun", "Narration and accounts"),
                flexes=True,
                shown=Shown.TEXT,
            ),
            *data,
            Column("line", Wording("Baris", "Line"), shown=Shown.DATA),
            Column("account", words.ACCOUNT, gives_way=True),
            Column("name", words.NAME, shown=Shown.DATA),
            Column("layer", Wording("Lapis", "Layer"), shown=Shown.DATA),
            words.FUND_IN_DATA,
            Column("currency", Wording("", "")),
            words.DEBIT_COLUMN,
            words.CREDIT_COLUMN,
        ),
        rows=rows(),
        nest=_OUTER,
        ending=ending,
    )


def _entry_rows(journal: JournalEntry) -> Iterator[Row]:
    entry = journal.entry
    outer = _outer(journal)
    title = entry.description or Wording(f"({entry.kind})", f"({entry.kind})")
    yield Row({"entry": entry.seq, "day": entry.effective_date, "what": title}, Kind.HEADING)
    if journal.exchange is not None:
        yield Row({"what": _rates(journal.exchange)}, Kind.DETAIL, 1)
    if journal.assertion is not None:
        yield Row({"what": _asserted(journal.assertion, entry.effective_date)}, Kind.DETAIL, 1)
    if not journal.lines:
        yield Row(outer, hides=tuple(_OUTER))
    for line in journal.lines:
        yield _leg(outer, line)


def _outer(journal: JournalEntry) -> dict[str, Cell]:
    entry, exchange, assertion = journal.entry, journal.exchange, journal.assertion
    return {
        "entry": entry.seq,
        "entry_id": entry.id.hex(),
        "verb": entry.verb,
        "kind": entry.kind,
        "date": entry.effective_date,
        "value_date": entry.value_date,
        "recorded_at": entry.recorded_at,
        "actor": entry.actor,
        "change_no": entry.change_no,
        "bundle": None if entry.bundle is None else entry.bundle.hex(),
        "about": entry.target_seq or entry.amends_seq,
        "narration": entry.narration if isinstance(entry.narration, str) else None,
        "mid_rate": None if exchange is None else exchange.mid_rate,
        "mid_source": None if exchange is None else exchange.mid_source,
        "mid_date": None if exchange is None else exchange.mid_date,
        "asserted_account": None if assertion is None else assertion.code,
        "asserted": None if assertion is None else assertion.balance,
        "asserted_on": None if assertion is None else assertion.day,
    }


def _leg(outer: dict[str, Cell], line: EntryLine) -> Row:
    amount = Amount(line.amount, line.currency)
    layered = ["", ""] if not line.layer else [f" ({word})" for word in LAYERS[line.layer]]
    named = (f"{line.no} {name}{also}" for name, also in zip(line.name, layered, strict=True))
    return Row(
        outer
        | {
            "what": Wording(*named),
            "line": line.line,
            "account": line.code,
            "name": line.name,
            "layer": LAYER_CODES[line.layer],
            "fund": line.fund,
            "currency": line.currency,
            "debit": amount if line.side is Side.DEBIT else None,
            "credit": amount if line.side is Side.CREDIT else None,
        },
        # As bookkeepers write it: credits stand a little further in.
        level=1 if line.side is Side.DEBIT else 2,
        hides=("entry",),
    )


def _asserted(assertion: AssertionFigures, booked_on: date) -> Wording:
    """Say which balance was found true, and of which day if the entry bears another.

    >>> cash, day = Wording("Kas", "Cash"), date(2026, 10, 31)
    >>> found = AssertionFigures(1101, "assets:cash", cash, Amount(5000, "IDR"), day)
    >>> _asserted(found, day).id, _asserted(found, date(2026, 11, 1)).id
    ('1101 Kas = IDR 50,00', '1101 Kas per 2026-10-31 = IDR 50,00')
    """
    balance, name, day = assertion.balance, assertion.name, assertion.day
    moved = Wording("", "") if day == booked_on else Wording(f" per {day}", f" as of {day}")
    return Wording(
        f"{assertion.no} {name.id}{moved.id} = {with_currency(balance, 'id')}",
        f"{assertion.no} {name.en}{moved.en} = {with_currency(balance, 'en')}",
    )


def _rates(exchange: ExchangeFigures) -> Wording:
    """Say what was exchanged, at which rate, and what the mid rate was."""
    return Wording(_rates_in(exchange, "id"), _rates_in(exchange, "en"))


def _rates_in(exchange: ExchangeFigures, language: Language) -> str:
    sold, bought = exchange.sold, exchange.bought
    told = f"{with_currency(sold, language)} → {with_currency(bought, language)}"
    if exchange.mid_rate is None:
        return told
    rate = written(exchange.mid_rate, language)
    source = "" if exchange.mid_source is None else f" ({exchange.mid_source})"
    return f"{told}, {Wording('kurs tengah', 'mid rate').in_language(language)} {rate}{source}"


def holds(book: BookFigures, found: Iterable[HoldFigures]) -> Report:
    """List what is still held, leg by leg."""
    return Report(
        name="holds",
        title=Wording("Dana ditahan", "Open holds"),
        facts=book_facts(book),
        columns=(
            Column("entry", words.ENTRY, right=True),
            Column("date", words.DATE),
            Column("description", words.NARRATION, flexes=True, shown=Shown.TEXT),
            Column("entry_id", Wording("Id", "Id"), shown=Shown.DATA),
            Column("narration", words.NARRATION, shown=Shown.DATA),
            Column("line", Wording("Baris", "Line"), shown=Shown.DATA),
            Column("account", words.ACCOUNT),
            Column("expires_at", Wording("Berlaku sampai", "Expires"), gives_way=True),
            Column("currency", Wording("", "")),
            words.DEBIT_COLUMN,
            words.CREDIT_COLUMN,
        ),
        rows=(_hold_row(hold) for hold in found),
    )


def _hold_row(hold: HoldFigures) -> Row:
    entry, line = hold.entry, hold.line
    amount = Amount(line.amount, line.currency)
    return Row(
        {
            "entry": entry.seq,
            "date": entry.effective_date,
            "description": entry.description,
            "entry_id": entry.id.hex(),
            "narration": entry.narration if isinstance(entry.narration, str) else None,
            "line": line.line,
            "account": line.code,
            "expires_at": hold.expires_at,
            "currency": line.currency,
            "debit": amount if line.side is Side.DEBIT else None,
            "credit": amount if line.side is Side.CREDIT else None,
        }
    )
