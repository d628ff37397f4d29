"""Open households and change their settings."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from ledger.books import operations as books
from ledger.books.classes import BookKind
from ledger.books.queries import BookNotFound
from ledger.consents import operations as consents
from ledger.household.books import queries
from ledger.household.books.opening import CHART, NewHousehold, check_settings
from ledger.household.books.tables import Household
from ledger.household.feed import operations as feed
from ledger.household.feed.items import Heard, Kind


def open_households(
    session: Session, new: Sequence[NewHousehold], *, actor: str, opened_at: datetime
) -> list[int]:
    """Open households and give the ids of their books; opening one again alike changes nothing.

    Pay day and home currency are settings: of a household that is there they stay as they are.

    Raises:
        What `books.operations.open_books` raises; PayDayMalformed; OpenedDifferently, also
        where the book is there and of the other kind; PersonNotFound, PersonNotActive.
    """
    for each in new:
        check_settings(each.pay_day, each.home_currency)
    ids = books.open_books(
        session,
        [
            books.NewBook(
                tenant=each.tenant,
                ref=each.ref,
                kind=BookKind.HOUSEHOLD,
                name=each.name,
                base_currency=each.base_currency,
                time_zone=each.time_zone,
                chart=CHART,
            )
            for each in new
        ],
        opened_at=opened_at,
    )
    feed.lock_books(session, ids, opened_at)
    there = queries.settings(session, ids)
    fresh: dict[int, NewHousehold] = {}
    for book, each in zip(ids, new, strict=True):
        known = there[book].kind if book in there else fresh.setdefault(book, each).kind
        if known != each.kind:
            raise books.OpenedDifferently(each.ref, "kind")
    if fresh:
        session.execute(
            insert(Household),
            [
                {
                    "book_id": book,
                    "kind": each.kind,
                    "home_currency": each.home_currency,
                    "pay_day": each.pay_day,
                    "opened_at": opened_at,
                }
                for book, each in fresh.items()
            ],
        )
        heard = [Heard(book, Kind.SETTINGS, queries.SETTINGS_KEY) for book in fresh]
        feed.note(session, heard, recorded_at=opened_at)
    for book, each in zip(ids, new, strict=True):
        if each.person is not None:
            owner = (each.tenant, each.person, book)
            consents.own_book(session, *owner, actor=actor, recorded_at=opened_at)
    return ids


def change_settings(
    session: Session,
    book: int,
    *,
    recorded_at: datetime,
    pay_day: int | None = None,
    home_currency: str | None = None,
) -> None:
    """Change a household's pay day or home currency; saying what is so already changes nothing.

    Raises:
        BookNotFound: there is no such household.
        PayDayMalformed, CurrencyUnknown.
    """
    feed.lock_books(session, [book], recorded_at)
    found = queries.settings(session, [book]).get(book)
    if found is None:
        raise BookNotFound(book)
    then = (found.pay_day, found.home_currency)
    now = (
        found.pay_day if pay_day is None else pay_day,
        found.home_currency if home_currency is None else home_currency,
    )
    check_settings(*now)
    if now == then:
        return
    changed = update(Household).where(Household.book_id == book)
    session.execute(changed.values(pay_day=now[0], home_currency=now[1]))
    heard = [Heard(book, Kind.SETTINGS, queries.SETTINGS_KEY)]
    feed.note(session, heard, recorded_at=recorded_at)
