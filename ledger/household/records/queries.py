"""What is stored of records: their versions, their sortings, what their categories come to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.journal import canonical
from ledger.journal.state import DERIVED

IdKey = tuple[int, bytes]
SeqKey = tuple[int, int]

_ID = (("book_id", "id"), ("bigint", "bytea"))
_SEQ = (("book_id", "seq"), ("bigint", "bigint"))

_BY_ID = """
    SELECT e.book_id, e.id, e.seq, e.amends_seq
    FROM {k} JOIN entry e ON e.book_id = k.book_id AND e.id = k.id
"""
_BY_SEQ = """
    SELECT e.book_id, e.id, e.seq, e.amends_seq
    FROM {k} JOIN entry e ON e.book_id = k.book_id AND e.seq = k.seq
"""
# An amendment writes the reversal of what it replaces, then its own entry, one after the other.
_NEXT = f"""
    SELECT m.book_id, m.target_seq, e.id, e.seq
    FROM {{k}} JOIN entry m ON m.book_id = k.book_id AND m.target_seq = k.seq
         AND m.verb = 'reverse' AND m.flags >= {DERIVED}
    JOIN entry e ON e.book_id = m.book_id AND e.seq = m.seq + 1 AND e.amends_seq = k.seq
"""


@dataclass(frozen=True, slots=True)
class Chain:
    """A record's first version, by which it is known, and the one that stands now."""

    root_id: bytes
    root_seq: int
    head_id: bytes
    head_seq: int


def chains(session: Session, ids: Iterable[IdKey]) -> dict[IdKey, Chain]:
    """Find records by the id of any version; what is no entry is left out.

    Walks amendments step by step, all records at once; most have none or one.
    """
    rows = bulk.find_rows(session, _BY_ID, *_ID, sorted(set(ids)))
    versions = {(row[0], row[2]): (bytes(row[1]), row[3]) for row in rows}
    start = {(row[0], bytes(row[1])): (row[0], row[2]) for row in rows}
    while (
        above := {(key[0], amends) for key, (_, amends) in versions.items() if amends is not None}
        - versions.keys()
    ):
        for row in bulk.find_rows(session, _BY_SEQ, *_SEQ, sorted(above)):
            versions[(row[0], row[2])] = bytes(row[1]), row[3]
    following: dict[SeqKey, tuple[bytes, int]] = {}
    ahead = set(start.values())
    while ahead:
        found = bulk.find_rows(session, _NEXT, *_SEQ, sorted(ahead))
        new = {(row[0], row[1]): (bytes(row[2]), row[3]) for row in found}
        following |= new
        ahead = {(key[0], seq) for key, (_, seq) in new.items()}
    return {key: _chain(at, versions, following) for key, at in start.items()}


def _chain(
    at: SeqKey,
    versions: Mapping[SeqKey, tuple[bytes, int | None]],
    following: Mapping[SeqKey, tuple[bytes, int]],
) -> Chain:
    book, head = at[0], (versions[at][0], at[1])
    root, before = at, versions[at][1]
    while before is not None:
        root, before = (book, before), versions[(book, before)][1]
    while (book, head[1]) in following:
        head = following[(book, head[1])]
    return Chain(versions[root][0], root[1], *head)


_ASKED = """
    SELECT k.book_id, k.id, t.id, e.bundle,
           CAST(coalesce(e.requested_date, e.effective_date) AS text), r.intent
    FROM {k}
    LEFT JOIN entry e ON e.book_id = k.book_id AND e.id = k.id
    LEFT JOIN entry t ON t.book_id = e.book_id AND t.seq = coalesce(e.amends_seq, e.target_seq)
    LEFT JOIN refusal r ON r.book_id = k.book_id AND r.id = k.id
    WHERE e.seq IS NOT NULL OR r.intent IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request that was decided before was about, its bundle and its date."""

    target: bytes | None
    bundle: bytes | None
    day: date


def asked_before(session: Session, ids: Iterable[IdKey]) -> dict[IdKey, Asked]:
    """Tell of ids that are taken what their requests were about, also of refused ones."""
    found: dict[IdKey, Asked] = {}
    for book, entry_id, target, bundle, day, refused in bulk.find_rows(
        session, _ASKED, *_ID, sorted(set(ids))
    ):
        key = (book, bytes(entry_id))
        if refused is not None:
            found[key] = Asked(*canonical.about(bytes(refused)))
        else:
            found[key] = Asked(_bytes(target), _bytes(bundle), date.fromisoformat(day))
    return found


def _bytes(value: bytes | None) -> bytes | None:
    return None if value is None else bytes(value)


_LIVE = """
    SELECT s.book_id, s.record_id, s.id, s.seq
    FROM {k} JOIN sorting s ON s.book_id = k.book_id AND s.record_id = k.id
    WHERE s.seq IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM entry r
        WHERE r.book_id = s.book_id AND r.target_seq = s.seq AND r.verb = 'reverse')
    ORDER BY s.book_id, s.record_id, s.seq
"""


def live_sortings(
    session: Session, records: Iterable[IdKey]
) -> dict[IdKey, list[tuple[bytes, int]]]:
    """Find the sortings of records that still count: their ids and entries, oldest first."""
    found: dict[IdKey, list[tuple[bytes, int]]] = {}
    for book, record, sort_id, seq in bulk.find_rows(session, _LIVE, *_ID, sorted(set(records))):
        found.setdefault((book, bytes(record)), []).append((bytes(sort_id), seq))
    return found


_SORTED = """
    SELECT s.book_id, s.id, s.asked, e.seq, e.change_no, CAST(e.effective_date AS text),
           e.recorded_at, r.code, r.facts
    FROM {k} JOIN sorting s ON s.book_id = k.book_id AND s.id = k.id
    LEFT JOIN entry e ON e.book_id = s.book_id AND e.id = s.id
    LEFT JOIN refusal r ON r.book_id = s.book_id AND r.id = s.id
"""


def sorted_before(session: Session, ids: Iterable[IdKey]) -> dict[IdKey, bulk.Row]:
    """Find requests to sort that were answered before, with their first results."""
    rows = bulk.find_rows(session, _SORTED, *_ID, sorted(set(ids)))
    return {(row[0], bytes(row[1])): row for row in rows}


_NETS = """
    SELECT k.book_id, k.head, p.account_no, a.currency,
           CAST(sum(CASE p.side WHEN 'D' THEN p.amount ELSE -p.amount END) AS bigint)
    FROM {k}
    JOIN posting p ON p.book_id = k.book_id AND p.seq = k.seq AND p.layer = 0
    JOIN account a ON a.book_id = p.book_id AND a.no = p.account_no
    WHERE a.class IN ('income', 'expense')
    GROUP BY k.book_id, k.head, p.account_no, a.currency
"""
_BACK = """
    SELECT e.book_id, e.target_seq, e.seq
    FROM {k} JOIN entry e ON e.book_id = k.book_id AND e.target_seq = k.seq
    WHERE e.verb = 'reverse'
"""

Net = dict[tuple[int, str], int]
"""Net debits in minor units by account number and currency."""


def nets(session: Session, entries: dict[SeqKey, Sequence[int]]) -> dict[SeqKey, Net]:
    """Add up what the categories of records come to.

    `entries` gives by the newest version its sortings; what was reversed of either is counted.
    """
    owner = {key: key for key in entries}
    owner |= {(head[0], seq): head for head, seqs in entries.items() for seq in seqs}
    back = bulk.find_rows(session, _BACK, *_SEQ, sorted(owner))
    owner |= {(row[0], row[2]): owner[(row[0], row[1])] for row in back}
    keys = [(book, head[1], seq) for (book, seq), head in sorted(owner.items())]
    columns, types = ("book_id", "head", "seq"), ("bigint",) * 3
    found: dict[SeqKey, Net] = {key: {} for key in entries}
    for book, head, no, currency, minor in bulk.find_rows(session, _NETS, columns, types, keys):
        if minor:
            found[(book, head)][(no, currency)] = minor
    return found


_HEADS = """
    SELECT e.book_id, e.seq, e.verb, CAST(e.effective_date AS text), e.kind
    FROM {k} JOIN entry e ON e.book_id = k.book_id AND e.seq = k.seq
"""


def heads(session: Session, keys: Iterable[SeqKey]) -> dict[SeqKey, tuple[str, date, str]]:
    """Give verb, effective date and kind of entries."""
    rows = bulk.find_rows(session, _HEADS, *_SEQ, sorted(set(keys)))
    return {(row[0], row[1]): (row[2], date.fromisoformat(row[3]), row[4]) for row in rows}


_REVERSED = """
    SELECT k.book_id, k.seq
    FROM {k} WHERE EXISTS (SELECT 1 FROM entry r
        WHERE r.book_id = k.book_id AND r.target_seq = k.seq AND r.verb = 'reverse')
"""


def reversed_among(session: Session, keys: Iterable[SeqKey]) -> set[SeqKey]:
    """Tell which entries were taken back, or replaced."""
    rows = bulk.find_rows(session, _REVERSED, *_SEQ, sorted(set(keys)))
    return {(row[0], row[1]) for row in rows}
