"""What reports read, on both databases, against sums made from the entries themselves."""

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from ledger.books import operations as books
from ledger.books import queries as book_queries
from ledger.books.classes import AccountState, Side
from ledger.books.tables import TextKey
from ledger.journal import keyring
from ledger.journal import operations as journal
from ledger.journal import queries as journal_queries
from ledger.journal.intents import AssertBalance, Exchange, credit, debit
from ledger.journal.keyring import ERASED, LOCKED, Keyring
from ledger.reports import queries, trial_balance
from ledger.reports.figures import BookFigures
from ledger.reports.queries import journals
from ledger.reports.report import Amount
from ledger.reports.text import as_text
from ledger.reports.trial_balance import AsOf
from tests import builders
from tests.builders import DANA, NOW, SITI, TELLER, TODAY, earn, entry_id, hkd, idr, pay, post
from tests.ledger.reports.test_pages import fill


@pytest.fixture
def books_open(session: Session) -> Session:
    builders.open_books(session)
    return session


def do(session: Session, *intents: object) -> None:
    outcomes = journal.post(session, intents, actor=TELLER, recorded_at=NOW)  # type: ignore[arg-type]
    assert all(outcome.accepted for outcome in outcomes), outcomes


def brute(session: Session, book: BookFigures, on: date | None, seq: int | None) -> dict[int, int]:
    """Add up every posted leg that counts."""
    sums: dict[int, int] = {}
    for each in queries.entries(session, book, limit=10**6):
        late = on is not None and each.entry.effective_date > on
        for leg in each.lines:
            if not (leg.layer or late or (seq is not None and each.entry.seq > seq)):
                net = leg.amount if leg.side is Side.DEBIT else -leg.amount
                sums[leg.no] = sums.get(leg.no, 0) + net
    return sums


def test_balances_are_the_sums_of_the_entries_that_count(books_open: Session) -> None:
    fill(books_open, seed=7)
    book = queries.book(books_open, "platform/siti")
    accounts = queries.accounts(books_open, book)
    draw = random.Random(3)
    days = [None, *(TODAY - timedelta(days=draw.randint(-25, 60)) for _ in range(6))]
    seqs = [None, 0, 1, book.head_seq, 10**15, *(draw.randint(1, book.head_seq) for _ in range(5))]

    for on in days:
        for seq in seqs:
            found = queries.nets_of(books_open, book, accounts, AsOf(on, seq))
            expected = brute(books_open, book, on, seq)
            assert {no: net for no, net in found.items() if net} == {
                no: net for no, net in expected.items() if net
            }, (on, seq)
            report, tally = trial_balance.report(book, accounts, found, AsOf(on, seq))
            as_text(report, "id")
            assert tally.balanced


def test_all_books_together_are_balanced_book_by_book(books_open: Session) -> None:
    do(books_open, post(1, *earn(100)), post(2, *pay(40), day=TODAY - timedelta(days=3)))
    do(
        books_open,
        post(3, debit("zakat_cash", idr(5)), credit("zakat_in", idr(5)), book=DANA),
        post(4, debit("cash", idr(7)), credit("wage", idr(7)), book=DANA),
    )

    for as_of, lines in ((AsOf(), 3), (AsOf(TODAY - timedelta(days=1)), 1)):
        report, tally = trial_balance.of_all(queries.nets_of_all(books_open, as_of), as_of)
        rows = [row for row in report.rows if row.kind.name == "LINE"]
        assert len(rows) == lines
        assert tally.balanced


def test_one_number_altered_unbalances_the_trial_balance(books_open: Session) -> None:
    do(books_open, post(1, *earn(100)))
    books_open.execute(
        text(
            "UPDATE account SET posted_debit = posted_debit + 1"
            " WHERE code = 'cash' AND book_id = :b"
        ),
        {"b": SITI},
    )

    report, tally = trial_balance.of_all(queries.nets_of_all(books_open, AsOf()), AsOf())
    as_text(report, "en")

    assert not tally.balanced


def test_a_book_is_found_by_path_ref_and_id(books_open: Session) -> None:
    by_path = queries.book(books_open, "platform/siti")

    assert by_path == queries.book(books_open, "siti") == queries.book(books_open, str(SITI))
    assert by_path.path == "platform/siti"
    assert [book.path for book in queries.books(books_open)] == [
        "dana-wonosobo/dana",
        "koperasi-maros/kas",
        "platform/ibu",
        "platform/siti",
    ]
    for name in ("nobody", "platform/nobody", "nobody/siti", "99", "9" * 300, "", "/", "siti/"):
        with pytest.raises(book_queries.BookNotFound):
            queries.book(books_open, name)


def test_a_book_says_how_far_it_has_come(books_open: Session) -> None:
    queries.book(books_open, "siti")
    do(books_open, post(1, *earn(1)))

    assert queries.book(books_open, "siti").head_seq == 1


def test_an_account_is_found_by_code_and_number_also_when_only_the_chart_knows_it(
    books_open: Session,
) -> None:
    book = queries.book(books_open, "siti")
    cash = queries.account(books_open, book, "cash")

    assert queries.account(books_open, book, str(cash.no)) == cash
    food = queries.account(books_open, book, "expenses:food")
    assert (food.no, food.opened, food.net) == (5400, False, 0)
    assert queries.account(books_open, book, "5400") == food
    for name in ("nothing", "7777", "9" * 400, "", "a\0b", "cash ", "CASH"):
        with pytest.raises(books.AccountNotFound):
            queries.account(books_open, book, name)
    assert queries.nets_of(books_open, book, [food], AsOf(TODAY, 5)) == {}
    whole = queries.with_chart(book, queries.accounts(books_open, book))
    assert len({each.no for each in whole}) == len(whole) > 80


def test_what_is_held_past_due_is_available_again(books_open: Session) -> None:
    do(books_open, post(1, *earn(100)))
    do(books_open, builders.reserve(2, *pay(30), expires_at=NOW + timedelta(hours=1)))
    do(books_open, builders.reserve(3, *pay(20)))
    book = queries.book(books_open, "siti")

    held = [
        queries.account(books_open, book, "cash", moment=NOW + timedelta(hours=hours)).held
        for hours in (0, 2)
    ]
    listed = queries.accounts(books_open, book, moment=NOW + timedelta(hours=2))

    assert held == [50_00, 20_00]
    assert {each.code: each.held for each in listed}["cash"] == 20_00
    open_holds = list(queries.holds(books_open, book))
    assert [(hold.entry.seq, hold.line.line) for hold in open_holds] == [
        (2, 1),
        (2, 2),
        (3, 1),
        (3, 2),
    ]


def test_many_holds_come_in_pages(books_open: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    do(books_open, post(1, *earn(100)), *(builders.reserve(n, *pay(n)) for n in range(2, 6)))
    book = queries.book(books_open, "siti")
    whole = list(queries.holds(books_open, book))

    for size in (1, 3, 4, 8):
        monkeypatch.setattr(journals, "AT_ONCE", size)
        assert list(queries.holds(books_open, book)) == whole
        assert len(list(queries.entries(books_open, book, limit=100))) == 5


def test_a_frozen_account_says_so(books_open: Session) -> None:
    books.set_account_state(
        books_open, SITI, "cash", AccountState.FROZEN, actor=TELLER, recorded_at=NOW
    )

    assert queries.account(books_open, queries.book(books_open, "siti"), "cash").state == "frozen"


def test_entries_come_in_pages_with_rates_checks_and_texts(books_open: Session) -> None:
    rate = Exchange(mid_source="BI", mid_date=TODAY)
    do(
        books_open,
        post(1, *earn(10_000), narration="gaji"),
        post(2, debit("hkd", hkd(3)), credit("cash", idr(6_000)), exchange=rate),
        AssertBalance(
            book_id=SITI,
            id=entry_id(3),
            effective_date=TODAY,
            account="cash",
            balance=400_000,
            currency="IDR",
        ),
        builders.reverse(4, 1, (1, 5), (2, 5), reason="kelebihan"),
    )
    book = queries.book(books_open, "siti")

    found = list(queries.entries(books_open, book, limit=100))
    parts = [
        each for seq in range(5) for each in queries.entries(books_open, book, after=seq, limit=1)
    ]

    assert parts == found
    assert [each.entry.seq for each in queries.entries(books_open, book, after=1, limit=2)] == [
        2,
        3,
    ]
    assert list(queries.entries(books_open, book, after=10**17, limit=10)) == []
    assert [each.entry.narration for each in found] == ["gaji", None, None, "kelebihan"]
    assert found[1].exchange is not None
    assert found[1].exchange.sold == Amount(600_000, "IDR")
    assert found[2].assertion is not None
    assert found[2].assertion.balance == Amount(400_000, "IDR")
    assert found[3].entry.target_seq == 1


def test_texts_are_locked_without_the_key_and_erased_once_it_is_gone(books_open: Session) -> None:
    do(
        books_open,
        post(1, *earn(1), narration="rahasia"),
        post(2, *earn(1), narration="milik orang", subject="person-1"),
        post(3, *earn(1)),
    )
    book = queries.book(books_open, "siti")

    def told() -> list[object]:
        return [each.entry.narration for each in queries.entries(books_open, book, limit=9)]

    assert told() == ["rahasia", "milik orang", None]
    books_open.execute(update(TextKey).where(TextKey.subject == "person-1").values(wrapped=None))
    assert told() == ["rahasia", ERASED, None]
    ring = books_open.info["keyring"]
    books_open.info["keyring"] = Keyring(bytes(32), ring.new_secret)
    assert told() == [LOCKED, ERASED, None]
    books_open.info["keyring"] = None
    assert told() == [LOCKED, ERASED, None]
    books_open.info["keyring"] = ring
    books_open.execute(
        text("UPDATE text_key SET wrapped = :w WHERE subject = 'person-1'"), {"w": b"x" * 40}
    )
    assert told() == ["rahasia", LOCKED, None]


def test_a_text_that_was_altered_is_locked() -> None:
    keys = keyring.text_keys(b"k" * 32)

    assert journal_queries.opened(keys, b"place", b"0" * 40) == LOCKED


def test_a_count_of_a_closed_day_says_which_day_it_is_of(books_open: Session) -> None:
    last = TODAY - timedelta(days=3)
    books.close_period(books_open, SITI, last, actor=TELLER, recorded_at=NOW)
    do(books_open, builders.counted(1, "cash", 0, day=last), builders.counted(2, "cash", 0))
    book = queries.book(books_open, "platform/siti")

    moved, usual = queries.entries(books_open, book, limit=9)

    assert moved.assertion is not None
    assert usual.assertion is not None
    assert (moved.entry.effective_date, moved.assertion.day) == (last + timedelta(days=1), last)
    assert (usual.entry.effective_date, usual.assertion.day) == (TODAY, TODAY)
