"""Carry out items in the order sent.

Items are taken in waves. Two about one record never share a wave, for the second is about what
the first made of it; most batches are one wave.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from ledger.db.engine import undone
from ledger.household.feed import operations as feed
from ledger.household.records import entries, queries
from ledger.household.records.items import Amend, AnyItem, Record, Sort
from ledger.household.records.operations import accounts, making, sorting
from ledger.household.records.operations.accounts import Accounts
from ledger.household.records.operations.making import Made, Place
from ledger.household.records.queries import Chain, IdKey
from ledger.journal import operations as journal
from ledger.journal.outcomes import Code, Outcome


def record_many(
    session: Session,
    items: Sequence[AnyItem],
    *,
    actor: str,
    recorded_at: datetime,
    dry_run: bool = False,
) -> list[Outcome]:
    """Record, amend, sort and delete; one outcome per item, in the order sent.

    Outcomes are those of posting. A field without meaning, a category that is no expense (or no
    income) or a pocket that is none is `invalid_request`; parts that are not what the record
    comes to are `unbalanced`. An amendment or deletion is about the version that stands, and takes
    back with it what was sorted since. Nothing raises for a refusal.
    """
    if dry_run:
        with undone(session):
            return record_many(session, items, actor=actor, recorded_at=recorded_at)
    outcomes: dict[int, Outcome] = {}
    rest: list[Place] = []
    for at, item in enumerate(items):
        name = _unreadable(item)
        if name is None:
            rest.append((at, item))
        else:
            facts = {"field": name}
            outcomes[at] = Outcome(Code.INVALID_REQUEST, item.book_id, item.id, facts=facts)
    feed.lock_books(session, {item.book_id for _, item in rest}, recorded_at)
    found = accounts.load(session, [asked for _, item in rest for asked in _named(item)])
    while rest:
        chains = queries.chains(session, [key for _, item in rest if (key := _about(item))])
        size = _wave(rest, chains)
        wave, rest = rest[:size], rest[size:]
        made = _made(session, wave, chains, found)
        outcomes |= _post(session, made, actor, recorded_at)
    return [outcomes[at] for at in range(len(items))]


def _unreadable(item: AnyItem) -> str | None:
    """Name the first field of an item that has no meaning, before anything is looked up."""
    if type(item.book_id) is not int or not 0 <= item.book_id < 2**63:
        return "book_id"
    if type(item.id) is not bytes or len(item.id) != 16:
        return "id"
    if isinstance(item, Record):
        return entries.problem(item.content)
    if type(item.record) is not bytes or len(item.record) != 16:
        return "record"
    if isinstance(item, Amend):
        return entries.problem(item.content)
    return entries.parts_problem(item.parts) if isinstance(item, Sort) else None


def _about(item: AnyItem) -> IdKey | None:
    return None if isinstance(item, Record) else (item.book_id, item.record)


def _named(item: AnyItem) -> list[accounts.Asked]:
    """List the categories and pockets an item names.

    Whether it is an expense or an income that is sorted is not known yet: a part without a
    category stands for both.
    """
    units: list[entries.Unit] = []
    if isinstance(item, Record | Amend):
        units = entries.units(item.content)
    elif isinstance(item, Sort):
        units = [
            unit for role in ("expense", "income") for unit in entries.part_units(item.parts, role)
        ]
    return [(item.book_id, unit) for unit in units]


def _wave(items: Sequence[Place], chains: dict[IdKey, Chain]) -> int:
    """Tell how many items from the first can be carried out together."""
    touched: set[IdKey] = set()
    for count, (_, item) in enumerate(items):
        keys = {(item.book_id, item.id)}
        if (about := _about(item)) is not None:
            chain = chains.get(about)
            keys |= {about} if chain is None else {about, (item.book_id, chain.root_id)}
        if keys & touched:
            return count
        touched |= keys
    return len(items)


def _made(
    session: Session, wave: Sequence[Place], chains: dict[IdKey, Chain], found: Accounts
) -> list[Made]:
    stored = making.load(session, wave, chains)
    made = making.make(wave, stored, found)
    sorts = [(at, item) for at, item in wave if isinstance(item, Sort)]
    planned = sorting.plans(
        session, sorts, stored.chains, stored.before, stored.live, stored.heads, found
    )
    for each in made:
        if each.at in planned:
            each.plan = plan = planned[each.at]
            each.sent, each.answer = [plan.intent] if plan.intent else [], plan.answer
    return made


def _post(
    session: Session, made: Sequence[Made], actor: str, recorded_at: datetime
) -> dict[int, Outcome]:
    """Post the intents of a wave as one batch, and answer each item once."""
    sent = [intent for each in made for intent in each.sent]
    answers = iter(journal.post(session, sent, actor=actor, recorded_at=recorded_at))
    outcomes: dict[int, Outcome] = {}
    for each in made:
        parts = [next(answers) for _ in each.sent]
        outcomes[each.at] = each.answer or _answer(parts)
    kept = [(each.plan, outcomes[each.at]) for each in made if each.plan is not None]
    sorting.keep(session, kept, recorded_at)
    return outcomes


def _answer(parts: Sequence[Outcome]) -> Outcome:
    """Answer by the item's own intent; where one it implies was at fault, by that one's reason."""
    own = parts[-1]
    if own.code is not Code.LINKED_FAILED:
        return own
    culprit = next((part for part in parts if part.code is not Code.LINKED_FAILED), own)
    return own._replace(code=culprit.code, facts=culprit.facts, replayed=culprit.replayed)
