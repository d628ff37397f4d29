"""A row is a movement, or the first thing that is wrong with it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.imports import movements
from ledger.imports.mapping import NEUTRAL, Mapping
from ledger.imports.problems import WORDINGS, Problem, ProblemCode

HEADER = ["account_id", "date", "direction", "kind", "amount", "balance"]
GOOD = ["17", "2026-11-24", "in", "salary", "700.0", "700.00"]


def reader(mapping: Mapping = NEUTRAL, header: Sequence[str] = HEADER) -> movements.Reader:
    """Make a reader of rupiah."""
    return movements.Reader(mapping, mapping.columns(header), len(header), "own", 2, {})


def test_a_row_is_understood() -> None:
    found = reader().movement(2, GOOD)

    assert isinstance(found, movements.Movement)
    assert (found.account, found.inward, found.amount, found.balance) == (
        "17",
        True,
        70_000,
        70_000,
    )


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        (0, "", ProblemCode.BAD_ACCOUNT),
        (0, "../x", ProblemCode.BAD_ACCOUNT),
        (1, "2026-02-30", ProblemCode.BAD_DATE),
        (1, "24/11/2026", ProblemCode.BAD_DATE),
        (1, "1066-10-14", ProblemCode.BAD_DATE),
        (2, "sideways", ProblemCode.BAD_DIRECTION),
        (4, "", ProblemCode.BAD_AMOUNT),
        (4, "1e5", ProblemCode.BAD_AMOUNT),
        (4, "NaN", ProblemCode.BAD_AMOUNT),
        (4, "\u0661\u0662", ProblemCode.BAD_AMOUNT),
        (4, "-5", ProblemCode.BAD_AMOUNT),
        (4, "1,000.50", ProblemCode.MIXED_MARKS),
        (4, "1.005", ProblemCode.TOO_PRECISE),
        (4, "99999999999999999999", ProblemCode.BAD_AMOUNT),
        (4, "9999999999999999999", ProblemCode.TOO_LARGE),
        (4, "0", ProblemCode.ZERO_AMOUNT),
        (4, "0.00", ProblemCode.ZERO_AMOUNT),
        (5, "many", ProblemCode.BAD_BALANCE),
    ],
)
def test_the_first_thing_wrong_is_named(column: int, value: str, code: ProblemCode) -> None:
    row = [*GOOD[:column], value, *GOOD[column + 1 :]]

    found = reader().movement(9, row)

    assert isinstance(found, Problem)
    assert (found.line, found.code) == (9, code)
    assert found.message("id")
    assert found.message("en")


def test_a_ragged_row_tells_both_widths() -> None:
    found = reader().movement(3, GOOD[:4])

    assert isinstance(found, Problem)
    assert found.facts == {"found": 4, "expected": 6}


def test_indonesian_numbers_are_read_by_their_mapping() -> None:
    indonesian = replace(NEUTRAL, decimal_mark=",", thousands_mark=".")

    assert reader(indonesian).minor("1.250.000,50") == 125_000_050
    assert reader(replace(NEUTRAL, decimal_mark=",")).minor("1.5") is ProblemCode.MIXED_MARKS


def test_debits_leave_and_credits_arrive() -> None:
    columns = Mapping(date_column="d", debit_column="out", credit_column="in")
    plain = reader(columns, ["d", "out", "in"])

    assert plain.movement(2, ["2026-11-24", "5", ""]).inward is False  # type: ignore[union-attr]
    assert plain.movement(2, ["2026-11-24", "", "5"]).inward is True  # type: ignore[union-attr]
    assert isinstance(plain.movement(2, ["2026-11-24", "5", "5"]), Problem)


@given(st.integers(min_value=1, max_value=2**63 - 1))
def test_every_amount_that_can_be_written_is_read_back(minor: int) -> None:
    assert reader().minor(f"{minor // 100}.{minor % 100:02d}") == minor


def test_every_problem_has_words() -> None:
    assert set(WORDINGS) == set(ProblemCode)
