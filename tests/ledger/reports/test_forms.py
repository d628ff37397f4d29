"""The three renderers on their own: widths, alignment, hostile texts, huge sums, long reports."""

import csv
import io
import json
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from ledger.errors import Wording
from ledger.reports import document, sheet, text
from ledger.reports.report import Amount, Cell, Column, Ending, Fact, Kind, Note, Report, Row, Shown
from ledger.reports.text import Style
from ledger.reports.writing import cut, padded, printable, width, written


def both(text: str) -> Wording:
    return Wording(text, text)


def report(rows: Iterable[Row], *columns: Column, **rest: object) -> Report:
    made = {"name": "test", "title": both("Test"), "columns": columns, "rows": rows} | rest
    return Report(**made)  # type: ignore[arg-type]


NAME = Column("name", both("Nama"), flexes=True)
CODE = Column("code", both("Kode"), gives_way=True)
SUM = Column("sum", both("Jumlah"), right=True)


def body(made: Report, page: int | None) -> list[str]:
    return [line.text for line in text.lines(made, "id", page)][2:]


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    rows = [Row({"name": "a", "sum": Amount(1, "IDR")}), Row({"name": "bcdef", "sum": 7})]

    assert body(report(rows, NAME, SUM), None) == [
        "Nama   Jumlah",
        "─────────────",
        "a        0,01",
        "bcdef       7",
    ]


def test_on_a_narrow_page_codes_give_way_and_names_are_cut_but_never_amounts() -> None:
    cells: dict[str, Cell] = {
        "name": "Pinjaman yang diberikan kepada anggota",
        "code": "assets:current:loans",
        "sum": Amount(123_456_789_012_345, "IDR"),
    }
    made = report([Row(cells)], NAME, CODE, SUM)

    assert "assets:current:loans" in body(made, 90)[2]
    assert "Pinjaman yang diberikan k…  assets:current:loans" in body(made, 70)[2]
    assert "Pinjaman yang diberikan kepada anggota  1.234" in body(made, 68)[2]
    assert body(made, 40)[2] == "Pinjaman yang dib…  1.234.567.890.123,45"
    assert body(made, 10)[2].startswith("Pinjama…  1.234")


def test_a_report_without_a_title_begins_with_its_columns() -> None:
    made = report([Row({"name": "a"})], NAME, title=None)

    assert text.as_text(made, "id").splitlines() == ["Nama", "────", "a"]


def test_an_optional_column_disappears_where_it_is_empty() -> None:
    fund = Column("fund", both("Dana"), optional=True)
    plain, restricted = Row({"name": "a"}), Row({"name": "b", "fund": "zakat"})

    assert "Dana" not in body(report([plain], NAME, fund), None)[0]
    assert "Dana" in body(report([plain, restricted], NAME, fund), None)[0]
    assert "Dana" not in body(report([Row({"fund": "x"}, hides=("fund",))], NAME, fund), None)[0]


def test_what_a_row_hides_is_still_in_the_data() -> None:
    made = report([Row({"name": "Kas", "sum": 5}, hides=("name",))], NAME, SUM)

    assert body(made, None)[2].strip() == "5"
    assert sheet.as_csv(made, "id") == "name,sum\nKas,5\n"


def test_sections_are_set_apart_and_sums_are_ruled_off() -> None:
    rows = [
        Row({"name": "IDR"}, Kind.HEADING),
        Row({"name": "Kas", "sum": 1}),
        Row({"name": "Jumlah", "sum": 1}, Kind.TOTAL),
        Row({"name": "HKD"}, Kind.HEADING),
        Row({"name": "penjelasan panjang sekali"}, Kind.DETAIL),
        Row({"name": "Jumlah", "sum": 2}, Kind.TOTAL),
    ]
    made = report(rows, NAME, SUM)

    assert [line.style for line in text.lines(made, "id")] == [
        Style.TITLE,
        Style.PLAIN,
        Style.HEADINGS,
        Style.RULE,
        Style.SECTION,
        Style.PLAIN,
        Style.RULE,
        Style.TOTAL,
        Style.PLAIN,
        Style.SECTION,
        Style.DETAIL,
        Style.RULE,
        Style.TOTAL,
    ]


def test_notes_are_wrapped_and_styled() -> None:
    notes = tuple(Note(both("kata " * 30), good=good) for good in (None, True, False))
    made = report([Row({"name": "a"})], NAME, ending=lambda: Ending((), notes))

    styles = [line.style for line in text.lines(made, "id", 60)]

    assert [styles.count(style) for style in (Style.NOTE, Style.GOOD, Style.BAD)] == [3, 3, 3]


def test_a_longer_part_widens_a_column_and_never_narrows_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(text, "AT_ONCE", 2)
    rows = [Row({"name": "x" * size, "sum": 1}) for size in (2, 3, 9, 1, 1)]

    assert [len(line) for line in body(report(rows, NAME, SUM), None)[2:]] == [12, 12, 17, 17, 17]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("a\nb", "a b"),
        ("a\r\n\tb", "a \\tb"),
        ("\x1b]0;judul\x07", "\\x1b]0;judul\\x07"),
        ("kanan\u202ekiri", "kanan\\u202ekiri"),
        ("\0", "\\x00"),
        ("", ""),
    ],
)
def test_no_text_drives_the_terminal(given: str, shown: str) -> None:
    assert printable(given) == shown
    assert written(Wording(given, ""), "id") == shown


def test_chinese_letters_take_two_columns() -> None:
    assert (width("薪金"), cut("薪金很高", 5), cut("薪金", 4)) == (4, "薪金…", "薪金")
    assert padded("薪", 4, right=True) == "  薪"
    assert cut("é" * 3, 3) == "é" * 3


def test_values_are_written_for_people_in_both_languages() -> None:
    instant = datetime(2026, 9, 1, 7, 30, tzinfo=timezone(timedelta(hours=7)))
    values: list[Cell] = [
        True,
        False,
        None,
        instant,
        date(2026, 9, 1),
        Decimal("2135.20"),
        Amount(-(10**30), "JPY"),
        Amount(99900, "IDR"),
    ]

    assert [written(value, "id") for value in values] == [
        "ya",
        "tidak",
        "",
        "2026-09-01 00:30Z",
        "2026-09-01",
        "2.135,20",
        "-1.000.000.000.000.000.000.000.000.000.000",
        "999,00",
    ]
    assert written(True, "en") == "yes"
    assert written(Decimal("2135.20"), "en") == "2135.20"


DANGEROUS = ["=1+1", "+62811", "-5", "@sum", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠a"]


@pytest.mark.parametrize("given", DANGEROUS)
def test_no_text_in_csv_is_a_formula(given: str) -> None:
    made = report([Row({"name": given, "sum": Amount(-500, "IDR")})], NAME, SUM)

    (row,) = csv.DictReader(io.StringIO(sheet.as_csv(made, "id"), newline=""))

    assert row == {"name": f"'{given}", "sum": "-5.00"}


def test_csv_survives_quotes_commas_lines_and_nul() -> None:
    given = 'a,"b"\nc\0;d'
    made = report([Row({"name": Wording(given, "x"), "sum": Decimal("1.50")})], NAME, SUM)

    (row,) = csv.DictReader(io.StringIO(sheet.as_csv(made, "id"), newline=""))

    assert row == {"name": given.replace("\0", "�"), "sum": "1.50"}


def test_csv_has_no_headings_totals_or_marks() -> None:
    kinds = [Row({"name": kind.name}, kind) for kind in Kind]

    assert sheet.as_csv(report(kinds, NAME), "id") == "name\nLINE\n"


def test_csv_writes_instants_and_truths_for_machines() -> None:
    instant = datetime(2026, 9, 1, tzinfo=UTC)

    assert [sheet.value(cell, "id") for cell in (instant, True, False, 3)] == [
        "2026-09-01T00:00:00Z",
        "true",
        "false",
        "3",
    ]


def test_json_keeps_languages_money_and_totals_apart() -> None:
    rows = [
        Row({"name": Wording("Kas", "Cash"), "sum": Amount(10**25, "IDR")}),
        Row({"name": "Jumlah", "sum": Amount(1, "IDR")}, Kind.TOTAL),
        Row({"name": "akhir"}, Kind.MARK),
    ]
    made = report(
        rows,
        NAME,
        SUM,
        Column("shown", both("x"), shown=Shown.TEXT),
        facts=(Fact("on", date(2026, 9, 1)), Fact("", "hanya untuk orang", both("Catatan"))),
        ending=lambda: Ending((Fact("rate", Decimal("2.50")), Fact("ok", value=True))),
    )

    assert json.loads(document.as_json(made)) == {
        "report": "test",
        "on": "2026-09-01",
        "rows": [
            {
                "name": {"id": "Kas", "en": "Cash"},
                "sum": {"amount": "100000000000000000000000.00", "currency": "IDR"},
            }
        ],
        "totals": [{"name": "Jumlah", "sum": {"amount": "0.01", "currency": "IDR"}}],
        "rate": "2.50",
        "ok": True,
    }


def test_a_report_of_any_length_is_written_as_it_is_read() -> None:
    def endless() -> Iterator[Row]:
        for number in range(9_000):
            yield Row({"name": f"baris {number}", "sum": Amount(number, "IDR")})

    forms: list[Callable[[Report], Iterable[str]]] = [
        lambda made: (line.text for line in text.lines(made, "id", 80)),
        lambda made: sheet.lines(made, "id"),
        document.parts,
    ]
    for parts in forms:
        tracemalloc.start()
        size = sum(map(len, parts(report(endless(), NAME, SUM))))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

        assert size > 150_000
        assert peak < 1_200_000
