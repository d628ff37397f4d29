"""Amounts as people type them have one reading, or none."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import LedgerError
from ledger.household.records.typed import AmountAmbiguous, typed
from ledger.money import (
    AmountMalformed,
    AmountTooPrecise,
    CurrencyUnknown,
    Money,
    format_plain,
    parse,
)

GOLDEN = Path(__file__).parents[3] / "golden" / "typed_amounts.csv"
ROWS = [
    line.split(";")
    for line in GOLDEN.read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
][1:]


@pytest.mark.parametrize(("text", "currency", "wanted"), ROWS)
def test_the_golden_table(text: str, currency: str, wanted: str) -> None:
    try:
        read = typed(text, currency)
        said = f"{read.minor} {read.currency}"
    except LedgerError as refused:
        said = refused.code
    assert said == wanted


def test_a_no_break_space_comes_from_copying() -> None:
    assert typed("Rp\u00a01.250.000", "HKD") == parse("1250000", "IDR")


@pytest.mark.parametrize("text", ["", " ", "x" * 1_000_000, "9" * 65, "5\n", "5\t"])
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(AmountMalformed):
        typed(text, "IDR")


def test_the_currency_is_looked_at_first() -> None:
    with pytest.raises(CurrencyUnknown):
        typed("5", "rupiah")


def indonesian(minor: int, code: str) -> str:
    whole, _, places = format_plain(minor, code).partition(".")
    return f"{int(whole):,}".replace(",", ".") + (f",{places}" if places else "")


@given(st.integers(0, 10**17), st.sampled_from(["IDR", "HKD", "TWD", "SGD", "MYR", "SAR"]))
def test_a_written_amount_is_read_back(minor: int, code: str) -> None:
    written = indonesian(minor, code)

    assert typed(written, code) == Money(minor, code)
    assert typed(f"{code} {written}", "KWD") == Money(minor, code)


@given(st.integers(0, 10**9), st.integers(0, 99), st.sampled_from([("rb", 3), ("jt", 6)]))
def test_a_multiplied_amount_is_the_plain_one(
    whole: int, places: int, word: tuple[str, int]
) -> None:
    name, power = word
    minor = (whole * 100 + places) * 10**power

    assert typed(f"{whole},{places:02}{name}", "IDR") == Money(minor, "IDR")


@given(st.text(alphabet="0123456789.,rbjtk RpHKD$-", max_size=16))
def test_any_text_is_read_or_refused_by_name(text: str) -> None:
    with suppress(AmountMalformed, AmountAmbiguous, AmountTooPrecise, CurrencyUnknown):
        assert typed(text, "IDR").minor >= 0
