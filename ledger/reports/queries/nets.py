"""Balances of many accounts at once: debits less credits, now, on a day, or as known at a `seq`."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import Select, SQLColumnExpression, and_, func, select
from sqlalchemy.orm import Session

from ledger.books.tables import Account, Book, Tenant
from ledger.db import bulk
from ledger.journal.queries.balances import blocks_until
from ledger.journal.tables import AccountDay
from ledger.reports.figures import AccountFigures, BookFigures
from ledger.reports.report import Unit
from ledger.reports.trial_balance import AccountNet, AsOf

AT_ONCE = 2_000


def nets_of(
    session: Session, book: BookFigures, accounts: Sequence[AccountFigures], as_of: AsOf
) -> dict[int, int]:
    """Give the balance of each account, by number: debits less credits."""
    opened = [account.no for account in accounts if account.opened]
    if as_of.known_at is not None:
        return _known(session, book.id, opened, as_of.on, as_of.known_at)
    if as_of.on is not None:
        found = _on(session, book.id, as_of.on)
        return {no: found.get(no, 0) for no in opened}
    return {account.no: account.net for account in accounts}


def _on(session: Session, book_id: int, day: date) -> dict[int, int]:
    """Add up the day buckets of a book up to and including a day."""
    query = (
        select(AccountDay.account_no, func.sum(AccountDay.debit), func.sum(AccountDay.credit))
        .where(AccountDay.book_id == book_id, AccountDay.effective_date <= day)
        .group_by(AccountDay.account_no)
    )
    return {no: int(debit) - int(credit) for no, debit, credit in session.execute(query)}


# As known at a seq (decision 0003): a running balance, less what is late in it, plus what is
# late by then and effective by the day. The same as `journal.balance_known_at`, set-based.

_LAST_ON_TIME = """
    SELECT k.no, (SELECT d.on_time_seq FROM account_day d
                  WHERE d.book_id = k.book_id AND d.account_no = k.no
                    AND d.effective_date <= k.day AND d.on_time_seq IS NOT NULL
                  ORDER BY d.effective_date DESC LIMIT 1)
    FROM {k}
"""
_RUNNING = """
    SELECT k.no, (SELECT p.balance_after FROM posting p
                  WHERE p.book_id = k.book_id AND p.account_no = k.no AND p.seq <= k.seq
                  ORDER BY p.seq DESC, p.line DESC, p.layer DESC LIMIT 1)
    FROM {k}
"""
_HAS_LATE = """
    SELECT k.no FROM {k} WHERE EXISTS
    (SELECT 1 FROM late_total l WHERE l.book_id = k.book_id AND l.account_no = k.no)
"""
_LATE = """
    SELECT k.no, (SELECT l.net_total FROM late_total l
                  WHERE l.book_id = k.book_id AND l.account_no = k.no AND l.shift = k.shift
                    AND l.block = k.block AND l.seq <= k.seq
                  ORDER BY l.seq DESC, l.line DESC LIMIT 1)
    FROM {k}
"""


def _known(
    session: Session, book_id: int, numbers: Sequence[int], day: date | None, seq: int
) -> dict[int, int]:
    if day is None:
        return _running(session, book_id, dict.fromkeys(numbers, seq))
    keys = [(book_id, no, day.isoformat()) for no in numbers]
    columns, types = ("book_id", "no", "day"), ("bigint", "int", "date")
    last = {
        no: min(found, seq)
        for no, found in bulk.find_rows(session, _LAST_ON_TIME, columns, types, keys)
        if found is not None
    }
    nets = dict.fromkeys(numbers, 0) | _running(session, book_id, last)
    keys_no = [(book_id, no) for no in numbers]
    some = bulk.find_rows(session, _HAS_LATE, ("book_id", "no"), ("bigint", "int"), keys_no)
    late = [row[0] for row in some]
    within = {no: last[no] for no in late if no in last}
    for no, net in _late(session, book_id, within, date.max).items():
        nets[no] -= net
    for no, net in _late(session, book_id, dict.fromkeys(late, seq), day).items():
        nets[no] += net
    return nets


def _running(session: Session, book_id: int, places: dict[int, int]) -> dict[int, int]:
    keys = [(book_id, no, seq) for no, seq in places.items()]
    columns, types = ("book_id", "no", "seq"), ("bigint", "int", "bigint")
    found = bulk.find_rows(session, _RUNNING, columns, types, keys)
    return {no: int(running or 0) for no, running in found}


def _late(session: Session, book_id: int, places: dict[int, int], day: date) -> dict[int, int]:
    """Add up what came late and is effective by a day, as known at each account's own place."""
    blocks = blocks_until(day)
    columns = ("book_id", "no", "shift", "block", "seq")
    types = ("bigint", "int", "smallint", "int", "bigint")
    keys = [
        (book_id, no, shift, block, seq) for no, seq in places.items() for shift, block in blocks
    ]
    nets = dict.fromkeys(places, 0)
    for no, net in bulk.find_rows(session, _LATE, columns, types, keys):
        nets[no] += int(net or 0)
    return nets


def nets_of_all(session: Session, as_of: AsOf) -> Iterator[AccountNet]:
    """Give the balance of every account of every book, book by book, read as asked for.

    `known_at` counts entries of one book, so it has no meaning here.
    """
    assert as_of.known_at is None, "a seq belongs to one book"
    debit: SQLColumnExpression[int] = Account.posted_debit
    credit: SQLColumnExpression[int] = Account.posted_credit
    query: Select[str, str, str, str, str | None, int, int]
    if as_of.on is None:
        query = _with_books(debit, credit)
    else:
        days = (
            select(
                AccountDay.book_id,
                AccountDay.account_no,
                func.sum(AccountDay.debit).label("debit"),
                func.sum(AccountDay.credit).label("credit"),
            )
            .where(AccountDay.effective_date <= as_of.on)
            .group_by(AccountDay.book_id, AccountDay.account_no)
            .subquery()
        )
        same = and_(days.c.book_id == Account.book_id, days.c.account_no == Account.no)
        query = _with_books(days.c.debit, days.c.credit).join(days, same)
    for tenant, ref, name, currency, fund, debited, credited in session.execute(
        query.execution_options(yield_per=AT_ONCE)
    ):
        net = int(debited) - int(credited)
        yield AccountNet(f"{tenant}/{ref}", name, Unit(currency, fund), net)


def _with_books(
    debit: SQLColumnExpression[int], credit: SQLColumnExpression[int]
) -> Select[str, str, str, str, str | None, int, int]:
    return (
        select(Tenant.code, Book.ref, Book.name, Account.currency, Account.fund, debit, credit)
        .select_from(Account)
        .join(Book, Book.id == Account.book_id)
        .join(Tenant, Tenant.id == Book.tenant_id)
        .order_by(Tenant.code, Book.ref, Book.id, Account.no)
    )
