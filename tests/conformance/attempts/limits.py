"""What an account may hold and move: floors, ceilings, daily limits, sixty-four bits."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from ledger.journal.intents import Intent, Posting, credit, debit
from ledger.journal.outcomes import Code
from ledger.money import Money
from tests.builders import (
    IBU,
    TODAY,
    YESTERDAY,
    amend,
    capture,
    counted,
    earn,
    idr,
    in_bundle,
    pay,
    post,
    release,
    reserve,
    reverse,
)
from tests.conformance.scene import DONE, Table, freeze, limit, reopen, wait

POSTED_BOTH = (Code.POSTED, Code.POSTED)

FLOORS: Table = (
    (limit("cash", floor=0, ceiling=100), DONE),
    (post(1, *pay(1)), Code.BELOW_FLOOR),
    (post(2, *earn(100)), Code.POSTED),
    (post(3, *earn(1)), Code.ABOVE_CEILING),
    (post(4, *pay(100)), Code.POSTED),
    (limit("debt", ceiling=50), DONE),
    (post(5, *earn(51, source="debt")), Code.ABOVE_CEILING),
    (post(6, *earn(50, source="debt")), Code.POSTED),
    (post(7, *pay(30, what="debt")), Code.POSTED),
    (limit("debt", floor=0, ceiling=50), DONE),
    (post(8, debit("debt", idr(21)), credit("bank", idr(21))), Code.BELOW_FLOOR),
    (post(9, *pay(20, what="debt")), Code.POSTED),
)

LIMITED_LATER: Table = (
    (post(1, *pay(500)), Code.POSTED),
    (limit("cash", floor=0), DONE),
    (post(2, *pay(1)), Code.BELOW_FLOOR),
    (post(3, *earn(200)), Code.POSTED),
    (post(4, *earn(10), *pay(10)), Code.POSTED),
    (limit("cash", floor=0, ceiling=0), DONE),
    (post(5, *earn(299)), Code.POSTED),
    (post(6, *earn(2)), Code.ABOVE_CEILING),
    (post(7, *earn(1)), Code.POSTED),
    (limit("food", ceiling=100), DONE),
    (post(8, *pay(1, source="bank")), Code.ABOVE_CEILING),
    (reverse(9, 1, (1, 50), (2, 50)), Code.ABOVE_CEILING),
    (limit("cash"), DONE),
    (reverse(10, 1, (1, 50), (2, 50)), Code.POSTED),
)

DAILY: Table = (
    (post(1, *earn(1_000)), Code.POSTED),
    (wait(days=1), DONE),
    (limit("cash", daily_credit_limit=300, daily_debit_limit=500), DONE),
    (post(2, *pay(200)), Code.POSTED),
    (post(3, *pay(101), day=YESTERDAY), Code.OVER_DAILY_LIMIT),
    (post(4, *pay(100), day=date(2026, 1, 1)), Code.POSTED),
    (post(5, *pay(1)), Code.OVER_DAILY_LIMIT),
    (reserve(6, *pay(1)), Code.OVER_DAILY_LIMIT),
    (post(7, *earn(501)), Code.OVER_DAILY_LIMIT),
    (post(8, *earn(500)), Code.POSTED),
    (wait(hours=8, minutes=59), DONE),  # 23.59 in Jakarta
    (post(9, *pay(1)), Code.OVER_DAILY_LIMIT),
    (wait(minutes=1), DONE),
    (reserve(10, *pay(300)), Code.POSTED),
    (release(11, hold=10), Code.POSTED),
    (post(12, *pay(1)), Code.OVER_DAILY_LIMIT),
    (wait(days=1), DONE),
    (reserve(13, *pay(200)), Code.POSTED),
    (wait(days=1), DONE),
    (post(14, *pay(300)), Code.POSTED),
    (capture(15, hold=13), Code.POSTED),
    (post(16, *pay(1)), Code.OVER_DAILY_LIMIT),
)

DAILY_SET_LATER: Table = (
    (post(1, *earn(100)), Code.POSTED),
    (post(2, *pay(100)), Code.POSTED),
    (reserve(3, *pay(50)), Code.POSTED),
    (capture(4, hold=3), Code.POSTED),
    (limit("cash", daily_credit_limit=160, daily_debit_limit=100), DONE),
    (post(5, *earn(1)), Code.OVER_DAILY_LIMIT),
    (post(6, *pay(11)), Code.OVER_DAILY_LIMIT),
    (post(7, *pay(10)), Code.POSTED),
    (wait(days=1), DONE),
    (post(8, *pay(160)), Code.POSTED),
    (limit("cash"), DONE),
    (post(9, *pay(100)), Code.POSTED),
    (limit("cash", daily_credit_limit=260), DONE),
    (post(10, *pay(1)), Code.OVER_DAILY_LIMIT),
)

DAILY_AMENDED: Table = (
    (post(1, *earn(1_000)), Code.POSTED),
    (wait(days=1), DONE),
    (limit("cash", daily_credit_limit=300, daily_debit_limit=500), DONE),
    (post(2, *pay(200)), Code.POSTED),
    (amend(3, 2, *pay(250), day=YESTERDAY), Code.POSTED),  # 250 of 300
    (post(4, *pay(51)), Code.OVER_DAILY_LIMIT),
    (amend(5, 3, *pay(301)), Code.OVER_DAILY_LIMIT),
    (amend(6, 3, *pay(100)), Code.POSTED),  # gives no room back
    (post(7, *pay(51)), Code.OVER_DAILY_LIMIT),
    (amend(8, 6, *pay(250, source="bank")), Code.POSTED),
    (post(9, *pay(50)), Code.POSTED),
    (post(10, *earn(500)), Code.POSTED),  # what was taken back did not come in
    (amend(11, 10, *pay(1)), Code.OVER_DAILY_LIMIT),
    (limit("cash", daily_credit_limit=10, daily_debit_limit=10), DONE),
    (amend(12, 9, *pay(40), day=YESTERDAY), Code.POSTED),  # moves nothing more
    (amend(13, 12, *pay(41)), Code.OVER_DAILY_LIMIT),
    (limit("cash", daily_credit_limit=300, daily_debit_limit=500), DONE),
    (wait(days=1), DONE),
    (amend(14, 12, *pay(330), day=date(2026, 1, 1)), Code.POSTED),  # 290 more than was
    (post(15, *pay(11)), Code.OVER_DAILY_LIMIT),
    (post(16, *pay(10)), Code.POSTED),
    (wait(days=1), DONE),
    (
        in_bundle(90, amend(17, 16, *pay(310)), post(18, *pay(5, "purse"))),
        (Code.LINKED_FAILED, Code.ACCOUNT_NOT_FOUND),
    ),
    (in_bundle(90, amend(17, 16, *pay(310)), post(19, *pay(1, "rent", "bank"))), POSTED_BOTH),
    (post(20, *pay(1)), Code.OVER_DAILY_LIMIT),
)

THROUGH: Table = (
    (limit("cash", daily_credit_limit=100, daily_debit_limit=100), DONE),
    (post(1, *earn(30), *pay(30)), Code.POSTED),
    (amend(2, 1, *earn(101), *pay(101)), Code.OVER_DAILY_LIMIT),
    (amend(3, 1, *earn(90), *pay(60), *pay(30)), Code.POSTED),
    (post(4, *pay(11)), Code.OVER_DAILY_LIMIT),
    (post(5, *earn(11)), Code.OVER_DAILY_LIMIT),
    (reverse(6, 3, (1, 10), (2, 10)), Code.POSTED),  # a reversal by itself moves money
    (post(7, *pay(1)), Code.OVER_DAILY_LIMIT),
    (amend(8, 3, *earn(90), *pay(91)), Code.OVER_DAILY_LIMIT),
    (amend(9, 3, *earn(90), *pay(90)), Code.POSTED),  # 10 more than was left
    (post(10, *earn(1)), Code.OVER_DAILY_LIMIT),
)

DAILY_AMENDED_BEFORE: Table = (
    (post(1, *pay(70)), Code.POSTED),
    (wait(days=1), DONE),
    (post(2, *pay(100)), Code.POSTED),
    (amend(3, 2, *pay(160)), Code.POSTED),
    (amend(4, 3, *pay(120), day=YESTERDAY), Code.POSTED),
    (amend(5, 1, *pay(75)), Code.POSTED),
    (reserve(6, *pay(5)), Code.POSTED),
    (capture(7, hold=6), Code.POSTED),
    (amend(8, 7, *pay(7)), Code.POSTED),
    (limit("cash", daily_credit_limit=180, daily_debit_limit=0), DONE),
    (post(9, *pay(9)), Code.OVER_DAILY_LIMIT),  # 160, 5, 5 and 2
    (post(10, *pay(8)), Code.POSTED),
    (post(11, *pay(1)), Code.OVER_DAILY_LIMIT),
)

ZERO_A_DAY: Table = (
    (limit("cash", daily_credit_limit=0), DONE),
    (post(1, *earn(5)), Code.POSTED),
    (post(2, *pay(1)), Code.OVER_DAILY_LIMIT),
    (
        in_bundle(90, post(3, *earn(5)), post(4, *pay(1))),
        (Code.LINKED_FAILED, Code.OVER_DAILY_LIMIT),
    ),
    (limit("cash"), DONE),
    (post(5, *pay(1)), Code.POSTED),
)

MOST = 2**63 - 1


def _minor(account: str, amount: int, side: str = "debit") -> Posting:
    money = Money(amount, "IDR")
    return debit(account, money) if side == "debit" else credit(account, money)


def _swap(number: int, amount: int, what: str = "food", source: str = "cash") -> Intent:
    return post(number, _minor(what, amount), _minor(source, amount, "credit"))


SIXTY_FOUR_BITS: Table = (
    (_swap(1, MOST), Code.POSTED),
    (_swap(2, 1), Code.COUNTER_OVERFLOW),
    (_swap(3, MOST, "cash", "food"), Code.POSTED),
    (_swap(4, 1, "bank", "cash"), Code.COUNTER_OVERFLOW),
    (_swap(5, MOST, "bank", "wage"), Code.POSTED),
    (replace(counted(6, "bank", 0), balance=MOST), Code.POSTED),
    (
        reserve(7, _minor("rent", MOST), _minor("debt", MOST, "credit")),
        Code.POSTED,
    ),
    (reserve(8, _minor("rent", 1), _minor("debt", 1, "credit")), Code.COUNTER_OVERFLOW),
    (capture(9, hold=7), Code.POSTED),
    (_swap(10, 1, "rent", "debt"), Code.COUNTER_OVERFLOW),
    (post(11, *pay(1)), Code.COUNTER_OVERFLOW),
)

TWICE_SIXTY_FOUR_BITS: Table = (
    (
        post(
            1,
            _minor("food", MOST),
            _minor("rent", MOST),
            _minor("cash", MOST, "credit"),
            _minor("bank", MOST, "credit"),
        ),
        Code.COUNTER_OVERFLOW,
    ),
    (
        reserve(
            2, _minor("food", MOST), _minor("cash", MOST - 1, "credit"), _minor("bank", 1, "credit")
        ),
        Code.POSTED,
    ),
    (capture(3, hold=2), Code.POSTED),
    (reverse(4, entry=3), Code.POSTED),
)

CASH = 10_000
"""The number of the account `cash`."""

COUNTED: Table = (
    (post(1, *earn(100), day=YESTERDAY), Code.POSTED),
    (post(2, *pay(30), day=TODAY), Code.POSTED),
    (counted(3, "cash", 70), Code.POSTED),
    (counted(4, "cash", 100, day=YESTERDAY), Code.POSTED),
    (counted(5, "cash", 0, day=date(2026, 11, 1)), Code.POSTED),
    (counted(6, "cash", 100), Code.BALANCE_DIFFERS),
    (counted(7, "wage", 100), Code.POSTED),
    (replace(counted(19, "cash", 70), account=CASH), Code.POSTED),
    (replace(counted(20, "cash", 70), account=99_999), Code.ACCOUNT_NOT_FOUND),
    (counted(8, "food", 30), Code.POSTED),
    (counted(9, "hkd", 0, currency="HKD"), Code.POSTED),
    (counted(10, "hkd", 0), Code.CURRENCY_MISMATCH),
    ((post(11, *earn(1)), counted(12, "cash", 71)), (Code.POSTED, Code.POSTED)),
    (
        (post(13, *earn(1), day=YESTERDAY), counted(14, "cash", 101, day=YESTERDAY)),
        (Code.POSTED, Code.POSTED),
    ),
    (
        in_bundle(90, post(15, *earn(1)), counted(16, "cash", 72)),
        (Code.LINKED_FAILED, Code.BALANCE_DIFFERS),
    ),
    (in_bundle(90, post(15, *earn(1)), counted(17, "cash", 73)), (Code.POSTED, Code.POSTED)),
    (counted(18, "cash", 0, book=IBU), Code.POSTED),
)

STATES: Table = (
    (freeze("cash"), DONE),
    (post(1, *earn(5)), Code.ACCOUNT_FROZEN),
    (reserve(2, *pay(5)), Code.ACCOUNT_FROZEN),
    (counted(3, "cash", 0), Code.POSTED),
    (reopen("cash"), DONE),
    (post(4, *earn(5)), Code.POSTED),
)

TABLES: Mapping[str, Table] = {
    "floors and ceilings": FLOORS,
    "limits set later": LIMITED_LATER,
    "daily limits": DAILY,
    "daily limits set in the middle of a day": DAILY_SET_LATER,
    "daily limits and amendments": DAILY_AMENDED,
    "daily limits and what passes through": THROUGH,
    "daily limits set after amendments": DAILY_AMENDED_BEFORE,
    "nothing a day": ZERO_A_DAY,
    "sixty-four bits": SIXTY_FOUR_BITS,
    "two full legs on a side": TWICE_SIXTY_FOUR_BITS,
    "balances counted": COUNTED,
    "frozen accounts": STATES,
}
