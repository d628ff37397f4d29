"""What is held of her wages, remittances and debts; names of employers are opened for her."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy.orm import Session

from ledger.consents.queries.held import Held, Record, Rows, Subject, rows
from ledger.errors import Wording
from ledger.household.debts import tables as debts
from ledger.household.remittances import tables as remittances
from ledger.household.wages import tables as wages
from ledger.household.wages.naming import names_place, read_names
from ledger.journal import queries as journal
from ledger.journal.keyring import ERASED

CONTRACTS: Final = Held(
    model=wages.WorkContract,
    says=Wording("Kontrak kerja", "Work contracts"),
    book="book_id",
    at="recorded_at",
)


class Contracts:
    """The contributor of contracts: their names opened, or why they cannot be."""

    held = (CONTRACTS,)

    def records(self, session: Session, held: Held, subject: Subject) -> Iterator[Record]:
        """Read contracts a page at a time."""
        for row in rows(session, held, subject):
            told = held.written({name: value for name, value in row.items() if name != "sealed"})
            employer, agency, why = None, None, None
            if row["sealed"] is not None:
                key = row["book_id"], row["subject"]
                where = names_place(row["book_id"], bytes(row["id"]), row["version"])
                opener = journal.openers(session, [key])[key]
                text = journal.opened(opener, where, bytes(row["sealed"]))
                if isinstance(text, str):
                    employer, agency = read_names(text)
                else:
                    why = "erased" if text is ERASED else "locked"
            yield {**told, "employer": employer, "agency": agency, "unreadable": why}


WAGES: Final = Rows(
    (
        Held(
            model=wages.WageSlip,
            says=Wording("Slip gaji", "Wage slips"),
            book="book_id",
            at="recorded_at",
        ),
        Held(
            model=wages.WageDeduction,
            says=Wording("Potongan gaji", "Wage deductions"),
            book="book_id",
        ),
    )
)

REMITTANCES: Final = Rows(
    (
        Held(
            model=remittances.Remittance,
            says=Wording("Kiriman uang", "Remittances"),
            book="book_id",
            at="recorded_at",
        ),
        Held(
            model=remittances.RemittanceEnd,
            says=Wording("Kiriman diterima atau kembali", "Remittances arrived or returned"),
            book="book_id",
            at="recorded_at",
        ),
    )
)

DEBTS: Final = Rows(
    (
        Held(model=debts.Debt, says=Wording("Utang", "Debts"), book="book_id", at="recorded_at"),
        Held(
            model=debts.DebtDue,
            says=Wording("Jadwal cicilan utang", "Instalments agreed on"),
            book="book_id",
        ),
        Held(
            model=debts.DebtRepayment,
            says=Wording("Pembayaran utang", "Repayments of debts"),
            book="book_id",
            at="recorded_at",
        ),
    )
)
