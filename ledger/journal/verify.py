"""`juang verify`: derive every kept number and hash again from the entries, and name what differs.

Books are taken a few at a time, entries streamed in order; memory holds the derived numbers of
those books, never their history. Reads only.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy.orm import Session

from ledger import dates
from ledger.db import bulk
from ledger.db.types import as_utc
from ledger.errors import Wording
from ledger.journal import canonical, findings, keyring, queries
from ledger.journal.findings import Problem
from ledger.journal.queries.stored import read_stored
from ledger.journal.queries.strays import find_strays
from ledger.journal.recount import Header, Recount

ENTRIES_AT_ONCE = 20_000
"""About how many entries one round of books may hold; a larger book has a round to itself."""

PAGE = 5_000
MOST_PROBLEMS = 1_000
"""Problems after which a book's list is cut: one broken table should not fill a disk."""


@dataclass(slots=True)
class Report:
    """What was looked at, and what was wrong."""

    books: int = 0
    entries: int = 0
    postings: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Tell whether everything kept is what the entries say."""
        return not self.problems


@dataclass(slots=True)
class _Book:
    id: int
    head_seq: int
    head_change_no: int
    last_recorded_at: datetime | None
    time_zone: str
    next_account_no: int


def verify(
    session: Session,
    book_ids: Sequence[int] | None = None,
    *,
    progress: Callable[[Report], object] = lambda _report: None,
) -> Report:
    """Recount books (all of them by default) and give every difference."""
    report = Report()
    for books in _rounds(session, book_ids):
        _verify_round(session, books, report)
        report.books += len(books)
        progress(report)
    if book_ids is None:
        report.problems += find_strays(session)
    return report


_BOOKS = """
    SELECT b.id, b.head_seq, b.head_change_no, b.last_recorded_at, b.time_zone,
           b.next_account_no
    FROM {k} JOIN book b ON b.id > k.id ORDER BY b.id LIMIT 500
"""
_SOME_BOOKS = """
    SELECT b.id, b.head_seq, b.head_change_no, b.last_recorded_at, b.time_zone,
           b.next_account_no
    FROM {k} JOIN book b ON b.id = k.id
"""


def _rounds(session: Session, book_ids: Sequence[int] | None) -> Iterator[list[_Book]]:
    """Give books a few at a time, in order of id."""
    pending: list[_Book] = []
    size = 0
    for row in _book_rows(session, book_ids):
        book = _Book(row[0], row[1], row[2], as_utc(row[3]), row[4], row[5])
        if pending and (size + book.head_seq > ENTRIES_AT_ONCE or len(pending) >= PAGE):
            yield pending
            pending, size = [], 0
        pending.append(book)
        size += book.head_seq
    if pending:
        yield pending


def _book_rows(session: Session, book_ids: Sequence[int] | None) -> Iterator[bulk.Row]:
    if book_ids is not None:
        keys = [(book_id,) for book_id in sorted(set(book_ids))]
        yield from sorted(bulk.find_rows(session, _SOME_BOOKS, ("id",), ("bigint",), keys))
        return
    last = -1
    while page := bulk.find_rows(session, _BOOKS, ("id",), ("bigint",), [(last,)]):
        yield from page
        last = page[-1][0]


def _line(seq: object, line: object) -> Wording:
    return findings.place(findings.entry(seq), findings.line(line))


_BOOK_KEY = (("book_id",), ("bigint",))
_ACCOUNTS = """
    SELECT a.book_id, a.no, a.currency, a.fund, a.posted_debit, a.posted_credit,
           a.pending_debit, a.pending_credit, a.on_time_date, a.flow_date, a.flow_debit,
           a.flow_credit, a.daily_debit_limit, a.daily_credit_limit
    FROM {k} JOIN account a ON a.book_id = k.book_id
"""
_DAYS = """
    SELECT d.book_id, d.account_no, d.effective_date, d.debit, d.credit, d.on_time_seq
    FROM {k} JOIN account_day d ON d.book_id = k.book_id
"""
_LATE = """
    SELECT l.book_id, l.account_no, l.shift, l.block, l.seq, l.line, l.net_total
    FROM {k} JOIN late_total l ON l.book_id = k.book_id
"""
_HOLDS = """
    SELECT h.book_id, h.seq, h.line, h.account_no, h.side, h.remaining, h.expires_at
    FROM {k} JOIN hold h ON h.book_id = k.book_id
"""
_OVER_REVERSED = """
    SELECT o.book_id, o.seq, o.line, o.amount, CAST(sum(p.amount) AS bigint)
    FROM {k}
    JOIN entry e ON e.book_id = k.book_id AND e.target_seq IS NOT NULL AND e.verb = 'reverse'
    JOIN posting p ON p.book_id = e.book_id AND p.seq = e.seq
    JOIN posting o ON o.book_id = e.book_id AND o.seq = e.target_seq AND o.line = p.line
         AND o.layer = 0
    GROUP BY o.book_id, o.seq, o.line, o.amount HAVING sum(p.amount) > o.amount
"""


@lru_cache(maxsize=100_000)
def _local_day(moment: datetime, zone: str) -> str:
    return dates.local_date(moment, zone).isoformat()


@lru_cache(maxsize=100_000)
def _horizon(moment: datetime, zone: str) -> str:
    return (dates.local_date(moment, zone) + timedelta(days=1)).isoformat()


def _verify_round(session: Session, books: Sequence[_Book], report: Report) -> None:
    keys = [(book.id,) for book in books]
    accounts: dict[int, list[bulk.Row]] = {book.id: [] for book in books}
    for row in bulk.find_rows(session, _ACCOUNTS, *_BOOK_KEY, keys):
        accounts[row[0]].append(row[1:])
    recounts = {book.id: _recount(book, accounts[book.id]) for book in books}
    for header in _entries(session, books[0].id, books[-1].id, recounts, report):
        recounts[header.entry.book_id].add(header)
        report.entries += 1
    _compare_heads(books, recounts)
    _compare_accounts(accounts, recounts)
    _compare_rows(session, keys, recounts)
    for book_id, seq, line, amount, reversed_amount in bulk.find_rows(
        session, _OVER_REVERSED, *_BOOK_KEY, keys
    ):
        recounts[book_id].note(
            "reversed amount", _line(seq, line), reversed_amount, findings.at_most(amount)
        )
    for recount in recounts.values():
        report.problems += recount.problems[:MOST_PROBLEMS]


def _recount(book: _Book, accounts: Sequence[bulk.Row]) -> Recount:
    zone = book.time_zone
    return Recount(
        book.id,
        {row[0]: (row[1], row[2]) for row in accounts},
        lambda moment: _horizon(moment, zone),
        {
            row[0]: str(row[8])
            for row in accounts
            if row[8] is not None and (row[11] is not None or row[12] is not None)
        },
        lambda moment: _local_day(moment, zone),
    )


_HEADERS = """
    SELECT e.book_id, e.seq, e.id, e.verb, e.kind, e.effective_date, e.value_date,
           e.requested_date, e.device_time, e.bundle, e.flags, t.id,
           e.recorded_at, e.actor, e.target_seq, e.amends_seq, e.leg_count, e.change_no,
           e.intent_hash, e.leaf_hash
    FROM {k} JOIN entry e ON (e.book_id, e.seq) > (k.book_id, k.seq) AND e.book_id <= k.last
    LEFT JOIN entry t ON t.book_id = e.book_id AND t.seq = coalesce(e.amends_seq, e.target_seq)
    ORDER BY e.book_id, e.seq LIMIT 5000
"""
_LINES = """
    SELECT p.book_id, p.seq, p.line, p.account_no, p.side, p.layer, p.amount, p.balance_after
    FROM {k} JOIN posting p ON (p.book_id, p.seq) > (k.book_id, k.seq)
         AND (p.book_id, p.seq) <= (k.last, k.last_seq)
"""


def _entries(
    session: Session, first: int, last: int, recounts: dict[int, Recount], report: Report
) -> Iterator[Header]:
    """Stream the entries of a range of books in order, with all that their requests said."""
    at = (first, 0)
    while True:
        rows = bulk.find_rows(
            session, _HEADERS, ("book_id", "seq", "last"), ("bigint",) * 3, [(*at, last)]
        )
        end = (rows[-1][0], rows[-1][1]) if len(rows) == PAGE else (last, queries.HEAD)
        headers = {(row[0], row[1]): _header(row) for row in rows if row[0] in recounts}
        _add_lines(session, at, end, headers, recounts, report)
        read_stored(session, {place: header.entry for place, header in headers.items()})
        _check_texts(session, headers, recounts)
        yield from headers.values()
        if len(rows) < PAGE:
            return
        at = end


def _header(row: bulk.Row) -> Header:
    moment = as_utc(row[12])
    assert moment is not None
    return Header(
        queries.entry_of(row[:12]),
        moment,
        row[13],
        row[14],
        row[15],
        row[16],
        row[17],
        bytes(row[18]),
        bytes(row[19]),
    )


def _add_lines(
    session: Session,
    at: queries.Key,
    end: queries.Key,
    headers: dict[queries.Key, Header],
    recounts: dict[int, Recount],
    report: Report,
) -> None:
    """Give each header its lines; a line without a header is a problem of its own."""
    columns = ("book_id", "seq", "last", "last_seq")
    for book_id, seq, line, no, side, layer, amount, running in bulk.find_rows(
        session, _LINES, columns, ("bigint",) * 4, [(*at, *end)]
    ):
        recount = recounts.get(book_id)
        if recount is None:
            continue
        report.postings += 1
        header = headers.get((book_id, seq))
        if header is None:
            recount.note("posting", _line(seq, line), findings.THERE, findings.NO_ENTRY)
            continue
        unit = recount.units.get(no)
        if unit is None:
            recount.note("account", _line(seq, line), no, findings.NO_ACCOUNT)
        header.entry.legs.append((line, no, side, layer, amount, unit[0] if unit else "???"))
        header.running[(no, line, layer)] = running


_SEALED = """
    SELECT t.book_id, t.seq, t.field, t.subject, t.commitment, t.ciphertext
    FROM {k} JOIN entry_text t ON t.book_id = k.book_id AND t.seq = k.seq
"""


def _check_texts(
    session: Session, headers: dict[queries.Key, Header], recounts: dict[int, Recount]
) -> None:
    """Open every text whose key still exists, and compare it with its commitment."""
    ring = session.info.get("keyring")
    spoken = sorted(place for place, header in headers.items() if header.entry.commitments)
    if not spoken or not isinstance(ring, keyring.Keyring):
        return
    columns, types = ("book_id", "seq"), ("bigint", "bigint")
    rows = bulk.find_rows(session, _SEALED, columns, types, spoken)
    wrapped = queries.wrapped_keys(session, {(row[0], row[3]) for row in rows})
    keys = {
        subject: _opened(ring, secret) for subject, secret in wrapped.items() if secret is not None
    }
    for book_id, seq, name, subject, commitment, sealed in rows:
        where = findings.place(findings.entry(seq), name)
        if (book_id, subject) not in wrapped:
            recounts[book_id].note("text key", where, findings.MISSING, findings.THERE)
        if (book_id, subject) not in keys:
            continue  # erased
        opened = keys[(book_id, subject)]
        entry_id = headers[(book_id, seq)].entry.id
        place = keyring.place(book_id, entry_id, name)
        said = None if opened is None else _read(opened, place, bytes(sealed))
        if opened is None or said is None:
            recounts[book_id].note("text", where, findings.UNREADABLE, findings.READABLE)
            continue
        derived = canonical.commitment(opened.salt_key, book_id, entry_id, name, said)
        if derived != bytes(commitment):
            recounts[book_id].note("text commitment", where, bytes(commitment).hex(), derived.hex())


def _opened(ring: keyring.Keyring, secret: bytes) -> keyring.TextKeys | None:
    """Open a subject's secret; none where it was altered, or is another master key's."""
    try:
        return keyring.text_keys(ring.unwrap(secret))
    except keyring.KeyUnusable:
        return None


def _read(keys: keyring.TextKeys, place: bytes, sealed: bytes) -> str | None:
    """Read a text; none where it was altered."""
    try:
        return keys.decrypt(place, sealed)
    except keyring.KeyUnusable:
        return None


def _compare_heads(books: Sequence[_Book], recounts: dict[int, Recount]) -> None:
    for book in books:
        recount = recounts[book.id]
        fresh = 1 + max(recount.units, default=0)
        if book.next_account_no < fresh:
            where, least = findings.BOOK, findings.at_least(fresh)
            recount.note("next account number", where, book.next_account_no, least)
        if book.head_seq != recount.seq:
            recount.note("head", findings.BOOK, book.head_seq, recount.seq)
        if book.head_change_no < recount.change_no:
            least = findings.at_least(recount.change_no)
            recount.note("change head", findings.BOOK, book.head_change_no, least)
        if book.last_recorded_at != recount.recorded_at:
            recount.note("last moment", findings.BOOK, book.last_recorded_at, recount.recorded_at)


_COUNTER_NAMES = ("posted debit", "posted credit", "pending debit", "pending credit")


def _compare_accounts(accounts: dict[int, list[bulk.Row]], recounts: dict[int, Recount]) -> None:
    for book_id, rows in accounts.items():
        recount = recounts[book_id]
        for row in rows:
            where = findings.account(row[0])
            derived = recount.counters.get(row[0], [0, 0, 0, 0])
            for name, has, gets in zip(_COUNTER_NAMES, row[3:7], derived, strict=True):
                if has != gets:
                    recount.note(f"counter ({name})", where, has, gets)
            on_time = recount.on_time_date.get(row[0])
            if (None if row[7] is None else str(row[7])) != on_time:
                recount.note("latest on-time date", where, row[7], on_time)
            if row[0] in recount.limited and [row[9], row[10]] != recount.flows.get(row[0], [0, 0]):
                flow = recount.flows.get(row[0], [0, 0])
                recount.note("moved on the day", where, f"{row[9]}/{row[10]}", flow)


def _compare_rows(
    session: Session, keys: Sequence[tuple[int]], recounts: dict[int, Recount]
) -> None:
    days: dict[int, dict[tuple[int | str, ...], bulk.Row]] = {key[0]: {} for key in keys}
    for row in bulk.find_rows(session, _DAYS, *_BOOK_KEY, keys):
        days[row[0]][(row[1], str(row[2]))] = row[3:]
    late: dict[int, dict[tuple[int | str, ...], bulk.Row]] = {key[0]: {} for key in keys}
    for row in bulk.find_rows(session, _LATE, *_BOOK_KEY, keys):
        late[row[0]][row[1:6]] = row[6:]
    holds: dict[int, dict[tuple[int | str, ...], bulk.Row]] = {key[0]: {} for key in keys}
    for row in bulk.find_rows(session, _HOLDS, *_BOOK_KEY, keys):
        holds[row[0]][row[1:3]] = (*row[3:6], as_utc(row[6]))
    for book_id, recount in recounts.items():
        recount.compare(
            "day bucket",
            days[book_id],
            {key: tuple(sums) for key, sums in recount.days.items()},
            lambda key: findings.account_day(*key),
        )
        recount.compare(
            "late total",
            late[book_id],
            {key: (total,) for key, total in recount.late.items()},
            lambda key: findings.place(
                findings.account(key[0]), findings.block(key[2], key[1], key[3])
            ),
        )
        recount.compare(
            "hold",
            holds[book_id],
            {key: tuple(held) for key, held in recount.holds.items()},
            lambda key: _line(*key),
        )
