"""What a batch needs: books locked, ids looked up, accounts and earlier entries loaded."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from ledger import dates
from ledger.books import charts
from ledger.db import bulk
from ledger.db.roles import is_walled
from ledger.db.types import as_utc, utc_text
from ledger.journal import canonical, keyring, rows, rules
from ledger.journal.outcomes import Code, Facts
from ledger.journal.state import (
    AccountAtWork,
    Batch,
    BookAtWork,
    Known,
    Leg,
    TargetAtWork,
    unopened,
)

Key = tuple[int, int]
IdKey = tuple[int, bytes]

_BOOK = """
    SELECT b.id, b.tenant_id, b.chart, b.base_currency, b.time_zone, b.late_policy,
           b.max_days_ahead, b.closed_through, b.head_seq, b.head_change_no, b.next_account_no,
           b.last_recorded_at
    FROM {k} JOIN book b ON b.id = k.id
"""


_TOUCHED_BOOK = """
    UPDATE book AS b SET head_seq = b.head_seq FROM {k} WHERE b.id = k.id
    RETURNING b.id, b.tenant_id, b.chart, b.base_currency, b.time_zone, b.late_policy,
              b.max_days_ahead, b.closed_through, b.head_seq, b.head_change_no,
              b.next_account_no, b.last_recorded_at
"""


def ask_books(session: Session, book_ids: Iterable[int]) -> bulk.Answer:
    """Lock books in order of id and ask for their heads.

    SQLite needs no row lock: the session began as the only writer. This is the only lock a
    money command takes, so there is one lock order. Citus refuses to lock rows of several
    shards by SELECT; there an update that changes nothing takes the locks.
    """
    keys = [(book_id,) for book_id in sorted(set(book_ids))]
    if bulk.is_spread(session):
        return bulk.ask(session, _TOUCHED_BOOK, ("id",), ("bigint",), keys)
    sql = _BOOK + ("" if bulk.is_sqlite(session) else "ORDER BY b.id FOR NO KEY UPDATE OF b")
    return bulk.ask(session, sql, ("id",), ("bigint",), keys)


def make_books(answer: bulk.Answer, recorded_at: datetime) -> dict[int, BookAtWork]:
    """Make working books of the locked rows; those not there are left out."""
    moments: dict[datetime, tuple[str, int]] = {}
    calendars: dict[tuple[str, datetime, int], tuple[str, str, str]] = {}
    return {row[0]: _book(row, recorded_at, moments, calendars) for row in answer.rows()}


def _book(
    row: bulk.Row,
    given: datetime,
    moments: dict[datetime, tuple[str, int]],
    calendars: dict[tuple[str, datetime, int], tuple[str, str, str]],
) -> BookAtWork:
    """Make a working book: time never runs backwards within it (design.md §3.11)."""
    last = as_utc(row[11])
    recorded_at = given if last is None or given >= last else last
    moment = moments.get(recorded_at)
    if moment is None:
        moment = utc_text(recorded_at), canonical.microseconds(recorded_at)
        moments[recorded_at] = moment
    key = (row[4], recorded_at, row[6])
    calendar = calendars.get(key)
    if calendar is None:
        calendar = calendars[key] = _calendar(*key)
    closed = None if row[7] is None else str(row[7])
    return BookAtWork(
        row[0],
        row[1],
        row[2],
        row[3],
        row[4],
        row[5] == "first_open_day",
        row[6],
        closed,
        row[8],
        row[9],
        row[10],
        recorded_at,
        *moment,
        *calendar,
        None if closed is None else rules.day_after(closed),
    )


def _calendar(zone: str, moment: datetime, days_ahead: int) -> tuple[str, str, str]:
    """Give the business date, the last day that is on time, and the latest an entry may bear."""
    today = dates.local_date(moment, zone)
    return (
        today.isoformat(),
        (today + timedelta(days=1)).isoformat(),
        (today + timedelta(days=days_ahead)).isoformat(),
    )


_KNOWN = """
    SELECT k.book_id, k.id, e.seq, e.intent_hash, e.change_no, e.effective_date, e.recorded_at,
           r.code, r.facts, r.intent
    FROM {k}
    LEFT JOIN entry e ON e.book_id = k.book_id AND e.id = k.id
    LEFT JOIN refusal r ON r.book_id = k.book_id AND r.id = k.id
    WHERE e.seq IS NOT NULL OR r.code IS NOT NULL
"""


def ask_known(session: Session, keys: Sequence[IdKey]) -> bulk.Answer:
    """Ask what is stored under ids: entries and refusals."""
    return bulk.ask(session, _KNOWN, ("book_id", "id"), ("bigint", "bytea"), keys)


def make_known(answer: bulk.Answer) -> dict[IdKey, Known]:
    """Tell by id what is stored."""
    known: dict[IdKey, Known] = {}
    for row in answer.rows():
        key = (row[0], bytes(row[1]))
        if row[2] is not None:
            known[key] = Known(None, bytes(row[3]), row[2], row[4], str(row[5]), as_utc(row[6]))
        else:
            facts: Facts = json.loads(row[8])
            known[key] = Known(bytes(row[9]), b"", refusal=Code(row[7]), facts=facts)
    return known


_ACCOUNT = """
    SELECT a.book_id, a.no, a.code, a.class, a.currency, a.fund, a.purpose, a.postable, a.state,
           a.floor, a.ceiling, a.daily_debit_limit, a.daily_credit_limit,
           a.posted_debit, a.posted_credit, a.pending_debit, a.pending_credit,
           coalesce(CAST(a.on_time_date AS text), ''),
           CAST(a.flow_date AS text), a.flow_debit, a.flow_credit
    FROM {k} JOIN account a ON a.book_id = k.book_id AND
"""


Codes = set[tuple[int, str]]
Asked = tuple[bulk.Answer, bulk.Answer]


def ask_accounts(session: Session, numbers: set[Key], codes: Codes) -> Asked:
    """Ask for accounts by number and by code."""
    return (
        bulk.ask(
            session, _ACCOUNT + "a.no = k.no", ("book_id", "no"), ("bigint", "int"), sorted(numbers)
        ),
        bulk.ask(
            session,
            _ACCOUNT + "a.code = k.code",
            ("book_id", "code"),
            ("bigint", "text"),
            sorted(codes),
        ),
    )


def add_accounts(batch: Batch, asked: Asked) -> None:
    """Put accounts into the working set, each once."""
    accounts, named = batch.accounts, batch.codes
    for answer in asked:
        for row in answer.rows():
            key = (row[0], row[1])
            if key not in accounts:
                accounts[key] = named[(row[0], row[2])] = AccountAtWork(row)


def complete_accounts(session: Session, batch: Batch, numbers: set[Key], codes: Codes) -> None:
    """Load what is still missing; accounts that only the chart knows stand ready to be opened."""
    missing = {key for key in numbers if key not in batch.accounts}
    unnamed = {key for key in codes if key not in batch.codes}
    for book_id, code in list(unnamed):
        book = batch.books.get(book_id)
        template = None if book is None else charts.chart(book.chart).by_code(code)
        if template is not None:
            missing.add((book_id, template.no))
    if not missing and not unnamed:
        return
    add_accounts(batch, ask_accounts(session, missing, unnamed))
    for key in missing - batch.accounts.keys():
        _stand_ready(batch, *key)


def unit_of(batch: Batch, book_id: int, ref: int | str) -> tuple[str, str | None] | None:
    """Give the currency and fund of an account, opened or only known to the chart."""
    found = batch.account(book_id, ref)
    if found is not None:
        return found.currency, found.fund
    book = batch.books[book_id]
    chart = charts.chart(book.chart)
    template = chart.by_no(ref) if isinstance(ref, int) else chart.by_code(ref)
    return None if template is None else (template.currency or book.base_currency, None)


def _stand_ready(batch: Batch, book_id: int, no: int) -> None:
    """Make an account of the book's chart that is opened by its first entry."""
    book = batch.books.get(book_id)
    template = None if book is None else charts.chart(book.chart).by_no(no)
    if book is None or template is None:
        return
    batch.accounts[(book_id, no)] = batch.codes[(book_id, template.code)] = unopened(
        book_id,
        no,
        template.code,
        template.account_class,
        template.currency or book.base_currency,
        purpose=template.purpose,
        postable=template.postable,
        floor=template.floor,
        ceiling=template.ceiling,
    )


_TARGET = """
    SELECT e.book_id, e.seq, e.id, e.verb, e.effective_date
    FROM {k} JOIN entry e ON e.book_id = k.book_id AND e.id = k.id
"""
_TARGET_LEGS = """
    SELECT p.book_id, p.seq, p.account_no, p.line, p.side, p.layer, p.amount
    FROM {k} JOIN posting p ON p.book_id = k.book_id AND p.seq = k.seq
    ORDER BY p.book_id, p.seq, p.line
"""
_REVERSED = """
    SELECT e.book_id, e.target_seq, p.line, CAST(sum(p.amount) AS bigint)
    FROM {k}
    JOIN entry e ON e.book_id = k.book_id AND e.target_seq = k.seq AND e.verb = 'reverse'
    JOIN posting p ON p.book_id = e.book_id AND p.seq = e.seq
    GROUP BY e.book_id, e.target_seq, p.line
"""
_HELD = """
    SELECT h.book_id, h.seq, h.line, h.remaining, h.expires_at
    FROM {k} JOIN hold h ON h.book_id = k.book_id AND h.seq = k.seq
"""
_SEQ = (("book_id", "seq"), ("bigint", "bigint"))

TargetRows = tuple[list[bulk.Row], list[bulk.Row], list[bulk.Row], list[bulk.Row]]


def target_rows(session: Session, keys: Sequence[IdKey]) -> TargetRows:
    """Read the entries that items are about: headers, legs, what was reversed, what is held."""
    headers = bulk.find_rows(session, _TARGET, ("book_id", "id"), ("bigint", "bytea"), keys)
    places = [(row[0], row[1]) for row in headers]
    return (
        headers,
        bulk.find_rows(session, _TARGET_LEGS, *_SEQ, places),
        bulk.find_rows(session, _REVERSED, *_SEQ, places),
        bulk.find_rows(session, _HELD, *_SEQ, places),
    )


def make_targets(batch: Batch, found: TargetRows) -> None:
    """Describe those entries to the items about them; their accounts are loaded by now."""
    headers, leg_rows, reversed_rows, held_rows = found
    targets: dict[Key, TargetAtWork] = {}
    for book_id, seq, entry_id, verb, day in headers:
        target = TargetAtWork(seq, verb, str(day), [])
        targets[(book_id, seq)] = batch.targets[(book_id, bytes(entry_id))] = target
    for book_id, seq, no, line, side, layer, amount in leg_rows:
        leg: Leg = (batch.accounts[(book_id, no)], side == "D", layer, amount, line)
        targets[(book_id, seq)].legs.append(leg)
    for book_id, seq, line, amount in reversed_rows:
        targets[(book_id, seq)].reversed[line] = amount
    for book_id, seq, line, remaining, expires_at in held_rows:
        targets[(book_id, seq)].remaining[line] = remaining
        targets[(book_id, seq)].expires_at = as_utc(expires_at)


_KEYS = """
    SELECT t.book_id, t.subject, t.wrapped
    FROM {k} JOIN text_key t ON t.book_id = k.book_id AND t.subject = k.subject
"""
_KEYS_OF_ONE_TENANT = """
    SELECT k.book_id, k.subject, t.wrapped
    FROM {k}, LATERAL juang_secret(k.book_id, k.subject) AS t(wrapped)
"""


def wrapped_keys(
    session: Session, keys: Iterable[tuple[int, str]]
) -> dict[tuple[int, str], bytes | None]:
    """Find the wrapped secrets of subjects; None where one was destroyed.

    A session that reads for one tenant may not see the table: it asks for each by name.
    """
    sql = _KEYS_OF_ONE_TENANT if is_walled(session) else _KEYS
    columns, types = ("book_id", "subject"), ("bigint", "text")
    found = bulk.find_rows(session, sql, columns, types, sorted(set(keys)))
    return {(row[0], row[1]): None if row[2] is None else bytes(row[2]) for row in found}


def session_keyring(session: Session) -> keyring.Keyring:
    """Give the keyring the session carries.

    Raises:
        NoKeyring: it carries none.
    """
    carried = session.info.get("keyring")
    if not isinstance(carried, keyring.Keyring):
        raise keyring.NoKeyring
    return carried


_LATE_LAST = """
    SELECT k.book_id, k.account_no, k.shift, k.block,
           (SELECT l.net_total FROM late_total l
            WHERE l.book_id = k.book_id AND l.account_no = k.account_no AND l.shift = k.shift
              AND l.block = k.block
            ORDER BY l.seq DESC, l.line DESC LIMIT 1)
    FROM {k}
"""


def late_totals(session: Session, keys: Iterable[rows.LateKey]) -> dict[rows.LateKey, int]:
    """Find the newest running total of blocks of days."""
    columns = ("book_id", "account_no", "shift", "block")
    types = ("bigint", "int", "smallint", "int")
    found = bulk.find_rows(session, _LATE_LAST, columns, types, sorted(set(keys)))
    return {(row[0], row[1], row[2], row[3]): row[4] for row in found if row[4] is not None}


_COMMITMENTS = """
    SELECT t.book_id, t.seq, t.field, t.commitment
    FROM {k} JOIN entry_text t ON t.book_id = k.book_id AND t.seq = k.seq
"""


def text_commitments(session: Session, places: Sequence[Key]) -> dict[Key, dict[str, bytes]]:
    """Find the commitments to the texts of entries, by field."""
    found: dict[Key, dict[str, bytes]] = {}
    for book_id, seq, name, commitment in bulk.find_rows(session, _COMMITMENTS, *_SEQ, places):
        found.setdefault((book_id, seq), {})[name] = bytes(commitment)
    return found
