"""Rows of accounts as they are opened: from a chart on first use, or on their own. Pure."""

from ledger.books.charts import Chart, TemplateAccount
from ledger.books.classes import AccountClass

COLUMNS = (
    "book_id",
    "no",
    "code",
    "name_id",
    "name_en",
    "class",
    "parent_no",
    "currency",
    "fund",
    "purpose",
    "postable",
    "floor",
    "ceiling",
)
TYPES = (
    "bigint",
    "int",
    "text",
    "text",
    "text",
    "text",
    "int",
    "text",
    "text",
    "text",
    "boolean",
    "bigint",
    "bigint",
)

AccountRow = tuple[int | str | bool | None, ...]

TRADING = "equity:trading"
"""The heading of a book's trading accounts, one per currency (and fund)."""


def template_rows(
    book_id: int, chart: Chart, account: TemplateAccount, base_currency: str
) -> list[AccountRow]:
    """Give the rows of a template account and of the headings above it, topmost first."""
    rows: list[AccountRow] = []
    at: TemplateAccount | None = account
    while at is not None:
        parent = None if at.parent is None else chart.by_code(at.parent)
        rows.append(
            (
                book_id,
                at.no,
                at.code,
                at.name_id,
                at.name_en,
                at.account_class.value,
                None if parent is None else parent.no,
                at.currency or base_currency,
                None,
                at.purpose,
                at.postable,
                at.floor,
                at.ceiling,
            )
        )
        at = parent
    return rows[::-1]


def trading_rows(
    book_id: int,
    chart: Chart,
    base_currency: str,
    *,
    no: int,
    code: str,
    currency: str,
    fund: str | None,
) -> list[AccountRow]:
    """Give the rows of a trading account and of the heading above it, where the chart has one."""
    heading = chart.by_code(TRADING)
    rows = [] if heading is None else template_rows(book_id, chart, heading, base_currency)
    rows.append(
        (
            book_id,
            no,
            code,
            f"Selisih kurs {currency}",
            f"Currency trading {currency}",
            AccountClass.EQUITY.value,
            None if heading is None else heading.no,
            currency,
            fund,
            None,
            True,
            None,
            None,
        )
    )
    return rows
