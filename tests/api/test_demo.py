"""The demonstration: what it tells adds up, and telling it again changes nothing."""

import json
import time
from pathlib import Path

from api.demo import story
from tests.api.conftest import Juang


def test_the_demonstration_ends_verified_in_good_time(juang: Juang) -> None:
    began = time.process_time()
    ended = juang("demo")

    assert ended.code == 0
    assert time.process_time() - began < 10
    for said in (
        "44 entries posted in four books, 4 refused with a reason.",
        "the fund may not pay for this purpose",
        "the period is closed",
        "What the remittances really cost",
        "Balanced: debits equal credits",
        "All agree: 4 books, 45 entries",
        "What to try next",
    ):
        assert said in ended.out
    assert max(len(line) for line in ended.out.splitlines()) <= 80


def test_told_again_it_finds_what_is_there(demo: Juang) -> None:
    first = demo("entries", "siti", "--format", "json", "--limit", "99").out

    again = demo("demo")

    assert again.code == 0
    assert "44 entries are there from an earlier run, 4 are still refused." in again.out
    assert demo("entries", "siti", "--format", "json", "--limit", "99").out == first
    assert "demo" in demo("books", "--format", "csv").out


def test_the_true_cost_of_a_remittance_is_shown(demo: Juang) -> None:
    """HKD 2,500 at 2,095 instead of 2,135.20 loses HKD 47.07, and the fee is HKD 25: 2.88 %."""
    out = demo("demo").out

    assert "2026-09-06  HKD 2500.00  IDR 5237500.00  HKD 25.00    HKD 47.07  2.88 %" in out


def test_it_keeps_away_from_real_books(juang: Juang) -> None:
    juang("book", "open", "rumah")

    ended = juang("demo")

    assert ended.code == 1
    assert "This database has a book juang/rumah already." in ended.err
    assert "--db" in ended.err
    assert "demo/siti" not in juang("books").out


def test_its_next_steps_work(demo: Juang) -> None:
    out = demo("demo").out
    steps = [line.split()[1:] for line in out.splitlines() if line.startswith("  juang ")]

    assert len(steps) >= 5
    for step in steps:
        assert demo(*step).code == 0, step


def test_the_story_names_every_entry_once() -> None:
    told = story.story()["steps"]
    names = [step["id"] for step in told if "id" in step]

    assert len(names) == len(set(names))
    assert all({"id", "en"} == set(step.get("headline", {"id": 0, "en": 0})) for step in told)
    dates = [step["at"] for step in told]
    assert dates == sorted(dates)


def test_narrations_are_not_in_the_files_in_clear(demo: Juang, place: Path) -> None:
    content = b"".join(file.read_bytes() for file in place.iterdir())

    assert b"Gaji Agustus" not in content
    assert "Gaji Agustus" in json.dumps(json.loads(demo("entries", "siti", "--format", "json").out))
