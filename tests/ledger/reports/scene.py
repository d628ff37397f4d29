"""Figures made up by hand: a small cooperative with a little Hong Kong money and a zakat fund."""

from datetime import UTC, date, datetime
from decimal import Decimal

from ledger.books.classes import AccountClass, Side
from ledger.errors import Wording
from ledger.journal.keyring import ERASED
from ledger.reports.figures import (
    AccountFigures,
    AssertionFigures,
    BookFigures,
    EntryFigures,
    EntryLine,
    ExchangeFigures,
    HoldFigures,
    JournalEntry,
    Narration,
    StatementLine,
)
from ledger.reports.report import Amount

BOOK = BookFigures(
    id=4711,
    tenant="koperasi-maros",
    ref="kas",
    name="Koperasi Migran Maros",
    kind="cooperative",
    base_currency="IDR",
    time_zone="Asia/Makassar",
    chart="cooperative-1",
    head_seq=12,
    closed_through=date(2026, 8, 31),
)


def account(
    no: int, code: str, name: Wording, parent_no: int | None = None, **rest: object
) -> AccountFigures:
    classes = {"1": AccountClass.ASSET, "2": AccountClass.LIABILITY, "3": AccountClass.EQUITY}
    settings: dict[str, object] = {"currency": "IDR", "account_class": classes[str(no)[0]]}
    return AccountFigures(
        no=no,
        code=code,
        name=name,
        parent_no=parent_no,
        **(settings | rest),  # type: ignore[arg-type]
    )


ASSETS = account(1000, "assets", Wording("Aset", "Assets"), postable=False)
CASH = account(1101, "assets:cash", Wording("Kas", "Cash"), 1000, floor=0)
BANK = account(
    1103,
    "assets:bank",
    Wording("Bank", "Bank"),
    1000,
    posted_debit=5_000_000_00,
    posted_credit=1_250_000_50,
    held_credit=400_000_00,
    due_credit=100_000_00,
)
HKD = account(
    1104, "assets:bank:hkd", Wording("Bank Hong Kong", "Hong Kong bank"), 1103, currency="HKD"
)
ZAKAT = account(
    1105, "assets:bank:zakat", Wording("Bank zakat", "Zakat at the bank"), 1103, fund="zakat"
)
SAVINGS = account(
    2101, "liabilities:sukarela", Wording("Simpanan sukarela", "Voluntary savings"), state="frozen"
)
HELD = account(2310, "liabilities:zakat", Wording("Titipan zakat", "Zakat held"), fund="zakat")
SHARES = account(
    3100, "equity:pokok", Wording("Simpanan pokok para anggota pendiri", "Founding members' shares")
)
TRADING = account(
    3801, "equity:trading:hkd", Wording("Selisih kurs HKD", "Trading HKD"), currency="HKD"
)
ACCOUNTS = [ASSETS, CASH, BANK, HKD, ZAKAT, SAVINGS, HELD, SHARES, TRADING]

NETS = {
    1101: 1_500_000_00,
    1103: 3_749_999_50,
    1104: 499_000,
    1105: 25_000_000_00,
    2101: -4_250_000_00,
    2310: -25_000_000_00,
    3100: -999_999_50,
    3801: -499_000,
}
"""Debits less credits, in sen and cents; each unit sums to zero."""


def entry(
    seq: int, day: int, narration: Narration, verb: str = "post", **rest: object
) -> EntryFigures:
    return EntryFigures(
        seq=seq,
        id=seq.to_bytes(16, "big"),
        verb=verb,
        kind="journal",
        effective_date=date(2026, 9, day),
        recorded_at=datetime(2026, 9, max(day, 2), 3, 4, 5, 600, tzinfo=UTC),
        actor="teller",
        change_no=seq,
        narration=narration,
        **rest,  # type: ignore[arg-type]
    )


def statement_line(entry: EntryFigures, rupiah: int, line: int = 1) -> StatementLine:
    return StatementLine(entry, line, rupiah * 100, entry.recorded_at.date())


STATEMENT = [
    statement_line(entry(2, 1, "Setoran Bu Aminah"), 750_000),
    statement_line(entry(3, 5, '=HYPERLINK("http://contoh")'), -125_000),
    statement_line(entry(5, 5, None, "reverse", target_seq=3), 125_000),
    statement_line(entry(6, 9, "salah ketik", "amend", amends_seq=3), -12_500, 2),
    statement_line(entry(8, 14, ERASED), -400_000),
    statement_line(entry(9, 30, "薪金 dan ongkos kirim\n\x1b[31mmerah"), 1_000_000),
]

TRADE = EntryFigures(
    seq=10,
    id=bytes(16),
    verb="post",
    kind="remittance",
    effective_date=date(2026, 9, 20),
    recorded_at=datetime(2026, 9, 20, tzinfo=UTC),
    value_date=date(2026, 9, 21),
    bundle=b"b" * 16,
)

JOURNAL = [
    JournalEntry(
        entry(2, 1, "Setoran Bu Aminah"),
        [
            EntryLine(1, 0, 1101, CASH.code, CASH.name, "IDR", None, Side.DEBIT, 800_000_00),
            EntryLine(2, 0, 3100, SHARES.code, SHARES.name, "IDR", None, Side.CREDIT, 50_000_00),
            EntryLine(3, 0, 2101, SAVINGS.code, SAVINGS.name, "IDR", None, Side.CREDIT, 750_000_00),
        ],
    ),
    JournalEntry(
        entry(4, 6, "Tukar dolar"),
        [
            EntryLine(1, 0, 1103, BANK.code, BANK.name, "IDR", None, Side.DEBIT, 5_237_500_00),
            EntryLine(2, 0, 1104, HKD.code, HKD.name, "HKD", None, Side.CREDIT, 2_500_00),
            EntryLine(3, 0, 3801, TRADING.code, TRADING.name, "HKD", None, Side.DEBIT, 2_500_00),
        ],
        ExchangeFigures(
            Amount(2_500_00, "HKD"),
            Amount(5_237_500_00, "IDR"),
            Decimal("2135.2"),
            "BI",
            date(2026, 9, 4),
        ),
    ),
    JournalEntry(
        entry(5, 7, None, "assert"),
        [],
        assertion=AssertionFigures(
            1101, CASH.code, CASH.name, Amount(1_500_000_00, "IDR"), date(2026, 8, 31)
        ),
    ),
    JournalEntry(
        entry(7, 8, None, "release", target_seq=6),
        [
            EntryLine(1, 2, 1101, CASH.code, CASH.name, "IDR", None, Side.DEBIT, 90_000_00),
            EntryLine(2, 2, 1103, BANK.code, BANK.name, "IDR", None, Side.CREDIT, 90_000_00),
        ],
    ),
]

UNPRICED = JournalEntry(
    TRADE,
    [EntryLine(1, 0, 1104, HKD.code, HKD.name, "HKD", None, Side.DEBIT, 100)],
    ExchangeFigures(Amount(250_00, "IDR"), Amount(100, "HKD"), None, None, None),
)

HOLDS = [
    HoldFigures(
        entry(6, 8, "Tiket rapat"),
        EntryLine(2, 1, 1103, BANK.code, BANK.name, "IDR", None, Side.CREDIT, 400_000_00),
        datetime(2026, 12, 1, tzinfo=UTC),
    ),
    HoldFigures(
        entry(6, 8, "Tiket rapat"),
        EntryLine(1, 1, 1101, CASH.code, CASH.name, "IDR", None, Side.DEBIT, 400_000_00),
        None,
    ),
]
