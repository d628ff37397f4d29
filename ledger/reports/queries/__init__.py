"""What reports are made of, read in as few statements as their size allows.

All of it runs in the caller's transaction; a reading session sees one moment of the books.
"""

from ledger.reports.queries.charts import (
    account,
    accounts,
    book,
    books,
    books_by_id,
    funds,
    with_chart,
)
from ledger.reports.queries.journals import entries, entry, holds
from ledger.reports.queries.nets import nets_of, nets_of_all
from ledger.reports.queries.statements import Place, page_as_booked, page_by_date, statement

__all__ = [
    "Place",
    "account",
    "accounts",
    "book",
    "books",
    "books_by_id",
    "entries",
    "entry",
    "funds",
    "holds",
    "nets_of",
    "nets_of_all",
    "page_as_booked",
    "page_by_date",
    "statement",
    "with_chart",
]
