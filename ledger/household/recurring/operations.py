"""Set what comes again, skip one, and post what is due, exactly once."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from ledger import dates
from ledger.db import bulk
from ledger.household.books import naming
from ledger.household.feed import operations as feed
from ledger.household.feed.items import Heard, Kind
from ledger.household.records import entries
from ledger.household.records.entries import derived_id
from ledger.household.records.items import Part, Received, Record, Spent
from ledger.household.recurring import queries, rhythm
from ledger.household.recurring.queries import Key
from ledger.household.recurring.rhythm import Every, SetRecurring
from ledger.household.recurring.tables import Recurring
from ledger.household.rules.operations import record_and_sort
from ledger.journal import keyring, shape
from ledger.journal.operations import subject_keys
from ledger.journal.outcomes import Code, Outcome
from ledger.money import Money

ACTOR = "recurring"
MOST_STEPS = 120
MOST_AT_ONCE = 60
"""Days of one rule that one call posts: five years of months, or what is left for the next call."""


def set_recurring(
    session: Session, items: Sequence[SetRecurring], *, recorded_at: datetime
) -> list[Outcome]:
    """Make, change and end what comes again; each is one change of the feed.

    A new first day, rhythm or step starts counting anew from that day; anything else changes what
    is posted from now on. Outcomes: posted; exists; invalid_request; book_not_found;
    subject_erased.
    """
    locked = feed.lock_books(
        session, {item.book_id for item in items if _is_readable(item)}, recorded_at
    )
    there = [item for item in items if _is_readable(item) and item.book_id in locked]
    rows = queries.stored(session, [(item.book_id, item.id) for item in there])
    spoken = {(item.book_id, "") for item in there if _words(item)}
    keys = subject_keys.text_keys(session, spoken)
    outcomes: list[Outcome] = []
    changed: list[Key] = []
    for item in items:
        key = (item.book_id, item.id)
        code = Code.POSTED
        if not _is_readable(item):
            code = Code.INVALID_REQUEST
        elif item.book_id not in locked:
            code = Code.BOOK_NOT_FOUND
        elif _words(item) and keys[(item.book_id, "")] is None:
            code = Code.SUBJECT_ERASED
        else:
            before = rows.get(key)
            after = _row(item, before, keys.get((item.book_id, "")))
            if before is not None and all(before[name] == value for name, value in after.items()):
                code = Code.EXISTS
            else:
                after["changed_at"] = locked[item.book_id].recorded_at
                _save(session, key, after, new=before is None)
                rows[key] = after
                changed.append(key)
        outcomes.append(Outcome(code, *key))
    return _numbered(session, outcomes, changed, rows, recorded_at)


def _is_readable(item: SetRecurring) -> bool:
    content = item.content
    if type(item.book_id) is not int or type(item.id) is not bytes or len(item.id) != 16:
        return False
    if entries.problem(content) is not None or not isinstance(content, Spent | Received):
        return False
    other = content.paid if isinstance(content, Spent) else content.kept
    if len(content.parts) != 1 or other is not None or type(item.every) is not Every:
        return False
    if type(item.step) is not int or not 0 < item.step <= MOST_STEPS:
        return False
    if not all(shape.is_text(text) for text in _words(item).values()):
        return False
    category = content.parts[0].category
    codes = [content.pocket, *([] if category is None else [category])]
    days = [day for day in (content.day, item.until) if day is not None]
    in_range = all(dates.MIN_DATE <= day <= dates.MAX_DATE for day in days)
    return in_range and all(map(naming.is_code, codes))


def _words(item: SetRecurring) -> dict[str, str]:
    said = {"note": item.content.note, "counterparty": item.content.counterparty}
    return {name: text for name, text in said.items() if text is not None}


def _row(
    item: SetRecurring, before: Mapping[str, Any] | None, cipher: keyring.TextKeys | None
) -> dict[str, Any]:
    content = item.content
    rhythm_now = (content.day, item.every.value, item.step)
    same = before is not None and rhythm_now == tuple(
        before[name] for name in ("first_due", "every", "step")
    )
    number = before["next_no"] if same and before is not None else 0
    sealed: dict[str, bytes | None] = dict.fromkeys(queries.WORDS)
    for name, text in _words(item).items():
        assert cipher is not None
        place = keyring.place(item.book_id, item.id, name)
        sealed[name] = cipher.encrypt(place, shape.normal(text))
    part = content.parts[0]
    row = {
        "kind": "expense" if isinstance(content, Spent) else "income",
        "category": part.category,
        "pocket": content.pocket,
        "currency": part.amount.currency,
        "minor": part.amount.minor,
        "every": item.every.value,
        "step": item.step,
        "first_due": content.day,
        "until": item.until,
        "next_no": number,
        **sealed,
    }
    return {**row, "next_due": None if item.ended else _due(row, number)}


def _due(row: Mapping[str, Any], number: int) -> date | None:
    """Give the day the n-th is due, None beyond the last."""
    try:
        day = rhythm.due(row["first_due"], Every(row["every"]), row["step"], number)
    except dates.DateOutOfRange:
        return None
    return None if row["until"] is not None and day > row["until"] else day


def _save(session: Session, key: Key, row: Mapping[str, Any], *, new: bool) -> None:
    if new:
        session.execute(insert(Recurring).values(book_id=key[0], id=key[1], **row))
        return
    own = (Recurring.book_id == key[0], Recurring.id == key[1])
    statement = update(Recurring).where(*own).values(**row)
    session.execute(statement.execution_options(synchronize_session=False))


def _numbered(
    session: Session,
    outcomes: list[Outcome],
    changed: Sequence[Key],
    rows: Mapping[Key, Mapping[str, Any]],
    recorded_at: datetime,
) -> list[Outcome]:
    heard = [
        Heard(book, Kind.RECURRING, key, gone=rows[(book, key)]["next_due"] is None)
        for book, key in changed
    ]
    numbers = iter(feed.note(session, heard, recorded_at=recorded_at))
    return [
        outcome._replace(change_no=next(numbers)) if outcome.code is Code.POSTED else outcome
        for outcome in outcomes
    ]


def skip(
    session: Session, book: int, recurring: bytes, due: date, *, recorded_at: datetime
) -> Outcome:
    """Leave out the one that is due next; saying again that a past one is left out does nothing.

    Outcomes: posted; exists (that day is over already); entry_not_found (nothing of this id, or
    another day is due before it); book_not_found.
    """
    if book not in feed.lock_books(session, [book], recorded_at):
        return Outcome(Code.BOOK_NOT_FOUND, book, recurring)
    key = (book, recurring)
    row = queries.stored(session, [key]).get(key)
    if row is None or (row["next_due"] is not None and row["next_due"] < due):
        return Outcome(Code.ENTRY_NOT_FOUND, book, recurring)
    if row["next_due"] != due:
        return Outcome(Code.EXISTS, book, recurring)
    after = _moved_on(row, row["next_no"] + 1)
    _save(session, key, after, new=False)
    outcomes = [Outcome(Code.POSTED, book, recurring)]
    return _numbered(session, outcomes, [key], {key: {**row, **after}}, recorded_at)[0]


def _moved_on(row: Mapping[str, Any], number: int) -> dict[str, Any]:
    return {"next_no": number, "next_due": _due(row, number)}


def post_due(
    session: Session, through: date, *, recorded_at: datetime, limit: int = 500
) -> tuple[list[Outcome], bool]:
    """Post what is due by a day, in whatever book; give the outcomes, and whether more is due.

    Ids follow from the rule and the day, and the rule moves on in the same transaction: running
    twice, or after a crash, posts nothing twice. What is refused is over too, and its refusal is
    answered; it would be refused for ever. Words that cannot be opened are left out.
    """
    keys = queries.due(session, through, limit)
    feed.lock_books(session, {book for book, _ in keys}, recorded_at)
    rows = [
        row
        for row in queries.stored(session, keys).values()
        if row["next_due"] is not None and row["next_due"] <= through
    ]
    sent: list[Record] = []
    moved: list[bulk.Row] = []
    for row, said in zip(rows, queries.words(session, rows), strict=True):
        number = row["next_no"]
        while (day := _due(row, number)) and day <= through:
            if number - row["next_no"] == MOST_AT_ONCE:
                break
            sent.append(_record(row, said, day))
            number += 1
        due = _due(row, number)
        moved.append((number, None if due is None else due.isoformat(), row["book_id"], row["id"]))
    types = ("int", "date", "bigint", "bytea")
    bulk.set_rows(session, "recurring", ("book_id", "id"), ("next_no", "next_due"), types, moved)
    outcomes = record_and_sort(session, sent, actor=ACTOR, recorded_at=recorded_at)
    changed = [(row["book_id"], row["id"]) for row in rows]
    _numbered(session, [], changed, queries.stored(session, changed), recorded_at)
    return outcomes, bool(queries.due(session, through, 1))


def _record(row: Mapping[str, Any], said: Mapping[str, str | None], day: date) -> Record:
    parts = (Part(row["category"], Money(row["minor"], row["currency"])),)
    kind = Spent if row["kind"] == "expense" else Received
    return Record(
        book_id=row["book_id"],
        id=derived_id("recurring", row["id"], day.isoformat().encode()),
        content=kind(
            day=day,
            parts=parts,
            pocket=row["pocket"],
            note=said["note"],
            counterparty=said["counterparty"],
        ),
    )
