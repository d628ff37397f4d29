"""Figures that reports are made of, as `queries` reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from ledger.books.classes import AccountClass, Side, normal_side
from ledger.errors import Wording
from ledger.journal.keyring import Text
from ledger.reports.report import Amount, Unit

Narration = Text | None
"""A text of an entry, or why it cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookFigures:
    """A book as a heading names it."""

    id: int
    tenant: str
    ref: str
    name: str
    kind: str
    base_currency: str
    time_zone: str
    chart: str
    head_seq: int
    closed_through: date | None

    @property
    def path(self) -> str:
        """Name the book the way commands take it: tenant/ref."""
        return f"{self.tenant}/{self.ref}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFigures:
    """An account and its counters now; `due_*` is what is still held though past due.

    `opened` is false for an account that only the chart knows: it has no balance yet.
    """

    no: int
    code: str
    name: Wording
    account_class: AccountClass
    parent_no: int | None
    currency: str
    fund: str | None = None
    purpose: str | None = None
    postable: bool = True
    state: str = "open"
    floor: int | None = None
    ceiling: int | None = None
    daily_debit_limit: int | None = None
    daily_credit_limit: int | None = None
    posted_debit: int = 0
    posted_credit: int = 0
    held_debit: int = 0
    held_credit: int = 0
    due_debit: int = 0
    due_credit: int = 0
    opened: bool = True

    @property
    def unit(self) -> Unit:
        """Give the currency and fund in which its balances add up."""
        return Unit(self.currency, self.fund)

    @property
    def net(self) -> int:
        """Give posted debits less credits, now."""
        return self.posted_debit - self.posted_credit

    @property
    def held(self) -> int:
        """Give what holds may still take from the balance on the normal side."""
        if normal_side(self.account_class) is Side.DEBIT:
            return self.held_credit - self.due_credit
        return self.held_debit - self.due_debit

    def on_normal_side(self, net: int) -> int:
        """Turn debits less credits into a balance that grows with the account."""
        return net if normal_side(self.account_class) is Side.DEBIT else -net

    def amount(self, minor: int) -> Amount:
        """Write minor units in the account's currency."""
        return Amount(minor, self.currency)


@dataclass(frozen=True, slots=True)
class FundFigures:
    """A fund and one thing it may pay for between two days; nothing where it may not pay yet."""

    code: str
    name: Wording
    purpose: str | None
    valid_from: date | None
    valid_through: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFigures:
    """The header of an entry; `target_seq` is what it is about, `amends_seq` what it replaces."""

    seq: int
    id: bytes
    verb: str
    kind: str
    effective_date: date
    recorded_at: datetime
    value_date: date | None = None
    actor: str = ""
    change_no: int = 0
    bundle: bytes | None = None
    target_seq: int | None = None
    amends_seq: int | None = None
    narration: Narration = None

    @property
    def description(self) -> Wording | str | None:
        """Say what the entry is: its narration, after what it does to an earlier one."""
        about = self.target_seq or self.amends_seq
        told = _ABOUT.get(self.verb)
        if told is None or about is None:
            return _ASSERTED if self.verb == "assert" and not self.narration else self.narration
        text = self.narration
        read = text if isinstance(text, Wording) else Wording(text or "", text or "")
        return Wording(
            *(f"{say} #{about}{read_by(own)}" for say, own in zip(told, read, strict=True))
        )


def read_by(text: str) -> str:
    """Put a text behind what it explains, if there is one."""
    return f": {text}" if text else ""


_ABOUT = {
    "reverse": Wording("Pembatalan", "Reversal of"),
    "amend": Wording("Perbaikan", "Amendment of"),
    "capture": Wording("Pencairan dana ditahan", "Capture of hold"),
    "release": Wording("Pelepasan dana ditahan", "Release of hold"),
    "expire": Wording("Dana ditahan kedaluwarsa", "Expiry of hold"),
}
_ASSERTED = Wording("Saldo diperiksa", "Balance checked")


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One posting of an account; `net` is debits less credits, of this posting alone.

    `booked` is the book's local date of recording.
    """

    entry: EntryFigures
    line: int
    net: int
    booked: date


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One leg of an entry; `layer` tells posted (0), held (1) and freed (2)."""

    line: int
    layer: int
    no: int
    code: str
    name: Wording
    currency: str
    fund: str | None
    side: Side
    amount: int


@dataclass(frozen=True, slots=True)
class ExchangeFigures:
    """What an entry sold and bought, and the mid rate then."""

    sold: Amount
    bought: Amount
    mid_rate: Decimal | None
    mid_source: str | None
    mid_date: date | None


@dataclass(frozen=True, slots=True)
class AssertionFigures:
    """A balance that was found true, on the account's normal side, at the end of a day.

    The entry itself may bear a later date, where that day was closed.
    """

    no: int
    code: str
    name: Wording
    balance: Amount
    day: date


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """An entry with its legs, or the balance it asserts."""

    entry: EntryFigures
    lines: Sequence[EntryLine]
    exchange: ExchangeFigures | None = None
    assertion: AssertionFigures | None = None


@dataclass(frozen=True, slots=True)
class HoldFigures:
    """What is left of one leg of a hold."""

    entry: EntryFigures
    line: EntryLine
    expires_at: datetime | None
