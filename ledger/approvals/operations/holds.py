"""The money of a proposal: held while it waits, moved when it is carried out, else given back.

Each is an entry in the book, under an id derived from the proposal and its revision, so that a
repeat posts nothing twice.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from ledger import dates
from ledger.approvals.payload import Funds
from ledger.approvals.tables import Proposal
from ledger.books import queries as books
from ledger.errors import Refused, Wording
from ledger.journal import operations as journal
from ledger.journal.intents import Capture, Expire, Intent, Release, Reserve


@dataclass(eq=False)
class FundsRefused(Refused):
    """The journal refused to hold or to move the money; its outcome says why."""

    code = "funds_refused"
    wording = Wording(
        id="Dana usulan ditolak oleh jurnal: {outcome}.",
        en="The journal refused the funds of the proposal: {outcome}.",
    )
    outcome: str


def hold(session: Session, row: Proposal, funds: Funds, *, actor: str, at: datetime) -> None:
    """Hold the money of a proposal's current revision until the proposal expires.

    Raises:
        BookNotFound: the tenant has no such book.
        FundsRefused.
    """
    hold_id = derived_id(row, "hold")
    intent = Reserve(
        book_id=funds.book_id,
        id=hold_id,
        effective_date=_day(session, row.tenant_id, funds.book_id, at),
        kind="proposal",
        postings=funds.postings,
        expires_at=row.expires_at,
    )
    _post(session, intent, actor, at)
    row.hold_book_id, row.hold_id = funds.book_id, hold_id


def give_back(session: Session, row: Proposal, *, actor: str, at: datetime) -> None:
    """Give back what a proposal holds, if it holds anything."""
    if row.hold_id is None or row.hold_book_id is None:
        return
    verb = Expire if at >= row.expires_at else Release
    intent = verb(
        book_id=row.hold_book_id,
        id=derived_id(row, "given_back"),
        effective_date=_day(session, row.tenant_id, row.hold_book_id, at),
        kind="proposal",
        hold_id=row.hold_id,
    )
    _post(session, intent, actor, at)
    row.hold_book_id = row.hold_id = None


def move(session: Session, row: Proposal, *, actor: str, at: datetime) -> None:
    """Move what a proposal holds, if it holds anything.

    Raises:
        FundsRefused: an account was frozen, a purpose ended, or the like.
    """
    if row.hold_id is None or row.hold_book_id is None:
        return
    intent = Capture(
        book_id=row.hold_book_id,
        id=derived_id(row, "moved"),
        effective_date=_day(session, row.tenant_id, row.hold_book_id, at),
        kind="proposal",
        hold_id=row.hold_id,
    )
    _post(session, intent, actor, at)
    row.hold_book_id = row.hold_id = None


def derived_id(row: Proposal, what: str) -> bytes:
    """Derive the id of one of a proposal's entries."""
    place = row.tenant_id.to_bytes(8, "big") + row.id + row.revision.to_bytes(4, "big")
    return hashlib.sha256(b"juang/proposal/entry/1" + place + what.encode()).digest()[:16]


def _post(session: Session, intent: Intent, actor: str, at: datetime) -> None:
    (outcome,) = journal.post(session, [intent], actor=actor, recorded_at=at)
    if not outcome.accepted:
        raise FundsRefused(outcome.code.value)


def _day(session: Session, tenant: int, book_id: int, at: datetime) -> date:
    """Give the book's own day, or the first open one after it: a close never keeps money held."""
    book = books.existing(session, [book_id]).get(book_id)
    if book is None or book.tenant_id != tenant:
        raise books.BookNotFound(book_id)
    day = dates.local_date(at, book.time_zone)
    if book.closed_through is not None and book.closed_through >= day:
        return book.closed_through + timedelta(days=1)
    return day
