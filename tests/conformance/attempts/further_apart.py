"""Pairs of reasons to refuse that stand apart in `outcomes.Code` and are easily mistaken.

Cases as in `precedence`: to each both reasons apply, and the earlier is the answer.
"""

from dataclasses import replace

from ledger.journal.intents import Line, credit, debit
from ledger.journal.outcomes import Code
from tests.builders import (
    DANA,
    KOPERASI,
    amend,
    capture,
    counted,
    earn,
    entry_id,
    expire,
    idr,
    in_bundle,
    pay,
    post,
    release,
    reserve,
    reverse,
)
from tests.conformance.attempts.precedence import FAR, LATER, NO_BOOK, OLD, Case
from tests.conformance.scene import (
    close_period,
    freeze,
    limit,
    wait,
)

FURTHER_APART: tuple[Case, ...] = (
    (
        Code.BOOK_NOT_FOUND,
        Code.BUNDLE_CROSSES_TENANTS,
        (),
        in_bundle(90, post(2, *pay(5)), post(1, *pay(5), book=NO_BOOK)),
    ),
    (
        Code.BUNDLE_CROSSES_TENANTS,
        Code.EXISTS_WITH_DIFFERENT_AMOUNT,
        (post(1, *pay(5), bundle=entry_id(90)),),
        in_bundle(90, post(2, *pay(5), book=KOPERASI), post(1, *pay(6))),
    ),
    (
        Code.SELF_TRANSFER,
        Code.ACCOUNT_NOT_FOUND,
        (),
        post(1, *pay(5, what="purse", source="purse")),
    ),
    (Code.ENTRY_NOT_FOUND, Code.ACCOUNT_NOT_FOUND, (), amend(1, 99, *pay(5, what="purse"))),
    (
        Code.ACCOUNT_NOT_FOUND,
        Code.NOT_REVERSIBLE,
        (reserve(2, *pay(5)),),
        amend(1, 2, *pay(5, what="purse")),
    ),
    (
        Code.LINE_NOT_FOUND,
        Code.ALREADY_REVERSED,
        (post(2, *pay(5)), reverse(3, entry=2)),
        reverse(1, 2, (9, 5)),
    ),
    (
        Code.LINE_NOT_FOUND,
        Code.HOLD_CLOSED,
        (reserve(2, *pay(5)), capture(3, hold=2)),
        capture(1, 2, (9, 5)),
    ),
    (
        Code.ALREADY_REVERSED,
        Code.ACCOUNT_FROZEN,
        (post(2, *pay(5)), reverse(3, entry=2), freeze("cash")),
        reverse(1, entry=2),
    ),
    (
        Code.HOLD_EXPIRED,
        Code.ACCOUNT_FROZEN,
        (reserve(2, *pay(5), expires_at=LATER), wait(hours=2), freeze("cash")),
        capture(1, hold=2),
    ),
    (
        Code.ACCOUNT_FROZEN,
        Code.EXCEEDS_ORIGINAL,
        (post(2, *pay(5)), freeze("cash")),
        reverse(1, 2, (1, 6), (2, 6)),
    ),
    (
        Code.ACCOUNT_FROZEN,
        Code.EXCEEDS_HOLD,
        (reserve(2, *pay(5)), freeze("cash")),
        capture(1, 2, (1, 6), (2, 6)),
    ),
    (
        Code.HOLD_CLOSED,
        Code.PERIOD_CLOSED,
        (
            reserve(2, *pay(5), book=KOPERASI),
            release(3, hold=2, book=KOPERASI),
            close_period(OLD, KOPERASI),
        ),
        release(1, hold=2, book=KOPERASI, day=OLD),
    ),
    (
        Code.HOLD_NOT_DUE,
        Code.DATE_TOO_FAR_AHEAD,
        (reserve(2, *pay(5)),),
        expire(1, hold=2, day=FAR),
    ),
    (Code.ACCOUNT_NOT_FOUND, Code.DATE_TOO_FAR_AHEAD, (), counted(1, "purse", 5, day=FAR)),
    (
        Code.PERIOD_CLOSED,
        Code.CURRENCY_MISMATCH,
        (close_period(OLD, KOPERASI),),
        counted(1, "cash", 5, currency="HKD", book=KOPERASI, day=OLD),
    ),
    (Code.DATE_TOO_FAR_AHEAD, Code.BALANCE_DIFFERS, (), counted(1, "cash", 5, day=FAR)),
    (
        Code.ACCOUNT_FROZEN,
        Code.CURRENCY_MISMATCH,
        (post(2, *pay(5)), freeze("cash")),
        replace(reverse(1, entry=2), lines=(Line(1, 500, "HKD"), Line(2, 500))),
    ),
    (
        Code.CURRENCY_MISMATCH,
        Code.UNBALANCED,
        (reserve(2, *pay(5)),),
        replace(capture(1, hold=2), lines=(Line(1, 500, "HKD"), Line(2, 400))),
    ),
    (
        Code.CURRENCY_MISMATCH,
        Code.EXCEEDS_ORIGINAL,
        (post(2, *pay(5)),),
        replace(reverse(1, entry=2), lines=(Line(1, 600, "HKD"), Line(2, 600))),
    ),
    (
        Code.PERIOD_CLOSED,
        Code.EXCEEDS_ORIGINAL,
        (post(2, *pay(5), book=KOPERASI), close_period(OLD, KOPERASI)),
        reverse(1, 2, (1, 6), (2, 6), book=KOPERASI, day=OLD),
    ),
    (
        Code.DATE_TOO_FAR_AHEAD,
        Code.UNBALANCED,
        (reserve(2, *pay(5)),),
        capture(1, 2, (1, 5), (2, 4), day=FAR),
    ),
    (
        Code.ACCOUNT_FROZEN,
        Code.UNBALANCED,
        (post(2, *pay(5)), freeze("cash")),
        reverse(1, 2, (1, 5), (2, 4)),
    ),
    (Code.UNBALANCED, Code.EXCEEDS_ORIGINAL, (post(2, *pay(5)),), reverse(1, 2, (1, 6), (2, 4))),
    (Code.UNBALANCED, Code.EXCEEDS_HOLD, (reserve(2, *pay(5)),), capture(1, 2, (1, 6), (2, 4))),
    (
        Code.UNBALANCED,
        Code.BELOW_FLOOR,
        (post(2, *earn(5)), post(3, *pay(5)), limit("cash", floor=0)),
        amend(1, 2, debit("cash", idr(1)), credit("wage", idr(2))),
    ),
    (
        Code.CURRENCY_MISMATCH,
        Code.BALANCE_DIFFERS,
        (),
        counted(1, "cash", 5, currency="HKD"),
    ),
    (
        Code.PURPOSE_NOT_ALLOWED,
        Code.BELOW_FLOOR,
        (limit("zakat_cash", DANA, floor=0),),
        post(1, *pay(5, "zakat_office", "zakat_cash"), book=DANA),
    ),
    (
        Code.HOLD_CLOSED,
        Code.HOLD_NOT_DUE,
        (reserve(2, *pay(5)), release(3, hold=2)),
        expire(1, hold=2),
    ),
)
