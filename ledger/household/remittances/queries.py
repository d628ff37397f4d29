"""What is stored of remittances: those that stand, how they ended, what they cost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.db.types import plain_decimal
from ledger.household.records import queries as records
from ledger.household.remittances import costs
from ledger.household.remittances.costs import Cost
from ledger.household.remittances.items import Channel, Purpose, Sending
from ledger.money import Money

Key = tuple[int, bytes]
_KEY = (("book_id", "id"), ("bigint", "bytea"))

_SAYS = """
    m.pocket, m.channel, m.purpose, m.currency, m.sent, m.fee, m.arrives_currency, m.arrives,
    CAST(m.mid_rate AS text), m.mid_source, CAST(m.mid_date AS text),
    CAST(e.effective_date AS text)
"""
_VERSIONS = f"""
    SELECT m.book_id, m.id, {_SAYS}
    FROM {{k}} JOIN remittance m ON m.book_id = k.book_id AND m.id = k.id
    JOIN entry e ON e.book_id = m.book_id AND e.id = m.id
"""
_UNDONE = """EXISTS (SELECT 1 FROM entry r
    WHERE r.book_id = e.book_id AND r.target_seq = e.seq AND r.verb = 'reverse')"""
_STANDING = f"""
    SELECT m.book_id, m.id, {_SAYS}
    FROM remittance m JOIN entry e ON e.book_id = m.book_id AND e.id = m.id
    WHERE m.book_id = ? AND NOT {_UNDONE}
    ORDER BY e.effective_date, e.seq
"""
_ENDS = f"""
    SELECT x.book_id, x.remittance_id, x.id, x.kind, x.currency, x.amount,
           CAST(e.effective_date AS text)
    FROM {{k}} JOIN remittance_end x ON x.book_id = k.book_id AND x.remittance_id = k.id
    JOIN entry e ON e.book_id = x.book_id AND e.id = x.id
    WHERE NOT {_UNDONE}
"""
_ENDED = """
    SELECT x.book_id, x.id, x.remittance_id, x.version_id
    FROM {k} JOIN remittance_end x ON x.book_id = k.book_id AND x.id = k.id
"""

State = Literal["in_transit", "received", "returned"]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a remittance ended: the entry that says so, its day, and what arrived or came back."""

    id: bytes
    state: State
    day: date
    amount: Money | None


@dataclass(frozen=True, slots=True)
class Remitted:
    """A remittance that stands, by the id of its last version, without texts."""

    id: bytes
    sending: Sending
    end: Ending | None

    @property
    def state(self) -> State:
        """Tell where the money is."""
        return "in_transit" if self.end is None else self.end.state

    @property
    def cost(self) -> Cost | None:
        """Give its true cost, by what arrived where that is known; None where it cannot be told.

        What came back has cost no margin; it has none to compare.
        """
        if self.state == "returned":
            return None
        arrived = None if self.end is None else self.end.amount
        arrives = arrived or self.sending.arrives
        if arrives is None:
            return None
        return costs.cost(self.sending.sent, self.sending.fee, arrives, self.sending.mid_rate)


def versions(session: Session, keys: Iterable[Key]) -> dict[Key, Sending]:
    """Read what versions of remittances say, without texts; others are left out."""
    rows = bulk.find_rows(session, _VERSIONS, *_KEY, sorted(set(keys)))
    return {(row[0], bytes(row[1])): _sending(row[2:]) for row in rows}


def _sending(row: Sequence[object]) -> Sending:
    pocket, channel, purpose, code, sent, fee, other, arrives, rate, source, mid, day = row
    return Sending(
        day=date.fromisoformat(str(day)),
        pocket=str(pocket),
        channel=Channel(str(channel)),
        purpose=Purpose(str(purpose)),
        sent=Money(sent, code),  # type: ignore[arg-type]
        fee=Money(fee, code),  # type: ignore[arg-type]
        arrives=None if other is None else Money(arrives, other),  # type: ignore[arg-type]
        mid_rate=None if rate is None else plain_decimal(Decimal(str(rate))),
        mid_source=None if source is None else str(source),
        mid_date=None if mid is None else date.fromisoformat(str(mid)),
    )


def ends(session: Session, remittances: Iterable[Key]) -> dict[Key, Ending]:
    """Find how remittances ended, by first id; those on the way are left out."""
    rows = bulk.find_rows(session, _ENDS, *_KEY, sorted(set(remittances)))
    return {
        (row[0], bytes(row[1])): Ending(
            bytes(row[2]),
            row[3],
            date.fromisoformat(row[6]),
            None if row[4] is None else Money(row[5], row[4]),
        )
        for row in rows
    }


def ended_before(session: Session, keys: Iterable[Key]) -> dict[Key, tuple[bytes, bytes]]:
    """Tell of ids that have ended a remittance which one, and which version of it."""
    rows = bulk.find_rows(session, _ENDED, *_KEY, sorted(set(keys)))
    return {(row[0], bytes(row[1])): (bytes(row[2]), bytes(row[3])) for row in rows}


def remittances(session: Session, book: int) -> list[Remitted]:
    """Give the remittances of a book that stand, by day, and how they ended."""
    rows = bulk.read(session, _STANDING, (book,))
    chains = records.chains(session, [(book, bytes(row[1])) for row in rows])
    roots = {key: (key[0], chain.root_id) for key, chain in chains.items()}
    found = ends(session, roots.values())
    return [
        Remitted(bytes(row[1]), _sending(row[2:]), found.get(roots[(book, bytes(row[1]))]))
        for row in rows
    ]
