"""Short words for remittances in these tests: HK$1,000 home for HK$20, mid rate Rp2,000."""

from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from ledger.household.remittances import operations
from ledger.household.remittances.items import (
    AmendSending,
    AnyRemittance,
    Arrival,
    Channel,
    DeleteEnd,
    DeleteSending,
    End,
    Refund,
    Send,
    Sending,
)
from ledger.journal.outcomes import Outcome
from ledger.money import Money
from tests.builders import NOW, TELLER, TODAY, YESTERDAY, entry_id
from tests.ledger.household.records.words import CASH, amount

TRANSIT, FAMILY = "assets:in_transit", "expenses:family_support"
FEE, MARGIN = "expenses:remittance:fee", "expenses:remittance:fx_margin"


def rupiah(major: int) -> Money:
    return Money(major * 100, "IDR")


def says(
    sent: int | Money = 1_000,
    fee: int | Money = 20,
    arrives: int | Money | None = 1_960_000,
    **rest: Any,
) -> Sending:
    settings: dict[str, Any] = {
        "day": YESTERDAY,
        "pocket": CASH,
        "channel": Channel.BANK,
        "sent": amount(sent) if isinstance(sent, int) else sent,
        "fee": amount(fee) if isinstance(fee, int) else fee,
        "arrives": rupiah(arrives) if isinstance(arrives, int) else arrives,
        "mid_rate": Decimal(2000),
        "mid_source": "BI",
        "mid_date": YESTERDAY,
        "recipient": "Ibu Kenari",
        **rest,
    }
    return Sending(**settings)


def send(book: int, number: int, **rest: Any) -> Send:
    return Send(book_id=book, id=entry_id(number), sending=says(**rest))


def amend(book: int, number: int, of: int, **rest: Any) -> AmendSending:
    return AmendSending(
        book_id=book, id=entry_id(number), record=entry_id(of), sending=says(**rest)
    )


def delete(book: int, number: int, of: int) -> DeleteSending:
    return DeleteSending(book_id=book, id=entry_id(number), record=entry_id(of))


def arrived(book: int, number: int, of: int, much: int | None = None) -> End:
    end = Arrival(day=TODAY, arrived=None if much is None else rupiah(much))
    return End(book_id=book, id=entry_id(number), remittance=entry_id(of), end=end)


def returned(book: int, number: int, of: int, much: int) -> End:
    end = Refund(day=TODAY, refunded=amount(much), pocket=CASH)
    return End(book_id=book, id=entry_id(number), remittance=entry_id(of), end=end)


def delete_end(book: int, number: int, of: int) -> DeleteEnd:
    return DeleteEnd(book_id=book, id=entry_id(number), record=entry_id(of))


def remit(session: Session, *items: AnyRemittance, **rest: Any) -> list[Outcome]:
    return operations.remit_many(session, items, actor=TELLER, recorded_at=NOW, **rest)


def codes(session: Session, *items: AnyRemittance, **rest: Any) -> list[str]:
    return [outcome.code.value for outcome in remit(session, *items, **rest)]
