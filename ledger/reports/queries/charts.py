"""Books and accounts, as reports name them."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ledger.books import charts
from ledger.books import queries as books_queries
from ledger.books.classes import AccountClass
from ledger.books.operations import AccountNotFound
from ledger.books.tables import Account, Book, Tenant
from ledger.errors import Wording
from ledger.journal.tables import Hold
from ledger.reports.figures import AccountFigures, BookFigures, FundFigures

AT_ONCE = 1_000


def book(session: Session, name: str) -> BookFigures:
    """Find a book by its reference, by tenant/reference, or by its id.

    Raises:
        BookNotFound, BookAmbiguous.
    """
    found = books_queries.find_book(session, name)
    session.refresh(found)  # entries move its head without the session's knowledge
    tenant = session.scalars(select(Tenant.code).where(Tenant.id == found.tenant_id)).one()
    return _book(found, tenant)


def books(session: Session) -> Iterator[BookFigures]:
    """List all books by operator and reference; read as they are asked for."""
    query = select(Book, Tenant.code).join(Tenant, Tenant.id == Book.tenant_id)
    ordered = query.order_by(Tenant.code, Book.ref, Book.id)
    for found, tenant in session.execute(ordered.execution_options(yield_per=AT_ONCE)):
        yield _book(found, tenant)


def books_by_id(session: Session, ids: Sequence[int]) -> list[BookFigures]:
    """Read books by their ids, in order of id; those not there are left out."""
    query = select(Book, Tenant.code).join(Tenant, Tenant.id == Book.tenant_id)
    rows = session.execute(query.where(Book.id.in_(ids)).order_by(Book.id))
    return [_book(found, tenant) for found, tenant in rows]


def _book(found: Book, tenant: str) -> BookFigures:
    return BookFigures(
        id=found.id,
        tenant=tenant,
        ref=found.ref,
        name=found.name,
        kind=found.kind,
        base_currency=found.base_currency,
        time_zone=found.time_zone,
        chart=found.chart,
        head_seq=found.head_seq,
        closed_through=found.closed_through,
    )


def accounts(
    session: Session, found: BookFigures, *, moment: datetime | None = None
) -> list[AccountFigures]:
    """Read the opened accounts of a book; with a moment, also which holds are past due then."""
    due = {} if moment is None else _past_due(session, found.id, moment)
    query = select(Account).where(Account.book_id == found.id).order_by(Account.no)
    rows = session.scalars(query.execution_options(populate_existing=True))
    return [_account(row, due.get(row.no, (0, 0))) for row in rows]


def _past_due(session: Session, book_id: int, moment: datetime) -> dict[int, tuple[int, int]]:
    """Add up what is held past due, by account: debits and credits."""
    query = (
        select(Hold.account_no, Hold.side, func.sum(Hold.remaining))
        .where(Hold.book_id == book_id, Hold.remaining > 0, Hold.expires_at <= moment)
        .group_by(Hold.account_no, Hold.side)
    )
    due: dict[int, tuple[int, int]] = {}
    for no, side, held in session.execute(query):
        debit, credit = due.get(no, (0, 0))
        due[no] = (debit + int(held), credit) if side == "D" else (debit, credit + int(held))
    return due


def account(
    session: Session, found: BookFigures, name: str, *, moment: datetime | None = None
) -> AccountFigures:
    """Find an account by code or number; one that only the chart knows has no balance yet.

    Raises:
        AccountNotFound.
    """
    is_number = name.isascii() and name.isdigit() and len(name) < 10
    column = Account.no if is_number else Account.code
    key = int(name) if is_number else name
    query = select(Account).where(Account.book_id == found.id, column == key)
    fresh = query.execution_options(populate_existing=True)
    row = None if "\0" in name else session.scalar(fresh)
    if row is not None:
        due = {} if moment is None else _past_due(session, found.id, moment)
        return _account(row, due.get(row.no, (0, 0)))
    chart = charts.chart(found.chart)
    template = chart.by_no(int(name)) if is_number else chart.by_code(name)
    if template is None:
        raise AccountNotFound(name)
    return _unopened(template, chart, found.base_currency)


def funds(session: Session, found: BookFigures) -> list[FundFigures]:
    """List the funds of a book, once for each purpose it may pay for and span of days."""
    return [
        FundFigures(
            fund.code,
            Wording(fund.name_id, fund.name_en),
            None if allowed is None else allowed.purpose,
            None if allowed is None else allowed.valid_from,
            None if allowed is None else allowed.valid_through,
        )
        for fund, allowed in books_queries.funds(session, found.id)
    ]


def with_chart(found: BookFigures, opened: Sequence[AccountFigures]) -> list[AccountFigures]:
    """Add the accounts of the book's chart that no entry has opened yet."""
    chart = charts.chart(found.chart)
    known = {each.no for each in opened}
    rest = [
        _unopened(template, chart, found.base_currency)
        for template in chart.accounts
        if template.no not in known
    ]
    return sorted([*opened, *rest], key=lambda each: each.no)


def _unopened(
    template: charts.TemplateAccount, chart: charts.Chart, base_currency: str
) -> AccountFigures:
    parent = None if template.parent is None else chart.by_code(template.parent)
    return AccountFigures(
        no=template.no,
        code=template.code,
        name=Wording(template.name_id, template.name_en),
        account_class=template.account_class,
        parent_no=None if parent is None else parent.no,
        currency=template.currency or base_currency,
        purpose=template.purpose,
        postable=template.postable,
        floor=template.floor,
        ceiling=template.ceiling,
        opened=False,
    )


def _account(row: Account, due: tuple[int, int]) -> AccountFigures:
    return AccountFigures(
        no=row.no,
        code=row.code,
        name=Wording(row.name_id, row.name_en),
        account_class=AccountClass(row.class_),
        parent_no=row.parent_no,
        currency=row.currency,
        fund=row.fund,
        purpose=row.purpose,
        postable=row.postable,
        state=row.state,
        floor=row.floor,
        ceiling=row.ceiling,
        daily_debit_limit=row.daily_debit_limit,
        daily_credit_limit=row.daily_credit_limit,
        posted_debit=row.posted_debit,
        posted_credit=row.posted_credit,
        held_debit=row.pending_debit,
        held_credit=row.pending_credit,
        due_debit=due[0],
        due_credit=due[1],
    )
