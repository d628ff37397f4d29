"""Make, change and end budgets."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from ledger import dates, money
from ledger.db import bulk
from ledger.household.books import queries as books
from ledger.household.books.naming import UNSORTED
from ledger.household.budgets import queries
from ledger.household.budgets.cycles import SetBudget
from ledger.household.budgets.queries import Key
from ledger.household.feed import operations as feed
from ledger.household.feed.items import Heard, Kind
from ledger.journal.outcomes import Code, Outcome

_KEY, _KEY_TYPES = ("book_id", "id"), ("bigint", "bytea")
_COLUMNS = ("category", "currency", "minor", "since", "rolls_over", "ended", "changed_at")
_TYPES = ("text", "text", "bigint", "date", "boolean", "boolean", "timestamptz")


def set_budgets(
    session: Session, items: Sequence[SetBudget], *, recorded_at: datetime
) -> list[Outcome]:
    """Make, change and end budgets; each is one change of the feed, the last of a batch counts.

    Outcomes: posted; exists (it is so already); invalid_request; book_not_found;
    account_not_found (no such category).
    """
    readable = [item for item in items if _is_readable(item)]
    locked = feed.lock_books(session, {item.book_id for item in readable}, recorded_at)
    there = [item for item in readable if item.book_id in locked]
    before = queries.stored(session, [(item.book_id, item.id) for item in there])
    known = books.known_accounts(session, {(item.book_id, item.category) for item in there})
    rows: dict[Key, bulk.Row] = {
        key: (*row[2:6], bool(row[6]), bool(row[7])) for key, row in before.items()
    }
    outcomes: list[Outcome] = []
    changed: list[Key] = []
    for item in items:
        key = (item.book_id, item.id)
        code = _refusal(item, locked, known)
        if code is None:
            after = (item.category, item.currency, item.minor, item.since.isoformat())
            whole = (*after, item.rolls_over, item.ended)
            code = Code.EXISTS if rows.get(key) == whole else Code.POSTED
            if code is Code.POSTED:
                rows[key] = whole
                changed.append(key)
        outcomes.append(Outcome(code, *key))
    once = sorted(set(changed))
    written = {key: (*rows[key], locked[key[0]].recorded_text) for key in once}
    new = [(*key, *row) for key, row in written.items() if key not in before]
    old = [(*row, *key) for key, row in written.items() if key in before]
    bulk.insert_rows(session, "budget", _KEY + _COLUMNS, _KEY_TYPES + _TYPES, new)
    bulk.set_rows(session, "budget", _KEY, _COLUMNS, _TYPES + _KEY_TYPES, old)
    heard = [Heard(book, Kind.BUDGET, key, gone=rows[(book, key)][5]) for book, key in changed]
    numbers = iter(feed.note(session, heard, recorded_at=recorded_at))
    return [
        outcome._replace(change_no=next(numbers)) if outcome.code is Code.POSTED else outcome
        for outcome in outcomes
    ]


def _is_readable(item: SetBudget) -> bool:
    placed = type(item.book_id) is int and type(item.id) is bytes and len(item.id) == 16
    if not placed or type(item.minor) is not int or not 0 < item.minor <= money.MAX_MINOR:
        return False
    if type(item.since) is not date or type(item.category) is not str:
        return False
    try:
        money.currency(item.currency)
        dates.check_date(item.since)
    except (money.CurrencyUnknown, dates.DateOutOfRange):
        return False
    return all(type(flag) is bool for flag in (item.rolls_over, item.ended))


def _refusal(
    item: SetBudget, locked: Collection[int], known: Mapping[books.Place, books.Known]
) -> Code | None:
    if not _is_readable(item):
        return Code.INVALID_REQUEST
    if item.book_id not in locked:
        return Code.BOOK_NOT_FOUND
    account = known.get((item.book_id, item.category))
    return Code.ACCOUNT_NOT_FOUND if account is None or account.class_ not in UNSORTED else None
