"""Of two reasons to refuse, the one that stands earlier in `outcomes.Code` is answered."""

from itertools import pairwise
from typing import Any

import pytest

from ledger.journal.outcomes import Code
from tests.builders import entry_id
from tests.conformance.attempts.further_apart import FURTHER_APART
from tests.conformance.attempts.precedence import ADJACENT, CANNOT_MEET
from tests.conformance.scene import Scene, Step, play


def test_every_pair_of_neighbours_has_a_case_or_cannot_meet() -> None:
    cases = {(earlier, later) for earlier, later, _before, _attempt in ADJACENT}

    assert cases | CANNOT_MEET.keys() == set(pairwise(Code))
    assert not cases & CANNOT_MEET.keys()


@pytest.mark.parametrize(
    ("earlier", "later", "before", "attempt"),
    ADJACENT + FURTHER_APART,
    ids=[f"{case[0]} before {case[1]}" for case in ADJACENT + FURTHER_APART],
)
def test_the_earlier_reason_is_answered(
    scene: Scene, earlier: Code, later: Code, before: tuple[Any | Step, ...], attempt: Any
) -> None:
    play(scene, [(step, None) for step in before])

    outcomes = play(scene, [(attempt, None)])

    assert {outcome.id: outcome.code for outcome in outcomes}[entry_id(1)] is earlier
    assert list(Code).index(earlier) < list(Code).index(later)
