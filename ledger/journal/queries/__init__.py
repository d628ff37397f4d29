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
    add_accounts,
    ask_accounts,
    ask_books,
    ask_known,
    complete_accounts,
    late_totals,
    make_books,
    make_known,
    make_targets,
    session_keyring,
    target_rows,
    text_commitments,
    unit_of,
    wrapped_keys,
)
from ledger.journal.queries.erased import erased_subjects, keys_that_stand, lock_subjects
from ledger.journal.queries.limits import (
    load_expired_holds,
    load_flows,
    load_purposes,
    watch_balances,
)
from ledger.journal.queries.stored import entry_of, stored_contents, stored_entries
from ledger.journal.queries.texts import opened, openers, texts_of

__all__ = [
    "HEAD",
    "IdKey",
    "Key",
    "Place",
    "StatementLine",
    "Totals",
    "add_accounts",
    "ask_accounts",
    "ask_books",
    "ask_known",
    "balance_known_at",
    "balance_on",
    "balances_now",
    "complete_accounts",
    "entry_of",
    "erased_subjects",
    "keys_that_stand",
    "late_totals",
    "load_expired_holds",
    "load_flows",
    "load_purposes",
    "lock_subjects",
    "make_books",
    "make_known",
    "make_targets",
    "opened",
    "openers",
    "session_keyring",
    "statement_page",
    "stored_contents",
    "stored_entries",
    "target_rows",
    "text_commitments",
    "texts_of",
    "turnover",
    "unit_of",
    "watch_balances",
    "wrapped_keys",
]
