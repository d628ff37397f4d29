"""Change books and accounts: states, limits, periods, what a fund may pay for.

A change locks the book's row, as every money command does, and leaves a row in `book_event`.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from ledger import dates
from ledger.books import charts, queries
from ledger.books.classes import AccountState
from ledger.books.operations.open import (
    OpenedDifferently,
    check_limits,
    check_ref,
    open_template_account,
)
from ledger.books.tables import FIRST_CUSTOM_ACCOUNT, Account, Book, BookEvent, FundPurpose
from ledger.errors import Malformed, NotFound, Refused, Wording


@dataclass(eq=False)
class AccountNotFound(NotFound):
    """The book has no such account, and its chart knows none."""

    code = "account_not_found"
    wording = Wording(id="Akun “{account}” tidak ada.", en="There is no account “{account}”.")
    account: int | str


@dataclass(eq=False)
class AccountNotEmpty(Refused):
    """An account that still carries a balance or a hold cannot be closed."""

    code = "account_not_empty"
    wording = Wording(
        id="Akun “{account}” masih bersaldo atau ada dana ditahan.",
        en="Account “{account}” still has a balance or a hold.",
    )
    account: str


@dataclass(eq=False)
class PeriodAlreadyClosed(Refused):
    """The period is closed through this day or a later one."""

    code = "period_already_closed"
    wording = Wording(
        id="Periode sudah ditutup sampai {closed_through}.",
        en="The period is closed through {closed_through} already.",
    )
    closed_through: date


@dataclass(eq=False)
class PeriodNotClosed(Refused):
    """Nothing after this day is closed."""

    code = "period_not_closed"
    wording = Wording(
        id="Tidak ada periode tertutup setelah {closed_through}.",
        en="No period after {closed_through} is closed.",
    )
    closed_through: date | None


@dataclass(eq=False)
class SamePerson(Refused):
    """Reopening a period takes two distinct people."""

    code = "same_person"
    wording = Wording(
        id="Membuka kembali periode memerlukan dua orang berbeda.",
        en="Reopening a period takes two distinct people.",
    )
    actor: str


@dataclass(eq=False)
class WindowMalformed(Malformed):
    """The last day lies before the first."""

    code = "window_malformed"
    wording = Wording(
        id="Hari terakhir {last} mendahului hari pertama {first}.",
        en="The last day {last} is before the first day {first}.",
    )
    first: date
    last: date


def set_account_state(
    session: Session,
    book: int,
    account: int | str,
    state: AccountState,
    *,
    actor: str,
    recorded_at: datetime,
) -> None:
    """Freeze, close or reopen an account.

    Raises:
        BookNotFound, AccountNotFound.
        AccountNotEmpty: it is to be closed and still has a balance or a hold.
    """
    locked = queries.lock(session, book)
    row = _account(session, locked, account)
    if row.state == state.value:
        return
    held = row.pending_debit or row.pending_credit
    if state is AccountState.CLOSED and (held or row.posted_debit != row.posted_credit):
        raise AccountNotEmpty(row.code)
    note_event(
        session,
        book,
        f"account_{state.value}",
        before=row.state,
        after=state.value,
        account_no=row.no,
        actor=actor,
        recorded_at=recorded_at,
    )
    session.execute(
        update(Account)
        .where(Account.book_id == book, Account.no == row.no)
        .values(state=state.value)
    )
    session.expire_all()


def set_limits(
    session: Session,
    book: int,
    account: int | str,
    *,
    actor: str,
    recorded_at: datetime,
    floor: int | None = None,
    ceiling: int | None = None,
    daily_debit_limit: int | None = None,
    daily_credit_limit: int | None = None,
) -> None:
    """Set all limits of an account, in minor units; None is no limit.

    Floor and ceiling bound the balance on the normal side from now on; a balance already beyond
    them may only move back. A daily limit counts the whole business date, also what was moved
    before it was set; of an amendment only what it moves beyond what it replaces.

    Raises:
        BookNotFound, AccountNotFound, LimitsMalformed.
    """
    check_limits(floor, ceiling, daily_debit_limit, daily_credit_limit)
    locked = queries.lock(session, book)
    row = _account(session, locked, account)
    limits = {
        "floor": floor,
        "ceiling": ceiling,
        "daily_debit_limit": daily_debit_limit,
        "daily_credit_limit": daily_credit_limit,
    }
    note_event(
        session,
        book,
        "account_limits",
        before=_written({name: getattr(row, name) for name in limits}),
        after=_written(limits),
        account_no=row.no,
        actor=actor,
        recorded_at=recorded_at,
    )
    values: dict[str, object] = dict(limits)
    daily = daily_debit_limit is not None or daily_credit_limit is not None
    if daily:
        # The next posting counts what the day has seen so far (journal: load_flows).
        values |= {"flow_date": None, "flow_debit": 0, "flow_credit": 0}
    session.execute(
        update(Account).where(Account.book_id == book, Account.no == row.no).values(**values)
    )
    session.expire_all()


def _written(limits: dict[str, int | None]) -> str:
    return ", ".join(f"{name}={value}" for name, value in limits.items() if value is not None)


def _account(session: Session, book: Book, account: int | str) -> Account:
    """Find an account by number or code; one that only the chart knows is opened."""
    chart = charts.chart(book.chart)
    template = chart.by_no(account) if isinstance(account, int) else chart.by_code(account)
    if template is not None:
        open_template_account(session, book, template)
    column = Account.no if isinstance(account, int) else Account.code
    found = session.scalar(select(Account).where(Account.book_id == book.id, column == account))
    if found is None:
        raise AccountNotFound(account)
    return found


def allow_purpose(
    session: Session,
    book: int,
    fund: str,
    purpose: str,
    *,
    valid_from: date,
    valid_through: date,
    actor: str,
    recorded_at: datetime,
) -> None:
    """Let a fund pay for a purpose between two days, both included; it is never taken back.

    Entries were judged by it, so it is history; allowing it again alike changes nothing.

    Raises:
        BookNotFound, FundNotFound, RefMalformed, DateOutOfRange.
        WindowMalformed: the last day lies before the first.
        OpenedDifferently: it is allowed from that day on, through another one.
    """
    check_ref(purpose)
    for day in (valid_from, valid_through):
        dates.check_date(day)
    if valid_through < valid_from:
        raise WindowMalformed(valid_from, valid_through)
    queries.lock(session, book)
    queries.fund(session, book, fund)
    found = session.get(FundPurpose, (book, fund, purpose, valid_from))
    if found is not None:
        if found.valid_through != valid_through:
            raise OpenedDifferently(purpose, "valid_through")
        return
    session.execute(
        insert(FundPurpose).values(
            book_id=book,
            fund=fund,
            purpose=purpose,
            valid_from=valid_from,
            valid_through=valid_through,
        )
    )
    note_event(
        session,
        book,
        "purpose_allowed",
        before=None,
        after=f"{fund}: {purpose}, {valid_from} to {valid_through}",
        actor=actor,
        recorded_at=recorded_at,
    )


def close_period(
    session: Session, book: int, through: date, *, actor: str, recorded_at: datetime
) -> None:
    """Close every day up to and including one: no entry gets an effective date in them any more.

    Raises:
        BookNotFound.
        DateOutOfRange: there is no such day in the ledger.
        PeriodAlreadyClosed: it is closed through this day or a later one.
    """
    dates.check_date(through)
    locked = queries.lock(session, book)
    if locked.closed_through is not None and locked.closed_through >= through:
        raise PeriodAlreadyClosed(locked.closed_through)
    _move_close(session, locked, through, "period_closed", actor, None, recorded_at)


def reopen_period(
    session: Session,
    book: int,
    through: date | None,
    *,
    actor: str,
    approved_by: str,
    recorded_at: datetime,
) -> None:
    """Move the close back to a day (None: nothing stays closed); takes two distinct people.

    Only an approved proposal comes here (`ledger.approvals.operations.propose_reopening`), which
    knows which names are one person; that the two names differ is checked once more.

    Raises:
        BookNotFound.
        SamePerson: the one who asks is the one who approves.
        PeriodNotClosed: nothing after that day is closed.
    """
    if actor == approved_by:
        raise SamePerson(actor)
    locked = queries.lock(session, book)
    check_reopening(locked.closed_through, through)
    _move_close(session, locked, through, "period_reopened", actor, approved_by, recorded_at)


def check_reopening(closed: date | None, through: date | None) -> None:
    """Refuse to move a close to where it would not go back.

    Raises:
        PeriodNotClosed: nothing after that day is closed.
    """
    if closed is None or (through is not None and through >= closed):
        raise PeriodNotClosed(through)


def _move_close(
    session: Session,
    book: Book,
    through: date | None,
    what: str,
    actor: str,
    approved_by: str | None,
    recorded_at: datetime,
) -> None:
    note_event(
        session,
        book.id,
        what,
        before=None if book.closed_through is None else book.closed_through.isoformat(),
        after=None if through is None else through.isoformat(),
        actor=actor,
        approved_by=approved_by,
        recorded_at=recorded_at,
    )
    session.execute(update(Book).where(Book.id == book.id).values(closed_through=through))
    session.expire_all()


def forget_names(session: Session, book: int) -> None:
    """Take back the names an owner gave to her book and to accounts of its own.

    Its reference and their codes stand in their place. The book is locked; names enter no hash.
    """
    session.execute(update(Book).where(Book.id == book).values(name=Book.ref))
    own = (Account.book_id == book, Account.no >= FIRST_CUSTOM_ACCOUNT)
    session.execute(update(Account).where(*own).values(name_id=Account.code, name_en=Account.code))
    session.expire_all()


def note_event(
    session: Session,
    book: int,
    what: str,
    *,
    before: str | None,
    after: str | None,
    actor: str,
    recorded_at: datetime,
    account_no: int | None = None,
    approved_by: str | None = None,
) -> None:
    """Write a change of a book or an account down; the book is locked."""
    last = session.scalar(select(func.max(BookEvent.no)).where(BookEvent.book_id == book))
    session.execute(
        insert(BookEvent).values(
            book_id=book,
            no=(last or 0) + 1,
            what=what,
            account_no=account_no,
            before=before,
            after=after,
            actor=actor,
            approved_by=approved_by,
            recorded_at=recorded_at,
        )
    )
