"""Reads of the journal: what a batch needs under its locks, what is stored, what is asked of it.

Set-based: a function takes all keys at once and runs one statement, whatever their number.
"""

from ledger.journal.queries.balances import (
    HEAD,
    Place,
    StatementLine,
    Totals,
    balance_known_at,
    balance_on,
    balances_now,
    statement_page,
    turnover,
)
from ledger.journal.queries.batch import (
    IdKey,
    Key,
    known_ids,
    late_totals,
    load_accounts,
    load_expired_holds,
    load_purposes,
    lock_books,
    make_targets,
    session_keyring,
    target_rows,
    text_commitments,
    watch_balances,
    wrapped_keys,
)
from ledger.journal.queries.stored import entry_of, stored_contents, stored_entries

__all__ = [
    "HEAD",
    "Place",
    "StatementLine",
    "Totals",
    "balance_known_at",
    "balance_on",
    "balances_now",
    "statement_page",
    "turnover",
    "IdKey",
    "Key",
    "entry_of",
    "known_ids",
    "late_totals",
    "load_accounts",
    "load_expired_holds",
    "load_purposes",
    "lock_books",
    "make_targets",
    "session_keyring",
    "stored_contents",
    "stored_entries",
    "target_rows",
    "text_commitments",
    "watch_balances",
    "wrapped_keys",
]
