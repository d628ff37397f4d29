"""A movement gets its account from the first rule that matches, or from the bank's own word."""

from datetime import date

import pytest

from ledger.books import charts
from ledger.imports import categories
from ledger.imports.categories import Categories, RulesMalformed, parse_rules
from ledger.imports.movements import Movement


def movement(
    kind: str = "", description: str = "", amount: int = 5_000, *, inward: bool = False
) -> Movement:
    """Make a movement of fifty rupiah."""
    day = date(2026, 11, 24)
    return Movement(2, "bca", day, inward, amount, kind, description, None, b"")


def found(rules: str, *movements: Movement, chart: str = "household-1") -> list[str]:
    """Categorise movements."""
    known = Categories(parse_rules(rules, "IDR"), charts.chart(chart))
    return [known.of(each) for each in movements]


def test_the_example_is_understood() -> None:
    example = (categories.__doc__ or "").partition("# rules.toml\n")[2].partition("\n\n")[0]

    assert found(example, movement("OUT_CARD", "ALFAMART 17")) == ["expenses:household"]
    assert found(example, movement("out_card", "alfamart", 50_000_001)) == ["expenses:out_card"]


def test_the_first_rule_that_matches_wins() -> None:
    rules = """
        [[rule]]
        direction = "in"
        account = "income:gifts"
        [[rule]]
        kind = ["fee", "Biaya"]
        account = "expenses:bank_fee"
        [[rule]]
        at_least = "0.50"
        at_most = "1.00"
        account = "expenses:phone"
        [[rule]]
        description = "^warung"
        account = "expenses:food"
    """

    assert found(
        rules,
        movement("fee", inward=True),
        movement("biaya", amount=75),
        movement(amount=50),
        movement(amount=100),
        movement(amount=101),
        movement(description="warung bu"),
        movement(description="si warung"),
    ) == [
        "income:gifts",
        "expenses:bank_fee",
        "expenses:phone",
        "expenses:phone",
        "expenses:unidentified",
        "expenses:food",
        "expenses:unidentified",
    ]


def test_a_zero_bound_counts_as_a_bound() -> None:
    rules = '[[rule]]\nat_most = "0"\naccount = "expenses:food"'

    assert found(rules, movement(amount=0), movement(amount=1)) == [
        "expenses:food",
        "expenses:unidentified",
    ]


def test_without_a_rule_the_kind_names_the_account() -> None:
    assert found(
        "",
        movement("Tarik Tunai", inward=True),
        movement("Tarik Tunai"),
        movement("food"),
        movement("remittance"),
    ) == [
        "income:tarik_tunai",
        "expenses:tarik_tunai",
        "expenses:food",
        "expenses:remittance:unidentified",
    ]


@pytest.mark.parametrize(
    ("chart", "into", "out"),
    [
        ("household-1", "income:unidentified", "expenses:unidentified"),
        ("cooperative-1", "liabilities:suspense", "assets:current:suspense"),
        ("fund-1", "income:unidentified", "expenses:unidentified"),
    ],
)
def test_what_nobody_knows_waits_where_the_chart_says(chart: str, into: str, out: str) -> None:
    assert found("", movement(inward=True), movement(), chart=chart) == [into, out]


@pytest.mark.parametrize(
    "rules",
    [
        "not toml",
        "rule = 5",
        "rule = [5]",
        "colour = 5",
        "[[rule]]\nkind = 'fee'",
        "[[rule]]\naccount = 'expenses:Food'",
        "[[rule]]\naccount = 'cash'",
        "[[rule]]\naccount = 'expenses:food'\ndirection = 'up'",
        "[[rule]]\naccount = 'expenses:food'\nkind = [5]",
        "[[rule]]\naccount = 'expenses:food'\ndescription = '('",
        "[[rule]]\naccount = 'expenses:food'\nat_most = '1,5'",
        "[[rule]]\naccount = 'expenses:food'\ncolour = 'red'",
    ],
)
def test_rules_that_cannot_be_are_refused(rules: str) -> None:
    with pytest.raises(RulesMalformed):
        parse_rules(rules, "IDR")


def test_the_rules_that_ship_name_accounts_of_the_household() -> None:
    chart = charts.chart("household-1")

    for rule in categories.default_rules():
        account = chart.by_code(rule.account)
        assert account is not None
        assert account.postable
