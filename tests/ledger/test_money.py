"""Money is exact or refused: currencies, the grammar, the edges, rounding, splitting."""

from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction

import moneyed
import pytest

from ledger import money
from ledger.errors import LedgerError
from ledger.money import MAX_MINOR, Money, Rounding

NO_PLACES = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
THREE_PLACES = "BHD IQD JOD KWD LYD OMR TND"
TWO_PLACES = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD"
    " CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ"
    " GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL"
    " MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR"
    " PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP SZL THB TJS TMT TOP"
    " TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG"
)
"""National and shared currencies by their number of decimal places; source: ISO 4217, list one.

Exponents are part of every stored amount: a change here is a change of everybody's balances.
"""


@pytest.mark.parametrize(
    ("exponent", "codes"),
    [(0, NO_PLACES), (2, TWO_PLACES), (3, THREE_PLACES)],
    ids=["none", "two", "three"],
)
def test_a_currency_has_the_decimal_places_of_iso_4217(exponent: int, codes: str) -> None:
    wrong = [code for code in codes.split() if money.currency(code).exponent != exponent]

    assert wrong == []


@pytest.mark.parametrize("code", ["DEM", "HRK", "ANG", "ZWL"])
def test_a_withdrawn_currency_stays_for_history(code: str) -> None:
    assert money.currency(code).code == code


@pytest.mark.parametrize(
    "code",
    [
        *["XXX", "XTS", "XAU", "XAG", "XPD", "XPT", "XDR", "XSU", "XUA", "XBA", "XEU"],
        *["CLF", "COU", "MXV", "UYI", "UYW", "USN", "CHE", "CHW", "BOV"],
        *["CNH", "AOK", "idr", "Idr", "IDR ", " IDR", "RP", "", "I\x00R", "\uff29DR", "ZZZ"],
    ],
)
def test_what_nobody_is_paid_in_is_no_currency(code: str) -> None:
    with pytest.raises(money.CurrencyUnknown) as refused:
        Money(1, code)

    assert refused.value.facts == {"currency": code}


@pytest.mark.parametrize(
    ("text", "code", "minor"),
    [
        ("0", "IDR", 0),
        ("-0", "IDR", 0),
        ("-0.00", "IDR", 0),
        ("1250000.5", "IDR", 125_000_050),
        ("1250000.50", "IDR", 125_000_050),
        ("-0.05", "IDR", -5),
        ("7", "KRW", 7),
        ("0.001", "KWD", 1),
        ("92233720368547758.07", "IDR", MAX_MINOR),
        ("-92233720368547758.07", "IDR", -MAX_MINOR),
        ("999999999999999999", "JPY", 999_999_999_999_999_999),
    ],
)
def test_an_amount_is_read(text: str, code: str, minor: int) -> None:
    assert money.parse(text, code) == Money(minor, code)


@pytest.mark.parametrize(
    "text",
    [
        *["", " ", "-", ".", "+1", "--1", "1.", ".5", "-.5", "01", "00", "1e3", "1E3", "1_000"],
        *["1,000", "1.000.000", " 5", "5 ", "5\n", "NaN", "Infinity", "-inf", "0x10", "Rp1", "1-"],
        *["\u0661\u0662", "\uff11", "1\x00", "1.000000000", "9" * 19, "½", "−1"],
    ],
)
def test_what_is_not_in_the_grammar_is_no_amount(text: str) -> None:
    with pytest.raises(money.AmountMalformed):
        money.parse(text, "IDR")


def test_a_megabyte_of_digits_is_no_amount_and_its_refusal_is_short() -> None:
    with pytest.raises(money.AmountMalformed) as refused:
        money.parse("9" * 10**6, "IDR")

    assert len(str(refused.value)) < 120


@pytest.mark.parametrize(
    ("text", "code", "exponent"),
    [("1.005", "IDR", 2), ("1.000", "IDR", 2), ("1.0", "JPY", 0), ("0.00000001", "KWD", 3)],
)
def test_more_places_than_the_currency_has_are_refused(text: str, code: str, exponent: int) -> None:
    with pytest.raises(money.AmountTooPrecise) as refused:
        money.parse(text, code)

    assert refused.value.facts == {"amount": text, "currency": code, "exponent": exponent}


@pytest.mark.parametrize("text", ["92233720368547758.08", "-92233720368547758.08", "9" * 18])
def test_an_amount_beyond_64_bits_is_refused(text: str) -> None:
    with pytest.raises(money.AmountOutOfRange):
        money.parse(text, "IDR")


def test_an_unknown_currency_is_named_before_the_amount_is_read() -> None:
    with pytest.raises(money.CurrencyUnknown):
        money.parse("nonsense", "XXX")


@pytest.mark.parametrize(
    "minor", [MAX_MINOR + 1, -MAX_MINOR - 1, 1 << 20_000], ids=["over", "under", "huge"]
)
def test_money_holds_what_a_column_holds(minor: int) -> None:
    with pytest.raises(money.AmountOutOfRange) as refused:
        Money(minor, "IDR")

    assert len(str(refused.value)) < 120


@pytest.mark.parametrize("minor", [Decimal(1), 1.0, True, "1"])
def test_only_an_int_counts_minor_units(minor: int) -> None:
    with pytest.raises(AssertionError):
        Money(minor, "IDR")


def test_money_adds_and_compares_within_one_currency() -> None:
    small, large = Money(100, "IDR"), Money(250, "IDR")

    assert small + large == Money(350, "IDR")
    assert small - large == -Money(150, "IDR")
    assert small < large
    assert large > small
    assert small <= Money(100, "IDR")
    assert large >= small
    assert max(small, large) == large
    assert str(-large) == "-2.50 IDR"


@pytest.mark.parametrize(
    "meet",
    [
        lambda left, right: left + right,
        lambda left, right: left - right,
        lambda left, right: left < right,
        lambda left, right: left <= right,
        lambda left, right: left > right,
        lambda left, right: left >= right,
        lambda left, right: money.total([left, right], "IDR"),
    ],
)
def test_currencies_never_mix(meet: Callable[[Money, Money], object]) -> None:
    with pytest.raises(money.CurrencyMismatch) as refused:
        meet(Money(0, "IDR"), Money(0, "HKD"))

    assert refused.value.facts == {"left": "IDR", "right": "HKD"}


def test_nothing_in_one_currency_is_not_nothing_in_another() -> None:
    assert Money(0, "IDR") != Money(0, "HKD")


def test_a_total_starts_from_money_and_not_from_a_number() -> None:
    assert money.total([], "HKD") == Money(0, "HKD")
    assert money.total([Money(MAX_MINOR, "HKD"), Money(1, "HKD"), Money(-2, "HKD")], "HKD") == (
        Money(MAX_MINOR - 1, "HKD")
    )
    with pytest.raises(money.AmountOutOfRange):
        Money(MAX_MINOR, "HKD") + Money(1, "HKD")


@pytest.mark.parametrize(
    ("minor", "code", "text"),
    [
        (0, "IDR", "0.00"),
        (-5, "IDR", "-0.05"),
        (-100, "IDR", "-1.00"),
        (1, "KWD", "0.001"),
        (1_735_360, "KRW", "1735360"),
        (-3, "JPY", "-3"),
        (MAX_MINOR, "IDR", "92233720368547758.07"),
    ],
)
def test_an_amount_is_written_with_all_its_places(minor: int, code: str, text: str) -> None:
    assert money.format_plain(minor, code) == text


@pytest.mark.parametrize(
    ("amount", "code", "minor"),
    [
        ("1250.50", "IDR", 125_050),
        ("1250.5000", "IDR", 125_050),
        ("-0.05", "IDR", -5),
        ("-12.3", "IDR", -1230),
        ("1E+3", "JPY", 1000),
        ("1.2E+3", "KWD", 1_200_000),
        ("-0", "IDR", 0),
        ("0E+400", "IDR", 0),
        ("0E-400", "JPY", 0),
        ("1E-2", "MRU", 1),
    ],
)
def test_a_moneyed_value_comes_in_exactly(amount: str, code: str, minor: int) -> None:
    value = moneyed.Money(Decimal(amount), code)

    with localcontext(prec=3):  # no decimal context of the caller rounds it
        assert money.from_moneyed(value) == Money(minor, code)


@pytest.mark.parametrize(
    ("amount", "code", "error"),
    [
        ("NaN", "IDR", money.AmountMalformed),
        ("sNaN", "IDR", money.AmountMalformed),
        ("Infinity", "IDR", money.AmountMalformed),
        ("-Infinity", "JPY", money.AmountMalformed),
        ("10.555", "IDR", money.AmountTooPrecise),
        ("0.5", "JPY", money.AmountTooPrecise),
        ("1E-999999", "IDR", money.AmountTooPrecise),
        ("1E-999999999999999999", "IDR", money.AmountTooPrecise),
        ("1E+400", "IDR", money.AmountOutOfRange),
        ("1E+999999999999999999", "IDR", money.AmountOutOfRange),
        ("92233720368547758.08", "IDR", money.AmountOutOfRange),
        ("9999999999999999999", "JPY", money.AmountOutOfRange),
        ("1", "XTS", money.CurrencyUnknown),
        ("NaN", "XXX", money.CurrencyUnknown),
    ],
)
def test_a_moneyed_value_that_does_not_fit_is_refused(
    amount: str, code: str, error: type[LedgerError]
) -> None:
    with pytest.raises(error):
        money.from_moneyed(moneyed.Money(Decimal(amount), code))


@pytest.mark.parametrize("code", ["IDR", "KRW", "KWD", "ZWG", "XCG"])
def test_money_goes_out_and_comes_back_the_same(code: str) -> None:
    for minor in (0, -5, 125_050, MAX_MINOR, -MAX_MINOR):
        with localcontext(prec=3):
            value = money.to_moneyed(Money(minor, code))

        assert value.currency.code == code
        assert money.from_moneyed(value) == Money(minor, code)


@pytest.mark.parametrize(
    ("amount", "half_even", "half_up", "up", "down"),
    [
        (0, 0, 0, 0, 0),
        (100, 100, 100, 100, 100),
        (101, 100, 100, 200, 100),
        (149, 100, 100, 200, 100),
        (150, 200, 200, 200, 100),
        (250, 200, 300, 300, 200),
        (251, 300, 300, 300, 200),
        (Fraction(501, 2), 300, 300, 300, 200),
        (Fraction(1, 3), 0, 0, 100, 0),
        (50, 0, 100, 100, 0),
    ],
)
def test_rounding_to_a_unit(
    amount: int | Fraction, half_even: int, half_up: int, up: int, down: int
) -> None:
    rounded = [money.round_to(amount, 100, rounding) for rounding in Rounding]
    mirrored = [money.round_to(-amount, 100, rounding) for rounding in Rounding]

    assert rounded == [half_even, half_up, up, down]
    assert mirrored == [-half_even, -half_up, -up, -down]


def test_an_instalment_rounds_to_five_hundred_rupiah() -> None:
    assert money.round_to(1_329_618_00, 500_00, Rounding.UP) == 1_330_000_00
    assert money.round_to(1_329_618_00, 1_000_00, Rounding.HALF_UP) == 1_330_000_00
    assert money.round_to(1_329_618_00, 500_00, Rounding.DOWN) == 1_329_500_00


@pytest.mark.parametrize("unit", [0, -100])
def test_a_rounding_unit_is_positive(unit: int) -> None:
    with pytest.raises(AssertionError):
        money.round_to(1, unit, Rounding.UP)


def test_rounding_takes_no_binary_fractions() -> None:
    with pytest.raises(AttributeError):
        money.round_to(0.5, 1, Rounding.UP)  # type: ignore[arg-type]


def test_a_share_is_rounded_once() -> None:
    third = Fraction(1, 3)

    assert money.share(1_000_000, third, 100, Rounding.HALF_UP) == 333_300
    assert money.share(100, Decimal("0.125"), 1, Rounding.HALF_EVEN) == 12
    assert money.share(MAX_MINOR, Decimal("1.0000000000000000000001"), 1, Rounding.UP) == 2**63


@pytest.mark.parametrize("proportion", ["NaN", "sNaN", "Infinity"])
def test_a_share_needs_a_finite_proportion(proportion: str) -> None:
    with pytest.raises(money.AmountMalformed):
        money.share(1, Decimal(proportion), 1, Rounding.UP)


@pytest.mark.parametrize(
    ("total", "weights", "pieces"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (101, [1, 1, 1], [34, 34, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (5, [0, 2, 2], [0, 3, 2]),
        (1, [0, 0, 9], [0, 0, 1]),
        (10, [Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)], [5, 3, 2]),
        (10, [40, 40, 5, 5, 5, 5], [4, 4, 1, 1, 0, 0]),
        (0, [0, 0], [0, 0]),
        (0, [], []),
        (0, [3, 4], [0, 0]),
        (7, [5], [7]),
        (MAX_MINOR, [MAX_MINOR, MAX_MINOR], [2**62, 2**62 - 1]),
    ],
)
def test_a_split_gives_the_units_left_to_the_largest_remainders(
    total: int, weights: list[int | Fraction], pieces: list[int]
) -> None:
    assert money.split(total, weights) == pieces
    assert sum(pieces) == total


@pytest.mark.parametrize(
    ("total", "weights"),
    [(1, []), (1, [0, 0]), (-1, [0]), (5, [2, -1]), (0, [-1, 1]), (5, [Fraction(-1, 2), 3])],
)
def test_weights_that_say_nothing_are_refused(total: int, weights: list[int | Fraction]) -> None:
    with pytest.raises(money.WeightsUnusable):
        money.split(total, weights)
