"""Show a report: as text on a page or a terminal, as CSV, or as JSON, written as it is read."""

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from typing import Final, TextIO

import click

from ledger.errors import Language
from ledger.reports import document, sheet, text
from ledger.reports.report import Report
from ledger.reports.text import Line, Style

STYLES: Final[dict[Style, dict[str, bool | str]]] = {
    Style.TITLE: {"bold": True},
    Style.FACT: {"dim": True},
    Style.HEADINGS: {"bold": True},
    Style.RULE: {"dim": True},
    Style.DETAIL: {"dim": True},
    Style.SECTION: {"bold": True, "fg": "cyan"},
    Style.TOTAL: {"bold": True},
    Style.GOOD: {"fg": "green"},
    Style.BAD: {"fg": "red", "bold": True},
}
"""How a terminal shows a line."""


def show(report: Report, form: str, language: Language) -> None:
    """Write a report on the output in the form asked for."""
    out = sys.stdout
    if form == "csv":
        out.writelines(sheet.lines(report, language))
    elif form == "json":
        out.writelines(document.parts(report))
    else:
        out.writelines(styled(text.lines(report, language, page(out)), out))
    out.flush()


def styled(lines: Iterable[Line], out: TextIO) -> Iterator[str]:
    """Give the lines, with colours where the output is a terminal that wants them."""
    plain = not out.isatty() or "NO_COLOR" in os.environ
    for line in lines:
        style = STYLES.get(line.style)
        if plain or style is None:
            yield line.text + "\n"
        else:
            yield click.style(line.text, **style) + "\n"  # type: ignore[arg-type]


def page(out: TextIO) -> int | None:
    """Tell how wide the page is: the terminal's width, COLUMNS, or without end for a file."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and len(columns) < 5:
        return max(int(columns), 40)
    if not out.isatty():
        return None
    return max(shutil.get_terminal_size((80, 24)).columns, 40)
