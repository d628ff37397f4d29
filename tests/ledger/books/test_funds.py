"""Funds of a book, and what each may pay for: said once, by somebody, and kept."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.books import operations as books
from ledger.books import queries
from ledger.books.tables import BookEvent
from ledger.dates import DateOutOfRange
from ledger.errors import LedgerError
from ledger.journal import operations
from ledger.journal.outcomes import Code
from tests import builders
from tests.builders import DANA, NOW, SITI, TELLER, TODAY, earn, open_account, pay, post

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def allow(
    session: Session,
    purpose: str = "office",
    fund: str = "zakat",
    book: int = DANA,
    valid_from: date = FIRST,
    valid_through: date = LAST,
) -> None:
    books.allow_purpose(
        session,
        book,
        fund,
        purpose,
        valid_from=valid_from,
        valid_through=valid_through,
        actor=TELLER,
        recorded_at=NOW,
    )


def events(session: Session) -> list[BookEvent]:
    query = select(BookEvent).where(BookEvent.book_id == DANA, BookEvent.recorded_at == NOW)
    return list(session.scalars(query.order_by(BookEvent.no)))


def test_what_is_allowed_is_paid_from_then_on_and_who_said_so_is_kept(session: Session) -> None:
    builders.open_books(session)
    bill = pay(5, "zakat_office", "zakat_cash")
    sent = [
        post(1, *earn(10, "zakat_cash", "zakat_in"), book=DANA),
        post(2, *bill, book=DANA),
    ]
    before = operations.post(session, sent, actor=TELLER, recorded_at=NOW)

    allow(session)
    days = (TODAY, FIRST, FIRST - timedelta(days=1))
    sent = [post(3 + at, *bill, book=DANA, day=day) for at, day in enumerate(days)]
    after = operations.post(session, sent, actor=TELLER, recorded_at=NOW)

    assert [outcome.code for outcome in before] == [Code.POSTED, Code.PURPOSE_NOT_ALLOWED]
    assert [outcome.code for outcome in after] == [
        Code.POSTED,
        Code.POSTED,
        Code.PURPOSE_NOT_ALLOWED,
    ]
    (event,) = events(session)
    assert (event.what, event.actor, event.approved_by) == ("purpose_allowed", TELLER, None)
    assert (event.before, event.after) == (None, "zakat: office, 2026-11-01 to 2026-11-30")


def test_allowing_again_alike_changes_nothing_and_otherwise_is_refused(session: Session) -> None:
    builders.open_books(session)
    allow(session)

    allow(session)
    with pytest.raises(books.OpenedDifferently):
        allow(session, valid_through=LAST + timedelta(days=1))
    allow(session, valid_from=LAST, valid_through=LAST + timedelta(days=1))

    assert len(events(session)) == 2


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"book": 1}, queries.BookNotFound),
        ({"fund": "sedekah"}, queries.FundNotFound),
        ({"book": SITI}, queries.FundNotFound),
        ({"fund": "a\0"}, queries.FundNotFound),
        ({"purpose": ""}, books.RefMalformed),
        ({"purpose": "a b"}, books.RefMalformed),
        ({"valid_from": LAST, "valid_through": FIRST}, books.WindowMalformed),
        ({"valid_through": date(2200, 1, 1)}, DateOutOfRange),
    ],
)
def test_what_cannot_be_allowed_is_refused_by_name(
    session: Session, changes: dict[str, Any], error: type[LedgerError]
) -> None:
    builders.open_books(session)

    with pytest.raises(error):
        allow(session, **changes)

    assert events(session) == []


def test_the_longest_names_are_kept_whole(session: Session) -> None:
    builders.open_books(session)
    fund, purpose = "f" * 64, "p" * 64
    books.open_fund(session, DANA, fund, name_id="x", name_en="x")

    allow(session, purpose, fund)

    assert events(session)[-1].after == f"{fund}: {purpose}, 2026-11-01 to 2026-11-30"


@pytest.mark.parametrize(
    ("settings", "error"),
    [({"fund": "sedekah"}, queries.FundNotFound), ({"purpose": "a b"}, books.RefMalformed)],
)
def test_no_account_belongs_to_a_fund_that_nobody_named(
    session: Session, settings: dict[str, Any], error: type[LedgerError]
) -> None:
    builders.open_books(session)

    with pytest.raises(error):
        open_account(session, DANA, "sedekah", **settings)


def test_funds_are_listed_with_what_they_may_pay_for(session: Session) -> None:
    builders.open_books(session)
    books.open_fund(session, DANA, "sedekah", name_id="Sedekah", name_en="Alms")
    allow(session)

    assert [
        (fund.code, allowed and (allowed.purpose, allowed.valid_from))
        for fund, allowed in queries.funds(session, DANA)
    ] == [
        ("grant", ("tools", date(2026, 1, 1))),
        ("sedekah", None),
        ("zakat", ("office", FIRST)),
        ("zakat", ("poor", date(2026, 1, 1))),
        ("zakat", ("refund", date(2026, 1, 1))),
    ]
