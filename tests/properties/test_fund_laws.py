"""Whatever is asked of a fund, what it has in hand and has put to its purposes never goes down.

Random entries on accounts of every class, with a purpose and without. In hand is what stands on
assets that hold money or have a purpose; put to a purpose is every debit there ever was of any
other account with one. Only a reversal takes from the sum (decision 0006).
"""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ledger import db
from ledger.books.classes import AccountClass
from ledger.books.tables import Account
from ledger.journal import operations
from ledger.journal.intents import Intent
from ledger.journal.outcomes import Code
from tests import builders
from tests.builders import DANA, FUND_ACCOUNTS, NOW, TELLER, capture, pay, post, reserve
from tests.conftest import Store

ZAKAT = [
    code
    for code, _class, currency, fund, _purpose in FUND_ACCOUNTS
    if (currency, fund) == ("IDR", "zakat")
]
MAY_PAY = ("poor", "refund")


@pytest.fixture
def opened(store: Store) -> Iterator[Engine]:
    """Give a database with the books; each example is undone."""
    with store.copy() as url:
        engine = db.engine(url.render_as_string(hide_password=False))
        with db.session_factory(engine)() as session, session.begin():
            builders.open_books(session)
        yield engine
        engine.dispose()


codes = st.sampled_from(ZAKAT)
moves = st.lists(st.tuples(codes, codes, st.integers(1, 9)), min_size=1, max_size=2)
steps = st.lists(st.tuples(st.booleans(), moves), min_size=1, max_size=12)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=steps)
def test_money_in_hand_and_put_to_a_purpose_never_goes_down(
    opened: Engine, steps: list[tuple[bool, list[tuple[str, str, int]]]]
) -> None:
    with opened.connect() as connection, connection.begin() as whole:
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            _send(session, [post(1, *pay(50, "zakat_cash", "zakat_in"), book=DANA)])
            sums = [_sum(session)]
            for number, (held, moved) in enumerate(steps, start=1):
                lines = [line for to, source, amount in moved for line in pay(amount, to, source)]
                if held:
                    hold = reserve(2 * number, *lines, book=DANA)
                    _send(session, [hold, capture(2 * number + 1, 2 * number, book=DANA)])
                else:
                    _send(session, [post(2 * number, *lines, book=DANA)])
                sums.append(_sum(session))
        whole.rollback()

    assert sums[0] == 50
    assert sums == sorted(sums)


def _send(session: Session, sent: list[Intent]) -> None:
    outcomes = operations.post(session, sent, actor=TELLER, recorded_at=NOW)
    assert not {Code.UNBALANCED, Code.ACCOUNT_NOT_FOUND} & {each.code for each in outcomes}


def _sum(session: Session) -> int:
    """Add up what is in hand and what was ever put to a purpose, in whole rupiah."""
    total = 0
    session.expire_all()
    for account in session.scalars(select(Account).where(Account.fund == "zakat")):
        if account.purpose is None:
            continue
        is_asset = account.class_ == AccountClass.ASSET
        assert is_asset or account.purpose in MAY_PAY or account.posted_debit == 0
        total += account.posted_debit - (account.posted_credit if is_asset else 0)
    return total // 100
