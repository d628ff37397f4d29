"""Every report in every form, against files that an accountant can read and check.

The files are in `tests/golden/reports/`. After a change that is meant, write them anew with
JUANG_WRITE_GOLDEN=1 and read the difference.
"""

import csv
import io
import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ledger.reports import balances, document, entries, lists, sheet, statement, text, trial_balance
from ledger.reports.report import Report, Unit
from ledger.reports.statement import Order, Span
from ledger.reports.trial_balance import AccountNet, AsOf
from tests.ledger.reports import scene

FOLDER = Path(__file__).parents[2] / "golden" / "reports"
SEPTEMBER = Span(date(2026, 9, 1), date(2026, 9, 30))
Make = Callable[[], Report]


def made_statement(order: Order, closing: int = 3_749_999_50) -> Report:
    opening = closing - 1_337_500_00
    return statement.report(
        scene.BOOK,
        scene.BANK,
        SEPTEMBER,
        order,
        opening=opening,
        found=scene.STATEMENT,
        closing=closing,
    )


def of_all() -> Report:
    found = [
        AccountNet("demo/siti", "Siti", Unit("HKD", None), 499_000),
        AccountNet("demo/siti", "Siti", Unit("HKD", None), -499_000),
        AccountNet("demo/siti", "Siti", Unit("IDR", None), 0),
        AccountNet(scene.BOOK.path, scene.BOOK.name, Unit("IDR", None), 12_500_000_00),
        AccountNet(scene.BOOK.path, scene.BOOK.name, Unit("IDR", None), -12_499_999_99),
        AccountNet(scene.BOOK.path, scene.BOOK.name, Unit("IDR", "zakat"), 7),
        AccountNet(scene.BOOK.path, scene.BOOK.name, Unit("IDR", "zakat"), -7),
    ]
    return trial_balance.of_all(found, AsOf(date(2026, 9, 30)))[0]


REPORTS: dict[str, Make] = {
    "trial_balance": lambda: trial_balance.report(
        scene.BOOK, scene.ACCOUNTS, scene.NETS, AsOf(date(2026, 9, 30), 11)
    )[0],
    "trial_balance_unbalanced": lambda: trial_balance.report(
        scene.BOOK, scene.ACCOUNTS, scene.NETS | {1101: 1}, AsOf()
    )[0],
    "trial_balance_of_all": of_all,
    "balances": lambda: balances.report(scene.BOOK, scene.ACCOUNTS, scene.NETS | {3801: 0}, AsOf()),
    "balance_tree": lambda: balances.tree(scene.BOOK, scene.ACCOUNTS, scene.NETS, AsOf()),
    "balance_subtree": lambda: balances.tree(
        scene.BOOK, scene.ACCOUNTS, scene.NETS, AsOf(date(2026, 9, 30)), below=1103
    ),
    "statement": lambda: made_statement(Order.DATE),
    "statement_as_booked": lambda: made_statement(Order.BOOKED),
    "entries": lambda: entries.report(scene.BOOK, scene.JOURNAL, after=1, limit=4),
    "holds": lambda: entries.holds(scene.BOOK, scene.HOLDS),
    "books": lambda: lists.books([scene.BOOK, replace(scene.BOOK, ref="dana", kind="fund")]),
    "accounts": lambda: lists.accounts(scene.BOOK, scene.ACCOUNTS, as_tree=True),
    "accounts_by_code": lambda: lists.accounts(scene.BOOK, scene.ACCOUNTS[::-1], as_tree=False),
    "entries_to_the_end": lambda: entries.report(
        replace(scene.BOOK, head_seq=10), [scene.UNPRICED], after=3, limit=1
    ),
    "nothing": lambda: entries.holds(scene.BOOK, []),
}

FORMS: dict[str, Callable[[Report], str]] = {
    "id.txt": lambda report: text.as_text(report, "id", 80),
    "en.txt": lambda report: text.as_text(report, "en", 120),
    "csv": lambda report: sheet.as_csv(report, "id"),
    "json": document.as_json,
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", REPORTS)
def test_a_report_reads_as_its_golden_file(name: str, form: str) -> None:
    written = FORMS[form](REPORTS[name]())
    path = FOLDER / f"{name}.{form}"
    if os.environ.get("JUANG_WRITE_GOLDEN") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(written, encoding="utf-8")

    assert written == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", REPORTS)
def test_json_is_one_object_and_says_what_the_csv_says(name: str) -> None:
    document_rows = json.loads(document.as_json(REPORTS[name]()))["rows"]
    sheet_rows = list(csv.DictReader(io.StringIO(sheet.as_csv(REPORTS[name](), "id"))))

    lines = sum(max(len(row.get("lines", [0])), 1) for row in document_rows)
    assert lines == len(sheet_rows)


@pytest.mark.parametrize("page", [40, 60, 80, 100, 120, None])
@pytest.mark.parametrize("name", REPORTS)
def test_no_column_of_text_is_out_of_line(name: str, page: int | None) -> None:
    """Rows, headings and rules are aligned: cells of the last column end where it ends."""
    written = [line.text for line in text.lines(REPORTS[name](), "id", page)]

    assert all(line == line.rstrip() for line in written)
    assert not any("\x1b" in line or "\n" in line for line in written)


def test_a_closing_balance_that_the_lines_do_not_give_is_said() -> None:
    report = made_statement(Order.DATE)
    broken = statement.report(
        scene.BOOK,
        scene.BANK,
        SEPTEMBER,
        Order.DATE,
        opening=0,
        found=scene.STATEMENT,
        closing=1,
    )

    assert "juang verify" not in text.as_text(report, "id")
    assert "juang verify" in text.as_text(broken, "id")


def test_a_trial_balance_knows_whether_it_is_balanced() -> None:
    good, tally = trial_balance.report(scene.BOOK, scene.ACCOUNTS, scene.NETS, AsOf())
    text.as_text(good, "id")
    bad, other = trial_balance.report(scene.BOOK, scene.ACCOUNTS, {1101: 1}, AsOf())
    text.as_text(bad, "id")

    assert tally.balanced
    assert not other.balanced


def test_no_books_at_all_are_balanced() -> None:
    report, tally = trial_balance.of_all([], AsOf())

    assert "Nothing" not in text.as_text(report, "id")
    assert tally.balanced
