"""Every line once: repeated, overlapping, killed, undone, or refused at first."""

from collections.abc import Callable
from io import BytesIO
from typing import TypeVar
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from ledger import db
from ledger.books import operations as books
from ledger.books.classes import AccountState
from ledger.imports import categories, operations
from ledger.imports.mapping import parse_mapping
from ledger.imports.problems import ProblemCode
from ledger.journal.keyring import Keyring
from ledger.journal.verify import verify
from tests import builders
from tests.conftest import NewEngine
from tests.ledger.imports import bank
from tests.ledger.imports.bank import HEADER, NOW, ROWS, balances, bring_in, count, open_book

T = TypeVar("T")


# Exactly once.


def test_two_equal_lines_are_two_entries_and_a_repeat_is_none(session: Session) -> None:
    bring_in(session, ROWS)
    before = balances(session)

    report, _ = bring_in(session, ROWS)

    assert (report.posted, report.existing) == (0, 5)
    assert balances(session) == before


def test_overlapping_files_do_not_double(session: Session) -> None:
    bring_in(session, ROWS[:3])

    report, _ = bring_in(session, ROWS[1:])

    # One of the two equal fees stood in the first file; the second file has both.
    assert (report.posted, report.existing) == (2, 2)


def test_letters_that_look_alike_are_alike(session: Session) -> None:
    """One program writes é as one letter, another as e with an accent behind it."""
    open_book(session)
    mapping = parse_mapping(
        'date_column = "date"\namount_column = "amount"\ndescription_column = "Opération"\n'
        'direction_column = "sens"\nin_words = ["crédit"]\nout_words = ["débit"]'
    )
    content = "date,Opération,sens,amount\n2026-01-02,Café,DÉBIT,5\n"

    found = [
        bring_in(
            session,
            normalize(form, content),
            source=normalize(form, "banqué"),
            account="x",
            mapping=mapping,
            into="bank",
        )[0]
        for form in ("NFC", "NFD")
    ]

    assert [(report.posted, report.existing) for report in found] == [(1, 0), (0, 1)]


@pytest.mark.parametrize("end", ["\r\n", "\n\n", "   \n", ",,\n"])
def test_the_ends_of_lines_make_no_line_another_one(session: Session, end: str) -> None:
    bring_in(session, ROWS)

    padded = "".join([HEADER, *ROWS]).replace("\n", end)
    report, problems = bring_in(session, "\ufeff" + padded if end != ",,\n" else padded)

    assert (report.posted, report.existing, len(problems)) == (0, 5, 1)


def test_a_balance_may_be_left_out_of_what_a_line_is(session: Session) -> None:
    """The bank has put a late line in between: the balances of all lines after it are others."""
    toml = 'date_column = "date"\namount_column = "amount"\nbalance_column = "balance"\n'
    first = "date,amount,balance\n2026-01-02,5,5\n2026-01-04,5,10\n"
    later = "date,amount,balance\n2026-01-02,5,5\n2026-01-03,1,6\n2026-01-04,5,11\n"

    def both(source: str, mapping: str) -> tuple[int, int, int]:
        chosen = {"source": source, "account": "x", "mapping": parse_mapping(mapping)}
        bring_in(session, first, **chosen)
        report, _ = bring_in(session, later, **chosen)
        return report.posted, report.existing, report.reconciliation.worst

    assert both("with", toml) == (2, 1, 0)
    assert both("without", toml + 'ignored_columns = ["Balance"]') == (1, 2, 0)


PIECES = st.lists(
    st.tuples(st.integers(0, 39), st.integers(1, 40), st.booleans(), st.integers(1, 9)),
    max_size=5,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=PIECES, draw=st.randoms(use_true_random=False))
def test_pieces_in_any_order_give_the_books_of_the_whole(
    new_engine: NewEngine, pieces: list[tuple[int, int, bool, int]], draw: object
) -> None:
    """Shuffled, overlapping, repeated, in chunks of any size: the balances are the same.

    Equal lines stay together: of two files that each hold one of them, nobody could tell
    whether it is the same one.
    """
    rows = [*bank.made_up(36, 3), *ROWS[2:4] * 2]
    with Session(new_engine(), info={"keyring": builders.keyring()}) as session:
        bring_in(session, rows, source="whole", chunk=100)
        for start, length, turned, chunk in pieces:
            piece = rows[start : start + length]
            piece = [row for row in piece if rows.count(row) == 1]
            if turned:
                piece.reverse()
            bring_in(session, piece, chunk=chunk)
        draw.shuffle(rows)  # type: ignore[attr-defined]
        bring_in(session, rows, chunk=7)

        found = balances(session)
        for ref, code in list(found):
            if ref.startswith("whole"):
                assert found.pop((ref, code)) == found.pop(
                    (ref.replace("whole", "statement"), code)
                )
        assert not found
        assert verify(session).clean


class Killed(Exception):
    """The process dies."""


class Dying:
    """Commits chunks, and dies at a moment of the n-th."""

    def __init__(self, engine: Engine, keyring: Keyring, at: int, *, committed: bool) -> None:
        self._sessions = db.session_factory(engine, keyring=keyring)
        self._left = at
        self._committed = committed

    def __call__(self, work: Callable[[Session], T]) -> T:
        self._left -= 1
        with self._sessions.begin() as session:
            made = work(session)
            if not self._left and not self._committed:
                raise Killed
        if not self._left:
            raise Killed
        return made


@pytest.mark.parametrize("committed", [True, False])
@pytest.mark.parametrize("at", [2, 3])
def test_a_run_that_was_killed_is_run_again(
    new_engine: NewEngine,
    keyring: Keyring,
    at: int,
    committed: bool,  # noqa: FBT001
) -> None:
    rows = bank.made_up(90, 5)
    content = (HEADER + "".join(rows)).encode()
    chosen = operations.Settings(currency="IDR", chunk=30)

    def run(engine: Engine, at: int) -> operations.Report:
        dying = Dying(engine, keyring, at, committed=committed)
        return operations.import_statement(BytesIO(content), chosen, dying, clock=lambda: NOW)

    whole, torn = new_engine(), new_engine()
    run(whole, 100)
    with pytest.raises(Killed):
        run(torn, at)
    report = run(torn, 100)

    # The first transaction only looks where the statement goes; thirty lines in each other one.
    done = 30 * (at - 1 if committed else at - 2)
    assert report.existing == sum(",0.00," not in row for row in rows[:done])
    with Session(whole) as session, Session(torn) as mended:
        assert balances(session) == balances(mended)
        for query in ("SELECT book_id, id FROM entry", "SELECT book_id, no, code FROM account"):
            ours, theirs = (each.execute(text(query)).all() for each in (session, mended))
            assert sorted(map(repr, ours)) == sorted(map(repr, theirs))


def test_work_that_is_undone_and_tried_again_posts_once(session: Session) -> None:
    """A database may break a deadlock by undoing a transaction; the caller tries again."""

    class Twice:
        def __call__(self, work: Callable[[Session], T]) -> T:
            with db.undone(session):
                work(session)
            return work(session)

    content = (HEADER + "".join(ROWS)).encode()
    chosen = operations.Settings(currency="IDR", chunk=2)
    report = operations.import_statement(BytesIO(content), chosen, Twice(), clock=lambda: NOW)

    assert (report.posted, report.problems) == (5, 1)
    assert bring_in(session, ROWS)[0].existing == 5


# What the books refuse.


def test_what_the_books_refuse_is_a_problem_with_the_outcome(session: Session) -> None:
    _, problems = bring_in(session, ["1,2199-01-01,in,salary,5.00,5.00\n"])

    assert [(found.line, found.facts) for found in problems] == [
        (2, {"outcome": "date_too_far_ahead"})
    ]


def test_a_line_refused_once_may_be_accepted_later(session: Session) -> None:
    book = open_book(session)
    bring_in(session, ROWS[:1], into="bank")

    def set_state(state: AccountState) -> None:
        books.set_account_state(
            session, book, "assets:bank:1", state, actor="teller", recorded_at=NOW
        )

    set_state(AccountState.FROZEN)
    refusals = [bring_in(session, ROWS[:3], into="bank")[1] for _again in range(3)]
    set_state(AccountState.OPEN)
    report, problems = bring_in(session, ROWS[:3], into="bank")
    again, _ = bring_in(session, ROWS[:3], into="bank")

    assert [[found.facts for found in each] for each in refusals] == [
        [{"outcome": "account_frozen"}]
    ] * 3
    assert (report.posted, report.existing, problems) == (1, 2, [])
    assert (again.posted, again.existing) == (0, 3)
    assert verify(session).clean


def test_attempts_end(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that was refused as often as anybody will ask stays refused."""
    monkeypatch.setattr("ledger.imports.operations.writing.MOST_ATTEMPTS", 2)
    late = ["1,2199-01-01,in,salary,5.00,5.00\n"]

    found = [bring_in(session, late)[1] for _again in range(5)]

    assert all(problems == found[0] for problems in found)
    assert count(session, "refusal") == 3


def test_a_rule_that_was_refused_may_be_mended(session: Session) -> None:
    heading, mended = (
        categories.parse_rules(f'[[rule]]\naccount = "{code}"', "IDR")
        for code in ("expenses:deduction", "expenses:deduction:tax")
    )
    _, problems = bring_in(session, ROWS[2:4], rules=heading)
    assert {found.facts["outcome"] for found in problems} == {"account_not_postable"}

    report, problems = bring_in(session, ROWS[2:4], rules=mended)

    assert (report.posted, problems) == (2, [])
    assert bring_in(session, ROWS[2:4], rules=mended)[0].existing == 2
    assert balances(session)[("statement-1", "expenses:deduction:tax")] == 2_000


def test_a_line_that_is_booked_otherwise_already_is_told_and_left_alone(session: Session) -> None:
    bring_in(session, ROWS)
    before = balances(session)
    rules = categories.parse_rules('[[rule]]\naccount = "expenses:food"', "IDR")

    report, problems = bring_in(session, ROWS, rules=rules)

    assert (report.posted, report.existing) == (0, 0)
    outcomes = {found.facts.get("outcome") for found in problems if found.line != 6}
    assert outcomes == {"exists_with_different_postings"}
    assert balances(session) == before


def test_a_rule_that_sends_money_to_its_own_account_is_a_problem(session: Session) -> None:
    rules = categories.parse_rules('[[rule]]\naccount = "assets:bank"\n', "IDR")

    report, problems = bring_in(session, ROWS[:1], rules=rules)

    assert (report.posted, [found.code for found in problems]) == (0, [ProblemCode.SELF_TRANSFER])
