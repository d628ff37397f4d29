"""What is stored of debts: those that stand, what was repaid, what is left and when it is over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.household.debts import rates
from ledger.household.debts.items import Due, Lender
from ledger.household.debts.rates import Countdown
from ledger.household.records import queries as records
from ledger.money import Money

Key = tuple[int, bytes]
_KEY = (("book_id", "id"), ("bigint", "bytea"))

_UNDONE = """EXISTS (SELECT 1 FROM entry r
    WHERE r.book_id = e.book_id AND r.target_seq = e.seq AND r.verb = 'reverse')"""
_LENDERS = """
    SELECT d.book_id, d.id, d.lender, d.currency
    FROM {k} JOIN debt d ON d.book_id = k.book_id AND d.id = k.id
"""
_STANDING = f"""
    SELECT d.id, CAST(e.effective_date AS text), d.lender, d.currency, d.face, d.received,
           d.name_lent
    FROM debt d JOIN entry e ON e.book_id = d.book_id AND e.id = d.id
    WHERE d.book_id = ? AND NOT {_UNDONE}
    ORDER BY e.effective_date, e.seq
"""
_DUES = """
    SELECT u.id, CAST(u.due_date AS text), u.amount
    FROM {k} JOIN debt_due u ON u.book_id = k.book_id AND u.id = k.id
    ORDER BY u.id, u.line
"""
_REPAID = f"""
    SELECT p.book_id, p.debt_id, CAST(e.effective_date AS text), p.principal,
           p.interest, p.fee, p.penalty
    FROM {{k}} JOIN debt_repayment p ON p.book_id = k.book_id AND p.debt_id = k.id
    JOIN entry e ON e.book_id = p.book_id AND e.id = p.id
    WHERE NOT {_UNDONE}
    ORDER BY e.effective_date, e.seq
"""
_BEFORE = """
    SELECT p.book_id, p.id, p.debt_id, p.lender
    FROM {k} JOIN debt_repayment p ON p.book_id = k.book_id AND p.id = k.id
"""


@dataclass(frozen=True, slots=True)
class Paid:
    """A repayment that stands: its day, what went off the debt, and all that was paid."""

    day: date
    principal: Money
    whole: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A debt that stands, by the id of its last version, without texts."""

    id: bytes
    day: date
    lender: Lender
    face: Money
    received: Money
    name_lent: bool
    schedule: tuple[Due, ...]
    repaid: tuple[Paid, ...]

    @property
    def left(self) -> Money:
        """Give what is left of the face value; what was overpaid is no debt."""
        off = sum(paid.principal.minor for paid in self.repaid)
        return Money(max(self.face.minor - off, 0), self.face.currency)

    @property
    def countdown(self) -> Countdown:
        """Tell how far the debt is from its end."""
        whole = sum(paid.whole.minor for paid in self.repaid)
        dues = [(due.day, due.amount) for due in self.schedule]
        return rates.countdown(self.left, dues, Money(whole, self.face.currency))

    @property
    def agreed_daily_rate(self) -> Fraction | None:
        """Give the rate per day of what was agreed: what she received against the schedule."""
        dues = [(due.day, due.amount) for due in self.schedule]
        return rates.daily_rate(self.day, self.received, dues)

    @property
    def real_daily_rate(self) -> Fraction | None:
        """Give the rate per day of a debt that is over, from what was paid; else None."""
        if self.left.minor:
            return None
        paid = [(each.day, each.whole) for each in self.repaid]
        return rates.daily_rate(self.day, self.received, paid)


def lenders(session: Session, keys: Iterable[Key]) -> dict[Key, tuple[Lender, str]]:
    """Give lender and currency of versions of debts; others are left out."""
    rows = bulk.find_rows(session, _LENDERS, *_KEY, sorted(set(keys)))
    return {(row[0], bytes(row[1])): (Lender(row[2]), row[3]) for row in rows}


def repaid_before(session: Session, keys: Iterable[Key]) -> dict[Key, tuple[bytes, Lender]]:
    """Tell of ids that are repayments of which debt, and to which lender."""
    rows = bulk.find_rows(session, _BEFORE, *_KEY, sorted(set(keys)))
    return {(row[0], bytes(row[1])): (bytes(row[2]), Lender(row[3])) for row in rows}


def repayments(session: Session, keys: Iterable[Key]) -> dict[Key, list[bulk.Row]]:
    """Find the repayments of debts that stand, by the debt's first id, in order of day."""
    found: dict[Key, list[bulk.Row]] = {}
    for row in bulk.find_rows(session, _REPAID, *_KEY, sorted(set(keys))):
        found.setdefault((row[0], bytes(row[1])), []).append(row[2:])
    return found


def debts(session: Session, book: int) -> list[Owed]:
    """Give the debts of a book that stand, by day, paid off or not."""
    rows = bulk.read(session, _STANDING, (book,))
    keys = sorted((book, bytes(row[0])) for row in rows)
    roots = {key: chain.root_id for key, chain in records.chains(session, keys).items()}
    paid = repayments(session, {(book, root) for root in roots.values()})
    dues: dict[bytes, list[tuple[date, int]]] = {}
    for debt, day, minor in bulk.find_rows(session, _DUES, *_KEY, keys):
        dues.setdefault(bytes(debt), []).append((date.fromisoformat(day), minor))
    return [
        _owed(row, dues.get(bytes(row[0]), []), paid.get((book, roots[(book, bytes(row[0]))]), []))
        for row in rows
    ]


def _owed(row: bulk.Row, dues: list[tuple[date, int]], paid: list[bulk.Row]) -> Owed:
    debt, day, lender, code, face, received, name_lent = row
    return Owed(
        id=bytes(debt),
        day=date.fromisoformat(day),
        lender=Lender(lender),
        face=Money(face, code),
        received=Money(received, code),
        name_lent=bool(name_lent),
        schedule=tuple(Due(on, Money(minor, code)) for on, minor in dues),
        repaid=tuple(
            Paid(date.fromisoformat(each[0]), Money(each[1], code), Money(sum(each[1:]), code))
            for each in paid
        ),
    )
