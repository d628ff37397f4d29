"""Her books: which they are, their accounts and balances, statements page by page."""

from datetime import date
from typing import Any, Final, Literal

from sqlalchemy.orm import Session

from api.http import paging
from api.http.calls import Answer, Call, Caller, Operation, Way, tag_of
from api.http.fields import (
    Count,
    Day,
    Strict,
    written_id,
    written_instant,
    written_money,
    written_uuid,
)
from api.http.problems import Problem
from ledger.access.actions import Action
from ledger.books.operations import AccountNotFound
from ledger.consents.queries.persons import books_of
from ledger.errors import Wording
from ledger.parties.queries import records
from ledger.reports import queries
from ledger.reports.figures import AccountFigures, BookFigures, StatementLine
from ledger.reports.queries import Place
from ledger.reports.statement import Span
from ledger.reports.trial_balance import AsOf


class BalancesQuery(Strict):
    """Balances at the end of a day, as known when the book had so many entries."""

    on: Day | None = None
    known_at: Count | None = None


class StatementQuery(paging.Page):
    """A statement's order and days, both included."""

    order: Literal["date", "booked"] = "date"
    since: Day | None = None
    until: Day | None = None


def book_of(session: Session, call: Call) -> BookFigures:
    """Read the book of the path; the door let only its owner pass."""
    found = queries.books_by_id(session, [call.book])
    if not found:
        raise Problem("not_found")
    return found[0]


def _written(book: BookFigures) -> dict[str, Any]:
    closed = book.closed_through
    return {
        "id": written_id(book.id),
        "name": book.name,
        "kind": book.kind,
        "base_currency": book.base_currency,
        "time_zone": book.time_zone,
        "chart": book.chart,
        "entry_count": book.head_seq,
        "closed_through_date": None if closed is None else closed.isoformat(),
    }


def _tag(book: BookFigures) -> str:
    return tag_of("book", *_written(book).values())


def listed(session: Session, call: Call) -> Answer:
    """List her books."""
    own = records(session, call.tenant, call.person)
    found = queries.books_by_id(session, books_of(session, call.tenant, own))
    return Answer(200, {"books": [_written(book) for book in found]})


def one(session: Session, call: Call) -> Answer:
    """Give one book."""
    book = book_of(session, call)
    return Answer(200, _written(book), etag=_tag(book))


def account_written(account: AccountFigures) -> dict[str, Any]:
    """Write an account without its figures."""
    return {
        "no": account.no,
        "code": account.code,
        "name": {"id": account.name.id, "en": account.name.en},
        "class": account.account_class.value,
        "currency": account.currency,
        "postable": account.postable,
        "state": account.state,
        "opened": account.opened,
    }


def accounts(session: Session, call: Call) -> Answer:
    """List the accounts of her book: those in use, and those its chart offers."""
    book = book_of(session, call)
    found = queries.with_chart(book, queries.accounts(session, book))
    return Answer(200, {"accounts": [account_written(account) for account in found]})


def balances(session: Session, call: Call) -> Answer:
    """Give the balance of every account in use: now, on a day, or as known at an entry."""
    asked: BalancesQuery = call.query
    book = book_of(session, call)
    if asked.known_at is not None and asked.known_at > book.head_seq:
        raise Problem("parameter_malformed")
    found = queries.accounts(session, book, moment=call.now)
    nets = queries.nets_of(session, book, found, AsOf(asked.on, asked.known_at))
    now = asked.on is None and asked.known_at is None
    content = {
        "book": written_id(book.id),
        "on": None if asked.on is None else asked.on.isoformat(),
        "known_at": book.head_seq if asked.known_at is None else asked.known_at,
        "balances": [
            {
                "no": account.no,
                "code": account.code,
                "balance": _money(account, nets.get(account.no, 0)),
                "held": written_money(account.held, account.currency) if now else None,
            }
            for account in found
        ],
    }
    held = sum(account.held for account in found)
    return Answer(200, content, etag=tag_of("balances", book.id, book.head_seq, asked, held))


def _money(account: AccountFigures, net: int) -> dict[str, str]:
    return written_money(account.on_normal_side(net), account.currency)


def statement(session: Session, call: Call) -> Answer:
    """Give a page of an account's statement."""
    asked: StatementQuery = call.query
    book = book_of(session, call)
    span = Span(asked.since, asked.until)
    if span.first > span.last:
        raise Problem("parameter_malformed")
    try:
        account = queries.account(session, book, call.params["account"])
    except AccountNotFound:
        raise Problem("not_found") from None
    place = paging.after(call)
    where = None if place is None else Place(date.fromisoformat(place[0]), place[1], place[2])
    page = queries.page_by_date if asked.order == "date" else queries.page_as_booked
    size = asked.size
    found = page(session, book, account, span, after=where, limit=size + 1)
    lines = found[:size]
    last = lines[-1] if len(found) > size else None
    next_place = (
        None if last is None else [last.entry.effective_date.isoformat(), last.entry.seq, last.line]
    )
    written = [_line(account, line) for line in lines]
    return paging.paged(call, "lines", written, next_place, account=account_written(account))


def _line(account: AccountFigures, line: StatementLine) -> dict[str, Any]:
    entry = line.entry
    narration = entry.narration
    return {
        "entry": written_uuid(entry.id),
        "seq": entry.seq,
        "line": line.line,
        "verb": entry.verb,
        "kind": entry.kind,
        "effective_date": entry.effective_date.isoformat(),
        "booked_date": line.booked.isoformat(),
        "recorded_time": written_instant(entry.recorded_at),
        "narration": narration if isinstance(narration, str) else None,
        "debit": written_money(line.net, account.currency) if line.net > 0 else None,
        "credit": written_money(-line.net, account.currency) if line.net < 0 else None,
    }


_SEES: Final[dict[str, Any]] = {
    "method": "GET",
    "caller": Caller.PERSON,
    "action": Action.DIARY_SEE,
    "way": Way.READS,
}

OPERATIONS: Final = (
    Operation(
        id="list_books",
        path="/books",
        says=Wording("Daftar buku saya.", "List my books."),
        run=listed,
        **_SEES,
    ),
    Operation(
        id="get_book",
        path="/books/{book}",
        says=Wording("Lihat satu buku.", "See one book."),
        run=one,
        **_SEES,
    ),
    Operation(
        id="list_accounts",
        path="/books/{book}/accounts",
        says=Wording("Daftar akun sebuah buku.", "List the accounts of a book."),
        run=accounts,
        **_SEES,
    ),
    Operation(
        id="list_balances",
        path="/books/{book}/balances",
        says=Wording("Saldo akun-akun sebuah buku.", "Give the balances of a book."),
        run=balances,
        query=BalancesQuery,
        **_SEES,
    ),
    Operation(
        id="list_statement_lines",
        path="/books/{book}/accounts/{account}/statement",
        says=Wording("Mutasi sebuah akun, per halaman.", "Give a page of a statement."),
        run=statement,
        query=StatementQuery,
        **_SEES,
    ),
)
