"""A statement becomes books: every line is an entry or a problem, on both databases."""

import gzip
import itertools
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.imports import categories, lines, operations
from ledger.imports.mapping import ColumnMissing, HeaderUnknown, parse_mapping
from ledger.imports.problems import ProblemCode
from ledger.imports.settings import OTHER_CATEGORIES
from ledger.journal.verify import verify
from tests import builders
from tests.conftest import NewEngine
from tests.ledger.imports import bank
from tests.ledger.imports.bank import HEADER, NOW, ROWS, balances, bring_in, count, open_book

T = TypeVar("T")


# Every line is an entry or a problem.


def test_every_line_is_an_entry_or_a_problem(session: Session) -> None:
    report, problems = bring_in(session, ROWS)

    assert (report.lines, report.posted, report.existing, report.problems) == (6, 5, 0, 1)
    assert [(found.line, found.code) for found in problems] == [(6, ProblemCode.ZERO_AMOUNT)]
    assert balances(session) == {
        ("statement-1", "assets:bank"): 68_000,
        ("statement-1", "income:salary"): -70_000,
        ("statement-1", "expenses:bank_fee"): 2_000,
        ("statement-2", "assets:bank"): 80_000,
        ("statement-2", "income:salary"): -90_000,
        ("statement-2", "expenses:shop"): 10_000,
    }
    assert (report.accounts, report.first_day, report.last_day) == (
        2,
        date(2026, 1, 1),
        date(2026, 1, 4),
    )
    assert verify(session).clean


def test_a_line_keeps_its_kind_and_its_day(session: Session) -> None:
    bring_in(session, ROWS[:1])

    ((kind, day),) = session.execute(text("SELECT kind, effective_date FROM entry"))
    assert (kind, str(day)) == ("salary", "2026-01-01")


def test_a_spoilt_line_spoils_no_other(session: Session) -> None:
    content = (
        b'\xef\xbb\xbfaccount_id;date;direction;kind;amount\r\n'
        b'1;2026-01-01;in;salary;5.00\r\n'
        b'1;2026-01-01;in;"open;5.00\r\n'
        b'1;2026-01-01;in\r\n'
        b'\r\n'
        b'1;2026-01-01;in;sal\xffary;5.00\r\n'
        b'1;2026-01-01;in;sal\x00ary;5.00\r\n'
        b'1;2026-01-01;in;LONG;5.00\r\n'
        b'1;2026-02-30;in;salary;5.00\r\n'
        b'1;2026-01-01;up;salary;5.00\r\n'
        b'1;2026-01-01;in;salary;5,00\r\n'
        b'1;2026-01-01;in;salary;92233720368547758.08\r\n'
        b'1;2026-01-01;in;"salary; late";5.00'
    )  # fmt: skip

    report, problems = bring_in(session, content.replace(b"LONG", b"x" * 50_000))

    assert (report.lines, report.posted) == (11, 2)
    assert [(found.line, found.code.value) for found in problems] == [
        (3, "quotes"),
        (4, "ragged"),
        (6, "not_text"),
        (7, "not_text"),
        (8, "too_long"),
        (9, "bad_date"),
        (10, "bad_direction"),
        (11, "mixed_marks"),
        (12, "too_large"),
    ]
    assert balances(session)[("statement-1", "assets:bank")] == 1_000
    assert all(found.message(language) for found in problems for language in ("id", "en"))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    noise=st.lists(
        st.tuples(st.integers(0, 200), st.binary(max_size=3).filter(lambda b: b"\n" not in b)),
        max_size=6,
    )
)
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_noise_anywhere_costs_only_its_own_lines(
    new_engine: NewEngine, noise: list[tuple[int, bytes]]
) -> None:
    content = "".join(ROWS[:5]).encode()
    for at, what in noise:
        content = content[:at] + what + content[at:]
    with Session(new_engine(), info={"keyring": builders.keyring()}) as session:
        report, problems = bring_in(session, HEADER.encode() + content)

        assert report.lines == len([line for line in content.split(b"\n") if line.strip()])
        touched = {found.line for found in problems} - {6}
        assert len(touched) <= len(noise)
        assert verify(session).clean


# Order.


@pytest.mark.parametrize("turn", [list, lambda rows: rows[::-1]])
@pytest.mark.parametrize("chunk", [100, 1_000])
def test_a_file_by_date_makes_no_late_postings_from_either_end(
    session: Session, turn: Callable[[list[str]], list[str]], chunk: int
) -> None:
    report, problems = bring_in(session, turn(bank.made_up(300, 4)), chunk=chunk)

    assert count(session, "late_total") == 0
    assert (report.posted, len(problems)) == (297, 3)
    assert report.reconciliation.worst == 0
    assert verify(session).clean


def test_both_ends_give_the_same_books(session: Session) -> None:
    rows = bank.made_up(300, 4)
    bring_in(session, rows[::-1], chunk=70)
    before = balances(session)

    report, _ = bring_in(session, rows, chunk=11)

    assert (report.posted, report.existing) == (0, 297)
    assert balances(session) == before


# Where it goes.


def test_all_accounts_may_go_into_one_book(session: Session) -> None:
    open_book(session)

    report, _ = bring_in(session, ROWS, into="bank")

    assert report.posted == 5
    assert balances(session)[("bank", "assets:bank:1")] == 68_000
    assert balances(session)[("bank", "assets:bank:2")] == 80_000
    assert verify(session).clean


def test_a_cooperatives_book_has_other_accounts(session: Session) -> None:
    open_book(session, "kas", "cooperative-1")
    content = "date,description,amount\n2026-01-01,Setoran,5\n2026-01-02,Tarik,-2\n"

    bring_in(session, content, into="kas", account="BRI.1")

    found = balances(session)
    (own,) = [code for _ref, code in found if code.startswith("assets:current:bank:bri_1-")]
    assert found[("kas", own)] == 300
    assert found[("kas", "liabilities:suspense")] == -500
    assert found[("kas", "assets:current:suspense")] == 200


def test_accounts_whose_names_differ_little_stay_apart(session: Session) -> None:
    source = "s" * 32
    names = ["a" * 31 + "1", "a" * 31 + "2", "A" * 31 + "1", "a.b", "a_b"]
    rows = [f"{name},2026-01-01,in,salary,5.00,5.00\n" for name in names]
    open_book(session)

    bring_in(session, rows, source=source)
    bring_in(session, rows, into="bank")

    found = balances(session)
    assert len([ref for ref, code in found if code == "assets:bank"]) == 5
    assert len([code for ref, code in found if code.startswith("assets:bank:")]) == 5


def test_a_plain_statement_keeps_its_descriptions_encrypted(session: Session) -> None:
    content = "date,description,amount\n2026-01-01,Gaji Januari,5000000\n"

    report, _ = bring_in(session, content, account="bca")

    assert report.posted == 1
    assert balances(session)[("statement-bca", "income:wage")] == -500_000_000
    (sealed,) = session.execute(text("SELECT ciphertext FROM entry_text")).scalars()
    assert b"Gaji" not in bytes(sealed)


def test_a_mapping_tells_everything(session: Session) -> None:
    mapping = parse_mapping(
        """
        account = "bca"
        date_column = "Tanggal"
        date_format = "dd/mm/yyyy"
        amount_column = "Jumlah"
        direction_column = "D/K"
        in_words = ["CR"]
        out_words = ["DB"]
        description_column = "Keterangan"
        balance_column = "Saldo"
        delimiter = ";"
        decimal_mark = ","
        thousands_mark = "."
        encoding = "windows-1252"
        skip_lines = 2
        ignored_columns = ["No"]
        """
    )
    content = (
        "Rekening: 123\n\nNo;Tanggal;Keterangan;Jumlah;D/K;Saldo\n"
        "1;02/01/2026;Caf\xe9;1.250.000,50;DB;8.749.999,50\n"
        "2;01/01/2026;Setor;10.000.000,00;CR;10.000.000,00\n"
    )
    renumbered = content.replace("\n1;", "\n8;").replace("\n2;", "\n9;")

    report, problems = bring_in(session, content.encode("windows-1252"), mapping=mapping)
    again, _ = bring_in(session, renumbered.encode("windows-1252"), mapping=mapping)

    assert (report.posted, again.existing, problems) == (2, 2, [])
    assert balances(session)[("statement-bca", "assets:bank")] == 874_999_950
    assert (report.reconciliation.account_days, report.reconciliation.worst) == (2, 0)


def test_rules_decide_before_the_ones_that_ship(session: Session) -> None:
    rules = categories.parse_rules(
        '[[rule]]\nkind = "fee"\nat_most = "50"\naccount = "expenses:bank_fee:atm"\n', "IDR"
    )

    bring_in(session, ROWS, rules=rules)

    assert balances(session)[("statement-1", "expenses:bank_fee:atm")] == 2_000


def test_accounts_that_are_not_remembered_are_found_again(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_in(session, bank.made_up(60, 9), source="one", chunk=60)
    monkeypatch.setattr("ledger.imports.operations.writing._MOST_REMEMBERED", 3)
    bring_in(session, bank.made_up(60, 9), source="two", chunk=2)

    found = balances(session)
    assert {(ref.replace("one", "two"), code): net for (ref, code), net in found.items()} == {
        (ref, code): net for (ref, code), net in found.items() if ref.startswith("two")
    }


# What it tells.


def test_a_preview_leaves_nothing(session: Session) -> None:
    report, problems = bring_in(session, ROWS, dry_run=True, sample=2)

    assert (report.posted, len(problems)) == (5, 1)
    assert [(movement.line, category) for movement, category in report.sample] == [
        (2, "income:salary"),
        (3, "income:salary"),
    ]
    assert {count(session, table) for table in ("entry", "account", "book", "refusal")} == {0}
    assert bring_in(session, ROWS)[0].posted == 5


def test_stated_balances_are_compared_at_the_end_of_each_day(session: Session) -> None:
    report, _ = bring_in(session, ROWS)

    found = report.reconciliation
    assert (found.account_days, found.within_a_unit) == (5, 3)
    assert (found.worst, found.worst_account, found.worst_day) == (1_000, "1", date(2026, 1, 2))


def test_progress_is_told_in_bytes_of_the_whole(session: Session) -> None:
    content = (HEADER + "".join(ROWS)).encode()
    for packed, turned in itertools.product([content, gzip.compress(content)], [False, True]):
        rows = ROWS[::-1] if turned else ROWS
        seen: list[tuple[int, int, int]] = []
        operations.import_statement(
            BytesIO(packed if not turned else (HEADER + "".join(rows)).encode()),
            operations.Settings(currency="IDR", chunk=2),
            bank.InTransaction(session),
            clock=lambda: NOW,
            progress=lambda report: seen.append((report.bytes, report.lines, report.size)),  # noqa: B023
        )

        assert seen == sorted(seen)
        assert seen[-1] == (len(content), 6, len(content))


def test_a_bank_with_a_thousand_words_is_summed_up(session: Session) -> None:
    rows = [f"1,2026-01-01,in,word{at},5.00,5.00\n" for at in range(1_003)]

    report, _ = bring_in(session, rows, chunk=2_000)

    assert len(report.categories) == 1_001
    assert report.categories[OTHER_CATEGORIES] == 3


# What is refused before anything is posted.

MANY = (HEADER + ROWS[0] * 999).encode()


@pytest.mark.parametrize(
    ("content", "settings", "error"),
    [
        (b"", {}, operations.StatementEmpty),
        (b"date,description,amount\n2026-01-01,x,5\n", {}, operations.AccountUnnamed),
        (b"a,b,c\n1,2,3\n", {}, HeaderUnknown),
        (b"\n \r\n\n", {}, operations.StatementEmpty),
        (b"\xef\xbb\xbf", {}, operations.StatementEmpty),
        (b"date,description,amount,\xff\n", {"account": "x"}, HeaderUnknown),
        (b'date,description,amount,"x\n', {"account": "x"}, HeaderUnknown),
        (b"date,description,amount,amount\n", {"account": "x"}, ColumnMissing),
        (b"date,description,amount\n", {"account": "../x"}, operations.AccountMalformed),
        ("date,amount\n".encode("utf-16"), {}, lines.StatementNotCsv),
        ("date,amount\n".encode("utf-16-be"), {}, lines.StatementNotCsv),
        (b"date,amount\r2026-01-01,5\r", {}, lines.StatementNotCsv),
        (b"PK\x03\x04zip", {}, lines.StatementNotCsv),
        (b"\xd0\xcf\x11\xe0xls", {}, lines.StatementNotCsv),
        (b"%PDF-1.7", {}, lines.StatementNotCsv),
        (b"<html>", {}, lines.StatementNotCsv),
        ((HEADER + "".join(ROWS)).encode(), {"max_bytes": 200}, lines.StatementTooLarge),
        (gzip.compress(MANY), {"max_bytes": 999}, lines.StatementTooLarge),
        (gzip.compress(MANY)[:-9], {}, lines.StatementUnreadable),
        ((HEADER + ROWS[0]).encode(), {"into": "nowhere"}, Exception),
        ((HEADER + ROWS[0]).encode(), {"currency": "XYZ"}, Exception),
        ((HEADER + ROWS[0]).encode(), {"source": "../.."}, Exception),
    ],
)  # fmt: skip
def test_a_statement_that_cannot_be_started_posts_nothing(
    session: Session, content: bytes, settings: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error) as refused:
        bring_in(session, content, **settings)

    assert refused.value.code  # type: ignore[attr-defined]
    assert count(session, "entry") == 0


def test_a_header_may_stand_below_empty_lines(session: Session) -> None:
    report, problems = bring_in(session, f"\ufeff\r\n \n{HEADER}{ROWS[0]}no row\n")

    assert (report.posted, [found.line for found in problems]) == (1, [5])


def test_a_book_in_another_currency_is_refused(session: Session) -> None:
    open_book(session)

    with pytest.raises(operations.CurrencyDiffers):
        bring_in(session, ROWS, into="bank", currency="HKD")


# A whole bank.


@pytest.mark.parametrize("which", ["made up", *(["real"] if bank.REAL.exists() else [])])
def test_a_whole_bank_comes_in(session: Session, which: str) -> None:
    """A real bank's ledger lies beside some working copies, and is imported there too."""
    if which == "real":
        content, expected = bank.REAL.read_bytes(), (52_816, 52_794, 22, 1_252, 43_250, 900)
    else:
        content = gzip.compress((HEADER + "".join(bank.made_up(5_000, 300))).encode())
        expected = (5_000, 4_950, 50, 300, 4_370, 0)

    report, problems = bring_in(session, content, currency="CZK", source="bank", chunk=10_000)

    found = report.reconciliation
    assert expected == (
        report.lines,
        report.posted,
        report.problems,
        report.accounts,
        found.account_days,
        found.worst,
    )
    assert {found.code for found in problems} == {ProblemCode.ZERO_AMOUNT}
    assert found.within_a_unit > 0.75 * found.account_days
    assert count(session, "late_total") == 0
    assert verify(session).clean
