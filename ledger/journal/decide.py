"""Decide a batch: item by item, in the order sent, on the working set loaded under the locks.

Pure: everything it reads was loaded, everything it changes is in the batch. A refusal leaves
the counters as it found them. Items that follow each other with one bundle id are decided
together; the first that is refused takes the others back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from ledger.journal import about, canonical, intents, verbs
from ledger.journal.outcomes import NO_FACTS, NOT_STORED, Code, Outcome
from ledger.journal.rules import Refusal
from ledger.journal.state import Batch, BookAtWork, Known, Refused, Request


@dataclass(slots=True)
class Item:
    """An intent as sent, and either the request made ready from it or why it could not be read.

    `refs` are the accounts as it names them; `ahead` its bytes and their hash, where those need
    nothing from the books.
    """

    intent: intents.Intent
    actor: str
    refs: Sequence[intents.AccountRef] = ()
    ahead: tuple[bytes, bytes] | None = None
    request: Request | None = None
    unreadable: Outcome | None = None


def decide(batch: Batch, items: Sequence[Item]) -> list[Outcome]:
    """Decide every item; outcomes stand in the order of the items."""
    outcomes: list[Outcome] = []
    at, count = 0, len(items)
    while at < count:
        bundle = items[at].intent.bundle
        end = at + 1
        if bundle is not None:
            while end < count and items[end].intent.bundle == bundle:
                end += 1
        if end - at == 1:
            outcomes.append(_one(batch, items[at]))
        else:
            outcomes += _chain(batch, items[at:end])
        at = end
    return outcomes


def _one(batch: Batch, item: Item) -> Outcome:
    """Decide one item on its own; a refusal by state is noted for storing."""
    request = item.request
    if request is None:
        assert item.unreadable is not None
        return item.unreadable
    book = batch.books[item.intent.book_id]
    known = batch.known.get((book.id, item.intent.id))
    if known is not None:
        return _again(batch, _complete(batch, request), known)
    result = verbs.DECIDERS[type(item.intent)](batch, book, request)
    if type(result) is Outcome:
        return result
    if result[0] is Code.ACCOUNT_NOT_FOUND:
        complete = _complete(batch, request)
        if complete is not request:
            item.request = complete
            return _one(batch, item)
    return _refuse(batch, book, request, result)  # type: ignore[arg-type]


def _complete(batch: Batch, request: Request) -> Request:
    """Give a request the accounts that an item before it has opened (trading accounts)."""
    refs = request.refs
    accounts = [
        account or batch.account(request.intent.book_id, ref)
        for account, ref in zip(request.accounts, refs, strict=True)
    ]
    if accounts == request.accounts:
        return request
    numbers = [
        ref if account is None else account.no for account, ref in zip(accounts, refs, strict=True)
    ]
    content = canonical.intent_bytes(request.intent, numbers, request.commitments)
    return replace(
        request, accounts=accounts, content=content, intent_hash=canonical.digest(content)
    )


def _refuse(batch: Batch, book: BookAtWork, request: Request, refusal: Refusal) -> Outcome:
    code, facts = refusal
    intent = request.intent
    if code not in NOT_STORED:
        batch.refused.append(Refused(request, book, code, facts))
        batch.known[(book.id, intent.id)] = Known(
            as_sent(request), request.intent_hash, refusal=code, facts=facts
        )
    return Outcome(code, intent.book_id, intent.id, facts=facts)


def as_sent(request: Request) -> bytes:
    """Write a request with its accounts as they were named: what a stored refusal is compared by.

    An account that did not exist when the request was refused may exist when it is repeated;
    by number the two would differ.
    """
    return canonical.intent_bytes(request.intent, request.refs, request.commitments)


def _again(batch: Batch, request: Request, known: Known) -> Outcome:
    """Answer a request whose id is taken, also one whose parts name another currency.

    The bytes of a request have no currency for its parts: that of the earlier entry is meant.
    """
    intent = request.intent
    outcome = repeat(request, known)
    if isinstance(intent, intents.Capture | intents.Reverse) and (
        outcome.code is Code.EXISTS or outcome.replayed
    ):
        about_id = intent.hold_id if isinstance(intent, intents.Capture) else intent.entry_id
        target = batch.targets.get((intent.book_id, about_id))
        if target is not None and about.other_currency(intent.lines, target) is not None:
            return Outcome(Code.EXISTS_WITH_DIFFERENT_AMOUNT, intent.book_id, intent.id)
    return outcome


def repeat(request: Request, known: Known) -> Outcome:
    """Answer a request whose id is taken: the first result, or how it differs."""
    intent = request.intent
    if known.refusal is not None:
        asked = as_sent(request)
        same = known.content == asked
    else:
        asked = request.content
        same = known.intent_hash == request.intent_hash
    if not same:
        assert known.content is not None
        code = canonical.first_difference(known.content, asked)
        assert code is not None
        return Outcome(code, intent.book_id, intent.id)
    if known.refusal is not None:
        facts = known.facts or NO_FACTS
        return Outcome(known.refusal, intent.book_id, intent.id, facts=facts, replayed=True)
    return Outcome(
        Code.EXISTS,
        intent.book_id,
        intent.id,
        seq=known.seq,
        change_no=known.change_no,
        effective_date=date.fromisoformat(known.effective_date),
        recorded_at=known.recorded_at,
    )


def _chain(batch: Batch, items: Sequence[Item]) -> list[Outcome]:
    """Decide a bundle: all of it, or none of it."""
    if _crosses_tenants(batch, items):
        return [_answer(item, Code.BUNDLE_CROSSES_TENANTS) for item in items]
    early = [_early(batch, item) for item in items]
    culprit = next((at for at, found in enumerate(early) if found and not found.accepted), None)
    if culprit is not None:
        return [
            found if found and (at == culprit or found.accepted) else _linked_failed(item)
            for at, (found, item) in enumerate(zip(early, items, strict=True))
        ]
    if all(early):
        return [found for found in early if found]
    if any(early):
        return [_answer(item, Code.BUNDLE_DIFFERS) for item in items]
    return _together(batch, items)


def _crosses_tenants(batch: Batch, items: Sequence[Item]) -> bool:
    """Tell whether items that can all be read are of several operators."""
    if any(item.request is None for item in items):
        return False
    return len({batch.books[item.intent.book_id].tenant_id for item in items}) > 1


def _early(batch: Batch, item: Item) -> Outcome | None:
    """Tell what is known of an item before anything of its bundle is decided."""
    if item.request is None:
        return item.unreadable
    known = batch.known.get((item.intent.book_id, item.intent.id))
    return None if known is None else _again(batch, item.request, known)


def _together(batch: Batch, items: Sequence[Item]) -> list[Outcome]:
    """Decide items that are all new; at the first refusal take everything back."""
    outer, batch.undo = batch.undo, []
    outcomes: list[Outcome] = []
    for item in items:
        outcome = _one(batch, item)
        outcomes.append(outcome)
        if not outcome.accepted:
            break
    steps, batch.undo = batch.undo, outer
    if outcomes[-1].accepted:
        return outcomes
    for step in reversed(steps):
        step()
    culprit = len(outcomes) - 1
    return [
        outcomes[culprit] if at == culprit else _linked_failed(item)
        for at, item in enumerate(items)
    ]


def _linked_failed(item: Item) -> Outcome:
    return _answer(item, Code.LINKED_FAILED)


def _answer(item: Item, code: Code) -> Outcome:
    return Outcome(code, item.intent.book_id, item.intent.id)


def scattered(sent: Sequence[intents.Intent]) -> set[int]:
    """Find all items of bundles that another item interrupts: they do not stand together."""
    seen: set[bytes] = set()
    torn: set[bytes] = set()
    previous: bytes | None = None
    for intent in sent:
        bundle = intent.bundle if type(intent.bundle) is bytes else None
        if bundle is not None and bundle != previous:
            (torn if bundle in seen else seen).add(bundle)
        previous = bundle
    if not torn:
        return set()
    bundles = [intent.bundle if type(intent.bundle) is bytes else b"" for intent in sent]
    return {at for at, bundle in enumerate(bundles) if bundle in torn}
