"""Write what a batch decided: legs first, headers last, then all that is derived from them."""

import json
from collections.abc import Sequence
from operator import attrgetter

from sqlalchemy.orm import Session

from ledger.books import charts, opening
from ledger.db import bulk
from ledger.journal import decide, keyring, queries, rows
from ledger.journal.state import AccountAtWork, Batch

_ENTRY = (
    "book_id",
    "seq",
    "id",
    "verb",
    "kind",
    "effective_date",
    "value_date",
    "requested_date",
    "recorded_at",
    "device_time",
    "actor",
    "bundle",
    "target_seq",
    "amends_seq",
    "flags",
    "leg_count",
    "change_no",
    "intent_hash",
    "leaf_hash",
)
_POSTING = ("book_id", "account_no", "seq", "line", "side", "layer", "amount", "balance_after")
_ENTRY_TYPES = (
    "bigint",
    "bigint",
    "bytea",
    "text",
    "text",
    *("date",) * 3,
    "timestamptz",
    "timestamptz",
    "text",
    "bytea",
    "bigint",
    "bigint",
    "smallint",
    "smallint",
    "bigint",
    "bytea",
    "bytea",
)
_POSTING_TYPES = (
    "bigint",
    "int",
    "bigint",
    "smallint",
    "text",
    "smallint",
    "bigint",
    "bigint",
)
_COPY_FROM = 200
"""Entries from which COPY beats an INSERT that waits for no answer."""

_LATE = ("book_id", "account_no", "shift", "block", "seq", "line", "net_total")
_LATE_TYPES = ("bigint", "int", "smallint", "int", "bigint", "smallint", "bigint")
_HOLD = ("book_id", "seq", "line", "account_no", "side", "remaining", "expires_at")
_HOLD_TYPES = ("bigint", "bigint", "smallint", "int", "text", "bigint", "timestamptz")
_EXCHANGE = (
    "book_id",
    "seq",
    "sold_currency",
    "sold",
    "bought_currency",
    "bought",
    "mid_rate",
    "mid_source",
    "mid_date",
)
_EXCHANGE_TYPES = (
    *("bigint", "bigint", "text", "bigint", "text", "bigint"),
    *("numeric", "text", "date"),
)
_COUNTERS = (
    "posted_debit",
    "posted_credit",
    "pending_debit",
    "pending_credit",
    "on_time_date",
    "flow_date",
    "flow_debit",
    "flow_credit",
)
_COUNTER_TYPES = ("bigint",) * 4 + ("date", "date") + ("bigint",) * 3 + ("int",)


def write(session: Session, batch: Batch) -> None:
    """Write what was decided: accounts, what is derived, then legs, and headers last.

    While PostgreSQL works on the counters, the legs are encoded; while it works on the legs, the
    headers are hashed and encoded.
    """
    made = rows.derive(batch)
    if batch.accepted:
        _open_accounts(session, batch, [a for a in made.accounts.values() if not a.stored])
        copy_legs = None
        with bulk.together(session):
            _write_counters(session, made)
            _write_particulars(session, batch, made)
            if len(batch.accepted) < _COPY_FROM:
                bulk.insert_rows(session, "posting", _POSTING, _POSTING_TYPES, made.postings)
                bulk.insert_rows(session, "entry", _ENTRY, _ENTRY_TYPES, rows.headers(batch))
            else:
                copy_legs = bulk.prepared_copy(session, "posting", _POSTING, made.postings)
        if copy_legs is not None:
            with copy_legs():
                copy_headers = bulk.prepared_copy(session, "entry", _ENTRY, rows.headers(batch))
            with copy_headers():
                pass
        bulk.note_growth(session, len(batch.accepted))
    bulk.insert_rows(
        session,
        "refusal",
        ("book_id", "id", "code", "facts", "intent", "recorded_at"),
        ("bigint", "bytea", "text", "text", "bytea", "timestamptz"),
        [
            (
                refused.book.id,
                refused.request.intent.id,
                str(refused.code),
                json.dumps(dict(refused.facts), sort_keys=True),
                decide.as_sent(refused.request),
                refused.book.recorded_text,
            )
            for refused in batch.refused
        ],
    )


def _open_accounts(session: Session, batch: Batch, fresh: Sequence[AccountAtWork]) -> None:
    """Open accounts of the chart, with their headings, and trading accounts, on first use."""
    made: dict[queries.Key, bulk.Row] = {}
    for account in fresh:
        book = batch.books[account.book_id]
        chart = charts.chart(book.chart)
        template = chart.by_no(account.no)
        if template is not None:
            opened = opening.template_rows(book.id, chart, template, book.base_currency)
        else:
            opened = opening.trading_rows(
                book.id,
                chart,
                book.base_currency,
                no=account.no,
                code=account.code,
                currency=account.currency,
                fund=account.fund,
            )
        for row in opened:
            made.setdefault((row[0], row[1]), row)  # type: ignore[arg-type]
        account.stored = True
    bulk.add_rows(
        session,
        "account",
        ("book_id", "no"),
        opening.COLUMNS[2:],
        opening.TYPES,
        [made[key] for key in sorted(made)],
        keep=True,
    )


_BY_KEY = attrgetter("book_id", "no")


def _write_counters(session: Session, made: rows.Rows) -> None:
    """Write each account, day and book once, whatever the number of entries."""
    bulk.set_rows(
        session,
        "account",
        ("book_id", "no"),
        _COUNTERS,
        _COUNTER_TYPES,
        [
            (
                account.posted_debit,
                account.posted_credit,
                account.pending_debit,
                account.pending_credit,
                account.on_time_date or None,
                account.flow_date,
                account.flow_debit,
                account.flow_credit,
                account.book_id,
                account.no,
            )
            for account in sorted(made.accounts.values(), key=_BY_KEY)
        ],
    )
    bulk.add_rows(
        session,
        "account_day",
        ("book_id", "account_no", "effective_date"),
        ("debit", "credit"),
        ("bigint", "int", "date", "bigint", "bigint", "bigint"),
        sorted([(*key, *sums) for key, sums in made.days.items()]),
        latest=("on_time_seq",),
    )
    bulk.set_rows(
        session,
        "book",
        ("id",),
        ("head_seq", "head_change_no", "last_recorded_at", "next_account_no"),
        ("bigint", "bigint", "timestamptz", "int", "bigint"),
        [
            (
                book.head_seq,
                book.head_change_no,
                book.recorded_text,
                book.next_account_no,
                book.id,
            )
            for book in made.books.values()
        ],
    )


def _write_particulars(session: Session, batch: Batch, made: rows.Rows) -> None:
    """Write what only some entries have: late totals, holds, rates, assertions, texts."""
    if made.late:
        totals = queries.late_totals(session, {key for late in made.late for key in late.blocks()})
        bulk.insert_rows(
            session, "late_total", _LATE, _LATE_TYPES, rows.late_rows(made.late, totals)
        )
    bulk.insert_rows(session, "hold", _HOLD, _HOLD_TYPES, made.holds)
    bulk.set_rows(
        session,
        "hold",
        ("book_id", "seq", "line"),
        ("remaining",),
        ("bigint", "bigint", "bigint", "smallint"),
        [(left, *key) for key, left in sorted(batch.holds_used.items())],
    )
    bulk.insert_rows(session, "entry_exchange", _EXCHANGE, _EXCHANGE_TYPES, made.exchanges)
    columns = ("book_id", "seq", "account_no", "balance")
    types = ("bigint", "bigint", "int", "bigint")
    bulk.insert_rows(session, "balance_assertion", columns, types, made.assertions)
    _write_texts(session, batch)


def _write_texts(session: Session, batch: Batch) -> None:
    """Encrypt the texts of accepted entries, each under the key of its subject."""
    spoken = [entry for entry in batch.accepted if entry.request.texts]
    if not spoken:
        return
    pairs = {(entry.book.id, entry.request.intent.subject) for entry in spoken}
    ring = queries.session_keyring(session)
    keys = {
        pair: keyring.text_keys(ring.unwrap(sealed))
        for pair, sealed in queries.wrapped_keys(session, pairs).items()
        if sealed is not None
    }
    made: list[bulk.Row] = []
    for entry in spoken:
        intent, book_id = entry.request.intent, entry.book.id
        cipher = keys[(book_id, intent.subject)]
        for name, text in entry.request.texts.items():
            sealed = cipher.encrypt(keyring.place(book_id, intent.id, name), text)
            commitment = entry.request.commitments[name]
            made.append((book_id, entry.seq, name, intent.subject, commitment, sealed))
    columns = ("book_id", "seq", "field", "subject", "commitment", "ciphertext")
    types = ("bigint", "bigint", "text", "text", "bytea", "bytea")
    bulk.insert_rows(session, "entry_text", columns, types, made)
