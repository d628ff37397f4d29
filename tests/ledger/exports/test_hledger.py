"""What we export, hledger reads: strictly, and every balance is as in our books."""

import csv
import io
import json
import subprocess
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy.orm import Session

from tests import builders
from tests.builders import TODAY
from tests.conftest import NewEngine
from tests.ledger.exports import scene
from tests.ledger.exports.scene import AWKWARD, as_hledger, counters

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(hledger: Path) -> Run:
    def run(text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [hledger, "-f", "-", *arguments],
            input=text,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={"LANG": "C.UTF-8"},
            check=False,
        )

    return run


def balances(run: Run, text: str) -> dict[tuple[str, str, str], int]:
    """Check the journal strictly, and give its balances by operator, book and code."""
    checked = run(text, "check", "--strict")
    assert not checked.returncode, checked.stderr
    told = run(text, "balance", "--flat", "--no-total", "--layout=bare", "-O", "csv")
    found = {}
    for row in csv.DictReader(io.StringIO(told.stdout)):
        tenant, ref, code = row["account"].split(":", 2)
        found[(tenant, ref, code)] = int(Decimal(row["balance"]) * 100)
    return {key: net for key, net in found.items() if net}


def transactions(run: Run, text: str) -> dict[str, Any]:
    """Give the transactions as hledger understood them, by the id of our entry."""
    printed = run(text, "print", "-O", "json")
    assert not printed.returncode, printed.stderr
    return {dict(each["ttags"]).get("id", ""): each for each in json.loads(printed.stdout)}


def test_all_books_agree_with_our_counters(session: Session, run: Run) -> None:
    scene.fill(session)

    assert balances(run, as_hledger(session)) == counters(session)


def test_one_book_keeps_its_codes(session: Session, run: Run) -> None:
    scene.fill(session)
    text = as_hledger(session, "siti")

    assert not run(text, "check", "--strict").returncode
    assert "cash\n" in run(text, "accounts").stdout
    assert "assets:gold:e_wallet\n" in run(text, "accounts", "type:A").stdout


def test_every_balance_is_asserted_to_the_last_sen(session: Session, run: Run) -> None:
    scene.fill(session)
    text = as_hledger(session, "siti")
    wrong = text.replace("cash  0 IDR = ", "cash  0 IDR = 1")

    assert wrong != text
    assert "balance assertion" in run(wrong, "check").stderr


def test_an_awkward_text_is_one_description_and_whole_as_a_tag(session: Session, run: Run) -> None:
    scene.fill(session)
    found = transactions(run, as_hledger(session))[builders.entry_id(2).hex()]

    assert found["tdescription"] == " ".join(AWKWARD.replace(";", ",").split())
    tag = dict(found["ttags"])["narration"]
    assert tag.replace("%0A", "\n").replace("%2C", ",").replace("%25", "%") == AWKWARD
    assert all(posting["pdate"] is None for posting in found["tpostings"])


def test_links_and_particulars_are_tags(session: Session, run: Run) -> None:
    scene.fill(session)
    found = transactions(run, as_hledger(session))
    tags = {
        number: dict(found[builders.entry_id(number).hex()]["ttags"]) for number in (3, 7, 8, 9)
    }

    assert tags[7]["target"] == builders.entry_id(2).hex()
    assert tags[8]["amends"] == builders.entry_id(1).hex()
    assert tags[9]["bundle"] == builders.entry_id(90).hex()
    assert (tags[3]["mid-rate"], tags[3]["value-date"]) == ("0.000483", str(TODAY))
    assert (tags[3]["sold"], tags[3]["bought"]) == ("207000.00 IDR", "100.00 HKD")


def test_an_erased_text_is_shown_as_erased(session: Session, run: Run) -> None:
    scene.fill(session)
    scene.erase(session, "ibu")
    text = as_hledger(session)

    found = transactions(run, text)[builders.entry_id(6).hex()]
    assert found["tdescription"] == "(erased)"
    assert "rahasia" not in text


@pytest.mark.parametrize("names", [(), ("a:b/c@d.e_f-g",)])
@pytest.mark.parametrize("erased", [False, True])
def test_odd_names_and_currencies_are_read_and_their_balances_checked(
    session: Session, run: Run, names: tuple[str, ...], *, erased: bool
) -> None:
    scene.fill(session)
    scene.fill_oddly(session)
    if erased:
        for subject in ("", "ibu"):
            scene.erase(session, subject)
    text = as_hledger(session, *names)

    checked = run(text, "check", "--strict")
    told = run(text, "balance", "--flat", "--no-total", "--layout=bare", "-O", "csv")

    assert not checked.returncode, checked.stderr
    assert "commodity 1000. JPY\n" in text
    rows = csv.DictReader(io.StringIO(told.stdout))
    found = {row["account"].rpartition("d.e_f-g:")[2]: row["balance"] for row in rows}
    assert found["assets:given"] == "2305843009213693952"
    assert found["assets:x_y:z"] == "0.035"


def test_a_book_without_entries_is_a_valid_journal(session: Session, run: Run) -> None:
    builders.open_books(session)

    assert balances(run, as_hledger(session)) == {}


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=scene.MOVES)
def test_what_is_exported_parses_back_to_the_same_balances(
    new_engine: NewEngine, run: Run, moves: list[Any]
) -> None:
    with Session(new_engine(), info={"keyring": builders.keyring()}) as session:
        scene.move(session, moves)

        assert balances(run, as_hledger(session)) == counters(session)
