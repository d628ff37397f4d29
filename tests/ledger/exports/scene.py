"""Books with everything in them that an export must get through: see `fill`."""

from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.exports import beancount, hledger, queries
from ledger.journal import operations as journal
from ledger.journal.intents import Exchange, Intent, credit, debit
from tests import builders
from tests.builders import DANA, NOW, SITI, TELLER, TODAY, YESTERDAY, earn, hkd, idr, pay, post

AWKWARD = 'Beras "Pandan"; 5 kg | 50% off, \\ naïve\n  2026-01-01 * (9) [2026-02-02] 米 date:x'
"""A narration with every mark that means something to beancount or hledger."""


def say(session: Session, *intents: Intent) -> None:
    """Post, and insist."""
    outcomes = journal.post(session, intents, actor=TELLER, recorded_at=NOW)
    assert not [outcome for outcome in outcomes if outcome.code != "posted"]


def fill(session: Session) -> None:
    """Post wages, food, late entries, an exchange, a hold, corrections, funds and texts."""
    builders.open_books(session)
    builders.open_account(session, SITI, "assets:gold:e_wallet")
    builders.open_account(session, SITI, "assets:gold:e-wallet")
    sold = (debit("hkd", hkd(100)), credit("cash", idr(207_000)))
    mid = Exchange(Decimal("0.000483"), "BI", YESTERDAY)
    later = (debit("assets:gold:e_wallet", idr(2)), credit("assets:gold:e-wallet", idr(2)))
    say(
        session,
        post(1, *earn(9_000_000), narration="Gaji", metadata={"slip.no": '7"', "slip-no": "8"}),
        post(2, *pay(125_000), day=YESTERDAY, narration=AWKWARD),
        post(3, *sold, exchange=mid, day=TODAY - timedelta(days=40), value_date=TODAY),
        builders.reserve(4, *pay(70_000)),
        builders.capture(5, 4, (1, 50_000), (2, 50_000)),
        post(6, *pay(1_000, "expenses:food"), narration="rahasia", subject="ibu"),
        builders.reverse(7, 2, (1, 25_000), (2, 25_000), reason="kembali"),
        builders.amend(8, 1, *earn(9_100_000), reason="salah"),
        *builders.in_bundle(90, post(9, *pay(10)), post(10, *earn(10), book=builders.IBU)),
        post(11, *later, kind="pindah.dompet"),
        builders.counted(12, "hkd", 100, currency="HKD"),
        post(13, debit("zakat_cash", idr(500)), credit("zakat_in", idr(500)), book=DANA),
        post(14, debit("zakat_poor", idr(9)), credit("zakat_cash", idr(9)), book=DANA),
    )


def erase(session: Session, subject: str) -> None:
    """Destroy the key of a subject's texts."""
    session.execute(text("UPDATE text_key SET wrapped = NULL WHERE subject = :s"), {"s": subject})


def as_beancount(session: Session, *names: str) -> str:
    """Export into one text."""
    return written(beancount.parts(queries.chosen(session, names)))


def as_hledger(session: Session, *names: str) -> str:
    """Export into one text."""
    return written(hledger.parts(queries.chosen(session, names)))


def written(parts: object) -> str:
    """Join parts as a command writes them."""
    file = StringIO()
    file.writelines(parts)  # type: ignore[arg-type]
    return file.getvalue()


def counters(session: Session) -> dict[tuple[str, str, str], int]:
    """Give the balances other than zero by operator, book and account, from our counters."""
    rows = session.execute(
        text(
            "SELECT t.code, b.ref, a.code, a.posted_debit - a.posted_credit FROM account a"
            " JOIN book b ON b.id = a.book_id JOIN tenant t ON t.id = b.tenant_id"
        )
    )
    return {(tenant, ref, code): net for tenant, ref, code, net in rows if net}


LONG_AGO = date(1993, 1, 1)
