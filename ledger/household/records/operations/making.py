"""Make the intents of items: what each asks of the journal, and what it implies.

A request that was decided before is made again as it was: about the version that stood then. So
a repeat is recognised whatever happened to the record since.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from ledger.dates import MIN_DATE
from ledger.household.feed.queries import IMPLIED
from ledger.household.records import entries, queries
from ledger.household.records.items import Amend, AnyItem, Content, Delete, Record, Sort, Written
from ledger.household.records.operations import sorting
from ledger.household.records.operations.accounts import Accounts
from ledger.household.records.queries import Asked, Chain, IdKey, SeqKey
from ledger.journal import intents
from ledger.journal.intents import Intent
from ledger.journal.outcomes import Code, Facts, Outcome

Place = tuple[int, AnyItem]
"""Where an item stands in the batch, and the item."""


@dataclass(slots=True)
class Made:
    """What an item becomes: its intents, the one it is answered by last; or an answer at once."""

    at: int
    item: AnyItem
    sent: list[Intent] = field(default_factory=list)
    answer: Outcome | None = None
    plan: sorting.Plan | None = None


@dataclass(slots=True)
class Stored:
    """What is stored of the records that items are about."""

    chains: dict[IdKey, Chain]
    before: dict[IdKey, Asked]
    live: dict[IdKey, list[tuple[bytes, int]]]
    heads: dict[SeqKey, tuple[str, date, str]]


def load(session: Session, wave: Sequence[Place], chains: dict[IdKey, Chain]) -> Stored:
    """Read what is stored of the records of a wave."""
    old = [item for _, item in wave if not isinstance(item, Record)]
    before = queries.asked_before(session, [(item.book_id, item.id) for item in old])
    stood = [(key[0], asked.target) for key, asked in before.items() if asked.target is not None]
    chains |= queries.chains(session, stood)
    about = {(item.book_id, item.record) for item in old} & chains.keys()
    live = queries.live_sortings(
        session, {(book, chains[(book, of)].root_id) for book, of in about}
    )
    seqs = {(book, chains[(book, of)].head_seq) for book, of in about}
    seqs |= {(book, seq) for (book, _), found in live.items() for _, seq in found}
    return Stored(chains, before, live, queries.heads(session, seqs))


def make(wave: Sequence[Place], stored: Stored, found: Accounts) -> list[Made]:
    """Make the intents of all items but sortings."""
    return [
        Made(at, item) if isinstance(item, Sort) else _made(at, item, stored, found)
        for at, item in wave
    ]


def _made(at: int, item: Record | Amend | Delete, stored: Stored, found: Accounts) -> Made:
    if not isinstance(item, Delete) and (wrong := _misplaced(item.book_id, item.content, found)):
        facts: Facts = {"field": "category", "account": wrong}
        return Made(at, item, answer=_invalid(item, facts))
    if isinstance(item, Record):
        return Made(at, item, [_record(item, found)])
    chain = stored.chains.get((item.book_id, item.record))
    before = stored.before.get((item.book_id, item.id))
    if before is not None:
        return Made(at, item, [_about(item, *_as_before(item, before, chain, stored), found)])
    if chain is not None and _foreign(item, stored.heads[(item.book_id, chain.head_seq)][2]):
        return Made(at, item, answer=_invalid(item, {"field": "record"}))
    if chain is None:
        return Made(at, item, [_about(item, item.record, MIN_DATE, None, found)])
    kind = stored.heads[(item.book_id, chain.head_seq)][2]
    if kind in entries.JOINED or kind == entries.SORT:  # a sorting is undone by sorting again
        return Made(at, item, answer=_invalid(item, {"field": "record"}))
    sorts = stored.live.get((item.book_id, chain.root_id), [])
    bundle = entries.derived_id("bundle", item.id) if sorts else None
    implied: list[Intent] = [
        intents.Reverse(
            book_id=item.book_id,
            id=entries.derived_id(IMPLIED, item.id, sort_id),
            effective_date=stored.heads[(item.book_id, seq)][1],
            kind=IMPLIED,
            bundle=bundle,
            entry_id=sort_id,
        )
        for sort_id, seq in sorts
    ]
    day = stored.heads[(item.book_id, chain.head_seq)][1]
    return Made(at, item, [*implied, _about(item, chain.head_id, day, bundle, found)])


def _invalid(item: AnyItem, facts: Facts) -> Outcome:
    return Outcome(Code.INVALID_REQUEST, item.book_id, item.id, facts=facts)


def _foreign(item: Amend | Delete, kind: str) -> bool:
    """Tell whether a record is of a kind that only its own package amends and takes back."""
    if isinstance(item, Delete):
        asked = item.kind
    else:
        asked = item.content.kind if isinstance(item.content, Written) else None
    if asked is not None:
        return asked != kind
    return kind in entries.WRITTEN


def _as_before(
    item: Amend | Delete, before: Asked, chain: Chain | None, stored: Stored
) -> tuple[bytes, date, bytes | None]:
    """Say what the first request of this id was about, if it was about this record at all."""
    if before.target is None:
        return item.record, before.day, before.bundle
    then = stored.chains.get((item.book_id, before.target))
    same = before.target == item.record or (
        chain is not None and then is not None and then.root_id == chain.root_id
    )
    return (before.target if same else item.record), before.day, before.bundle


def _misplaced(book: int, content: Content, found: Accounts) -> str | None:
    """Name a code that is no category of this content, or no pocket."""
    for code, allowed in entries.classes(content).items():
        class_ = found.class_of(book, code)
        if class_ is not None and class_ not in allowed:
            return code
    return None


def _record(item: Record, found: Accounts) -> Intent:
    lines = entries.lines(item.content, lambda *unit: found.code(item.book_id, *unit))
    return intents.Post(
        book_id=item.book_id,
        id=item.id,
        effective_date=item.content.day,
        kind=lines.kind,
        narration=item.content.note,
        metadata=_metadata(item.content),
        subject=item.subject,
        device_time=item.device_time,
        postings=lines.postings,
        exchange=lines.exchange,
    )


def _about(
    item: Amend | Delete, target: bytes, day: date, bundle: bytes | None, found: Accounts
) -> Intent:
    if isinstance(item, Delete):
        return intents.Reverse(
            book_id=item.book_id,
            id=item.id,
            effective_date=day,
            kind="delete",
            subject=item.subject,
            bundle=bundle,
            device_time=item.device_time,
            entry_id=target,
            reason=item.reason,
        )
    lines = entries.lines(item.content, lambda *unit: found.code(item.book_id, *unit))
    return intents.Amend(
        book_id=item.book_id,
        id=item.id,
        effective_date=item.content.day,
        kind=lines.kind,
        narration=item.content.note,
        metadata=_metadata(item.content),
        subject=item.subject,
        bundle=bundle,
        device_time=item.device_time,
        entry_id=target,
        postings=lines.postings,
        exchange=lines.exchange,
        reason=item.reason,
    )


def _metadata(content: Content) -> dict[str, str] | None:
    if isinstance(content, Written):
        return dict(content.facts) or None
    return None if content.counterparty is None else {"counterparty": content.counterparty}
