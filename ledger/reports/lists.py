"""Lists of books, accounts and funds: what there is, and in what state."""

from collections.abc import Iterable, Iterator, Sequence

from ledger.books.classes import depth, tree_order
from ledger.errors import Wording
from ledger.reports import words
from ledger.reports.figures import AccountFigures, BookFigures, FundFigures
from ledger.reports.report import Cell, Column, Report, Row, Shown
from ledger.reports.trial_balance import book_facts


def books(found: Iterable[BookFigures]) -> Report:
    """List books."""
    return Report(
        name="books",
        title=Wording("Buku", "Books"),
        columns=(
            Column("book", words.BOOK),
            Column("name", words.NAME, flexes=True),
            Column("kind_word", Wording("Jenis", "Kind"), shown=Shown.TEXT),
            Column("kind", Wording("Jenis", "Kind"), shown=Shown.DATA),
            Column("currency", Wording("Mata uang", "Currency")),
            Column("time_zone", Wording("Zona waktu", "Time zone"), gives_way=True),
            Column("chart", Wording("Bagan akun", "Chart"), shown=Shown.DATA),
            Column("id", Wording("Id", "Id"), shown=Shown.DATA),
            Column("entries", Wording("Entri", "Entries"), right=True),
            Column("closed_through", Wording("Ditutup s.d.", "Closed to"), gives_way=True),
        ),
        rows=(_book_row(book) for book in found),
    )


def _book_row(book: BookFigures) -> Row:
    return Row(
        {
            "book": book.path,
            "name": book.name,
            "kind_word": words.KINDS.get(book.kind),
            "kind": book.kind,
            "currency": book.base_currency,
            "time_zone": book.time_zone,
            "chart": book.chart,
            "id": str(book.id),
            "entries": book.head_seq,
            "closed_through": book.closed_through,
        }
    )


def accounts(book: BookFigures, found: Sequence[AccountFigures], *, as_tree: bool) -> Report:
    """List accounts by code, or as the chart prints them: each below its parent, by number."""
    return Report(
        name="accounts",
        title=Wording("Akun", "Accounts"),
        facts=book_facts(book),
        columns=(
            words.NUMBER_COLUMN,
            Column("name", words.NAME, flexes=True),
            Column("account", words.ACCOUNT),
            Column("class_word", Wording("Kelompok", "Class"), gives_way=True, shown=Shown.TEXT),
            Column("class", Wording("Kelompok", "Class"), shown=Shown.DATA),
            Column("currency", Wording("", "")),
            Column("fund", words.FUND, optional=True),
            Column("purpose", _PURPOSE, optional=True, gives_way=True),
            Column(
                "floor", Wording("Batas bawah", "Floor"), right=True, optional=True, gives_way=True
            ),
            Column(
                "ceiling",
                Wording("Batas atas", "Ceiling"),
                right=True,
                optional=True,
                gives_way=True,
            ),
            Column("daily_debit_limit", _DAILY_DEBIT, right=True, optional=True, gives_way=True),
            Column("daily_credit_limit", _DAILY_CREDIT, right=True, optional=True, gives_way=True),
            Column("state_word", Wording("Keadaan", "State"), optional=True, shown=Shown.TEXT),
            Column("state", Wording("Keadaan", "State"), shown=Shown.DATA),
            Column("postable", Wording("Dapat dibukukan", "Postable"), shown=Shown.DATA),
            Column("opened", Wording("Dibuka", "Opened"), shown=Shown.DATA),
            Column("level", Wording("Tingkat", "Level"), shown=Shown.DATA),
        ),
        rows=_account_rows(found, as_tree=as_tree),
    )


def funds(book: BookFigures, found: Iterable[FundFigures]) -> Report:
    """List the funds of a book and what each may pay for, on which days."""
    return Report(
        name="funds",
        title=Wording("Dana terikat", "Restricted funds"),
        facts=book_facts(book),
        columns=(
            Column("fund", words.FUND),
            Column("name", words.NAME, flexes=True),
            Column("purpose", _PURPOSE),
            Column("valid_from", Wording("Dari", "From")),
            Column("valid_through", Wording("Sampai", "Through")),
        ),
        rows=(
            Row(
                {
                    "fund": fund.code,
                    "name": fund.name,
                    "purpose": fund.purpose,
                    "valid_from": fund.valid_from,
                    "valid_through": fund.valid_through,
                }
            )
            for fund in found
        ),
    )


_PURPOSE = Wording("Tujuan", "Purpose")
_DAILY_DEBIT = Wording("Debit/hari", "Debit/day")
_DAILY_CREDIT = Wording("Kredit/hari", "Credit/day")


def _account_rows(found: Sequence[AccountFigures], *, as_tree: bool) -> Iterator[Row]:
    by_no = {account.no: account for account in found}
    parents = {account.no: account.parent_no for account in found}
    order = tree_order(parents)
    if not as_tree:
        order.sort(key=lambda no: by_no[no].code)
    for no in order:
        level = depth(no, parents)
        yield Row(_account_cells(by_no[no], level), level=level if as_tree else 0)


def _account_cells(account: AccountFigures, level: int) -> dict[str, Cell]:
    cells: dict[str, Cell] = {
        name: None if limit is None else account.amount(limit)
        for name, limit in (
            ("floor", account.floor),
            ("ceiling", account.ceiling),
            ("daily_debit_limit", account.daily_debit_limit),
            ("daily_credit_limit", account.daily_credit_limit),
        )
    }
    state = words.STATES.get(account.state)
    if account.state == "open":
        state = None if account.postable else Wording("induk", "heading")
    return cells | {
        "no": account.no,
        "name": account.name,
        "account": account.code,
        "class_word": words.CLASSES[account.account_class.value],
        "class": account.account_class.value,
        "currency": account.currency,
        "fund": account.fund,
        "purpose": account.purpose,
        "state_word": state,
        "state": account.state,
        "postable": account.postable,
        "opened": account.opened,
        "level": level,
    }
