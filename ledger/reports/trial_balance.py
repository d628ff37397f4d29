"""The trial balance: every account's balance on its side, per currency and fund; both sides agree.

Accounts whose balance is zero are left out. Sums never cross currencies or funds, and each pair
of them must be equal: that is what double entry promises, and the last line says whether it is.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ledger.errors import Wording
from ledger.reports import words
from ledger.reports.figures import AccountFigures, BookFigures
from ledger.reports.report import Amount, Cells, Column, Ending, Fact, Kind, Note, Report, Row, Unit

BALANCED = Note(
    Wording(
        "Seimbang: debit sama dengan kredit dalam setiap mata uang dan dana.",
        "Balanced: debits equal credits in every currency and fund.",
    ),
    good=True,
)
UNBALANCED = Note(
    Wording(
        "TIDAK SEIMBANG: debit dan kredit berbeda. Jalankan `juang verify`.",
        "NOT BALANCED: debits and credits differ. Run `juang verify`.",
    ),
    good=False,
)


@dataclass(frozen=True, slots=True)
class AsOf:
    """Which balances are shown: effective by a day, as known at a `seq`; None is without bound."""

    on: date | None = None
    known_at: int | None = None

    def facts(self, head: int | None = None) -> tuple[Fact, ...]:
        """Say so in a heading; `head` is the book's last entry."""
        day: date | Wording = self.on or Wording("semua tanggal", "all dates")
        if self == AsOf() and head is not None:
            day = Wording(f"semua tanggal, sampai entri #{head}", f"all dates, up to entry #{head}")
        known = Wording(f"entri #{self.known_at}", f"entry #{self.known_at}")
        return (
            Fact("on", self.on),
            Fact("known_at", self.known_at),
            Fact("", day, words.AS_OF),
            *(() if self.known_at is None else (Fact("", known, words.KNOWN_AT),)),
        )


@dataclass(slots=True)
class Sums:
    """Debits and credits of one unit, added up as rows go by."""

    debit: int = 0
    credit: int = 0

    def add(self, net: int) -> None:
        """Put a balance on its side."""
        if net > 0:
            self.debit += net
        else:
            self.credit -= net

    @property
    def balanced(self) -> bool:
        """Tell whether both sides agree."""
        return self.debit == self.credit


@dataclass(slots=True)
class Tally:
    """Sums per unit, and whether every one that went by was balanced."""

    sums: dict[Unit, Sums] = field(default_factory=dict)
    balanced: bool = True

    def ending(self) -> Ending:
        """Say whether all is balanced."""
        return Ending(
            (Fact("balanced", self.balanced),), (BALANCED if self.balanced else UNBALANCED,)
        )


def book_facts(book: BookFigures) -> tuple[Fact, ...]:
    """Name the book a report is about."""
    named = Wording(f"{book.path} · {book.name}", f"{book.path} · {book.name}")
    return (Fact("book", book.path), Fact("", named, words.BOOK))


def report(
    book: BookFigures,
    accounts: Sequence[AccountFigures],
    nets: Mapping[int, int],
    as_of: AsOf,
) -> tuple[Report, Tally]:
    """Make the trial balance of one book, and the tally that knows in the end if it is balanced."""
    tally = Tally()
    by_unit: dict[Unit, list[AccountFigures]] = {}
    for account in accounts:
        if nets.get(account.no):
            by_unit.setdefault(account.unit, []).append(account)
    units = sorted(by_unit, key=lambda unit: _order(unit, book.base_currency))

    def rows() -> Iterator[Row]:
        for unit in units:
            yield Row({"name": words.unit_heading(*unit)}, Kind.HEADING)
            sums = tally.sums.setdefault(unit, Sums())
            for account in sorted(by_unit[unit], key=lambda each: each.no):
                sums.add(nets[account.no])
                yield _row(account, nets[account.no])
            tally.balanced = tally.balanced and sums.balanced
            yield _total(unit, sums)

    made = Report(
        name="trial_balance",
        title=Wording("Neraca saldo", "Trial balance"),
        facts=(*book_facts(book), *as_of.facts(book.head_seq)),
        columns=(
            words.NUMBER_COLUMN,
            words.NAME_COLUMN,
            words.CODE_COLUMN,
            words.CURRENCY_IN_DATA,
            words.FUND_IN_DATA,
            words.DEBIT_COLUMN,
            words.CREDIT_COLUMN,
        ),
        rows=rows(),
        ending=tally.ending,
    )
    return made, tally


def _order(unit: Unit, base_currency: str) -> tuple[bool, str, str]:
    """Put the book's own currency first, and money without a fund before that of funds."""
    return unit.currency != base_currency, unit.currency, unit.fund or ""


def _row(account: AccountFigures, net: int) -> Row:
    return Row(
        {
            "no": account.no,
            "account": account.code,
            "name": account.name,
            "currency": account.currency,
            "fund": account.fund,
            "debit": account.amount(net) if net > 0 else None,
            "credit": account.amount(-net) if net < 0 else None,
        }
    )


def _total(unit: Unit, sums: Sums, label: str = "name") -> Row:
    named = zip(words.TOTAL, words.unit_heading(*unit), strict=True)
    cells: Cells = {
        label: Wording(*(f"{total} {name}" for total, name in named)),
        "currency": unit.currency,
        "fund": unit.fund,
        "debit": Amount(sums.debit, unit.currency),
        "credit": Amount(sums.credit, unit.currency),
        "balanced": sums.balanced,
    }
    return Row(cells, Kind.TOTAL)


@dataclass(frozen=True, slots=True)
class AccountNet:
    """One account's balance, of some book: debits less credits."""

    book: str
    name: str
    unit: Unit
    net: int


def of_all(found: Iterable[AccountNet], as_of: AsOf) -> tuple[Report, Tally]:
    """Make the trial balance of all books: a line per book and unit, a total per unit.

    `found` comes book by book, and is read once.
    """
    tally = Tally()

    def rows() -> Iterator[Row]:
        for book, name, sums in _by_book(found):
            for unit in sorted(sums, key=lambda each: _order(each, "")):
                yield _book_row(book, name, unit, sums[unit])
                whole = tally.sums.setdefault(unit, Sums())
                whole.debit += sums[unit].debit
                whole.credit += sums[unit].credit
                tally.balanced = tally.balanced and sums[unit].balanced
        for unit in sorted(tally.sums, key=lambda each: _order(each, "")):
            yield _total(unit, tally.sums[unit], "book")

    made = Report(
        name="trial_balances",
        title=Wording("Neraca saldo semua buku", "Trial balance of all books"),
        facts=as_of.facts(),
        columns=(
            Column("book", words.BOOK),
            Column("name", words.NAME, flexes=True, gives_way=True),
            Column("currency", Wording("", "")),
            Column("fund", words.FUND, optional=True),
            words.DEBIT_COLUMN,
            words.CREDIT_COLUMN,
            Column("balanced", Wording("Seimbang", "Balanced")),
        ),
        rows=rows(),
        ending=tally.ending,
    )
    return made, tally


def _by_book(found: Iterable[AccountNet]) -> Iterator[tuple[str, str, dict[Unit, Sums]]]:
    book, name, sums = "", "", dict[Unit, Sums]()
    for account in found:
        if account.book != book:
            if sums:
                yield book, name, sums
            book, name, sums = account.book, account.name, {}
        if account.net:
            sums.setdefault(account.unit, Sums()).add(account.net)
    if sums:
        yield book, name, sums


def _book_row(book: str, name: str, unit: Unit, sums: Sums) -> Row:
    return Row(
        {
            "book": book,
            "name": name,
            "currency": unit.currency,
            "fund": unit.fund,
            "debit": Amount(sums.debit, unit.currency),
            "credit": Amount(sums.credit, unit.currency),
            "balanced": sums.balanced,
        }
    )
