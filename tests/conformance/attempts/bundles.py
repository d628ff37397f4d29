"""Bundles: items that follow each other with one bundle id, all of them or none."""

from collections.abc import Mapping
from datetime import timedelta

from ledger.journal.outcomes import Code
from tests.builders import (
    IBU,
    NOW,
    amend,
    capture,
    counted,
    earn,
    in_bundle,
    pay,
    post,
    release,
    reserve,
    reverse,
)
from tests.conformance.scene import DONE, Table, limit, wait

ALL = (Code.POSTED, Code.POSTED)
HERS, HIS = post(1, *pay(5)), post(1, *earn(5), book=IBU)

ACROSS_BOOKS: Table = (
    (in_bundle(90, HERS, HIS), ALL),
    (in_bundle(90, HERS, HIS), (Code.EXISTS, Code.EXISTS)),
    (in_bundle(90, HERS), (Code.EXISTS,)),
    (in_bundle(91, HERS, HIS), (Code.EXISTS_WITH_DIFFERENT_BUNDLE, Code.LINKED_FAILED)),
    (
        in_bundle(90, HERS, HIS, post(2, *pay(5))),
        (Code.BUNDLE_DIFFERS, Code.BUNDLE_DIFFERS, Code.BUNDLE_DIFFERS),
    ),
    (in_bundle(90, post(2, *pay(5)), HIS), (Code.BUNDLE_DIFFERS, Code.BUNDLE_DIFFERS)),
    (post(2, *pay(5)), Code.POSTED),
)

CULPRIT: Table = (
    (limit("cash", IBU, floor=0), DONE),
    (
        in_bundle(90, post(1, *earn(5)), post(1, *pay(5), book=IBU), post(2, *earn(5))),
        (Code.LINKED_FAILED, Code.BELOW_FLOOR, Code.LINKED_FAILED),
    ),
    (post(2, *earn(5), book=IBU), Code.POSTED),
    (
        in_bundle(90, post(1, *earn(5)), post(1, *pay(5), book=IBU), post(2, *earn(5))),
        (Code.LINKED_FAILED, Code.BELOW_FLOOR, Code.LINKED_FAILED),
    ),
    (
        in_bundle(91, post(1, *earn(5)), post(3, *pay(5), book=IBU), post(2, *earn(5))),
        (Code.POSTED, Code.POSTED, Code.POSTED),
    ),
    (
        in_bundle(92, post(3, *earn(5)), post(4, *pay(0))),
        (Code.LINKED_FAILED, Code.AMOUNT_NOT_POSITIVE),
    ),
    (in_bundle(92, post(3, *earn(5)), post(4, *pay(1))), ALL),
    (
        in_bundle(93, post(5, *earn(5)), post(6, *earn(5), kind="?"), post(7, *earn(5))),
        (Code.LINKED_FAILED, Code.INVALID_REQUEST, Code.LINKED_FAILED),
    ),
    (
        in_bundle(93, post(5, *earn(5)), post(1, *earn(5), book=7)),
        (Code.LINKED_FAILED, Code.BOOK_NOT_FOUND),
    ),
    (in_bundle(93, post(5, *earn(5)), post(7, *earn(5))), ALL),
)

SELF_CONTAINED: Table = (
    (limit("cash", floor=0), DONE),
    (in_bundle(90, post(1, *earn(5)), post(2, *pay(5))), ALL),
    (
        in_bundle(91, post(3, *earn(5)), reserve(4, *pay(5)), post(5, *pay(1))),
        (Code.LINKED_FAILED, Code.LINKED_FAILED, Code.BELOW_FLOOR),
    ),
    (
        in_bundle(92, post(3, *earn(5)), reserve(4, *pay(5)), capture(6, hold=4)),
        (Code.POSTED, Code.POSTED, Code.POSTED),
    ),
    (in_bundle(93, post(7, *earn(5)), reverse(8, entry=7)), ALL),
    (in_bundle(94, post(9, *earn(5)), amend(10, 9, *earn(6))), ALL),
    (counted(11, "cash", 6), Code.POSTED),
)

DUE = NOW + timedelta(days=1)
BROKEN = post(99, *pay(5, what="purse"))

TAKEN_BACK: Table = (
    (limit("cash", floor=0, daily_credit_limit=1_000), DONE),
    (post(1, *earn(1_000)), Code.POSTED),
    (reserve(2, *pay(300), expires_at=DUE), Code.POSTED),
    (reserve(3, *pay(200)), Code.POSTED),
    (wait(days=2), DONE),
    (
        in_bundle(
            90,
            capture(10, 3, (1, 50), (2, 50), keep_rest=True),
            release(11, hold=2),
            reverse(12, 1, (1, 10), (2, 10)),
            reserve(13, *pay(40)),
            capture(14, hold=13),
            BROKEN,
        ),
        (*[Code.LINKED_FAILED] * 5, Code.ACCOUNT_NOT_FOUND),
    ),
    (post(20, *pay(801)), Code.BELOW_FLOOR),
    (reserve(21, *pay(800)), Code.POSTED),
    (capture(22, 3, (1, 200), (2, 200)), Code.POSTED),
    (capture(23, hold=21), Code.POSTED),
    (release(24, hold=2), Code.POSTED),
    (counted(25, "cash", 0), Code.POSTED),
)

USED_BEFORE: Table = (
    (reserve(1, *pay(300)), Code.POSTED),
    (
        (
            capture(2, 1, (1, 100), (2, 100), keep_rest=True),
            *in_bundle(90, capture(3, 1, (1, 50), (2, 50), keep_rest=True), BROKEN),
        ),
        (Code.POSTED, Code.LINKED_FAILED, Code.ACCOUNT_NOT_FOUND),
    ),
    (capture(4, 1, (1, 200), (2, 200)), Code.POSTED),
)

SEQ_GIVEN_AGAIN: Table = (
    (
        (
            *in_bundle(
                90,
                reserve(1, *pay(300)),
                capture(2, 1, (1, 100), (2, 100), keep_rest=True),
                BROKEN,
            ),
            reserve(3, *pay(500)),
        ),
        (Code.LINKED_FAILED, Code.LINKED_FAILED, Code.ACCOUNT_NOT_FOUND, Code.POSTED),
    ),
    (capture(4, 3, (1, 500), (2, 500)), Code.POSTED),
)

TABLES: Mapping[str, Table] = {
    "across books": ACROSS_BOOKS,
    "the culprit alone is refused": CULPRIT,
    "items build on each other": SELF_CONTAINED,
    "all is taken back": TAKEN_BACK,
    "a hold used before": USED_BEFORE,
    "numbers are given again": SEQ_GIVEN_AGAIN,
}
