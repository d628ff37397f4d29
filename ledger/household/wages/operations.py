"""Keep contracts and record slips, in bulk; a refusal is an outcome."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from ledger.dates import MAX_DATE, MIN_DATE
from ledger.db import bulk
from ledger.db.types import utc_text
from ledger.household.feed import operations as feed
from ledger.household.feed.items import Heard, Kind
from ledger.household.records.operations import written
from ledger.household.records.operations.written import Asked, Facts
from ledger.household.wages import queries, slips
from ledger.household.wages.items import (
    AmendSlip,
    Contract,
    DeleteSlip,
    KeepContract,
    Occupation,
    RecordSlip,
)
from ledger.household.wages.naming import names_place, write_names
from ledger.household.wages.queries import Key, Version
from ledger.journal import shape
from ledger.journal.keyring import TextKeys
from ledger.journal.operations import subject_keys
from ledger.journal.outcomes import Code, Outcome
from ledger.money import Money

AnySlip = RecordSlip | AmendSlip | DeleteSlip

_SLIP: Final = Facts(
    "wage_slip",
    (
        *("contract_id", "period_from", "period_through", "currency", "contract_wage"),
        *("payslip_wage", "gross", "base", "received", "deducted", "owed", "recorded_at"),
    ),
    ("bytea", "date", "date", "text", *("bigint",) * 7, "timestamptz"),
)
_DEDUCTION: Final = Facts("wage_deduction", ("line", "kind", "amount"), ("int", "text", "bigint"))


def slip_many(
    session: Session,
    items: Sequence[AnySlip],
    *,
    actor: str,
    recorded_at: datetime,
    dry_run: bool = False,
) -> list[Outcome]:
    """Record, amend and delete slips; one outcome per item, in the order sent.

    Outcomes are those of records. A slip that gives more than was earned, has two currencies or an
    unknown kind of line is `invalid_request`, with the field.
    """

    def rows(at: int, moment: datetime) -> Iterable[tuple[Facts, Sequence[bulk.Row]]]:
        item = items[at]
        assert not isinstance(item, DeleteSlip)
        return _facts(item, moment)

    asked = [_asked(item) for item in items]
    return written.write_many(
        session, items, asked, rows, actor=actor, recorded_at=recorded_at, dry_run=dry_run
    )


def _asked(item: AnySlip) -> Asked:
    if isinstance(item, DeleteSlip):
        return written.taking_back(item, item.record, slips.KIND, item.reason)
    wrong = slips.problem(item.slip)
    if wrong is not None:
        return wrong
    content = slips.written(item.slip)
    if isinstance(item, AmendSlip):
        return written.about(item, content, item.record, item.reason)
    return written.about(item, content, None, None)


def _facts(
    item: RecordSlip | AmendSlip, moment: datetime
) -> list[tuple[Facts, Sequence[bulk.Row]]]:
    slip, came_to = item.slip, slips.sums(item.slip)
    row = (
        slip.contract,
        slip.period_from.isoformat(),
        slip.period_through.isoformat(),
        came_to.currency,
        None if slip.contract_wage is None else slip.contract_wage.minor,
        None if slip.payslip_wage is None else slip.payslip_wage.minor,
        came_to.gross,
        came_to.base,
        came_to.received,
        came_to.deducted,
        came_to.owed,
        utc_text(moment),
    )
    lines = [
        (line, deduction.kind.value, deduction.amount.minor)
        for line, deduction in enumerate(slip.deductions, start=1)
    ]
    return [(_SLIP, [row]), (_DEDUCTION, lines)]


_COLUMNS: Final = (
    *("book_id", "id", "version", "gone", "jurisdiction", "occupation", "currency", "wage"),
    *("starts", "ends", "deduction_months", "deduction", "subject", "sealed", "recorded_at"),
)
_TYPES: Final = (
    *("bigint", "bytea", "int", "boolean", "text", "text", "text", "bigint"),
    *("date", "date", "int", "bigint", "text", "bytea", "timestamptz"),
)


def keep_contracts(
    session: Session, items: Sequence[KeepContract], *, recorded_at: datetime
) -> list[Outcome]:
    """Keep versions of contracts; each is one change of the feed.

    Outcomes: posted; exists; exists_with_different_options (this version says something else, or
    the last one is not the one before it); exists_with_different_text (other names);
    invalid_request; book_not_found; subject_erased (names of a subject that was erased).
    """
    locked = feed.lock_books(
        session, {i.book_id for i in items if _contract_problem(i) is None}, recorded_at
    )
    at_hand = [i for i in items if _contract_problem(i) is None and i.book_id in locked]
    known = queries.versions(session, [(i.book_id, i.id) for i in at_hand])
    named = {(i.book_id, i.subject) for i in at_hand if _names(i.contract) is not None}
    keys = subject_keys.text_keys(session, named)
    outcomes: list[Outcome] = []
    new: dict[Key, Version] = {}
    rows: list[bulk.Row] = []
    for item in items:
        key, wrong = (item.book_id, item.id), _contract_problem(item)
        if wrong is not None:
            facts = {"field": wrong}
            outcomes.append(Outcome(Code.INVALID_REQUEST, *key, facts=facts))
            continue
        if item.book_id not in locked:
            outcomes.append(Outcome(Code.BOOK_NOT_FOUND, *key))
            continue
        text_key = keys.get((item.book_id, item.subject))
        code = _decided(item, known.get(key, []), text_key)
        outcomes.append(Outcome(code, *key))
        if code is Code.POSTED:
            new[key] = Version(item.version, item.contract, item.subject, readable=True)
            known.setdefault(key, []).append(new[key])
            rows.append(_row(item, text_key, locked[item.book_id].recorded_text))
    bulk.insert_rows(session, "work_contract", _COLUMNS, _TYPES, rows)
    heard = [
        Heard(key[0], Kind.CONTRACT, key[1], gone=v.contract is None) for key, v in new.items()
    ]
    numbers = dict(zip(new, feed.note(session, heard, recorded_at=recorded_at), strict=True))
    return [
        outcome._replace(change_no=numbers[(outcome.book_id, outcome.id)])
        if outcome.code is Code.POSTED
        else outcome
        for outcome in outcomes
    ]


def _decided(item: KeepContract, known: Sequence[Version], keys: TextKeys | None) -> Code:
    if item.version <= len(known):
        stored = known[item.version - 1]
        if _bare(stored.contract) != _bare(item.contract):
            return Code.EXISTS_WITH_DIFFERENT_OPTIONS
        # Names that were erased, or that this session cannot open, are left out.
        same = not stored.readable or _names(stored.contract) == _names(item.contract)
        return Code.EXISTS if same else Code.EXISTS_WITH_DIFFERENT_TEXT
    if item.version != len(known) + 1:
        return Code.EXISTS_WITH_DIFFERENT_OPTIONS
    if _names(item.contract) is not None and keys is None:
        return Code.SUBJECT_ERASED
    return Code.POSTED


def _bare(contract: Contract | None) -> Contract | None:
    return None if contract is None else replace(contract, employer=None, agency=None)


def _names(contract: Contract | None) -> str | None:
    if contract is None or (contract.employer is None and contract.agency is None):
        return None
    names = [contract.employer, contract.agency]
    return write_names(*(None if name is None else shape.normal(name) for name in names))


def _row(item: KeepContract, keys: TextKeys | None, moment: str) -> bulk.Row:
    contract, names = item.contract, _names(item.contract)
    sealed = None
    if names is not None:
        assert keys is not None
        sealed = keys.encrypt(names_place(item.book_id, item.id, item.version), names)
    head = (item.book_id, item.id, item.version, contract is None)
    if contract is None:
        return (*head, *(None,) * 8, item.subject, None, moment)
    return (
        *head,
        contract.jurisdiction,
        contract.occupation.value,
        contract.wage.currency,
        contract.wage.minor,
        contract.starts.isoformat(),
        None if contract.ends is None else contract.ends.isoformat(),
        contract.deduction_months,
        None if contract.deduction is None else contract.deduction.minor,
        item.subject,
        sealed,
        moment,
    )


MOST_MONTHS: Final = 120


def _contract_problem(item: KeepContract) -> str | None:
    if type(item.book_id) is not int or not 0 <= item.book_id < 2**63:
        return "book_id"
    if type(item.id) is not bytes or len(item.id) != 16:
        return "id"
    if type(item.version) is not int or not 0 < item.version < 2**31:
        return "version"
    if not shape.is_subject(item.subject):
        return "subject"
    contract = item.contract
    if contract is None:
        return None
    if type(contract) is not Contract or type(contract.occupation) is not Occupation:
        return "contract"
    place = contract.jurisdiction
    if not shape.is_text(place, 2) or len(place) != 2 or not (place.isascii() and place.isupper()):
        return "jurisdiction"
    if type(contract.wage) is not Money or contract.wage.minor <= 0:
        return "wage"
    return _contract_rest(contract)


def _contract_rest(contract: Contract) -> str | None:
    ends = contract.starts if contract.ends is None else contract.ends
    for day in (contract.starts, ends):
        if type(day) is not date or not MIN_DATE <= day <= MAX_DATE:
            return "starts"
    if ends < contract.starts:
        return "ends"
    months, deduction = contract.deduction_months, contract.deduction
    if months is not None and (type(months) is not int or not 0 <= months <= MOST_MONTHS):
        return "deduction_months"
    if deduction is not None and (
        type(deduction) is not Money
        or deduction.minor <= 0
        or deduction.currency != contract.wage.currency
    ):
        return "deduction"
    for name in (contract.employer, contract.agency):
        if name is not None and not shape.is_text(name, 200):
            return "employer"
    return None
