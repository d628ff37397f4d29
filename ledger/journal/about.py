"""Decide requests about earlier entries: capture, release, expire, reverse, amend.

The earlier entry was loaded with the batch, or stands earlier in it; what is left of it is kept
up as items are decided.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from ledger.journal import canonical, intents, rules
from ledger.journal.outcomes import NO_FACTS, Code, Outcome
from ledger.journal.placing import (
    Result,
    accept,
    amounts_of,
    atomically,
    legs_of,
    place,
    trading_code,
)
from ledger.journal.rebuild import TRADING_LINES
from ledger.journal.rules import Refusal
from ledger.journal.state import (
    DERIVED,
    POSTED,
    RELEASED,
    Batch,
    BookAtWork,
    Leg,
    Request,
    TargetAtWork,
)


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
    taken = asked if type(asked) is dict else target.remaining
    posted: list[Leg] = []
    freed: list[Leg] = []
    exceeds: Refusal | None = None
    left = dict(target.remaining)
    for account, debit, _layer, _amount, line in target.legs:
        here = taken.get(line, 0)
        if here > target.remaining[line]:
            exceeds = Code.EXCEEDS_HOLD, {"line": line, "left": target.remaining[line]}
        if here:
            posted.append((account, debit, POSTED, here, line))
        gone = here if intent.keep_rest else target.remaining[line]
        if gone:
            freed.append((account, debit, RELEASED, gone, line))
        left[line] -= gone
    doubt = other_currency(intent.lines, target) or rules.balanced(posted) or exceeds
    legs, flags = posted + freed, canonical.option_flags(intent)
    result = place(batch, book, request, legs, target=target, flags=flags, doubt=doubt)
    return _settle(batch, book, target, left, result)


def release(batch: Batch, book: BookAtWork, request: Request) -> Result:
    """Decide to give a hold back; for `expire`, only once it is past due.

    No limit and no frozen account refuses it; its date is an entry's as any other.
    """
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
    day = rules.effective_date(book, intent.effective_date.isoformat())
    if type(day) is not str:
        return day  # type: ignore[return-value]
    freed: list[Leg] = [
        (account, debit, RELEASED, target.remaining[line], line)
        for account, debit, _layer, _amount, line in target.legs
        if target.remaining[line]
    ]
    rules.apply(freed, day)
    if due:
        move_expired(batch, freed, -1)
    result = accept(batch, book, request, freed, day, target=target)
    return _settle(batch, book, target, dict.fromkeys(target.remaining, 0), result)


def move_expired(batch: Batch, held: Sequence[Leg], sign: int) -> None:
    """Keep count of what is held past due, on accounts where it matters."""
    _move_expired(held, sign)
    if batch.undo is not None:
        batch.undo.append(lambda: _move_expired(held, -sign))


def _move_expired(freed: Sequence[Leg], sign: int) -> None:
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
    was, used = target.remaining, batch.holds_used
    target.remaining = left
    changed = [(book.id, target.seq, line) for line in left if left[line] != was[line]]
    before = {key: used.get(key) for key in changed}
    for key in changed:
        used[key] = left[key[2]]
    if batch.undo is not None:

        def take_back() -> None:
            target.remaining = was
            for key, amount in before.items():
                # A hold taken back with its bundle has no row: its number is given again.
                if amount is None:
                    del used[key]
                else:
                    used[key] = amount

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


def other_currency(lines: Sequence[intents.Line] | None, target: TargetAtWork) -> Refusal | None:
    """Refuse parts that name a currency which is not that of their line."""
    accounts = {leg[4]: leg[0] for leg in target.legs}
    for part in lines or ():
        account = accounts.get(part.line)
        if account is not None and part.currency not in (None, account.currency):
            facts = {"line": part.line, "account": account.code, "currency": account.currency}
            return Code.CURRENCY_MISMATCH, facts
    return None


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
    legs, refusal = _mirror(target, asked)  # type: ignore[arg-type]
    if not legs:
        assert refusal is not None
        return refusal
    doubt = other_currency(intent.lines, target) or rules.balanced(legs)
    doubt = doubt or (None if asked is None else _off_rate(target, legs)) or refusal
    flags = canonical.option_flags(intent)
    result = place(batch, book, request, legs, target=target, flags=flags, doubt=doubt)
    if type(result) is Outcome:
        _note_reversed(batch, target, legs)
    return result


def _mirror(target: TargetAtWork, asked: dict[int, int] | None) -> tuple[list[Leg], Refusal | None]:
    """Turn round what is left of an entry, or the lines asked for.

    Answers the lines and whether they exceed what is left; no lines where nothing can be reversed.
    """
    reversible = target.verb in _REVERSIBLE
    original = {leg[4]: leg for leg in target.legs if leg[2] == POSTED or not reversible}
    if (refusal := _unknown_line(asked, dict.fromkeys(original, 0))) is not None:
        return [], refusal
    if not reversible:
        return [], (Code.NOT_REVERSIBLE, {"verb": target.verb})
    left = {line: leg[3] - target.reversed.get(line, 0) for line, leg in original.items()}
    if not any(left.values()):
        return [], (Code.ALREADY_REVERSED, NO_FACTS)
    legs: list[Leg] = []
    exceeds: Refusal | None = None
    for line, amount in (left if asked is None else asked).items():
        account, debit, _layer, _amount, _line = original[line]
        if amount > left[line]:
            exceeds = exceeds or (Code.EXCEEDS_ORIGINAL, {"line": line, "left": left[line]})
        if amount:
            legs.append((account, not debit, POSTED, amount, line))
    return legs, exceeds


def _off_rate(target: TargetAtWork, legs: Sequence[Leg]) -> Refusal | None:
    """Refuse to take back parts of an exchange at another rate than its own.

    One half taken back alone would leave what was given and what was got both gone. The parts may
    be off by less than one minor unit of the finer currency.
    """
    traded = [leg for leg in target.legs if leg[2] == POSTED][-TRADING_LINES:]
    codes = {leg[0].code for leg in traded}
    if len(codes) < TRADING_LINES or codes != {
        trading_code(leg[0].currency, leg[0].fund) for leg in traded
    }:
        return None
    (one, first), (other, second) = ((leg[3], leg[4]) for leg in traded)
    back = {leg[4]: leg[3] for leg in legs}
    parts = back.get(first, 0), back.get(second, 0)
    off = abs(parts[0] * other - parts[1] * one)
    if bool(parts[0]) == bool(parts[1]) and off < min(one, other):
        return None
    return Code.EXCHANGE_NOT_TWO_CURRENCIES, {"sold": one, "bought": other}


def _note_reversed(batch: Batch, target: TargetAtWork, legs: Sequence[Leg]) -> None:
    """Note what is now reversed of an entry."""
    was = target.reversed
    target.reversed = dict(was)
    for leg in legs:
        target.reversed[leg[4]] = was.get(leg[4], 0) + leg[3]
    if batch.undo is not None:
        batch.undo.append(lambda: setattr(target, "reversed", was))


def amend(batch: Batch, book: BookAtWork, request: Request) -> Result:
    """Decide to replace an entry: its reversal and the new lines, or neither."""
    intent = request.intent
    assert isinstance(intent, intents.Amend)
    if (book.id, canonical.amendment_id(intent.id)) in batch.known:
        # Somebody took the id that the reversal would get; only on purpose, for it is a hash.
        return Code.EXISTS_WITH_DIFFERENT_VERB, NO_FACTS
    legs, _simple = legs_of(request, intent.postings, POSTED)
    target = batch.targets.get((book.id, intent.entry_id))
    if type(legs) is tuple and legs[0] is not Code.ACCOUNT_NOT_FOUND:
        return legs
    if target is None:
        return Code.ENTRY_NOT_FOUND, NO_FACTS
    if type(legs) is tuple:
        return legs
    gone, refusal = _mirror(target, None)
    if refusal is not None:
        return refusal
    return atomically(batch, lambda: _replace(batch, book, request, target, gone, legs))  # type: ignore[arg-type]


def _replace(
    batch: Batch,
    book: BookAtWork,
    request: Request,
    target: TargetAtWork,
    gone: list[Leg],
    legs: list[Leg],
) -> Result:
    """Place both parts of an amendment as one: limits look at what it changes altogether."""
    intent = request.intent
    assert isinstance(intent, intents.Amend)
    if (refusal := rules.account_state([*gone, *legs])) is not None:
        return refusal
    then = rules.effective_date(book, target.effective_date)
    day = rules.effective_date(book, intent.effective_date.isoformat())
    for found in (then, day):
        if type(found) is not str:
            return found  # type: ignore[return-value]
    assert type(then) is str
    assert type(day) is str
    asked = list(legs)
    sold = amounts_of(batch, book, request, legs, intent.exchange)
    if sold is not None and type(sold[0]) is Code:
        return sold  # type: ignore[return-value]
    if (refusal := rules.purposes(book, intent, asked, day, batch.purposes)) is not None:
        return refusal
    both = [*gone, *legs]
    noted, more = rules.before(both), rules.beyond(legs, gone)
    rules.apply(gone, then)
    rules.apply(legs, day)
    rules.count_flows(book, more, 1)
    refusal = rules.limits(noted) or rules.daily_limits(book, more) or rules.overflow(both)
    if refusal is not None:
        rules.count_flows(book, more, -1)
        rules.unapply(legs, day)
        rules.unapply(gone, then)
        return refusal
    mirror, change_no = request_of_mirror(request, target), book.head_change_no + 1
    accept(batch, book, mirror, gone, then, target=target, flags=DERIVED, change_no=change_no)
    _note_reversed(batch, target, gone)
    return accept(
        batch,
        book,
        request,
        legs,
        day,
        amends=target.seq,
        sold=sold,  # type: ignore[arg-type]
        counted=more,
    )


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
        refs=(),
        accounts=[],
        content=content,
        intent_hash=canonical.digest(content),
        commitments={},
        texts={},
    )
