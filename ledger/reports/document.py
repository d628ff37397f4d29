"""Render a report as JSON: its facts, its rows one a line, its totals, the facts of its end.

Keys are those of facts and columns and never change with the language; names that exist in two
languages are objects with both. Money is `{"amount": "1250.00", "currency": "IDR"}`, dates are
ISO, instants RFC 3339 in UTC. What is not known is null.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from ledger.errors import Wording
from ledger.money import format_plain
from ledger.reports.report import Amount, Cell, Column, Fact, Kind, Report, Row, Shown

Json = Any


def parts(report: Report) -> Iterator[str]:
    """Render a report part by part: concatenated, they are one JSON object."""
    head = {"report": report.name} | _facts(report.facts)
    yield dumped(head)[:-1] + ', "rows": ['
    columns = report.columns_in(Shown.JSON)
    totals: list[dict[str, Json]] = []
    separator = "\n"
    for found in _objects(report, columns, totals):
        yield separator + dumped(found)
        separator = ",\n"
    yield "\n]" if separator != "\n" else "]"
    if totals:
        yield ', "totals": [\n' + ",\n".join(map(dumped, totals)) + "\n]"
    for key, found in _facts(report.ending().facts).items():
        yield f", {dumped(key)}: {dumped(found)}"
    yield "}\n"


def as_json(report: Report) -> str:
    """Render a report into one text."""
    return "".join(parts(report))


def dumped(found: Json) -> str:
    """Write JSON in one line, letters as they are."""
    return json.dumps(found, ensure_ascii=False)


def _facts(facts: Iterable[Fact]) -> dict[str, Json]:
    return {fact.key: value(fact.value) for fact in facts if fact.key}


def _objects(
    report: Report, columns: Sequence[Column], totals: list[dict[str, Json]]
) -> Iterator[dict[str, Json]]:
    """Make one object a line, or one of several where the report nests; totals are put aside."""
    data = (row for row in report.rows if _is_data(row, totals))
    if not report.nest:
        for row in data:
            yield _object(row, [column.key for column in columns])
        return
    inner = [column.key for column in columns if column.key not in report.nest]

    def outer(row: Row) -> list[Json]:
        return [value(row.cells.get(key)) for key in report.nest]

    for found, rows in groupby(data, key=outer):
        yield dict(zip(report.nest, found, strict=True)) | {
            "lines": [_object(row, inner) for row in rows if row.cells.get(inner[0]) is not None]
        }


def _is_data(row: Row, totals: list[dict[str, Json]]) -> bool:
    if row.kind is Kind.TOTAL:
        totals.append({key: value(cell) for key, cell in row.cells.items()})
    return row.kind is Kind.LINE


def _object(row: Row, keys: Iterable[str]) -> dict[str, Json]:
    return {key: value(row.cells.get(key)) for key in keys}


def value(cell: Cell) -> Json:
    """Turn a cell into what JSON knows.

    >>> value(Amount(125000, "IDR"))
    {'amount': '1250.00', 'currency': 'IDR'}
    """
    match cell:
        case None | bool() | int():
            return cell
        case Amount():
            return {"amount": format_plain(cell.minor, cell.currency), "currency": cell.currency}
        case Wording():
            return {"id": cell.id, "en": cell.en}
        case datetime():
            return cell.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return cell.isoformat()
        case Decimal():
            return format(cell, "f")
        case _:
            return cell
