"""Rows that belong to nothing: of books or entries that do not exist, keys of the erased."""

from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.journal import findings
from ledger.journal.findings import Problem
from ledger.journal.queries.erased import keys_that_stand

_OF_BOOKS = (
    "entry",
    "posting",
    "account",
    "account_day",
    "late_total",
    "hold",
    "entry_text",
    "entry_exchange",
    "balance_assertion",
)
_NO_BOOK = """
    SELECT DISTINCT t.book_id FROM {table} t
    WHERE NOT EXISTS (SELECT 1 FROM book b WHERE b.id = t.book_id) LIMIT 10
"""
_OF_ENTRIES = {
    "entry_text": ("text", "t.field"),
    "entry_exchange": ("exchange", "t.sold_currency"),
    "balance_assertion": ("asserted balance", "t.account_no"),
}
"""Tables of what only some entries have: how `verify` calls them, and what tells their rows."""

_NO_ENTRY = """
    SELECT t.book_id, t.seq, {told} FROM {table} t
    WHERE NOT EXISTS (SELECT 1 FROM entry e WHERE e.book_id = t.book_id AND e.seq = t.seq) LIMIT 10
"""


def find_strays(session: Session) -> list[Problem]:
    """Find rows of books that do not exist, and rows about entries that do not; a few of each.

    Keys of erased subjects that are there again are among them: a backup brought them back.
    """
    problems: list[Problem] = []
    for table in _OF_BOOKS:
        for (book_id,) in bulk.read(session, _NO_BOOK.format(table=table), ()):
            where = findings.said(table)
            problems.append(
                findings.problem(book_id, "row", where, findings.THERE, findings.NO_BOOK)
            )
    for table, (name, told) in _OF_ENTRIES.items():
        sql = _NO_ENTRY.format(table=table, told=told)
        for book_id, seq, value in bulk.read(session, sql, ()):
            word = findings.account(value) if table == "balance_assertion" else str(value)
            where = findings.place(findings.entry(seq), word)
            problems.append(
                findings.problem(book_id, name, where, findings.THERE, findings.NO_ENTRY)
            )
    for book_id, subject in keys_that_stand(session):
        where = findings.said(subject)
        problems.append(
            findings.problem(book_id, "text key", where, findings.THERE, findings.DESTROYED)
        )
    return problems
