"""The rules an entry must keep: states, dates, amounts, funds and limits.

Each function looks at values and answers None or the first reason to refuse. `apply` and
`unapply` move the counters; a refusal after `apply` takes its changes back.
"""

from collections.abc import Sequence
from datetime import date

from ledger.books.classes import HOLDING, AccountClass
from ledger.journal.intents import Intent, Reverse
from ledger.journal.outcomes import Code, Facts
from ledger.journal.state import (
    MAX_COUNTER,
    PENDING,
    POSTED,
    RELEASED,
    AccountAtWork,
    BookAtWork,
    Leg,
    Purposes,
)

Refusal = tuple[Code, Facts]
Available = tuple[AccountAtWork, int, int]


def account_state(legs: Sequence[Leg]) -> Refusal | None:
    """Refuse closed accounts, then frozen ones, then headings; what is given back is free to go."""
    accounts = [leg[0] for leg in legs if leg[2] != RELEASED]
    for account in accounts:
        if account.state == "closed":
            return Code.ACCOUNT_CLOSED, {"account": account.code}
    for account in accounts:
        if account.state == "frozen":
            return Code.ACCOUNT_FROZEN, {"account": account.code}
    for account in accounts:
        if not account.postable:
            return Code.ACCOUNT_NOT_POSTABLE, {"account": account.code}
    return None


def effective_date(book: BookAtWork, asked: str) -> str | Refusal:
    """Give the date an entry gets: the one asked for, or the first open day of a lenient book."""
    day = asked
    if book.closed_through is not None and asked <= book.closed_through:
        if not book.moves_late or book.first_open_day is None:
            return Code.PERIOD_CLOSED, {"closed_through": book.closed_through}
        day = book.first_open_day
    if day > book.latest_date:
        return Code.DATE_TOO_FAR_AHEAD, {"latest": book.latest_date}
    return day


def sums(legs: Sequence[Leg]) -> dict[tuple[str, str | None], int]:
    """Add up debits less credits per currency and fund, of lines that post or reserve."""
    totals: dict[tuple[str, str | None], int] = {}
    for account, debit, _layer, amount, _line in legs:
        unit = (account.currency, account.fund)
        totals[unit] = totals.get(unit, 0) + (amount if debit else -amount)
    return totals


def balanced(legs: Sequence[Leg]) -> Refusal | None:
    """Refuse an entry whose debits and credits differ in any currency or fund."""
    for (currency, fund), total in sums(legs).items():
        if total:
            facts: dict[str, int | str] = {"currency": currency, "difference": total}
            return Code.UNBALANCED, facts if fund is None else {**facts, "fund": fund}
    return None


def purposes(
    book: BookAtWork, intent: Intent, legs: Sequence[Leg], day: str, allowed: Purposes
) -> Refusal | None:
    """Refuse to move a fund's money to what holds none of it and is no purpose it may pay for.

    An expense, and an account with a purpose, takes money only where the fund may pay for that
    purpose on that day. Whatever else is debited has no purpose to be allowed: it may not take
    from an asset of the fund, nor, being an asset, from anything that was paid for. An asset that
    holds the fund's money may take it from anywhere (decision 0006).

    A reversal restores what was. `legs` are those asked for: the lines that an exchange adds on
    trading accounts are no use of money.
    """
    if type(intent) is Reverse:
        return None
    moving = [leg for leg in legs if leg[0].fund is not None and leg[2] != RELEASED]
    if not moving:
        return None
    givers = [leg[0] for leg in moving if not leg[1]]
    give_assets = {account.fund for account in givers if account.class_ == AccountClass.ASSET}
    give_uses = {account.fund for account in givers if _has_purpose(account)} | give_assets
    for account, debit, _layer, _amount, _line in moving:
        is_asset = account.class_ == AccountClass.ASSET
        if not debit or (is_asset and account.purpose == HOLDING):
            continue
        if _has_purpose(account):
            windows = allowed.get((book.id, account.fund or "", account.purpose or ""), [])
            fits = any(first <= day <= last for first, last in windows)
        else:
            fits = account.fund not in (give_uses if is_asset else give_assets)
        if not fits:
            facts = {"fund": account.fund or "", "purpose": account.purpose or ""}
            return Code.PURPOSE_NOT_ALLOWED, {**facts, "account": account.code}
    return None


def _has_purpose(account: AccountAtWork) -> bool:
    """Tell whether a debit of an account says what money is for; an expense that names none too."""
    return account.purpose is not None or account.class_ == AccountClass.EXPENSE


def available(account: AccountAtWork) -> tuple[int, int]:
    """Give the least and the greatest balance on the normal side, once every open hold is settled.

    Holds past due are left out: they can no longer be captured.
    """
    debits_held = account.pending_debit - account.expired_debit
    credits_held = account.pending_credit - account.expired_credit
    net = account.posted_debit - account.posted_credit
    if account.debit_normal:
        return net - credits_held, net + debits_held
    return -net - debits_held, -net + credits_held


def before(legs: Sequence[Leg]) -> list[Available]:
    """Note what is available on every account with limits, before the lines are applied."""
    noted: dict[int, Available] = {}
    for leg in legs:
        account = leg[0]
        if account.floor is not None or account.ceiling is not None:
            noted[id(account)] = (account, *available(account))
    return list(noted.values())


def limits(noted: Sequence[Available]) -> Refusal | None:
    """Refuse what makes a balance pass its floor or ceiling, or passes it further.

    A balance already beyond a limit that was set later may always move back towards it.
    """
    for account, least, _most in noted:
        now = available(account)[0]
        if account.floor is not None and now < account.floor and now < least:
            return Code.BELOW_FLOOR, {"account": account.code, "short": account.floor - now}
    for account, _least, most in noted:
        now = available(account)[1]
        if account.ceiling is not None and now > account.ceiling and now > most:
            return Code.ABOVE_CEILING, {"account": account.code, "excess": now - account.ceiling}
    return None


def daily_limits(book: BookAtWork, legs: Sequence[Leg]) -> Refusal | None:
    """Refuse what passes a daily limit, counted by the day of recording.

    Call after `count_flows`, with the lines that were counted.
    """
    for account, debit, _layer, _amount, _line in legs:
        limit = account.daily_debit_limit if debit else account.daily_credit_limit
        moved = account.flow_debit if debit else account.flow_credit
        if limit is not None and moved > limit:
            facts: Facts = {"account": account.code, "limit": limit, "day": book.business_date}
            return Code.OVER_DAILY_LIMIT, facts
    return None


def overflow(legs: Sequence[Leg]) -> Refusal | None:
    """Refuse what a 64-bit counter cannot hold; call after `apply` and `count_flows`.

    The debits of one entry must fit together too: the database adds them up.
    """
    debits = 0
    for leg in legs:
        account = leg[0]
        if leg[1] and leg[2] != RELEASED:
            debits += leg[3]
        if (
            debits > MAX_COUNTER
            or account.posted_debit > MAX_COUNTER
            or account.posted_credit > MAX_COUNTER
            or account.pending_debit > MAX_COUNTER
            or account.pending_credit > MAX_COUNTER
            or account.flow_debit > MAX_COUNTER
            or account.flow_credit > MAX_COUNTER
        ):
            return Code.COUNTER_OVERFLOW, {"account": account.code}
    return None


def apply(legs: Sequence[Leg], day: str) -> None:
    """Move the counters by an entry's lines."""
    _move(legs, day, 1)


def unapply(legs: Sequence[Leg], day: str) -> None:
    """Take back what `apply` did."""
    _move(legs, day, -1)


def _move(legs: Sequence[Leg], day: str, sign: int) -> None:
    for account, debit, layer, amount, _line in legs:
        change = amount * sign
        if layer == POSTED:
            if debit:
                account.posted_debit += change
            else:
                account.posted_credit += change
            if account.watched is not None:
                _watch(account, day, change if debit else -change)
        else:
            held = change if layer == PENDING else -change
            if debit:
                account.pending_debit += held
            else:
                account.pending_credit += held


def _watch(account: AccountAtWork, day: str, change: int) -> None:
    """Keep the balances up to a date that an assertion of this batch will ask for."""
    for watched in account.watched or ():
        if day <= str(watched[0]):
            watched[1] = int(watched[1]) + change


def beyond(legs: Sequence[Leg], gone: Sequence[Leg]) -> list[Leg]:
    """Give what an amendment moves beyond what it replaces, on each side of each account.

    Only that counts in daily limits: the rest was counted when it was posted. A correction that
    moves less gives no room back, or false corrections would make room.
    """
    replaced: dict[tuple[int, bool], int] = {}
    for account, debit, _layer, amount, _line in gone:
        side = (id(account), not debit)
        replaced[side] = replaced.get(side, 0) + amount
    more: list[Leg] = []
    for account, debit, layer, amount, line in legs:
        known = min(amount, replaced.get((id(account), debit), 0))
        if known:
            replaced[(id(account), debit)] -= known
        if known < amount:
            more.append((account, debit, layer, amount - known, line))
    return more


def count_flows(book: BookAtWork, legs: Sequence[Leg], sign: int) -> None:
    """Count lines in the daily limits of their accounts, or take them back."""
    for account, debit, _layer, amount, _line in legs:
        if not account.plain:
            _flow(book, account, amount * sign, debit=debit)


def _flow(book: BookAtWork, account: AccountAtWork, change: int, *, debit: bool) -> None:
    """Count what moves on the business date, on accounts with a daily limit."""
    if account.daily_debit_limit is None and account.daily_credit_limit is None:
        return
    if account.flow_date != book.business_date:
        account.flow_date = book.business_date
        account.flow_debit = account.flow_credit = 0
    if debit:
        account.flow_debit += change
    else:
        account.flow_credit += change


def day_after(day: str) -> str:
    """Give the next day.

    >>> day_after("2024-02-28")
    '2024-02-29'
    """
    return date.fromordinal(date.fromisoformat(day).toordinal() + 1).isoformat()
