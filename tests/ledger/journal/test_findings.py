"""What `verify` finds is said in both languages, and nothing is found that has no name."""

import ast
import inspect

from ledger.journal import findings, recount, verify
from ledger.journal.findings import NAMES, problem
from ledger.journal.queries import strays

NAMING = {"note", "compare", "problem"}
"""Functions that name what is wrong."""


def _named() -> set[str]:
    """Collect the names that the code gives to what it finds, as they are written there."""
    found: set[str] = set()
    for module in (recount, verify, strays):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                first = [a for a in node.args[:2] if isinstance(a, ast.Constant)]
                if node.func.attr in NAMING:
                    found |= {str(constant.value) for constant in first}
    return found


def test_every_name_is_used_and_every_use_has_a_name() -> None:
    counters = {f"counter ({name})" for name in verify._COUNTER_NAMES}

    about_nothing = {name for name, _told in strays._OF_ENTRIES.values()}

    assert _named() | counters | about_nothing == NAMES.keys()


def test_every_name_has_an_indonesian_one_of_its_own() -> None:
    assert len(set(NAMES.values())) == len(NAMES)
    assert not set(NAMES) & set(NAMES.values())


def test_a_problem_is_said_in_both_languages() -> None:
    where = findings.place(findings.entry(7), findings.account(10), findings.line(2))

    found = problem(1, "running balance", where, 5, findings.at_least(6))

    assert found.what.id == "saldo berjalan"
    assert found.where.id == "entri 7, akun 10, baris 2"
    assert (found.stored.id, found.derived.id) == ("5", "paling sedikit 6")
    assert str(found) == (
        "book 1: running balance of entry 7, account 10, line 2 is 5, entries give at least 6"
    )


def test_places_and_bounds_are_said_in_both_languages() -> None:
    assert findings.account_day(5, "2026-11-01").id == "akun 5 pada 2026-11-01"
    assert findings.block(3, 5, 9).id == "blok 3 dari 2^5 hari pada entri 9"
    assert findings.in_unit(findings.entry(1), "IDR", "zakat").id == "entri 1 dalam IDR dana zakat"
    assert findings.in_unit(findings.entry(1), "IDR", None).en == "entry 1 in IDR"
    assert findings.at_most(5).id == "paling banyak 5"
    assert findings.or_later("2026").id == "2026 atau sesudahnya"
