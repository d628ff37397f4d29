"""Render a report as CSV (RFC 4180, UTF-8): the lines alone, under the columns' keys.

Amounts are plain numbers with a decimal point in both languages, dates are ISO. A text that a
spreadsheet would read as a formula gets an apostrophe in front (OWASP, CSV injection).
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from ledger.errors import Language, Wording
from ledger.money import format_plain
from ledger.reports.report import Amount, Cell, Kind, Report, Shown

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a text may not begin with in a spreadsheet; the last four are their wide forms."""


def lines(report: Report, language: Language) -> Iterator[str]:
    """Render a report line by line, the headings first; names are in one language."""
    columns = report.columns_in(Shown.CSV)
    yield written([column.key for column in columns])
    for row in report.rows:
        if row.kind is Kind.LINE:
            yield written(value(row.cells.get(column.key), language) for column in columns)


def as_csv(report: Report, language: Language) -> str:
    """Render a report into one text."""
    return "".join(lines(report, language))


def written(values: Iterable[str]) -> str:
    r"""Write one line; what holds a comma, a quote or a line's end is quoted.

    >>> written(["a,b", "'=1+1", ""])
    '"a,b",\'=1+1,\n'
    """
    line = ",".join(map(_field, values))
    return (line or '""') + "\n"


def _field(text: str) -> str:
    # Python's csv module leaves a bare CR unquoted, which would end the line for most readers.
    if any(mark in text for mark in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def value(cell: Cell, language: Language) -> str:
    """Write a cell for a machine.

    >>> value(Amount(-500, "IDR"), "id"), value("-5", "id"), value(None, "id")
    ('-5.00', "'-5", '')
    """
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case Amount():
            return format_plain(cell.minor, cell.currency)
        case Wording():
            return harmless(cell.in_language(language))
        case str():
            return harmless(cell)
        case datetime():
            return cell.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return cell.isoformat()
        case Decimal():
            return format(cell, "f")
        case _:
            return str(cell)


def harmless(text: str) -> str:
    """Keep a text from being a formula.

    >>> harmless("=1+1"), harmless("Gaji")
    ("'=1+1", 'Gaji')
    """
    text = text.replace("\0", "�")
    return f"'{text}" if text.startswith(FORMULA) else text
