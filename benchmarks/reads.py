"""Balances and statement pages: how long they take, and that they touch no more as books grow."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from sqlalchemy.orm import Session

from ledger import db
from ledger.journal import queries
from ledger.reports import queries as reports
from ledger.reports.statement import Span

from .figures import Figure
from .history import History, Question, ask, days_between, histories
from .places import Bench

P95_MS = 10.0
PAGES = 1.5


def run(bench: Bench) -> Iterator[Figure]:
    """Ask the short and the long history the same."""
    small, large = histories(bench)
    count = bench.size(1_000, 50)
    for what, draw in _QUESTIONS.items():
        asked = []
        for history in (small, large):
            chance = random.Random(7)
            days = days_between(history, chance)
            questions = [draw(history, chance, next(days)) for _ in range(count)]
            asked.append(ask(history.engine, questions))
        before, now = asked
        yield Figure(
            what=f"reads, {what}, p95 at {large.postings:,}",
            ours=now.p95_ms,
            limit=before.p95_ms,
            against=f"at {small.postings:,}",
            unit="ms",
            target=P95_MS,
            at_most=True,
            absolute=True,
            python_us=now.python * 1e6,
            per="question",
            note=f"p50 {now.p50_ms:.1f} ms",
        )
        yield Figure(
            what=f"reads, {what}, pages at {large.postings:,}",
            ours=now.pages,
            limit=before.pages,
            against=f"at {small.postings:,}",
            unit="pages",
            target=PAGES,
            at_most=True,
        )


def _now(history: History, chance: random.Random, day: date) -> Question:
    def question(session: Session) -> object:
        return queries.balances_now(session, [(history.book, history.account)])

    return question


def _on(history: History, chance: random.Random, day: date) -> Question:
    def question(session: Session) -> object:
        return queries.balance_on(session, history.book, history.account, day)

    return question


def _page(history: History, chance: random.Random, day: date) -> Question:
    after = (chance.randrange(history.postings - 50), 0, 0)

    def question(session: Session) -> object:
        found = queries.statement_page(session, history.book, history.account, after=after)
        assert len(found) == 50
        return found

    return question


def _report(
    history: History, page: Callable[..., Sequence[object]], place: reports.Place
) -> Question:
    """Read a page as the statements people see do."""
    with db.reading_session_factory(history.engine, tenant=db.EVERY_TENANT)() as session:
        book = reports.book(session, str(history.book))
        account = reports.account(session, book, str(history.account))

    def question(session: Session) -> object:
        found = page(session, book, account, Span(None, None), after=place, limit=50)
        assert found
        return found

    return question


def _as_booked(history: History, chance: random.Random, day: date) -> Question:
    place = reports.Place(day, chance.randrange(history.postings - 50), 0)
    return _report(history, reports.page_as_booked, place)


def _by_date(history: History, chance: random.Random, day: date) -> Question:
    return _report(history, reports.page_by_date, reports.Place(day, 0, 0))


_QUESTIONS: dict[str, Callable[[History, random.Random, date], Question]] = {
    "balance now": _now,
    "balance on a day": _on,
    "statement page": _page,
    "report page as booked": _as_booked,
    "report page by date": _by_date,
}
