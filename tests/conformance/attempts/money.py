"""Money of several currencies, and money that may only be spent on what it was given for."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from ledger.journal.intents import Exchange, Posting, credit, debit
from ledger.journal.outcomes import Code
from ledger.money import Money
from tests.builders import (
    DANA,
    TODAY,
    amend,
    capture,
    counted,
    earn,
    hkd,
    idr,
    in_bundle,
    pay,
    post,
    reserve,
    reverse,
)
from tests.conformance.scene import DONE, Table, freeze, limit, reopen

RATE = Exchange(Decimal("2000.5"), "Bank Indonesia, kurs tengah", TODAY)


def _usd(dollars: int) -> Money:
    return Money(dollars * 100, "USD")


def _send(rupiah: int, dollars: int) -> tuple[Posting, Posting]:
    """Sell Hong Kong dollars for rupiah."""
    return debit("cash", idr(rupiah)), credit("hkd", hkd(dollars))


def _in_currency(intent: Any, currency: str) -> Any:
    """Name the currency of the parts of a capture or reversal."""
    return replace(intent, lines=tuple(replace(line, currency=currency) for line in intent.lines))


EXCHANGED: Table = (
    (post(1, *_send(2_000_000, 1_000)), Code.UNBALANCED),
    (post(1, *_send(2_000_000, 1_000), exchange=RATE), Code.POSTED),
    (counted(2, "equity:trading:hkd", -1_000, currency="HKD"), Code.POSTED),
    (counted(3, "equity:trading:idr", 2_000_000), Code.POSTED),
    (post(4, *pay(5), exchange=RATE), Code.EXCHANGE_NOT_TWO_CURRENCIES),
    (
        post(4, *_send(1_000, 1), credit("usd", _usd(1)), exchange=RATE),
        Code.EXCHANGE_NOT_TWO_CURRENCIES,
    ),
    (
        post(4, debit("cash", idr(5)), debit("hkd", hkd(1)), exchange=Exchange()),
        Code.EXCHANGE_NOT_TWO_CURRENCIES,
    ),
    (post(4, *_send(1_000, 1), *pay(50), exchange=Exchange()), Code.POSTED),
    (reverse(5, entry=4), Code.POSTED),
    (reverse(6, 1, (1, 1_000_000), (2, 500)), Code.UNBALANCED),
    (
        reverse(6, 1, (1, 1_000_000), (2, 500), (3, 400), (4, 1_000_000)),
        Code.UNBALANCED,
    ),
    (reverse(6, 1, (1, 1_000_000), (4, 1_000_000)), Code.EXCHANGE_NOT_TWO_CURRENCIES),
    (reverse(6, 1, (2, 500), (3, 500)), Code.EXCHANGE_NOT_TWO_CURRENCIES),
    (
        reverse(6, 1, (1, 1_000_000), (2, 499), (3, 499), (4, 1_000_000)),
        Code.EXCHANGE_NOT_TWO_CURRENCIES,
    ),
    (
        reverse(6, 1, (1, 1_000_000), (2, 500), (3, 500), (4, 1_000_000)),
        Code.POSTED,
    ),
    (counted(7, "equity:trading:hkd", -500, currency="HKD"), Code.POSTED),
    (amend(8, 4, *pay(5)), Code.ALREADY_REVERSED),
    (post(9, *_send(4_000, 2), exchange=RATE), Code.POSTED),
    (amend(10, 9, *_send(4_100, 2), exchange=RATE), Code.POSTED),
    (counted(11, "hkd", -502, currency="HKD"), Code.POSTED),
    (reserve(12, *_send(4_000, 2)), Code.UNBALANCED),
)

FIRST_USE: Table = (
    (limit("hkd", floor=0), DONE),
    (post(10, *_send(2_000, 1), exchange=RATE), Code.BELOW_FLOOR),
    (limit("hkd"), DONE),
    (post(1, *_send(2_000, 1), credit("purse", idr(5)), exchange=RATE), Code.ACCOUNT_NOT_FOUND),
    (
        in_bundle(
            90,
            post(2, *_send(2_000, 1), exchange=RATE),
            post(3, debit("cash", idr(16_000)), credit("usd", _usd(1)), exchange=RATE),
            post(4, *pay(5, what="purse")),
        ),
        (Code.LINKED_FAILED, Code.LINKED_FAILED, Code.ACCOUNT_NOT_FOUND),
    ),
    (post(5, debit("cash", idr(16_000)), credit("usd", _usd(1)), exchange=RATE), Code.POSTED),
    (post(6, *_send(2_000, 1), exchange=RATE), Code.POSTED),
    (counted(7, "equity:trading:usd", -1, currency="USD"), Code.POSTED),
    (counted(8, "equity:trading:hkd", -1, currency="HKD"), Code.POSTED),
    (counted(9, "equity:trading:idr", 18_000), Code.POSTED),
)

TRADED_AT_ONCE: Table = (
    (post(1, *_send(2_000, 1), exchange=RATE), Code.POSTED),
    (
        post(2, debit("equity:trading:idr", idr(1_000)), credit("wage", idr(1_000))),
        Code.POSTED,
    ),
    (counted(3, "equity:trading:hkd", -1, currency="HKD"), Code.POSTED),
)

TRADING_UNDER_RULES: Table = (
    (post(1, *_send(2_000, 1), exchange=RATE), Code.POSTED),
    (limit("equity:trading:idr", ceiling=5_000), DONE),
    (post(2, *_send(3_001, 1), exchange=RATE), Code.ABOVE_CEILING),
    (post(3, *_send(3_000, 1), exchange=RATE), Code.POSTED),
    (freeze("equity:trading:hkd"), DONE),
    (post(4, *_send(1, 1), exchange=RATE), Code.ACCOUNT_FROZEN),
    (amend(5, 1, *_send(1_900, 1), exchange=RATE), Code.ACCOUNT_FROZEN),
    (reopen("equity:trading:hkd"), DONE),
    (amend(6, 1, *_send(2_001, 1), exchange=RATE), Code.ABOVE_CEILING),
    (amend(7, 1, *_send(1_900, 1), exchange=RATE), Code.POSTED),
)

OPENING = earn(100_000, "zakat_cash", "zakat_in")
POOR = pay(5, "zakat_poor", "zakat_cash")
OFFICE = pay(5, "zakat_office", "zakat_cash")
OTHER = pay(5, "zakat_other", "zakat_cash")
NEXT_YEAR = date(2027, 1, 1)

ZAKAT: Table = (
    (post(1, *OPENING, book=DANA), Code.POSTED),
    (post(2, *POOR, book=DANA), Code.POSTED),
    (post(3, *OFFICE, book=DANA), Code.PURPOSE_NOT_ALLOWED),
    (post(4, *OTHER, book=DANA), Code.PURPOSE_NOT_ALLOWED),
    (post(5, *pay(5, "zakat_loans", "zakat_cash"), book=DANA), Code.PURPOSE_NOT_ALLOWED),
    (post(6, *POOR, book=DANA, day=NEXT_YEAR), Code.PURPOSE_NOT_ALLOWED),
    (post(7, *POOR, book=DANA, day=date(2025, 12, 31)), Code.PURPOSE_NOT_ALLOWED),
    (post(8, *POOR, book=DANA, day=date(2026, 12, 31)), Code.POSTED),
    (post(9, *pay(5, "food", "zakat_cash"), book=DANA), Code.UNBALANCED),
    (post(9, *pay(5, "grant_tools", "zakat_cash"), book=DANA), Code.UNBALANCED),
    (post(9, *pay(5, "cash", "zakat_cash"), book=DANA), Code.UNBALANCED),
    (reserve(9, *OFFICE, book=DANA), Code.PURPOSE_NOT_ALLOWED),
    (reserve(10, *POOR, book=DANA), Code.POSTED),
    (capture(11, hold=10, book=DANA, day=NEXT_YEAR), Code.PURPOSE_NOT_ALLOWED),
    (capture(12, hold=10, book=DANA), Code.POSTED),
    (amend(13, 2, *OFFICE, book=DANA), Code.PURPOSE_NOT_ALLOWED),
    (amend(14, 2, *pay(5, "food", "zakat_cash"), book=DANA), Code.UNBALANCED),
    (reverse(14, entry=2, book=DANA), Code.POSTED),
    (post(15, *pay(5, "zakat_bank", "zakat_cash"), book=DANA), Code.POSTED),
    (
        post(16, debit("cash", idr(2_000)), credit("zakat_hkd", hkd(1)), book=DANA, exchange=RATE),
        Code.EXCHANGE_NOT_TWO_CURRENCIES,
    ),
    (
        post(
            16,
            debit("zakat_cash", idr(2_000)),
            credit("zakat_hkd", hkd(1)),
            book=DANA,
            exchange=RATE,
        ),
        Code.POSTED,
    ),
    (counted(17, "equity:trading:hkd:zakat", -1, DANA, currency="HKD"), Code.POSTED),
    (
        in_bundle(90, post(18, *POOR, book=DANA), post(19, *OFFICE, book=DANA)),
        (Code.LINKED_FAILED, Code.PURPOSE_NOT_ALLOWED),
    ),
    (post(20, *earn(10, "grant_cash", "grant_in"), book=DANA), Code.POSTED),
    (
        post(21, *POOR, *pay(5, "grant_tools", "grant_cash"), *pay(5), book=DANA),
        Code.POSTED,
    ),
    (
        post(22, debit("zakat_poor", idr(5)), credit("grant_cash", idr(5)), book=DANA),
        Code.UNBALANCED,
    ),
)

LEAKS: Table = (
    (post(1, *OPENING, book=DANA), Code.POSTED),
    # Money that the fund has goes to no account without a purpose, whatever its class.
    (post(2, *pay(5, "zakat_owed", "zakat_cash"), book=DANA), Code.PURPOSE_NOT_ALLOWED),
    (post(3, *pay(5, "zakat_net", "zakat_cash"), book=DANA), Code.PURPOSE_NOT_ALLOWED),
    (post(4, *pay(5, "zakat_debt", "zakat_cash"), book=DANA), Code.PURPOSE_NOT_ALLOWED),
    (post(5, *pay(5, "zakat_in", "zakat_cash"), book=DANA), Code.PURPOSE_NOT_ALLOWED),
    (reserve(6, *pay(5, "zakat_net", "zakat_cash"), book=DANA), Code.PURPOSE_NOT_ALLOWED),
    (amend(7, 1, *pay(5, "zakat_net", "zakat_cash"), book=DANA), Code.PURPOSE_NOT_ALLOWED),
    (
        post(8, *POOR, *earn(5, "zakat_owed", "zakat_in"), book=DANA),
        Code.PURPOSE_NOT_ALLOWED,
    ),
    # Nor by way of something it paid for,
    (post(9, *POOR, book=DANA), Code.POSTED),
    (post(10, *pay(5, "zakat_owed", "zakat_poor"), book=DANA), Code.PURPOSE_NOT_ALLOWED),
    (post(11, *pay(5, "zakat_office", "zakat_poor"), book=DANA), Code.PURPOSE_NOT_ALLOWED),
    (post(12, *pay(5, "zakat_owed", "zakat_bills"), book=DANA), Code.PURPOSE_NOT_ALLOWED),
    # nor on credit,
    (post(13, *pay(5, "zakat_office", "zakat_debt"), book=DANA), Code.PURPOSE_NOT_ALLOWED),
    # nor through a trading account, named or in an exchange.
    (
        post(
            14,
            debit("zakat_net", idr(2_000)),
            credit("zakat_hkd", hkd(1)),
            book=DANA,
            exchange=RATE,
        ),
        Code.PURPOSE_NOT_ALLOWED,
    ),
    (
        post(
            15,
            debit("zakat_cash", idr(2_000)),
            credit("zakat_hkd", hkd(1)),
            book=DANA,
            exchange=RATE,
        ),
        Code.POSTED,
    ),
    (
        post(16, *pay(5, "equity:trading:idr:zakat", "zakat_cash"), book=DANA),
        Code.PURPOSE_NOT_ALLOWED,
    ),
    (reverse(17, 15, (1, 2_000), (4, 2_000), book=DANA), Code.EXCHANGE_NOT_TWO_CURRENCIES),
    (
        post(
            17,
            *(debit("zakat_cash", idr(2_000)), credit("zakat_hkd", hkd(1))),
            *(debit("zakat_poor", idr(5)), credit("zakat_cash", idr(5))),
            book=DANA,
            exchange=RATE,
        ),
        Code.POSTED,
    ),
    (reverse(18, 17, (3, 5), (4, 5), book=DANA), Code.POSTED),
    (reverse(19, 15, book=DANA), Code.POSTED),
)

LIFE_OF_A_FUND: Table = (
    (post(1, *earn(50, "zakat_owed", "zakat_in"), book=DANA), Code.POSTED),
    (post(2, *earn(40, "zakat_bank", "zakat_owed"), book=DANA), Code.POSTED),
    (reverse(3, 1, (1, 10), (2, 10), book=DANA), Code.POSTED),
    (post(4, *pay(30, "zakat_cash", "zakat_bank"), book=DANA), Code.POSTED),
    (post(5, *pay(8, "zakat_poor", "zakat_bills"), book=DANA), Code.POSTED),
    (post(6, *pay(8, "zakat_bills", "zakat_cash"), book=DANA), Code.POSTED),
    (post(7, *pay(6, "zakat_in", "zakat_back"), book=DANA), Code.POSTED),
    (post(8, *pay(6, "zakat_back", "zakat_cash"), book=DANA), Code.POSTED),
    (post(9, *pay(1, "zakat_poor", "zakat_cash"), book=DANA), Code.POSTED),
    (post(10, *earn(1, "zakat_cash", "zakat_poor"), book=DANA), Code.POSTED),
    (post(11, *pay(8, "zakat_net", "zakat_poor"), book=DANA), Code.POSTED),
    (post(12, *pay(34, "zakat_in", "zakat_net"), book=DANA), Code.POSTED),
    (post(13, *earn(9, "zakat_bank", "zakat_debt"), book=DANA), Code.POSTED),
    (post(14, *pay(9, "zakat_debt", "zakat_net"), book=DANA), Code.POSTED),
    (reverse(15, entry=2, book=DANA), Code.POSTED),
    (
        post(16, *pay(6, "zakat_back", "zakat_cash"), book=DANA, day=NEXT_YEAR),
        Code.PURPOSE_NOT_ALLOWED,
    ),
    (counted(17, "zakat_cash", 16, DANA), Code.POSTED),
)

OTHER_CURRENCY: Table = (
    (post(1, *_send(4_000, 2), exchange=RATE), Code.POSTED),
    (_in_currency(reverse(2, 1, (1, 4_000)), "HKD"), Code.CURRENCY_MISMATCH),
    (_in_currency(reverse(2, 1, (2, 2)), "IDR"), Code.CURRENCY_MISMATCH),
    (_in_currency(reverse(2, 1, (1, 9_000)), "HKD"), Code.CURRENCY_MISMATCH),
    (_in_currency(reverse(3, 1, (5, 1)), "HKD"), Code.LINE_NOT_FOUND),
    (reserve(4, *pay(50)), Code.POSTED),
    (_in_currency(capture(5, 4, (1, 20), (2, 20)), "HKD"), Code.CURRENCY_MISMATCH),
    (_in_currency(capture(5, 4, (1, 20), (2, 20)), "IDR"), Code.POSTED),
    (_in_currency(capture(5, 4, (1, 20), (2, 20)), "HKD"), Code.EXISTS_WITH_DIFFERENT_AMOUNT),
    (capture(5, 4, (1, 20), (2, 20)), Code.EXISTS),
    (_in_currency(capture(6, 4, (1, 20), (2, 20)), "IDR"), Code.HOLD_CLOSED),
    (_in_currency(capture(6, 4, (1, 20), (2, 20)), "HKD"), Code.EXISTS_WITH_DIFFERENT_AMOUNT),
    (
        (
            _in_currency(reverse(7, 5, (1, 1), (2, 1)), "IDR"),
            _in_currency(reverse(7, 5, (1, 1), (2, 1)), "USD"),
        ),
        (Code.POSTED, Code.EXISTS_WITH_DIFFERENT_AMOUNT),
    ),
)

TABLES: Mapping[str, Table] = {
    "exchanges": EXCHANGED,
    "trading accounts open on first use": FIRST_USE,
    "a trading account named at once": TRADED_AT_ONCE,
    "trading accounts keep the rules": TRADING_UNDER_RULES,
    "zakat stays zakat": ZAKAT,
    "zakat leaks through no class of account": LEAKS,
    "the ordinary life of a fund": LIFE_OF_A_FUND,
    "parts in another currency": OTHER_CURRENCY,
}
