"""Books with something in every table, for whatever moves whole databases."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Engine, update

from ledger import db
from ledger.books import operations as books
from ledger.books.tables import TextKey
from ledger.journal import operations
from ledger.journal.intents import Exchange, Intent, credit, debit
from ledger.journal.outcomes import NOT_STORED
from tests import builders
from tests.builders import (
    DANA,
    IBU,
    KOPERASI,
    NOW,
    SITI,
    TELLER,
    YESTERDAY,
    amend,
    capture,
    counted,
    earn,
    hkd,
    idr,
    in_bundle,
    pay,
    post,
    reserve,
    reverse,
)
from tests.ledger.access import filled as officers
from tests.ledger.approvals import filled as proposals
from tests.ledger.apps import filled as apps
from tests.ledger.household import filled as households
from tests.ledger.parties import filled as people

CANARY = "Siti Aminah binti Kenari, NIK 7371010101900001"
ODD = "tab\there, new\nline, back\\slash, \\N, quote ' \" and élan 🐦 \u2028 end"

SENT: tuple[Intent, ...] = (
    post(1, *earn(9_000), narration=CANARY),
    post(2, *pay(5), day=date(2026, 11, 1), narration=ODD, metadata={"toko": "Warung"}),
    post(4, *earn(9), day=YESTERDAY, value_date=date(2026, 11, 1)),
    *in_bundle(90, post(5, *pay(5)), post(5, *earn(5), book=IBU, narration="kiriman")),
    reserve(6, *pay(300), expires_at=NOW + timedelta(days=3, microseconds=7)),
    reserve(7, *pay(200)),
    post(
        8,
        debit("hkd", hkd(1)),
        credit("cash", idr(2_000)),
        exchange=Exchange(Decimal("2135.20"), "BI", date(2026, 11, 23)),
    ),
    capture(9, 6, (1, 100), (2, 100), keep_rest=True),
    amend(10, 2, *pay(6), reason="harga"),
    reverse(11, 4, reason="salah"),
    post(12, *pay(900_000)),
    counted(13, "bank", 0),
    post(14, *earn(70, "zakat_cash", "zakat_in"), book=DANA, narration="zakat", subject="donor"),
    post(15, *pay(7, "zakat_office", "zakat_cash"), book=DANA),
    replace(post(16, *earn(50), book=KOPERASI), device_time=NOW - timedelta(minutes=5)),
)


def fill(engine: Engine) -> None:
    """Open the books, post everything, close a period, set limits, and erase one subject."""
    with db.session_factory(engine, keyring=builders.keyring())() as session, session.begin():
        builders.open_books(session)
        books.set_limits(session, SITI, "cash", floor=0, actor=TELLER, recorded_at=NOW)
        outcomes = operations.post(session, SENT, actor=TELLER, recorded_at=NOW)
        books.close_period(session, IBU, date(2026, 10, 31), actor=TELLER, recorded_at=NOW)
        session.execute(update(TextKey).where(TextKey.subject == "donor").values(wrapped=None))
        people.fill(session)
        builders.fill_consents(session)
        proposals.fill(session)
        officers.fill(session)
        households.fill(session)
        apps.fill(session)
        db.note_upkeep(session, "verify", at=NOW, good=True)
    assert [outcome.code for outcome in outcomes if outcome.code in NOT_STORED] == [], outcomes
