"""Balances of accounts: as a list, or rolled up over the tree of the chart.

A balance stands on the account's normal side: what she has, owes, earned or spent is positive.
In the tree a heading shows the sum of what is below it, once per currency and fund; nothing is
ever added across them.
"""

from collections.abc import Iterator, Mapping, Sequence

from ledger.books.classes import depth, roll_up
from ledger.errors import Wording
from ledger.reports import words
from ledger.reports.figures import AccountFigures, BookFigures
from ledger.reports.report import Amount, Cells, Column, Fact, Report, Row, Shown, Unit
from ledger.reports.trial_balance import AsOf, book_facts

_UNIT_COLUMNS = (
    Column("currency", Wording("", "")),
    Column("fund", words.FUND, optional=True),
)


def report(
    book: BookFigures,
    accounts: Sequence[AccountFigures],
    nets: Mapping[int, int],
    as_of: AsOf,
    *,
    all_accounts: bool = False,
) -> Report:
    """List balances by account number; those that are zero and hold nothing only if asked for.

    What holds may still take, and what is available without it, is known for now alone.
    """
    now = as_of == AsOf()
    wanted = [
        account
        for account in sorted(accounts, key=lambda each: each.no)
        if all_accounts or nets.get(account.no) or (now and account.held)
    ]
    return Report(
        name="balances",
        title=Wording("Saldo akun", "Account balances"),
        facts=(*book_facts(book), *as_of.facts(book.head_seq)),
        columns=(
            words.NUMBER_COLUMN,
            words.NAME_COLUMN,
            words.CODE_COLUMN,
            *_UNIT_COLUMNS,
            words.BALANCE_COLUMN,
            Column("held", Wording("Ditahan", "Held"), right=True, optional=True),
            Column("available", Wording("Tersedia", "Available"), right=True, optional=True),
        ),
        rows=[_row(account, nets.get(account.no, 0), now=now) for account in wanted],
    )


def _row(account: AccountFigures, net: int, *, now: bool) -> Row:
    balance = account.on_normal_side(net)
    return Row(
        {
            "no": account.no,
            "account": account.code,
            "name": account.name,
            "currency": account.currency,
            "fund": account.fund,
            "balance": account.amount(balance),
            "held": account.amount(account.held) if now else None,
            "available": account.amount(balance - account.held) if now else None,
        },
        hides=() if account.held else ("held", "available"),
    )


def tree(
    book: BookFigures,
    accounts: Sequence[AccountFigures],
    nets: Mapping[int, int],
    as_of: AsOf,
    *,
    below: int | None = None,
    all_accounts: bool = False,
) -> Report:
    """Roll balances up over the tree, or over the part of it from one account down."""
    by_no = {account.no: account for account in accounts}
    parents = {account.no: account.parent_no for account in accounts}
    own: dict[int, dict[Unit, int]] = {
        no: {by_no[no].unit: net} for no, net in nets.items() if net and no in by_no
    }
    sums = roll_up(own, parents)
    rows: list[Row] = []
    start = 0 if below is None else depth(below, parents)
    inside = below is None
    for no, units in sums.items():
        level = depth(no, parents) - start
        if below is not None:
            inside = no == below or (inside and level > 0)
        shown = {unit: net for unit, net in units.items() if net or len(units) == 1}
        if inside and (shown or all_accounts or no == below):
            rows += _branches(by_no[no], shown, level, is_heading=not by_no[no].postable)
    return Report(
        name="balance_tree",
        title=Wording("Saldo menurut pohon akun", "Balances over the account tree"),
        facts=(
            *book_facts(book),
            *([] if below is None else [Fact("below", by_no[below].code)]),
            *as_of.facts(book.head_seq),
        ),
        columns=(
            words.NUMBER_COLUMN,
            words.NAME_COLUMN,
            words.CODE_COLUMN,
            *_UNIT_COLUMNS,
            words.BALANCE_COLUMN,
            Column("level", Wording("Tingkat", "Level"), shown=Shown.DATA),
            Column("heading", Wording("Induk", "Heading"), shown=Shown.DATA),
        ),
        rows=rows,
    )


def _branches(
    account: AccountFigures, units: Mapping[Unit, int], level: int, *, is_heading: bool
) -> Iterator[Row]:
    """Write an account once per unit; its name stands on the first line only."""
    found = sorted(units.items(), key=lambda pair: (pair[0].currency, pair[0].fund or ""))
    for at, (unit, net) in enumerate(found or [(account.unit, 0)]):
        cells: Cells = {
            "no": account.no,
            "account": account.code,
            "name": account.name,
            "currency": unit.currency,
            "fund": unit.fund,
            "balance": Amount(account.on_normal_side(net), unit.currency),
            "level": level,
            "heading": is_heading,
        }
        yield Row(cells, level=level, hides=("no", "account", "name") if at else ())
