"""An amount is read exactly as the mapping says amounts are written, or named as what it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.imports.amounts import Amounts
from ledger.imports.mapping import Mapping
from ledger.imports.problems import ProblemCode

BAD, MIXED = ProblemCode.BAD_AMOUNT, ProblemCode.MIXED_MARKS


def amounts(mark: str = ".", thousands: str | None = None, exponent: int = 2) -> Amounts:
    mapping = Mapping(date_column="", decimal_mark=mark, thousands_mark=thousands)
    return Amounts(mapping, exponent)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("700", 70_000),
        ("700.0", 70_000),
        ("+0.05", 5),
        ("-0.05", -5),
        ("7-", -700),
        ("(7.50)", -750),
        ("-0", 0),
        ("92233720368547758.07", 2**63 - 1),
        ("92233720368547758.08", ProblemCode.TOO_LARGE),
        ("9" * 19, ProblemCode.TOO_LARGE),
        ("9" * 20, ProblemCode.TOO_LARGE),
        ("9" * 100_000, BAD),
        ("1.005", ProblemCode.TOO_PRECISE),
        ("1.000", ProblemCode.TOO_PRECISE),
        ("1,5", MIXED),
        ("1,000.50", MIXED),
        ("1.000,50", MIXED),
        ("1,000", MIXED),
        ("", BAD),
        ("-", BAD),
        (".5", BAD),
        ("5.", BAD),
        ("--5", BAD),
        ("-5-", BAD),
        ("1e5", BAD),
        ("NaN", BAD),
        ("Infinity", BAD),
        ("0x10", BAD),
        ("1_000", BAD),
        ("1 000", BAD),
        ("Rp 5", BAD),
        ("a,b", BAD),
        ("\u0661\u0662", BAD),
        ("5\n", BAD),
        ("5\x00", BAD),
    ],
)
def test_plain_amounts(written: str, expected: int | ProblemCode) -> None:
    assert amounts().minor(written) == expected
    assert amounts().minor(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1.250.000,50", 125_000_050),
        ("1250000,5", 125_000_050),
        ("-1.250", -125_000),
        ("1.250,5-", -125_050),
        ("1.25", MIXED),
        ("12.50.000", MIXED),
        ("1,250.50", MIXED),
        ("1.250,", MIXED),
        (".250", MIXED),
    ],
)
def test_indonesian_amounts(written: str, expected: int | ProblemCode) -> None:
    assert amounts(",", ".").minor(written) == expected


@pytest.mark.parametrize(
    ("thousands", "written"), [(",", "1,250.5"), ("'", "1'250.5"), ("\u00a0", "1\u00a0250.5")]
)
def test_thousands_may_be_parted_otherwise(thousands: str, written: str) -> None:
    assert amounts(".", thousands).minor(written) == 125_050


@pytest.mark.parametrize(
    ("exponent", "written", "expected"),
    [
        (0, "700", 700),
        (0, "700.0", 700),
        (0, "700.00", 700),
        (0, "700.000", ProblemCode.TOO_PRECISE),
        (0, "700.5", ProblemCode.TOO_PRECISE),
        (3, "1.005", 1_005),
        (3, "1.0050", ProblemCode.TOO_PRECISE),
    ],
)
def test_decimals_are_those_of_the_currency(
    exponent: int, written: str, expected: int | ProblemCode
) -> None:
    assert amounts(exponent=exponent).minor(written) == expected


@given(
    minor=st.integers(-(2**63) + 1, 2**63 - 1),
    mark=st.sampled_from([".", ","]),
    grouped=st.booleans(),
)
def test_every_amount_that_can_be_written_is_read_back(
    minor: int, mark: str, *, grouped: bool
) -> None:
    other = "," if mark == "." else "."
    whole = f"{abs(minor) // 100:,}".replace(",", other if grouped else "")
    written = f"{'-' if minor < 0 else ''}{whole}{mark}{abs(minor) % 100:02d}"

    assert amounts(mark, other if grouped else None).minor(written) == minor


@given(st.text(max_size=30), st.sampled_from([".", ","]), st.sampled_from([None, ".", " ", "'"]))
def test_any_text_is_an_amount_or_a_problem(text: str, mark: str, thousands: str | None) -> None:
    found = amounts(mark, thousands if thousands != mark else None).minor(text)

    assert isinstance(found, ProblemCode | int)
    assert isinstance(found, ProblemCode) or abs(found) < 2**63
