"""Rules of approval are proposed and approved themselves; so is the reopening of a period."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.approvals import operations, queries
from ledger.approvals.rules import Rule
from ledger.books import operations as books
from ledger.books.queries import existing
from tests import builders
from tests.builders import KOPERASI, NOW
from tests.ledger.approvals.scene import TENANT, Scene


def test_a_rule_of_approval_is_itself_proposed_and_approved(scene: Scene) -> None:
    wanted = Rule("test_payment", 2, frozenset({"manager"}), NOW.date())

    def ask(number: int, asked: Rule = wanted) -> Any:
        return operations.propose_rule(
            scene.session,
            TENANT,
            builders.entry_id(number),
            asked,
            by=scene.actor("ani"),
            recorded_at=NOW,
        )

    row, twin = ask(1), ask(2)
    scene.approve(row)
    scene.approve(twin)
    scene.execute(row)

    assert queries.rule(scene.session, TENANT, "test_payment", NOW.date(), None) == wanted
    with pytest.raises(operations.RuleExists):
        ask(3)
    with pytest.raises(operations.RuleExists):
        scene.execute(twin)
    for broken in (
        replace(wanted, needed=0),
        replace(wanted, needed=10),
        replace(wanted, roles=frozenset()),
        replace(wanted, roles=frozenset({"a b"})),
        replace(wanted, roles=frozenset(f"role{n:0100}" for n in range(3))),
        replace(wanted, from_amount=5),
        replace(wanted, from_amount=-5, currency="IDR"),
        replace(wanted, valid_from=NOW.date() - timedelta(days=1)),
    ):
        with pytest.raises(operations.RuleMalformed):
            ask(4, broken)


def reopening(scene: Scene, through: date | None = None, by: str = "ani") -> Any:
    return operations.propose_reopening(
        scene.session, KOPERASI, through, by=scene.actor(by), recorded_at=NOW
    )


def closed(scene: Scene) -> date | None:
    scene.session.expire_all()
    return existing(scene.session, [KOPERASI])[KOPERASI].closed_through


def test_a_period_is_reopened_by_two_people(scene: Scene) -> None:
    end = date(2026, 9, 30)
    with pytest.raises(books.PeriodNotClosed):
        reopening(scene)
    books.close_period(scene.session, KOPERASI, end, actor="x", recorded_at=NOW)
    with pytest.raises(books.PeriodNotClosed):
        reopening(scene, end)

    row = reopening(scene, date(2026, 8, 31))
    assert reopening(scene, date(2026, 8, 31), by="budi") is row
    assert closed(scene) == end
    with pytest.raises(operations.SelfApproval):
        scene.approve(row, by=scene.actor("ani", "manager"))
    scene.approve(row)
    assert closed(scene) == end
    scene.execute(row)

    assert closed(scene) == date(2026, 8, 31)


def test_a_reopening_that_was_refused_may_be_proposed_again(scene: Scene) -> None:
    books.close_period(scene.session, KOPERASI, date(2026, 9, 30), actor="x", recorded_at=NOW)
    first = reopening(scene)
    scene.refuse(first)

    second = reopening(scene)

    assert second is not first
    scene.approve(second)
    scene.execute(second)
    assert closed(scene) is None


def test_a_close_that_moved_meanwhile_is_not_reopened(scene: Scene) -> None:
    books.close_period(scene.session, KOPERASI, date(2026, 9, 30), actor="x", recorded_at=NOW)
    row = reopening(scene)
    scene.approve(row)
    books.close_period(scene.session, KOPERASI, date(2026, 10, 31), actor="x", recorded_at=NOW)

    with pytest.raises(operations.CloseMoved):
        scene.execute(row)
    assert closed(scene) == date(2026, 10, 31)


@pytest.mark.parametrize(
    ("verb", "callers"),
    [
        (
            r"\breopen_period\(",
            ["ledger/approvals/operations/periods.py", "ledger/books/operations/change.py"],
        ),
        (
            r"(parties|operations)\.erase\(|^def erase\(",
            ["ledger/approvals/operations/erasing.py", "ledger/parties/operations/erasing.py"],
        ),
        (
            r"\blift_hold\(",
            ["ledger/approvals/operations/erasing.py", "ledger/parties/operations/erasing.py"],
        ),
        (
            r"\berase_texts\(",
            ["ledger/approvals/operations/erasing.py", "ledger/journal/operations/erasing.py"],
        ),
        (
            r"\berase_book\(",
            ["ledger/journal/operations/erasing.py", "ledger/parties/operations/erasing.py"],
        ),
        (
            r"(accounts|operations|access)\.grant\(|^def grant\(",
            [
                "ledger/access/operations/accounts.py",
                "ledger/access/operations/beginning.py",
                "ledger/access/operations/granting.py",
            ],
        ),
    ],
)
def test_what_takes_two_people_has_one_caller(verb: str, callers: list[str]) -> None:
    """The low-level verbs trust the names they are given: only executors call them.

    Beside their own room there is the beginning of a tenant (docs/decisions/0023), no more.
    """
    root = Path(books.__file__).parents[3]
    calls = [
        str(path.relative_to(root))
        for folder in ("ledger", "api", "jobs", "models")
        for path in (root / folder).rglob("*.py")
        if re.search(verb, path.read_text("utf-8"), re.MULTILINE)
    ]

    assert sorted(calls) == callers
