"""Borrow, repay and correct, in bulk; a refusal is an outcome.

A debt on which repayments stand keeps its lender and currency, and is not taken back: they would
go off another account than they did.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.db.engine import undone
from ledger.db.types import utc_text
from ledger.household.debts import entries, queries
from ledger.household.debts.items import (
    AmendDebt,
    AnyDebt,
    Borrow,
    DeleteDebt,
    DeleteRepayment,
    Lender,
    Repay,
)
from ledger.household.debts.queries import Key
from ledger.household.feed import operations as feed
from ledger.household.records import queries as records
from ledger.household.records.operations import written
from ledger.household.records.operations.written import Asked, Facts
from ledger.household.records.queries import Chain
from ledger.journal.outcomes import Code, Outcome

_DEBT: Final = Facts(
    "debt",
    ("lender", "currency", "face", "received", "name_lent", "recorded_at"),
    ("text", "text", "bigint", "bigint", "boolean", "timestamptz"),
)
_DUE: Final = Facts("debt_due", ("line", "due_date", "amount"), ("int", "date", "bigint"))
_REPAID: Final = Facts(
    "debt_repayment",
    ("debt_id", "lender", "principal", "interest", "fee", "penalty", "recorded_at"),
    ("bytea", "text", "bigint", "bigint", "bigint", "bigint", "timestamptz"),
)

Of = tuple[bytes, Lender]
"""The debt a repayment is of, by its first id, and its lender."""


def debt_many(
    session: Session,
    items: Sequence[AnyDebt],
    *,
    actor: str,
    recorded_at: datetime,
    dry_run: bool = False,
) -> list[Outcome]:
    """Borrow, repay and correct; one outcome per item, in the order sent.

    Outcomes are those of records, and entry_not_found or already_reversed of the debt that is
    repaid. A debt with repayments that is to be taken back, or to have another lender or currency,
    is `invalid_request`. Items are decided one after the other.
    """
    if dry_run:
        with undone(session):
            return debt_many(session, items, actor=actor, recorded_at=recorded_at)
    readable = {item.book_id for item in items if _unreadable(item) is None}
    feed.lock_books(session, readable, recorded_at)
    outcomes: list[Outcome] = []
    for item in items:
        asked, of, code = _decided(session, item)

        def rows(
            _: int, moment: datetime, item: AnyDebt = item, of: Of | None = of
        ) -> Iterable[tuple[Facts, Sequence[bulk.Row]]]:
            return _facts(item, of, moment)

        if code is not None:
            outcomes.append(Outcome(code, item.book_id, item.id))
            continue
        outcomes += written.write_many(
            session, [item], [asked], rows, actor=actor, recorded_at=recorded_at
        )
    return outcomes


def _is_key(key: object) -> bool:
    return type(key) is bytes and len(key) == 16


def _about(item: AnyDebt) -> bytes | None:
    if isinstance(item, Borrow):
        return None
    return item.debt if isinstance(item, Repay) else item.record


def _unreadable(item: AnyDebt) -> str | None:
    if type(item.book_id) is not int or not 0 <= item.book_id < 2**63:
        return "book_id"
    if not _is_key(item.id):
        return "id"
    if not isinstance(item, Borrow) and not _is_key(_about(item)):
        return "debt" if isinstance(item, Repay) else "record"
    if isinstance(item, Repay):
        return entries.repayment_problem(item.repayment)
    return entries.problem(item.debt) if isinstance(item, Borrow | AmendDebt) else None


def _decided(session: Session, item: AnyDebt) -> tuple[Asked, Of | None, Code | None]:
    """Say what an item becomes, which debt a repayment is of, and why it is refused at once."""
    wrong = _unreadable(item)
    if wrong is not None:
        return wrong, None, None
    if isinstance(item, Borrow):
        return written.about(item, entries.borrowed(item.debt), None, None), None, None
    if isinstance(item, DeleteRepayment):
        back = written.taking_back(item, item.record, entries.REPAID, item.reason)
        return back, None, None
    about = (item.book_id, _about(item) or b"")
    chain = records.chains(session, [about]).get(about)
    if isinstance(item, Repay):
        return _repay(session, item, chain)
    known = records.asked_before(session, [(item.book_id, item.id)])
    if not known and chain is not None and _is_bound(session, item, chain):
        return "record", None, None
    if isinstance(item, DeleteDebt):
        back = written.taking_back(item, item.record, entries.BORROWED, item.reason)
        return back, None, None
    content = entries.borrowed(item.debt)
    return written.about(item, content, item.record, item.reason), None, None


def _is_bound(session: Session, item: AmendDebt | DeleteDebt, chain: Chain) -> bool:
    """Tell whether repayments stand that forbid what is asked of their debt."""
    if not queries.repayments(session, [(item.book_id, chain.root_id)]):
        return False
    if isinstance(item, DeleteDebt):
        return True
    head = (item.book_id, chain.head_id)
    now = queries.lenders(session, [head]).get(head)
    return now != (item.debt.lender, item.debt.face.currency)


def _repay(
    session: Session, item: Repay, chain: Chain | None
) -> tuple[Asked, Of | None, Code | None]:
    key: Key = (item.book_id, item.id)
    of = queries.repaid_before(session, [key]).get(key)
    if of is None:
        if chain is None:
            return "debt", None, Code.ENTRY_NOT_FOUND
        head = (item.book_id, chain.head_id)
        found = queries.lenders(session, [head]).get(head)
        if found is None:
            return "debt", None, Code.ENTRY_NOT_FOUND
        if records.reversed_among(session, [(item.book_id, chain.head_seq)]):
            return "debt", None, Code.ALREADY_REVERSED
        lender, currency = found
        if item.repayment.principal.currency != currency:
            return "principal", None, None
        of = chain.root_id, lender
    elif chain is not None and chain.root_id != of[0]:
        # The id is taken by a repayment of another debt: the journal finds that its text differs.
        return _repaid(item, chain.root_id, of[1]), of, None
    return _repaid(item, of[0], of[1]), of, None


def _repaid(item: Repay, debt: bytes, lender: Lender) -> Asked:
    return written.about(item, entries.repaid(item.repayment, lender, debt), None, None)


def _facts(
    item: AnyDebt, of: Of | None, moment: datetime
) -> list[tuple[Facts, Sequence[bulk.Row]]]:
    if isinstance(item, Repay):
        assert of is not None
        paid = item.repayment
        parts = (paid.principal, paid.interest, paid.fee, paid.penalty)
        row = (of[0], of[1].value, *(part.minor for part in parts), utc_text(moment))
        return [(_REPAID, [row])]
    assert isinstance(item, Borrow | AmendDebt)
    debt = item.debt
    says = (debt.lender.value, debt.face.currency, debt.face.minor, debt.received.minor)
    dues = [
        (line, due.day.isoformat(), due.amount.minor)
        for line, due in enumerate(debt.schedule, start=1)
    ]
    return [(_DEBT, [(*says, debt.name_lent, utc_text(moment))]), (_DUE, dues)]
