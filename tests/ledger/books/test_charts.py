"""The chart templates that ship, and what a template may not say."""

import dataclasses
import sys
import tomllib
from collections.abc import Iterator
from importlib import resources
from itertools import pairwise

import pytest

from ledger.books import charts
from ledger.books.charts import Chart, TemplateAccount
from ledger.books.classes import HOLDING, AccountClass, normal_side, parent_code

SHIPPED = [charts.chart(name) for name in charts.names()]

NUMBER_OF = {"1": "asset", "2": "liability", "3": "equity", "4": "income", "5": "expense"}
"""The class that the first digit of an Indonesian account number tells (domain.md §4.3)."""


def _account(chart: str, code: str) -> TemplateAccount:
    found = charts.chart(chart).by_code(code)
    assert found is not None, code
    return found


def _codes(chart: str, below: str) -> set[str]:
    start = below + ":"
    accounts = charts.chart(chart).accounts
    return {a.code.removeprefix(start) for a in accounts if a.code.startswith(start)}


def _family(name: str) -> tuple[str, int]:
    family, version = name.split("-")
    return family, int(version)


def _successions() -> Iterator[tuple[Chart, Chart]]:
    for older, newer in pairwise(sorted(SHIPPED, key=lambda chart: _family(chart.name))):
        if _family(older.name)[0] == _family(newer.name)[0]:
            yield older, newer


def _moved(older: Chart, newer: Chart) -> list[int]:
    """List the numbers that a newer version gives to another account than the older one."""
    return [
        account.no
        for account in newer.accounts
        if (before := older.by_no(account.no)) is not None and before.code != account.code
    ]


def test_the_three_kinds_of_books_have_a_chart() -> None:
    assert charts.names() == ("cooperative-1", "fund-1", "household-1")


@pytest.mark.parametrize("chart", SHIPPED, ids=lambda chart: chart.name)
class TestEveryChartThatShips:
    def test_is_the_same_value_each_time(self, chart: Chart) -> None:
        assert charts.chart(chart.name) is chart

    def test_finds_its_accounts_by_code_and_by_number(self, chart: Chart) -> None:
        for account in chart.accounts:
            assert chart.by_code(account.code) is account
            assert chart.by_no(account.no) is account

        assert chart.by_code("assets:unicorn") is None
        assert chart.by_no(9_999) is None

    def test_lists_a_heading_before_what_is_below_it(self, chart: Chart) -> None:
        seen: set[str | None] = {None}
        for account in chart.accounts:
            assert account.parent in seen
            seen.add(account.code)

    def test_lists_its_accounts_by_number(self, chart: Chart) -> None:
        for parent in {account.parent for account in chart.accounts}:
            below = [account.no for account in chart.accounts if account.parent == parent]
            assert below == sorted(below)

    def test_numbers_its_accounts_as_indonesian_books_do(self, chart: Chart) -> None:
        for account in chart.accounts:
            assert 1_000 <= account.no <= 5_999
            assert NUMBER_OF[str(account.no)[0]] == account.account_class

    def test_has_one_class_from_the_top_of_the_tree_down(self, chart: Chart) -> None:
        tops = [account for account in chart.accounts if account.parent is None]

        assert [top.account_class for top in tops] == list(AccountClass)
        for account in chart.accounts:
            parent = chart.by_code(account.parent or "")
            assert parent is None or parent.account_class is account.account_class

    def test_lets_nobody_post_to_a_heading(self, chart: Chart) -> None:
        headings = {account.parent for account in chart.accounts}
        for account in chart.accounts:
            if account.code in headings:
                assert not account.postable

        assert any(account.postable for account in chart.accounts)

    def test_leaves_room_for_trading_and_opening(self, chart: Chart) -> None:
        trading, opening = chart.by_code("equity:trading"), chart.by_code("equity:opening")

        assert trading is not None
        assert not trading.postable
        assert opening is not None
        assert opening.postable

    def test_names_each_account_once_in_each_language(self, chart: Chart) -> None:
        for parent in {account.parent for account in chart.accounts}:
            siblings = [account for account in chart.accounts if account.parent == parent]
            assert len({account.name_id for account in siblings}) == len(siblings)
            assert len({account.name_en for account in siblings}) == len(siblings)

    def test_says_whose_it_is_in_both_languages(self, chart: Chart) -> None:
        assert chart.title.id
        assert chart.title.en
        assert chart.title.id != chart.title.en


def test_a_number_is_never_given_to_another_account() -> None:
    for older, newer in _successions():
        assert _moved(older, newer) == [], newer.name


def test_a_number_given_to_another_account_would_be_noticed() -> None:
    older = charts.chart("household-1")
    cash = dataclasses.replace(_account("household-1", "assets:cash"), code="assets:coins")

    assert _moved(older, Chart("household-2", older.title, (cash,))) == [cash.no]
    assert _moved(older, older) == []


def test_a_household_tells_deductions_and_recruitment_costs_apart() -> None:
    deductions = _codes("household-1", "expenses:deduction")
    recruitment = _codes("household-1", "expenses:recruitment")

    assert deductions >= {"agency_fee", "placement_fee", "food", "lodging", "tax", "insurance"}
    assert recruitment >= {"documents", "training", "medical", "travel", "visa", "broker"}
    assert _codes("household-1", "expenses:remittance") == {"fee", "fx_margin"}


def test_a_household_knows_what_it_may_owe_and_to_whom() -> None:
    assert _codes("household-1", "liabilities") >= {
        *["agency_loan", "moneylender", "online_lender", "bank", "employer_advance", "family"],
        *["cooperative", "arisan", "shop_credit"],
    }


def test_what_nobody_can_explain_has_a_place_on_both_sides() -> None:
    assert _account("household-1", "income:unidentified").postable
    assert _account("household-1", "expenses:unidentified").postable
    assert _account("cooperative-1", "assets:current:suspense").postable
    assert _account("cooperative-1", "liabilities:incoming").postable


@pytest.mark.parametrize(
    ("code", "account_class"),
    [
        ("equity:simpanan_pokok", "equity"),
        ("equity:simpanan_wajib", "equity"),
        ("equity:reserves", "equity"),
        ("equity:donated", "equity"),
        ("liabilities:savings:sukarela", "liability"),
        ("liabilities:savings:berjangka", "liability"),
        ("liabilities:shu:members", "liability"),
        ("liabilities:kebajikan", "liability"),
        ("liabilities:zakat", "liability"),
    ],
)
def test_own_capital_of_a_cooperative_is_what_the_law_says(code: str, account_class: str) -> None:
    """UU 25/1992 art. 41; savings that can be withdrawn, and money of others, are owed."""
    assert _account("cooperative-1", code).account_class == account_class


def test_a_cooperative_cannot_pay_out_cash_it_does_not_have() -> None:
    for code in ("assets:current:cash", "assets:current:teller"):
        assert _account("cooperative-1", code).floor == 0


def test_depreciation_lessens_the_assets_it_stands_under() -> None:
    depreciation = _account("cooperative-1", "assets:fixed:depreciation")

    assert normal_side(depreciation.account_class) == "debit"
    assert depreciation.ceiling == 0


def test_every_use_of_a_fund_has_a_purpose_of_its_own() -> None:
    expenses = [
        account
        for account in charts.chart("fund-1").accounts
        if account.account_class is AccountClass.EXPENSE and account.postable
    ]
    purposes = [account.purpose for account in expenses]

    assert None not in purposes
    assert len(set(purposes)) == len(purposes)
    assert {"training", "productive_asset", "working_capital", "health", "administration"} <= set(
        purposes
    )


def test_money_that_leaves_a_fund_as_an_asset_has_a_purpose_too() -> None:
    """Goats bought as an asset are bought all the same."""
    for code in ("assets:advances", "assets:financing", "assets:programme"):
        assert _account("fund-1", code).purpose is not None


def test_what_holds_a_funds_money_says_so_and_what_is_owed_to_it_does_not() -> None:
    for code in ("assets:cash", "assets:bank"):
        assert _account("fund-1", code).purpose == HOLDING
    assert _account("fund-1", "assets:receivable").purpose is None


@pytest.mark.parametrize(
    "name", ["household-2", "household", "", "../household-1", "HOUSEHOLD-1", "fund-1.toml", "\x00"]
)
def test_a_chart_that_does_not_ship_is_unknown(name: str) -> None:
    with pytest.raises(charts.ChartUnknown) as refused:
        charts.chart(name)

    assert refused.value.facts == {"chart": name}


def test_the_files_are_found_beside_the_code() -> None:
    folder = resources.files("ledger.books") / "templates"
    texts = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}

    assert {name.removesuffix(".toml") for name in texts} == set(charts.names())
    for text in texts.values():
        assert "accounts" in tomllib.loads(text)


TITLE = 'title_id = "Contoh"\ntitle_en = "Example"\n'
TOP = '{ no = 1, code = "assets", id = "Aset", en = "Assets" }'


def _chart(*accounts: str, title: str = TITLE) -> Chart:
    return charts.read_chart("example-1", f"{title}accounts = [{', '.join([TOP, *accounts])}]\n")


def _cash(extra: str = "", no: str = "2", code: str = "assets:cash") -> str:
    return f'{{ no = {no}, code = "{code}", id = "Kas", en = "Cash"{extra and ", " + extra} }}'


def test_a_template_says_all_there_is_to_an_account() -> None:
    limits = 'floor = -5, ceiling = 7, purpose = "health", currency = "HKD", postable = false'

    chart = _chart(_cash(limits))

    assert chart.accounts[1] == TemplateAccount(
        no=2,
        code="assets:cash",
        name_id="Kas",
        name_en="Cash",
        account_class=AccountClass.ASSET,
        parent="assets",
        postable=False,
        floor=-5,
        ceiling=7,
        purpose="health",
        currency="HKD",
    )


def test_what_a_template_leaves_out_has_no_limit_and_takes_postings() -> None:
    top, cash = _chart(_cash()).accounts

    assert not top.postable
    assert cash.postable
    assert (cash.floor, cash.ceiling, cash.purpose, cash.currency) == (None, None, None, None)
    assert cash.parent == parent_code(cash.code) == "assets"


@pytest.mark.parametrize(
    ("accounts", "place", "problem"),
    [
        (["3"], "account 2", "it is not a table"),
        ([_cash(code="Assets:Cash")], "account 2", "Assets:Cash is not an account code"),
        (['{ no = 2, id = "Kas", en = "Cash" }'], "account 2", "None is not an account code"),
        ([_cash(), _cash(no="3")], "assets:cash", "there are two of it"),
        ([_cash(code="asset:cash")], "asset:cash", "it is below none of assets, liabilities"),
        ([_cash(no="1")], "assets:cash", "number 1 belongs to assets"),
        ([_cash(no="0")], "assets:cash", "no is not a number from 1 to 9999"),
        ([_cash(no="10000")], "assets:cash", "no is not a number from 1 to 9999"),
        ([_cash(no="2.0")], "assets:cash", "no is not a number from 1 to 9999"),
        ([_cash(no="true")], "assets:cash", "no is not a number from 1 to 9999"),
        ([_cash(code="assets:a:b")], "assets:a:b", "there is no account assets:a above it"),
        ([_cash("colour = 1")], "assets:cash", "there is no key colour"),
        ([_cash("postable = 1")], "assets:cash", "postable is true or false"),
        (
            [_cash("postable = true"), _cash(no="3", code="assets:cash:box")],
            "assets:cash",
            "postable is true or false, and false above other accounts",
        ),
        ([_cash("floor = 1.5")], "assets:cash", "floor is not a number of minor units"),
        ([_cash('ceiling = "7"')], "assets:cash", "ceiling is not a number of minor units"),
        ([_cash("ceiling = true")], "assets:cash", "ceiling is not a number of minor units"),
        ([_cash(f"ceiling = {sys.maxsize}")], "", ""),
        ([_cash(f"floor = {-sys.maxsize - 1}")], "assets:cash", "floor is not a number"),
        ([_cash("floor = 1, ceiling = 0")], "assets:cash", "the floor is above the ceiling"),
        ([_cash('purpose = "Buy goats"')], "assets:cash", "purpose is one word in lower case"),
        ([_cash("purpose = inf")], "assets:cash", "purpose is one word in lower case"),
        ([_cash('currency = "XXX"')], "assets:cash", "there is no currency XXX"),
        ([_cash("currency = 7")], "assets:cash", "there is no currency 7"),
        (
            ['{ no = 2, code = "assets:cash", id = "", en = "Cash" }'],
            "assets:cash",
            "id is missing, empty or longer than 120",
        ),
        (
            ['{ no = 2, code = "assets:cash", id = "Kas" }'],
            "assets:cash",
            "en is missing, empty or longer than 120",
        ),
        (
            [f'{{ no = 2, code = "assets:cash", id = "{"K" * 121}", en = "Cash" }}'],
            "assets:cash",
            "id is missing, empty or longer than 120",
        ),
    ],
)
def test_a_template_that_breaks_a_rule_is_refused_with_the_place(
    accounts: list[str], place: str, problem: str
) -> None:
    if not problem:  # the largest amount is an amount
        assert len(_chart(*accounts).accounts) == 2
        return

    with pytest.raises(charts.ChartMalformed) as refused:
        _chart(*accounts)

    assert (refused.value.chart, refused.value.place) == ("example-1", place)
    assert refused.value.problem.startswith(problem)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("accounts = [", "file"),
        ("colour = 1\n" + TITLE + f"accounts = [{TOP}]", "file"),
        (f'title_id = "Contoh"\naccounts = [{TOP}]', "title"),
        (f"title_id = 1\naccounts = [{TOP}]", "title"),
        (TITLE, "accounts"),
        (TITLE + "accounts = []", "accounts"),
        (TITLE + "accounts = 7", "accounts"),
    ],
)
def test_a_file_that_is_no_template_is_refused(text: str, place: str) -> None:
    with pytest.raises(charts.ChartMalformed) as refused:
        charts.read_chart("example-1", text)

    assert refused.value.place == place


@pytest.mark.parametrize("name", ["example", "example-0", "Example-1", "exa-mple-1", "e/x-1"])
def test_a_template_is_named_by_family_and_version(name: str) -> None:
    with pytest.raises(charts.ChartMalformed) as refused:
        charts.read_chart(name, TITLE + f"accounts = [{TOP}]")

    assert refused.value.place == "name"
