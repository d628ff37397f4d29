"""What an account is: its class, its normal side, its code, its place in the tree.

The five classes and their normal sides are those of every textbook: assets and expenses grow by
debits; liabilities, equity and income by credits. A parent has the class of its children, so a
balance on the normal side means the same at every level of the tree.

A tree is given as a mapping from account number to parent's number (None at the top); functions
that walk it do so without recursion and refuse a circle.
"""

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from ledger.errors import Malformed, Wording

CODE_MAX: Final = 120
"""Characters in an account code."""

_CODE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}(?::[a-z0-9][a-z0-9_-]{0,31}){0,5}")

HOLDING: Final = "holding"
"""Purpose of an asset that holds a fund's money: its cash and bank accounts (decision 0006)."""

Key = TypeVar("Key", bound=Hashable)


class Side(StrEnum):
    """The two sides of an account; a posting has one, and a positive amount."""

    DEBIT = "debit"
    """The left-hand side."""
    CREDIT = "credit"
    """The right-hand side."""

    @property
    def other(self) -> "Side":
        """The opposite side, as a reversal uses it."""
        return Side.CREDIT if self is Side.DEBIT else Side.DEBIT


class AccountClass(StrEnum):
    """The five classes of accounts."""

    ASSET = "asset"
    """What the book's owner has or is owed: cash, bank, wages not yet paid, loans given."""
    LIABILITY = "liability"
    """What the owner owes: debts, members' withdrawable savings, unspent restricted money."""
    EQUITY = "equity"
    """What is left for the owner: opening balances, simpanan pokok and wajib, reserves."""
    INCOME = "income"
    """What came in over a period: wages, interest, grants."""
    EXPENSE = "expense"
    """What was used up over a period: food, fees, salaries, losses on loans."""


class AccountState(StrEnum):
    """Whether an account takes postings."""

    OPEN = "open"
    """Takes postings, within its limits."""
    FROZEN = "frozen"
    """Takes none until it is unfrozen: a dispute, an audit, a death."""
    CLOSED = "closed"
    """Takes none any more; only a zero balance can be closed, and it can be reopened."""


class BookKind(StrEnum):
    """Whose books these are."""

    HOUSEHOLD = "household"
    """A worker's or a family's."""
    COOPERATIVE = "cooperative"
    """A cooperative's."""
    FUND = "fund"
    """A pilot's restricted funds."""


@dataclass(eq=False)
class AccountCodeMalformed(Malformed):
    """The text is not an account code."""

    code = "account_code_malformed"
    wording = Wording(
        id="“{account_code}” bukan kode akun.", en="“{account_code}” is not an account code."
    )
    hint = Wording(
        id="Huruf kecil, angka, _ dan -, hingga enam bagian dengan titik dua: expenses:food",
        en="Lower-case letters, digits, _ and -, in up to six parts with colons: expenses:food",
    )
    account_code: str


@dataclass(eq=False)
class AccountTreeBroken(Malformed):
    """An account's parent is missing, or its ancestors run in a circle."""

    code = "account_tree_broken"
    wording = Wording(
        id="Induk akun {account_no} tidak ada atau berputar.",
        en="The parent of account {account_no} is missing, or its ancestors run in a circle.",
    )
    account_no: int


def normal_side(account_class: AccountClass) -> Side:
    """Give the side on which an account of this class grows.

    >>> normal_side(AccountClass.EXPENSE)
    <Side.DEBIT: 'debit'>
    """
    grows_by_debit = account_class in (AccountClass.ASSET, AccountClass.EXPENSE)
    return Side.DEBIT if grows_by_debit else Side.CREDIT


def check_code(code: str) -> str:
    """Give an account code back if it is one.

    One to six segments joined by colons, 120 characters at most; a segment has up to 32
    lower-case ASCII letters, digits, underscores and hyphens, and begins with a letter or digit,
    so that Indonesian numbers (`1-1100`) are segments too.

    >>> check_code("expenses:deduction:agency_fee")
    'expenses:deduction:agency_fee'

    Raises: AccountCodeMalformed.
    """
    if len(code) > CODE_MAX or _CODE.fullmatch(code) is None:
        raise AccountCodeMalformed(code)
    return code


def parent_code(code: str) -> str | None:
    """Give the code one segment shorter, or None at the top.

    >>> parent_code("expenses:deduction:food"), parent_code("expenses")
    ('expenses:deduction', None)
    """
    head, colon, _ = code.rpartition(":")
    return head if colon else None


def ancestors(account_no: int, parents: Mapping[int, int | None]) -> list[int]:
    """Name the accounts above one, nearest first.

    >>> ancestors(3, {1: None, 2: 1, 3: 2})
    [2, 1]

    Raises: AccountTreeBroken.
    """
    above: dict[int, None] = {}
    here = account_no
    while (parent := _parent(here, parents)) is not None:
        if parent in above or parent == account_no:
            raise AccountTreeBroken(account_no)
        above[parent] = None
        here = parent
    return list(above)


def depth(account_no: int, parents: Mapping[int, int | None]) -> int:
    """Count the accounts above one; at the top there are none.

    >>> depth(3, {1: None, 2: 1, 3: 2})
    2

    Raises: AccountTreeBroken.
    """
    return len(ancestors(account_no, parents))


def tree_order(parents: Mapping[int, int | None]) -> list[int]:
    """List the accounts as a chart prints them: a parent, then its children by number.

    >>> tree_order({10: None, 2: 1, 1: None, 11: 2, 3: 1})
    [1, 2, 11, 3, 10]

    Raises: AccountTreeBroken.
    """
    children: dict[int | None, list[int]] = {}
    for account_no in sorted(parents, reverse=True):
        children.setdefault(_parent(account_no, parents), []).append(account_no)
    listed: list[int] = []
    waiting = children.get(None, [])
    while waiting:
        account_no = waiting.pop()
        listed.append(account_no)
        waiting.extend(children.get(account_no, []))
    if len(listed) < len(parents):
        # What the walk from the top never reached hangs on a circle.
        raise AccountTreeBroken(min(set(parents) - set(listed)))
    return listed


def roll_up(
    balances: Mapping[int, Mapping[Key, int]], parents: Mapping[int, int | None]
) -> dict[int, dict[Key, int]]:
    """Give each account of the tree its own balances and all those below it, per currency.

    A parent may have children in several currencies; they are kept side by side and never added.
    The key is a currency, or a currency and a fund. Signs are the caller's, one convention for
    all. Accounts come in tree order; one without movement anywhere below has no keys.

    >>> roll_up({2: {"IDR": 5}, 3: {"IDR": 7, "HKD": 1}}, {1: None, 2: 1, 3: 1})
    {1: {'IDR': 12, 'HKD': 1}, 2: {'IDR': 5}, 3: {'IDR': 7, 'HKD': 1}}

    Raises: AccountTreeBroken, also for a balance of an account outside the tree.
    """
    order = tree_order(parents)
    stray = balances.keys() - parents.keys()
    if stray:
        raise AccountTreeBroken(min(stray))
    sums: dict[int, dict[Key, int]] = {no: dict(balances.get(no, {})) for no in order}
    for account_no in reversed(order):  # children come before their parent
        parent = parents[account_no]
        if parent is not None:
            above = sums[parent]
            for key, amount in sums[account_no].items():
                above[key] = above.get(key, 0) + amount
    return sums


def _parent(account_no: int, parents: Mapping[int, int | None]) -> int | None:
    """Look up a parent that must itself be in the tree."""
    if account_no not in parents:
        raise AccountTreeBroken(account_no)
    parent = parents[account_no]
    if parent is not None and parent not in parents:
        raise AccountTreeBroken(account_no)
    return parent
