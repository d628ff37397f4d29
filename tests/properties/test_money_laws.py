"""Laws of money, dates and trees of accounts that no example can exhaust."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal, localcontext
from fractions import Fraction

import moneyed
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger import dates, money
from ledger.books import classes
from ledger.dates import DateRange, DayCount
from ledger.errors import LedgerError
from ledger.money import MAX_MINOR, Money, Rounding

CODES = st.sampled_from(["IDR", "HKD", "KRW", "JPY", "KWD", "ZWG", "XCG"])
MINOR = st.integers(-MAX_MINOR, MAX_MINOR)
AMOUNTS = st.builds(Money, MINOR, CODES)
SMALL = st.integers(-(10**12), 10**12)
EXACT = st.one_of(SMALL, st.fractions(min_value=-(10**12), max_value=10**12))
UNITS = st.sampled_from([1, 100, 10_000, 50_000, 100_000])
WEIGHTS = st.lists(
    st.one_of(st.integers(0, 10**15), st.fractions(0, 10**6, max_denominator=10**6)),
    min_size=1,
    max_size=40,
)
DAYS = st.dates(dates.MIN_DATE, dates.MAX_DATE)

BY_DECIMAL = {
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.UP: ROUND_UP,
    Rounding.DOWN: ROUND_DOWN,
}


@given(MINOR, MINOR, CODES)
def test_sums_are_those_of_integers_or_refused(left: int, right: int, code: str) -> None:
    ways: list[tuple[int, Callable[[], Money]]] = [
        (left + right, lambda: Money(left, code) + Money(right, code)),
        (left - right, lambda: Money(left, code) - Money(right, code)),
        (-left, lambda: -Money(left, code)),
    ]
    for expected, way in ways:
        if abs(expected) <= MAX_MINOR:
            assert way() == Money(expected, code)
        else:
            with pytest.raises(money.AmountOutOfRange):
                way()


@given(SMALL, SMALL, CODES)
def test_order_is_that_of_integers(left: int, right: int, code: str) -> None:
    a, b = Money(left, code), Money(right, code)

    assert (a < b, a <= b, a > b, a >= b) == (
        left < right,
        left <= right,
        left > right,
        left >= right,
    )


@given(st.lists(SMALL), CODES)
def test_a_total_is_the_sum_in_any_order(parts: list[int], code: str) -> None:
    amounts = [Money(part, code) for part in parts]

    assert money.total(amounts, code) == money.total(reversed(amounts), code)
    assert money.total(amounts, code).minor == sum(parts)


@given(AMOUNTS)
def test_what_is_written_reads_back(amount: Money) -> None:
    text = money.format_plain(amount.minor, amount.currency)
    whole = text.lstrip("-").partition(".")[0]
    assume(len(whole) <= 18)  # what the grammar can say

    assert money.parse(text, amount.currency) == amount


@given(AMOUNTS, st.integers(1, 40))
def test_money_survives_the_trip_to_the_edge(amount: Money, precision: int) -> None:
    with localcontext(prec=precision):
        assert money.from_moneyed(money.to_moneyed(amount)) == amount


@given(st.text(max_size=30), CODES)
def test_no_text_is_more_than_refused(text: str, code: str) -> None:
    try:
        read = money.parse(text, code)
    except LedgerError as refused:
        said = {str(refused), refused.message("id")}
    else:
        said = {str(read)}
        assert read.minor == Decimal(text).scaleb(money.currency(code).exponent)

    assert all(sentence.isprintable() for sentence in said)


@given(st.decimals(), st.sampled_from(["IDR", "JPY", "KWD"]))
def test_a_decimal_comes_in_exactly_or_not_at_all(amount: Decimal, code: str) -> None:
    try:
        came = money.from_moneyed(moneyed.Money(amount, code))
    except money.AmountTooPrecise:
        assert Fraction(amount) * 10 ** money.currency(code).exponent % 1
    except money.AmountOutOfRange:
        assert abs(amount.adjusted()) > 15
    except money.AmountMalformed:
        assert not amount.is_finite()
    else:
        assert Fraction(came.minor, 10 ** money.currency(code).exponent) == Fraction(amount)


@given(EXACT, UNITS, st.sampled_from(Rounding))
def test_rounding_is_near_whole_symmetric_and_settled(
    amount: int | Fraction, unit: int, rounding: Rounding
) -> None:
    rounded = money.round_to(amount, unit, rounding)
    off = abs(Fraction(amount) - rounded)

    assert rounded % unit == 0
    assert off < unit
    assert rounding in (Rounding.UP, Rounding.DOWN) or 2 * off <= unit
    assert money.round_to(-amount, unit, rounding) == -rounded
    assert money.round_to(rounded, unit, rounding) == rounded


@given(st.decimals(-(10**12), 10**12, places=4), UNITS, st.sampled_from(Rounding))
def test_rounding_agrees_with_decimal(amount: Decimal, unit: int, rounding: Rounding) -> None:
    with localcontext(prec=60):
        expected = (amount / unit).quantize(Decimal(1), BY_DECIMAL[rounding]) * unit

    assert money.round_to(Fraction(amount), unit, rounding) == expected


@given(SMALL, st.fractions(0, 2), UNITS, st.sampled_from(Rounding))
def test_a_share_is_the_product_rounded(
    minor: int, proportion: Fraction, unit: int, rounding: Rounding
) -> None:
    taken = money.share(minor, proportion, unit, rounding)

    assert taken == money.round_to(minor * proportion, unit, rounding)


@given(MINOR, WEIGHTS)
def test_a_split_sums_to_the_whole(total: int, weights: list[int | Fraction]) -> None:
    assume(any(weights))

    pieces = money.split(total, weights)

    assert sum(pieces) == total
    assert len(pieces) == len(weights)
    assert money.split(-total, weights) == [-piece for piece in pieces]


@given(MINOR, WEIGHTS)
def test_a_piece_is_within_a_unit_of_its_exact_share(
    total: int, weights: list[int | Fraction]
) -> None:
    assume(any(weights))
    whole = Fraction(sum(weights))

    for piece, weight in zip(money.split(total, weights), weights, strict=True):
        exact = total * weight / whole
        assert abs(piece - exact) < 1
        assert piece * total >= 0
        assert piece == 0 or weight > 0


@given(st.integers(0, MAX_MINOR), WEIGHTS)
def test_a_larger_weight_never_gets_less(total: int, weights: list[int | Fraction]) -> None:
    assume(any(weights))
    pieces = money.split(total, weights)

    by_weight = sorted(zip(weights, pieces, strict=True))
    assert [piece for _, piece in by_weight] == sorted(pieces)


@given(st.integers(0, 10**9), WEIGHTS, st.integers(1, 10**6))
def test_only_the_proportion_of_weights_counts(
    total: int, weights: list[int | Fraction], times: int
) -> None:
    assume(any(weights))

    assert money.split(total, weights) == money.split(total, [w * times for w in weights])


@given(DAYS)
def test_a_date_that_is_written_reads_back(day: date) -> None:
    assert dates.parse_date(day.isoformat()) == day


@given(DAYS, st.integers(-1200, 1200), st.integers(-1200, 1200))
def test_stepping_with_a_seed_does_not_depend_on_the_stops(
    day: date, first: int, second: int
) -> None:
    try:
        stop = dates.add_months(day, first)
        straight = dates.add_months(day, first + second)
    except dates.DateOutOfRange:
        assume(False)
        raise

    assert dates.add_months(stop, second, seed_day=day.day) == straight
    assert straight.day == min(day.day, dates.month_end(straight).day)


@given(DAYS)
def test_a_month_holds_its_days_and_no_others(day: date) -> None:
    month = dates.month_of(day)

    assert day in month
    assert month.start.day == 1
    assert month.end.day == 1
    assert dates.month_end(day) == month.end - timedelta(days=1)


@given(st.tuples(DAYS, DAYS, DAYS).map(sorted))
def test_ranges_add_up(days: list[date]) -> None:
    first, middle, last = days

    whole = DateRange(first, last)
    assert DateRange(first, middle).days + DateRange(middle, last).days == whole.days
    for count in (DayCount.ACTUAL_365, DayCount.ACTUAL_ACTUAL):
        assert dates.year_fraction(first, middle, count) + dates.year_fraction(
            middle, last, count
        ) == dates.year_fraction(first, last, count)


@given(DAYS, DAYS, st.sampled_from(DayCount))
def test_a_part_of_a_year_is_close_to_the_calendar(
    left: date, right: date, day_count: DayCount
) -> None:
    start, end = sorted([left, right])

    fraction = dates.year_fraction(start, end, day_count)

    assert fraction >= 0
    assert abs(fraction - Fraction(dates.days_between(start, end) * 400, 146_097)) < Fraction(1, 4)


@st.composite
def trees(draw: st.DrawFn) -> dict[int, int | None]:
    """Draw a forest of accounts with shuffled numbers."""
    numbers = draw(st.lists(st.integers(1, 99_999), unique=True, max_size=30))
    parents: dict[int, int | None] = {}
    for position, account_no in enumerate(numbers):
        above = draw(st.sampled_from([None, *numbers[:position]]))
        parents[account_no] = above
    return parents


@given(trees())
def test_tree_order_puts_parents_first_and_loses_nobody(parents: dict[int, int | None]) -> None:
    order = classes.tree_order(parents)

    place = {account_no: position for position, account_no in enumerate(order)}
    assert sorted(order) == sorted(parents)
    for account_no, parent in parents.items():
        assert parent is None or place[parent] < place[account_no]
        assert classes.depth(account_no, parents) == len(classes.ancestors(account_no, parents))


@given(trees(), st.data())
def test_an_account_rolls_up_itself_and_all_below_it(
    parents: dict[int, int | None], data: st.DataObject
) -> None:
    one = st.dictionaries(st.sampled_from(["IDR", "HKD"]), SMALL)
    balances = {no: data.draw(one) for no in parents}

    rolled = classes.roll_up(balances, parents)

    for account_no in parents:
        family = [no for no in parents if account_no in (no, *classes.ancestors(no, parents))]
        for code in ("IDR", "HKD"):
            assert rolled[account_no].get(code, 0) == sum(
                balances[no].get(code, 0) for no in family
            )
