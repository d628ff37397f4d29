"""A slip is booked gross, whatever reached her hand."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.household.wages import queries
from ledger.household.wages.items import DeductionKind, Earning, EarningKind
from ledger.money import MAX_MINOR, Money
from tests import builders
from tests.builders import entry_id
from tests.conformance import laws
from tests.ledger.household import scene
from tests.ledger.household.records import words
from tests.ledger.household.records.words import CASH, FOOD, amount, balances
from tests.ledger.household.wages import payday
from tests.ledger.household.wages.payday import LOAN, WAGE, codes, send, slip


@pytest.fixture
def book(session: Session) -> int:
    session.info["keyring"] = builders.keyring()
    return scene.open_household(session)


def test_every_deduction_is_booked_though_no_cash_moved(session: Session, book: int) -> None:
    kept = {
        "loan": 1_500,
        "agency_fee": 100,
        "placement_fee": 90,
        "food": 80,
        "lodging": 70,
        "tax": 60,
        "insurance": 50,
        "advance": 40,
        "fine": 30,
        "other": 20,
    }

    assert codes(session, slip(book, 1, **kept)) == ["posted"]

    deduction = "expenses:deduction"
    assert balances(session, book) == {
        CASH: 295_000,
        WAGE: -499_000,
        LOAN: 150_000,
        "liabilities:employer_advance": 4_000,
        f"{deduction}:agency_fee": 10_000,
        f"{deduction}:placement_fee": 9_000,
        f"{deduction}:food": 8_000,
        f"{deduction}:lodging": 7_000,
        f"{deduction}:tax": 6_000,
        f"{deduction}:insurance": 5_000,
        f"{deduction}:fine": 3_000,
        f"{deduction}:other": 2_000,
    }
    laws.check(session)


def test_a_wage_that_is_kept_whole_needs_no_cash(session: Session, book: int) -> None:
    assert codes(session, slip(book, 1, gross=550, received=0, loan=550)) == ["posted"]

    assert balances(session, book) == {WAGE: -55_000, LOAN: 55_000}


def test_what_she_was_not_given_is_owed_to_her(session: Session, book: int) -> None:
    """26 % of those who signed in Hong Kong in 2006 got HK$1,390 less on average than that."""
    says: dict[str, Any] = {"contract_wage": amount(4_990), "payslip_wage": amount(4_990)}

    assert codes(session, slip(book, 1, received=3_600, **says)) == ["posted"]

    (paid,) = queries.slips(session, book)
    facts = (paid.contract_wage, paid.payslip_wage, paid.received)
    assert facts == (amount(4_990), amount(4_990), amount(3_600))
    assert (paid.gross, paid.owed) == (amount(4_990), amount(1_390))
    assert balances(session, book)["assets:receivable:wages"] == 139_000


def test_a_slip_is_amended_and_deleted_like_any_record(session: Session, book: int) -> None:
    first, second = slip(book, 1, loan=500), payday.amend(book, 2, 1, food=90)
    assert codes(session, first, second) == ["posted"] * 2
    (paid,) = queries.slips(session, book)
    assert (paid.id, paid.received) == (entry_id(2), amount(4_900))
    assert [(d.kind, d.amount) for d in paid.deductions] == [(DeductionKind.FOOD, amount(90))]

    assert codes(session, payday.delete(book, 3, 1)) == ["posted"]

    assert (queries.slips(session, book), balances(session, book)) == ([], {})
    before = laws.stored(session)
    assert codes(session, first, second, payday.delete(book, 3, 1)) == ["exists"] * 3
    assert laws.stored(session) == before
    laws.check(session)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, "exists"),
        ({"contract_wage": amount(5_000)}, "exists_with_different_text"),
        ({"payslip_wage": amount(5_000)}, "exists_with_different_text"),
        ({"period_from": date(2026, 10, 2)}, "exists_with_different_text"),
        ({"contract": entry_id(7)}, "exists_with_different_text"),
        ({"loan": 1}, "exists_with_different_postings"),
        ({"gross": 5_000}, "exists_with_different_amount"),
        ({"day": date(2026, 11, 1)}, "exists_with_different_effective_date"),
    ],
)
def test_another_slip_under_a_known_id_is_refused(
    session: Session, book: int, change: dict[str, Any], code: str
) -> None:
    send(session, slip(book, 1))

    assert codes(session, slip(book, 1, **change)) == [code]

    assert len(queries.slips(session, book)) == 1


NO_SLIPS: list[tuple[dict[str, Any], str]] = [
    ({"received": 5_000}, "received"),
    ({"earnings": (), "received": 0}, "earnings"),
    ({"earnings": (Earning(EarningKind.WAGE, amount(0)),), "received": 0}, "earnings"),
    ({"earnings": (Earning(EarningKind.WAGE, Money(1, "IDR")),), "received": 0}, "earnings"),
    ({"earnings": (Earning(EarningKind.WAGE, Money(MAX_MINOR, "HKD")),) * 2}, "earnings"),
    ({"loan": -5, "received": 1}, "deductions"),
    ({"pocket": None}, "pocket"),
    ({"contract": b"7"}, "contract"),
    ({"payslip_wage": Money(1, "IDR")}, "payslip_wage"),
    ({"contract_wage": Money(-1, "HKD")}, "contract_wage"),
    ({"period_from": date(2026, 11, 1)}, "period"),
    ({"received": -1}, "received"),
]


@pytest.mark.parametrize(("change", "field"), NO_SLIPS)
def test_a_slip_that_means_nothing_is_refused(
    session: Session, book: int, change: dict[str, Any], field: str
) -> None:
    (outcome,) = send(session, slip(book, 1, **change))

    assert (outcome.code, outcome.facts) == ("invalid_request", {"field": field})
    assert balances(session, book) == {}


def test_a_slip_is_no_slip_at_all(session: Session, book: int) -> None:
    (outcome,) = send(session, replace(slip(book, 1), slip=None))  # type: ignore[arg-type]

    assert outcome.facts == {"field": "slip"}


def test_a_pocket_that_is_none_is_refused(session: Session, book: int) -> None:
    assert codes(session, slip(book, 1, pocket=FOOD)) == ["invalid_request"]


def test_a_slip_is_not_sorted(session: Session, book: int) -> None:
    send(session, slip(book, 1, food=90))

    sort = words.sort(book, 2, 1, (WAGE, 4_900))
    assert words.codes(session, sort) == ["invalid_request"]


def test_only_wages_change_a_slip(session: Session, book: int) -> None:
    """Its facts would stand beside other lines."""
    send(session, slip(book, 1))
    words.send(session, words.record(book, 2, words.spent((FOOD, 1))))

    for item in (words.amend(book, 3, 1, words.spent((FOOD, 5))), words.delete(book, 4, 1)):
        assert words.codes(session, item) == ["invalid_request"]
    for other in (payday.amend(book, 5, 2), payday.delete(book, 6, 2)):
        assert codes(session, other) == ["invalid_request"]
    assert len(queries.slips(session, book)) == 1


def test_a_dry_run_leaves_nothing(session: Session, book: int) -> None:
    assert codes(session, slip(book, 1), dry_run=True) == ["posted"]

    assert queries.slips(session, book) == []
    assert session.scalar(text("SELECT count(*) FROM wage_slip")) == 0


def test_what_a_slip_says_is_sealed_in_its_entry(session: Session, book: int) -> None:
    send(session, slip(book, 1, payslip_wage=amount(4_990)))

    (row,) = laws.stored(session)["entry_text"]
    assert row["field"] == "meta:wage"
    assert b"499000" not in row["ciphertext"]


def test_a_wage_in_another_currency_than_the_books(session: Session, book: int) -> None:
    rupiah = Money(500_000_00, "IDR")
    other = {"earnings": (Earning(EarningKind.WAGE, rupiah),), "received": 0}
    item = slip(book, 1, **other)
    item = replace(item, slip=replace(item.slip, received=rupiah))

    assert codes(session, item) == ["posted"]

    assert balances(session, book) == {f"{CASH}:idr": 50_000_000, f"{WAGE}:idr": -50_000_000}
    laws.check(session)


def test_recruitment_costs_count_each_rupiah_once(session: Session, book: int) -> None:
    """A loan that was booked when it was taken is a cost then; one that was not, as it is paid."""
    words.send(session, words.record(book, 1, words.spent(("expenses:recruitment:medical", 10))))
    send(session, slip(book, 2, loan=1_500, placement_fee=40), slip(book, 3, loan=500))

    costs = queries.recruitment_costs(session, book)

    assert costs == {
        "expenses:recruitment:medical": amount(10),
        "expenses:deduction:placement_fee": amount(40),
        LOAN: amount(2_000),
    }
    assert queries.agency_loans(session, book) == []


def test_a_loan_that_was_booked_is_no_cost_twice(session: Session, book: int) -> None:
    words.send(
        session,
        words.record(book, 1, words.spent(("expenses:recruitment:agency", 2_000), pocket=LOAN)),
    )
    send(session, slip(book, 2, loan=1_500))

    assert queries.recruitment_costs(session, book) == {
        "expenses:recruitment:agency": amount(2_000)
    }
    assert queries.agency_loans(session, book) == [amount(500)]
