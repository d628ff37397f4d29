"""The outcome tables, played on every store: one by one, in batches, dry, and once more."""

from collections.abc import Sequence

import pytest

from ledger.journal.outcomes import ACCEPTED, NOT_STORED, Code, Outcome
from tests.conformance.attempts import TABLES
from tests.conformance.conftest import NewScene
from tests.conformance.scene import (
    Scene,
    Table,
    expected_codes,
    play,
    play_in_batches,
    sent_by,
)

tables = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES.keys())


def test_every_outcome_is_reached_by_at_least_one_row() -> None:
    reached = {code for table in TABLES.values() for code in expected_codes(table)}

    assert set(Code) - reached == set()


@tables
def test_every_attempt_has_the_outcome_of_its_row(scene: Scene, table: Table) -> None:
    outcomes = play(scene, table)

    assert _by_row(table, outcomes) == _by_row(table, expected_codes(table))


@tables
def test_a_batch_is_its_items_one_by_one(new_scene: NewScene, table: Table) -> None:
    with new_scene() as scene:
        one_by_one, rows = play(scene, table), scene.stored()
    with new_scene() as scene:
        in_batches, batch_rows = play_in_batches(scene, table), scene.stored()

    assert in_batches == one_by_one
    assert batch_rows == rows


@tables
def test_a_dry_run_answers_as_a_real_one_and_leaves_no_trace(
    new_scene: NewScene, table: Table
) -> None:
    with new_scene() as scene:
        outcomes, rows = play(scene, table), scene.stored()
    with new_scene() as scene:
        rehearsed: list[Outcome] = []
        for row in table:
            if not callable(row[0]):
                rehearsed += play(scene, [row], dry_run=True)
            play(scene, [row])

        assert rehearsed == outcomes
        assert scene.stored() == rows


@tables
def test_what_was_answered_for_good_is_answered_again(scene: Scene, table: Table) -> None:
    outcomes = play(scene, table)
    rows = scene.stored()

    sent = [intent for attempt, _ in table for intent in sent_by(attempt)]
    for intent, first in zip(sent, outcomes, strict=True):
        if first.code in ACCEPTED:
            assert scene.one(intent) == first._replace(code=Code.EXISTS)
        elif first.code not in NOT_STORED:
            assert scene.one(intent) == first._replace(replayed=True)
    assert scene.stored() == rows


def _by_row(table: Table, outcomes: Sequence[Outcome | Code]) -> list[str]:
    """Write outcomes beside their attempts, for a difference that a person can read."""
    sent = [intent for attempt, _ in table for intent in sent_by(attempt)]
    return [
        f"{at}. {type(intent).__name__.lower()} {intent.id!r}: {_code(outcome)}"
        for at, (intent, outcome) in enumerate(zip(sent, outcomes, strict=True))
    ]


def _code(outcome: Outcome | Code) -> Code:
    return outcome.code if isinstance(outcome, Outcome) else outcome
