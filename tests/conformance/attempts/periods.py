"""Closed days: a household's late entry moves to the first open day, other books refuse it."""

from collections.abc import Mapping
from datetime import date

from ledger.journal.outcomes import Code
from tests.builders import (
    DANA,
    KOPERASI,
    NOW,
    TODAY,
    YESTERDAY,
    counted,
    earn,
    expire,
    pay,
    post,
    release,
    reserve,
    reverse,
)
from tests.conformance.scene import DONE, Table, back, close_period, reopen_period, wait

OCTOBER = date(2026, 10, 31)
FIRST_OPEN = date(2026, 11, 1)
IN_TWO_YEARS = date(2028, 11, 24)
LAST_YEAR = date(2025, 12, 31)

REFUSED: Table = (
    (post(1, *earn(5, source="debt"), book=KOPERASI, day=OCTOBER), Code.POSTED),
    (close_period(OCTOBER, KOPERASI), DONE),
    (post(2, *earn(5), book=KOPERASI, day=OCTOBER), Code.PERIOD_CLOSED),
    (post(3, *earn(5), book=KOPERASI, day=FIRST_OPEN), Code.POSTED),
    (reserve(4, *pay(5), book=KOPERASI, day=OCTOBER), Code.PERIOD_CLOSED),
    (reverse(5, entry=1, book=KOPERASI, day=OCTOBER), Code.PERIOD_CLOSED),
    (counted(6, "cash", 5, book=KOPERASI, day=OCTOBER), Code.PERIOD_CLOSED),
    (counted(9, "cash", 10, book=KOPERASI, day=FIRST_OPEN), Code.POSTED),
    (reserve(10, *pay(5), book=KOPERASI), Code.POSTED),
    (release(11, hold=10, book=KOPERASI, day=OCTOBER), Code.PERIOD_CLOSED),
    (release(12, hold=10, book=KOPERASI), Code.POSTED),
    (reserve(13, *pay(5), book=KOPERASI, expires_at=NOW), Code.POSTED),
    (expire(14, hold=13, book=KOPERASI, day=OCTOBER), Code.PERIOD_CLOSED),
    (expire(15, hold=13, book=KOPERASI, day=FIRST_OPEN), Code.POSTED),
    (reopen_period(None, KOPERASI), DONE),
    (counted(16, "cash", 5, book=KOPERASI, day=OCTOBER), Code.POSTED),
    (post(2, *earn(5), book=KOPERASI, day=OCTOBER), Code.PERIOD_CLOSED),
    (post(7, *earn(5), book=KOPERASI, day=OCTOBER), Code.POSTED),
    (close_period(OCTOBER, KOPERASI), DONE),
    (post(8, *earn(5), book=DANA, day=LAST_YEAR), Code.POSTED),
)

MOVED: Table = (
    (close_period(OCTOBER), DONE),
    (post(1, *earn(5), day=LAST_YEAR, value_date=LAST_YEAR), Code.POSTED),
    (post(1, *earn(5), day=LAST_YEAR, value_date=LAST_YEAR), Code.EXISTS),
    (post(1, *earn(5), day=OCTOBER), Code.EXISTS_WITH_DIFFERENT_EFFECTIVE_DATE),
    (post(1, *earn(5), day=FIRST_OPEN), Code.EXISTS_WITH_DIFFERENT_EFFECTIVE_DATE),
    (counted(2, "cash", 0, day=OCTOBER), Code.POSTED),
    (counted(2, "cash", 0, day=OCTOBER), Code.EXISTS),
    (counted(9, "cash", 5, day=OCTOBER), Code.BALANCE_DIFFERS),
    (counted(3, "cash", 5, day=FIRST_OPEN), Code.POSTED),
    (reserve(4, *pay(5), day=LAST_YEAR), Code.POSTED),
    (release(5, hold=4, day=LAST_YEAR), Code.POSTED),
    (reserve(10, *pay(5), expires_at=NOW), Code.POSTED),
    (expire(11, hold=10, day=LAST_YEAR), Code.POSTED),
    (reverse(6, entry=1, day=LAST_YEAR), Code.POSTED),
    (reopen_period(LAST_YEAR), DONE),
    (post(1, *earn(5), day=LAST_YEAR, value_date=LAST_YEAR), Code.EXISTS),
    (post(7, *earn(5), day=OCTOBER), Code.POSTED),
    (counted(8, "cash", 5, day=OCTOBER), Code.POSTED),
)

OUT_OF_ORDER: Table = (
    (post(1, *earn(1), day=TODAY), Code.POSTED),
    (post(2, *earn(2), day=YESTERDAY), Code.POSTED),
    (post(3, *earn(3), day=date(2027, 3, 1)), Code.POSTED),
    (post(4, *earn(4), day=TODAY), Code.POSTED),
    (post(5, *earn(5), day=date(1950, 6, 1)), Code.POSTED),
    (counted(6, "cash", 5, day=date(2026, 1, 1)), Code.POSTED),
    (counted(7, "cash", 7, day=YESTERDAY), Code.POSTED),
    (counted(8, "cash", 12, day=TODAY), Code.POSTED),
    (wait(days=200), DONE),
    (post(9, *earn(6), day=date(2027, 3, 1)), Code.POSTED),
    (counted(10, "cash", 21, day=date(2027, 3, 1)), Code.POSTED),
)

TOO_FAR: Table = (
    (reserve(1, *pay(5), expires_at=NOW), Code.POSTED),
    (release(2, hold=1, day=IN_TWO_YEARS), Code.DATE_TOO_FAR_AHEAD),
    (expire(3, hold=1, day=IN_TWO_YEARS), Code.DATE_TOO_FAR_AHEAD),
    (counted(4, "cash", 0, day=IN_TWO_YEARS), Code.DATE_TOO_FAR_AHEAD),
    (reverse(5, entry=1, day=IN_TWO_YEARS), Code.NOT_REVERSIBLE),
    (expire(6, hold=1), Code.POSTED),
    (counted(7, "cash", 0, day=date(2027, 11, 25)), Code.POSTED),
    (counted(8, "cash", 0, day=date(2027, 11, 26)), Code.DATE_TOO_FAR_AHEAD),
)

CLOCKS: Table = (
    (post(1, *earn(1)), Code.POSTED),
    (back(days=1), DONE),
    (post(2, *earn(2)), Code.POSTED),
    (back(days=400), DONE),
    (post(3, *earn(3), day=TODAY), Code.POSTED),
    (wait(days=402), DONE),
    (post(4, *earn(4)), Code.POSTED),
)

TABLES: Mapping[str, Table] = {
    "closed days refuse": REFUSED,
    "closed days move": MOVED,
    "entries out of order": OUT_OF_ORDER,
    "no verb reaches further ahead": TOO_FAR,
    "clocks that run backwards": CLOCKS,
}
