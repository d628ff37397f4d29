"""Make rules, and let them sort what nobody has sorted."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.household.books import queries as books
from ledger.household.books.naming import UNSORTED
from ledger.household.feed import operations as feed
from ledger.household.feed.items import Heard, Kind
from ledger.household.records import operations as records
from ledger.household.records.entries import derived_id
from ledger.household.records.items import AnyItem, Part, Received, Record, Sort, Spent
from ledger.household.records.queries import chains, live_sortings
from ledger.household.rules import queries
from ledger.household.rules.matching import Rule, SetRule, Where, folded, match
from ledger.journal import keyring, shape
from ledger.journal.operations import subject_keys
from ledger.journal.outcomes import Code, Outcome
from ledger.money import Money

PAGE = 200
LONGEST_WORDS = 200

_KEY, _KEY_TYPES = ("book_id", "id"), ("bigint", "bytea")
_COLUMNS = ("rank", "look_at", "category", "sealed", "changed_at")
_TYPES = ("smallint", "text", "text", "bytea", "timestamptz")


def set_rules(
    session: Session, items: Sequence[SetRule], *, recorded_at: datetime
) -> list[Outcome]:
    """Make, change and end rules; each is one change of the feed, the last of a batch counts.

    Outcomes: posted; exists (it is so already); invalid_request; book_not_found; subject_erased;
    account_not_found (no such category).
    """
    readable = [item for item in items if _is_readable(item)]
    locked = feed.lock_books(session, {item.book_id for item in readable}, recorded_at)
    there = [item for item in readable if item.book_id in locked]
    now = queries.stored(session, [(item.book_id, item.id) for item in there])
    fresh = {key: None for key in ((item.book_id, item.id) for item in there) if key not in now}
    known = books.known_accounts(session, {(item.book_id, item.category) for item in there})
    spoken = {(item.book_id, "") for item in there if item.words is not None}
    keys = subject_keys.text_keys(session, spoken)
    rows: dict[tuple[int, bytes], bulk.Row] = {
        key: (*row[2:5], None if row[5] is None else bytes(row[5])) for key, row in now.items()
    }
    changed: list[tuple[int, bytes]] = []
    outcomes: list[Outcome] = []
    for item in items:
        key = (item.book_id, item.id)
        code = _refusal(item, locked, keys, known, rows)
        if code is None:
            after = _row(item, keys, rows.get(key))
            code = Code.EXISTS if rows.get(key) == after else Code.POSTED
            if code is Code.POSTED:
                rows[key] = after
                changed.append(key)
        outcomes.append(Outcome(code, *key))
    once = sorted(set(changed))
    moments = {book: locked[book].recorded_text for book, _ in once}
    new = [(*key, *rows[key], moments[key[0]]) for key in once if key in fresh]
    old = [(*rows[key], moments[key[0]], *key) for key in once if key not in fresh]
    bulk.insert_rows(session, "category_rule", _KEY + _COLUMNS, _KEY_TYPES + _TYPES, new)
    bulk.set_rows(session, "category_rule", _KEY, _COLUMNS, _TYPES + _KEY_TYPES, old)
    heard = [
        Heard(book, Kind.RULE, key, gone=rows[(book, key)][3] is None) for book, key in changed
    ]
    numbers = iter(feed.note(session, heard, recorded_at=recorded_at))
    return [
        outcome._replace(change_no=next(numbers)) if outcome.code is Code.POSTED else outcome
        for outcome in outcomes
    ]


def _is_readable(item: SetRule) -> bool:
    words = item.words is None or (
        shape.is_text(item.words, LONGEST_WORDS) and bool(folded(item.words))
    )
    placed = type(item.book_id) is int and type(item.id) is bytes and len(item.id) == 16
    ranked = type(item.rank) is int and 0 <= item.rank < 2**15
    named = item.words is None or type(item.category) is str
    return placed and named and words and ranked and type(item.where) is Where


def _refusal(
    item: SetRule,
    locked: Collection[int],
    keys: dict[tuple[int, str], keyring.TextKeys | None],
    known: dict[books.Place, books.Known],
    rows: dict[tuple[int, bytes], bulk.Row],
) -> Code | None:
    if not _is_readable(item):
        return Code.INVALID_REQUEST
    if item.book_id not in locked:
        return Code.BOOK_NOT_FOUND
    if item.words is None:
        return None if (item.book_id, item.id) in rows else Code.ACCOUNT_NOT_FOUND
    if keys.get((item.book_id, "")) is None:
        return Code.SUBJECT_ERASED
    account = known.get((item.book_id, item.category))
    wrong = account is None or account.class_ not in UNSORTED or not account.postable
    return Code.ACCOUNT_NOT_FOUND if wrong else None


def _row(
    item: SetRule, keys: dict[tuple[int, str], keyring.TextKeys | None], before: bulk.Row | None
) -> bulk.Row:
    """Give rank, place, category and sealed words; equal words are sealed to equal bytes."""
    if item.words is None:
        assert before is not None
        return (*before[:3], None)
    cipher = keys[(item.book_id, "")]
    assert cipher is not None
    place = keyring.place(item.book_id, item.id, queries.FIELD)
    words = shape.normal(item.words)
    return (item.rank, item.where.value, item.category, cipher.encrypt(place, words))


def record_and_sort(
    session: Session, items: Sequence[AnyItem], *, actor: str, recorded_at: datetime
) -> list[Outcome]:
    """Record items, then let rules sort what came without a category; see `record_many`.

    The outcomes are those of the items; what rules did is heard of in the feed. Sent again, nothing
    is sorted again: an id follows from the record's.
    """
    outcomes = records.record_many(session, items, actor=actor, recorded_at=recorded_at)
    plain = [
        item
        for item, outcome in zip(items, outcomes, strict=True)
        if outcome.code is Code.POSTED and isinstance(item, Record) and _is_open(item.content)
    ]
    if plain:
        rules = queries.opened(session, {item.book_id for item in plain})
        sorts = [sort for item in plain if (sort := _sorted(item, rules.get(item.book_id, [])))]
        records.record_many(session, sorts, actor=actor, recorded_at=recorded_at)
    return outcomes


def _is_open(content: object) -> bool:
    return isinstance(content, Spent | Received) and any(
        part.category is None for part in content.parts
    )


def _sorted(item: Record, rules: Sequence[Rule]) -> Sort | None:
    content = item.content
    assert isinstance(content, Spent | Received)
    role = "income" if isinstance(content, Received) else "expense"
    rule = match(rules, role, content.counterparty, content.note)
    if rule is None:
        return None
    parts = tuple(Part(part.category or rule.category, part.amount) for part in content.parts)
    return _sort(item.book_id, item.id, parts)


def _sort(book: int, record: bytes, parts: tuple[Part, ...]) -> Sort:
    return Sort(book_id=book, id=derived_id("rule", record), record=record, parts=parts)


def apply_rules(
    session: Session,
    book: int,
    *,
    actor: str,
    recorded_at: datetime,
    after: int = 0,
    limit: int = PAGE,
) -> tuple[int, int | None]:
    """Try the rules of a book on records that stand wholly unidentified, a page at a time.

    Gives how many were sorted, and the `after` of the next page, None at the end. Doing it
    again sorts nothing twice; records she sorted or amended are left alone.
    """
    feed.lock_books(session, [book], recorded_at)
    rules = queries.opened(session, [book]).get(book, [])
    codes = (UNSORTED["expense"], UNSORTED["income"])
    page = queries.unsorted(session, book, codes, after, limit) if rules else []
    words = queries.words_of(session, book, [row[0] for row in page])
    versions = chains(session, [(book, bytes(row[1])) for row in page])
    touched = live_sortings(session, {(book, chain.root_id) for chain in versions.values()})
    sorts: list[Sort] = []
    for seq, entry_id, kind, currency, minor in page:
        chain, said = versions[(book, bytes(entry_id))], words.get(seq, {})
        rule = match(rules, kind, said.get("meta:counterparty"), said.get("narration"))
        if rule is None or chain.head_seq != seq or (book, chain.root_id) in touched:
            continue
        part = Part(rule.category, Money(abs(minor), currency))
        sorts.append(_sort(book, chain.root_id, (part,)))
    outcomes = records.record_many(session, sorts, actor=actor, recorded_at=recorded_at)
    done = sum(outcome.code is Code.POSTED for outcome in outcomes)
    return done, page[-1][0] if len(page) == limit else None
