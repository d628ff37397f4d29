"""Words that several reports share, in Indonesian and English, and columns that repeat."""

from typing import Final

from ledger.errors import Wording
from ledger.reports.report import Column, Shown

BOOK: Final = Wording("Buku", "Book")
ACCOUNT: Final = Wording("Akun", "Account")
NAME: Final = Wording("Nama", "Name")
CURRENCY: Final = Wording("Mata uang", "Currency")
FUND: Final = Wording("Dana", "Fund")
DATE: Final = Wording("Tanggal", "Date")
DEBIT: Final = Wording("Debit", "Debit")
CREDIT: Final = Wording("Kredit", "Credit")
BALANCE: Final = Wording("Saldo", "Balance")
TOTAL: Final = Wording("Jumlah", "Total")
ENTRY: Final = Wording("No.", "No.")
NARRATION: Final = Wording("Uraian", "Narration")
AS_OF: Final = Wording("Per", "As of")
KNOWN_AT: Final = Wording("Tercatat s.d.", "As known at")
PERIOD: Final = Wording("Periode", "Period")

CLASSES: Final = {
    "asset": Wording("aset", "asset"),
    "liability": Wording("kewajiban", "liability"),
    "equity": Wording("ekuitas", "equity"),
    "income": Wording("pendapatan", "income"),
    "expense": Wording("beban", "expense"),
}
STATES: Final = {
    "open": Wording("aktif", "open"),
    "frozen": Wording("dibekukan", "frozen"),
    "closed": Wording("ditutup", "closed"),
}
KINDS: Final = {
    "household": Wording("rumah tangga", "household"),
    "cooperative": Wording("koperasi", "cooperative"),
    "fund": Wording("dana", "fund"),
}

NUMBER_COLUMN: Final = Column("no", Wording("No.", "No."), right=True)
CODE_COLUMN: Final = Column("account", ACCOUNT, gives_way=True)
NAME_COLUMN: Final = Column("name", NAME, flexes=True)
CURRENCY_IN_DATA: Final = Column("currency", CURRENCY, shown=Shown.DATA)
FUND_IN_DATA: Final = Column("fund", FUND, shown=Shown.DATA)
DEBIT_COLUMN: Final = Column("debit", DEBIT, right=True)
CREDIT_COLUMN: Final = Column("credit", CREDIT, right=True)
BALANCE_COLUMN: Final = Column("balance", BALANCE, right=True)


def unit_heading(currency: str, fund: str | None) -> Wording:
    """Name a unit in a heading.

    >>> unit_heading("IDR", "zakat").id
    'IDR · dana zakat'
    """
    if fund is None:
        return Wording(currency, currency)
    return Wording(f"{currency} · dana {fund}", f"{currency} · fund {fund}")
