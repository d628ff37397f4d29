"""What a month's pay looks like against dated limits, and what nobody says of a person."""

import itertools
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import money
from ledger.books.classes import Side
from ledger.household.wages import limits, measures
from ledger.household.wages.items import (
    Contract,
    Deduction,
    DeductionKind,
    Earning,
    EarningKind,
    Occupation,
    Slip,
)
from ledger.household.wages.slips import problem, said, sums, written
from ledger.money import Money
from tests.ledger.household.wages.payday import agreed

GOLDEN = Path(__file__).parents[3] / "golden" / "wage_limits.csv"
ROWS = [
    line.split(";")
    for line in GOLDEN.read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
][1:]


def month(day: date, wage: Money, kept: str = "", food: Money | None = None) -> limits.Month:
    named = [part.split(":") for part in kept.split(",") if part]
    deductions = [
        Deduction(DeductionKind(kind), money.parse(plain, wage.currency)) for kind, plain in named
    ]
    return limits.Month(day=day, wage=wage, gross=wage, food_allowance=food, deductions=deductions)


@pytest.mark.parametrize(
    ("place", "occupation", "starts", "paid", "currency", "wage", "kept", "rules"), ROWS
)
def test_the_golden_table(
    place: str,
    occupation: str,
    starts: str,
    paid: str,
    currency: str,
    wage: str,
    kept: str,
    rules: str,
) -> None:
    contract = Contract(
        jurisdiction=place,
        occupation=Occupation(occupation),
        wage=money.parse(wage, currency),
        starts=date.fromisoformat(starts),
    )
    looked_at = month(date.fromisoformat(paid), contract.wage, kept)

    found = limits.check_month(contract, looked_at, limits.shipped())

    assert [finding.rule for finding in found] == [rule for rule in rules.split(",") if rule]


def test_a_finding_names_rule_limit_figure_source_and_doubt() -> None:
    pay = month(date(2024, 2, 1), Money(60_000, "SGD"), "food:301")

    (found,) = limits.check_month(
        agreed(jurisdiction="SG", wage=pay.wage, starts=date(2024, 1, 1)), pay, limits.shipped()
    )

    assert (found.limit, found.found) == (Fraction(1, 2), Fraction(301, 600))
    assert "MOM" in found.source
    assert (found.certain, bool(found.doubt)) == (False, True)


def test_a_food_allowance_is_looked_at_where_there_is_one() -> None:
    contract, paid = agreed(starts=date(2024, 9, 28)), date(2024, 11, 7)
    little = month(paid, contract.wage, food=Money(120_000, "HKD"))
    enough = month(paid, contract.wage, food=Money(123_600, "HKD"))

    (found,) = limits.check_month(contract, little, limits.shipped())
    assert (found.rule, found.certain) == ("hk_food_allowance", True)
    assert limits.check_month(contract, enough, limits.shipped()) == []


def test_a_wage_in_another_currency_is_not_compared() -> None:
    odd = month(date(2026, 11, 7), Money(1, "IDR"), "agency_fee:1")

    assert limits.check_month(agreed(jurisdiction="TW"), odd, limits.shipped()) == []
    found = limits.check_month(agreed(), odd, limits.shipped())
    assert [finding.rule for finding in found] == ["hk_agency_loan_deduction"]


@pytest.mark.parametrize(
    ("place", "starts", "ends", "fee", "rules"),
    [
        ("HK", date(2025, 1, 1), date(2026, 12, 31), 49_900, []),
        ("HK", date(2025, 1, 1), date(2026, 12, 31), 49_901, ["hk_agency_fee"]),
        ("SG", date(2025, 1, 1), date(2026, 12, 31), 2 * 499_000, []),
        ("SG", date(2025, 1, 1), date(2026, 12, 31), 2 * 499_000 + 1, ["sg_agency_fee"]),
        ("SG", date(2025, 1, 1), date(2025, 12, 31), 499_001, ["sg_agency_fee"]),
        ("SG", date(2025, 1, 1), date(2029, 12, 31), 2 * 499_000 + 1, ["sg_agency_fee"]),
        ("SG", date(2025, 1, 1), None, 499_000, []),
        ("SG", date(2025, 1, 1), date(2026, 3, 1), 2 * 499_000, []),
    ],
)
def test_what_agencies_may_take(
    place: str, starts: date, ends: date | None, fee: int, rules: list[str]
) -> None:
    contract = agreed(jurisdiction=place, starts=starts, ends=ends)

    found = limits.check_costs(
        contract, Money(fee, "HKD"), {}, limits.shipped(), as_of=date(2026, 11, 24), home="ID"
    )

    assert [finding.rule for finding in found] == rules


def test_what_may_not_be_charged_is_named_by_its_account() -> None:
    costs = {
        "expenses:recruitment:visa:idr": Money(5, "IDR"),
        "expenses:recruitment:broker": Money(5, "IDR"),
        "expenses:recruitment:medical": Money(0, "IDR"),
    }
    day, none = date(2026, 11, 24), Money(0, "HKD")

    (found,) = limits.check_costs(agreed(), none, costs, limits.shipped(), as_of=day, home="ID")
    assert (found.about, found.limit) == ("expenses:recruitment:visa:idr", Money(0, "IDR"))
    assert not found.certain
    factory = agreed(occupation=Occupation.FACTORY_WORKER)
    assert limits.check_costs(factory, none, costs, limits.shipped(), as_of=day, home="ID") == []


def test_findings_say_what_is_possible_in_both_languages() -> None:
    for says in limits.SAYS.values():
        assert "mungkin" in says.id
        assert "possibly" in says.en
    assert limits.SAYS.keys() == set(limits.LimitKind)


def test_every_row_has_its_source_and_says_what_is_in_doubt() -> None:
    for limit in limits.shipped():
        assert limit.source
        assert limit.certain is (limit.doubt is None), limit.code
        assert limit.valid_from <= limit.valid_through
        assert limit.counts_from in {"contract", "pay"}


def test_rows_of_a_rule_do_not_overlap() -> None:
    rows = sorted(limits.shipped(), key=lambda row: (row.code, row.valid_from))
    for earlier, later in itertools.pairwise(rows):
        if earlier.code == later.code:
            assert earlier.valid_through + timedelta(days=1) == later.valid_from


def test_agreed_months_are_counted_by_what_was_kept() -> None:
    loan = (Deduction(DeductionKind.AGENCY_LOAN, Money(1, "SGD")),)
    food = (Deduction(DeductionKind.FOOD, Money(1, "SGD")),)
    contract = agreed(deduction_months=6)

    assert measures.agreed_months_left(contract, [loan, food, loan]) == 4
    assert measures.agreed_months_left(contract, [loan] * 9) == 0
    assert measures.agreed_months_left(agreed(), [loan]) is None


def test_recruitment_cost_of_the_sources() -> None:
    """Taiwan: NT$60,000 over three years are 3.5 months of NT$17,000 (2017)."""
    cost = measures.recruitment_cost(Money(60_000_00, "TWD"), Money(17_000_00, "TWD"), Decimal(1))

    assert round(cost.months, 1) == Fraction(7, 2)
    yen = measures.recruitment_cost(
        Money(30_000_000_00, "IDR"), Money(150_000, "JPY"), Decimal(100)
    )
    assert yen.months == 2


lines = st.integers(1, 10**12).map(lambda minor: Money(minor, "TWD"))


@st.composite
def drawn(draw: st.DrawFn) -> Slip:
    earnings = draw(
        st.lists(st.builds(Earning, st.sampled_from(EarningKind), lines), min_size=1, max_size=4)
    )
    deductions = draw(
        st.lists(st.builds(Deduction, st.sampled_from(DeductionKind), lines), max_size=6)
    )
    gross = sum(e.amount.minor for e in earnings)
    given_out = draw(st.integers(0, gross))
    day = date(2026, 11, 7)
    return Slip(
        day=day,
        period_from=day,
        period_through=day,
        earnings=tuple(earnings),
        deductions=tuple(deductions),
        received=Money(given_out, "TWD"),
        pocket="assets:cash",
    )


@given(drawn())
def test_gross_is_net_and_deductions_and_what_is_owed(slip: Slip) -> None:
    came_to = sums(slip)
    if came_to.owed < 0:
        assert problem(slip) == "received"
        return

    assert problem(slip) is None
    legs = written(slip).legs
    debits = sum(leg.amount.minor for leg in legs if leg.side is Side.DEBIT)
    credits_ = sum(leg.amount.minor for leg in legs if leg.side is Side.CREDIT)
    assert debits == credits_ == came_to.gross
    assert came_to.gross == came_to.received + came_to.deducted + came_to.owed
    assert 0 < len(said(slip)) <= 2_000


@given(st.integers(1, 10**12), st.integers(1, 10**12))
def test_months_left_pay_off_the_debt_and_no_month_too_many(owed: int, a_month: int) -> None:
    months = measures.months_left(Money(owed, "SGD"), Money(a_month, "SGD"))

    assert months * a_month >= owed > (months - 1) * a_month
