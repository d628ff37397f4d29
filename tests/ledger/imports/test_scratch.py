"""What is remembered on disk is what would have been remembered in memory."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.imports.movements import Movement
from ledger.imports.scratch import Scratch

DIGESTS = st.sampled_from([bytes([letter]) * 16 for letter in range(6)])


@pytest.mark.parametrize("in_memory", [0, 1, 3, 1_000])
@given(chunks=st.lists(st.lists(DIGESTS, max_size=12), max_size=6))
def test_the_nth_of_its_like_is_the_nth(in_memory: int, chunks: list[list[bytes]]) -> None:
    seen: Counter[bytes] = Counter()
    with Scratch(in_memory) as scratch:
        for digests in chunks:
            found = scratch.occurrences(digests)
            expected = []
            for digest in digests:
                seen[digest] += 1
                expected.append(seen[digest])
            assert found == expected


def test_more_lines_than_fit_in_one_question_are_counted() -> None:
    digests = [number.to_bytes(16, "big") for number in range(1_500)]
    with Scratch(in_memory=0) as scratch:
        assert set(scratch.occurrences(digests)) == {1}
        assert set(scratch.occurrences(digests)) == {2}


def test_accounts_are_counted_once() -> None:
    with Scratch() as scratch:
        scratch.note_accounts({"a", "b"})
        scratch.note_accounts({"b", "c"})

        assert scratch.count_accounts() == 3


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.sampled_from([None, -(2**63) + 1]))))
def test_movements_come_back_by_day_and_the_last_line_first(
    rows: list[tuple[int, bool, int]],
) -> None:
    today = date(2026, 11, 24)
    movements = [
        Movement(line, "a", today + timedelta(day), inward, 2**63 - 1, "k", "é", balance, b"\x00")
        for line, (day, inward, balance) in enumerate(rows)
    ]
    with Scratch() as scratch:
        scratch.keep(movements)
        found = list(scratch.kept(2))

    assert all(len(some) <= 2 for some in found)
    assert [each for some in found for each in some] == sorted(
        movements, key=lambda each: (each.day, -each.line)
    )
