"""Requests that cannot be carried out whatever the state of the books; their ids stay free."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from ledger.journal.intents import Exchange, Intent, Line, Posting, credit, debit
from ledger.journal.outcomes import Code
from tests.builders import (
    DANA,
    IBU,
    KOPERASI,
    NOW,
    amend,
    capture,
    counted,
    earn,
    hkd,
    idr,
    in_bundle,
    pay,
    post,
    release,
    reserve,
    reverse,
)
from tests.conformance.scene import DONE, Table, close, erase, freeze

WAGE = post(1, *earn(1_000))
LINE = WAGE.postings[0]
NAIVE = NOW.replace(tzinfo=None)


def _with(intent: Intent, **changes: Any) -> Intent:
    return replace(intent, **changes)


def _with_line(**changes: Any) -> Intent:
    return replace(WAGE, postings=(replace(LINE, **changes), WAGE.postings[1]))


NONSENSE: tuple[Intent, ...] = (
    _with(WAGE, id=b"fifteen bytes.."),
    _with(WAGE, id="0" * 16),
    _with(WAGE, book_id=2**63),
    _with(WAGE, book_id="1"),
    _with(WAGE, kind=""),
    _with(WAGE, kind="Journal"),
    _with(WAGE, kind="j" * 33),
    _with(WAGE, bundle=b""),
    _with(WAGE, device_time=NAIVE),
    _with(WAGE, device_time=NOW.replace(year=1900)),
    _with(WAGE, effective_date="2026-11-24"),
    _with(WAGE, effective_date=NOW),
    _with(WAGE, value_date=NOW),
    _with(WAGE, narration=""),
    _with(WAGE, narration="nul \x00"),
    _with(WAGE, narration="half a pair \ud83d"),
    _with(WAGE, narration="x" * 2_001),
    _with(WAGE, subject="a b", narration="x"),
    _with(WAGE, metadata={"Key": "x"}),
    _with(WAGE, metadata={"key": ""}),
    _with(WAGE, metadata=[("key", "x")]),
    _with(WAGE, metadata={"key": 5}),
    _with(WAGE, metadata={f"k{n}": "x" for n in range(33)}),
    _with(WAGE, metadata=0),
    _with(WAGE, subject=None),
    _with(reverse(1, 2), subject=None, reason="x"),
    _with(WAGE, postings=list(WAGE.postings)),
    _with(WAGE, postings=("cash", "wage")),
    _with(WAGE, postings=(None, *WAGE.postings)),
    _with_line(account=0),
    _with_line(account=2**31),
    _with_line(account=True),
    _with_line(account=""),
    _with_line(account="kas\x00"),
    _with_line(account="c" * 121),
    _with_line(account="käse"),
    _with_line(side="D"),
    _with_line(amount=2**63),
    _with_line(amount=-(2**63)),
    _with_line(amount=1.5),
    _with_line(amount=True),
    _with_line(currency="RUPIAH"),
    _with_line(currency="id¥"),
    _with(WAGE, exchange=2_000),
    _with(WAGE, exchange=Exchange(Decimal("NaN"))),
    _with(WAGE, exchange=Exchange(Decimal(0))),
    _with(WAGE, exchange=Exchange(Decimal("0.0000000000001"))),
    _with(WAGE, exchange=Exchange(Decimal("1E+15"))),
    _with(WAGE, exchange=Exchange("2")),  # type: ignore[arg-type]
    _with(WAGE, exchange=Exchange(mid_source="")),
    _with(WAGE, exchange=Exchange(mid_source="s" * 65)),
    _with(WAGE, exchange=Exchange(mid_date=date(1899, 12, 31))),
    _with(WAGE, exchange=Exchange(mid_date=NOW)),
    reserve(1, *pay(10), expires_at=NAIVE),
    _with(capture(1, hold=9), hold_id=b""),
    _with(capture(1, hold=9), lines=[]),
    _with(capture(1, hold=9), lines=(Line(0, 1),)),
    _with(capture(1, hold=9), lines=(Line(2**15, 1),)),
    _with(capture(1, hold=9), lines=(Line(1, 2**63),)),
    _with(capture(1, hold=9), lines=(Line(1, 1, "RUPIAH"),)),
    _with(reverse(1, entry=9), lines=(Line(1, 1, 360),)),  # type: ignore[arg-type]
    _with(capture(1, hold=9), lines=(Line(1, 2**63 - 1), Line(1, 2**63 - 1))),
    _with(release(1, hold=9), hold_id=None),
    _with(reverse(1, entry=9), entry_id=b"short"),
    reverse(1, entry=9, reason=""),
    amend(1, 9, *pay(10), reason="\x00"),
    _with(counted(1, "cash", 0), account=None),
    _with(counted(1, "cash", 0), balance=2**63),
)

UNREADABLE: Table = (
    *((intent, Code.INVALID_REQUEST) for intent in NONSENSE),
    (WAGE, Code.POSTED),
)

DATES: Table = (
    (post(1, *earn(5), day=date(1899, 12, 31)), Code.INVALID_DATE),
    (post(1, *earn(5), day=date(2200, 1, 1)), Code.INVALID_DATE),
    (post(1, *earn(5), value_date=date(1, 1, 1)), Code.INVALID_DATE),
    (post(1, *earn(5), day=date(1900, 1, 1)), Code.POSTED),
    (post(2, *earn(5), day=date(2027, 11, 26)), Code.DATE_TOO_FAR_AHEAD),
    (post(3, *earn(5), day=date(2027, 11, 25)), Code.POSTED),
)

SHAPES: Table = (
    (post(1, debit("cash", idr(5))), Code.NO_POSTINGS),
    (post(1), Code.NO_POSTINGS),
    (reserve(1), Code.NO_POSTINGS),
    (post(1, *pay(1) * 251), Code.TOO_MANY_POSTINGS),
    (post(1, *pay(1) * 250), Code.POSTED),
    (post(2, *pay(0)), Code.AMOUNT_NOT_POSITIVE),
    (post(2, *pay(-5)), Code.AMOUNT_NOT_POSITIVE),
    (post(2, *pay(5, what="cash", source="cash")), Code.SELF_TRANSFER),
    (post(2, debit("cash", idr(5)), debit("cash", idr(5))), Code.SELF_TRANSFER),
    (post(2, *pay(5), debit("cash", idr(1)), credit("cash", idr(1))), Code.POSTED),
    (post(3, debit("food", idr(5)), credit("cash", idr(4))), Code.UNBALANCED),
    (post(3, debit("food", idr(5)), debit("cash", idr(5))), Code.UNBALANCED),
    (post(3, debit("food", hkd(5)), credit("cash", hkd(5))), Code.CURRENCY_MISMATCH),
    (post(3, debit("food", idr(5)), credit("hkd", hkd(5))), Code.UNBALANCED),
    (post(3, *pay(5)), Code.POSTED),
    (reverse(4, 3, (1, 0), (2, 0)), Code.AMOUNT_NOT_POSITIVE),
    (replace(reverse(4, entry=3), lines=()), Code.NO_POSTINGS),
    (reverse(4, entry=3), Code.POSTED),
)

SOMEWHERE_ELSE = 7
"""A book that nobody opened."""

PLACES: Table = (
    (post(1, *earn(5), book=SOMEWHERE_ELSE), Code.BOOK_NOT_FOUND),
    (post(1, *earn(5, where="purse")), Code.ACCOUNT_NOT_FOUND),
    (post(2, Posting(9_999_999, LINE.side, 500, "IDR"), LINE), Code.ACCOUNT_NOT_FOUND),
    (post(3, *earn(5, where="zakat_cash")), Code.ACCOUNT_NOT_FOUND),
    (counted(4, "purse", 0), Code.ACCOUNT_NOT_FOUND),
    (post(5, *earn(5, where="pocket")), Code.ACCOUNT_NOT_POSTABLE),
    (freeze("bank"), DONE),
    (post(6, *earn(5, where="bank")), Code.ACCOUNT_FROZEN),
    (close("debt"), DONE),
    (post(7, *earn(5, source="debt")), Code.ACCOUNT_CLOSED),
    (post(8, *earn(5)), Code.POSTED),
    (post(8, *earn(5), book=IBU), Code.POSTED),
)

SUBJECTS: Table = (
    (post(1, *earn(5), narration="upah Siti", subject="person:1"), Code.POSTED),
    (erase("person:1"), DONE),
    (post(2, *earn(5), narration="upah lagi", subject="person:1"), Code.SUBJECT_ERASED),
    (post(2, *earn(5), narration="upah lagi", subject="person:2"), Code.POSTED),
    (post(3, *earn(5), subject="person:1"), Code.POSTED),
    (post(1, *earn(5), narration="upah Siti", subject="person:1"), Code.EXISTS),
)

SCATTERED: Table = (
    (
        (*in_bundle(90, post(1, *earn(5))), post(2, *earn(5)), *in_bundle(90, post(3, *earn(5)))),
        (Code.BUNDLE_SCATTERED, Code.POSTED, Code.BUNDLE_SCATTERED),
    ),
    (
        (*in_bundle(90, post(1, *earn(5)), post(3, *earn(5))), post(4, *earn(5))),
        (Code.POSTED, Code.POSTED, Code.POSTED),
    ),
)

OPERATORS: Table = (
    (
        in_bundle(90, post(1, *pay(5)), post(1, *earn(5), book=KOPERASI)),
        (Code.BUNDLE_CROSSES_TENANTS, Code.BUNDLE_CROSSES_TENANTS),
    ),
    (
        in_bundle(90, post(1, *pay(5)), post(1, *earn(5), book=IBU)),
        (Code.POSTED, Code.POSTED),
    ),
    ((post(2, *pay(5)), post(2, *earn(5), book=DANA)), (Code.POSTED, Code.POSTED)),
)

TABLES: Mapping[str, Table] = {
    "fields that have no meaning": UNREADABLE,
    "dates beyond the ledger": DATES,
    "lines that move nothing": SHAPES,
    "books and accounts that are not there": PLACES,
    "subjects that were erased": SUBJECTS,
    "bundles that are interrupted": SCATTERED,
    "bundles of several operators": OPERATORS,
}
