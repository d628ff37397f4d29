"""Expenses and income as she records, amends, sorts and deletes them."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.books import operations as books
from ledger.books.classes import AccountState
from ledger.household.books import operations as households
from ledger.household.books.opening import NewCategory
from ledger.household.records.items import AnyItem, Part, Record
from ledger.money import Money
from tests.builders import NOW, TELLER, TODAY, YESTERDAY, entry_id
from tests.conformance import laws
from tests.ledger.household import scene
from tests.ledger.household.records.words import (
    CASH,
    FOOD,
    HEALTH,
    WAGE,
    amend,
    amount,
    balances,
    codes,
    days,
    delete,
    heard,
    moved,
    parts,
    received,
    record,
    send,
    sort,
    spent,
)


@pytest.fixture
def book(session: Session) -> int:
    return scene.open_household(session)


def test_an_expense_and_an_income(session: Session, book: int) -> None:
    assert codes(
        session,
        record(book, 1, received((WAGE, 4_990))),
        record(book, 2, spent((FOOD, 120), note="pasar", counterparty="Wellcome")),
    ) == ["posted", "posted"]

    assert balances(session, book) == {CASH: 487_000, FOOD: 12_000, WAGE: -499_000}


def test_a_split_over_categories(session: Session, book: int) -> None:
    send(session, record(book, 1, spent((FOOD, 70), (HEALTH, 20), ("expenses:phone", 10))))

    found = balances(session, book)
    assert (found[FOOD], found[HEALTH], found["expenses:phone"]) == (7_000, 2_000, 1_000)


def test_another_currency_is_an_account_below(session: Session, book: int) -> None:
    home = spent((FOOD, 50_000), currency="IDR")
    assert codes(session, record(book, 1, home), record(book, 2, home)) == ["posted", "posted"]

    assert balances(session, book) == {f"{CASH}:idr": -10_000_000, f"{FOOD}:idr": 10_000_000}
    names = session.execute(
        text("SELECT name_id, name_en FROM account WHERE code = 'expenses:food:idr'")
    ).one()
    assert tuple(names) == ("Makanan (IDR)", "Food (IDR)")


def test_paid_in_another_currency_than_it_cost(session: Session, book: int) -> None:
    content = spent((FOOD, 200_000), currency="IDR", paid=amount(100))
    assert codes(session, record(book, 1, content)) == ["posted"]

    found = balances(session, book)
    assert (found[f"{FOOD}:idr"], found[CASH]) == (20_000_000, -10_000)
    assert found["equity:trading:hkd"] == 10_000


def test_money_moves_between_pockets(session: Session, book: int) -> None:
    assert codes(
        session,
        record(book, 1, moved(100, CASH, "assets:bank")),
        record(book, 2, moved(50, CASH, "assets:bank", arrived=amount(100_000, "IDR"))),
        record(book, 3, moved(50, CASH, CASH)),
        record(book, 4, moved(50, CASH, FOOD)),
    ) == ["posted", "posted", "self_transfer", "invalid_request"]

    found = balances(session, book)
    assert (found["assets:bank"], found["assets:bank:idr"], found[CASH]) == (
        10_000,
        10_000_000,
        -15_000,
    )


def test_credit_of_a_shop_is_a_pocket(session: Session, book: int) -> None:
    assert codes(session, record(book, 1, spent((FOOD, 5), pocket="liabilities:shop_credit"))) == [
        "posted"
    ]


def test_a_category_of_her_own(session: Session, book: int) -> None:
    made = NewCategory(
        book_id=book, id=entry_id(9), role="expense", name="Adi", parent="expenses:education"
    )
    households.make_categories(session, [made], recorded_at=NOW)
    code = session.execute(text("SELECT code FROM account WHERE no = 10000")).scalar_one()

    assert codes(
        session,
        record(book, 1, spent((code, 30))),
        record(book, 2, spent((code, 30), currency="IDR")),
    ) == ["posted", "posted"]
    assert balances(session, book)[f"{code}:idr"] == 3_000


WRONG: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("income as expense", {"parts": parts((WAGE, 5))}, "invalid_request"),
    ("no parts", {"parts": ()}, "invalid_request"),
    ("too many parts", {"parts": parts(*[(FOOD, 1)] * 51)}, "invalid_request"),
    ("nothing", {"parts": parts((FOOD, 0))}, "invalid_request"),
    ("less than nothing", {"parts": parts((FOOD, 5), (HEALTH, -1))}, "invalid_request"),
    (
        "two currencies",
        {"parts": parts((FOOD, 5)) + parts((FOOD, 5), currency="IDR")},
        "invalid_request",
    ),
    ("a number", {"parts": (Part(FOOD, 5),)}, "invalid_request"),  # type: ignore[arg-type]
    ("an expense as pocket", {"pocket": HEALTH}, "invalid_request"),
    ("itself as pocket", {"pocket": FOOD}, "invalid_request"),
    ("no pocket", {"pocket": None}, "invalid_request"),
    ("paid nothing", {"paid": Money(0, "IDR")}, "amount_not_positive"),
    ("paid less of the same", {"paid": amount(4)}, "unbalanced"),
    ("an unknown category", {"parts": parts(("expenses:unknown", 5))}, "account_not_found"),
    ("an unknown pocket", {"pocket": "assets:nowhere"}, "account_not_found"),
    ("a heading", {"parts": parts(("expenses:deduction", 5))}, "account_not_postable"),
    ("far ahead", {"day": TODAY + timedelta(days=500)}, "date_too_far_ahead"),
    ("long ago", {"day": date(1800, 1, 1)}, "invalid_date"),
    ("a text with NUL", {"note": "a\x00b"}, "invalid_request"),
)


@pytest.mark.parametrize(("why", "changes", "code"), WRONG, ids=[row[0] for row in WRONG])
def test_what_is_no_expense(
    session: Session, book: int, why: str, changes: dict[str, Any], code: str
) -> None:
    given = {"parts": parts((FOOD, 5)), "day": TODAY, "pocket": CASH, **changes}
    content = type(spent((FOOD, 5)))(**given)

    assert codes(session, record(book, 1, content)) == [code]
    assert balances(session, book) == {}


def test_nothing_of_an_item_is_guessed(session: Session, book: int) -> None:
    content = spent((FOOD, 5))
    odd: list[AnyItem] = [
        Record(book_id="1", id=entry_id(1), content=content),  # type: ignore[arg-type]
        Record(book_id=book, id=b"short", content=content),
        Record(book_id=book, id=entry_id(1), content=None),  # type: ignore[arg-type]
        record(book + 1, 1, content),
        delete(book, 1, 7),
    ]
    assert codes(session, *odd) == [
        *["invalid_request"] * 3,
        "book_not_found",
        "entry_not_found",
    ]


def test_a_repeat_is_recognised_and_a_change_named(session: Session, book: int) -> None:
    first = record(book, 1, spent((FOOD, 5), note="beras"))
    (posted,) = send(session, first)
    (again,) = send(session, first)

    assert (again.code, again.seq, again.change_no) == ("exists", posted.seq, posted.change_no)
    assert codes(
        session,
        record(book, 1, spent((FOOD, 6), note="beras")),
        record(book, 1, spent((HEALTH, 5), note="beras")),
        record(book, 1, spent((FOOD, 5), note="gula")),
        record(book, 1, spent((FOOD, 5), note="beras", day=YESTERDAY)),
    ) == [
        "exists_with_different_amount",
        "exists_with_different_postings",
        "exists_with_different_text",
        "exists_with_different_effective_date",
    ]


def test_a_dry_run_keeps_nothing(session: Session, book: int) -> None:
    items = (record(book, 1, spent((FOOD, 5), currency="IDR")), delete(book, 2, 1))

    assert codes(session, *items, dry_run=True) == ["posted", "posted"]
    assert heard(session, book) == []
    assert session.execute(text("SELECT count(*) FROM account")).scalar_one() == 0


def test_an_amendment_is_one_item_of_the_feed(session: Session, book: int) -> None:
    send(session, record(book, 1, spent((FOOD, 50))))
    (outcome,) = send(
        session, amend(book, 2, 1, spent((HEALTH, 60), day=YESTERDAY), reason="salah")
    )

    first, second = heard(session, book)
    assert (second.verb, second.about, second.id) == ("amend", first.id, entry_id(2))
    assert second.change_no == outcome.change_no == first.change_no + 1
    assert balances(session, book) == {CASH: -6_000, HEALTH: 6_000}
    assert days(session, book) == {
        CASH: {YESTERDAY.isoformat(): -6_000},
        HEALTH: {YESTERDAY.isoformat(): 6_000},
    }


def test_the_last_amendment_is_what_stands(session: Session, book: int) -> None:
    items = [
        record(book, 1, spent((FOOD, 50))),
        amend(book, 2, 1, spent((FOOD, 60))),
        amend(book, 3, 1, received((WAGE, 70))),
        amend(book, 4, 2, spent((HEALTH, 80))),
    ]
    assert codes(session, *items) == ["posted"] * 4
    assert balances(session, book) == {CASH: -8_000, HEALTH: 8_000}
    assert codes(session, *items) == ["exists"] * 4
    assert codes(session, amend(book, 2, 9, spent((FOOD, 60)))) == ["exists_with_different_target"]


def test_deleting_leaves_a_tombstone(session: Session, book: int) -> None:
    send(session, record(book, 1, spent((FOOD, 50), day=YESTERDAY)))
    gone = delete(book, 2, 1, reason="salah")

    assert codes(session, gone, gone) == ["posted", "exists"]
    last = heard(session, book)[-1]
    assert (last.verb, last.about, last.effective_date) == (
        "reverse",
        entry_id(1),
        YESTERDAY.isoformat(),
    )
    assert balances(session, book) == {}
    assert codes(session, delete(book, 3, 1), amend(book, 4, 1, spent((FOOD, 1)))) == [
        "already_reversed",
        "already_reversed",
    ]


def test_a_refusal_is_frozen_also_for_what_comes_later(session: Session, book: int) -> None:
    early = [delete(book, 2, 1), sort(book, 3, 1, (HEALTH, 5)), amend(book, 4, 1, spent((FOOD, 1)))]
    assert codes(session, *early) == ["entry_not_found"] * 3
    send(session, record(book, 1, spent((FOOD, 5))))

    assert codes(session, *early) == ["entry_not_found"] * 3
    assert balances(session, book) == {CASH: -500, FOOD: 500}


def test_an_account_that_is_frozen_holds_all_of_it(session: Session, book: int) -> None:
    send(session, record(book, 1, spent((FOOD, 50))), sort(book, 2, 1, (HEALTH, 50)))
    by: dict[str, Any] = {"actor": TELLER, "recorded_at": NOW}
    books.set_account_state(session, book, HEALTH, AccountState.FROZEN, **by)
    gone = delete(book, 3, 1)

    assert codes(session, gone) == ["account_frozen"]
    assert balances(session, book) == {CASH: -5_000, HEALTH: 5_000}
    books.set_account_state(session, book, HEALTH, AccountState.OPEN, **by)
    assert codes(session, gone, delete(book, 4, 1)) == ["account_frozen", "posted"]
    assert balances(session, book) == {}


def test_a_closed_day_moves_what_is_late(session: Session, book: int) -> None:
    old = TODAY - timedelta(days=30)
    send(session, record(book, 1, spent((FOOD, 50), day=old)))
    books.close_period(session, book, YESTERDAY, actor=TELLER, recorded_at=NOW)
    late = [
        record(book, 2, spent((FOOD, 5), day=old)),
        sort(book, 3, 1, (HEALTH, 50)),
        delete(book, 4, 1),
    ]

    assert codes(session, *late) == ["posted"] * 3
    assert codes(session, *late) == ["exists"] * 3
    assert balances(session, book) == {CASH: -500, FOOD: 500}


def test_her_words_are_sealed(session: Session, book: int) -> None:
    send(session, record(book, 1, spent((FOOD, 5), note="rahasia", counterparty="Warung Adi")))

    for row in laws.stored(session)["entry_text"]:
        assert b"rahasia" not in row["ciphertext"]
        assert b"Adi" not in row["ciphertext"]
    laws.check(session)
