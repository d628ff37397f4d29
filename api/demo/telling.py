"""Put the story into a database: open its books, take its steps, and say what became of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy.orm import Session, sessionmaker

from api.demo import story
from api.demo.story import ACTOR, Step
from ledger.books import operations as books
from ledger.books.classes import AccountClass, BookKind
from ledger.journal.outcomes import Outcome
from ledger.journal.queue import post_now
from ledger.reports import queries

OPENED: Final = datetime(2026, 8, 31, tzinfo=UTC)
YEAR: Final = (date(2026, 1, 1), date(2026, 12, 31))
"""When the funds of the story may be spent."""


@dataclass(frozen=True, slots=True)
class Happened:
    """A step, and what the ledger answered; a period that was closed has no outcome."""

    step: Step
    outcome: Outcome | None


def tell(sessions: sessionmaker[Session]) -> Iterator[Happened]:
    """Open the books and take every step; what was told before is found again as it was."""
    with sessions.begin() as session:
        _open(session, story.story())
    for batch in story.batches():
        if batch[0].intent is None:
            _close(sessions, batch[0])
            yield Happened(batch[0], None)
            continue
        sent = [step.intent for step in batch if step.intent is not None]
        outcomes = post_now(sessions, sent, actor=ACTOR, recorded_at=batch[0].at)
        yield from map(Happened, batch, outcomes)


def _open(session: Session, told: dict[str, list[dict[str, Any]]]) -> None:
    for book in told["books"]:
        tenant, _, ref = book["path"].partition("/")
        books.open_book(
            session,
            tenant=books.open_tenant(session, tenant, name=tenant),
            ref=ref,
            kind=BookKind(book["kind"]),
            name=book["name"],
            base_currency=book["currency"],
            time_zone=book["time_zone"],
            chart=f"{book['kind']}-1",
            opened_at=OPENED,
        )
    for fund in told["funds"]:
        book_id = story.book_id(fund["book"])
        books.open_fund(session, book_id, fund["fund"], name_id=fund["id"], name_en=fund["en"])
        for purpose in fund["purposes"]:
            books.allow_purpose(
                session,
                book_id,
                fund["fund"],
                purpose,
                valid_from=YEAR[0],
                valid_through=YEAR[1],
                actor=ACTOR,
                recorded_at=OPENED,
            )
    for account in told["accounts"]:
        books.open_account(
            session,
            story.book_id(account["book"]),
            code=account["code"],
            name_id=account["id"],
            name_en=account["en"],
            account_class=AccountClass(account["class"]),
            currency=account["currency"],
            fund=account.get("fund"),
            purpose=account.get("purpose"),
            floor=account.get("floor"),
        )
    for limit in told["limits"]:
        _limit(session, limit)


def _limit(session: Session, limit: dict[str, Any]) -> None:
    """Set a floor, unless it stands already: every change is written down."""
    book = queries.book(session, limit["book"])
    if queries.account(session, book, limit["account"]).floor != limit["floor"]:
        books.set_limits(
            session,
            book.id,
            limit["account"],
            floor=limit["floor"],
            actor=ACTOR,
            recorded_at=OPENED,
        )


def _close(sessions: sessionmaker[Session], step: Step) -> None:
    """Close a period, unless it is closed already."""
    assert step.closes is not None
    with sessions.begin() as session:
        book = queries.book(session, step.book)
        if book.closed_through is None or book.closed_through < step.closes:
            books.close_period(session, book.id, step.closes, actor=ACTOR, recorded_at=step.at)
