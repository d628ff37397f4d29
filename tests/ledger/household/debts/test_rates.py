"""The real rate follows from the cash, whatever the lender calls it."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.household.debts import rates
from ledger.money import Money, Rounding, round_to

GOLDEN = Path(__file__).parents[3] / "golden" / "real_rates.csv"
ROWS = [
    line.split(";")
    for line in GOLDEN.read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
][1:]


@pytest.mark.parametrize(("received", "instalment", "count", "a_year", "percent"), ROWS)
def test_the_golden_table(
    received: str, instalment: str, count: str, a_year: str, percent: str
) -> None:
    flows = [(period, int(instalment)) for period in range(1, int(count) + 1)]

    rate = rates.period_rate(int(received), flows)

    assert rate is not None
    tenths = round_to(rates.nominal_year(rate, int(a_year)) * 1_000, 1, Rounding.HALF_EVEN)
    assert Fraction(tenths, 10) == Fraction(percent)


NONE = [
    (0, [(1, 5)]),
    (-5, [(1, 5)]),
    (5, []),
    (5, [(1, 4)]),
    (5, [(0, 10)]),
    (5, [(1, 9), (2, -1)]),
    (1, [(1, 10**9)]),
]


@pytest.mark.parametrize(("received", "flows"), NONE)
def test_there_is_not_always_a_rate(received: int, flows: list[tuple[int, int]]) -> None:
    assert rates.period_rate(received, flows) is None


def test_a_daily_rate_counts_days_and_leaves_out_what_was_paid_at_once() -> None:
    start, week = date(2026, 11, 1), date(2026, 11, 8)
    face, kept = Money(1_000_000, "IDR"), Money(320_000, "IDR")

    rate = rates.daily_rate(start, face, [(start, kept), (week, Money(1_054_000, "IDR"))])

    assert rate is not None
    assert round((1 + rate) ** 7 - 1, 4) == Fraction(55, 100)


@given(
    st.integers(1, 60),
    st.integers(10**6, 10**11),
    st.integers(0, 50_000).map(lambda rate: Fraction(rate, 100_000)),
)
def test_equal_instalments_have_the_rate_of_the_annuity(
    count: int, principal: int, rate: Fraction
) -> None:
    """Instalment = P i ÷ (1 − (1 + i)^−n); rounded to whole sen it moves the rate a little."""
    grown = (1 + rate) ** count
    exact = principal * rate * grown / (grown - 1) if rate else Fraction(principal, count)
    up = -(-exact.numerator // exact.denominator)

    found = rates.period_rate(principal, [(period, up) for period in range(1, count + 1)])
    exactly = rates.period_rate(
        principal * exact.denominator,
        [(period, exact.numerator) for period in range(1, count + 1)],
    )

    assert found is not None
    assert exactly is not None
    assert 0 <= rate - exactly < Fraction(2, rates.SCALE)
    assert found >= exactly


@given(st.integers(1, 10**9), st.lists(st.integers(1, 10**9), min_size=1, max_size=24))
def test_the_rate_found_is_the_last_at_which_payments_are_worth_enough(
    received: int, amounts: list[int]
) -> None:
    flows = list(enumerate(amounts, start=1))

    rate = rates.period_rate(received, flows)

    def worth(at: Fraction) -> Fraction:
        return sum((amount / (1 + at) ** period for period, amount in flows), Fraction(0))

    if rate is None:
        assert sum(amounts) < received or worth(Fraction(10_000)) > received
        return
    assert worth(rate) >= received
    assert worth(rate + Fraction(1, rates.SCALE)) < received


@given(
    st.integers(1, 10**9),
    st.lists(st.tuples(st.integers(1, 400), st.integers(0, 10**9)), min_size=1, max_size=8),
    st.integers(0, 10**9),
)
def test_bounds_tell_what_whole_numbers_tell(
    received: int, flows: list[tuple[int, int]], rate: int
) -> None:
    def sign(value: int) -> int:
        return (value > 0) - (value < 0)

    found = rates._worth(received, flows, rate)

    assert sign(found) == sign(rates._exactly(received, flows, rate))


def test_ten_years_of_days_are_looked_at_between_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """In whole numbers alone they took half a minute."""
    monkeypatch.setattr(rates, "_exactly", None)
    flows = [(30 * month, 4 * 10**8) for month in range(1, 121)]

    assert rates.period_rate(10**10, flows) == Fraction(129_609, 10**8)


def test_a_countdown_takes_the_oldest_instalment_first() -> None:
    def rupiah(minor: int) -> Money:
        return Money(minor, "IDR")

    dues = [(date(2027, 2, 1), rupiah(50)), (date(2027, 1, 1), rupiah(50))]

    found = rates.countdown(rupiah(60), dues, rupiah(60))
    assert found == rates.Countdown(rupiah(60), 1, date(2027, 2, 1))
    assert rates.countdown(rupiah(90), dues, rupiah(10)).instalments == 2
    assert rates.countdown(rupiah(0), dues, rupiah(9)) == rates.Countdown(rupiah(0), 0, None)
    assert rates.countdown(rupiah(5), [], rupiah(9)).free_on is None
    assert rates.effective_year(Fraction(1, 10), 2) == Fraction(21, 100)
