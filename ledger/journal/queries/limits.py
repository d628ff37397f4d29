"""What only some batches need: holds past due, flows of the day, purposes, asserted balances."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from ledger import dates
from ledger.db import bulk
from ledger.db.types import utc_text
from ledger.journal.state import DERIVED, Batch, Purposes

_EXPIRED = """
    SELECT h.book_id, h.account_no, h.side, CAST(sum(h.remaining) AS bigint)
    FROM {k} JOIN hold h ON h.book_id = k.book_id AND h.account_no = k.account_no
    WHERE h.remaining > 0 AND h.expires_at <= k.moment
    GROUP BY h.book_id, h.account_no, h.side
"""


def load_expired_holds(session: Session, batch: Batch) -> None:
    """Count what is held past due on accounts with limits."""
    keys = [
        (account.book_id, account.no, batch.books[account.book_id].recorded_text)
        for account in batch.accounts.values()
        if (account.pending_debit or account.pending_credit)
        and (account.floor is not None or account.ceiling is not None)
    ]
    columns, types = ("book_id", "account_no", "moment"), ("bigint", "int", "timestamptz")
    for book_id, no, side, held in bulk.find_rows(session, _EXPIRED, columns, types, keys):
        account = batch.accounts[(book_id, no)]
        if side == "D":
            account.expired_debit = held
        else:
            account.expired_credit = held


# The two entries of an amendment share a change number; what the first takes back is not counted
# again in the second (rules.beyond).
_FLOWS = f"""
    SELECT m.book_id, m.account_no, m.side, CAST(sum(m.moved) AS bigint)
    FROM (SELECT p.book_id, p.account_no, e.change_no,
                 CASE WHEN (e.flags = {DERIVED}) = (p.side = 'C') THEN 'D' ELSE 'C' END AS side,
                 sum(CASE WHEN e.flags = {DERIVED} THEN -p.amount ELSE p.amount END) AS moved
          FROM {{k}} JOIN posting p ON p.book_id = k.book_id AND p.account_no = k.account_no
          JOIN entry e ON e.book_id = p.book_id AND e.seq = p.seq
          WHERE p.layer < 2 AND e.verb <> 'capture' AND e.recorded_at >= k.moment
          GROUP BY 1, 2, 3, 4) m
    WHERE m.moved > 0 GROUP BY m.book_id, m.account_no, m.side
"""


def load_flows(session: Session, batch: Batch) -> None:
    """Count what the business date has seen on accounts whose daily limit was just set."""
    keys: list[bulk.Row] = []
    for account in batch.accounts.values():
        limited = account.daily_debit_limit is not None or account.daily_credit_limit is not None
        if limited and account.flow_date is None:
            book = batch.books[account.book_id]
            account.flow_date = book.business_date
            start = dates.day_start(date.fromisoformat(book.business_date), book.time_zone)
            keys.append((account.book_id, account.no, utc_text(start)))
    columns, types = ("book_id", "account_no", "moment"), ("bigint", "int", "timestamptz")
    for book_id, no, side, moved in bulk.find_rows(session, _FLOWS, columns, types, keys):
        account = batch.accounts[(book_id, no)]
        if side == "D":
            account.flow_debit = moved
        else:
            account.flow_credit = moved


_DAY_NET = """
    SELECT k.book_id, k.account_no, k.day, CAST(coalesce(sum(d.debit - d.credit), 0) AS bigint)
    FROM {k} LEFT JOIN account_day d ON d.book_id = k.book_id AND d.account_no = k.account_no
         AND d.effective_date <= k.day
    GROUP BY k.book_id, k.account_no, k.day
"""


def watch_balances(session: Session, batch: Batch, wanted: Sequence[tuple[int, int, str]]) -> None:
    """Load the balances that assertions of this batch ask for, and keep them up from here on."""
    columns, types = ("book_id", "account_no", "day"), ("bigint", "int", "date")
    for book_id, no, day, net in bulk.find_rows(
        session, _DAY_NET, columns, types, sorted(set(wanted))
    ):
        account = batch.accounts[(book_id, no)]
        account.watched = [*(account.watched or []), [str(day), net]]


_PURPOSES = """
    SELECT p.book_id, p.fund, p.purpose, p.valid_from, p.valid_through
    FROM {k} JOIN fund_purpose p ON p.book_id = k.book_id
"""


def load_purposes(session: Session, batch: Batch) -> None:
    """Load what the funds touched by a batch may pay for."""
    keys = sorted({(account.book_id,) for account in batch.accounts.values() if account.fund})
    purposes: Purposes = batch.purposes
    for book_id, fund, purpose, first, last in bulk.find_rows(
        session, _PURPOSES, ("book_id",), ("bigint",), keys
    ):
        purposes.setdefault((book_id, fund, purpose), []).append((str(first), str(last)))
