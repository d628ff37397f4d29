"""The guarded tables, and books that fill each of them."""

from datetime import date

from sqlalchemy import Engine

from ledger import db
from ledger.books import operations as books
from ledger.journal import operations
from ledger.journal.intents import Exchange, credit, debit
from ledger.journal.outcomes import Code
from ledger.parties import operations as parties
from ledger.parties.fields import Field
from tests import builders
from tests.builders import NOW, SITI, TELLER, counted, earn, hkd, idr, pay, post
from tests.ledger.access import filled as officers
from tests.ledger.approvals import filled as proposals
from tests.ledger.apps import filled as apps
from tests.ledger.household import filled as households

HISTORY = (
    "entry",
    "posting",
    "entry_text",
    "entry_exchange",
    "balance_assertion",
    "late_total",
    "refusal",
    "book_event",
    "fund_purpose",
    "person_event",
    "erasure",
    "consent_event",
    "access_log",
    "data_stop",
    "breach",
    "breach_scope",
    "person_fact",
    "proposal_revision",
    "proposal_approval",
    "proposal_event",
    "officer_event",
    "duty_done",
    "approval_rule",
    "sorting",
    "annotation",
    "work_contract",
    "wage_slip",
    "wage_deduction",
    "remittance",
    "remittance_end",
    "debt",
    "debt_due",
    "debt_repayment",
)
KEPT = (
    "tenant",
    "book",
    "account",
    "fund",
    "text_key",
    "person",
    "person_key",
    "retention_hold",
    "book_owner",
    "data_request",
    "breach_notice",
    "proposal",
    "officer",
    "officer_role",
    "recovery_code",
    "officer_session",
    "household",
    "category",
    "feed_item",
    "category_rule",
    "recurring",
    "budget",
    "app_client",
    "app_session",
)


def write_books(engine: Engine) -> None:
    """Write an entry of every kind, and a row of every other guarded table."""
    make = db.session_factory(engine, keyring=builders.keyring())
    with make() as session, session.begin():
        builders.open_books(session)
        sent = (
            post(1, *earn(1_000), narration="gaji"),
            post(2, *pay(5), day=date(2026, 11, 1)),
            post(3, debit("hkd", hkd(1)), credit("cash", idr(2_000)), exchange=Exchange()),
            post(4, *pay(5, what="purse")),
            counted(5, "cash", -1_005),
        )
        outcomes = operations.post(session, sent, actor=TELLER, recorded_at=NOW)
        assert [outcome.code for outcome in outcomes] == [
            Code.POSTED,
            Code.POSTED,
            Code.POSTED,
            Code.ACCOUNT_NOT_FOUND,
            Code.POSTED,
        ]
        books.set_limits(session, SITI, "bank", floor=0, actor=TELLER, recorded_at=NOW)
        siti = parties.register(session, 1, "siti", actor=TELLER, recorded_at=NOW)
        by = {"actor": TELLER, "recorded_at": NOW}
        parties.set_field(session, 1, siti, Field.NAME, "Siti", **by)  # type: ignore[arg-type]
        parties.hold(session, 1, siti, "tax", date(2026, 1, 1), **by)  # type: ignore[arg-type]
        ani = parties.register(session, 1, "ani", actor=TELLER, recorded_at=NOW)
        parties.erase(session, 1, ani, reason="own_request", **by)  # type: ignore[arg-type]
        builders.fill_consents(session)
        proposals.fill(session)
        officers.fill(session)
        households.fill(session)
        apps.fill(session)
