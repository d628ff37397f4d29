"""Decide one request of each verb: the table of deciders, and the verbs that stand by themselves.

A decider answers an outcome (accepted) or a refusal, and has then left the batch as it was.
"""

from collections.abc import Callable, Mapping

from ledger.journal import about, intents, rules
from ledger.journal.intents import Intent
from ledger.journal.outcomes import Code, Outcome
from ledger.journal.placing import Result, accept, atomically, legs_of, place
from ledger.journal.state import PENDING, POSTED, AccountAtWork, Batch, BookAtWork, Request


def post(batch: Batch, book: BookAtWork, request: Request) -> Result:
    """Decide an entry."""
    legs, simple = legs_of(request, request.intent.postings, POSTED)  # type: ignore[attr-defined]
    if type(legs) is tuple:
        return legs
    exchange = request.intent.exchange  # type: ignore[attr-defined]
    if exchange is None:
        return place(batch, book, request, legs, simple=simple)  # type: ignore[arg-type]
    return atomically(
        batch,
        lambda: place(batch, book, request, legs, exchange=exchange),  # type: ignore[arg-type]
    )


def reserve(batch: Batch, book: BookAtWork, request: Request) -> Result:
    """Decide a hold."""
    legs, simple = legs_of(request, request.intent.postings, PENDING)  # type: ignore[attr-defined]
    if type(legs) is tuple:
        return legs
    result = place(batch, book, request, legs, simple=simple)  # type: ignore[arg-type]
    until = request.intent.expires_at  # type: ignore[attr-defined]
    if type(result) is Outcome and until is not None and until <= book.recorded_at:
        about.move_expired(batch, legs, 1)  # type: ignore[arg-type]
    return result


def assert_balance(batch: Batch, book: BookAtWork, request: Request) -> Result:
    """Decide whether a balance is what somebody says it is.

    The balance is that of the day asked for, also where the entry itself moves to the first open
    day: a closed period takes no new entry, but what is said of it stays said of it.
    """
    intent = request.intent
    assert isinstance(intent, intents.AssertBalance)
    account = request.accounts[0]
    if account is None:
        return Code.ACCOUNT_NOT_FOUND, {"account": intent.account}
    asked = intent.effective_date.isoformat()
    day = rules.effective_date(book, asked)
    if type(day) is not str:
        return day  # type: ignore[return-value]
    if intent.currency != account.currency:
        facts = {"account": account.code, "currency": account.currency}
        return Code.CURRENCY_MISMATCH, facts
    net = next((int(net) for at, net in account.watched or () if at == asked), None)
    if net is None:
        net = _moved_here(batch, account, asked)
    actual = net if account.debit_normal else -net
    if actual != intent.balance:
        return Code.BALANCE_DIFFERS, {
            "account": account.code,
            "asserted": intent.balance,
            "actual": actual,
        }
    return accept(batch, book, request, [], day)


def _moved_here(batch: Batch, account: AccountAtWork, day: str) -> int:
    """Add up what this batch moved on an account that it opened itself, up to a day."""
    return sum(
        leg[3] if leg[1] else -leg[3]
        for entry in batch.accepted
        if entry.effective_date <= day
        for leg in entry.legs
        if leg[0] is account and leg[2] == POSTED
    )


DECIDERS: Mapping[type[Intent], Callable[[Batch, BookAtWork, Request], Result]] = {
    intents.Post: post,
    intents.Reserve: reserve,
    intents.Capture: about.capture,
    intents.Release: about.release,
    intents.Expire: about.release,
    intents.Reverse: about.reverse,
    intents.Amend: about.amend,
    intents.AssertBalance: assert_balance,
}
