"""Our names in the alphabets of others: what differs here must differ there.

A beancount account is components joined by colons below one of five roots; a component begins
with a capital or a digit and has letters, digits and hyphens. hledger takes almost anything, and
keeps our codes. Where a book is not alone in a file, its operator and its reference come first.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Final

from ledger.books.classes import AccountClass
from ledger.exports.figures import Account, Book

ROOTS: Final[Mapping[AccountClass, str]] = {
    AccountClass.ASSET: "Assets",
    AccountClass.LIABILITY: "Liabilities",
    AccountClass.EQUITY: "Equity",
    AccountClass.INCOME: "Income",
    AccountClass.EXPENSE: "Expenses",
}
"""beancount's five kinds of accounts; a chart's codes begin with the same words."""

HLEDGER_TYPES: Final[Mapping[AccountClass, str]] = {
    AccountClass.ASSET: "A",
    AccountClass.LIABILITY: "L",
    AccountClass.EQUITY: "E",
    AccountClass.INCOME: "R",
    AccountClass.EXPENSE: "X",
}

_PLAIN: Final = re.compile(r"[a-z0-9][a-z0-9-]*\Z")
_FOREIGN: Final = re.compile(r"[^A-Za-z0-9]+")
_NOT_IN_KEY: Final = re.compile(r"[^a-z0-9_-]")
_RESERVED: Final = re.compile(r"[%,\x00-\x1f\x7f]")


def component(text: str) -> str:
    """Write a reference as one component; one that would read like another gets a fingerprint.

    >>> component("statement-2378"), component("kas")
    ('Statement-2378', 'Kas')
    >>> component("kas_1") == component("kas-1")
    False
    """
    if _PLAIN.match(text):
        return _capital(text)
    mark = hashlib.sha256(text.encode()).hexdigest()[:12]
    return f"{_capital(_FOREIGN.sub('-', text).strip('-'))}-{mark}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def beancount_accounts(book: Book, *, alone: bool) -> dict[int, str]:
    """Name the accounts of a book for beancount, by number; no two alike.

    Codes that become alike (`e_wallet`, `e-wallet`; `cash`, `assets:cash`) get their number
    behind them, all but the first.
    """
    above = "" if alone else f":{component(book.tenant)}:{component(book.ref)}"
    names: dict[int, str] = {}
    taken: set[str] = set()
    for account in book.accounts.values():
        name = f"{ROOTS[account.account_class]}{above}:{_below_root(account)}"
        while name in taken:
            name += f"-{account.no}"
        taken.add(name)
        names[account.no] = name
    return names


def _below_root(account: Account) -> str:
    """Write a code without the word that beancount's root says already."""
    first, colon, rest = account.code.partition(":")
    own = rest if colon and first == ROOTS[account.account_class].lower() else account.code
    return ":".join(_capital(segment.replace("_", "-")) for segment in own.split(":"))


def hledger_accounts(book: Book, *, alone: bool) -> dict[int, str]:
    """Name the accounts of a book for hledger, by number.

    A colon in a reference is written as %3A, for a reference is one part of the name.
    """
    above = "" if alone else f"{_one_part(book.tenant)}:{_one_part(book.ref)}:"
    return {account.no: above + account.code for account in book.accounts.values()}


def _one_part(text: str) -> str:
    return text.replace(":", "%3A")


def metadata_keys(keys: Iterable[str]) -> dict[str, str]:
    """Write keys of metadata as beancount allows them: `meta-` first, then no dots; none alike.

    >>> metadata_keys(["slip.no", "slip-no"])
    {'slip.no': 'meta-slip-no', 'slip-no': 'meta-slip-no-2'}
    """
    written: dict[str, str] = {}
    for key in keys:
        base = f"meta-{_NOT_IN_KEY.sub('-', key)}"
        name, count = base, 1
        while name in written.values():
            count += 1
            name = f"{base}-{count}"
        written[key] = name
    return written


def quoted(text: str) -> str:
    r"""Write a text as a beancount string, in one line.

    >>> print(quoted('a "b"\nc\\'))
    "a \"b\"\nc\\"
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'


def tag_value(text: str) -> str:
    r"""Write a text as the value of a hledger tag: what would end it stands as in addresses.

    >>> tag_value("50% off, today\n")
    '50%25 off%2C today%0A'
    """
    return _RESERVED.sub(lambda found: f"%{ord(found[0]):02X}", text)


def description(text: str) -> str:
    r"""Write a text as a hledger description: one line, without the mark of a comment.

    >>> description("rice; oil\n  salt")
    'rice, oil salt'
    """
    return " ".join(text.replace(";", ",").split())
