"""Write her words beside records, in bulk; a refusal is an outcome."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.household.feed import operations as feed
from ledger.household.feed.items import Heard, Kind
from ledger.household.notes import merging, queries
from ledger.household.notes.merging import Field, Standing, Write
from ledger.household.notes.queries import Thing
from ledger.household.records.entries import derived_id
from ledger.household.records.queries import Chain, IdKey, chains
from ledger.journal import canonical, keyring, shape
from ledger.journal.operations import subject_keys
from ledger.journal.outcomes import Code, Outcome
from ledger.journal.state import BookAtWork

_BY_ID = """
    SELECT a.book_id, a.id, a.thing, a.asked, a.version, a.stands
    FROM {k} JOIN annotation a ON a.book_id = k.book_id AND a.id = k.id
"""
_COLUMNS = (
    "book_id",
    "id",
    "thing",
    "record_id",
    "field",
    "version",
    "base",
    "stands",
    "subject",
    "asked",
    "sealed",
    "actor",
    "recorded_at",
)
_TYPES = (
    *("bigint", "bytea", "bytea", "bytea", "text", "int", "int", "boolean", "text"),
    *("bytea", "bytea", "text", "timestamptz"),
)


@dataclass(slots=True)
class _Line:
    """One field of one record while a batch is decided: its versions so far."""

    last: int = 0
    standing: Standing | None = None
    texts: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Batch:
    locked: dict[int, BookAtWork]
    records: dict[IdKey, Chain]
    known: dict[IdKey, bulk.Row]
    keys: dict[tuple[int, str], keyring.TextKeys | None]
    lines: dict[Thing, _Line]
    rows: list[bulk.Row] = field(default_factory=list)
    changed: list[Thing] = field(default_factory=list)


def write_many(
    session: Session, edits: Sequence[Write], *, actor: str, recorded_at: datetime
) -> list[Outcome]:
    """Write notes, counterparties and tags beside records, in the order sent.

    Outcomes: posted, with the facts `version` and, where a later version won over this one,
    `conflict`; exists; exists_with_different_text, exists_with_different_target;
    invalid_request; book_not_found; entry_not_found; subject_erased. None is frozen but the first
    two families: nothing here moves money.
    """
    readable = [edit for edit in edits if _problem(edit) is None]
    locked = feed.lock_books(session, {edit.book_id for edit in readable}, recorded_at)
    there = [edit for edit in readable if edit.book_id in locked]
    records = chains(session, [(edit.book_id, edit.record) for edit in there])
    found = [edit for edit in there if (edit.book_id, edit.record) in records]
    ids = sorted({(edit.book_id, edit.id) for edit in found})
    rows = bulk.find_rows(session, _BY_ID, ("book_id", "id"), ("bigint", "bytea"), ids)
    spoken = {(edit.book_id, edit.subject) for edit in found if edit.text is not None}
    batch = _Batch(
        locked,
        records,
        {(row[0], bytes(row[1])): row for row in rows},
        subject_keys.text_keys(session, spoken),
        _lines(session, [_thing(edit, records) for edit in found]),
    )
    outcomes = [_decide(batch, edit, actor) for edit in edits]
    bulk.insert_rows(session, "annotation", _COLUMNS, _TYPES, batch.rows)
    heard = [Heard(book, Kind.NOTE, thing) for book, thing in batch.changed]
    numbers = iter(feed.note(session, heard, recorded_at=recorded_at))
    return [
        outcome._replace(change_no=next(numbers)) if outcome.code is Code.POSTED else outcome
        for outcome in outcomes
    ]


def _problem(edit: Write) -> str | None:
    for name in ("id", "record"):
        value = getattr(edit, name)
        if type(value) is not bytes or len(value) != 16:
            return name
    if type(edit.book_id) is not int or not 0 <= edit.book_id < 2**63:
        return "book_id"
    if type(edit.field) is not Field or not shape.is_subject(edit.subject):
        return "field"
    if type(edit.base) is not int or not 0 <= edit.base < 2**31:
        return "base"
    if edit.text is not None and merging.clean(edit.field, edit.text) is None:
        return "text"
    return None


def _thing(edit: Write, records: dict[IdKey, Chain]) -> Thing:
    root = records[(edit.book_id, edit.record)].root_id
    return edit.book_id, derived_id("note", root, edit.field.value.encode())


def _lines(session: Session, things: Sequence[Thing]) -> dict[Thing, _Line]:
    lines = {thing: _Line() for thing in things}
    for thing, rows in queries.versions(session, things).items():
        line = lines[thing]
        line.last = rows[-1][5]
        standing = [row for row in rows if row[7]]
        if standing:
            line.standing = Standing(standing[-1][5], standing[-1][9] is None)
        if rows[0][4] == Field.TAGS:
            opened = queries.texts(session, rows)
            line.texts = {
                row[5]: text["text"] or "" for row, text in zip(rows, opened, strict=True)
            }
    return lines


def _decide(batch: _Batch, edit: Write, actor: str) -> Outcome:
    """Decide one edit, and note what it leaves for those behind it."""
    if (name := _problem(edit)) is not None:
        return Outcome(Code.INVALID_REQUEST, edit.book_id, edit.id, facts={"field": name})
    if edit.book_id not in batch.locked:
        return Outcome(Code.BOOK_NOT_FOUND, edit.book_id, edit.id)
    chain = batch.records.get((edit.book_id, edit.record))
    if chain is None:
        return Outcome(Code.ENTRY_NOT_FOUND, edit.book_id, edit.id)
    thing = _thing(edit, batch.records)
    keys = batch.keys.get((edit.book_id, edit.subject))
    text = None if edit.text is None else merging.clean(edit.field, edit.text)
    known = batch.known.get((edit.book_id, edit.id))
    if text is not None and keys is None and known is None:
        return Outcome(Code.SUBJECT_ERASED, edit.book_id, edit.id)
    asked = None
    if text is not None and keys is not None:
        place = (edit.book_id, edit.id, edit.field.value)
        asked = canonical.commitment(keys.salt_key, *place, text)
    if known is not None:
        return _again(edit, thing, asked, known, erased=text is not None and keys is None)
    line = batch.lines[thing]
    if edit.base > line.last:
        return Outcome(Code.INVALID_REQUEST, edit.book_id, edit.id, facts={"field": "base"})
    wins = merging.stands(edit, line.standing)
    kept = _merged(edit, line, text) if wins else text
    line.last += 1
    if wins:
        line.standing = Standing(line.last, kept is None)
        line.texts[line.last] = kept or ""
    sealed = None
    if kept is not None and keys is not None:
        sealed = keys.encrypt(keyring.place(edit.book_id, edit.id, edit.field.value), kept)
    version = (line.last, edit.base, wins, edit.subject, asked, sealed)
    moment = batch.locked[edit.book_id].recorded_text
    row = (
        edit.book_id,
        edit.id,
        thing[1],
        chain.root_id,
        edit.field.value,
        *version,
        actor,
        moment,
    )
    batch.rows.append(row)
    batch.known[(edit.book_id, edit.id)] = (*row[:3], asked, line.last, wins)
    batch.changed.append(thing)
    return _told(Code.POSTED, edit, line.last, wins=wins)


def _merged(edit: Write, line: _Line, text: str | None) -> str | None:
    """Merge tags with what others wrote meanwhile; any other text is kept as it is."""
    stale = line.standing is not None and edit.base < line.standing.version
    if edit.field is not Field.TAGS or text is None or not stale:
        return text
    assert line.standing is not None
    base, now = line.texts.get(edit.base, ""), line.texts.get(line.standing.version, "")
    return merging.merged_tags(base, now, text) or None


def _again(
    edit: Write, thing: Thing, asked: bytes | None, known: bulk.Row, *, erased: bool
) -> Outcome:
    """Answer an edit whose id is taken; what was erased is left out of the comparison."""
    if bytes(known[2]) != thing[1]:
        return Outcome(Code.EXISTS_WITH_DIFFERENT_TARGET, edit.book_id, edit.id)
    stored = None if known[3] is None else bytes(known[3])
    if stored != asked and not (erased and stored is not None):
        return Outcome(Code.EXISTS_WITH_DIFFERENT_TEXT, edit.book_id, edit.id)
    return _told(Code.EXISTS, edit, known[4], wins=bool(known[5]))


def _told(code: Code, edit: Write, version: int, *, wins: bool) -> Outcome:
    facts = {"version": version} if wins else {"version": version, "conflict": 1}
    return Outcome(code, edit.book_id, edit.id, facts=facts)
