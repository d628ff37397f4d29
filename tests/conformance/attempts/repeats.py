"""Ids that are taken: the same request is `exists`, any other says in what it differs."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from ledger.journal.intents import Exchange, Line, credit, debit
from ledger.journal.outcomes import Code
from tests.builders import (
    NOW,
    TODAY,
    YESTERDAY,
    amend,
    capture,
    counted,
    earn,
    entry_id,
    expire,
    hkd,
    idr,
    in_bundle,
    pay,
    post,
    release,
    reserve,
    reverse,
)
from tests.conformance.scene import DONE, Table, freeze, limit, reopen

RATE = Exchange(Decimal("0.0005"), "BI", TODAY)
ABROAD = post(
    1,
    debit("hkd", hkd(1_000)),
    credit("cash", idr(2_000_000)),
    exchange=RATE,
    value_date=YESTERDAY,
    narration="kirim",
    metadata={"channel": "bank", "ref": "7"},
    device_time=NOW - timedelta(minutes=5),
    kind="remittance",
    bundle=entry_id(90),
)
OTHER_LINES = (debit("hkd", hkd(1_000)), credit("bank", idr(2_000_000)))
OTHER_AMOUNTS = (debit("hkd", hkd(1_000)), credit("cash", idr(2_000_001)))

FIELDS: Table = (
    (ABROAD, Code.POSTED),
    (ABROAD, Code.EXISTS),
    (post(1, *pay(5)), Code.EXISTS_WITH_DIFFERENT_POSTINGS),
    (replace(ABROAD, postings=OTHER_LINES), Code.EXISTS_WITH_DIFFERENT_POSTINGS),
    (replace(ABROAD, postings=ABROAD.postings[::-1]), Code.EXISTS_WITH_DIFFERENT_POSTINGS),
    (replace(ABROAD, postings=OTHER_AMOUNTS), Code.EXISTS_WITH_DIFFERENT_AMOUNT),
    (replace(ABROAD, effective_date=YESTERDAY), Code.EXISTS_WITH_DIFFERENT_EFFECTIVE_DATE),
    (replace(ABROAD, value_date=TODAY), Code.EXISTS_WITH_DIFFERENT_VALUE_DATE),
    (replace(ABROAD, value_date=None), Code.EXISTS_WITH_DIFFERENT_VALUE_DATE),
    (replace(ABROAD, kind="journal"), Code.EXISTS_WITH_DIFFERENT_KIND),
    (replace(ABROAD, exchange=None), Code.EXISTS_WITH_DIFFERENT_EXCHANGE),
    (
        replace(ABROAD, exchange=replace(RATE, mid_rate=Decimal("0.0006"))),
        Code.EXISTS_WITH_DIFFERENT_EXCHANGE,
    ),
    (replace(ABROAD, exchange=replace(RATE, mid_rate=Decimal("0.00050"))), Code.EXISTS),
    (replace(ABROAD, bundle=None), Code.EXISTS_WITH_DIFFERENT_BUNDLE),
    (replace(ABROAD, bundle=entry_id(91)), Code.EXISTS_WITH_DIFFERENT_BUNDLE),
    (replace(ABROAD, narration=None), Code.EXISTS_WITH_DIFFERENT_TEXT),
    (replace(ABROAD, narration="kirim uang"), Code.EXISTS_WITH_DIFFERENT_TEXT),
    (replace(ABROAD, metadata=None), Code.EXISTS_WITH_DIFFERENT_TEXT),
    (replace(ABROAD, metadata={"ref": "7", "channel": "bank"}), Code.EXISTS),
    (replace(ABROAD, metadata={"channel": "cash", "ref": "7"}), Code.EXISTS_WITH_DIFFERENT_TEXT),
    (replace(ABROAD, subject="person:1"), Code.EXISTS_WITH_DIFFERENT_TEXT),
    (replace(ABROAD, device_time=NOW), Code.EXISTS_WITH_DIFFERENT_DEVICE_TIME),
    (replace(ABROAD, device_time=None), Code.EXISTS_WITH_DIFFERENT_DEVICE_TIME),
    (reverse(1, entry=1), Code.EXISTS_WITH_DIFFERENT_VERB),
)

LATER = NOW + timedelta(days=3)
PART = ((1, 20), (2, 20))

VERBS: Table = (
    (reserve(1, *pay(100), expires_at=LATER), Code.POSTED),
    (reserve(1, *pay(100), expires_at=LATER), Code.EXISTS),
    (reserve(1, *pay(100)), Code.EXISTS_WITH_DIFFERENT_EXPIRY),
    (
        reserve(1, *pay(100), expires_at=LATER + timedelta(microseconds=1)),
        Code.EXISTS_WITH_DIFFERENT_EXPIRY,
    ),
    (post(1, *pay(100)), Code.EXISTS_WITH_DIFFERENT_VERB),
    (capture(2, 1, *PART, keep_rest=True), Code.POSTED),
    (capture(2, 1, *PART, keep_rest=True), Code.EXISTS),
    (capture(2, 1, *PART[::-1], keep_rest=True), Code.EXISTS),
    (capture(2, 1, *PART), Code.EXISTS_WITH_DIFFERENT_OPTIONS),
    (capture(2, 1, keep_rest=True), Code.EXISTS_WITH_DIFFERENT_POSTINGS),
    (capture(2, 1, (1, 20), (2, 21), keep_rest=True), Code.EXISTS_WITH_DIFFERENT_AMOUNT),
    (capture(2, 1, (1, 20), keep_rest=True), Code.EXISTS_WITH_DIFFERENT_POSTINGS),
    (capture(2, 7, *PART, keep_rest=True), Code.EXISTS_WITH_DIFFERENT_TARGET),
    (release(2, hold=1), Code.EXISTS_WITH_DIFFERENT_VERB),
    (capture(3, hold=1), Code.POSTED),
    (capture(3, hold=1), Code.EXISTS),
    (capture(3, hold=1, keep_rest=True), Code.EXISTS_WITH_DIFFERENT_OPTIONS),
    (reserve(4, *pay(100)), Code.POSTED),
    (release(5, hold=4), Code.POSTED),
    (release(5, hold=4), Code.EXISTS),
    (release(5, hold=1), Code.EXISTS_WITH_DIFFERENT_TARGET),
    (expire(5, hold=4), Code.EXISTS_WITH_DIFFERENT_VERB),
    (reverse(6, 2, (1, 5), (2, 5), reason="salah"), Code.POSTED),
    (reverse(6, 2, (1, 5), (2, 5), reason="salah"), Code.EXISTS),
    (reverse(6, 2, (1, 5), (2, 5)), Code.EXISTS_WITH_DIFFERENT_TEXT),
    (reverse(6, 2, (1, 6), (2, 6), reason="salah"), Code.EXISTS_WITH_DIFFERENT_AMOUNT),
    (reverse(6, 3, (1, 5), (2, 5), reason="salah"), Code.EXISTS_WITH_DIFFERENT_TARGET),
    (amend(7, 3, *pay(90), reason="harga"), Code.POSTED),
    (amend(7, 3, *pay(90), reason="harga"), Code.EXISTS),
    (amend(7, 3, *pay(91), reason="harga"), Code.EXISTS_WITH_DIFFERENT_AMOUNT),
    (amend(7, 2, *pay(90), reason="harga"), Code.EXISTS_WITH_DIFFERENT_TARGET),
    (counted(8, "food", 105), Code.POSTED),
    (counted(8, "food", 105), Code.EXISTS),
    (counted(8, "food", 106), Code.EXISTS_WITH_DIFFERENT_AMOUNT),
    (counted(8, "rent", 105), Code.EXISTS_WITH_DIFFERENT_POSTINGS),
)

BY_NUMBER = replace(earn(5)[0], account=10_000)

NAMES: Table = (
    (post(1, *earn(5)), Code.POSTED),
    (post(1, BY_NUMBER, earn(5)[1]), Code.EXISTS),
    (post(2, BY_NUMBER, earn(5)[1]), Code.POSTED),
    (post(2, *earn(5)), Code.EXISTS),
)

FROZEN: Table = (
    (freeze("cash"), DONE),
    (post(1, *earn(5), narration="upah"), Code.ACCOUNT_FROZEN),
    (post(2, *earn(5, where="purse")), Code.ACCOUNT_NOT_FOUND),
    (reopen("cash"), DONE),
    (post(1, *earn(5), narration="upah"), Code.ACCOUNT_FROZEN),
    (post(1, *earn(6), narration="upah"), Code.EXISTS_WITH_DIFFERENT_AMOUNT),
    (post(1, *earn(5), narration="lain"), Code.EXISTS_WITH_DIFFERENT_TEXT),
    (post(3, *earn(5), narration="upah"), Code.POSTED),
    (limit("cash", floor=0), DONE),
    (post(4, *pay(6)), Code.BELOW_FLOOR),
    (post(5, *earn(5)), Code.POSTED),
    (post(4, *pay(6)), Code.BELOW_FLOOR),
    (post(6, *pay(6)), Code.POSTED),
    (counted(7, "cash", 5), Code.BALANCE_DIFFERS),
    (counted(7, "cash", 5), Code.BALANCE_DIFFERS),
    (counted(8, "cash", 4), Code.POSTED),
)

TWICE: Table = (
    ((post(1, *earn(5)), post(1, *earn(5))), (Code.POSTED, Code.EXISTS)),
    ((post(2, *earn(5)), post(2, *earn(6))), (Code.POSTED, Code.EXISTS_WITH_DIFFERENT_AMOUNT)),
    (in_bundle(90, post(3, *earn(5)), post(3, *earn(5))), (Code.POSTED, Code.EXISTS)),
    ((post(4, *earn(5, where="purse")),) * 2, (Code.ACCOUNT_NOT_FOUND,) * 2),
    ((post(5, *earn(0)), post(5, *earn(5))), (Code.AMOUNT_NOT_POSITIVE, Code.POSTED)),
)

SAME_PART_TWICE: Table = (
    (reserve(1, *pay(100)), Code.POSTED),
    (replace(capture(2, 1, *PART), lines=(Line(1, 2_000), Line(2, 2_000))), Code.POSTED),
    (
        replace(capture(2, 1), lines=(Line(1, 500), Line(2, 2_000), Line(1, 1_500))),
        Code.EXISTS,
    ),
)

TABLES: Mapping[str, Table] = {
    "every field that differs": FIELDS,
    "every verb repeated": VERBS,
    "accounts by code and by number": NAMES,
    "refusals are final": FROZEN,
    "twice in one batch": TWICE,
    "a line in two parts": SAME_PART_TWICE,
}
