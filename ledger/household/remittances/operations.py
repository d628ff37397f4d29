"""Send, end and correct remittances, in bulk; a refusal is an outcome.

A remittance that has ended is not amended or taken back: first its end is. What is refused for
that (`hold_closed`) is decided anew when the same request comes again.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.db.engine import undone
from ledger.db.types import utc_text
from ledger.household.feed import operations as feed
from ledger.household.records import queries as records
from ledger.household.records.operations import written
from ledger.household.records.operations.written import Asked, Facts
from ledger.household.records.queries import Chain
from ledger.household.remittances import entries, queries
from ledger.household.remittances.items import (
    AmendSending,
    AnyRemittance,
    Arrival,
    DeleteEnd,
    DeleteSending,
    End,
    Send,
    Sending,
)
from ledger.household.remittances.queries import Key
from ledger.journal.outcomes import Code, Outcome

_SENT: Final = Facts(
    "remittance",
    (
        *("pocket", "channel", "purpose", "currency", "sent", "fee", "arrives_currency"),
        *("arrives", "mid_rate", "mid_source", "mid_date", "recorded_at"),
    ),
    (
        *("text", "text", "text", "text", "bigint", "bigint", "text"),
        *("bigint", "numeric", "text", "date", "timestamptz"),
    ),
)
_END: Final = Facts(
    "remittance_end",
    ("remittance_id", "version_id", "kind", "currency", "amount", "recorded_at"),
    ("bytea", "bytea", "text", "text", "bigint", "timestamptz"),
)


def remit_many(
    session: Session,
    items: Sequence[AnyRemittance],
    *,
    actor: str,
    recorded_at: datetime,
    dry_run: bool = False,
) -> list[Outcome]:
    """Send, end and correct remittances; one outcome per item, in the order sent.

    Outcomes are those of records, and: entry_not_found (no remittance to end); hold_closed (it has
    ended already, or has and is to be amended or taken back); already_reversed (it was taken back).
    Two items about one remittance are decided one after the other.
    """
    if dry_run:
        with undone(session):
            return remit_many(session, items, actor=actor, recorded_at=recorded_at)
    readable = {item.book_id for item in items if _unreadable(item) is None}
    feed.lock_books(session, readable, recorded_at)
    outcomes: list[Outcome] = []
    rest = list(items)
    while rest:
        keys = {(i.book_id, about) for i in rest if (about := _about(i)) is not None}
        chains = records.chains(session, {key for key in keys if _is_key(*key)})
        size = _wave(rest, chains)
        wave, rest = rest[:size], rest[size:]
        outcomes += _carry_out(session, wave, chains, actor, recorded_at)
    return outcomes


def _is_key(book: object, key: object) -> bool:
    placed = type(book) is int and 0 <= book < 2**63
    return placed and type(key) is bytes and len(key) == 16


def _about(item: AnyRemittance) -> bytes | None:
    if isinstance(item, Send):
        return None
    return item.remittance if isinstance(item, End) else item.record


def _unreadable(item: AnyRemittance) -> str | None:
    if not _is_key(item.book_id, bytes(16)):
        return "book_id"
    if not _is_key(item.book_id, item.id):
        return "id"
    if (about := _about(item)) is not None and not _is_key(item.book_id, about):
        return "remittance" if isinstance(item, End) else "record"
    if isinstance(item, End):
        return entries.end_problem(item.end)
    return entries.problem(item.sending) if isinstance(item, Send | AmendSending) else None


def _wave(items: Sequence[AnyRemittance], chains: dict[Key, Chain]) -> int:
    """Tell how many items from the first can be carried out together.

    Taking an end back is about a remittance too, which is looked up later: it stands alone.
    """
    touched: set[Key] = set()
    for count, item in enumerate(items):
        if isinstance(item, DeleteEnd):
            return count or 1
        keys = {(item.book_id, item.id)}
        if (about := _about(item)) is not None:
            chain = chains.get((item.book_id, about))
            keys |= {(item.book_id, about if chain is None else chain.root_id)}
            keys |= {(item.book_id, about)}
        if keys & touched:
            return count
        touched |= keys
    return len(items)


def _carry_out(
    session: Session,
    wave: Sequence[AnyRemittance],
    chains: dict[Key, Chain],
    actor: str,
    recorded_at: datetime,
) -> list[Outcome]:
    at_hand = [item for item in wave if _unreadable(item) is None]
    before = queries.ended_before(session, [(i.book_id, i.id) for i in at_hand])
    known = records.asked_before(session, [(i.book_id, i.id) for i in at_hand])
    ends = queries.ends(session, {(key[0], chain.root_id) for key, chain in chains.items()})
    named = {(key[0], chain.head_id) for key, chain in chains.items()}
    says = queries.versions(session, named | {(key[0], of[1]) for key, of in before.items()})
    standing = _standing(session, chains)
    asked: list[Asked] = []
    refused: dict[int, Code] = {}
    about: list[tuple[bytes, bytes] | None] = []
    for at, item in enumerate(wave):
        key, wrong, of = (item.book_id, item.id), _unreadable(item), None
        chain = chains.get((item.book_id, _about(item) or b""))
        wanted: Asked
        if wrong is not None:
            wanted = wrong
        elif isinstance(item, End):
            of = before.get(key) or (None if chain is None else (chain.root_id, chain.head_id))
            wanted = _end(item, of, says)
            if key not in before and (code := _unfit(item, chain, ends, standing, says)):
                refused[at] = code
        else:
            wanted = _other(item)
            is_new = key not in known and not isinstance(item, Send | DeleteEnd)
            if is_new and chain is not None and (item.book_id, chain.root_id) in ends:
                refused[at] = Code.HOLD_CLOSED
        asked.append("remittance" if at in refused else wanted)
        about.append(of)

    def rows(at: int, moment: datetime) -> Iterable[tuple[Facts, Sequence[bulk.Row]]]:
        return _facts(wave[at], about[at], moment)

    found = written.write_many(session, wave, asked, rows, actor=actor, recorded_at=recorded_at)
    return [
        Outcome(refused[at], outcome.book_id, outcome.id) if at in refused else outcome
        for at, outcome in enumerate(found)
    ]


def _standing(session: Session, chains: dict[Key, Chain]) -> set[Key]:
    """Give the newest versions that were not taken back."""
    heads = {(key[0], chain.head_seq): (key[0], chain.head_id) for key, chain in chains.items()}
    undone_ = records.reversed_among(session, heads)
    return {key for at, key in heads.items() if at not in undone_}


def _unfit(
    item: End,
    chain: Chain | None,
    ends: dict[Key, queries.Ending],
    standing: set[Key],
    says: dict[Key, Sending],
) -> Code | None:
    if chain is None or (item.book_id, chain.head_id) not in says:
        return Code.ENTRY_NOT_FOUND
    if (item.book_id, chain.head_id) not in standing:
        return Code.ALREADY_REVERSED
    return Code.HOLD_CLOSED if (item.book_id, chain.root_id) in ends else None


def _end(item: End, of: tuple[bytes, bytes] | None, says: dict[Key, Sending]) -> Asked:
    sending = None if of is None else says.get((item.book_id, of[1]))
    if of is None or sending is None:
        return "remittance"
    content = entries.ended(sending, item.end, of[0])
    return content if isinstance(content, str) else written.about(item, content, None, None)


def _other(item: Send | AmendSending | DeleteSending | DeleteEnd) -> Asked:
    if isinstance(item, Send):
        return written.about(item, entries.written(item.sending), None, None)
    if isinstance(item, AmendSending):
        return written.about(item, entries.written(item.sending), item.record, item.reason)
    if isinstance(item, DeleteSending):
        return written.taking_back(item, item.record, entries.SENT, item.reason)
    return written.taking_back(item, item.record, entries.ENDED, item.reason)


def _facts(
    item: AnyRemittance, of: tuple[bytes, bytes] | None, moment: datetime
) -> list[tuple[Facts, Sequence[bulk.Row]]]:
    if isinstance(item, End):
        assert of is not None
        arrives = isinstance(item.end, Arrival)
        amount = item.end.arrived if isinstance(item.end, Arrival) else item.end.refunded
        row: bulk.Row = (
            *of,
            "received" if arrives else "returned",
            None if amount is None else amount.currency,
            None if amount is None else amount.minor,
            utc_text(moment),
        )
        return [(_END, [row])]
    assert isinstance(item, Send | AmendSending)
    says = item.sending
    row = (
        says.pocket,
        says.channel.value,
        says.purpose.value,
        says.sent.currency,
        says.sent.minor,
        says.fee.minor,
        None if says.arrives is None else says.arrives.currency,
        None if says.arrives is None else says.arrives.minor,
        None if says.mid_rate is None else format(says.mid_rate, "f"),
        says.mid_source,
        None if says.mid_date is None else says.mid_date.isoformat(),
        utc_text(moment),
    )
    return [(_SENT, [row])]
