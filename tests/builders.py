"""Small books and values for tests: ids from numbers, rupiah, intents with defaults.

Four books of three operators, each with the same few accounts of its own:

- SITI and IBU are households of one operator: a late entry moves to the first open day;
- KOPERASI is a cooperative's, and refuses what falls into a closed period;
- DANA holds two restricted funds, zakat and a grant, beside money that is free.

It is always NOW, on TODAY, unless a test says otherwise.
"""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from ledger.books import operations as books
from ledger.books.classes import HOLDING, AccountClass, BookKind
from ledger.consents import operations as consents
from ledger.consents.answers import Means
from ledger.consents.facts import operations as facts
from ledger.consents.operations import RequestKind
from ledger.consents.trail import Look
from ledger.exports.queries import CONTRIBUTORS
from ledger.journal.intents import (
    Amend,
    AssertBalance,
    Capture,
    EntryId,
    Expire,
    Line,
    Post,
    Posting,
    Release,
    Reserve,
    Reverse,
    credit,
    debit,
)
from ledger.journal.keyring import Keyring
from ledger.money import Money
from ledger.parties import operations as parties

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
YESTERDAY = date(2026, 11, 23)
TELLER = "teller"

PLATFORM, COOPERATIVE, FUND = (
    books.tenant_id(code) for code in ("platform", "koperasi-maros", "dana-wonosobo")
)
SITI = books.book_id(PLATFORM, "siti")
IBU = books.book_id(PLATFORM, "ibu")
KOPERASI = books.book_id(COOPERATIVE, "kas")
DANA = books.book_id(FUND, "dana")
BOOKS = (SITI, IBU, KOPERASI, DANA)

ACCOUNTS = (
    ("cash", AccountClass.ASSET, "IDR"),
    ("bank", AccountClass.ASSET, "IDR"),
    ("hkd", AccountClass.ASSET, "HKD"),
    ("usd", AccountClass.ASSET, "USD"),
    ("wage", AccountClass.INCOME, "IDR"),
    ("food", AccountClass.EXPENSE, "IDR"),
    ("rent", AccountClass.EXPENSE, "IDR"),
    ("debt", AccountClass.LIABILITY, "IDR"),
)
"""Accounts of every book, opened in this order."""

HEADING = "pocket"
"""An account that takes no postings."""

FUND_ACCOUNTS = (
    ("zakat_cash", AccountClass.ASSET, "IDR", "zakat", HOLDING),
    ("zakat_bank", AccountClass.ASSET, "IDR", "zakat", HOLDING),
    ("zakat_hkd", AccountClass.ASSET, "HKD", "zakat", HOLDING),
    ("zakat_in", AccountClass.INCOME, "IDR", "zakat", None),
    ("zakat_poor", AccountClass.EXPENSE, "IDR", "zakat", "poor"),
    ("zakat_office", AccountClass.EXPENSE, "IDR", "zakat", "office"),
    ("zakat_other", AccountClass.EXPENSE, "IDR", "zakat", None),
    ("zakat_loans", AccountClass.ASSET, "IDR", "zakat", "office"),
    ("grant_cash", AccountClass.ASSET, "IDR", "grant", HOLDING),
    ("grant_in", AccountClass.INCOME, "IDR", "grant", None),
    ("grant_tools", AccountClass.EXPENSE, "IDR", "grant", "tools"),
    ("zakat_owed", AccountClass.ASSET, "IDR", "zakat", None),
    ("zakat_debt", AccountClass.LIABILITY, "IDR", "zakat", None),
    ("zakat_bills", AccountClass.LIABILITY, "IDR", "zakat", "poor"),
    ("zakat_back", AccountClass.LIABILITY, "IDR", "zakat", "refund"),
    ("zakat_net", AccountClass.EQUITY, "IDR", "zakat", None),
)
"""Accounts of the restricted funds in DANA, one of every class with a purpose and without.

Zakat may pay the poor and go back to its givers, in 2026 only.
"""


def keyring() -> Keyring:
    """Give a keyring whose secrets follow from book and subject: the same bytes every time."""

    def new_secret(book_id: int, subject: str) -> bytes:
        return hashlib.sha256(f"{book_id}/{subject}".encode()).digest()

    return Keyring(master_key=bytes(range(32)), new_secret=new_secret)


def open_books(session: Session) -> None:
    """Open the four books and their accounts."""
    for tenant, ref, kind, zone in (
        ("platform", "siti", BookKind.HOUSEHOLD, "Asia/Jakarta"),
        ("platform", "ibu", BookKind.HOUSEHOLD, "Asia/Makassar"),
        ("koperasi-maros", "kas", BookKind.COOPERATIVE, "Asia/Makassar"),
        ("dana-wonosobo", "dana", BookKind.FUND, "Asia/Jakarta"),
    ):
        book = books.open_book(
            session,
            tenant=books.open_tenant(session, tenant, name=tenant),
            ref=ref,
            kind=kind,
            name=ref,
            base_currency="IDR",
            time_zone=zone,
            chart="household-1",
            opened_at=NOW - timedelta(days=400),
        )
        for code, account_class, currency in ACCOUNTS:
            open_account(session, book, code, account_class, currency)
        open_account(session, book, HEADING, AccountClass.ASSET, "IDR", postable=False)
    _open_funds(session)


def open_account(
    session: Session,
    book: int,
    code: str,
    account_class: AccountClass = AccountClass.ASSET,
    currency: str = "IDR",
    **rest: Any,
) -> int:
    """Open one account; its code is its name."""
    return books.open_account(
        session,
        book,
        code=code,
        name_id=code,
        name_en=code,
        account_class=account_class,
        currency=currency,
        **rest,
    )


def _open_funds(session: Session) -> None:
    for fund in ("zakat", "grant"):
        books.open_fund(session, DANA, fund, name_id=fund, name_en=fund)
    for code, account_class, currency, fund, purpose in FUND_ACCOUNTS:
        open_account(session, DANA, code, account_class, currency, fund=fund, purpose=purpose)
    for fund, purpose in (("zakat", "poor"), ("zakat", "refund"), ("grant", "tools")):
        books.allow_purpose(
            session,
            DANA,
            fund,
            purpose,
            valid_from=date(2026, 1, 1),
            valid_through=date(2026, 12, 31),
            actor=TELLER,
            recorded_at=NOW - timedelta(days=400),
        )


def fill_consents(session: Session, tenant: int = PLATFORM, ref: str = "siti") -> int:
    """Let a person have a row in every table of consents, and give her id."""
    siti = parties.register(session, tenant, ref, actor=TELLER, recorded_at=NOW)
    done: Any = {"actor": TELLER, "recorded_at": NOW}
    told = consents.Given(language="id", means=Means.PAPER, witness="ani")
    for purpose, other in (("evaluation", None), ("scoring", None), ("share", COOPERATIVE)):
        consents.give(session, tenant, siti, purpose, told, other=other, **done)
    consents.own_book(session, tenant, siti, SITI, **done)
    look = Look(person=siti, actor=TELLER, role="teller", kind="statement", purpose="service")
    consents.note_looks(session, tenant, [look], recorded_at=NOW)
    consents.register_request(session, tenant, siti, RequestKind.RESTRICTION, **done)
    facts.record(
        session,
        tenant,
        [facts.Told(person=siti, name="sex", value="female", valid_from=TODAY)],
        **done,
    )
    breach = consents.Told(
        what="a laptop was stolen",
        data="names",
        remedy="keys revoked",
        occurred_from=NOW - timedelta(days=1),
        occurred_until=NOW + timedelta(seconds=1),
        known_at=NOW,
    )
    consents.report_breach(session, tenant, breach, [], CONTRIBUTORS, **done)
    return siti


# Values.


def entry_id(number: int) -> EntryId:
    """Write a small number as an id."""
    return number.to_bytes(16, "big")


def idr(rupiah: int) -> Money:
    """Give whole rupiah."""
    return Money(rupiah * 100, "IDR")


def hkd(dollars: int) -> Money:
    """Give whole Hong Kong dollars."""
    return Money(dollars * 100, "HKD")


def pay(rupiah: int, what: str = "food", source: str = "cash") -> tuple[Posting, Posting]:
    """Spend money: debit what it was spent on, credit where it came from."""
    return debit(what, idr(rupiah)), credit(source, idr(rupiah))


def earn(rupiah: int, where: str = "cash", source: str = "wage") -> tuple[Posting, Posting]:
    """Receive money: debit where it is kept, credit what it came from."""
    return debit(where, idr(rupiah)), credit(source, idr(rupiah))


def parts(*amounts: tuple[int, int]) -> tuple[Line, ...]:
    """Name parts of lines: (line number, whole rupiah)."""
    return tuple(Line(number, rupiah * 100) for number, rupiah in amounts)


# Intents: a number as id, today as date, Siti's book.


def post(number: int, *postings: Posting, book: int = SITI, day: date = TODAY, **rest: Any) -> Post:
    """Ask to post an entry."""
    return Post(
        book_id=book, id=entry_id(number), effective_date=day, postings=tuple(postings), **rest
    )


def reserve(
    number: int, *postings: Posting, book: int = SITI, day: date = TODAY, **rest: Any
) -> Reserve:
    """Ask for a hold."""
    return Reserve(
        book_id=book, id=entry_id(number), effective_date=day, postings=tuple(postings), **rest
    )


def capture(
    number: int,
    hold: int,
    *lines: tuple[int, int],
    book: int = SITI,
    day: date = TODAY,
    **rest: Any,
) -> Capture:
    """Ask to post a hold: whole, or the parts given in rupiah by line."""
    return Capture(
        book_id=book,
        id=entry_id(number),
        effective_date=day,
        hold_id=entry_id(hold),
        lines=parts(*lines) if lines else None,
        **rest,
    )


def release(number: int, hold: int, book: int = SITI, day: date = TODAY, **rest: Any) -> Release:
    """Ask to give a hold back."""
    return Release(
        book_id=book, id=entry_id(number), effective_date=day, hold_id=entry_id(hold), **rest
    )


def expire(number: int, hold: int, book: int = SITI, day: date = TODAY, **rest: Any) -> Expire:
    """Ask to give a hold back that is past due."""
    return Expire(
        book_id=book, id=entry_id(number), effective_date=day, hold_id=entry_id(hold), **rest
    )


def reverse(
    number: int,
    entry: int,
    *lines: tuple[int, int],
    book: int = SITI,
    day: date = TODAY,
    **rest: Any,
) -> Reverse:
    """Ask to mirror an entry: what is left of it, or the parts given in rupiah by line."""
    return Reverse(
        book_id=book,
        id=entry_id(number),
        effective_date=day,
        entry_id=entry_id(entry),
        lines=parts(*lines) if lines else None,
        **rest,
    )


def amend(
    number: int,
    entry: int,
    *postings: Posting,
    book: int = SITI,
    day: date = TODAY,
    **rest: Any,
) -> Amend:
    """Ask to replace an entry."""
    return Amend(
        book_id=book,
        id=entry_id(number),
        effective_date=day,
        entry_id=entry_id(entry),
        postings=tuple(postings),
        **rest,
    )


def counted(
    number: int,
    account: str,
    rupiah: int,
    book: int = SITI,
    day: date = TODAY,
    currency: str = "IDR",
    **rest: Any,
) -> AssertBalance:
    """State what an account's balance is, in whole units of its currency."""
    return AssertBalance(
        book_id=book,
        id=entry_id(number),
        effective_date=day,
        account=account,
        balance=rupiah * 100,
        currency=currency,
        **rest,
    )


def in_bundle(number: int, *intents: Any) -> tuple[Any, ...]:
    """Join intents: all of them, or none."""
    return tuple(replace(intent, bundle=entry_id(number)) for intent in intents)
