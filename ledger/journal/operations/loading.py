"""Lock the books of a batch and load all it touches: three round trips at most, usually one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.journal import canonical, decide, intents, keyring, queries, shape
from ledger.journal.decide import Item
from ledger.journal.intents import Intent
from ledger.journal.operations import subject_keys
from ledger.journal.outcomes import Code, Outcome
from ledger.journal.placing import trading_code
from ledger.journal.state import Batch, Known, Request


@dataclass(slots=True)
class _Named:
    """What the intents of a batch name."""

    numbers: set[queries.Key] = field(default_factory=set)
    codes: set[tuple[int, str]] = field(default_factory=set)
    wanted: set[queries.IdKey] = field(default_factory=set)


def load(session: Session, batch: Batch, items: Sequence[Item], recorded_at: datetime) -> None:
    """Read every request, lock the books, load what is touched; make every request ready.

    What cannot be read, or names a book that does not exist, gets its outcome here. Requests are
    read and hashed while PostgreSQL looks up what they name.
    """
    placed = [item.intent for item in items if shape.is_placed(item.intent)]
    ids = _ids(placed)
    batch.repeats = len(set(ids)) < len(ids)
    with bulk.together(session):
        books = queries.ask_books(session, {intent.book_id for intent in placed})
        known = queries.ask_known(session, sorted(set(ids)))
        _read(items)
        readable = [item for item in items if item.unreadable is None]
        named = _names(readable)
        accounts = queries.ask_accounts(session, named.numbers, named.codes)
        _hash_ahead(readable)
    batch.wanted = named.wanted
    batch.books = queries.make_books(books, recorded_at)
    batch.known = queries.make_known(known)
    queries.add_accounts(batch, accounts)
    found = None
    if named.wanted:
        found = queries.target_rows(session, sorted(named.wanted))
        named.numbers |= {(row[0], row[2]) for row in found[1]}
    for item in readable:
        if item.intent.book_id not in batch.books:
            item.unreadable = _answer(item.intent, Code.BOOK_NOT_FOUND)
    readable = [item for item in readable if item.unreadable is None]
    named.codes |= _trading_codes(batch, readable)
    queries.complete_accounts(session, batch, named.numbers, named.codes)
    if found is not None:
        queries.make_targets(batch, found)
    _make_ready(session, batch, readable)
    _load_rest(session, batch, readable)


def _answer(intent: Intent, code: Code) -> Outcome:
    return Outcome(code, intent.book_id, intent.id)


def _ids(intents_: Sequence[Intent]) -> list[queries.IdKey]:
    """List the ids that intents claim, with those that amendments derive from their own."""
    ids = [(intent.book_id, intent.id) for intent in intents_]
    ids += [
        (intent.book_id, canonical.amendment_id(intent.id))
        for intent in intents_
        if type(intent) is intents.Amend
    ]
    return ids


def _read(items: Sequence[Item]) -> None:
    """Read every request on its own; what cannot be read has its outcome already."""
    for item in items:
        intent = item.intent
        problem = shape.problem(intent, item.actor)
        if problem is not None:
            item.unreadable = Outcome(problem[0], intent.book_id, intent.id, facts=problem[1])
    for at in decide.scattered([item.intent for item in items]):
        items[at].unreadable = items[at].unreadable or _answer(
            items[at].intent, Code.BUNDLE_SCATTERED
        )


def _names(items: Sequence[Item]) -> _Named:
    """Collect the accounts and earlier entries that intents name."""
    named = _Named()
    numbers, codes = named.numbers, named.codes
    for item in items:
        intent = item.intent
        book_id = intent.book_id
        item.refs = refs = _named_accounts(intent)
        for ref in refs:
            if type(ref) is int:
                numbers.add((book_id, ref))
            else:
                codes.add((book_id, ref))  # type: ignore[arg-type]
        if type(intent) is intents.Post:
            continue
        if isinstance(intent, intents.Reverse | intents.Amend):
            named.wanted.add((book_id, intent.entry_id))
        elif isinstance(intent, intents.Capture | intents.Release | intents.Expire):
            named.wanted.add((book_id, intent.hold_id))
    return named


_CROSSING = frozenset({intents.Post, intents.Amend})


def _trading_codes(batch: Batch, readable: Sequence[Item]) -> set[tuple[int, str]]:
    """Name the trading accounts that exchanges will pass through."""
    codes: set[tuple[int, str]] = set()
    for item in readable:
        intent = item.intent
        if type(intent) not in _CROSSING or intent.exchange is None:  # type: ignore[attr-defined]
            continue
        for posting in intent.postings:  # type: ignore[attr-defined]
            unit = queries.unit_of(batch, intent.book_id, posting.account)
            if unit is not None:
                codes.add((intent.book_id, trading_code(*unit)))
    return codes


def _hash_ahead(items: Sequence[Item]) -> None:
    """Hash what needs nothing from the books, while PostgreSQL looks up the rest.

    Those are requests without texts that name their accounts by number.
    """
    for item in items:
        if not _has_text(item.intent) and str not in map(type, item.refs):
            content = canonical.intent_bytes(item.intent, item.refs, _NO_COMMITMENTS)
            item.ahead = content, canonical.digest(content)


def _make_ready(session: Session, batch: Batch, items: Sequence[Item]) -> None:
    """Resolve accounts, commit to texts and hash each request."""
    secrets, stored = _secrets(session, items), _stored_commitments(session, batch, items)
    changed: list[tuple[int, Known]] = []
    by_no, by_code = batch.accounts, batch.codes
    for item in items:
        intent = item.intent
        book_id = intent.book_id
        accounts = [
            by_no.get((book_id, ref)) if type(ref) is int else by_code.get((book_id, ref))  # type: ignore[arg-type]
            for ref in item.refs
        ]
        texts, commitments = _NO_TEXTS, _NO_COMMITMENTS
        if _has_text(intent):
            texts, commitments = shape.texts(intent), {}
            keys = secrets[(book_id, intent.subject)]
            kept = stored.get((book_id, intent.id))
            if keys is None and kept is None:
                item.unreadable = _answer(intent, Code.SUBJECT_ERASED)
                continue
            for name, text in texts.items():
                commitments[name] = (
                    (kept or {}).get(name, b"")
                    if keys is None
                    else canonical.commitment(keys.salt_key, book_id, intent.id, name, text)
                )
        if item.ahead is None:
            refs = [
                ref if account is None else account.no
                for ref, account in zip(item.refs, accounts, strict=True)
            ]
            content = canonical.intent_bytes(intent, refs, commitments)
            intent_hash = canonical.digest(content)
        else:
            content, intent_hash = item.ahead
        item.request = Request(
            intent, item.actor, item.refs, accounts, content, intent_hash, commitments, texts
        )
        known = batch.known.get((book_id, intent.id))
        if known is not None and known.refusal is None and known.intent_hash != intent_hash:
            changed.append((book_id, known))
    if changed:
        places = sorted({(book_id, known.seq) for book_id, known in changed})
        contents = queries.stored_contents(session, places)
        for book_id, known in changed:
            known.content = contents[(book_id, known.seq)]


_NO_TEXTS: dict[str, str] = {}
_NO_COMMITMENTS: dict[str, bytes] = {}


def _named_accounts(intent: Intent) -> Sequence[intents.AccountRef]:
    if type(intent) in shape.WITH_POSTINGS:
        return [posting.account for posting in intent.postings]  # type: ignore[attr-defined]
    return (intent.account,) if isinstance(intent, intents.AssertBalance) else ()


def _secrets(
    session: Session, items: Sequence[Item]
) -> dict[tuple[int, str], keyring.TextKeys | None]:
    """Open the keys of the subjects that texts are about; a new subject gets its secret now."""
    wanted = {
        (item.intent.book_id, item.intent.subject) for item in items if _has_text(item.intent)
    }
    return subject_keys.text_keys(session, wanted)


_WITH_REASON = frozenset({intents.Reverse, intents.Amend})


def _has_text(intent: Intent) -> bool:
    if intent.narration is not None or intent.metadata:
        return True
    return type(intent) in _WITH_REASON and intent.reason is not None  # type: ignore[attr-defined]


def _stored_commitments(
    session: Session, batch: Batch, items: Sequence[Item]
) -> dict[queries.IdKey, dict[str, bytes]]:
    """Find the commitments of texts sent before: they stand in for those that were erased."""
    found: dict[queries.IdKey, dict[str, bytes]] = {}
    entries: dict[queries.Key, queries.IdKey] = {}
    for item in items:
        key = (item.intent.book_id, item.intent.id)
        known = batch.known.get(key)
        if known is None or not _has_text(item.intent):
            continue
        if known.content is not None:
            found[key] = canonical.text_commitments(known.content)
        else:
            entries[(key[0], known.seq)] = key
    for place, commitments in queries.text_commitments(session, sorted(entries)).items():
        found[entries[place]] = commitments
    return found


def _load_rest(session: Session, batch: Batch, items: Sequence[Item]) -> None:
    """Load what only some batches need: holds past due, purposes, asserted balances."""
    queries.load_expired_holds(session, batch)
    queries.load_flows(session, batch)
    queries.load_purposes(session, batch)
    asserted = [
        (account.book_id, account.no, item.intent.effective_date.isoformat())
        for item in items
        if item.request is not None and isinstance(item.intent, intents.AssertBalance)
        for account in item.request.accounts
        if account is not None
    ]
    queries.watch_balances(session, batch, asserted)
