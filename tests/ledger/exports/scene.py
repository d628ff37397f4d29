"""Books with everything in them that an export must get through: see `fill`."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from io import StringIO
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.books import operations as books
from ledger.books.charts import CLASSES
from ledger.books.classes import BookKind
from ledger.exports import beancount, hledger, queries
from ledger.journal import operations as journal
from ledger.journal.intents import Exchange, Intent, credit, debit
from ledger.money import Money
from tests import builders
from tests.builders import DANA, IBU, NOW, SITI, TELLER, TODAY, YESTERDAY, earn, hkd, idr, pay, post

AWKWARD = 'Beras "Pandan"; 5 kg | 50% off, \\ naïve\n  2026-01-01 * (9) [2026-02-02] 米 date:x'
"""A narration with every mark that means something to beancount or hledger."""


def say(session: Session, *intents: Intent) -> None:
    """Post, and insist."""
    outcomes = journal.post(session, intents, actor=TELLER, recorded_at=NOW)
    assert not [outcome for outcome in outcomes if outcome.code != "posted"]


def fill(session: Session) -> None:
    """Post wages, food, late entries, an exchange, a hold, corrections, funds and texts."""
    builders.open_books(session)
    builders.open_account(session, SITI, "assets:gold:e_wallet")
    builders.open_account(session, SITI, "assets:gold:e-wallet")
    sold = (debit("hkd", hkd(100)), credit("cash", idr(207_000)))
    mid = Exchange(Decimal("0.000483"), "BI", YESTERDAY)
    later = (debit("assets:gold:e_wallet", idr(2)), credit("assets:gold:e-wallet", idr(2)))
    say(
        session,
        post(1, *earn(9_000_000), narration="Gaji", metadata={"slip.no": '7"', "slip-no": "8"}),
        post(2, *pay(125_000), day=YESTERDAY, narration=AWKWARD),
        post(3, *sold, exchange=mid, day=TODAY - timedelta(days=40), value_date=TODAY),
        builders.reserve(4, *pay(70_000)),
        builders.capture(5, 4, (1, 50_000), (2, 50_000)),
        post(6, *pay(1_000, "expenses:food"), narration="rahasia", subject="ibu"),
        builders.reverse(7, 2, (1, 25_000), (2, 25_000), reason="kembali"),
        builders.amend(8, 1, *earn(9_100_000), reason="salah"),
        *builders.in_bundle(90, post(9, *pay(10)), post(10, *earn(10), book=builders.IBU)),
        post(11, *later, kind="pindah.dompet"),
        builders.counted(12, "hkd", 100, currency="HKD"),
        post(13, debit("zakat_cash", idr(500)), credit("zakat_in", idr(500)), book=DANA),
        post(14, debit("zakat_poor", idr(9)), credit("zakat_cash", idr(9)), book=DANA),
    )


ODD = (
    "\"q' \\ ;|#^{}[](),:= \u202eabc\u2066 \U0001f600 caf\u00e9 \u0627\u0644 % @@ $\u2028x"
    "\u0085y\u000bz\u000cw\x1b[31m\ttab\nnew\rline  two"
)
"""A name with quotes, line ends of every kind, colons, an emoji, and text from right to left."""


def fill_oddly(session: Session) -> None:
    """Post to a book of odd names, in currencies without decimals and with three."""
    book = _open_oddly(session)
    kwd, jpy = (partial(Money, currency=currency) for currency in ("KWD", "JPY"))
    mid = Exchange(Decimal("0.002000000000"), ODD[:64], TODAY)
    said = (ODD, ";", "\n \n", "(code) ! * |", "=", "2026-01-01 open Assets:X")
    say(
        session,
        *(
            post(
                number,
                debit("assets:x_y:z", kwd(7)),
                credit("equity:1:2", kwd(7)),
                book=book,
                narration=each,
                metadata={"k.9-_x": each},
                kind="a.b-c_d",
            )
            for number, each in enumerate(said, start=1)
        ),
        post(
            7, debit("assets:bank", jpy(500)), credit("assets:x-y", kwd(1)), book=book, exchange=mid
        ),
        post(
            9,
            debit("assets:bank", jpy(500)),
            credit("assets:x-y", kwd(1)),
            book=book,
            exchange=Exchange(),
        ),
        replace(builders.reverse(10, 1, book=book, reason=ODD), narration=ODD),
        post(8, debit("assets:given", jpy(2**61)), credit("income:given", jpy(2**61)), book=book),
    )


def _open_oddly(session: Session) -> int:
    tenant = books.open_tenant(session, "t:x/@.y-z", name=ODD)
    book = books.open_book(
        session,
        tenant=tenant,
        ref="a:b/c@d.e_f-g",
        kind=BookKind.HOUSEHOLD,
        name=ODD,
        base_currency="JPY",
        time_zone="Asia/Tokyo",
        chart="household-1",
        opened_at=NOW,
    )
    books.open_fund(session, book, "f:u@n.d/x-1", name_id=ODD, name_en=ODD)
    for code, currency, fund in (
        ("assets:x-y", "KWD", None),
        ("assets:x_y", "KWD", None),
        ("assets:x_y:z", "KWD", None),
        ("equity:1:2", "KWD", None),
        ("assets:given", "JPY", "f:u@n.d/x-1"),
        ("income:given", "JPY", "f:u@n.d/x-1"),
    ):
        books.open_account(
            session,
            book,
            code=code,
            name_id=ODD,
            name_en=ODD,
            account_class=CLASSES[code.partition(":")[0]],
            currency=currency,
            fund=fund,
        )
    return book


MOVES = st.lists(
    st.tuples(
        st.sampled_from([earn, pay]),
        st.integers(1, 10**9),
        st.sampled_from([SITI, IBU]),
        st.integers(0, 60),
        st.text(
            st.characters(exclude_categories=["Cs"], exclude_characters="\x00"),
            min_size=1,
            max_size=12,
        ),
    ),
    max_size=12,
)
"""Wages and expenses of two books on sixty days, with narrations of any letters."""


def move(session: Session, moves: list[Any]) -> None:
    """Open books and post moves, in the order in which they were drawn."""
    builders.open_books(session)
    say(
        session,
        *(
            post(number, *made(rupiah), book=book, day=TODAY - timedelta(days=ago), narration=said)
            for number, (made, rupiah, book, ago, said) in enumerate(moves, start=1)
        ),
    )


def erase(session: Session, subject: str) -> None:
    """Destroy the key of a subject's texts."""
    session.execute(text("UPDATE text_key SET wrapped = NULL WHERE subject = :s"), {"s": subject})


def as_beancount(session: Session, *names: str) -> str:
    """Export into one text."""
    return written(beancount.parts(queries.chosen(session, names)))


def as_hledger(session: Session, *names: str) -> str:
    """Export into one text."""
    return written(hledger.parts(queries.chosen(session, names)))


def written(parts: object) -> str:
    """Join parts as a command writes them."""
    file = StringIO()
    file.writelines(parts)  # type: ignore[arg-type]
    return file.getvalue()


def counters(session: Session) -> dict[tuple[str, str, str], int]:
    """Give the balances other than zero by operator, book and account, from our counters."""
    rows = session.execute(
        text(
            "SELECT t.code, b.ref, a.code, a.posted_debit - a.posted_credit FROM account a"
            " JOIN book b ON b.id = a.book_id JOIN tenant t ON t.id = b.tenant_id"
        )
    )
    return {(tenant, ref, code): net for tenant, ref, code, net in rows if net}


LONG_AGO = date(1993, 1, 1)
