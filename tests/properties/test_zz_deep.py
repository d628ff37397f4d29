"""Whatever is asked of some books in whatever order, the engine answers as books kept by hand.

After every step the answers, balances, holds and numbers are those of the model; at the end so
are balances on any day, and by any day as known at any entry, and the books keep all laws.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ledger import db
from ledger.books import operations as books
from ledger.books.classes import AccountState
from ledger.books.tables import Account, Book
from ledger.journal import operations, queries
from ledger.journal.outcomes import ACCEPTED, Outcome
from tests import builders
from tests.builders import NOW, TELLER, TODAY
from tests.conformance import laws
from tests.conftest import Store
from tests.properties import drawing
from tests.properties.drawing import BOOKS, CODES, DAILY, MOVES, OF_ONE_OPERATOR
from tests.properties.model import NO_LIMIT, Model, Request

names = st.sampled_from(sorted(BOOKS))
codes = st.sampled_from(sorted(CODES))


@pytest.fixture
def opened(store: Store) -> Iterator[Engine]:
    """Give a database with the books of the machine; each run of it is undone."""
    with store.copy() as url:
        engine = db.engine(url.render_as_string(hide_password=False))
        with db.session_factory(engine)() as session, session.begin():
            builders.open_books(session)
            for book in BOOKS.values():
                for code, limit in DAILY.items():
                    both = {f"daily_{side}_limit": limit * 100 for side in ("debit", "credit")}
                    books.set_limits(session, book, code, actor=TELLER, recorded_at=NOW, **both)
        yield engine
        engine.dispose()


class Books(RuleBasedStateMachine):
    """The engine beside the model."""

    engine: Engine

    @initialize()
    def open(self) -> None:
        self.at_end = ExitStack()
        connection = self.at_end.enter_context(self.engine.connect())
        self.at_end.callback(connection.begin().rollback)
        make = db.session_factory(self.engine, keyring=builders.keyring())
        self.session: Session = self.at_end.enter_context(
            make(bind=connection, join_transaction_mode="create_savepoint")
        )
        self.model = Model(MOVES, CODES, DAILY)
        self.numbers = 0
        self.ids: dict[str, list[int]] = {name: [] for name in BOOKS}
        self.sent: list[list[Request]] = []
        self.agreed = True
        for book in BOOKS:
            self._send([self._opening(book, verb) for verb in ("post", "reserve", "post")])

    def _opening(self, book: str, verb: str) -> Request:
        """Begin with a wage, part of which is spoken for."""
        legs = [("cash", 1, 100 - self.numbers), ("wage", -1, 100 - self.numbers)]
        number = self._number()
        return {
            "book": book,
            "verb": verb,
            "id": number,
            "day": -number,
            "bundle": None,
            "legs": [(code, -side, 20) for code, side, _ in legs] if verb == "reserve" else legs,
        } | ({"expires": None} if verb == "reserve" else {})

    def _send(self, requests: list[Request]) -> None:
        self.sent.append(requests)
        self._compare(requests, self.model.send(requests))

    # Requests.

    @rule(data=st.data(), count=st.sampled_from([1, 2, 2, 3]), dry=st.booleans())
    def ask(self, *, data: st.DataObject, count: int, dry: bool) -> None:
        """Send requests and bundles as one batch, perhaps as a dry run first."""
        requests: list[Request] = []
        for _ in range(count):
            linked = data.draw(st.sampled_from([1, 1, 1, 2, 2, 3]))
            bundle = None if linked == 1 else self._number()
            among = names if linked == 1 else st.sampled_from(OF_ONE_OPERATOR)
            requests += [
                self._draw(data, data.draw(among)) | {"bundle": bundle} for _ in range(linked)
            ]
        if dry:
            self._compare(requests, deepcopy(self.model).send(requests), dry_run=True)
        self._send(requests)

    @rule(data=st.data(), change=st.sampled_from(["", "", "day", "legs"]))
    def repeat(self, data: st.DataObject, change: str) -> None:
        """Send earlier requests again, as they were or with another date or amount."""
        requests = data.draw(st.sampled_from(self.sent))
        if change == "day":
            requests = [request | {"day": request["day"] - 1} for request in requests]
        if change == "legs":
            requests = [drawing.with_other_amounts(request) for request in requests]
        self._compare(requests, self.model.send(requests))

    def _draw(self, data: st.DataObject, book: str) -> Request:
        request = drawing.draw_request(data, self.model, book, self.ids[book]) | {
            "id": self._number()
        }
        self.ids[book].append(request["id"])
        return request

    def _number(self) -> int:
        self.numbers += 1
        return self.numbers

    # Books and the clock.

    @rule(days=st.sampled_from([1, 1, 3]))
    def sleep(self, days: int) -> None:
        self.model.now += days

    @rule(
        book=names,
        code=codes,
        state=st.sampled_from([AccountState.OPEN] * 3 + [AccountState.FROZEN, AccountState.CLOSED]),
    )
    def set_state(self, book: str, code: str, state: AccountState) -> None:
        account = self.model.accounts[(book, code)]
        refused = (
            state is AccountState.CLOSED
            and account["state"] != "closed"
            and not self._is_empty(book, code)
        )
        expected = (books.AccountNotEmpty,) if refused else ()
        self._configure(books.set_account_state, expected, BOOKS[book], code, state)
        if not refused:
            account["state"] = state.value

    @rule(book=names, code=codes, floor=st.none() | st.integers(-60, 20), room=st.integers(0, 90))
    def set_limits(self, book: str, code: str, floor: int | None, room: int) -> None:
        ceiling = None if room > 80 else (floor or 0) + room
        limits = {"floor": floor, "ceiling": ceiling}
        daily = {f"daily_{side}_limit": DAILY.get(code) for side in ("debit", "credit")}
        minor = {k: None if v is None else v * 100 for k, v in (limits | daily).items()}
        self._configure(books.set_limits, (), BOOKS[book], code, **minor)
        self.model.limits[(book, code)] = (
            -NO_LIMIT if floor is None else floor,
            NO_LIMIT if ceiling is None else ceiling,
        )

    def _is_empty(self, book: str, code: str) -> bool:
        debit, credit, held, owed = self.model.counters(book, code)
        return (debit - credit, held, owed) == (0, 0, 0)

    @rule(book=names, day=st.integers(-12, 1))
    def close_period(self, book: str, day: int) -> None:
        closed = self.model.books[book]["closed"]
        refused = closed is not None and day <= closed
        expected = (books.PeriodAlreadyClosed,) if refused else ()
        self._configure(books.close_period, expected, BOOKS[book], TODAY + timedelta(days=day))
        if not refused:
            self.model.books[book]["closed"] = day

    @rule(book=names, day=st.none() | st.integers(-12, 1))
    def reopen_period(self, book: str, day: int | None) -> None:
        closed = self.model.books[book]["closed"]
        refused = closed is None or (day is not None and day >= closed)
        expected = (books.PeriodNotClosed,) if refused else ()
        through = None if day is None else TODAY + timedelta(days=day)
        self._configure(
            books.reopen_period, expected, BOOKS[book], through, approved_by="supervisor"
        )
        if not refused:
            self.model.books[book]["closed"] = day

    def _configure(
        self, change: Callable[..., None], expected: tuple[Any, ...], *args: Any, **rest: Any
    ) -> None:
        """Change a book, or see it refused."""
        self.agreed = False
        try:
            change(self.session, *args, actor=TELLER, recorded_at=self._moment(), **rest)
        except expected:
            self.session.rollback()
        else:
            assert not expected, f"{change.__name__} should have been refused"
            self.session.commit()
        self.agreed = True

    # Comparing.

    def _moment(self) -> Any:
        return NOW + timedelta(days=self.model.now)

    def _compare(self, requests: list[Request], expected: list[str], **rest: Any) -> None:
        """Send requests to the engine: its answers are the model's."""
        self.agreed = False
        intents = [drawing.intent_of(request) for request in requests]
        outcomes = operations.post(
            self.session, intents, actor=TELLER, recorded_at=self._moment(), **rest
        )
        self.session.commit()
        assert [_word(outcome) for outcome in outcomes] == expected
        if not rest:
            for request, outcome in zip(requests, outcomes, strict=True):
                self._compare_numbers(request, outcome)
        self.agreed = True

    def _compare_numbers(self, request: Request, outcome: Outcome) -> None:
        entries = self.model.books[request["book"]]["entries"]
        entry = next((entry for entry in entries if entry["id"] == request["id"]), None)
        if outcome.code in ACCEPTED:
            assert entry is not None
            assert (outcome.seq, outcome.change_no) == (entry["seq"], entry["change"])

    @invariant()
    def balances_agree(self) -> None:
        """Every counter is the model's, each book is in balance, and numbers have no gaps."""
        rows = self.session.execute(
            select(
                Account.book_id,
                Account.code,
                Account.posted_debit,
                Account.posted_credit,
                Account.pending_debit,
                Account.pending_credit,
            ).where(Account.code.in_(CODES))
        ).all()
        found = {(row[0], row[1]): tuple(amount // 100 for amount in row[2:]) for row in rows}
        for name, book in BOOKS.items():
            for code in CODES:
                assert found[(book, code)] == self.model.counters(name, code), (name, code)
            assert sum(found[(book, code)][0] - found[(book, code)][1] for code in CODES) == 0
            heads = self.session.execute(
                select(Book.head_seq, Book.head_change_no).where(Book.id == book)
            ).one()
            mine = self.model.books[name]
            assert tuple(heads) == (len(mine["entries"]), mine["changes"])

    def teardown(self) -> None:
        """Ask for balances of the past, and hold the books against all laws."""
        try:
            if self.agreed:
                self._look_back()
                laws.check(self.session)
        finally:
            self.at_end.close()

    def _look_back(self) -> None:
        numbers = {row.code: row.no for row in self.session.execute(select(Account)).scalars()}
        for name, book in BOOKS.items():
            entries = self.model.books[name]["entries"]
            seqs = sorted({entry["seq"] for entry in entries})[::7]
            for code in CODES:
                for day in sorted({entry["day"] for entry in entries})[::5]:
                    on = TODAY + timedelta(days=day)
                    net = queries.balance_on(self.session, book, numbers[code], on).net
                    assert net == 100 * self.model.balance(name, code, day, len(entries))
                    for seq in seqs:
                        known = queries.balance_known_at(self.session, book, numbers[code], on, seq)
                        assert known == 100 * self.model.balance(name, code, day, seq)


def _word(outcome: Outcome) -> str:
    different = outcome.code.startswith("exists_with_different_")
    return "differs" if different else str(outcome.code)


def _run(engine: Engine, **how: Any) -> None:
    machine = type("BooksOnOneDatabase", (Books,), {"engine": engine})
    run_state_machine_as_test(
        machine,
        settings=settings(
            deadline=None,
            suppress_health_check=list(HealthCheck),
            **how,
        ),
    )


@pytest.mark.timeout(900)  # a failing case is made small before it is shown
def test_any_books_agree_with_books_kept_by_hand(opened: Engine) -> None:
    _run(opened, max_examples=150, stateful_step_count=60, derandomize=False, database=None)


@pytest.mark.prove
@pytest.mark.timeout(3_600)
def test_many_long_books_agree_with_books_kept_by_hand(opened: Engine) -> None:
    _run(opened, max_examples=400, stateful_step_count=80)
