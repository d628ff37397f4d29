"""Sort records: an entry of the same date that moves them from one category to another."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from ledger.dates import MIN_DATE
from ledger.db import bulk
from ledger.db.types import as_utc, utc_text
from ledger.household.records import entries, queries
from ledger.household.records.items import Sort
from ledger.household.records.operations.accounts import Accounts
from ledger.household.records.queries import Asked, Chain, IdKey, Net, SeqKey
from ledger.journal import intents
from ledger.journal.intents import Intent
from ledger.journal.outcomes import NOT_STORED, Code, Facts, Outcome


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sorting becomes: an entry to post, or an answer; and what is to be kept of it."""

    record_id: bytes
    asked: bytes = b""
    intent: Intent | None = None
    answer: Outcome | None = None


def plans(
    session: Session,
    items: Sequence[tuple[int, Sort]],
    chains: Mapping[IdKey, Chain],
    before: Mapping[IdKey, Asked],
    live: Mapping[IdKey, list[tuple[bytes, int]]],
    heads: Mapping[SeqKey, tuple[str, date, str]],
    found: Accounts,
) -> dict[int, Plan]:
    """Plan sortings by their place in the batch.

    A record that is not there is asked of the journal as a reversal: it answers and stores the
    refusal, as it does for every verb. One that is there is never asked so.
    """
    if not items:
        return {}
    known = queries.sorted_before(session, [(item.book_id, item.id) for _, item in items])
    wanted: dict[SeqKey, Sequence[int]] = {}
    for _, item in items:
        chain = chains.get((item.book_id, item.record))
        if chain is not None:
            sorts = live.get((item.book_id, chain.root_id), [])
            wanted[(item.book_id, chain.head_seq)] = [seq for _, seq in sorts]
    nets = queries.nets(session, wanted)
    made: dict[int, Plan] = {}
    for at, item in items:
        key = (item.book_id, item.id)
        chain = chains.get((item.book_id, item.record))
        if key not in known and key in before:
            # An id that was refused for its record, or that another verb has taken.
            made[at] = Plan(item.record, intent=_refused(item, before[key].target or item.record))
        elif chain is None:
            made[at] = Plan(item.record, intent=_refused(item, item.record))
        else:
            net = nets[(item.book_id, chain.head_seq)]
            head = heads[(item.book_id, chain.head_seq)]
            made[at] = _plan(item, chain, net, head, known.get(key), found)
    return made


_SORTED_KINDS = frozenset({"expense", "income"})


def _refused(item: Sort, entry_id: bytes) -> Intent:
    return intents.Reverse(
        book_id=item.book_id,
        id=item.id,
        effective_date=MIN_DATE,
        kind=entries.SORT,
        entry_id=entry_id,
    )


def _plan(
    item: Sort,
    chain: Chain,
    net: Net,
    head: tuple[str, date, str],
    known: bulk.Row | None,
    found: Accounts,
) -> Plan:
    asked = entries.asked_hash(chain.root_id, item.parts)
    if known is not None:
        return Plan(chain.root_id, asked, answer=_again(item, asked, known))
    verb, day, kind = head
    # A wage, a remittance, a debt: what its lines are follows from facts that are kept beside it.
    if verb not in {"post", "amend"} or kind == entries.SORT or kind in entries.WRITTEN:
        return _answered(item, chain, Code.INVALID_REQUEST, {"field": "record"})
    if not net:
        gone = Code.ALREADY_REVERSED if kind in _SORTED_KINDS else Code.INVALID_REQUEST
        return _answered(item, chain, gone, {"field": "record"})
    # Income stands on the credit side: its net is negative.
    sign, role = (-1, "income") if kind == "income" or sum(net.values()) < 0 else (1, "expense")
    target: Net = {}
    for part, (code, currency) in zip(
        item.parts, entries.part_units(item.parts, role), strict=True
    ):
        class_, number = (
            found.class_of(item.book_id, code),
            found.number(item.book_id, code, currency),
        )
        if number is None or class_ != role:
            return _answered(item, chain, Code.ACCOUNT_NOT_FOUND, {"account": code})
        target[(number, currency)] = target.get((number, currency), 0) + sign * part.amount.minor
    postings = entries.sorting(net, target)
    if postings is None:
        return _answered(item, chain, Code.UNBALANCED, {})
    if not postings:
        answer = Outcome(Code.EXISTS, item.book_id, item.id)
        return Plan(chain.root_id, asked, answer=answer)
    intent = intents.Post(
        book_id=item.book_id,
        id=item.id,
        effective_date=day,
        kind=entries.SORT,
        device_time=item.device_time,
        postings=postings,
    )
    return Plan(chain.root_id, asked, intent=intent)


def _answered(item: Sort, chain: Chain, code: Code, facts: Facts) -> Plan:
    return Plan(chain.root_id, answer=Outcome(code, item.book_id, item.id, facts=facts))


def _again(item: Sort, asked: bytes, known: bulk.Row) -> Outcome:
    """Answer a request whose id is taken by a sorting: the first result, or that it differs."""
    _, _, stored, seq, change_no, day, recorded_at, code, facts = known
    book, sort_id = item.book_id, item.id
    if bytes(stored) != asked:
        return Outcome(Code.EXISTS_WITH_DIFFERENT_POSTINGS, book, sort_id)
    if code is not None:
        return Outcome(Code(code), book, sort_id, facts=json.loads(facts), replayed=True)
    if seq is None:
        return Outcome(Code.EXISTS, book, sort_id)
    moment = as_utc(recorded_at)
    return Outcome(Code.EXISTS, book, sort_id, seq, change_no, date.fromisoformat(day), moment)


def keep(session: Session, answered: Iterable[tuple[Plan, Outcome]], recorded_at: datetime) -> None:
    """Keep what was asked of sortings that were answered for good, each once."""
    rows: dict[IdKey, bulk.Row] = {}
    for plan, outcome in answered:
        new = outcome.code is Code.EXISTS and plan.intent is None and outcome.seq is None
        refused = outcome.code not in NOT_STORED and not outcome.accepted and not outcome.replayed
        if plan.asked and (outcome.code is Code.POSTED or new or refused):
            key = (outcome.book_id, outcome.id)
            rows[key] = (*key, plan.record_id, outcome.seq, plan.asked, utc_text(recorded_at))
    keys, columns = ("book_id", "id"), ("record_id", "seq", "asked", "recorded_at")
    types = ("bigint", "bytea", "bytea", "bigint", "bytea", "timestamptz")
    bulk.add_rows(session, "sorting", keys, columns, types, list(rows.values()), keep=True)
