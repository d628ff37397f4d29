"""Her own book and the family's: money goes over on both sides, and nothing else does."""

import json
from typing import Any

import pytest
from sqlalchemy.orm import Session

from ledger.books.classes import AccountState
from ledger.books.operations import set_account_state
from ledger.books.queries import BookNotFound
from ledger.exports import operations as exports
from ledger.household.books import operations as households
from ledger.household.family import operations
from ledger.household.family.transfers import TakeBack, Transfer, far_id
from ledger.household.feed.items import EntryHeard
from ledger.money import Money
from ledger.parties import operations as parties
from tests.builders import NOW, PLATFORM, TELLER, TODAY, entry_id
from tests.conformance import laws
from tests.ledger.household import scene
from tests.ledger.household.records.words import (
    CASH,
    FOOD,
    amend,
    amount,
    balances,
    codes,
    delete,
    record,
    send,
    sort,
    spent,
)

BY: Any = {"actor": TELLER, "recorded_at": NOW}


class Two:
    """Dewi with a book of her own, and the family's, which her mother shares."""

    def __init__(self, session: Session, private: int = 1) -> None:
        self.own = scene.open_household(session)
        self.dewi, self.ibu = (
            parties.register(session, PLATFORM, ref, **BY) for ref in ("dewi", "ibu")
        )
        self.own = scene.open_household(session, person=self.dewi)
        self.family = scene.open_household(
            session, "rumah", kind="family", base_currency="IDR", person=self.dewi
        )
        operations.share(session, PLATFORM, self.ibu, self.family, **BY)
        send(session, *[record(self.own, 100 + n, spent((FOOD, n))) for n in range(1, private + 1)])

    def transfer(self, number: int, major: int = 50, **changes: Any) -> Transfer:
        settings: dict[str, Any] = {
            "source_book": self.own,
            "target_book": self.family,
            "day": TODAY,
            "amount": amount(major),
            "arrived": Money(major * 200_000, "IDR"),
            **changes,
        }
        return Transfer(id=entry_id(number), **settings)

    def send(self, session: Session, *items: Transfer, person: int | None = None) -> list[str]:
        who = person or self.dewi
        done = operations.transfer_many(session, items, tenant=PLATFORM, person=who, **BY)
        return [outcome.code.value for outcome in done]

    def back(self, session: Session, number: int, of: int) -> list[str]:
        item = TakeBack(
            id=entry_id(number),
            transfer=entry_id(of),
            source_book=self.own,
            target_book=self.family,
        )
        done = operations.take_back_many(session, [item], tenant=PLATFORM, person=self.dewi, **BY)
        return [outcome.code.value for outcome in done]


@pytest.fixture
def two(session: Session) -> Two:
    return Two(session)


def test_money_goes_over_on_both_sides(session: Session, two: Two) -> None:
    item = two.transfer(1, note="rahasia", family_note="untuk sekolah")

    assert two.send(session, item, item) == ["posted", "exists"]
    assert balances(session, two.own) == {CASH: -5_100, FOOD: 100, "equity:family": 5_000}
    assert balances(session, two.family) == {CASH: 10_000_000, "equity:family": -10_000_000}
    assert list(laws.broken(laws.stored(session))) == []


def test_it_is_taken_back_on_both_sides(session: Session, two: Two) -> None:
    two.send(session, two.transfer(1))

    assert two.back(session, 2, 1) + two.back(session, 2, 1) == ["posted", "exists"]
    assert two.back(session, 3, 1) == ["already_reversed"]
    assert two.back(session, 4, 101) == ["invalid_request"]
    assert two.back(session, 5, 99) == ["entry_not_found"]
    assert balances(session, two.family) == {}
    assert balances(session, two.own) == {CASH: -100, FOOD: 100}


def test_neither_side_stands_without_the_other(session: Session, two: Two) -> None:
    two.send(session, two.transfer(1))
    set_account_state(session, two.family, CASH, AccountState.FROZEN, **BY)

    assert two.send(session, two.transfer(2)) == ["account_frozen"]
    assert balances(session, two.own)["equity:family"] == 5_000


def test_only_its_own_room_changes_a_transfer(session: Session, two: Two) -> None:
    two.send(session, two.transfer(1))

    assert (
        codes(
            session,
            amend(two.own, 2, 1, spent((FOOD, 5))),
            delete(two.own, 3, 1),
            sort(two.own, 4, 1, (FOOD, 50)),
        )
        == ["invalid_request"] * 3
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"source": FOOD}, "invalid_request"),
        ({"target": "assets:nowhere"}, "account_not_found"),
        ({"amount": None}, "invalid_request"),
        ({"target_book": 7}, "book_not_found"),
        ({"amount": Money(0, "HKD")}, "amount_not_positive"),
    ],
)
def test_what_is_no_transfer(
    session: Session, two: Two, changes: dict[str, Any], code: str
) -> None:
    assert two.send(session, two.transfer(1, **changes)) == [code]
    assert balances(session, two.family) == {}


def test_her_mother_reaches_only_the_family_book(session: Session, two: Two) -> None:
    assert two.send(session, two.transfer(1), person=two.ibu) == ["book_not_found"]
    back = two.transfer(2, source_book=two.family, target_book=two.own)
    assert two.send(session, back, person=two.ibu) == ["book_not_found"]
    with pytest.raises(BookNotFound):
        operations.share(session, PLATFORM, two.ibu, two.own, **BY)


def test_leaving_is_at_once_and_silent(session: Session, two: Two) -> None:
    before = scene.hear(session, two.family)
    operations.leave(session, PLATFORM, two.dewi, two.family, **BY)

    assert two.send(session, two.transfer(1)) == ["book_not_found"]
    assert scene.hear(session, two.family) == before


def seen_by_family(session: Session, two: Two) -> str:
    """Give all that a member of the family can be told of its book."""
    two.send(session, two.transfer(1, note="rahasia"), two.transfer(2))
    two.back(session, 3, 2)
    parts: list[str] = []
    exports.write_archive(session, PLATFORM, two.ibu, parts.append, made_at=NOW)
    assert str(two.own) not in "".join(parts)
    heard = [item for item in scene.hear(session, two.family) if isinstance(item, EntryHeard)]
    assert [item.id for item in heard] == [far_id(entry_id(n)) for n in (1, 2, 3)]
    found = json.loads("".join(parts))
    return json.dumps([found["sections"], [str(item) for item in heard]])


def test_the_family_sees_the_same_whatever_is_in_her_own_book(session: Session) -> None:
    seen = []
    for private in (1, 7):
        with session.begin_nested() as undone:
            two = Two(session, private)
            if private > 1:
                households.change_settings(session, two.own, pay_day=1, recorded_at=NOW)
            seen.append(seen_by_family(session, two))
            undone.rollback()

    assert seen[0] == seen[1]
    assert "rahasia" not in seen[0]
