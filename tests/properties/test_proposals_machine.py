"""Whatever is done with proposals in whatever order, four eyes stay four eyes.

A small model keeps who made, edited and approved what, and which money is promised. After every
step: money is held exactly while a proposal waits, nothing was carried out twice, and nobody
approved what he made. The clock only moves forward.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, select

from ledger import db
from ledger.approvals import queries
from ledger.books.tables import Account
from ledger.errors import LedgerError
from ledger.parties import queries as parties
from tests import builders
from tests.builders import KOPERASI, NOW
from tests.conformance import laws
from tests.conftest import Store
from tests.ledger.approvals import scene as scenes
from tests.ledger.approvals.scene import NAMES, TENANT

who = st.sampled_from(NAMES)
amounts = st.sampled_from([0, 100, 400, 700])
WAITING = {"proposed", "approved"}


@dataclass
class Known:
    """What the model knows of one proposal."""

    maker: str
    amount: int
    due: Any
    gaining: tuple[str, ...]
    state: str = "proposed"
    hands: set[str] = field(default_factory=set)
    approvers: set[str] = field(default_factory=set)


class Proposals(RuleBasedStateMachine):
    """The room beside the model."""

    engine: Engine

    @initialize()
    def open(self) -> None:
        self.at_end = ExitStack()
        connection = self.at_end.enter_context(self.engine.connect())
        self.at_end.callback(connection.begin().rollback)
        make = db.session_factory(self.engine, keyring=builders.keyring())
        session = self.at_end.enter_context(
            make(bind=connection, join_transaction_mode="create_savepoint")
        )
        self.scene = scenes.set_up(session)
        self.session = session
        self.now = NOW
        self.known: list[Known] = []
        self.same = {name: name for name in NAMES}
        self.related: set[frozenset[str]] = set()
        self.spent = 0

    def teardown(self) -> None:
        if hasattr(self, "scene"):
            laws.check(self.session)
            self.at_end.close()

    def _one(self, name: str) -> str:
        return self.same[name]

    def _tried(self, call: Callable[[], Any]) -> str:
        """Do something, or nothing at all where it is refused."""
        savepoint = self.session.begin_nested()
        try:
            call()
        except LedgerError as error:
            savepoint.rollback()
            self.session.expire_all()
            return error.code
        savepoint.commit()
        return "done"

    def _row(self, number: int) -> Any:
        return queries.lock(self.session, TENANT, builders.entry_id(number + 1))

    def _held(self) -> int:
        return sum(each.amount for each in self.known if each.state in WAITING)

    def _free(self) -> int:
        """What may still be promised: holds past due count no more."""
        held = sum(
            each.amount for each in self.known if each.state in WAITING and each.due > self.now
        )
        return 1_000 - self.spent - held

    @rule(by=who, amount=amounts, gains=st.none() | who)
    def propose(self, by: str, amount: int, gains: str | None) -> None:
        gaining = () if gains is None else (gains,)
        terms = self.scene.terms(amount, *gaining)
        due = self.now + timedelta(days=3)
        terms = replace(terms, expires_at=due)
        number = len(self.known) + 1

        said = self._tried(lambda: self.scene.propose(number, terms, by=by, at=self.now))

        fits = amount <= self._free()
        assert said == ("done" if fits else "funds_refused")
        if fits:
            self.known.append(Known(by, amount, due, gaining, hands={by}))

    @precondition(lambda self: self.known)
    @rule(data=st.data(), by=who, amount=amounts)
    def edit(self, data: st.DataObject, by: str, amount: int) -> None:
        number, one = self._draw(data)
        terms = self.scene.terms(amount, *one.gaining)
        due = self.now + timedelta(days=3)
        terms = replace(terms, expires_at=due)

        said = self._tried(lambda: self.scene.edit(self._row(number), terms, by=by, at=self.now))

        expected = self._waits(one)
        if expected == "done" and self._one(by) != self._one(one.maker):
            expected = "not_maker"
        if expected == "done" and amount > self._free() + one.amount:
            expected = "funds_refused"
        assert said == expected
        if said == "done":
            one.amount, one.due, one.state = amount, due, "proposed"
            one.hands.add(by)
            one.approvers.clear()

    @precondition(lambda self: self.known)
    @rule(data=st.data(), by=who)
    def approve(self, data: st.DataObject, by: str) -> None:
        number, one = self._draw(data)

        said = self._tried(lambda: self.scene.approve(self._row(number), by=by, at=self.now))

        expected = self._waits(one)
        if expected == "done" and by not in NAMES[2:]:
            expected = "may_not_decide"
        if expected == "done":
            expected = self._bar(one, by)
        assert said == expected
        if said == "done":
            one.approvers.add(by)
            one.state = "approved"

    @precondition(lambda self: self.known)
    @rule(data=st.data(), by=who)
    def execute(self, data: st.DataObject, by: str) -> None:
        number, one = self._draw(data)
        before = len(scenes.done)

        said = self._tried(lambda: self.scene.execute(self._row(number), by=by, at=self.now))

        expected = self._waits(one)
        stands = any(self._bar(one, each, again=True) == "done" for each in one.approvers)
        if expected == "done" and not (one.state == "approved" and stands):
            expected = "proposal_not_approved"
        assert said == expected
        assert len(scenes.done) - before == (said == "done")
        if said == "done":
            one.state = "executed"
            self.spent += one.amount

    @precondition(lambda self: self.known)
    @rule(data=st.data(), by=who, how=st.sampled_from(["refuse", "withdraw"]))
    def give_up(self, data: st.DataObject, by: str, how: str) -> None:
        number, one = self._draw(data)

        said = self._tried(lambda: getattr(self.scene, how)(self._row(number), by=by, at=self.now))

        expected = self._waits(one)
        if expected == "done" and how == "refuse" and by not in NAMES[2:]:
            expected = "may_not_decide"
        if expected == "done" and how == "withdraw" and self._one(by) != self._one(one.maker):
            expected = "not_maker"
        assert said == expected
        if said == "done":
            one.state = "refused" if how == "refuse" else "withdrawn"

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def expire(self, data: st.DataObject) -> None:
        number, one = self._draw(data)

        said = self._tried(lambda: self.scene.expire(self._row(number), at=self.now))

        if one.state not in WAITING:
            assert said == "proposal_not_waiting"
        elif self.now < one.due:
            assert said == "proposal_not_due"
        else:
            assert said == "done"
            one.state = "expired"

    @rule(days=st.integers(1, 2))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(one=who, other=who)
    def merge(self, one: str, other: str) -> None:
        if self._tried(lambda: self.scene.merge(one, other)) == "done":
            gone, kept = self._one(one), self._one(other)
            self.same = {name: kept if at == gone else at for name, at in self.same.items()}

    @rule(one=who, other=who)
    def relate(self, one: str, other: str) -> None:
        if self._tried(lambda: self.scene.relate(one, other)) == "done":
            self.related.add(frozenset({one, other}))

    def _draw(self, data: st.DataObject) -> tuple[int, Known]:
        number = data.draw(st.integers(0, len(self.known) - 1))
        return number, self.known[number]

    def _waits(self, one: Known) -> str:
        if one.state not in WAITING:
            return "proposal_not_waiting"
        return "done" if self.now < one.due else "proposal_expired"

    def _bar(self, one: Known, by: str, *, again: bool = False) -> str:
        me = self._one(by)
        if me in {self._one(name) for name in one.hands}:
            return "self_approval"
        gaining = {self._one(name) for name in one.gaining}
        relatives = {
            self._one(other)
            for pair in self.related
            for name in pair
            for other in pair - {name}
            if self._one(name) == me
        } - {me}
        if me in gaining or relatives & gaining:
            return "approver_benefits"
        if not again and me in {self._one(name) for name in one.approvers}:
            return "approved_already"
        return "done"

    @invariant()
    def money_is_held_exactly_while_a_proposal_waits(self) -> None:
        if not hasattr(self, "scene"):
            return
        self.session.expire_all()
        row = self.session.scalars(
            select(Account).where(Account.book_id == KOPERASI, Account.code == "cash")
        ).one()
        assert row.pending_credit == self._held() * 100
        assert row.posted_debit - row.posted_credit == (1_000 - self.spent) * 100

    @invariant()
    def what_is_stored_is_what_the_model_knows(self) -> None:
        if not hasattr(self, "scene"):
            return
        for number, one in enumerate(self.known):
            row = self._row(number)
            assert row.state == one.state
            whats = [event.what for event in queries.events(self.session, TENANT, row.id)]
            assert whats.count("executed") == (one.state == "executed")
            people = {
                row.maker_id,
                *(each.person_id for each in queries.approvals(self.session, row)),
            }
            if one.state == "executed":
                assert len(people) > 1
            parties.natural(self.session, TENANT, people)


@pytest.fixture
def opened(store: Store) -> Iterator[Engine]:
    """Give a database of the machine's own; each run of it is undone."""
    with store.copy() as url:
        engine = db.engine(url.render_as_string(hide_password=False))
        yield engine
        engine.dispose()


def _run(engine: Engine, **options: Any) -> None:
    machine = type("Proposals", (Proposals,), {"engine": engine})
    run_state_machine_as_test(
        machine, settings=settings(suppress_health_check=list(HealthCheck), **options)
    )


def test_four_eyes_stay_four_eyes(opened: Engine) -> None:
    _run(opened, max_examples=12, stateful_step_count=25)


@pytest.mark.prove
def test_four_eyes_stay_four_eyes_for_long(opened: Engine) -> None:
    _run(opened, max_examples=300, stateful_step_count=60)
