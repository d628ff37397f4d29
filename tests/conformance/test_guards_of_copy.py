"""PostgreSQL's COPY meets the guards of postings as INSERT does (test_guards.py has the rest)."""

import psycopg
import pytest
from sqlalchemy.orm import Session

from ledger.db import driver
from ledger.journal import operations
from tests import builders
from tests.builders import NOW, SITI, TELLER, earn, post

pytestmark = [
    pytest.mark.guards,
    pytest.mark.parametrize("backend", ["postgresql"], indirect=True),
]
CASH, FRESH = 10_000, 99


@pytest.mark.parametrize(
    ("seq", "no", "amount", "because"),
    [
        (1, CASH, 5, "takes no more legs"),
        (FRESH, 77, 5, "unknown account"),
        (FRESH, CASH, -5, "ck_posting_amount"),
        (FRESH, CASH, 0, "ck_posting_amount"),
    ],
)
def test_copy_meets_the_guards_too(
    session: Session, seq: int, no: int, amount: int, because: str
) -> None:
    builders.open_books(session)
    (posted,) = operations.post(session, [post(1, *earn(5))], actor=TELLER, recorded_at=NOW)
    assert posted.seq == 1
    cursor = driver(session).cursor()

    with pytest.raises(psycopg.Error, match=because), cursor.copy("COPY posting FROM STDIN") as way:
        way.write_row((SITI, no, seq, 9, "D", 0, amount, 0))
