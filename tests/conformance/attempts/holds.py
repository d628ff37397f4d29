"""Holds: what is spoken for counts in every limit until captured, released or past due."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from ledger.journal.intents import credit, debit
from ledger.journal.outcomes import Code
from tests.builders import (
    IBU,
    NOW,
    capture,
    counted,
    earn,
    expire,
    idr,
    in_bundle,
    pay,
    post,
    release,
    reserve,
    reverse,
)
from tests.conformance.scene import DONE, Table, close, freeze, limit, reopen, wait

IN_TWO_DAYS = NOW + timedelta(days=2)
A_MOMENT_AGO = NOW - timedelta(seconds=1)

RESERVED: Table = (
    (post(1, *earn(1_000)), Code.POSTED),
    (limit("cash", floor=0), DONE),
    (reserve(2, *pay(800)), Code.POSTED),
    (counted(3, "cash", 1_000), Code.POSTED),
    (post(4, *pay(201)), Code.BELOW_FLOOR),
    (post(5, *pay(200)), Code.POSTED),
    (reserve(6, *pay(1)), Code.BELOW_FLOOR),
    (capture(7, hold=2), Code.POSTED),
    (counted(8, "cash", 0), Code.POSTED),
    (capture(9, hold=2), Code.HOLD_CLOSED),
    (release(10, hold=2), Code.HOLD_CLOSED),
    (expire(11, hold=2), Code.HOLD_CLOSED),
    (capture(12, hold=5), Code.HOLD_NOT_FOUND),
    (release(13, hold=99), Code.HOLD_NOT_FOUND),
    (expire(14, hold=2, book=IBU), Code.HOLD_NOT_FOUND),
)

IN_PARTS: Table = (
    (limit("bank", ceiling=500), DONE),
    (reserve(1, *earn(500, where="bank")), Code.POSTED),
    (post(2, *earn(1, where="bank")), Code.ABOVE_CEILING),
    (capture(3, 1, (1, 501), (2, 501)), Code.EXCEEDS_HOLD),
    (capture(4, 1, (1, 100), (2, 90)), Code.UNBALANCED),
    (capture(4, 1, (3, 100)), Code.LINE_NOT_FOUND),
    (capture(5, 1, (1, 0), (2, 0)), Code.AMOUNT_NOT_POSITIVE),
    (capture(5, 1, (1, 100), (2, 100), keep_rest=True), Code.POSTED),
    (post(6, *earn(1, where="bank")), Code.ABOVE_CEILING),
    (capture(7, 1, (1, 401), (2, 401), keep_rest=True), Code.EXCEEDS_HOLD),
    (capture(8, 1, (1, 300), (2, 300)), Code.POSTED),
    (counted(9, "bank", 400), Code.POSTED),
    (post(10, *earn(100, where="bank")), Code.POSTED),
    (capture(11, hold=1), Code.HOLD_CLOSED),
    (reverse(12, entry=5), Code.POSTED),
    (reverse(13, 8, (1, 300), (2, 300)), Code.POSTED),
    (counted(14, "bank", 100), Code.POSTED),
    (reverse(15, entry=1), Code.NOT_REVERSIBLE),
)

PAST_DUE: Table = (
    (post(1, *earn(1_000)), Code.POSTED),
    (limit("cash", floor=0), DONE),
    (reserve(2, *pay(900), expires_at=IN_TWO_DAYS), Code.POSTED),
    (reserve(3, *pay(100), expires_at=IN_TWO_DAYS + timedelta(days=5)), Code.POSTED),
    (expire(4, hold=2), Code.HOLD_NOT_DUE),
    (wait(days=1, hours=23, minutes=59), DONE),
    (post(5, *pay(1)), Code.BELOW_FLOOR),
    (wait(minutes=1), DONE),
    (post(6, *pay(1)), Code.POSTED),
    (capture(7, hold=2), Code.HOLD_EXPIRED),
    (post(8, *pay(900)), Code.BELOW_FLOOR),
    (post(9, *pay(899)), Code.POSTED),
    (expire(10, hold=2), Code.POSTED),
    (expire(11, hold=2), Code.HOLD_CLOSED),
    (post(12, *pay(1)), Code.BELOW_FLOOR),
    (expire(13, hold=3), Code.HOLD_NOT_DUE),
    (capture(14, hold=3), Code.POSTED),
    (counted(15, "cash", 0), Code.POSTED),
)

PAST_DUE_ABOVE: Table = (
    (limit("bank", ceiling=100), DONE),
    (limit("debt", ceiling=100), DONE),
    (reserve(1, *earn(90, "bank", "debt"), expires_at=IN_TWO_DAYS), Code.POSTED),
    (post(2, *earn(11, "bank")), Code.ABOVE_CEILING),
    (post(3, *earn(11, "cash", "debt")), Code.ABOVE_CEILING),
    (wait(days=2), DONE),
    (post(4, *earn(11, "bank")), Code.POSTED),
    (post(5, *earn(11, "cash", "debt")), Code.POSTED),
    (
        in_bundle(90, expire(6, hold=1), post(7, *earn(90, "bank", "debt"))),
        (Code.LINKED_FAILED, Code.ABOVE_CEILING),
    ),
    (
        (expire(8, hold=1), post(9, *earn(89, "bank", "debt"))),
        (Code.POSTED, Code.POSTED),
    ),
    (post(10, *earn(1, "bank")), Code.ABOVE_CEILING),
)

DUE_ALREADY: Table = (
    (post(1, *earn(1_000)), Code.POSTED),
    (limit("cash", floor=0), DONE),
    (reserve(2, *pay(900), expires_at=A_MOMENT_AGO), Code.POSTED),
    (post(3, *pay(500)), Code.POSTED),
    (capture(4, hold=2), Code.HOLD_EXPIRED),
    (release(5, hold=2), Code.POSTED),
    (post(6, *pay(500)), Code.POSTED),
    (reserve(7, *pay(1), expires_at=NOW), Code.BELOW_FLOOR),
)

NEVER_REFUSED: Table = (
    (reserve(1, *pay(50)), Code.POSTED),
    (reserve(2, *pay(50)), Code.POSTED),
    (reserve(3, *pay(50), expires_at=IN_TWO_DAYS), Code.POSTED),
    (freeze("cash"), DONE),
    (limit("food", ceiling=0), DONE),
    (limit("cash", floor=1_000), DONE),
    (capture(4, hold=1), Code.ACCOUNT_FROZEN),
    (release(5, hold=1), Code.POSTED),
    (reopen("cash"), DONE),
    (release(6, hold=2), Code.POSTED),
    (wait(days=3), DONE),
    (expire(7, hold=3), Code.POSTED),
    (close("cash"), DONE),
)

FREED_ON_FROZEN: Table = (
    (
        reserve(
            1,
            debit("food", idr(60)),
            debit("rent", idr(40)),
            credit("cash", idr(60)),
            credit("bank", idr(40)),
        ),
        Code.POSTED,
    ),
    (freeze("rent"), DONE),
    (freeze("bank"), DONE),
    (capture(2, hold=1), Code.ACCOUNT_FROZEN),
    (capture(3, 1, (1, 10), (4, 10), keep_rest=True), Code.ACCOUNT_FROZEN),
    (capture(4, 1, (1, 10), (3, 10), keep_rest=True), Code.POSTED),
    (capture(5, 1, (1, 20), (3, 20)), Code.POSTED),
    (counted(6, "food", 30), Code.POSTED),
    (capture(7, hold=1), Code.HOLD_CLOSED),
    (reopen("rent"), DONE),
    (close("rent"), DONE),
)

FOUR_LEGS: Table = (
    (
        reserve(
            1,
            debit("food", idr(60)),
            debit("rent", idr(40)),
            credit("cash", idr(70)),
            credit("cash", idr(30)),
        ),
        Code.POSTED,
    ),
    (capture(2, 1, (2, 10), (4, 10), keep_rest=True), Code.POSTED),
    (capture(3, 1, (4, 20), (1, 30), (3, 10), keep_rest=True), Code.POSTED),
    (capture(4, 1, (2, 30), (3, 30)), Code.POSTED),
    (counted(5, "cash", -70), Code.POSTED),
    (counted(6, "food", 30), Code.POSTED),
    (counted(7, "rent", 40), Code.POSTED),
    (release(8, hold=1), Code.HOLD_CLOSED),
)

UNBALANCED_HOLD: Table = (
    (reserve(1, debit("food", idr(6)), credit("cash", idr(5))), Code.UNBALANCED),
    (replace(reserve(1, *pay(5)), postings=pay(0)), Code.AMOUNT_NOT_POSITIVE),
    (reserve(1, *pay(5)), Code.POSTED),
)

TABLES: Mapping[str, Table] = {
    "reserved money is spoken for": RESERVED,
    "captured in parts": IN_PARTS,
    "past due": PAST_DUE,
    "past due, of what comes in": PAST_DUE_ABOVE,
    "due before it was asked for": DUE_ALREADY,
    "a release is never refused": NEVER_REFUSED,
    "what a capture frees may be frozen": FREED_ON_FROZEN,
    "holds of four legs": FOUR_LEGS,
    "holds that do not balance": UNBALANCED_HOLD,
}
