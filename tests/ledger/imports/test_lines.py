"""Bytes become numbered rows, whatever they hold."""

import gzip
import io

import pytest

from ledger.imports import lines
from ledger.imports.problems import Problem, ProblemCode


def rows(content: bytes, **settings: int) -> list[tuple[int, bytes, int]]:
    """Read all lines of a content."""
    return list(lines.numbered(lines.opened(io.BytesIO(content)), **settings))


def test_a_byte_order_mark_is_not_part_of_the_header() -> None:
    assert rows(b"\xef\xbb\xbfdate\r\n")[0][1] == b"date\r\n"


def test_gzip_is_recognised_by_content() -> None:
    assert [row[1] for row in rows(gzip.compress(b"a\nb\n"))] == [b"a\n", b"b\n"]


def test_a_damaged_gzip_is_one_clear_error() -> None:
    with pytest.raises(lines.StatementUnreadable):
        rows(gzip.compress(b"a\n" * 100)[:-12])


def test_a_statement_beyond_the_cap_is_refused() -> None:
    with pytest.raises(lines.StatementTooLarge) as refused:
        rows(b"0123456789\n" * 20, max_bytes=100)

    assert refused.value.most == 100


def test_a_line_without_end_is_cut_and_the_next_one_found() -> None:
    found = rows(b"x" * 50_000 + b"\nnext\n")

    assert [(number, len(line)) for number, line, _ in found] == [(1, lines.MAX_LINE), (2, 5)]
    assert lines.fields(1, found[0][1], ",") == Problem(1, ProblemCode.TOO_LONG)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"a,b\r\n", ["a", "b"]),
        (b'"a,b",c\n', ["a,b", "c"]),
        (b'"say ""x""",c\n', ['say "x"', "c"]),
        (b'"open,c\n', ProblemCode.QUOTES),
        (b"a\xff,b\n", ProblemCode.NOT_TEXT),
        (b"a\x00,b\n", ProblemCode.NOT_TEXT),
    ],
)
def test_a_line_is_cut_or_is_a_problem_of_its_own(
    line: bytes, expected: list[str] | ProblemCode
) -> None:
    found = lines.fields(7, line, ",")

    assert (found.code if isinstance(found, Problem) else found) == expected
