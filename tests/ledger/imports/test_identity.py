"""An id is the same in every run, another in every book, and proves nothing of a description."""

import hashlib

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.imports.operations import identity
from ledger.journal.keyring import Keyring, NoKeyring
from ledger.journal.verify import verify
from tests.conftest import NewEngine
from tests.ledger.imports.bank import ROWS, balances, bring_in, count, open_book

SAID = "date,description,amount\n2026-01-02,TRANSFER KE IBU,-1500000\n"


def ids(session: Session) -> list[bytes]:
    """Give the ids of all entries."""
    return [bytes(found) for (found,) in session.execute(text("SELECT id FROM entry"))]


def erase(session: Session, ref: str) -> None:
    """Destroy the secret of a book's own texts."""
    session.execute(
        text(
            "UPDATE text_key SET wrapped = NULL WHERE subject = ''"
            " AND book_id = (SELECT id FROM book WHERE ref = :ref)"
        ),
        {"ref": ref},
    )


def test_equal_secrets_give_equal_ids_on_every_database(
    new_engine: NewEngine, keyring: Keyring
) -> None:
    other = Keyring(
        keyring.master_key, lambda book, _subject: hashlib.sha256(b"%d" % book).digest()
    )
    found = []
    for ring in (keyring, keyring, other):
        with Session(new_engine(), info={"keyring": ring}) as session:
            bring_in(session, SAID, account="bca")
            found.append(ids(session))

    assert found[0] == found[1]
    assert found[0] != found[2]


def test_a_line_has_another_id_in_every_book(session: Session) -> None:
    open_book(session, "one")
    open_book(session, "two")
    for book in ("one", "two"):
        bring_in(session, SAID, account="bca", into=book)

    first, second = ids(session)
    assert first != second


def test_an_id_follows_from_no_plain_hash_of_the_line(session: Session) -> None:
    """Whoever knows everything but the secret cannot make the id of a guessed description."""
    key = identity.line_key(bytes(32))

    assert identity.entry_id(key, b"digest", 1) != identity.entry_id(bytes(32), b"digest", 1)
    assert identity.entry_id(key, b"digest", 1) != identity.entry_id(key, b"digest", 2)
    bring_in(session, SAID, account="bca")
    assert count(session, "text_key") == 1


def test_a_book_that_was_erased_takes_no_line_again(session: Session) -> None:
    """Nobody can tell any more what it has, and a line that is posted twice is money."""
    bring_in(session, ROWS)
    before = balances(session)
    erase(session, "statement-1")

    report, problems = bring_in(session, [*ROWS, "2,2026-01-05,out,shop,1.00,800.00\n"])

    assert (report.posted, report.existing) == (1, 2)
    told = [found.line for found in problems if found.facts.get("outcome") == "subject_erased"]
    assert told == [2, 4, 5]
    found = balances(session)
    assert {key: found[key] for key in found if key[0] == "statement-1"} == {
        key: before[key] for key in before if key[0] == "statement-1"
    }
    assert verify(session).clean


def test_a_book_that_was_erased_is_told_in_a_trial_too(session: Session) -> None:
    bring_in(session, SAID, account="bca")
    erase(session, "statement-bca")

    report, problems = bring_in(session, SAID, account="bca", dry_run=True)

    assert (report.posted, report.existing, len(problems)) == (0, 0, 1)


def test_a_secret_that_is_there_is_used_and_not_replaced(session: Session) -> None:
    bring_in(session, SAID, account="bca")
    before = session.execute(text("SELECT * FROM text_key")).all()

    report, _ = bring_in(session, SAID + "2026-01-03,PULSA,-5\n", account="bca")

    assert (report.posted, report.existing) == (1, 1)
    assert session.execute(text("SELECT * FROM text_key")).all() == before


def test_without_a_keyring_nothing_is_imported(session: Session) -> None:
    """Ids without a key would be others than those with one: the next run would double all."""
    session.info["keyring"] = None

    with pytest.raises(NoKeyring):
        bring_in(session, ROWS)
    assert count(session, "entry") == 0
