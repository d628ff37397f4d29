"""Render a report as text: aligned columns that fit the page, one line a row.

Lines come with a style, which a terminal may show; the text is complete without it. Rows are
laid out some hundreds at a time, so that a statement of any length needs no more memory; a
later part may widen a column, never narrow it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import islice
from textwrap import wrap

from ledger.errors import Language, Wording
from ledger.reports.report import Column, Kind, Report, Row, Shown
from ledger.reports.writing import cut, padded, width, written

AT_ONCE = 500
"""Rows that are laid out together."""

GAP = "  "
INDENT = "  "
LEAST = 26
"""Columns a flexible text keeps before others give way to it."""
NARROWEST = 8
"""Columns it keeps in any case; amounts are never cut, the line is longer then."""
WIDEST = 60
"""Columns a flexible text takes at most, also where the page has no end."""

WIDEST_NOTE = 100
"""Columns of a sentence under a report."""

NOTHING = Wording("Tidak ada apa-apa di sini.", "There is nothing here.")


class Style(Enum):
    """What a line is, for those who can show it."""

    TITLE = auto()
    FACT = auto()
    HEADINGS = auto()
    RULE = auto()
    PLAIN = auto()
    DETAIL = auto()
    SECTION = auto()
    TOTAL = auto()
    NOTE = auto()
    GOOD = auto()
    BAD = auto()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text."""

    text: str
    style: Style = Style.PLAIN


_STYLES = {
    Kind.LINE: Style.PLAIN,
    Kind.DETAIL: Style.DETAIL,
    Kind.HEADING: Style.SECTION,
    Kind.TOTAL: Style.TOTAL,
    Kind.MARK: Style.TOTAL,
}


def lines(report: Report, language: Language, page: int | None = None) -> Iterator[Line]:
    """Render a report for a page of so many columns, or one without end."""
    yield from head(report, language)
    rows = iter(report.rows)
    layout: _Layout | None = None
    last: Kind | None = None
    while part := list(islice(rows, AT_ONCE)):
        if layout is None:
            layout = _Layout(_chosen(report, part), language, page)
            layout.fit(part)
            yield from layout.headings()
        else:
            layout.fit(part)
        for row in part:
            if row.kind is Kind.HEADING and last in {Kind.TOTAL, Kind.MARK}:
                yield Line("")
            if row.kind is Kind.TOTAL and last is not Kind.TOTAL:
                yield layout.rule(row)
            if (line := layout.line(row)).text:
                yield line
            last = row.kind
    ending = report.ending()
    if layout is None:
        yield Line(NOTHING.in_language(language), Style.NOTE)
    for note in ending.notes:
        yield Line("")
        style = {None: Style.NOTE, True: Style.GOOD, False: Style.BAD}[note.good]
        told = note.text.in_language(language)
        yield from (Line(part, style) for part in wrap(told, page or WIDEST_NOTE))


def head(report: Report, language: Language) -> Iterator[Line]:
    """Render the title and the facts about the whole."""
    if report.title is not None:
        yield Line(report.title.in_language(language), Style.TITLE)
    facts = [(fact.label, fact.value) for fact in report.facts if fact.label is not None]
    most = max((width(label.in_language(language)) for label, _ in facts), default=0)
    for label, value in facts:
        name = padded(label.in_language(language), most, right=False)
        yield Line(f"{name}  {written(value, language)}".rstrip(), Style.FACT)
    if facts or report.title is not None:
        yield Line("")


def as_text(report: Report, language: Language, page: int | None = None) -> str:
    """Render a report into one text."""
    return "".join(f"{line.text}\n" for line in lines(report, language, page))


def _chosen(report: Report, part: Sequence[Row]) -> list[Column]:
    """Leave out the optional columns that are empty."""
    return [
        column
        for column in report.columns_in(Shown.TEXT)
        if not column.optional or any(row.in_text(column.key) is not None for row in part)
    ]


@dataclass(slots=True)
class _Layout:
    """Columns and their widths."""

    columns: list[Column]
    language: Language
    page: int | None
    widths: dict[str, int] = field(default_factory=dict)
    wanted: dict[str, int] = field(default_factory=dict)

    def fit(self, part: Sequence[Row]) -> None:
        """Find widths that hold these rows too, within the page if that can be."""
        for column in self.columns:
            most = width(column.heading.in_language(self.language))
            most = max([most, *(width(self._cell(column, row)) for row in part)])
            if column.flexes:
                most = min(most, WIDEST)
            self.wanted[column.key] = max(most, self.wanted.get(column.key, 0))
        if self.page is not None and not self.widths:
            self._drop(self.page)
        self.widths = {column.key: self.wanted[column.key] for column in self.columns}
        if self.page is not None:
            for column in self.columns:
                if column.flexes:
                    over = max(0, self._total() - self.page)
                    most = self.widths[column.key]
                    self.widths[column.key] = max(most - over, min(NARROWEST, most))

    def _drop(self, page: int) -> None:
        """Let columns give way until the flexible one keeps a readable width."""
        while True:
            least = sum(
                min(self.wanted[column.key], LEAST) if column.flexes else self.wanted[column.key]
                for column in self.columns
            )
            if least + len(GAP) * (len(self.columns) - 1) <= page:
                return
            giving = [column for column in self.columns if column.gives_way]
            if not giving:
                return
            self.columns.remove(giving[-1])

    def _total(self) -> int:
        widths = (self.widths[column.key] for column in self.columns)
        return sum(widths) + len(GAP) * (len(self.columns) - 1)

    def _cell(self, column: Column, row: Row) -> str:
        text = written(row.in_text(column.key), self.language)
        return INDENT * row.level + text if column.flexes and text else text

    def headings(self) -> Iterator[Line]:
        """Write the names of the columns, and a rule under them."""
        names = [column.heading.in_language(self.language) for column in self.columns]
        yield Line(self._joined(names), Style.HEADINGS)
        yield Line("─" * self._total(), Style.RULE)

    def line(self, row: Row) -> Line:
        """Write one row."""
        texts = [self._cell(column, row) for column in self.columns]
        return Line(self._joined(texts), _STYLES[row.kind])

    def _joined(self, texts: Sequence[str]) -> str:
        last = max((at for at, text in enumerate(texts) if text), default=-1)
        cells: list[str] = []
        for at, (column, text) in enumerate(zip(self.columns, texts, strict=True)):
            room = self.widths[column.key]
            if at == last and column.flexes:  # it may run on over the empty cells to its right
                room = self._room_after(cells)
            cells.append(padded(cut(text, room), room, right=column.right))
        return GAP.join(cells[: last + 1]).rstrip()

    def _room_after(self, cells: Sequence[str]) -> int:
        before = sum(width(cell) + len(GAP) for cell in cells)
        return max((self.page or self._total()) - before, NARROWEST)

    def rule(self, row: Row) -> Line:
        """Draw a line above the sums of a row."""
        cells = [
            "─" * self.widths[column.key]
            if column.right and row.in_text(column.key) is not None
            else " " * self.widths[column.key]
            for column in self.columns
        ]
        return Line(GAP.join(cells).rstrip(), Style.RULE)
