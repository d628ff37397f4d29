"""Open and configure books, accounts and funds; close and reopen periods.

Opening is idempotent: what exists alike is given back, what exists otherwise is refused. A book's
id is derived from its tenant and its `ref`, so it is the same on every database and says
nothing of how many there are. Changes to a book or an account lock the book's row, as every
money command does, and leave a row in `book_event`.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from ledger import money
from ledger.books import charts, opening, queries
from ledger.books.classes import (
    AccountClass,
    AccountState,
    BookKind,
    check_code,
    parent_code,
)
from ledger.books.tables import Account, Book, BookEvent, Fund, FundPurpose, Tenant
from ledger.errors import Malformed, NotFound, Refused, Wording

_REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:@/-]{0,63}\Z")
DEFAULT_DAYS_AHEAD = 366


@dataclass(eq=False)
class RefMalformed(Malformed):
    """A reference of a tenant, book, fund or purpose has characters it may not have."""

    code = "ref_malformed"
    wording = Wording(
        id="“{ref}” bukan nama rujukan yang sah.", en="“{ref}” is not a valid reference."
    )
    hint = Wording(
        id="Huruf, angka dan _ . : @ / -, paling banyak 64 karakter.",
        en="Letters, digits and _ . : @ / -, at most 64 characters.",
    )
    ref: str


@dataclass(eq=False)
class TimeZoneUnknown(Malformed):
    """The time zone is not one of the IANA data base."""

    code = "time_zone_unknown"
    wording = Wording(
        id="Zona waktu “{time_zone}” tidak dikenal.", en="There is no time zone “{time_zone}”."
    )
    hint = Wording(id="Misalnya Asia/Jakarta.", en="For instance Asia/Jakarta.")
    time_zone: str


@dataclass(eq=False)
class OpenedDifferently(Refused):
    """Something of this reference exists, with other settings."""

    code = "opened_differently"
    wording = Wording(
        id="“{ref}” sudah ada dengan {field} yang berbeda.",
        en="“{ref}” exists already, with another {field}.",
    )
    ref: str
    field: str


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
class LimitsMalformed(Malformed):
    """A floor lies above the ceiling, or a daily limit is negative."""

    code = "limits_malformed"
    wording = Wording(
        id="Batas bawah melebihi batas atas, atau batas harian negatif.",
        en="The floor lies above the ceiling, or a daily limit is negative.",
    )


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


def tenant_id(code: str) -> int:
    """Derive a tenant's id from its code."""
    return _derived(b"juang/tenant/1", code)


def book_id(tenant: int, ref: str) -> int:
    """Derive a book's id from its tenant and its reference: 63 bits of a hash.

    >>> book_id(tenant_id("demo"), "siti") == book_id(tenant_id("demo"), "siti")
    True
    """
    return _derived(b"juang/book/1" + tenant.to_bytes(8, "big"), ref)


def _derived(label: bytes, text: str) -> int:
    return int.from_bytes(hashlib.sha256(label + b"\x00" + text.encode()).digest()[:8], "big") >> 1


def _check_ref(ref: str) -> str:
    if not _REF.match(ref):
        raise RefMalformed(ref)
    return ref


def open_tenant(session: Session, code: str, *, name: str) -> int:
    """Register an operator of books and give its id.

    Raises:
        RefMalformed: the code has characters it may not have.
    """
    made = tenant_id(_check_ref(code))
    if session.get(Tenant, made) is None:
        session.execute(insert(Tenant).values(id=made, code=code, name=name))
    return made


def open_book(
    session: Session,
    *,
    tenant: int,
    ref: str,
    kind: BookKind,
    name: str,
    base_currency: str,
    time_zone: str,
    chart: str,
    opened_at: datetime,
    late_policy: str | None = None,
    max_days_ahead: int = DEFAULT_DAYS_AHEAD,
) -> int:
    """Open a book and give its id; opening it again alike changes nothing.

    A household's late entries are moved to the first open day by default; other books refuse
    what falls into a closed period (design.md §3.1).

    Raises:
        RefMalformed, TimeZoneUnknown, CurrencyUnknown, ChartUnknown: a setting has no meaning.
        OpenedDifferently: the book exists with other settings.
    """
    _check_ref(ref)
    money.currency(base_currency)
    charts.chart(chart)
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise TimeZoneUnknown(time_zone) from error
    made = book_id(tenant, ref)
    lenient = "first_open_day" if kind is BookKind.HOUSEHOLD else "refuse"
    settings: dict[str, object] = {
        "tenant_id": tenant,
        "ref": ref,
        "kind": kind.value,
        "base_currency": base_currency,
        "time_zone": time_zone,
        "chart": chart,
    }
    found = session.get(Book, made)
    if found is not None:
        for field, value in settings.items():
            if getattr(found, field) != value:
                raise OpenedDifferently(ref, field)
        return made
    session.execute(
        insert(Book).values(
            id=made,
            name=name,
            late_policy=late_policy or lenient,
            max_days_ahead=max_days_ahead,
            opened_at=opened_at,
            **settings,
        )
    )
    return made


def open_account(
    session: Session,
    book: int,
    *,
    code: str,
    name_id: str,
    name_en: str,
    account_class: AccountClass,
    currency: str,
    fund: str | None = None,
    purpose: str | None = None,
    postable: bool = True,
    floor: int | None = None,
    ceiling: int | None = None,
) -> int:
    """Open an account of the book's own and give its number; its parent is the code one shorter.

    Accounts of the book's chart need no opening: their first entry opens them.

    Raises:
        BookNotFound, AccountCodeMalformed, CurrencyUnknown, LimitsMalformed.
        OpenedDifferently: an account of this code exists, here or in the chart, otherwise.
    """
    check_code(code)
    money.currency(currency)
    _check_limits(floor, ceiling)
    locked = queries.lock(session, book)
    chart = charts.chart(locked.chart)
    if chart.by_code(code) is not None:
        raise OpenedDifferently(code, "chart")
    wanted = {
        "class_": account_class.value,
        "currency": currency,
        "fund": fund,
        "purpose": purpose,
        "postable": postable,
    }
    found = session.scalar(select(Account).where(Account.book_id == book, Account.code == code))
    if found is not None:
        for field, value in wanted.items():
            if getattr(found, field) != value:
                raise OpenedDifferently(code, field.rstrip("_"))
        return found.no
    parent_no = _open_parent(session, locked, chart, code)
    no = locked.next_account_no
    session.execute(
        insert(Account).values(
            book_id=book,
            no=no,
            code=code,
            name_id=name_id,
            name_en=name_en,
            parent_no=parent_no,
            floor=floor,
            ceiling=ceiling,
            **wanted,
        )
    )
    session.execute(update(Book).where(Book.id == book).values(next_account_no=no + 1))
    session.expire_all()
    return no


def _open_parent(session: Session, book: Book, chart: charts.Chart, code: str) -> int | None:
    """Find the nearest account above a code, opening it where only the chart knows it."""
    above = parent_code(code)
    while above is not None:
        template = chart.by_code(above)
        if template is not None:
            open_template_account(session, book, template)
            return template.no
        no = session.scalar(
            select(Account.no).where(Account.book_id == book.id, Account.code == above)
        )
        if no is not None:
            return no
        above = parent_code(above)
    return None


def open_template_account(session: Session, book: Book, template: charts.TemplateAccount) -> None:
    """Open an account of the chart, and the headings above it, before its first entry."""
    for row in opening.template_rows(
        book.id, charts.chart(book.chart), template, book.base_currency
    ):
        values = dict(zip(opening.COLUMNS, row, strict=True))
        values["class_"] = values.pop("class")
        if session.get(Account, (book.id, row[1])) is None:
            session.execute(insert(Account).values(**values))


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
    moved_today: Callable[[Session, Book, Account, datetime], tuple[date, int, int]] | None = None,
) -> None:
    """Set all limits of an account, in minor units; None is no limit.

    Floor and ceiling bound the balance on the normal side from now on; a balance already beyond
    them may only move back. `moved_today` (the journal's) counts what the business date has
    seen so far, for a daily limit set in its middle.

    Raises:
        BookNotFound, AccountNotFound, LimitsMalformed.
    """
    _check_limits(floor, ceiling, daily_debit_limit, daily_credit_limit)
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
    if daily and moved_today is not None:
        day, debits, credits = moved_today(session, locked, row, recorded_at)
        values |= {"flow_date": day, "flow_debit": debits, "flow_credit": credits}
    session.execute(
        update(Account).where(Account.book_id == book, Account.no == row.no).values(**values)
    )
    session.expire_all()


def _written(limits: dict[str, int | None]) -> str:
    return ", ".join(f"{name}={value}" for name, value in limits.items() if value is not None)


def _check_limits(floor: int | None, ceiling: int | None, *daily: int | None) -> None:
    if floor is not None and ceiling is not None and floor > ceiling:
        raise LimitsMalformed
    if any(limit is not None and limit < 0 for limit in daily):
        raise LimitsMalformed


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


def open_fund(session: Session, book: int, code: str, *, name_id: str, name_en: str) -> None:
    """Name a restricted fund of a book; its money sits in accounts that carry its code."""
    _check_ref(code)
    queries.lock(session, book)
    if session.get(Fund, (book, code)) is None:
        session.execute(
            insert(Fund).values(book_id=book, code=code, name_id=name_id, name_en=name_en)
        )


def allow_purpose(
    session: Session, book: int, fund: str, purpose: str, *, valid_from: date, valid_through: date
) -> None:
    """Let a fund pay for a purpose between two days, both included."""
    _check_ref(purpose)
    queries.lock(session, book)
    if session.get(FundPurpose, (book, fund, purpose, valid_from)) is None:
        session.execute(
            insert(FundPurpose).values(
                book_id=book,
                fund=fund,
                purpose=purpose,
                valid_from=valid_from,
                valid_through=valid_through,
            )
        )


def close_period(
    session: Session, book: int, through: date, *, actor: str, recorded_at: datetime
) -> None:
    """Close every day up to and including one: no entry gets an effective date in them any more.

    Raises:
        BookNotFound.
        PeriodAlreadyClosed: it is closed through this day or a later one.
    """
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

    Raises:
        BookNotFound.
        SamePerson: the one who asks is the one who approves.
        PeriodNotClosed: nothing after that day is closed.
    """
    if actor == approved_by:
        raise SamePerson(actor)
    locked = queries.lock(session, book)
    closed = locked.closed_through
    if closed is None or (through is not None and through >= closed):
        raise PeriodNotClosed(through)
    _move_close(session, locked, through, "period_reopened", actor, approved_by, recorded_at)


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
