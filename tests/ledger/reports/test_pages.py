"""Statements by pages: every order, every page size, against sorting all postings in memory."""

import random
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from ledger.journal import operations as journal
from ledger.journal.intents import Release, Reserve
from ledger.reports import queries
from ledger.reports.figures import AccountFigures, BookFigures, StatementLine
from ledger.reports.queries import statements
from ledger.reports.queries.statements import Place, balance_before, place_of
from ledger.reports.statement import Order, Span
from tests import builders
from tests.builders import NOW, SITI, TELLER, TODAY, earn, entry_id, pay, post

DAYS = 40
ENTRIES = 160


def fill(session: Session, seed: int) -> None:
    """Post entries on time, late, far late and ahead of time, with holds and reversals between."""
    draw = random.Random(seed)
    moment = NOW - timedelta(days=DAYS)
    hold = None
    for number in range(1, ENTRIES + 1):
        moment += timedelta(hours=draw.choice((0, 0, 1, 7, 30)))
        today = min(moment.date(), TODAY)
        late = draw.choice((0, 0, 0, 0, 0, 1, 3, 35, -1, -2, -20))
        day = today - timedelta(days=late)
        intent = draw.choice(
            (
                post(number, *earn(draw.randint(1, 9)), day=day),
                post(number, *pay(draw.randint(1, 9)), day=day),
                post(number, *earn(5), *earn(6), *pay(3), day=day),
                builders.reserve(number, *pay(draw.randint(1, 9)), day=day),
                builders.reverse(number, draw.randint(1, number), day=day),
            )
        )
        outcomes = journal.post(session, [intent], actor=TELLER, recorded_at=moment)
        if outcomes[0].accepted and isinstance(intent, Reserve):
            hold = number
        elif hold is not None and draw.random() < 0.5:
            also = builders.capture(1_000 + number, hold, (1, 1), (2, 1), day=day, keep_rest=True)
            journal.post(session, [also], actor=TELLER, recorded_at=moment)
            if draw.random() < 0.3:
                let_go = Release(
                    book_id=SITI,
                    id=entry_id(5_000 + number),
                    effective_date=day,
                    hold_id=entry_id(hold),
                )
                journal.post(session, [let_go], actor=TELLER, recorded_at=moment)
                hold = None


@pytest.fixture
def figures(session: Session) -> tuple[BookFigures, AccountFigures]:
    builders.open_books(session)
    fill(session, seed=session.get_bind().dialect.name == "sqlite")
    book = queries.book(session, "platform/siti")
    return book, queries.account(session, book, "cash")


def all_lines(
    session: Session, book: BookFigures, account: AccountFigures, order: Order
) -> list[StatementLine]:
    """Read every line straight from the entries, and sort."""
    lines = [
        StatementLine(
            journal_entry.entry, leg.line, leg.amount * (1 if leg.side == "debit" else -1), date.min
        )
        for journal_entry in queries.entries(session, book, limit=10**6)
        for leg in journal_entry.lines
        if leg.no == account.no and not leg.layer
    ]
    return sorted(
        lines, key=place_of if order is Order.DATE else lambda at: (at.entry.seq, at.line)
    )


def keys(lines: list[StatementLine]) -> list[tuple[Place, int]]:
    return [(place_of(line), line.net) for line in lines]


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("size", [1, 2, 7, 50, 1_000])
def test_pages_together_are_the_whole_account(
    session: Session, figures: tuple[BookFigures, AccountFigures], order: Order, size: int
) -> None:
    page = queries.page_by_date if order is Order.DATE else queries.page_as_booked
    expected = all_lines(session, *figures, order)

    found: list[StatementLine] = []
    after = None
    while part := page(session, *figures, Span(None, None), after=after, limit=size):
        found += part
        after = place_of(part[-1])

    assert len(found) > 100
    assert keys(found) == keys(expected)


def test_a_statement_of_any_period_begins_and_ends_with_its_balances(
    session: Session, figures: tuple[BookFigures, AccountFigures]
) -> None:
    everything = all_lines(session, *figures, Order.DATE)
    for ahead in range(0, DAYS + 30, 5):
        for length in (0, 1, 4, 30):
            since = TODAY - timedelta(days=DAYS + 36 - ahead)
            span = Span(since, since + timedelta(days=length))
            opening, found, closing = queries.statement(session, *figures, span, Order.DATE)
            lines = list(found)

            inside = [
                line for line in everything if since <= line.entry.effective_date <= span.last
            ]
            earlier = [line.net for line in everything if line.entry.effective_date < since]
            assert keys(lines) == keys(inside)
            assert opening == sum(earlier)
            assert closing == opening + sum(line.net for line in inside)


def test_a_page_in_the_middle_knows_the_balance_before_it(
    session: Session, figures: tuple[BookFigures, AccountFigures]
) -> None:
    balance = 0
    for line in all_lines(session, *figures, Order.DATE):
        balance += line.net

        assert balance_before(session, *figures, place_of(line)) == balance


def test_as_booked_the_running_balance_is_the_one_that_stood_there(
    session: Session, figures: tuple[BookFigures, AccountFigures]
) -> None:
    lines = all_lines(session, *figures, Order.BOOKED)
    for back in range(0, DAYS + 2, 3):
        span = Span(TODAY - timedelta(days=back), TODAY - timedelta(days=back // 2))
        opening, found, closing = queries.statement(session, *figures, span, Order.BOOKED)
        inside = list(found)

        assert all(span.first <= line.booked <= span.last for line in inside)
        first = inside[0].entry.seq if inside else None
        if first is not None:
            before = [line.net for line in lines if line.entry.seq < first]
            assert opening == sum(before)
        assert closing == opening + sum(line.net for line in inside)
    span = Span(None, None)
    _, found, _ = queries.statement(session, *figures, span, Order.BOOKED)
    assert keys(list(found)) == keys(lines)


@pytest.mark.parametrize("order", Order)
def test_a_long_statement_is_read_page_by_page(
    session: Session,
    figures: tuple[BookFigures, AccountFigures],
    order: Order,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(statements, "AT_ONCE", 7)

    _, found, _ = queries.statement(session, *figures, Span(None, None), order)

    assert keys(list(found)) == keys(all_lines(session, *figures, order))


@pytest.mark.parametrize("order", Order)
def test_an_account_that_was_never_used_has_an_empty_statement(
    session: Session, figures: tuple[BookFigures, AccountFigures], order: Order
) -> None:
    food = queries.account(session, figures[0], "expenses:food")

    opening, found, closing = queries.statement(session, figures[0], food, Span(TODAY, None), order)

    assert (opening, list(found), closing) == (0, [], 0)
