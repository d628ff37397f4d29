"""Codes of accounts that a household opens beside its chart, and what stands for them. Pure."""

import hashlib
import unicodedata
from typing import Final

from ledger.books.classes import AccountClass, AccountCodeMalformed, check_code

CLASSES: Final = {
    "expense": AccountClass.EXPENSE,
    "income": AccountClass.INCOME,
    "pocket": AccountClass.ASSET,
}
"""Class of the account behind a category or pocket, by its role."""

TOPS: Final = {"expense": "expenses", "income": "income", "pocket": "assets"}
"""Where a category without a parent stands in the chart."""

DEEPEST: Final = 4
"""Segments a parent may have: below it come the category and its other currencies."""

UNSORTED: Final = {"expense": "expenses:unidentified", "income": "income:unidentified"}
"""Where a record goes whose category nobody has said yet."""

LONGEST_NAME: Final = 120


def own_code(parent: str, category: bytes) -> str:
    """Give the account code of a category she made: by its id, never by its name.

    A code stays for ever and is not encrypted; a name may name a person, and is taken back when
    she is erased.

    >>> own_code("expenses:food", bytes(16))
    'expenses:food:own-374708fff7719dd5'
    """
    return f"{parent}:own-{hashlib.sha256(category).hexdigest()[:16]}"


def in_currency(code: str, currency: str) -> str:
    """Give the account of a category or pocket in another currency than its own.

    An account has one currency; groceries bought at home stand below groceries.

    >>> in_currency("expenses:food", "IDR")
    'expenses:food:idr'
    """
    return f"{code}:{currency.lower()}"


def is_code(value: object) -> bool:
    r"""Tell whether a value could be an account's code; nothing else is looked up.

    >>> is_code("expenses:food"), is_code("expenses\x00"), is_code(None)
    (True, False, False)
    """
    try:
        return isinstance(value, str) and bool(check_code(value))
    except AccountCodeMalformed:
        return False


def clean_name(name: object) -> str | None:
    r"""Give a name as it is kept, or None where it is none.

    >>> clean_name("  Sekolah Adi "), clean_name("\n"), clean_name(None)
    ('Sekolah Adi', None, None)
    """
    if not isinstance(name, str):
        return None
    kept = unicodedata.normalize("NFC", name).strip()
    return kept if 0 < len(kept) <= LONGEST_NAME and kept.isprintable() else None
