"""Place the lines of an entry: check them against the rules, count them, number the entry.

Every verb that moves money ends here. Checks keep the order of `outcomes.Code`: what is not
found, then states, amounts, balances. A refusal leaves the batch as it was.
"""

from collections.abc import Callable, Sequence
from datetime import date

from ledger.books import opening
from ledger.books.classes import AccountClass, Side
from ledger.journal import canonical, intents, rules, shape
from ledger.journal.outcomes import NO_FACTS, Code, Outcome
from ledger.journal.rules import Refusal
from ledger.journal.state import (
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


def legs_of(
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
        if len({posting.account for posting in postings}) == 1:
            return (Code.SELF_TRANSFER, {"account": missing}), False
        return (Code.ACCOUNT_NOT_FOUND, {"account": missing}), False
    if not moves:
        return (Code.SELF_TRANSFER, {"account": legs[0][0].code}), False
    return legs, simple and total == 0


def place(
    batch: Batch,
    book: BookAtWork,
    request: Request,
    legs: list[Leg],
    *,
    exchange: intents.Exchange | None = None,
    target: TargetAtWork | None = None,
    flags: int = 0,
    simple: bool = False,
    doubt: Refusal | None = None,
) -> Result:
    """Check states, dates, amounts, purposes and limits of lines, and accept them.

    `doubt` is what the caller found wrong with the amounts: states and dates come first.
    """
    intent = request.intent
    if not simple and (refusal := rules.account_state(legs)) is not None:
        return refusal
    day = intent.effective_date.isoformat()
    if day > book.latest_date or book.closed_through is not None:
        found = rules.effective_date(book, day)
        if type(found) is not str:
            return found  # type: ignore[return-value]
        day = found
    if doubt is not None:
        return doubt
    sold = None
    noted: Sequence[rules.Available] = ()
    counted: Sequence[Leg] = ()
    if not simple:
        asked = legs if exchange is None else list(legs)
        amounts = amounts_of(batch, book, request, legs, exchange)
        if amounts is not None and type(amounts[0]) is Code:
            return amounts  # type: ignore[return-value]
        sold = amounts
        if (refusal := rules.purposes(book, intent, asked, day, batch.purposes)) is not None:
            return refusal
        noted = rules.before(legs)
        # What is captured was counted when it was reserved.
        counted = () if type(intent) is intents.Capture else legs
    rules.apply(legs, day)
    rules.count_flows(book, counted, 1)
    refusal = rules.limits(noted) or rules.daily_limits(book, counted) or rules.overflow(legs)
    if refusal is not None:
        rules.count_flows(book, counted, -1)
        rules.unapply(legs, day)
        return refusal
    return accept(
        batch,
        book,
        request,
        legs,
        day,
        target=target,
        flags=flags,
        sold=sold,  # type: ignore[arg-type]
        counted=counted,
    )


def amounts_of(
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
    return rules.account_state(legs) or rules.balanced(legs) or sold


def _currencies(postings: Sequence[intents.Posting], legs: Sequence[Leg]) -> Refusal | None:
    for posting, leg in zip(postings, legs, strict=False):
        if posting.currency != leg[0].currency:
            return Code.CURRENCY_MISMATCH, {
                "line": leg[4],
                "account": leg[0].code,
                "currency": leg[0].currency,
            }
    return None


def accept(
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
    counted: Sequence[Leg] = (),
) -> Outcome:
    """Number an entry and put it among those that will be written.

    `counted` are the lines that were counted in daily limits.
    """
    intent = request.intent
    key = (book.id, intent.id)
    if batch.undo is not None:
        _remember(batch, book, legs, counted, day, key)
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
    if batch.repeats:
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
    legs: list[Leg],
    counted: Sequence[Leg],
    day: str,
    key: tuple[int, bytes],
) -> None:
    """Note how to take an entry of a bundle back."""
    assert batch.undo is not None
    heads = (book.head_seq, book.head_change_no)

    def take_back() -> None:
        rules.count_flows(book, counted, -1)
        rules.unapply(legs, day)
        book.head_seq, book.head_change_no = heads
        batch.accepted.pop()
        batch.known.pop(key, None)
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


def atomically(batch: Batch, work: Callable[[], Result]) -> Result:
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
