"""A row is a movement, or the first thing that is wrong with it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.imports.mapping import NEUTRAL, SIGNED, Mapping
from ledger.imports.movements import Movement, Reader
from ledger.imports.problems import WORDINGS, Problem, ProblemCode
from ledger.journal.shape import MAX_TEXT

HEADER = ["account_id", "date", "direction", "kind", "amount", "balance"]
GOOD = ["17", "2026-11-24", "in", "salary", "700.0", "700.00"]


def reader(
    mapping: Mapping = NEUTRAL, header: Sequence[str] = HEADER, source: str = "bank"
) -> Reader:
    """Make a reader of rupiah."""
    return Reader(mapping, header, source=source, account="own", exponent=2)


def understood(made: Movement | Problem) -> Movement:
    """Insist that a row is a movement."""
    assert isinstance(made, Movement)
    return made


def test_a_row_is_understood() -> None:
    found = understood(reader().movement(2, GOOD))

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
        (0, "1" * 33, ProblemCode.BAD_ACCOUNT),
        (1, "", ProblemCode.BAD_DATE),
        (1, "2026-02-30", ProblemCode.BAD_DATE),
        (1, "24/11/2026", ProblemCode.BAD_DATE),
        (1, "1066-10-14", ProblemCode.BAD_DATE),
        (1, "\u0662\u0660\u0662\u0666-11-24", ProblemCode.BAD_DATE),
        (2, "sideways", ProblemCode.BAD_DIRECTION),
        (3, "x" * 121, ProblemCode.FIELD_TOO_LONG),
        (4, "", ProblemCode.BAD_AMOUNT),
        (4, "-5", ProblemCode.BAD_AMOUNT),
        (4, "1,000.50", ProblemCode.MIXED_MARKS),
        (4, "1.005", ProblemCode.TOO_PRECISE),
        (4, "9999999999999999999", ProblemCode.TOO_LARGE),
        (4, "0", ProblemCode.ZERO_AMOUNT),
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


def test_a_line_that_moves_nothing_still_tells_its_balance() -> None:
    found = reader().movement(9, [*GOOD[:4], "0.00", "12.50"])

    assert isinstance(found, Problem)
    assert found.facts == {"account": "17", "date": "2026-11-24", "balance": 1_250}


def test_a_ragged_row_tells_both_widths() -> None:
    for row in (GOOD[:4], [*GOOD, "", "x"]):
        found = reader().movement(3, row)

        assert isinstance(found, Problem)
        assert found.facts == {"found": len(row), "expected": 6}


def test_empty_fields_behind_the_last_column_do_not_matter() -> None:
    plain = understood(reader().movement(2, GOOD))

    assert reader().movement(2, [*GOOD, "", ""]) == plain


def test_a_description_is_never_cut() -> None:
    header = ["date", "description", "amount"]
    long = ["2026-11-24", "x" * MAX_TEXT, "5"]

    assert understood(reader(SIGNED, header).movement(2, long)).description == long[1]
    long[1] += "x"
    found = reader(SIGNED, header).movement(2, long)
    assert isinstance(found, Problem)
    assert found.code is ProblemCode.FIELD_TOO_LONG


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("yyyy-mm-dd", "2026-11-04"),
        ("yyyy/mm/dd", "2026/11/04"),
        ("dd/mm/yyyy", "04/11/2026"),
        ("dd/mm/yyyy", "4/11/2026"),
        ("dd.mm.yyyy", "04.11.2026"),
        ("mm/dd/yyyy", "11/04/2026"),
        ("dd/mm/yy", "04/11/26"),
        ("yyyymmdd", "20261104"),
    ],
)
def test_dates_are_read_as_the_mapping_says(form: str, written: str) -> None:
    found = reader(replace(NEUTRAL, date_format=form)).movement(2, [GOOD[0], written, *GOOD[2:]])

    assert understood(found).day == date(2026, 11, 4)


def test_a_date_without_marks_needs_all_its_digits() -> None:
    bare = replace(NEUTRAL, date_format="yyyymmdd")

    assert isinstance(reader(bare).movement(2, [GOOD[0], "2026111", *GOOD[2:]]), Problem)


def test_debits_leave_and_credits_arrive() -> None:
    columns = Mapping(date_column="d", debit_column="out", credit_column="in")
    plain = reader(columns, ["d", "out", "in"])

    for out, into, inward in (("5", "", False), ("", "5", True), ("0.00", "5", True)):
        assert understood(plain.movement(2, ["2026-11-24", out, into])).inward is inward
    for out, into in (("5", "5"), ("", ""), ("0", "0"), ("x", "5")):
        assert isinstance(plain.movement(2, ["2026-11-24", out, into]), Problem)


def test_directions_may_have_other_words_and_signs_another_meaning() -> None:
    words = replace(NEUTRAL, in_words=("K", "CR"), out_words=("DB",))
    card = replace(SIGNED, amount_sign="out_positive")
    header = ["date", "description", "amount"]

    assert understood(reader(words).movement(2, [*GOOD[:2], "cr", *GOOD[3:]])).inward
    assert isinstance(reader(words).movement(2, GOOD), Problem)
    assert not understood(reader(card, header).movement(2, ["2026-11-24", "x", "5"])).inward


def test_equal_lines_have_equal_digests_however_they_are_written() -> None:
    header = [*HEADER, "branch"]
    plain = understood(reader(header=header).movement(2, [*GOOD, "Kowloon  West"]))
    moved = reader(header=header[::-1]).movement(7, ["Kowloon West", *GOOD[::-1]])

    assert understood(moved).digest == plain.digest
    padded = ["17", " 2026-11-24", "IN ", " salary", "700", "700", "Kowloon West "]
    assert understood(reader(header=header).movement(9, padded)).digest == plain.digest


@given(st.integers(0, 6), st.sampled_from(["18", "2026-11-25", "out", "wage", "700.01", "\x01"]))
def test_whatever_a_line_says_counts_for_its_digest(column: int, value: str) -> None:
    header = [*HEADER, "branch"]
    row = [*GOOD, "Kowloon"]
    other = [*row[:column], value, *row[column + 1 :]]

    plain = understood(reader(header=header).movement(2, row))
    found = reader(header=header).movement(2, other)

    if isinstance(found, Movement):
        assert found.digest != plain.digest
    assert understood(reader(header=header, source="x").movement(2, row)).digest != plain.digest


@given(st.lists(st.text(max_size=12), min_size=6, max_size=6))
def test_any_row_is_a_movement_or_a_problem(row: list[str]) -> None:
    found = reader().movement(2, row)

    assert isinstance(found, Movement) or found.message("id")


def test_what_is_not_remembered_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("movements", "amounts"):
        monkeypatch.setattr(f"ledger.imports.{module}._REMEMBERED", 0)
    forgetful = reader()

    assert forgetful.movement(2, GOOD) == forgetful.movement(2, GOOD) == reader().movement(2, GOOD)


def test_every_problem_has_words() -> None:
    assert set(WORDINGS) == set(ProblemCode)
