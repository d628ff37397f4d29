"""Classes, sides, codes and the tree of accounts."""

import pytest

from ledger.books import classes
from ledger.books.classes import AccountClass, AccountState, BookKind, Side

TREE = {1: None, 2: 1, 3: 1, 4: 3, 5: None, 6: 5}


@pytest.mark.parametrize(
    ("account_class", "side"),
    [
        ("asset", "debit"),
        ("expense", "debit"),
        ("liability", "credit"),
        ("equity", "credit"),
        ("income", "credit"),
    ],
)
def test_each_class_has_its_normal_side(account_class: str, side: str) -> None:
    assert classes.normal_side(AccountClass(account_class)) is Side(side)


def test_the_words_of_the_database_are_those_of_the_code() -> None:
    assert list(AccountClass) == ["asset", "liability", "equity", "income", "expense"]
    assert list(AccountState) == ["open", "frozen", "closed"]
    assert list(BookKind) == ["household", "cooperative", "fund"]
    assert list(Side) == ["debit", "credit"]


def test_a_side_has_an_opposite() -> None:
    assert Side.DEBIT.other is Side.CREDIT
    assert Side.CREDIT.other is Side.DEBIT


@pytest.mark.parametrize(
    "code",
    [
        *["assets", "a", "1", "assets:cash", "expenses:deduction:agency_fee", "1-1100"],
        *["1:1-1100:simpanan_pokok", "a:b:c:d:e:f", "equity:trading:idr", "a" * 32],
        ":".join(["x" * 23] * 5),
    ],
)
def test_a_code_is_accepted(code: str) -> None:
    assert classes.check_code(code) == code


@pytest.mark.parametrize(
    "code",
    [
        *["", ":", "a:", ":a", "a::b", "A", "Assets:Cash", "a b", "-a", "_a", "a:-b", "a.b", "a/b"],
        *["a:b:c:d:e:f:g", "a" * 33, "kas\n", "kas\x00", "káš", "٣", "ａ"],
        ":".join(["x" * 24] * 5),
    ],
)
def test_what_is_not_a_code_is_refused(code: str) -> None:
    with pytest.raises(classes.AccountCodeMalformed) as refused:
        classes.check_code(code)

    assert refused.value.facts == {"account_code": code}


def test_the_ancestors_of_an_account_come_nearest_first() -> None:
    assert classes.ancestors(4, TREE) == [3, 1]
    assert classes.ancestors(1, TREE) == []
    assert [classes.depth(no, TREE) for no in (1, 3, 4)] == [0, 1, 2]


def test_a_chart_lists_parents_before_their_children_by_number() -> None:
    shuffled = {no: TREE[no] for no in (6, 4, 2, 5, 3, 1)}

    assert classes.tree_order(shuffled) == [1, 2, 3, 4, 5, 6]
    assert classes.tree_order({}) == []


def test_a_tree_may_be_very_deep() -> None:
    chain = {no: no - 1 or None for no in range(1, 5_001)}

    assert classes.tree_order(chain) == list(range(1, 5_001))
    assert classes.depth(5_000, chain) == 4_999


@pytest.mark.parametrize(
    ("parents", "account_no"),
    [
        ({1: 1}, 1),
        ({1: 2, 2: 1}, 1),
        ({7: None, 1: 3, 2: 1, 3: 2}, 1),
        ({1: 9}, 1),
        ({4: 3, 3: 2, 2: 3}, 4),
    ],
)
def test_a_circle_or_a_missing_parent_is_named(
    parents: dict[int, int | None], account_no: int
) -> None:
    with pytest.raises(classes.AccountTreeBroken):
        classes.tree_order(parents)
    with pytest.raises(classes.AccountTreeBroken) as refused:
        classes.ancestors(account_no, parents)

    assert refused.value.facts == {"account_no": account_no}


def test_an_account_outside_the_tree_has_no_ancestors() -> None:
    with pytest.raises(classes.AccountTreeBroken):
        classes.ancestors(99, TREE)


def test_balances_roll_up_to_every_account_above() -> None:
    rolled = classes.roll_up({2: {"IDR": 100}, 4: {"IDR": -30}, 6: {"IDR": 7}}, TREE)

    assert {no: sums["IDR"] for no, sums in rolled.items()} == {
        1: 70,
        2: 100,
        3: -30,
        4: -30,
        5: 7,
        6: 7,
    }
    assert list(rolled) == [1, 2, 3, 4, 5, 6]


def test_currencies_are_never_added_to_each_other() -> None:
    rolled = classes.roll_up({2: {"IDR": 100}, 3: {"HKD": 5}, 4: {"HKD": 1, "USD": 2}}, TREE)

    assert rolled[1] == {"IDR": 100, "HKD": 6, "USD": 2}
    assert rolled[3] == {"HKD": 6, "USD": 2}


def test_a_heading_with_a_balance_of_its_own_keeps_it() -> None:
    assert classes.roll_up({1: {"IDR": 1}, 2: {"IDR": 2}}, TREE)[1] == {"IDR": 3}


def test_an_account_without_movement_has_no_balance_in_any_currency() -> None:
    assert classes.roll_up({}, TREE)[1] == {}


def test_rolling_up_changes_nothing_that_was_given() -> None:
    given = {1: {"IDR": 1}, 2: {"IDR": 2}}

    classes.roll_up(given, TREE)

    assert given == {1: {"IDR": 1}, 2: {"IDR": 2}}


def test_a_balance_outside_the_tree_is_refused() -> None:
    with pytest.raises(classes.AccountTreeBroken):
        classes.roll_up({99: {"IDR": 1}}, TREE)
