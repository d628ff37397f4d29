"""Money on its way home: sent, arrived, come back, corrected."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from ledger.household.remittances import queries
from ledger.household.remittances.items import AnyRemittance
from ledger.money import Money
from tests import builders
from tests.conformance import laws
from tests.ledger.household import scene
from tests.ledger.household.records import words
from tests.ledger.household.records.words import CASH, balances
from tests.ledger.household.remittances import home
from tests.ledger.household.remittances.home import (
    FAMILY,
    FEE,
    MARGIN,
    TRANSIT,
    arrived,
    codes,
    returned,
    rupiah,
    send,
)


@pytest.fixture
def book(session: Session) -> int:
    session.info["keyring"] = builders.keyring()
    return scene.open_household(session)


def test_what_is_sent_waits_at_its_worth(session: Session, book: int) -> None:
    assert codes(session, send(book, 1)) == ["posted"]

    assert balances(session, book) == {
        CASH: -102_000,
        TRANSIT: 98_000,
        FEE: 2_000,
        MARGIN: 2_000,
    }
    (sent,) = queries.remittances(session, book)
    assert (sent.state, sent.sending.mid_rate) == ("in_transit", Decimal(2000))
    assert sent.cost is not None
    assert (str(sent.cost.percent), sent.cost.in_arriving) == ("4", rupiah(80_000))
    laws.check(session)


ENDS: list[tuple[dict[str, Any], int | None, dict[str, int]]] = [
    ({}, None, {FAMILY: 98_000, FEE: 2_000, MARGIN: 2_000}),
    ({}, 1_960_000, {FAMILY: 98_000, FEE: 2_000, MARGIN: 2_000}),
    ({}, 1_900_000, {FAMILY: 95_000, FEE: 2_000, MARGIN: 5_000}),
    ({"arrives": None}, 1_960_000, {FAMILY: 98_000, FEE: 2_000, MARGIN: 2_000}),
    ({"arrives": None}, None, {FAMILY: 100_000, FEE: 2_000}),
    ({"mid_rate": None}, None, {FAMILY: 100_000, FEE: 2_000}),
    ({"mid_rate": None}, 980_000, {FAMILY: 50_000, FEE: 2_000, MARGIN: 50_000}),
    ({"mid_rate": None, "arrives": None}, 5, {FAMILY: 100_000, FEE: 2_000}),
    ({"arrives": 2_020_000, "fee": 0}, None, {FAMILY: 101_000, MARGIN: -1_000}),
]


@pytest.mark.parametrize(("change", "much", "wanted"), ENDS)
def test_what_arrives_is_the_familys(
    session: Session, book: int, change: dict[str, Any], much: int | None, wanted: dict[str, int]
) -> None:
    assert codes(session, send(book, 1, **change), arrived(book, 2, 1, much)) == ["posted"] * 2

    left = balances(session, book)
    assert left.pop(CASH) == -sum(wanted.values())
    assert left == wanted
    (sent,) = queries.remittances(session, book)
    assert sent.state == "received"


REFUNDS = [
    (1_020, {}),
    (1_000, {FEE: 2_000}),
    (990, {FEE: 2_000, MARGIN: 1_000}),
    (900, {FEE: 10_000, MARGIN: 2_000}),
    (0, {FEE: 2_000, MARGIN: 2_000, "expenses:loss": 98_000}),
]


@pytest.mark.parametrize(("much", "wanted"), REFUNDS)
def test_what_comes_back_costs_what_was_kept(
    session: Session, book: int, much: int, wanted: dict[str, int]
) -> None:
    assert codes(session, send(book, 1), returned(book, 2, 1, much)) == ["posted"] * 2

    left = balances(session, book)
    assert left.pop(CASH, 0) == much * 100 - 102_000
    assert left == wanted
    (sent,) = queries.remittances(session, book)
    assert (sent.state, sent.cost) == ("returned", None)


def test_it_ends_once(session: Session, book: int) -> None:
    first = (send(book, 1), arrived(book, 2, 1))
    again = (arrived(book, 3, 1), returned(book, 4, 1, 5), home.amend(book, 5, 1))
    assert codes(session, *first, *again) == ["posted"] * 2 + ["hold_closed"] * 3
    assert codes(session, home.delete(book, 6, 1)) == ["hold_closed"]

    before = laws.stored(session)
    assert codes(session, *first) == ["exists"] * 2
    assert laws.stored(session) == before
    assert codes(session, arrived(book, 2, 1, 900_000)) == ["exists_with_different_postings"]


def test_an_end_is_taken_back_and_the_remittance_corrected(session: Session, book: int) -> None:
    """Each verb names another version, and all is sent twice."""
    items: list[AnyRemittance] = [
        send(book, 1),
        home.amend(book, 2, 1, arrives=1_980_000),
        arrived(book, 3, 1),
        home.delete_end(book, 4, 3),
        home.amend(book, 5, 2, arrives=2_000_000),
        returned(book, 6, 5, 1_020),
        home.delete_end(book, 7, 6),
        home.delete(book, 8, 2),
    ]
    assert codes(session, *items) == ["posted"] * 8

    assert (queries.remittances(session, book), balances(session, book)) == ([], {})
    before = laws.stored(session)
    assert codes(session, *items) == ["exists"] * 8
    assert [codes(session, item) for item in items] == [["exists"]] * 8
    assert laws.stored(session) == before
    assert codes(session, arrived(book, 9, 1)) == ["already_reversed"]
    laws.check(session)


def test_one_by_one_is_the_same_as_at_once(session: Session, book: int) -> None:
    other = scene.open_household(session, ref="sari")
    for of in (book, other):
        items: list[AnyRemittance] = [
            send(of, 1),
            send(of, 2),
            arrived(of, 3, 2, 1_900_000),
            home.amend(of, 4, 1),
        ]
        if of == book:
            assert codes(session, *items) == ["posted"] * 4
        else:
            assert [codes(session, item) for item in items] == [["posted"]] * 4

    assert balances(session, book) == balances(session, other)


NOTHING: list[tuple[dict[str, Any], str]] = [
    ({"pocket": None}, "pocket"),
    ({"channel": "bank"}, "channel"),
    ({"purpose": "x"}, "purpose"),
    ({"sent": 0}, "sent"),
    ({"fee": -1}, "fee"),
    ({"fee": Money(5, "IDR")}, "fee"),
    ({"arrives": 0}, "arrives"),
    ({"mid_rate": Decimal(0)}, "mid_rate"),
    ({"mid_rate": Decimal("1e14")}, "mid_rate"),
    ({"mid_source": ""}, "mid_source"),
    ({"recipient": ""}, "recipient"),
]


@pytest.mark.parametrize(("change", "field"), NOTHING)
def test_what_means_nothing_is_refused(
    session: Session, book: int, change: dict[str, Any], field: str
) -> None:
    (outcome,) = home.remit(session, send(book, 1, **change))

    assert (outcome.code, outcome.facts) == ("invalid_request", {"field": field})


def test_an_end_that_does_not_fit_is_refused(session: Session, book: int) -> None:
    words.send(session, words.record(book, 9, words.spent((words.FOOD, 1))))
    home.remit(session, send(book, 1))

    assert codes(session, arrived(book, 2, 7), arrived(book, 2, 9)) == ["entry_not_found"] * 2
    assert codes(session, returned(book, 2, 1, 1_021)) == ["invalid_request"]
    assert codes(session, returned(book, 2, 1, -1)) == ["invalid_request"]
    assert codes(session, arrived(book, 2, 1, 0)) == ["invalid_request"]
    assert codes(session, arrived(-1, 2, 1)) == ["invalid_request"]
    assert codes(session, arrived(book + 1, 2, 1)) == ["entry_not_found"]
    assert len(queries.remittances(session, book)) == 1


def test_only_its_package_takes_a_remittance_back(session: Session, book: int) -> None:
    home.remit(session, send(book, 1), arrived(book, 2, 1))

    taken = (words.delete(book, 3, 1), words.delete(book, 4, 2))
    assert words.codes(session, *taken) == ["invalid_request"] * 2
    assert codes(session, home.delete_end(book, 5, 1)) == ["invalid_request"]


def test_a_dry_run_leaves_nothing_in_transit(session: Session, book: int) -> None:
    assert codes(session, send(book, 1), arrived(book, 2, 1), dry_run=True) == ["posted"] * 2

    assert balances(session, book) == {}


def test_the_recipient_is_sealed(session: Session, book: int) -> None:
    home.remit(session, send(book, 1))

    texts = laws.stored(session)["entry_text"]
    assert {row["field"] for row in texts} == {"meta:counterparty", "meta:remittance"}
    assert all(b"Kenari" not in row["ciphertext"] for row in texts)
