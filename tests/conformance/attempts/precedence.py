"""Cases in which two reasons to refuse apply at once: the earlier is the answer.

For each two codes that stand next to each other in `outcomes.Code` there is a case to which both
apply, or the reason why there can be none; pairs that stand further apart are in `further_apart`.
The request that is looked at has the id 1.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from ledger.journal.intents import Exchange, credit, debit
from ledger.journal.outcomes import Code
from tests.builders import (
    DANA,
    IBU,
    KOPERASI,
    NOW,
    TODAY,
    YESTERDAY,
    amend,
    capture,
    earn,
    entry_id,
    hkd,
    idr,
    in_bundle,
    pay,
    post,
    release,
    reserve,
    reverse,
)
from tests.conformance.scene import (
    close,
    close_period,
    erase,
    freeze,
    limit,
    wait,
)

ABSURD = date(1800, 1, 1)
FAR = date(2028, 1, 1)
OLD = date(2026, 10, 31)
NO_BOOK = 7
OVER = Exchange()
LATER = NOW + timedelta(hours=1)

FULL = post(
    1,
    *pay(5),
    value_date=YESTERDAY,
    narration="beras",
    device_time=NOW,
    bundle=entry_id(90),
)


def _but(**changes: Any) -> Any:
    """Change the full entry: the same id, other content."""
    return replace(FULL, **changes)


Case = tuple[Code, Code, tuple[Any, ...], Any]
"""Earlier code, later code, what happened before, and an attempt to which both apply."""

ADJACENT: tuple[Case, ...] = (
    (Code.INVALID_REQUEST, Code.INVALID_DATE, (), post(1, *pay(5), day=ABSURD, narration="\x00")),
    (
        Code.INVALID_DATE,
        Code.BUNDLE_SCATTERED,
        (),
        (
            post(2, *pay(5), bundle=entry_id(90)),
            post(3, *pay(5)),
            post(1, *pay(5), day=ABSURD, bundle=entry_id(90)),
        ),
    ),
    (
        Code.BUNDLE_SCATTERED,
        Code.BOOK_NOT_FOUND,
        (),
        (
            post(2, *pay(5), bundle=entry_id(90)),
            post(3, *pay(5)),
            post(1, *pay(5), book=NO_BOOK, bundle=entry_id(90)),
        ),
    ),
    (
        Code.SUBJECT_ERASED,
        Code.BUNDLE_CROSSES_TENANTS,
        (post(9, *pay(5), narration="x", subject="s"), erase("s")),
        in_bundle(
            90, post(2, *pay(5), book=KOPERASI), post(1, *pay(5), narration="x", subject="s")
        ),
    ),
    (
        Code.BUNDLE_CROSSES_TENANTS,
        Code.EXISTS,
        (post(1, *pay(5), bundle=entry_id(90)),),
        in_bundle(90, post(2, *pay(5), book=KOPERASI), post(1, *pay(5))),
    ),
    (
        Code.EXISTS_WITH_DIFFERENT_VERB,
        Code.EXISTS_WITH_DIFFERENT_TARGET,
        (reserve(2, *pay(5)), reserve(3, *pay(5)), capture(1, hold=2)),
        release(1, hold=3),
    ),
    (
        Code.EXISTS_WITH_DIFFERENT_TARGET,
        Code.EXISTS_WITH_DIFFERENT_POSTINGS,
        (post(2, *pay(5)), post(3, *pay(5)), amend(1, 2, *pay(6))),
        amend(1, 3, *pay(6, what="rent")),
    ),
    (
        Code.EXISTS_WITH_DIFFERENT_POSTINGS,
        Code.EXISTS_WITH_DIFFERENT_AMOUNT,
        (FULL,),
        _but(postings=pay(6, what="rent")),
    ),
    (
        Code.EXISTS_WITH_DIFFERENT_AMOUNT,
        Code.EXISTS_WITH_DIFFERENT_EFFECTIVE_DATE,
        (FULL,),
        _but(postings=pay(6), effective_date=YESTERDAY),
    ),
    (
        Code.EXISTS_WITH_DIFFERENT_EFFECTIVE_DATE,
        Code.EXISTS_WITH_DIFFERENT_VALUE_DATE,
        (FULL,),
        _but(effective_date=YESTERDAY, value_date=TODAY),
    ),
    (
        Code.EXISTS_WITH_DIFFERENT_VALUE_DATE,
        Code.EXISTS_WITH_DIFFERENT_KIND,
        (FULL,),
        _but(value_date=None, kind="shop"),
    ),
    (
        Code.EXISTS_WITH_DIFFERENT_KIND,
        Code.EXISTS_WITH_DIFFERENT_EXCHANGE,
        (FULL,),
        _but(kind="shop", exchange=OVER),
    ),
    (
        Code.EXISTS_WITH_DIFFERENT_OPTIONS,
        Code.EXISTS_WITH_DIFFERENT_BUNDLE,
        (reserve(2, *pay(5)), capture(1, hold=2)),
        capture(1, hold=2, keep_rest=True, bundle=entry_id(90)),
    ),
    (
        Code.EXISTS_WITH_DIFFERENT_BUNDLE,
        Code.EXISTS_WITH_DIFFERENT_TEXT,
        (FULL,),
        _but(bundle=None, narration="nasi"),
    ),
    (
        Code.EXISTS_WITH_DIFFERENT_TEXT,
        Code.EXISTS_WITH_DIFFERENT_DEVICE_TIME,
        (FULL,),
        _but(narration=None, device_time=None),
    ),
    (
        Code.EXISTS_WITH_DIFFERENT_DEVICE_TIME,
        Code.BUNDLE_DIFFERS,
        (FULL,),
        (post(2, *pay(5), bundle=entry_id(90)), _but(device_time=None)),
    ),
    (
        Code.BUNDLE_DIFFERS,
        Code.NO_POSTINGS,
        (FULL,),
        (FULL, post(1, book=IBU, bundle=entry_id(90))),
    ),
    (Code.TOO_MANY_POSTINGS, Code.AMOUNT_NOT_POSITIVE, (), post(1, *pay(0) * 251)),
    (Code.AMOUNT_NOT_POSITIVE, Code.SELF_TRANSFER, (), post(1, *pay(0, what="cash"))),
    (Code.SELF_TRANSFER, Code.ENTRY_NOT_FOUND, (), amend(1, 99, *pay(5, what="cash"))),
    (
        Code.LINE_NOT_FOUND,
        Code.NOT_REVERSIBLE,
        (reserve(2, *pay(5)),),
        reverse(1, 2, (9, 5)),
    ),
    (
        Code.HOLD_CLOSED,
        Code.HOLD_EXPIRED,
        (reserve(2, *pay(5), expires_at=LATER), capture(3, hold=2), wait(hours=2)),
        capture(1, hold=2),
    ),
    (
        Code.ACCOUNT_CLOSED,
        Code.ACCOUNT_FROZEN,
        (freeze("cash"), close("food")),
        post(1, *pay(5)),
    ),
    (
        Code.ACCOUNT_FROZEN,
        Code.ACCOUNT_NOT_POSTABLE,
        (freeze("cash"),),
        post(1, *pay(5, what="pocket")),
    ),
    (
        Code.ACCOUNT_NOT_POSTABLE,
        Code.PERIOD_CLOSED,
        (close_period(OLD, KOPERASI),),
        post(1, *pay(5, what="pocket"), book=KOPERASI, day=OLD),
    ),
    (
        Code.PERIOD_CLOSED,
        Code.DATE_TOO_FAR_AHEAD,
        (close_period(FAR, KOPERASI),),
        post(1, *pay(5), book=KOPERASI, day=FAR),
    ),
    (
        Code.DATE_TOO_FAR_AHEAD,
        Code.CURRENCY_MISMATCH,
        (),
        post(1, debit("food", hkd(5)), credit("cash", hkd(5)), day=FAR),
    ),
    (
        Code.CURRENCY_MISMATCH,
        Code.UNBALANCED,
        (),
        post(1, debit("food", hkd(5)), credit("cash", hkd(4))),
    ),
    (
        Code.UNBALANCED,
        Code.EXCHANGE_NOT_TWO_CURRENCIES,
        (post(2, debit("cash", idr(4_000)), credit("hkd", hkd(2)), exchange=OVER),),
        reverse(1, 2, (1, 4_000), (4, 3_000)),
    ),
    (
        Code.EXCHANGE_NOT_TWO_CURRENCIES,
        Code.EXCEEDS_ORIGINAL,
        (post(2, debit("cash", idr(4_000)), credit("hkd", hkd(2)), exchange=OVER),),
        reverse(1, 2, (1, 5_000), (4, 5_000)),
    ),
    (
        Code.EXCEEDS_HOLD,
        Code.PURPOSE_NOT_ALLOWED,
        (
            post(3, *earn(50, "zakat_cash", "zakat_in"), book=DANA),
            reserve(2, *pay(5, "zakat_poor", "zakat_cash"), book=DANA),
        ),
        capture(1, 2, (1, 6), (2, 6), book=DANA, day=date(2027, 1, 1)),
    ),
    (
        Code.BELOW_FLOOR,
        Code.ABOVE_CEILING,
        (limit("cash", floor=0), limit("food", ceiling=0)),
        post(1, *pay(5)),
    ),
    (
        Code.ABOVE_CEILING,
        Code.OVER_DAILY_LIMIT,
        (limit("food", ceiling=0, daily_debit_limit=0),),
        post(1, *pay(5)),
    ),
    (
        Code.COUNTER_OVERFLOW,
        Code.LINKED_FAILED,
        (post(2, *pay((2**63 - 1) // 100)),),
        in_bundle(90, post(3, *pay(5, "rent", "bank")), post(1, *pay(2**56))),
    ),
)

VERBS_APART = "no verb can be refused for both"
CANNOT_MEET: dict[tuple[Code, Code], str] = {
    (Code.POSTED, Code.INVALID_REQUEST): "the first is no refusal",
    (Code.BOOK_NOT_FOUND, Code.SUBJECT_ERASED): "a subject's key belongs to a book",
    (Code.EXISTS, Code.EXISTS_WITH_DIFFERENT_VERB): "the content is the same, or it is not",
    (Code.EXISTS_WITH_DIFFERENT_EXCHANGE, Code.EXISTS_WITH_DIFFERENT_EXPIRY): VERBS_APART,
    (Code.EXISTS_WITH_DIFFERENT_EXPIRY, Code.EXISTS_WITH_DIFFERENT_OPTIONS): VERBS_APART,
    (Code.NO_POSTINGS, Code.TOO_MANY_POSTINGS): "they are too few or too many",
    (Code.ENTRY_NOT_FOUND, Code.HOLD_NOT_FOUND): VERBS_APART,
    (Code.HOLD_NOT_FOUND, Code.ACCOUNT_NOT_FOUND): VERBS_APART,
    (Code.ACCOUNT_NOT_FOUND, Code.LINE_NOT_FOUND): VERBS_APART,
    (Code.NOT_REVERSIBLE, Code.ALREADY_REVERSED): "what is not reversible is not reversed",
    (Code.ALREADY_REVERSED, Code.HOLD_CLOSED): VERBS_APART,
    (Code.HOLD_EXPIRED, Code.HOLD_NOT_DUE): "it is due, or it is not",
    (Code.HOLD_NOT_DUE, Code.ACCOUNT_CLOSED): "to give a hold back asks nothing of accounts",
    (Code.EXCEEDS_ORIGINAL, Code.EXCEEDS_HOLD): VERBS_APART,
    (Code.PURPOSE_NOT_ALLOWED, Code.BALANCE_DIFFERS): VERBS_APART,
    (Code.BALANCE_DIFFERS, Code.BELOW_FLOOR): VERBS_APART,
    (Code.OVER_DAILY_LIMIT, Code.COUNTER_OVERFLOW): "a limit fits sixty-four bits",
}
