"""What is stored of her work: contracts as they stand, slips that stand, recruitment costs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ledger.db import bulk
from ledger.household.wages.items import Contract, Deduction, DeductionKind, Occupation
from ledger.household.wages.naming import names_place, read_names
from ledger.journal import queries as journal
from ledger.money import Money

Key = tuple[int, bytes]

_CONTRACTS = """
    SELECT c.book_id, c.id, c.version, c.gone, c.jurisdiction, c.occupation, c.currency, c.wage,
           CAST(c.starts AS text), CAST(c.ends AS text), c.deduction_months, c.deduction,
           c.subject, c.sealed
    FROM {k} JOIN work_contract c ON c.book_id = k.book_id AND c.id = k.id
    ORDER BY c.book_id, c.id, c.version
"""
_OF_BOOK = "SELECT DISTINCT c.id FROM work_contract c WHERE c.book_id = ?"


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a contract; `contract` None where it was taken back.

    Names that cannot be opened (no keyring, or erased) are None, and `readable` is false.
    """

    version: int
    contract: Contract | None
    subject: str
    readable: bool


def versions(session: Session, keys: Iterable[Key]) -> dict[Key, list[Version]]:
    """Read every version of contracts, the first one first; what is no contract is left out."""
    wanted = sorted(set(keys))
    rows = bulk.find_rows(session, _CONTRACTS, ("book_id", "id"), ("bigint", "bytea"), wanted)
    openers = journal.openers(session, {(row[0], row[12]) for row in rows if row[13] is not None})
    found: dict[Key, list[Version]] = {}
    for row in rows:
        key, version = (row[0], bytes(row[1])), row[2]
        says = None
        if row[13] is not None:
            where = names_place(*key, version)
            says = journal.opened(openers[(row[0], row[12])], where, bytes(row[13]))
        employer, agency = read_names(says) if isinstance(says, str) else (None, None)
        contract = None if row[3] else _contract(row, employer, agency)
        readable = row[13] is None or isinstance(says, str)
        found.setdefault(key, []).append(Version(version, contract, row[12], readable))
    return found


def _contract(row: bulk.Row, employer: str | None, agency: str | None) -> Contract:
    _, _, _, _, jurisdiction, occupation, currency, wage, starts, ends, months, deduction = row[:12]
    return Contract(
        jurisdiction=jurisdiction,
        occupation=Occupation(occupation),
        wage=Money(wage, currency),
        starts=date.fromisoformat(starts),
        ends=None if ends is None else date.fromisoformat(ends),
        deduction_months=months,
        deduction=None if deduction is None else Money(deduction, currency),
        employer=employer,
        agency=agency,
    )


def contracts(session: Session, book: int) -> dict[bytes, Contract]:
    """Give the contracts of a book as they stand now."""
    keys = [(book, bytes(row[0])) for row in bulk.read(session, _OF_BOOK, (book,))]
    found = versions(session, keys)
    return {
        key[1]: last
        for key, each in sorted(found.items())
        if (last := each[-1].contract) is not None
    }


def contracts_say(
    session: Session, book: int, keys: Sequence[bytes]
) -> dict[bytes, Mapping[str, object]]:
    """Say what contracts are, for the feed of their book."""
    said: dict[bytes, Mapping[str, object]] = {}
    for (_, key), each in versions(session, [(book, key) for key in keys]).items():
        last = each[-1]
        if last.contract is None:
            continue
        contract = last.contract
        said[key] = {
            "version": last.version,
            "jurisdiction": contract.jurisdiction,
            "occupation": contract.occupation.value,
            "wage": contract.wage,
            "starts": contract.starts,
            "ends": contract.ends,
            "deduction_months": contract.deduction_months,
            "deduction": contract.deduction,
            "employer": contract.employer,
            "agency": contract.agency,
            "readable": last.readable,
        }
    return said


_STANDS = """
    NOT EXISTS (SELECT 1 FROM entry r
                WHERE r.book_id = e.book_id AND r.target_seq = e.seq AND r.verb = 'reverse')
"""
_SLIPS = f"""
    SELECT s.id, e.seq, CAST(e.effective_date AS text), s.contract_id,
           CAST(s.period_from AS text), CAST(s.period_through AS text), s.currency,
           s.contract_wage, s.payslip_wage, s.gross, s.base, s.received, s.owed
    FROM wage_slip s JOIN entry e ON e.book_id = s.book_id AND e.id = s.id
    WHERE s.book_id = ? AND {_STANDS}
    ORDER BY s.period_from, e.seq
"""
_DEDUCTIONS = """
    SELECT d.id, d.kind, d.amount
    FROM {k} JOIN wage_deduction d ON d.book_id = k.book_id AND d.id = k.id
    ORDER BY d.id, d.line
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """A slip that stands, as it is known by the id of its last version.

    `contract_wage`, `payslip_wage` and `received` are the three facts; `wage` is the part of the
    gross without overtime, allowances and bonuses.
    """

    id: bytes
    day: date
    contract: bytes | None
    period_from: date
    period_through: date
    contract_wage: Money | None
    payslip_wage: Money | None
    gross: Money
    wage: Money
    received: Money
    owed: Money
    deductions: tuple[Deduction, ...]


def slips(session: Session, book: int) -> list[Paid]:
    """Give the slips of a book that stand, by period: neither deleted nor replaced."""
    rows = bulk.read(session, _SLIPS, (book,))
    keys = [(book, bytes(row[0])) for row in rows]
    kept: dict[bytes, list[tuple[str, int]]] = {}
    for slip, kind, minor in bulk.find_rows(
        session, _DEDUCTIONS, ("book_id", "id"), ("bigint", "bytea"), sorted(keys)
    ):
        kept.setdefault(bytes(slip), []).append((kind, minor))
    return [_paid(row, kept.get(bytes(row[0]), [])) for row in rows]


def _paid(row: bulk.Row, kept: Sequence[tuple[str, int]]) -> Paid:
    slip, _, day, contract, start, through, currency, promised, signed, *amounts = row
    gross, base, received, owed = (Money(minor, currency) for minor in amounts)
    return Paid(
        id=bytes(slip),
        day=date.fromisoformat(day),
        contract=None if contract is None else bytes(contract),
        period_from=date.fromisoformat(start),
        period_through=date.fromisoformat(through),
        contract_wage=None if promised is None else Money(promised, currency),
        payslip_wage=None if signed is None else Money(signed, currency),
        gross=gross,
        wage=base,
        received=received,
        owed=owed,
        deductions=tuple(Deduction(DeductionKind(k), Money(m, currency)) for k, m in kept),
    )


# Codes are compared byte by byte and ';' follows ':', so this is the account and all below it.
_COSTS = """
    SELECT a.code, a.currency, a.posted_debit - a.posted_credit FROM account a
    WHERE a.book_id = ? AND a.posted_debit <> a.posted_credit
      AND (a.code >= 'expenses:recruitment:' AND a.code < 'expenses:recruitment;'
           OR a.code IN ('expenses:deduction:agency_fee', 'expenses:deduction:placement_fee')
           OR a.code >= 'expenses:deduction:agency_fee:'
              AND a.code < 'expenses:deduction:agency_fee;'
           OR a.code >= 'expenses:deduction:placement_fee:'
              AND a.code < 'expenses:deduction:placement_fee;'
           OR a.code = 'liabilities:agency_loan'
           OR a.code >= 'liabilities:agency_loan:' AND a.code < 'liabilities:agency_loan;')
    ORDER BY a.code
"""


def recruitment_costs(session: Session, book: int) -> dict[str, Money]:
    """Give what being recruited has cost her, by account, each in its own currency.

    Fees kept from her wage count (SDG 10.7.1), and what was paid off on an agency loan beyond what
    was ever booked as owed: the debt was a cost that nobody had recorded. What is still owed was
    booked as a cost when it was taken up.
    """
    found: dict[str, Money] = {}
    for code, currency, net in bulk.read(session, _COSTS, (book,)):
        if net > 0 or not code.startswith("liabilities:"):
            found[code] = Money(int(net), currency)
    return found


_LOANS = """
    SELECT a.currency, a.posted_credit - a.posted_debit FROM account a
    WHERE a.book_id = ? AND a.posted_credit > a.posted_debit
      AND (a.code = 'liabilities:agency_loan'
           OR a.code >= 'liabilities:agency_loan:' AND a.code < 'liabilities:agency_loan;')
    ORDER BY a.currency
"""


def agency_loans(session: Session, book: int) -> list[Money]:
    """Give what is still owed on loans of agencies, by currency."""
    return [Money(int(net), currency) for currency, net in bulk.read(session, _LOANS, (book,))]
