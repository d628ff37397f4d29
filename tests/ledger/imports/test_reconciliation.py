"""Day-end balances are compared whatever the order of a day's lines."""

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.imports.reconciliation import Stated, reconcile

DAY = date(2026, 11, 24).toordinal()


def stated(changes: list[int], before: int, per_day: int = 3) -> list[Stated]:
    """Make the lines of a bank that counts right."""
    rows: list[Stated] = []
    balance = before
    for at, change in enumerate(changes):
        balance += change
        rows.append(("a", DAY + at // per_day, at, change, balance))
    return rows


@given(
    st.lists(st.integers(-50, 50), max_size=12),
    st.sampled_from([0, 7_000, -7_000]),
    st.randoms(use_true_random=False),
)
def test_a_bank_that_counts_right_agrees_in_any_order(
    changes: list[int], before: int, draw: object
) -> None:
    rows = stated(changes, before)
    draw.shuffle(rows)  # type: ignore[attr-defined]
    found = reconcile(sorted(rows, key=lambda row: row[:2]), unit=100)

    assert (found.worst, found.within_a_unit) == (0, found.account_days)
    assert found.account_days == len({row[1] for row in rows})
    assert found.begun == (1 if before and changes else 0)


def test_a_line_that_is_missing_is_a_difference_from_then_on() -> None:
    rows = stated([500, 300, -200, 1_000, 5, 5, 5], 0, per_day=2)
    del rows[2]

    found = reconcile(rows, unit=1)

    assert (found.account_days, found.within_a_unit) == (4, 1)
    assert (found.worst, found.worst_account, found.worst_day) == (
        200,
        "a",
        date.fromordinal(DAY + 1),
    )


def test_the_balance_before_the_first_line_is_found_in_any_order() -> None:
    for rows in permutations(stated([500, 300, -100], 12_345)):
        found = reconcile(rows, unit=1)
        assert (found.worst, found.begun) == (0, 1)


def test_an_account_that_begins_here_begins_with_nothing_give_or_take_the_rounding() -> None:
    found = reconcile([("a", DAY, 2, 70_040, 70_000), ("a", DAY, 3, 5_000, 75_000)], unit=100)

    assert (found.begun, found.worst, found.within_a_unit) == (0, 40, 1)


def test_lines_without_a_balance_count_and_are_not_compared() -> None:
    rows: list[Stated] = [
        ("a", DAY, 2, 500, None),
        ("a", DAY + 1, 3, 300, 800),
        ("a", DAY + 2, 4, 300, None),
        ("b", DAY, 5, 300, None),
    ]

    found = reconcile(rows, unit=1)

    assert (found.account_days, found.worst, found.begun) == (1, 0, 0)


@pytest.mark.parametrize("zero_at", [0, 1, 2])
def test_a_line_that_moves_nothing_states_a_balance_too(zero_at: int) -> None:
    rows = stated([500, 300], 9_000)
    balance = 9_000 if zero_at == 0 else rows[zero_at - 1][4]
    rows.insert(zero_at, ("a", DAY, 9, 0, balance))

    found = reconcile(rows, unit=1)

    assert (found.account_days, found.worst) == (1, 0)


def test_nothing_to_compare_is_nothing_wrong() -> None:
    found = reconcile([], unit=1)

    assert (found.account_days, found.worst, found.worst_day) == (0, 0, None)
