"""What is said differently where Citus spreads the tables, tried on one PostgreSQL."""

import pytest
from sqlalchemy.orm import Session

from ledger.db.types import CITUS
from ledger.journal import operations
from ledger.journal.outcomes import Code
from tests.builders import NOW, open_books, pay, post


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_books_are_locked_by_an_update_that_changes_nothing(session: Session) -> None:
    open_books(session)
    session.connection().info[CITUS] = True

    outcomes = operations.post(session, [post(1, *pay(5))], actor="teller", recorded_at=NOW)

    session.connection().info[CITUS] = False
    assert [outcome.code for outcome in outcomes] == [Code.POSTED]
