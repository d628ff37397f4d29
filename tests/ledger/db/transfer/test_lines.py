"""Lines: whatever a row holds comes back, and COPY's own marks are only ever marks."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.db.transfer import lines
from ledger.db.transfer.layout import Kind

TEXTS = st.one_of(
    st.text(),
    st.text(alphabet="\\N.xtnrbfv\t\n\r\b\f\v\x00\x85\u2028 'ab"),
    st.sampled_from(["", "\\N", "\\\\N", "\\.", "\\x00", "\n", "\t", "\r\n", "NULL"]),
)
VALUES = {
    Kind.INT: st.integers(-(2**63), 2**63 - 1),
    Kind.BOOL: st.integers(0, 1),
    Kind.TEXT: TEXTS,
    Kind.BYTES: st.binary(max_size=40),
    Kind.DATE: st.dates().map(str),
    Kind.INSTANT: st.datetimes().map(lambda each: f"{each.isoformat(' ', 'microseconds')}+00:00"),
    Kind.DECIMAL: st.decimals(0, 10**17, places=12).map(lines._decimal_text),
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[tuple[Any, ...]], tuple[Kind, ...]]:
    kinds = draw(st.lists(st.sampled_from(Kind), min_size=1, max_size=7))
    row = st.tuples(*(st.one_of(st.none(), VALUES[kind]) for kind in kinds))
    return draw(st.lists(row, min_size=1, max_size=6)), tuple(kinds)


@given(tables())
def test_rows_come_back_as_they_were(table: tuple[list[tuple[Any, ...]], tuple[Kind, ...]]) -> None:
    rows, kinds = table

    written = lines.encode(rows, kinds)

    assert lines.decode(written, kinds) == rows
    assert written.count(b"\n") == len(rows)
    assert b"\r" not in written


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.INT, "7"),
        (Kind.INT, 7.0),
        (Kind.INT, b"7"),
        (Kind.BOOL, 2),
        (Kind.BOOL, "t"),
        (Kind.TEXT, b"text"),
        (Kind.TEXT, 7),
        (Kind.BYTES, "text"),
        (Kind.DATE, 20261124),
        (Kind.DECIMAL, 1.5),
    ],
)
def test_a_value_of_another_kind_is_refused(kind: Kind, value: object) -> None:
    with pytest.raises(TypeError):
        lines.encode([(value,)], (kind,))


@pytest.mark.parametrize(
    "written",
    [b"", b"1\t2", b"1\n", b"1\t2\t3\n", b"1\t2\n3\n", b"one\ta\n", b"1\t\\q\n", b"1\t2\n\n"],
)
def test_lines_of_other_kinds_are_refused(written: bytes) -> None:
    with pytest.raises((ValueError, KeyError)):
        lines.decode(written, (Kind.INT, Kind.TEXT))


@pytest.mark.parametrize("written", [b"00\n", b"\\x00\n", b"\\\\x0\n", b"\\\\xgg\n"])
def test_bytes_have_one_form(written: bytes) -> None:
    with pytest.raises(ValueError, match=r"no bytes|fromhex|hexadecimal"):
        lines.decode(written, (Kind.BYTES,))
