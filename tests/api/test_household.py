"""`juang household`: what a phone does, by hand."""

import json

import pytest

from tests.api.conftest import Juang

OPEN = ("household", "open", "demo/dewi", "--currency", "HKD", "--pay-day", "7")
FOOD = ("--category", "expenses:food", "--on", "2026-11-10")


def test_a_record_is_kept_once_and_amended(juang: Juang) -> None:
    assert juang(*OPEN).code == 0
    for code in ("posted", "exists"):
        assert code in juang("household", "record", "demo/dewi", "a", "120", *FOOD).err
    juang("household", "amend", "demo/dewi", "a", "b", "125,50", *FOOD)
    juang("household", "budget", "demo/dewi", "expenses:food", "1500", "--on", "2026-11-10")

    shown = juang("household", "show", "demo/dewi", "--on", "2026-11-20", "--format", "json").out
    (row,) = json.loads(shown)["rows"]
    assert row["actual"] == {"amount": "125.50", "currency": "HKD"}
    assert row["left"] == {"amount": "1374.50", "currency": "HKD"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("1.250jt", *FOOD), "two readings"),
        (("5", "--category", "expenses:unknown"), "account_not_found"),
        (("5", "--category", "income:wage"), "invalid_request"),
    ],
)
def test_a_refusal_ends_with_one(juang: Juang, words: tuple[str, ...], said: str) -> None:
    juang(*OPEN)
    ended = juang("household", "record", "demo/dewi", "a", *words)

    assert ended.code == 1
    assert said.replace("two readings", "two ways") in ended.out + ended.err
