"""Books are written part by part and counted, and both readers accept the odd ones."""

import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from beancount import loader
from beancount.core.data import Transaction
from sqlalchemy.orm import Session

from ledger.books import operations as books
from ledger.books import queries as books_queries
from ledger.books.classes import BookKind
from ledger.exports import operations as exports
from ledger.exports.figures import Counts
from ledger.journal.intents import credit, debit
from tests import builders
from tests.builders import BOOKS, DANA, IBU, KOPERASI, NOW, SITI, earn, idr, pay, post
from tests.ledger.exports import scene
from tests.ledger.exports.scene import as_beancount, as_hledger, say

WRITERS = (exports.write_beancount, exports.write_hledger)

Accepted = Callable[..., str]


@pytest.fixture
def accepted(hledger: Path) -> Accepted:
    """Give a function that exports books and insists that both readers find nothing wrong.

    It gives the beancount text.
    """

    def accepted(session: Session, *book_ids: int) -> str:
        text: list[str] = []
        journal: list[str] = []
        exports.write_beancount(session, book_ids, text.append)
        exports.write_hledger(session, book_ids, journal.append)
        _entries, errors, _options = loader.load_string("".join(text))
        assert not errors, [error.message for error in errors]
        checked = subprocess.run(
            [hledger, "-f", "-", "check", "--strict"],
            input="".join(journal).encode(),
            env={"LANG": "C.UTF-8"},
            capture_output=True,
            check=False,
        )
        assert not checked.returncode, checked.stderr.decode()
        return "".join(text)

    return accepted


@pytest.mark.parametrize("write", WRITERS)
def test_what_is_written_and_what_is_left_out_is_counted(
    session: Session, write: Callable[..., Counts]
) -> None:
    scene.fill(session)
    parts: list[str] = []

    counts = write(session, BOOKS, parts.append)

    opens = [part for part in parts if " open " in part or part.startswith("account ")]
    assert counts == Counts(books=4, accounts=len(opens), entries=13, left_out=2)
    assert write(session, [KOPERASI], parts.append).entries == 0
    assert write(session, [SITI, SITI], parts.append).left_out == 2


def test_ids_choose_the_same_books_as_names_do(session: Session) -> None:
    scene.fill(session)
    texts: dict[str, list[str]] = {"beancount": [], "hledger": []}

    exports.write_beancount(session, [DANA, IBU], texts["beancount"].append)
    exports.write_hledger(session, [SITI], texts["hledger"].append)

    assert "".join(texts["beancount"]) == as_beancount(session, "dana", "ibu")
    assert "".join(texts["hledger"]) == as_hledger(session, "siti")


@pytest.mark.parametrize("write", WRITERS)
def test_no_ids_mean_no_books_and_an_unknown_one_is_refused(
    session: Session, write: Callable[..., Counts]
) -> None:
    scene.fill(session)
    parts: list[str] = []

    with pytest.raises(books_queries.BookNotFound):
        write(session, [SITI, 4711], parts.append)

    assert not parts
    assert write(session, [], parts.append) == Counts(books=0, accounts=0, entries=0, left_out=0)
    assert "siti" not in "".join(parts)


def test_an_account_above_another_is_asserted_with_it(session: Session, accepted: Accepted) -> None:
    """In beancount, the balance of an account includes those below its name."""
    builders.open_books(session)
    for code in ("cash:small", "cash:small:hkd"):
        builders.open_account(session, SITI, code, currency="HKD" if "hkd" in code else "IDR")
    say(
        session,
        post(1, *earn(9)),
        post(2, debit("cash:small", idr(3)), credit("cash", idr(3))),
        post(3, debit("cash:small:hkd", builders.hkd(2)), credit("hkd", builders.hkd(2))),
    )

    text = accepted(session, SITI)

    assert " balance Assets:Cash  9.00 ~ 0 IDR" in text
    assert " balance Assets:Cash:Small:Hkd  2.00 ~ 0 HKD" in text


def test_entries_may_be_older_than_their_book(session: Session, accepted: Accepted) -> None:
    opened = books.open_book(
        session,
        tenant=books.open_tenant(session, "t@x.id", name="t"),
        ref="9/r.1:a",
        kind=BookKind.HOUSEHOLD,
        name="Buku\n2026-01-01 open Assets:Injected",
        base_currency="IDR",
        time_zone="Asia/Jakarta",
        chart="household-1",
        opened_at=NOW,
    )
    for code in ("a", "b", "unused"):
        builders.open_account(session, opened, code)
    long_ago = date(2020, 1, 1)
    say(session, post(1, debit("a", idr(3)), credit("b", idr(3)), book=opened, day=long_ago))
    builders.open_books(session)

    assert "2020-01-01 open Assets:Unused IDR" in accepted(session, opened)
    assert "\n2026-01-01 open" not in accepted(session, opened, SITI)


def test_an_entry_without_narration_says_its_kind(session: Session, accepted: Accepted) -> None:
    builders.open_books(session)
    say(session, post(1, *pay(1), kind="belanja.pasar"))

    assert '* "belanja.pasar" #belanja.pasar ^' in accepted(session, SITI)


NASTY = (
    "; a",
    "a\n2026-01-01 open Assets:X",
    '"',
    "\\",
    '\\"',
    "🍚|x",
    "(1) *",
    "a\x1bb\x85c\u2028d",
)


def test_no_narration_becomes_a_directive(session: Session, accepted: Accepted) -> None:
    builders.open_books(session)
    say(session, *[post(no, *pay(1), narration=text) for no, text in enumerate(NASTY, start=1)])

    entries, _errors, _options = loader.load_string(accepted(session, SITI))

    assert [each.narration for each in entries if isinstance(each, Transaction)] == list(NASTY)
