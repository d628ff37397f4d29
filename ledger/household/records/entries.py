"""Every debit and credit of a record, and the ids that follow from hers. Pure."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Final

from ledger.books.classes import AccountClass, Side
from ledger.household.books.naming import UNSORTED
from ledger.household.records.items import Content, Moved, Part, Received, Spent, Written
from ledger.journal.intents import Exchange, Posting, credit, debit
from ledger.money import Money

KINDS: Final = {Spent: "expense", Received: "income", Moved: "move"}
SORT: Final = "sort"
"""Kind of an entry that moves a record from one category to another."""

JOINED: Final = frozenset({"family"})
"""Kinds of entries that have a part in another book: only their own room amends or deletes them."""
WRITTEN: Final = frozenset(
    {
        *("wage", "remittance", "remittance_end"),
        *("debt", "debt_repayment"),
    }
)
"""Kinds of entries that other packages of the household write; they are never sorted."""

MOST_PARTS: Final = 50

Unit = tuple[str, str]
"""A category or pocket by its code, and the currency in which it is used."""

Resolve = Callable[[str, str], str]
"""Gives the code of the account that stands for a category or pocket in a currency."""

MOST_LEGS: Final = 100

_POCKETS: Final = frozenset({AccountClass.ASSET.value, AccountClass.LIABILITY.value})

_ROLES: Final[Mapping[str, frozenset[str]]] = {
    "pocket": _POCKETS,
    "debt": frozenset({AccountClass.LIABILITY.value}),
    "expense": frozenset({AccountClass.EXPENSE.value}),
    "income": frozenset({AccountClass.INCOME.value}),
}


@dataclass(frozen=True, slots=True)
class Lines:
    """What a content becomes: its kind, its lines, and whether two currencies meet in it."""

    kind: str
    postings: tuple[Posting, ...]
    exchange: Exchange | None


def problem(content: object) -> str | None:
    """Name the field of a content that has no meaning; None where all can be read.

    What the journal checks itself (dates, texts, amounts above zero) is left to it.
    """
    if isinstance(content, Moved):
        for name in ("source", "target"):
            if type(getattr(content, name)) is not str:
                return name
        sums = (content.amount, content.arrived)
        return None if _is_money(sums[0]) and (sums[1] is None or _is_money(sums[1])) else "amount"
    if isinstance(content, Written):
        readable = all(_is_money(leg.amount) for leg in content.legs)
        return None if readable and 0 < len(content.legs) <= MOST_LEGS else "content"
    if not isinstance(content, Spent | Received):
        return "content"
    if type(content.pocket) is not str:
        return "pocket"
    other = _other(content)
    if other is not None and not _is_money(other):
        return "amount"
    return parts_problem(content.parts)


def parts_problem(parts: object) -> str | None:
    """Name what is wrong with parts: none, too many, in several currencies, or no money at all."""
    if not isinstance(parts, tuple) or not 0 < len(parts) <= MOST_PARTS:
        return "parts"
    for part in parts:
        if not isinstance(part, Part) or type(part.category) not in (str, type(None)):
            return "parts"
        if not _is_money(part.amount) or part.amount.currency != parts[0].amount.currency:
            return "amount"
        if part.amount.minor <= 0:
            return "amount"
    return None


def _is_money(value: object) -> bool:
    return type(value) is Money


def _other(content: Spent | Received) -> Money | None:
    return content.paid if isinstance(content, Spent) else content.kept


def role(content: Content) -> str:
    """Give the role of a content's categories."""
    return "income" if isinstance(content, Received) else "expense"


def total(parts: Sequence[Part]) -> int:
    """Add up parts, in minor units of their one currency."""
    return sum(part.amount.minor for part in parts)


def units(content: Content) -> list[Unit]:
    """List the categories and pockets a content names, each with its currency."""
    if isinstance(content, Written):
        return [(leg.code, leg.amount.currency) for leg in content.legs]
    if isinstance(content, Moved):
        arrived = content.arrived or content.amount
        return [(content.source, content.amount.currency), (content.target, arrived.currency)]
    moved = _other(content) or content.parts[0].amount
    named = part_units(content.parts, role(content))
    return [*named, (content.pocket, moved.currency)]


def part_units(parts: Sequence[Part], of: str) -> list[Unit]:
    """List the categories that parts name; a part without one goes where nobody has sorted."""
    return [(part.category or UNSORTED[of], part.amount.currency) for part in parts]


def classes(content: Content) -> Mapping[str, frozenset[str]]:
    """Say which classes of account each code of a content may be of.

    A pocket is money she has, or owes (a card, a shop's credit).
    """
    if isinstance(content, Written):
        allowed: dict[str, frozenset[str]] = {}
        for leg in content.legs:
            allowed[leg.code] = allowed.get(leg.code, _ROLES[leg.role]) & _ROLES[leg.role]
        return allowed
    if isinstance(content, Moved):
        return {content.source: _POCKETS, content.target: _POCKETS}
    wanted = {
        code: frozenset({role(content)}) for code, _ in part_units(content.parts, role(content))
    }
    # A code that is named as both can be neither.
    pocket = _POCKETS & wanted[content.pocket] if content.pocket in wanted else _POCKETS
    return {**wanted, content.pocket: pocket}


def lines(content: Content, resolve: Resolve) -> Lines:
    """Write a content as lines: debit what it was spent on, credit where it came from."""
    if isinstance(content, Written):
        legs = tuple(
            Posting(resolve(leg.code, leg.amount.currency), leg.side, *astuple(leg.amount))
            for leg in content.legs
        )
        return Lines(content.kind, legs, content.exchange)
    kind = KINDS[type(content)]
    if isinstance(content, Moved):
        arrived = content.arrived or content.amount
        postings = (
            debit(resolve(content.target, arrived.currency), arrived),
            credit(resolve(content.source, content.amount.currency), content.amount),
        )
        return Lines(kind, postings, _crossing(arrived, content.amount))
    currency = content.parts[0].amount.currency
    moved = _other(content) or Money(total(content.parts), currency)
    pocket = resolve(content.pocket, moved.currency)
    named = part_units(content.parts, role(content))
    codes = [resolve(*unit) for unit in named]
    amounts = [part.amount for part in content.parts]
    if isinstance(content, Spent):
        parts = tuple(map(debit, codes, amounts))
        return Lines(kind, (*parts, credit(pocket, moved)), _crossing(amounts[0], moved))
    parts = tuple(map(credit, codes, amounts))
    return Lines(kind, (debit(pocket, moved), *parts), _crossing(amounts[0], moved))


def _crossing(one: Money, other: Money) -> Exchange | None:
    return None if one.currency == other.currency else Exchange()


def sorting(
    now: Mapping[tuple[int, str], int], wanted: Mapping[tuple[int, str], int]
) -> tuple[Posting, ...] | None:
    """Write the lines that bring a record's categories from what they are to what they should be.

    Both are net debits in minor units by account number and currency. None where the totals
    differ in a currency: sorting never changes what a record is worth.

    >>> sorting({(1, "HKD"): 500}, {(2, "HKD"): 300, (1, "HKD"): 200})[0].amount
    300
    >>> sorting({(1, "HKD"): 500}, {(2, "HKD"): 400}) is None
    True
    """
    moves = {key: wanted.get(key, 0) - now.get(key, 0) for key in sorted({*now, *wanted})}
    sums: dict[str, int] = {}
    for (_, currency), minor in moves.items():
        sums[currency] = sums.get(currency, 0) + minor
    if any(sums.values()):
        return None
    return tuple(
        Posting(no, Side.DEBIT if minor > 0 else Side.CREDIT, abs(minor), currency)
        for (no, currency), minor in moves.items()
        if minor
    )


def derived_id(label: str, *ids: bytes) -> bytes:
    """Derive an id from others: doing twice what follows from a request does nothing.

    >>> derived_id("undo", bytes(16), bytes(16)).hex()[:8] != derived_id("rule", bytes(16)).hex()[
    ...     :8
    ... ]
    True
    """
    digest = hashlib.sha256(b"juang/household/1/" + label.encode() + b"\x00" + b"".join(ids))
    return digest.digest()[:16]


def asked_hash(record: bytes, parts: Sequence[Part]) -> bytes:
    """Hash what a sorting asks for, to know it again: its record, and its parts as they were sent.

    >>> part = Part("expenses:food", Money(500, "HKD"))
    >>> asked_hash(bytes(16), (part,)) == asked_hash(bytes(16), (part, part))
    False
    """
    said = [
        f"{part.category or ''}\x00{part.amount.currency}\x00{part.amount.minor}" for part in parts
    ]
    text = "\x01".join(said).encode()
    return hashlib.sha256(b"juang/household/sort/1\x00" + record + text).digest()
