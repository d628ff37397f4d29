"""Mistakes are put right by posting: reversals, whole and in parts, and amendments."""

from collections.abc import Mapping
from datetime import date

from ledger.journal.canonical import amendment_id
from ledger.journal.intents import credit, debit
from ledger.journal.outcomes import Code
from tests.builders import (
    IBU,
    KOPERASI,
    TODAY,
    YESTERDAY,
    amend,
    capture,
    counted,
    earn,
    entry_id,
    idr,
    in_bundle,
    pay,
    post,
    reserve,
    reverse,
)
from tests.conformance.scene import DONE, Table, close, close_period, freeze, limit, reopen

REVERSED: Table = (
    (post(1, *pay(100)), Code.POSTED),
    (reverse(2, 1, (1, 101), (2, 101)), Code.EXCEEDS_ORIGINAL),
    (reverse(3, 1, (1, 60), (2, 50)), Code.UNBALANCED),
    (reverse(3, 1, (1, 60)), Code.UNBALANCED),
    (reverse(3, 1, (1, 60), (2, 60)), Code.POSTED),
    (reverse(4, 1, (1, 41), (2, 41)), Code.EXCEEDS_ORIGINAL),
    (reverse(5, 1, (3, 1)), Code.LINE_NOT_FOUND),
    (reverse(6, entry=1), Code.POSTED),
    (counted(7, "cash", 0), Code.POSTED),
    (reverse(8, entry=1), Code.ALREADY_REVERSED),
    (reverse(9, 1, (1, 1), (2, 1)), Code.ALREADY_REVERSED),
    (reverse(10, entry=6), Code.NOT_REVERSIBLE),
    (reverse(11, entry=7), Code.NOT_REVERSIBLE),
    (reverse(12, entry=99), Code.ENTRY_NOT_FOUND),
    (reverse(13, entry=1, book=IBU), Code.ENTRY_NOT_FOUND),
)

ANY_ORDER: Table = (
    (
        post(1, debit("cash", idr(10)), debit("cash", idr(20)), credit("wage", idr(30))),
        Code.POSTED,
    ),
    (reverse(2, 1, (3, 30), (2, 20), (1, 10)), Code.POSTED),
    (counted(3, "cash", 0), Code.POSTED),
)

LINE_BY_LINE: Table = (
    (
        post(1, debit("food", idr(10)), debit("rent", idr(5)), credit("cash", idr(15))),
        Code.POSTED,
    ),
    (reverse(2, 1, (1, 10), (3, 10)), Code.POSTED),
    (reverse(3, 1, (1, 1), (3, 1)), Code.EXCEEDS_ORIGINAL),
    (reverse(4, entry=1), Code.POSTED),
    (reverse(5, entry=1), Code.ALREADY_REVERSED),
    ((reverse(6, entry=2), reverse(7, entry=4)), (Code.NOT_REVERSIBLE, Code.NOT_REVERSIBLE)),
    (
        (post(8, *pay(5)), reverse(9, 8, (1, 2), (2, 2)), reverse(10, 8), reverse(11, 8)),
        (Code.POSTED, Code.POSTED, Code.POSTED, Code.ALREADY_REVERSED),
    ),
    (counted(12, "cash", 0), Code.POSTED),
)

UNDER_RULES: Table = (
    (post(1, *earn(100)), Code.POSTED),
    (post(2, *pay(80)), Code.POSTED),
    (limit("cash", floor=0), DONE),
    (reverse(3, entry=1), Code.BELOW_FLOOR),
    (reverse(4, 1, (1, 20), (2, 20)), Code.POSTED),
    (freeze("food"), DONE),
    (reverse(5, entry=2), Code.ACCOUNT_FROZEN),
    (reopen("food"), DONE),
    (reverse(6, entry=2), Code.POSTED),
    (close("food"), DONE),
    (reverse(7, 1, (1, 80), (2, 80)), Code.POSTED),
    (reverse(8, entry=2), Code.ALREADY_REVERSED),
    (limit("cash"), DONE),
    (post(9, *earn(5), day=YESTERDAY), Code.POSTED),
    (close_period(YESTERDAY), DONE),
    (reverse(10, entry=9, day=YESTERDAY), Code.POSTED),
)

HOLDS_REVERSED: Table = (
    (reserve(1, *pay(100)), Code.POSTED),
    (reverse(2, entry=1), Code.NOT_REVERSIBLE),
    (amend(3, 1, *pay(90)), Code.NOT_REVERSIBLE),
    (capture(4, 1, (1, 30), (2, 30), keep_rest=True), Code.POSTED),
    (reverse(5, 4, (1, 31), (2, 31)), Code.EXCEEDS_ORIGINAL),
    (reverse(6, entry=4), Code.POSTED),
    (capture(7, hold=1), Code.POSTED),
    (amend(8, 7, *pay(65)), Code.POSTED),
    (counted(9, "cash", -65), Code.POSTED),
)

AMENDED: Table = (
    (post(1, *pay(100), day=YESTERDAY), Code.POSTED),
    (amend(2, 1, *pay(90, what="rent"), reason="kategori"), Code.POSTED),
    (counted(3, "cash", -90), Code.POSTED),
    (counted(4, "food", 0), Code.POSTED),
    (counted(5, "rent", 90), Code.POSTED),
    (amend(6, 1, *pay(80)), Code.ALREADY_REVERSED),
    (amend(7, 2, *pay(80)), Code.POSTED),
    (reverse(8, entry=7), Code.POSTED),
    (amend(9, 8, *pay(80)), Code.NOT_REVERSIBLE),
    (amend(10, 99, *pay(80)), Code.ENTRY_NOT_FOUND),
    (post(11, *pay(50)), Code.POSTED),
    (reverse(12, 11, (1, 20), (2, 20)), Code.POSTED),
    (amend(13, 11, *pay(40)), Code.POSTED),
    (counted(14, "cash", -40), Code.POSTED),
    (amend(15, 13, *pay(40, what="purse")), Code.ACCOUNT_NOT_FOUND),
    (amend(16, 13, *pay(40, what="cash")), Code.SELF_TRANSFER),
    (amend(16, 13, debit("food", idr(4)), credit("cash", idr(5))), Code.UNBALANCED),
    (amend(16, 13, *pay(41)), Code.POSTED),
)

AMENDED_WITHIN_LIMITS: Table = (
    (post(1, *earn(1_000)), Code.POSTED),
    (post(2, *pay(900)), Code.POSTED),
    (limit("cash", floor=0, ceiling=1_000), DONE),
    (amend(3, 1, *earn(1_000, source="debt"), reason="pinjaman"), Code.POSTED),
    (amend(4, 3, *earn(899, source="debt")), Code.BELOW_FLOOR),
    (amend(5, 3, *earn(900, source="debt")), Code.POSTED),
    (counted(6, "cash", 0), Code.POSTED),
    (amend(7, 5, *earn(1_901, source="debt")), Code.ABOVE_CEILING),
    (amend(8, 5, *earn(1_900, source="debt")), Code.POSTED),
    (amend(9, 8, *earn(1_900, "bank", "debt")), Code.BELOW_FLOOR),
    (post(10, *earn(900, "bank")), Code.POSTED),
    (limit("bank", ceiling=900), DONE),
    (amend(11, 2, *pay(900, source="bank")), Code.ABOVE_CEILING),
    (amend(12, 2, *pay(900, what="rent")), Code.POSTED),
)

DAY_BEFORE = date(2026, 11, 22)

AMENDED_LATE: Table = (
    (post(1, *pay(100), day=DAY_BEFORE), Code.POSTED),
    (post(1, *pay(100), day=DAY_BEFORE, book=KOPERASI), Code.POSTED),
    (close_period(DAY_BEFORE), DONE),
    (close_period(DAY_BEFORE, KOPERASI), DONE),
    (amend(2, 1, *pay(90)), Code.POSTED),
    (counted(3, "cash", 0, day=DAY_BEFORE), Code.BALANCE_DIFFERS),
    (counted(4, "cash", -100, day=DAY_BEFORE), Code.POSTED),
    (counted(5, "cash", 0, day=YESTERDAY), Code.POSTED),
    (counted(6, "cash", -90, day=TODAY), Code.POSTED),
    (amend(2, 1, *pay(90), book=KOPERASI), Code.PERIOD_CLOSED),
    (reverse(3, entry=1, book=KOPERASI, day=DAY_BEFORE), Code.PERIOD_CLOSED),
    (reverse(4, entry=1, book=KOPERASI), Code.POSTED),
)

DERIVED_ID = int.from_bytes(amendment_id(entry_id(3)), "big")

DERIVED: Table = (
    (post(1, *pay(100)), Code.POSTED),
    (post(2, *pay(100)), Code.POSTED),
    (amend(3, 1, *pay(90)), Code.POSTED),
    (post(DERIVED_ID, *pay(5)), Code.EXISTS_WITH_DIFFERENT_VERB),
    (reverse(DERIVED_ID, entry=2), Code.EXISTS_WITH_DIFFERENT_TARGET),
    (reverse(4, DERIVED_ID), Code.NOT_REVERSIBLE),
    (
        in_bundle(90, amend(5, 2, *pay(90)), post(6, *pay(5, what="purse"))),
        (Code.LINKED_FAILED, Code.ACCOUNT_NOT_FOUND),
    ),
    (in_bundle(90, amend(5, 2, *pay(90)), post(7, *pay(5))), (Code.POSTED, Code.POSTED)),
    (counted(8, "cash", -185), Code.POSTED),
)

TABLES: Mapping[str, Table] = {
    "reversals in parts": REVERSED,
    "lines in any order": ANY_ORDER,
    "line by line": LINE_BY_LINE,
    "reversals keep the rules": UNDER_RULES,
    "holds and captures reversed": HOLDS_REVERSED,
    "amendments": AMENDED,
    "amendments within limits": AMENDED_WITHIN_LIMITS,
    "amendments of closed days": AMENDED_LATE,
    "the id of the reversal in an amendment": DERIVED,
}
