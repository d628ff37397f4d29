"""`juang funds` and `juang fund`: what restricted money may pay for, said on the command line."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.api.conftest import Juang

ALLOWED = ("fund", "allow", "dana", "zakat", "operations", "--from", "2026-10-01")
BILL = {
    "id": "0198a000-0000-7000-8000-0000000000f1",
    "book": "dana",
    "effective_date": "2026-10-20",
    "postings": [
        {"account": "expenses:cool", "debit": {"amount": "5", "currency": "IDR"}},
        {"account": "assets:bank:zakat", "credit": {"amount": "5", "currency": "IDR"}},
    ],
}


def bill(number: int) -> bytes:
    changed = BILL | {"id": f"0198a000-0000-7000-8000-{number:012x}"}
    return json.dumps(changed).encode()


def test_a_purpose_is_allowed_and_then_paid_for(demo: Juang, place: Path) -> None:
    opened = ("expenses:cool", "--fund", "zakat", "--purpose", "operations")
    assert demo("account", "open", "dana", *opened).code == 0
    assert "purpose_not_allowed" in demo("post", "-", input=bill(1)).out

    ended = demo("--actor", "ani", *ALLOWED, "--through", "2026-10-31")
    again = demo("--language", "id", *ALLOWED, "--through", "2026-10-31")

    assert ended.err == (
        "demo-dana/dana: fund zakat may pay for operations, 2026-10-01 to 2026-10-31.\n"
    )
    assert again.err == (
        "demo-dana/dana: dana zakat boleh membiayai operations, 2026-10-01 s.d. 2026-10-31.\n"
    )
    assert demo("post", "-", input=bill(2)).code == 0
    with sqlite3.connect(place / "juang.db") as connection:
        query = "SELECT actor, after FROM book_event WHERE what = 'purpose_allowed' AND actor <> ?"
        found = connection.execute(query, ("demo",)).fetchall()
    assert found == [("ani", "zakat: operations, 2026-10-01 to 2026-10-31")]


def test_a_fund_is_opened_and_listed(demo: Juang) -> None:
    opened = demo(
        "fund", "open", "dana", "wakaf", "--name", "Wakaf tunai", "--name-en", "Endowment"
    )
    in_indonesian = demo("--language", "id", "fund", "open", "dana", "wakaf")

    assert opened.err == "demo-dana/dana: fund wakaf is open.\n"
    assert in_indonesian.err == "demo-dana/dana: dana wakaf terbuka.\n"
    rows = json.loads(demo("funds", "dana", "--format", "json").out)["rows"]
    (wakaf,) = [row for row in rows if row["fund"] == "wakaf"]
    assert wakaf == {
        "fund": "wakaf",
        "name": {"id": "Wakaf tunai", "en": "Endowment"},
        "purpose": None,
        "valid_from": None,
        "valid_through": None,
    }
    assert (
        "wakaf,Wakaf tunai,,," in demo("--language", "id", "funds", "dana", "--format", "csv").out
    )


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        (("open", "dana", "a b"), "error: “a b” is not a valid reference."),
        (("open", "nobody", "x"), "error: There is no book “nobody”."),
        (
            ("allow", "dana", "sedekah", "poor", "--from", "2026-10-01", "--through", "2026-10-02"),
            "error: There is no fund “sedekah”.",
        ),
        (
            ("allow", "dana", "zakat", "poor", "--from", "2026-10-02", "--through", "2026-10-01"),
            "error: The last day 2026-10-01 is before the first day 2026-10-02.",
        ),
        (
            ("allow", "dana", "zakat", "poor", "--from", "2026-02-30", "--through", "2026-10-01"),
            "error: “2026-02-30” is not a date.",
        ),
        (("allow", "dana", "zakat", "poor", "--from", "2026-10-02"), "error: Missing option"),
    ],
)
def test_what_cannot_be_is_said(demo: Juang, args: tuple[str, ...], complaint: str) -> None:
    ended = demo("fund", *args)

    assert ended.code != 0
    assert ended.err.startswith(complaint), ended.err


def test_no_account_is_opened_for_a_fund_that_is_not_there(demo: Juang) -> None:
    ended = demo("account", "open", "dana", "assets:x", "--fund", "sedekah")

    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("error: There is no fund “sedekah”.")
