"""Make and change categories and pockets, in bulk; a refusal is an outcome."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from ledger import money
from ledger.books import operations as books
from ledger.books.classes import CODE_MAX
from ledger.db import bulk
from ledger.household.books import naming, queries
from ledger.household.books.opening import ChangeCategory, NewCategory
from ledger.household.feed import operations as feed
from ledger.household.feed.items import Heard, Kind
from ledger.journal import queries as journal
from ledger.journal.outcomes import Code, Outcome
from ledger.journal.state import BookAtWork

_CATEGORIES = """
    SELECT c.book_id, c.id, c.account_no, c.role, c.hidden, a.code, a.currency, a.name_id
    FROM {k} JOIN category c ON c.book_id = k.book_id AND c.id = k.id
    JOIN account a ON a.book_id = c.book_id AND a.no = c.account_no
"""
_KEY = ("book_id", "id")
_KEY_TYPES = ("bigint", "bytea")

Key = tuple[int, bytes]


def make_categories(
    session: Session, items: Sequence[NewCategory], *, recorded_at: datetime
) -> list[Outcome]:
    """Make categories and pockets: each opens an account and is one change of the feed.

    Outcomes: posted; exists (whatever its name is now); exists_with_different_kind (another role,
    parent or currency); invalid_request; book_not_found; subject_erased (the book's texts were
    erased, and a name is one); account_not_found (the parent).
    """
    locked = feed.lock_books(session, {i.book_id for i in items if _is_placed(i)}, recorded_at)
    there = _stored(session, [(i.book_id, i.id) for i in items if i.book_id in locked])
    erased = _erased(session, locked)
    parents = queries.known_accounts(
        session, [(i.book_id, i.parent) for i in items if i.parent and i.book_id in locked]
    )
    outcomes: list[Outcome] = []
    wanted: dict[Key, tuple[NewCategory, books.NewAccount]] = {}
    for item in items:
        code = _refusal(item, locked, erased, parents)
        if code is None:
            account = _account(item, locked[item.book_id])
            code = _known(item, account, there, wanted)
            if code is Code.POSTED:
                wanted[(item.book_id, item.id)] = item, account
        outcomes.append(Outcome(code, item.book_id, item.id))
    numbers = books.open_accounts(session, [account for _, account in wanted.values()])
    rows = [
        (*key, numbers[account.key], item.role, False, locked[key[0]].recorded_text)
        for key, (item, account) in wanted.items()
    ]
    columns = (*_KEY, "account_no", "role", "hidden", "made_at")
    types = (*_KEY_TYPES, "int", "text", "boolean", "timestamptz")
    bulk.insert_rows(session, "category", columns, types, rows)
    return _numbered(session, outcomes, list(wanted), recorded_at)


def change_categories(
    session: Session, items: Sequence[ChangeCategory], *, recorded_at: datetime
) -> list[Outcome]:
    """Rename categories of her own, or hide and show them; the last word of a batch counts.

    Outcomes: posted; exists (it is so already); invalid_request; book_not_found; subject_erased;
    account_not_found (no category of this id).
    """
    locked = feed.lock_books(session, {i.book_id for i in items if _is_placed(i)}, recorded_at)
    there = _stored(session, [(i.book_id, i.id) for i in items if i.book_id in locked])
    erased = _erased(session, locked)
    outcomes: list[Outcome] = []
    changed: dict[Key, tuple[int, bool, str]] = {}
    for item in items:
        key = (item.book_id, item.id)
        code = _unchangeable(item, locked, erased, there)
        if code is None:
            no, hidden, name = changed.get(key) or _now(there[key])
            new = naming.clean_name(item.name) or name
            after = (no, hidden if item.hidden is None else item.hidden, new)
            code = Code.EXISTS if after == (no, hidden, name) else Code.POSTED
            if code is Code.POSTED:
                changed[key] = after
        outcomes.append(Outcome(code, *key))
    bulk.set_rows(
        session,
        "account",
        ("book_id", "no"),
        ("name_id", "name_en"),
        ("text", "text", "bigint", "int"),
        [(name, name, book, no) for (book, _), (no, _, name) in changed.items()],
    )
    hidden_rows = [(hidden, *key) for key, (_, hidden, _) in changed.items()]
    bulk.set_rows(session, "category", _KEY, ("hidden",), ("boolean", *_KEY_TYPES), hidden_rows)
    return _numbered(session, outcomes, list(changed), recorded_at)


def _is_placed(item: NewCategory | ChangeCategory) -> bool:
    return type(item.book_id) is int and type(item.id) is bytes and len(item.id) == 16


def _stored(session: Session, keys: Sequence[Key]) -> dict[Key, bulk.Row]:
    rows = bulk.find_rows(session, _CATEGORIES, _KEY, _KEY_TYPES, sorted(set(keys)))
    return {(row[0], bytes(row[1])): row for row in rows}


def _now(row: bulk.Row) -> tuple[int, bool, str]:
    return row[2], bool(row[4]), row[7]


def _erased(session: Session, locked: dict[int, BookAtWork]) -> set[int]:
    """Tell whose own texts were erased: such a book takes no names either."""
    wrapped = journal.wrapped_keys(session, [(book, "") for book in locked])
    return {book for (book, _), sealed in wrapped.items() if sealed is None}


def _refusal(
    item: NewCategory,
    locked: dict[int, BookAtWork],
    erased: set[int],
    parents: dict[queries.Place, queries.Known],
) -> Code | None:
    if not _is_placed(item) or item.role not in naming.CLASSES:
        return Code.INVALID_REQUEST
    if item.parent is not None and type(item.parent) is not str:
        return Code.INVALID_REQUEST
    if naming.clean_name(item.name) is None or not _is_currency(item.currency):
        return Code.INVALID_REQUEST
    if item.book_id not in locked:
        return Code.BOOK_NOT_FOUND
    if item.book_id in erased:
        return Code.SUBJECT_ERASED
    if item.parent is None:
        return None
    parent = parents.get((item.book_id, item.parent))
    if parent is None or parent.class_ != naming.CLASSES[item.role].value:
        return Code.ACCOUNT_NOT_FOUND
    deep = item.parent.count(":") >= naming.DEEPEST or len(item.parent) > CODE_MAX - 32
    return Code.INVALID_REQUEST if deep else None


def _is_currency(code: str | None) -> bool:
    try:
        return code is None or bool(money.currency(code))
    except (money.CurrencyUnknown, TypeError):
        return False


def _account(item: NewCategory, book: BookAtWork) -> books.NewAccount:
    name = naming.clean_name(item.name)
    assert name is not None
    return books.NewAccount(
        book_id=item.book_id,
        code=naming.own_code(item.parent or naming.TOPS[item.role], item.id),
        name_id=name,
        name_en=name,
        account_class=naming.CLASSES[item.role],
        currency=item.currency or book.base_currency,
    )


def _known(
    item: NewCategory,
    account: books.NewAccount,
    there: dict[Key, bulk.Row],
    wanted: dict[Key, tuple[NewCategory, books.NewAccount]],
) -> Code:
    key = (item.book_id, item.id)
    asked = (item.role, account.code, account.currency)
    if key in wanted:
        before, first = wanted[key]
        known = (before.role, first.code, first.currency)
    elif key in there:
        row = there[key]
        known = (row[3], row[5], row[6])
    else:
        return Code.POSTED
    return Code.EXISTS if known == asked else Code.EXISTS_WITH_DIFFERENT_KIND


def _unchangeable(
    item: ChangeCategory,
    locked: dict[int, BookAtWork],
    erased: set[int],
    there: dict[Key, bulk.Row],
) -> Code | None:
    named = item.name is None or naming.clean_name(item.name) is not None
    if not _is_placed(item) or not named or item.hidden not in (None, True, False):
        return Code.INVALID_REQUEST
    if item.book_id not in locked:
        return Code.BOOK_NOT_FOUND
    if item.name is not None and item.book_id in erased:
        return Code.SUBJECT_ERASED
    return None if (item.book_id, item.id) in there else Code.ACCOUNT_NOT_FOUND


def _numbered(
    session: Session, outcomes: list[Outcome], changed: Sequence[Key], recorded_at: datetime
) -> list[Outcome]:
    """Give what was changed its place in the feed, and the outcomes their numbers."""
    heard = [Heard(book, Kind.CATEGORY, key) for book, key in changed]
    numbers = dict(zip(changed, feed.note(session, heard, recorded_at=recorded_at), strict=True))
    return [
        outcome._replace(change_no=numbers[(outcome.book_id, outcome.id)])
        if outcome.code is Code.POSTED
        else outcome
        for outcome in outcomes
    ]
