"""What can be said of a request without the books; most cases are rows of the outcome tables."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.journal import shape
from ledger.journal.decide import scattered
from ledger.journal.intents import Intent
from ledger.journal.outcomes import Code
from tests.builders import TELLER, earn, entry_id, in_bundle, post

WAGE = post(1, *earn(5))


@pytest.mark.parametrize("actor", ["", " teller", "a b", "-x", "t" * 65, "käthe", "x\n", 7, None])
def test_an_actor_is_a_reference(actor: object) -> None:
    assert shape.problem(WAGE, actor) == (  # type: ignore[arg-type]
        Code.INVALID_REQUEST,
        {"field": "actor"},
    )


@pytest.mark.parametrize("actor", [TELLER, "a", "user:0193/x@y.z_1-2", "t" * 64])
def test_other_actors_may_act(actor: str) -> None:
    assert shape.problem(WAGE, actor) is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": b""}, "id"),
        ({"kind": "x y"}, "kind"),
        ({"narration": "\x00"}, "narration"),
        ({"subject": "?"}, "subject"),
        ({"metadata": {"a b": "x"}}, "metadata"),
        ({"value_date": "2026-11-24"}, "value_date"),
        ({"effective_date": None}, "effective_date"),
        ({"device_time": datetime(2026, 11, 24)}, "device_time"),  # noqa: DTZ001  # without offset
    ],
)
def test_the_field_that_cannot_be_read_is_named(changes: dict[str, object], field: str) -> None:
    problem = shape.problem(replace(WAGE, **changes), TELLER)  # type: ignore[arg-type]

    assert problem == (Code.INVALID_REQUEST, {"field": field})


@pytest.mark.parametrize("field", ["effective_date", "value_date"])
@pytest.mark.parametrize("day", [date(1899, 12, 31), date(2200, 1, 1)])
def test_a_date_beyond_the_ledger_is_named(field: str, day: date) -> None:
    problem = shape.problem(replace(WAGE, **{field: day}), TELLER)  # type: ignore[arg-type]

    assert problem == (Code.INVALID_DATE, {"field": field, "date": day.isoformat()})


def test_a_moment_needs_an_offset_and_a_sensible_year() -> None:
    here = timezone(timedelta(hours=7))

    assert shape.is_instant(datetime(2026, 11, 24, tzinfo=here))
    for value in (
        datetime(2026, 11, 24),  # noqa: DTZ001  # without offset
        datetime(1, 1, 1, tzinfo=here),
        datetime(9999, 12, 31, tzinfo=UTC),
        date(2026, 11, 24),
    ):
        assert not shape.is_instant(value)


@given(st.text())
def test_normal_texts_stay_as_they_are(text: str) -> None:
    assert shape.normal(shape.normal(text)) == shape.normal(text)


@pytest.mark.parametrize(
    ("bundles", "torn"),
    [
        ("", ""),
        ("aabb", ""),
        ("a.a", "a"),
        ("aba", "a"),
        ("abab", "ab"),
        ("aab.a", "a"),
        ("..ab..b", "b"),
    ],
)
def test_all_items_of_an_interrupted_bundle_are_found(bundles: str, torn: str) -> None:
    """A letter is an item of that bundle, a dot an item of none."""
    sent: list[Intent] = [
        WAGE if letter == "." else in_bundle(ord(letter), WAGE)[0] for letter in bundles
    ]

    found = scattered(sent)

    assert found == {at for at, letter in enumerate(bundles) if letter in torn}


def test_a_bundle_that_cannot_be_read_is_nobodys() -> None:
    unreadable = replace(WAGE, bundle="90")  # type: ignore[arg-type]
    linked = replace(WAGE, bundle=entry_id(90))

    assert scattered([linked, unreadable, unreadable]) == set()
    assert scattered([linked, unreadable, linked]) == {0, 2}
    assert scattered([linked, replace(WAGE, bundle=[]), linked]) == {0, 2}  # type: ignore[arg-type]
