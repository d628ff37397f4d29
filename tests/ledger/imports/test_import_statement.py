"""A statement becomes books: every line once, or a problem, on both databases."""

import io
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from ledger.books import operations as books
from ledger.books.classes import BookKind
from ledger.imports import categories, operations
from ledger.imports.problems import Problem, ProblemCode
from ledger.journal.tables import Entry
from ledger.journal.verify import verify

T = TypeVar("T")
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
HEADER = "account_id,date,direction,kind,amount,balance\n"
ROWS = [
    "1,2026-01-01,in,salary,700.00,700.00\n",
    "2,2026-01-01,in,salary,900.00,900.00\n",
    "1,2026-01-02,out,fee,10.00,690.00\n",
    "1,2026-01-02,out,fee,10.00,690.00\n",
    "1,2026-01-03,in,interest,0.0,690.00\n",
    "2,2026-01-04,out,shop,100.00,801.00\n",
]


def bring_in(
    session: Session, content: str, **settings: object
) -> tuple[operations.Report, list[Problem]]:
    """Import a content in the test's own transaction."""
    problems: list[Problem] = []

    def transact(work: Callable[[Session], T]) -> T:
        return work(session)

    chosen = operations.Settings(currency="IDR", **{"chunk": 2, **settings})  # type: ignore[arg-type]
    report = operations.import_statement(
        io.BytesIO(content.encode()),
        chosen,
        transact,
        clock=lambda: NOW,
        on_problem=problems.append,
    )
    return report, problems


def balances(session: Session) -> dict[tuple[str, str], int]:
    """Give debits less credits by book reference and account code."""
    rows = session.execute(
        text(
            "SELECT b.ref, a.code, a.posted_debit - a.posted_credit FROM account a"
            " JOIN book b ON b.id = a.book_id WHERE a.posted_debit + a.posted_credit > 0"
        )
    )
    return {(row[0], row[1]): int(row[2]) for row in rows}


def test_every_line_is_an_entry_or_a_problem(session: Session) -> None:
    report, problems = bring_in(session, HEADER + "".join(ROWS))

    assert (report.lines, report.posted, report.existing, report.problems) == (6, 5, 0, 1)
    assert [(found.line, found.code) for found in problems] == [(6, ProblemCode.ZERO_AMOUNT)]
    assert balances(session) == {
        ("statement-1", "assets:bank"): 68_000,
        ("statement-1", "income:unidentified"): -70_000,
        ("statement-1", "expenses:bank_fee"): 2_000,
        ("statement-2", "assets:bank"): 80_000,
        ("statement-2", "income:unidentified"): -90_000,
        ("statement-2", "expenses:unidentified"): 10_000,
    }
    assert verify(session).clean


def test_two_equal_lines_are_two_entries_and_a_repeat_is_none(session: Session) -> None:
    bring_in(session, HEADER + "".join(ROWS))
    before = balances(session)

    report, _ = bring_in(session, HEADER + "".join(ROWS))

    assert (report.posted, report.existing) == (0, 5)
    assert balances(session) == before


def test_overlapping_files_do_not_double(session: Session) -> None:
    bring_in(session, HEADER + "".join(ROWS[:3]))

    report, _ = bring_in(session, HEADER + "".join(ROWS[1:]))

    # One of the two equal fees stood in the first file; the second file has both.
    assert (report.posted, report.existing) == (2, 2)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_lines_changes_no_balance(session: Session, seed: int) -> None:
    shuffled = list(ROWS)
    random.Random(seed).shuffle(shuffled)

    bring_in(session, HEADER + "".join(shuffled), source="other")
    bring_in(session, HEADER + "".join(ROWS))

    found = balances(session)
    mine = {code: net for (ref, code), net in found.items() if ref == "statement-1"}
    theirs = {code: net for (ref, code), net in found.items() if ref == "other-1"}
    assert mine == theirs
    assert verify(session).clean


def test_a_preview_leaves_nothing(session: Session) -> None:
    report, _ = bring_in(session, HEADER + "".join(ROWS), dry_run=True)

    assert report.posted == 5
    assert report.sample[0][1] == "income:unidentified"
    assert session.scalar(select(func.count()).select_from(Entry)) == 0
    assert balances(session) == {}


def test_stated_balances_are_compared_at_the_end_of_each_day(session: Session) -> None:
    report, _ = bring_in(session, HEADER + "".join(ROWS))

    found = report.reconciliation
    assert (found.account_days, found.within_a_unit) == (4, 3)
    assert (found.worst, found.worst_account) == (1_000, "1")


def test_all_accounts_may_go_into_one_book(session: Session) -> None:
    tenant = books.open_tenant(session, "demo", name="Demo")
    books.open_book(
        session,
        tenant=tenant,
        ref="bank",
        kind=BookKind.HOUSEHOLD,
        name="Bank",
        base_currency="IDR",
        time_zone="Asia/Jakarta",
        chart="household-1",
        opened_at=NOW,
    )

    report, _ = bring_in(session, HEADER + "".join(ROWS), into="bank")

    assert report.posted == 5
    assert balances(session)[("bank", "assets:bank:1")] == 68_000
    assert balances(session)[("bank", "assets:bank:2")] == 80_000
    assert verify(session).clean


def test_rules_decide_before_the_ones_that_ship(session: Session) -> None:
    rules = categories.parse_rules(
        '[[rule]]\nkind = "fee"\nat_most = "50"\naccount = "expenses:bank_fee:atm"\n', "IDR"
    )

    bring_in(session, HEADER + "".join(ROWS), rules=rules)

    assert balances(session)[("statement-1", "expenses:bank_fee:atm")] == 2_000


def test_a_rule_that_sends_money_to_its_own_account_is_a_problem(session: Session) -> None:
    rules = categories.parse_rules('[[rule]]\naccount = "assets:bank"\n', "IDR")

    report, problems = bring_in(session, HEADER + ROWS[0], rules=rules)

    assert (report.posted, [found.code for found in problems]) == (0, [ProblemCode.SELF_TRANSFER])


def test_what_the_books_refuse_is_a_problem_with_the_outcome(session: Session) -> None:
    _, problems = bring_in(session, HEADER + "1,2199-01-01,in,salary,5.00,5.00\n")

    assert [(found.line, found.facts) for found in problems] == [
        (2, {"outcome": "date_too_far_ahead"})
    ]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("", operations.StatementEmpty),
        ("date,description,amount\n2026-01-01,x,5\n", operations.AccountUnnamed),
    ],
)
def test_a_statement_that_cannot_be_started_posts_nothing(
    session: Session, content: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        bring_in(session, content)

    assert balances(session) == {}


def test_a_plain_statement_keeps_its_descriptions_encrypted(session: Session) -> None:
    report, _ = bring_in(
        session, "date,description,amount\n2026-01-01,Gaji Januari,5000000\n", account="bca"
    )

    assert report.posted == 1
    assert balances(session)[("statement-bca", "income:wage")] == -500_000_000
    (sealed,) = session.execute(text("SELECT ciphertext FROM entry_text")).scalars()
    assert b"Gaji" not in bytes(sealed)


BANK_LEDGER = Path(__file__).parents[4] / "shared" / "data" / "bank-ledger-1993-94.csv.gz"


if BANK_LEDGER.exists():

    @pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
    def test_a_real_bank_comes_in_whole(session: Session) -> None:
        """The file is not part of the project: where it lies beside it, it is imported."""
        problems: list[Problem] = []

        with BANK_LEDGER.open("rb") as stream:
            report = operations.import_statement(
                stream,
                operations.Settings(currency="CZK", source="bank"),
                lambda work: work(session),
                clock=lambda: NOW,
                on_problem=problems.append,
            )

        assert (report.lines, report.posted, report.problems) == (52_816, 52_794, 22)
        assert {found.code for found in problems} == {ProblemCode.ZERO_AMOUNT}
        assert (len(report.accounts), report.reconciliation.worst) == (1_252, 900)
        assert verify(session).clean
