"""Several people at the same time: one approval each, one execution in all."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from ledger import db
from ledger.approvals import operations, queries
from ledger.approvals.independence import Actor
from ledger.approvals.tables import Proposal, ProposalApproval
from ledger.books.tables import Account
from ledger.errors import LedgerError
from tests import builders
from tests.builders import KOPERASI, NOW
from tests.ledger.approvals import scene as scenes
from tests.ledger.approvals.scene import TENANT, rule

ID = builders.entry_id(1)


@pytest.fixture
def people(engine: Engine) -> dict[str, Actor]:
    """Commit a proposal of 300 rupiah that needs two approvals, and give the people."""
    with sessions(engine).begin() as session:
        scene = scenes.set_up(session)
        session.add(rule(2, valid_from=NOW.date()))
        scene.propose(1, scene.terms(300))
        return {name: scene.actor(name) for name in scene.people}


def sessions(engine: Engine) -> Any:
    return db.session_factory(engine, keyring=builders.keyring())


def at_once(engine: Engine, calls: list[Callable[[Session], object]]) -> list[str]:
    """Run calls in transactions of their own that begin together; give how each ended."""
    together = threading.Barrier(len(calls))

    def run(call: Callable[[Session], object]) -> str:
        together.wait(10)
        try:
            with sessions(engine).begin() as session:
                call(session)
        except LedgerError as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(pool.map(run, calls))


def approves(by: Actor) -> Callable[[Session], object]:
    def call(session: Session) -> None:
        row = session.scalars(select(Proposal)).one()
        operations.approve(session, TENANT, ID, row.hash, by=by, recorded_at=NOW)

    return call


def executes(by: Actor) -> Callable[[Session], object]:
    return lambda session: operations.execute(session, TENANT, ID, by=by, recorded_at=NOW)


def test_two_approvals_at_once_make_it_approved(engine: Engine, people: dict[str, Actor]) -> None:
    assert at_once(engine, [approves(people["citra"]), approves(people["dewi"])]) == [
        "done",
        "done",
    ]

    with sessions(engine)() as session:
        assert queries.lock(session, TENANT, ID).state == "approved"


def test_one_approver_many_times_at_once_approves_once(
    engine: Engine, people: dict[str, Actor]
) -> None:
    ended = at_once(engine, [approves(people["citra"])] * 4)

    assert ended == ["approved_already"] * 3 + ["done"]
    with sessions(engine)() as session:
        assert session.scalar(select(func.count()).select_from(ProposalApproval)) == 1
        assert queries.lock(session, TENANT, ID).state == "proposed"


def test_many_executions_at_once_are_one(engine: Engine, people: dict[str, Actor]) -> None:
    for name in ("citra", "dewi"):
        assert at_once(engine, [approves(people[name])]) == ["done"]

    ended = at_once(engine, [executes(people[name]) for name in ("ani", "budi", "citra", "eka")])

    assert ended == ["done"] + ["proposal_not_waiting"] * 3
    assert len(scenes.done) == 1
    with sessions(engine)() as session:
        cash = session.scalars(
            select(Account).where(Account.book_id == KOPERASI, Account.code == "cash")
        ).one()
        assert (cash.posted_debit - cash.posted_credit, cash.pending_credit) == (70_000, 0)


def test_an_edit_and_an_approval_at_once_leave_no_approval_of_what_changed(
    engine: Engine, people: dict[str, Actor]
) -> None:
    with sessions(engine)() as session:
        before = queries.lock(session, TENANT, ID)
        old, terms = before.hash, queries.terms(session, before)

    def edits(session: Session) -> None:
        operations.edit(session, TENANT, ID, terms, by=people["ani"], recorded_at=NOW, exactly=old)

    def approves_old(session: Session) -> None:
        operations.approve(session, TENANT, ID, old, by=people["citra"], recorded_at=NOW)

    ended = at_once(engine, [edits, approves_old])

    assert ended in (["done", "done"], ["done", "proposal_changed"])
    with sessions(engine)() as session:
        row = queries.lock(session, TENANT, ID)
        assert (row.revision, queries.approvals(session, row)) == (2, [])
