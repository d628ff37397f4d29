"""How a cell looks to a person: amounts, dates and texts, in one line and harmless.

Amounts in Indonesian have points between thousands and a decimal comma (1.250.000,00); in
English they are plain (1250000.00). Dates are ISO in both, as every command takes them.
"""

import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import accumulate

from ledger.errors import Language, Wording
from ledger.money import format_plain
from ledger.reports.report import Amount, Cell

_LOGICAL = {True: Wording("ya", "yes"), False: Wording("tidak", "no")}


def written(cell: Cell, language: Language) -> str:
    """Write a cell for a person.

    >>> written(Amount(-125000050, "IDR"), "id"), written(Amount(-125000050, "IDR"), "en")
    ('-1.250.000,50', '-1250000.50')
    """
    match cell:
        case None:
            return ""
        case bool():
            return _LOGICAL[cell].in_language(language)
        case Amount():
            return amount(cell, language)
        case Wording():
            return printable(cell.in_language(language))
        case Decimal():
            return _number(format(cell, "f"), language)
        case datetime():
            return cell.astimezone(UTC).strftime("%Y-%m-%d %H:%M") + "Z"
        case date():
            return cell.isoformat()
        case _:
            return printable(str(cell))


def amount(value: Amount, language: Language) -> str:
    """Write an amount without its currency.

    >>> amount(Amount(173536000, "KRW"), "id"), amount(Amount(5, "IDR"), "id")
    ('173.536.000', '0,05')
    """
    return _number(format_plain(value.minor, value.currency), language)


def with_currency(value: Amount, language: Language) -> str:
    """Write an amount behind its currency.

    >>> with_currency(Amount(499000, "HKD"), "id")
    'HKD 4.990,00'
    """
    return f"{value.currency} {amount(value, language)}"


def _number(plain: str, language: Language) -> str:
    if language == "en":
        return plain
    sign = "-" if plain.startswith("-") else ""
    whole, point, places = plain.removeprefix("-").partition(".")
    grouped = f"{int(whole):,}".replace(",", ".") if len(whole) > 3 else whole
    return f"{sign}{grouped}{',' if point else ''}{places}"


def printable(text: str) -> str:
    r"""Write a text in one line, without what could drive a terminal.

    >>> printable("makan\nsiang \x1b[31m \u202e")
    'makan siang \\x1b[31m \\u202e'
    """
    text = " ".join(text.splitlines()) if not text.isprintable() else text
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def width(text: str) -> int:
    """Count the columns a text takes on a terminal: Chinese letters take two, accents none.

    >>> width("Rp"), width("香港"), width("e\u0301")
    (2, 4, 1)
    """
    if text.isascii():
        return len(text)
    return sum(_columns(letter) for letter in text)


def _columns(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def cut(text: str, columns: int) -> str:
    """Cut a text to a number of columns, the last one an ellipsis where something is lost.

    >>> cut("Belanja bulanan", 8), cut("Gaji", 8)
    ('Belanja…', 'Gaji')
    """
    if width(text) <= columns:
        return text
    used = accumulate(_columns(letter) for letter in text)
    end = next(at for at, total in enumerate(used) if total >= columns)
    return text[:end].rstrip() + "…"


def padded(text: str, columns: int, *, right: bool) -> str:
    """Fill a text up to a number of columns."""
    gap = " " * (columns - width(text))
    return gap + text if right else text + gap
