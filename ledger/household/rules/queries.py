"""Read and open rules, and find the records that nobody has sorted."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.household.books import queries as books
from ledger.household.rules.matching import Rule, Where, folded
from ledger.journal import keyring
from ledger.journal.queries import openers, readable

FIELD = "rule"
"""Where a rule's words are sealed for, beside its book and id."""

_COLUMNS = "r.book_id, r.id, r.rank, r.look_at, r.category, r.sealed"
_OF_BOOKS = f"""
    SELECT {_COLUMNS} FROM {{k}} JOIN category_rule r ON r.book_id = k.book_id
    WHERE r.sealed IS NOT NULL ORDER BY r.book_id, r.id
"""
_BY_ID = f"""
    SELECT {_COLUMNS} FROM {{k}} JOIN category_rule r ON r.book_id = k.book_id AND r.id = k.id
"""


def opened(session: Session, books_: Iterable[int]) -> dict[int, list[Rule]]:
    """Open the rules of books; what cannot be opened, or names no category, matches nothing."""
    wanted = [(book,) for book in sorted(set(books_))]
    rows = bulk.find_rows(session, _OF_BOOKS, ("book_id",), ("bigint",), wanted)
    known = books.known_accounts(session, {(row[0], row[4]) for row in rows})
    found: dict[int, list[Rule]] = {}
    for row, text in zip(rows, _texts(session, rows), strict=True):
        account = known.get((row[0], row[4]))
        if account is None or text["text"] is None:
            continue
        words = folded(text["text"])
        rule = Rule(bytes(row[1]), row[2], Where(row[3]), words, row[4], account.class_)
        found.setdefault(row[0], []).append(rule)
    return found


def stored(session: Session, ids: Iterable[tuple[int, bytes]]) -> dict[tuple[int, bytes], bulk.Row]:
    """Read rules by id, ended ones too."""
    columns, types = ("book_id", "id"), ("bigint", "bytea")
    rows = bulk.find_rows(session, _BY_ID, columns, types, sorted(set(ids)))
    return {(row[0], bytes(row[1])): row for row in rows}


def _texts(session: Session, rows: Sequence[bulk.Row]) -> list[dict[str, str | None]]:
    keys = openers(session, {(row[0], "") for row in rows})
    return [
        {"text": None, "unreadable": None}
        if row[5] is None or (row[0], "") not in keys
        else readable(
            keys[(row[0], "")], keyring.place(row[0], bytes(row[1]), FIELD), bytes(row[5])
        )
        for row in rows
    ]


def rules_say(
    session: Session, book: int, keys: Sequence[bytes]
) -> dict[bytes, Mapping[str, object]]:
    """Say what rules are, for the feed of their book."""
    rows = list(stored(session, [(book, key) for key in keys]).values())
    return {
        bytes(row[1]): {"rank": row[2], "where": row[3], "category": row[4], **text}
        for row, text in zip(rows, _texts(session, rows), strict=True)
    }


_UNSORTED = """
    SELECT e.seq, e.id, e.kind, a.currency,
           CAST(sum(CASE p.side WHEN 'D' THEN p.amount ELSE -p.amount END) AS bigint)
    FROM account a
    JOIN posting p ON p.book_id = a.book_id AND p.account_no = a.no AND p.layer = 0
    JOIN entry e ON e.book_id = p.book_id AND e.seq = p.seq
    WHERE a.book_id = ? AND (a.code IN (?, ?) OR a.code LIKE ? OR a.code LIKE ?)
      AND e.kind IN ('expense', 'income') AND p.seq > ?
    GROUP BY e.seq, e.id, e.kind, a.currency
    ORDER BY e.seq LIMIT ?
"""
_TEXTS = """
    SELECT t.seq, t.field, t.subject, t.ciphertext, e.id FROM {k}
    JOIN entry_text t ON t.book_id = k.book_id AND t.seq = k.seq
    JOIN entry e ON e.book_id = t.book_id AND e.seq = t.seq
    WHERE t.field IN ('narration', 'meta:counterparty')
"""


def unsorted(
    session: Session, book: int, codes: tuple[str, str], after: int, limit: int
) -> list[bulk.Row]:
    """Find entries that were booked as not identified, a page at a time in order of `seq`."""
    return bulk.read(
        session, _UNSORTED, (book, *codes, *(f"{code}:%" for code in codes), after, limit)
    )


def words_of(session: Session, book: int, seqs: Sequence[int]) -> dict[int, dict[str, str]]:
    """Open the words that entries were recorded with: narration, and counterparty."""
    columns, types = ("book_id", "seq"), ("bigint", "bigint")
    rows = bulk.find_rows(session, _TEXTS, columns, types, [(book, seq) for seq in seqs])
    keys = openers(session, {(book, row[2]) for row in rows})
    found: dict[int, dict[str, str]] = {}
    for seq, field, subject, sealed, entry_id in rows:
        place = keyring.place(book, bytes(entry_id), field)
        text = readable(keys[(book, subject)], place, bytes(sealed))["text"]
        if text is not None:
            found.setdefault(seq, {})[field] = text
    return found
