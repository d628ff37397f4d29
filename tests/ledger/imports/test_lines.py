"""Bytes become numbered rows, whatever they hold; what cannot be imported is refused first."""

import gzip
import io
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.imports import lines
from ledger.imports.problems import Problem, ProblemCode


def rows(content: bytes, **settings: int) -> list[tuple[int, bytes, int]]:
    """Read all lines of a content."""
    with lines.content_of(io.BytesIO(content), **settings) as found:
        return list(lines.numbered(found.stream))


class Pipe(io.BytesIO):
    """A stream that cannot be wound back."""

    def seekable(self) -> bool:
        return False


def test_a_byte_order_mark_is_not_part_of_the_header() -> None:
    assert rows(b"\xef\xbb\xbfdate\r\n")[0][1] == b"date\r\n"


def test_gzip_is_recognised_by_content() -> None:
    assert [row[1] for row in rows(gzip.compress(b"a\nb\n"))] == [b"a\n", b"b\n"]


def test_gzip_may_be_in_several_pieces() -> None:
    assert [row[1] for row in rows(gzip.compress(b"a\n") + gzip.compress(b"b\n"))] == [
        b"a\n",
        b"b\n",
    ]


@pytest.mark.parametrize("packed", [b"a\nb\n", gzip.compress(b"a\nb\n", mtime=0)])
def test_a_pipe_is_read_too(packed: bytes) -> None:
    with lines.content_of(Pipe(packed)) as content:
        assert content.size == 4
        assert [row[1] for row in lines.numbered(content.stream)] == [b"a\n", b"b\n"]


@pytest.mark.parametrize("spoilt", [slice(0, -12), slice(0, 12), slice(0, 2)])
def test_a_gzip_cut_short_is_one_clear_error(spoilt: slice) -> None:
    with pytest.raises(lines.StatementUnreadable):
        rows(gzip.compress(b"a,b,c\n" * 100)[spoilt])


@given(st.integers(2, 60), st.integers(0, 255))
def test_a_gzip_with_a_wrong_byte_is_one_clear_error_or_none(at: int, byte: int) -> None:
    packed = bytearray(gzip.compress(bytes(range(256)), mtime=0))
    packed[at] = byte

    with suppress(lines.StatementUnreadable):  # and nothing else
        rows(bytes(packed))


@pytest.mark.parametrize(
    "content",
    [b"0123456789\n" * 20, *(gzip.compress(b"0" * count, mtime=0) for count in (100_000, 101))],
    ids=["plain", "bomb", "small"],
)
@pytest.mark.parametrize("stream", [io.BytesIO, Pipe])
def test_a_statement_beyond_the_cap_is_refused(content: bytes, stream: type[io.BytesIO]) -> None:
    with (
        pytest.raises(lines.StatementTooLarge) as refused,
        lines.content_of(stream(content), max_bytes=100),
    ):
        pass

    assert refused.value.most == 100


def test_a_line_without_end_is_cut_and_the_next_one_found() -> None:
    found = rows(b"x" * 50_000 + b"\nnext\n")

    assert [(number, len(line)) for number, line, _ in found] == [(1, lines.MAX_LINE), (2, 5)]
    assert lines.fields(1, found[0][1], ",") == Problem(1, ProblemCode.TOO_LONG)


PLAIN = st.binary(max_size=200).filter(lambda content: not content.startswith(b"\x1f\x8b"))


@given(PLAIN, st.sampled_from([";", ","]))
@example(b'"\n"', ",")
@example(b"\r\r\n\n\r", ",")
def test_any_bytes_are_rows_or_problems(content: bytes, delimiter: str) -> None:
    found = rows(content)

    assert b"".join(line for _, line, _ in found) == content.removeprefix(b"\xef\xbb\xbf")
    assert [number for number, _, _ in found] == list(range(1, len(found) + 1))
    assert not found or found[-1][2] == len(content)
    for number, line, _ in found:
        assert isinstance(lines.fields(number, line, delimiter), list | Problem)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"a,b\r\n", ["a", "b"]),
        (b'"a,b",c\n', ["a,b", "c"]),
        (b'"say ""x""",c\n', ['say "x"', "c"]),
        (b'"open,c\n', ProblemCode.QUOTES),
        (b'"shut"x,c\n', ProblemCode.QUOTES),
        (b"a\xff,b\n", ProblemCode.NOT_TEXT),
        (b"a\x00,b\n", ProblemCode.NOT_TEXT),
    ],
)
def test_a_line_is_cut_or_is_a_problem_of_its_own(
    line: bytes, expected: list[str] | ProblemCode
) -> None:
    found = lines.fields(7, line, ",")

    assert (found.code if isinstance(found, Problem) else found) == expected


def test_another_encoding_is_read_where_the_mapping_names_it() -> None:
    assert lines.fields(2, b"Caf\xe9\n", ",", "windows-1252") == ["Café"]
    problem = lines.fields(2, b"\x81\n", ",", "windows-1252")
    assert isinstance(problem, Problem)
    assert "windows-1252" in problem.message("en")
