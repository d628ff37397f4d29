"""Decide one request of each verb: post, reserve, capture, release, expire, reverse, amend, assert.

A decider answers an outcome (accepted) or a refusal, and has then left the batch as it was.
Checks keep the order of `outcomes.Code`: what is not found, then states, amounts, balances.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from ledger.books import opening
from ledger.books.classes import AccountClass, Side
from ledger.journal import canonical, intents, rules, shape
from ledger.journal.intents import Intent
from ledger.journal.outcomes import NO_FACTS, Code, Outcome
from ledger.journal.rules import Refusal
from ledger.journal.state import (
    DERIVED,
    PENDING,
    POSTED,
    RELEASED,
    Accepted,
    AccountAtWork,
    Batch,
    BookAtWork,
    Known,
    Leg,
    Request,
    TargetAtWork,
    unopened,
)

Result = Outcome | Refusal
_CREDIT = Side.CREDIT


def post(batch: Batch, book: BookAtWork, request: Request) -> Result:
    """Decide an entry."""
    legs, simple = _legs(request, request.intent.postings, POSTED)  # type: ignore[attr-defined]
    if type(legs) is tuple:
        return legs
    exchange = request.intent.exchange  # type: ignore[attr-defined]
    if exchange is None:
        return _place(batch, book, request, legs, simple=simple)  # type: ignore[arg-type]
    return _atomically(
        batch,
        lambda: _place(batch, book, request, legs, exchange=exchange),  # type: ignore[arg-type]
    )


def reserve(batch: Batch, book: BookAtWork, request: Request) -> Result:
    """Decide a hold."""
    legs, simple = _legs(request, request.intent.postings, PENDING)  # type: ignore[attr-defined]
    if type(legs) is tuple:
        return legs
    return _place(batch, book, request, legs, simple=simple)  # type: ignore[arg-type]


def _legs(
    request: Request, postings: Sequence[intents.Posting], layer: int
) -> tuple[list[Leg] | Refusal, bool]:
    """Match the lines asked for with their accounts.

    Also tells whether the entry is simple: it balances in one currency, and none of its
    accounts has a rule that could refuse it. Most entries are, and skip those checks.
    """
    count = len(postings)
    if count < 2:
        return (Code.NO_POSTINGS, NO_FACTS), False
    if count > shape.MAX_POSTINGS:
        return (Code.TOO_MANY_POSTINGS, {"most": shape.MAX_POSTINGS}), False
    legs: list[Leg] = []
    line = total = 0
    accounts = request.accounts
    first = accounts[0]
    missing = None
    simple, moves = True, False
    for posting in postings:
        account = accounts[line]
        line += 1
        amount = posting.amount
        if amount <= 0:
            return (Code.AMOUNT_NOT_POSITIVE, {"line": line}), False
        if account is None or first is None:
            missing = missing or (posting.account if account is None else None)
            continue
        debit = posting.side is not _CREDIT
        legs.append((account, debit, layer, amount, line))
        total += amount if debit else -amount
        moves = moves or account is not first
        currency = account.currency
        if not account.plain or posting.currency != currency or currency != first.currency:
            simple = False
    if missing is not None:
        return (Code.ACCOUNT_NOT_FOUND, {"account": missing}), False
    if not moves:
        return (Code.SELF_TRANSFER, {"account": legs[0][0].code}), False
    return legs, simple and total == 0


def _place(
    batch: Batch,
    book: BookAtWork,
    request: Request,
    legs: list[Leg],
    *,
    exchange: intents.Exchange | None = None,
    target: TargetAtWork | None = None,
    amends: int | None = None,
    flags: int = 0,
    change_no: int | None = None,
    simple: bool = False,
) -> Result:
    """Check states, dates, amounts, purposes and limits of lines, and accept them."""
    intent = request.intent
    if not simple and (refusal := rules.account_state(legs)) is not None:
        return refusal
    day = intent.effective_date.isoformat()
    if day > book.latest_date or book.closed_through is not None:
        found = rules.effective_date(book, day)
        if type(found) is not str:
            return found  # type: ignore[return-value]
        day = found
    flow = type(intent) is not intents.Capture
    sold = None
    noted: Sequence[rules.Available] = ()
    if not simple:
        amounts = _amounts(batch, book, request, legs, exchange)
        if amounts is not None and type(amounts[0]) is Code:
            return amounts  # type: ignore[return-value]
        sold = amounts
        if (refusal := rules.purposes(book, intent, legs, day, batch.purposes)) is not None:
            return refusal
        noted = rules.before(legs)
    rules.apply(book, legs, day, flow=flow)
    refusal = None if simple else rules.limits(noted) or rules.daily_limits(book, legs)
    refusal = refusal or rules.overflow(legs)
    if refusal is not None:
        rules.unapply(book, legs, day, flow=flow)
        return refusal
    return _accept(
        batch,
        book,
        request,
        legs,
        day,
        target=target,
        amends=amends,
        flags=flags,
        change_no=change_no,
        sold=sold,  # type: ignore[arg-type]
    )


def _amounts(
    batch: Batch,
    book: BookAtWork,
    request: Request,
    legs: list[Leg],
    exchange: intents.Exchange | None,
) -> tuple[str, int, str, int] | Refusal | None:
    """Check currencies and balance; for an exchange, append its trading lines first.

    Answers what was sold and bought, nothing, or a refusal.
    """
    intent = request.intent
    if type(intent) not in shape.WITH_POSTINGS:
        return None
    refusal = _currencies(intent.postings, legs)  # type: ignore[attr-defined]
    if refusal is not None:
        return refusal
    sold = None
    if exchange is not None:
        sold = _cross(batch, book, legs)
        if type(sold[0]) is Code:
            return sold
    return rules.balanced(legs) or sold


def _currencies(postings: Sequence[intents.Posting], legs: Sequence[Leg]) -> Refusal | None:
    for posting, leg in zip(postings, legs, strict=False):
        if posting.currency != leg[0].currency:
            return Code.CURRENCY_MISMATCH, {
                "line": leg[4],
                "account": leg[0].code,
                "currency": leg[0].currency,
            }
    return None


def _accept(
    batch: Batch,
    book: BookAtWork,
    request: Request,
    legs: list[Leg],
    day: str,
    *,
    target: TargetAtWork | None = None,
    amends: int | None = None,
    flags: int = 0,
    change_no: int | None = None,
    sold: tuple[str, int, str, int] | None = None,
) -> Outcome:
    """Number an entry and put it among those that will be written."""
    intent = request.intent
    key = (book.id, intent.id)
    if batch.undo is not None:
        _remember(batch, book, request, legs, day, key)
    book.head_seq += 1
    book.touched = True
    if change_no is None:
        book.head_change_no += 1
        change_no = book.head_change_no
    entry = Accepted(
        request,
        book,
        book.head_seq,
        change_no,
        canonical.VERBS[type(intent)],
        day,
        legs,
        flags,
        None if target is None else target.seq,
        amends,
        sold,
    )
    batch.accepted.append(entry)
    batch.known[key] = Known(
        request.content, request.intent_hash, entry.seq, change_no, day, book.recorded_at
    )
    if key in batch.wanted:
        batch.targets[key] = _as_target(entry)
    asked = intent.effective_date
    final = asked if book.closed_through is None else date.fromisoformat(day)
    return Outcome(
        Code.POSTED, book.id, intent.id, entry.seq, change_no, final, book.recorded_at, NO_FACTS
    )


def _remember(
    batch: Batch,
    book: BookAtWork,
    request: Request,
    legs: list[Leg],
    day: str,
    key: tuple[int, bytes],
) -> None:
    """Note how to take an entry of a bundle back."""
    assert batch.undo is not None
    heads = (book.head_seq, book.head_change_no)
    flow = not isinstance(request.intent, intents.Capture)

    def take_back() -> None:
        rules.unapply(book, legs, day, flow=flow)
        book.head_seq, book.head_change_no = heads
        batch.accepted.pop()
        del batch.known[key]
        batch.targets.pop(key, None)

    batch.undo.append(take_back)


def _as_target(entry: Accepted) -> TargetAtWork:
    """Describe an entry of this batch to a later item that is about it."""
    target = TargetAtWork(entry.seq, entry.verb, entry.effective_date, entry.legs)
    if isinstance(entry.request.intent, intents.Reserve):
        target.expires_at = entry.request.intent.expires_at
        target.remaining = {leg[4]: leg[3] for leg in entry.legs}
    return target


def _cross(batch: Batch, book: BookAtWork, legs: list[Leg]) -> tuple[str, int, str, int] | Refusal:
    """Append the lines on the trading accounts, and give what was sold and bought."""
    open_units = [(unit, total) for unit, total in rules.sums(legs).items() if total]
    open_units.sort(key=lambda pair: pair[1])
    if (
        len(open_units) != 2
        or open_units[0][1] > 0
        or open_units[1][1] < 0
        or open_units[0][0][0] == open_units[1][0][0]
        or open_units[0][0][1] != open_units[1][0][1]
    ):
        return Code.EXCHANGE_NOT_TWO_CURRENCIES, {"open": len(open_units)}
    ((sold_currency, fund), sold), ((bought_currency, _), bought) = open_units
    for currency, total in ((sold_currency, sold), (bought_currency, bought)):
        account = _trading_account(batch, book, currency, fund)
        legs.append((account, total < 0, legs[0][2], abs(total), len(legs) + 1))
    return sold_currency, -sold, bought_currency, bought


def trading_code(currency: str, fund: str | None) -> str:
    """Name the trading account of a currency (and fund): equity, opened on first use."""
    code = f"{opening.TRADING}:{currency.lower()}"
    return code if fund is None else f"{code}:{fund}"


def _trading_account(
    batch: Batch, book: BookAtWork, currency: str, fund: str | None
) -> AccountAtWork:
    code = trading_code(currency, fund)
    account = batch.codes.get((book.id, code))
    if account is None:
        account = unopened(
            book.id, book.next_account_no, code, AccountClass.EQUITY, currency, fund=fund
        )
        book.next_account_no += 1
        batch.codes[(book.id, code)] = account
        batch.accounts[(book.id, account.no)] = account
        assert batch.undo is not None
        batch.undo.append(lambda: _forget(batch, book, account))
    return account


def _forget(batch: Batch, book: BookAtWork, account: AccountAtWork) -> None:
    """Give back the number of an account whose first entry was refused."""
    book.next_account_no -= 1
    del batch.codes[(book.id, account.code)]
    del batch.accounts[(book.id, account.no)]


def capture(batch: Batch, book: BookAtWork, request: Request) -> Result:
    """Decide to post a hold, whole or in part."""
    intent = request.intent
    assert isinstance(intent, intents.Capture)
    target = batch.targets.get((book.id, intent.hold_id))
    asked = _asked(intent.lines)
    if type(asked) is tuple:
        return asked
    if target is None or target.verb != "reserve":
        return Code.HOLD_NOT_FOUND, NO_FACTS
    if (refusal := _unknown_line(asked, target.remaining)) is not None:  # type: ignore[arg-type]
        return refusal
    if not any(target.remaining.values()):
        return Code.HOLD_CLOSED, NO_FACTS
    if target.expires_at is not None and target.expires_at <= book.recorded_at:
        return Code.HOLD_EXPIRED, {"expires_at": target.expires_at.isoformat()}
    taken: dict[int, int] = dict(target.remaining) if asked is None else asked  # type: ignore[arg-type]
    posted: list[Leg] = []
    freed: list[Leg] = []
    left = dict(target.remaining)
    for account, debit, _layer, _amount, line in target.legs:
        here = taken.get(line, 0)
        if here > target.remaining[line]:
            return Code.EXCEEDS_HOLD, {"line": line, "left": target.remaining[line]}
        if here:
            posted.append((account, debit, POSTED, here, line))
        gone = here if intent.keep_rest else target.remaining[line]
        if gone:
            freed.append((account, debit, RELEASED, gone, line))
        left[line] -= gone
    if (refusal := rules.balanced(posted)) is not None:
        return refusal
    result = _place(batch, book, request, posted + freed, target=target, flags=_flags(intent))
    return _settle(batch, book, target, left, result)


def release(batch: Batch, book: BookAtWork, request: Request) -> Result:
    """Decide to give a hold back; for `expire`, only once it is past due. No limit refuses it."""
    intent = request.intent
    assert isinstance(intent, intents.Release | intents.Expire)
    target = batch.targets.get((book.id, intent.hold_id))
    if target is None or target.verb != "reserve":
        return Code.HOLD_NOT_FOUND, NO_FACTS
    if not any(target.remaining.values()):
        return Code.HOLD_CLOSED, NO_FACTS
    due = target.expires_at is not None and target.expires_at <= book.recorded_at
    if isinstance(intent, intents.Expire) and not due:
        return Code.HOLD_NOT_DUE, NO_FACTS
    freed: list[Leg] = [
        (account, debit, RELEASED, target.remaining[line], line)
        for account, debit, _layer, _amount, line in target.legs
        if target.remaining[line]
    ]
    day = intent.effective_date.isoformat()
    rules.apply(book, freed, day, flow=False)
    if due:
        _move_expired(freed, -1)
        if batch.undo is not None:
            batch.undo.append(lambda: _move_expired(freed, 1))
    result = _accept(batch, book, request, freed, day, target=target)
    return _settle(batch, book, target, dict.fromkeys(target.remaining, 0), result)


def _move_expired(freed: Sequence[Leg], sign: int) -> None:
    """Keep count of what is held past due, on accounts where it matters."""
    for account, debit, _layer, amount, _line in freed:
        if account.floor is None and account.ceiling is None:
            continue
        if debit:
            account.expired_debit += sign * amount
        else:
            account.expired_credit += sign * amount


def _settle(
    batch: Batch, book: BookAtWork, target: TargetAtWork, left: dict[int, int], result: Result
) -> Result:
    """Note what is left of a hold once its capture or release is accepted."""
    if type(result) is not Outcome:
        return result
    was = target.remaining
    target.remaining = left
    changed = [(book.id, target.seq, line) for line in left if left[line] != was[line]]
    for key in changed:
        batch.holds_used[key] = left[key[2]]
    if batch.undo is not None:

        def take_back() -> None:
            target.remaining = was
            for key in changed:
                batch.holds_used[key] = was[key[2]]

        batch.undo.append(take_back)
    return result


def _asked(lines: Sequence[intents.Line] | None) -> dict[int, int] | Refusal | None:
    """Read the lines named by a partial capture or reversal."""
    if lines is None:
        return None
    if not lines:
        return Code.NO_POSTINGS, NO_FACTS
    for line in lines:
        if line.amount <= 0:
            return Code.AMOUNT_NOT_POSITIVE, {"line": line.line}
    asked: dict[int, int] = {}
    for line in sorted(lines, key=lambda line: line.line):
        asked[line.line] = asked.get(line.line, 0) + line.amount
    return asked


def _unknown_line(asked: dict[int, int] | None, lines: Mapping[int, int]) -> Refusal | None:
    for line in asked or ():
        if line not in lines:
            return Code.LINE_NOT_FOUND, {"line": line}
    return None


def _flags(intent: Intent) -> int:
    return canonical.option_flags(intent)


_REVERSIBLE = frozenset({"post", "amend", "capture"})


def reverse(batch: Batch, book: BookAtWork, request: Request) -> Result:
    """Decide to mirror an entry, whole or in part."""
    intent = request.intent
    assert isinstance(intent, intents.Reverse)
    asked = _asked(intent.lines)
    if type(asked) is tuple:
        return asked
    target = batch.targets.get((book.id, intent.entry_id))
    if target is None:
        return Code.ENTRY_NOT_FOUND, NO_FACTS
    return _mirror(batch, book, request, target, asked, flags=_flags(intent))  # type: ignore[arg-type]


def _mirror(
    batch: Batch,
    book: BookAtWork,
    request: Request,
    target: TargetAtWork,
    asked: dict[int, int] | None,
    *,
    flags: int = 0,
    change_no: int | None = None,
) -> Result:
    original = {leg[4]: leg for leg in target.legs if leg[2] == POSTED}
    if target.verb in _REVERSIBLE:
        if (refusal := _unknown_line(asked, {line: 0 for line in original})) is not None:
            return refusal
    else:
        return Code.NOT_REVERSIBLE, {"verb": target.verb}
    left = {line: leg[3] - target.reversed.get(line, 0) for line, leg in original.items()}
    if not any(left.values()):
        return Code.ALREADY_REVERSED, NO_FACTS
    legs: list[Leg] = []
    for line, amount in (left if asked is None else asked).items():
        account, debit, _layer, _amount, _line = original[line]
        if amount > left[line]:
            return Code.EXCEEDS_ORIGINAL, {"line": line, "left": left[line]}
        if amount:
            legs.append((account, not debit, POSTED, amount, line))
    if (refusal := rules.balanced(legs)) is not None:
        return refusal
    result = _place(batch, book, request, legs, target=target, flags=flags, change_no=change_no)
    if type(result) is Outcome:
        was = target.reversed
        gone = {leg[4]: leg[3] for leg in legs}
        target.reversed = {line: was.get(line, 0) + gone.get(line, 0) for line in original}
        if batch.undo is not None:
            batch.undo.append(lambda: setattr(target, "reversed", was))
    return result


def amend(batch: Batch, book: BookAtWork, request: Request) -> Result:
    """Decide to replace an entry: its reversal and the new lines, or neither."""
    intent = request.intent
    assert isinstance(intent, intents.Amend)
    legs, _simple = _legs(request, intent.postings, POSTED)
    target = batch.targets.get((book.id, intent.entry_id))
    if type(legs) is tuple and legs[0] is not Code.ACCOUNT_NOT_FOUND:
        return legs
    if target is None:
        return Code.ENTRY_NOT_FOUND, NO_FACTS
    if type(legs) is tuple:
        return legs
    mirror = request_of_mirror(request, target)
    change_no = book.head_change_no + 1

    def both() -> Result:
        gone = _mirror(batch, book, mirror, target, None, flags=DERIVED, change_no=change_no)
        if type(gone) is not Outcome:
            return gone
        return _place(
            batch,
            book,
            request,
            legs,  # type: ignore[arg-type]
            exchange=intent.exchange,
            amends=target.seq,
        )

    return _atomically(batch, both)


def _atomically(batch: Batch, work: Callable[[], Result]) -> Result:
    """Do work of several steps; where it ends in a refusal, take all of it back."""
    outer, batch.undo = batch.undo, []
    result = work()
    steps, batch.undo = batch.undo, outer
    if type(result) is not Outcome:
        for step in reversed(steps):
            step()
    elif batch.undo is not None:
        batch.undo += steps
    return result


def request_of_mirror(request: Request, target: TargetAtWork) -> Request:
    """Write the request of the reversal that an amendment implies; it bears a derived id."""
    intent = request.intent
    assert isinstance(intent, intents.Amend)
    implied = intents.Reverse(
        book_id=intent.book_id,
        id=canonical.amendment_id(intent.id),
        effective_date=date.fromisoformat(target.effective_date),
        kind=intent.kind,
        bundle=intent.bundle,
        entry_id=intent.entry_id,
    )
    content = canonical.intent_bytes(implied, (), {})
    return replace(
        request,
        intent=implied,
        accounts=[],
        content=content,
        intent_hash=canonical.digest(content),
        commitments={},
        texts={},
    )


def assert_balance(batch: Batch, book: BookAtWork, request: Request) -> Result:
    """Decide whether a balance is what somebody says it is."""
    intent = request.intent
    assert isinstance(intent, intents.AssertBalance)
    account = request.accounts[0]
    if account is None:
        return Code.ACCOUNT_NOT_FOUND, {"account": intent.account}
    if intent.currency != account.currency:
        facts = {"account": account.code, "currency": account.currency}
        return Code.CURRENCY_MISMATCH, facts
    day = intent.effective_date.isoformat()
    net = next(int(net) for at, net in account.watched or () if at == day)
    actual = net if account.debit_normal else -net
    if actual != intent.balance:
        return Code.BALANCE_DIFFERS, {
            "account": account.code,
            "asserted": intent.balance,
            "actual": actual,
        }
    return _accept(batch, book, request, [], day)


DECIDERS: Mapping[type[Intent], Callable[[Batch, BookAtWork, Request], Result]] = {
    intents.Post: post,
    intents.Reserve: reserve,
    intents.Capture: capture,
    intents.Release: release,
    intents.Expire: release,
    intents.Reverse: reverse,
    intents.Amend: amend,
    intents.AssertBalance: assert_balance,
}
