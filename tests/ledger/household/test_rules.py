"""Rules sort what nobody has sorted, at most once, by words nobody else can read."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from ledger.household.feed.items import Kind, ThingHeard
from ledger.household.records.items import Record
from ledger.household.rules import operations, queries
from ledger.household.rules.matching import SetRule, Where
from ledger.journal import operations as journal
from tests.builders import NOW, TELLER, entry_id
from tests.conformance import laws
from tests.ledger.household import scene
from tests.ledger.household.records.words import (
    CASH,
    FOOD,
    HEALTH,
    WAGE,
    amend,
    balances,
    received,
    record,
    send,
    sort,
    spent,
)

BY: Any = {"actor": TELLER, "recorded_at": NOW}
UNKNOWN = "expenses:unidentified"


@pytest.fixture
def book(session: Session) -> int:
    return scene.open_household(session)


def rule(
    session: Session, book: int, number: int, words: str | None, category: str = FOOD, **rest: Any
) -> str:
    item = SetRule(book_id=book, id=entry_id(number), words=words, category=category, **rest)
    return operations.set_rules(session, [item], recorded_at=NOW)[0].code.value


def told(session: Session, *items: Record) -> list[str]:
    return [o.code.value for o in operations.record_and_sort(session, items, **BY)]


def test_a_rule_sorts_what_comes_without_a_category(session: Session, book: int) -> None:
    rule(session, book, 1, "wellcome")
    items = [
        record(book, 1, spent((None, 50), counterparty="WELLCOME  Mong Kok")),
        record(book, 2, spent((None, 20), note="obat")),
        record(book, 3, spent((None, 30), (HEALTH, 10), note="Wellcome")),
        record(book, 4, received((None, 30), note="wellcome")),
    ]

    assert told(session, *items) == ["posted"] * 4
    assert told(session, *items) == ["exists"] * 4
    found = balances(session, book)
    assert (found[FOOD], found[HEALTH], found[UNKNOWN]) == (8_000, 1_000, 2_000)
    assert found["income:unidentified"] == -3_000


def test_the_smallest_rank_counts_and_a_whole_name_may_be_asked(
    session: Session, book: int
) -> None:
    rule(session, book, 1, "bu lam", rank=2)
    rule(session, book, 2, "Bu Lam", HEALTH, rank=1, where=Where.COUNTERPARTY)
    told(
        session,
        record(book, 1, spent((None, 5), counterparty="bu  LAM")),
        record(book, 2, spent((None, 6), counterparty="warung bu lam")),
    )

    assert balances(session, book) == {CASH: -1_100, HEALTH: 500, FOOD: 600}


def test_a_repeat_after_a_new_rule_is_the_same_record(session: Session, book: int) -> None:
    item = record(book, 1, spent((None, 5), note="pasar"))
    told(session, item)
    rule(session, book, 1, "pasar")

    assert told(session, item) == ["exists"]
    assert balances(session, book) == {CASH: -500, UNKNOWN: 500}


def test_rules_are_tried_on_the_past_once(session: Session, book: int) -> None:
    send(
        session,
        record(book, 1, spent((None, 5), note="pasar")),
        record(book, 2, spent((None, 6), note="pasar", currency=("IDR"))),
        record(book, 3, spent((None, 7), note="pasar")),
        sort(book, 4, 3, (HEALTH, 7)),
        record(book, 5, spent((None, 8), note="pasar")),
        amend(book, 6, 5, spent((HEALTH, 8))),
        record(book, 7, spent((None, 9), note="lain")),
    )
    rule(session, book, 1, "pasar")

    done, after = operations.apply_rules(session, book, limit=2, **BY)
    while after is not None:
        more, after = operations.apply_rules(session, book, after=after, limit=2, **BY)
        done += more

    assert done == 2
    assert operations.apply_rules(session, book, **BY) == (0, None)
    found = balances(session, book)
    assert (found[FOOD], found[f"{FOOD}:idr"], found[HEALTH], found[UNKNOWN]) == (
        500,
        600,
        1_500,
        900,
    )


def test_a_rule_changes_and_ends(session: Session, book: int) -> None:
    codes = [
        rule(session, book, 1, "pasar"),
        rule(session, book, 1, "pasar"),
        rule(session, book, 1, "pasar", HEALTH),
        rule(session, book, 1, None),
        rule(session, book, 1, None),
        rule(session, book, 2, None),
    ]
    assert codes == ["posted", "exists", "posted", "posted", "exists", "account_not_found"]
    last = scene.hear(session, book)[-1]
    assert isinstance(last, ThingHeard)
    assert (last.kind, last.gone) == (Kind.RULE, True)
    told(session, record(book, 1, spent((None, 5), note="pasar")))
    assert balances(session, book)[UNKNOWN] == 500


@pytest.mark.parametrize(
    ("words", "changes", "code"),
    [
        (" ", {}, "invalid_request"),
        ("x" * 201, {}, "invalid_request"),
        ("a", {"rank": -1}, "invalid_request"),
        ("a", {"where": "text"}, "invalid_request"),
        ("a", {"category": CASH}, "account_not_found"),
        ("a", {"category": "expenses:unknown"}, "account_not_found"),
        ("a", {"category": "expenses:deduction"}, "account_not_found"),
        ("a", {"category": WAGE}, "posted"),
    ],
)
def test_what_is_no_rule(
    session: Session, book: int, words: str, changes: dict[str, Any], code: str
) -> None:
    assert rule(session, book, 1, words, **changes) == code
    assert rule(session, 7, 1, "a") == "book_not_found"


def test_its_words_are_sealed_and_end_with_the_books_key(session: Session, book: int) -> None:
    rule(session, book, 1, "klinik rahasia")
    (row,) = laws.stored(session)["category_rule"]
    assert b"rahasia" not in row["sealed"]
    says = queries.rules_say(session, book, [entry_id(1)])[entry_id(1)]
    assert says["text"] == "klinik rahasia"

    journal.erase_book(session, book, reason="own_request", **BY)

    assert queries.opened(session, [book]) == {}
    assert rule(session, book, 2, "a") == "subject_erased"
    assert told(session, record(book, 1, spent((None, 5)))) == ["posted"]
