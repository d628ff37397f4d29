"""The erasure list: read back as written, applied again after a backup, and idempotent."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ledger.books import operations as books
from ledger.books.tables import Erasure, TextKey
from ledger.journal import verify
from ledger.journal.outcomes import Code
from ledger.parties import erasures, operations, queries
from ledger.parties.erasures import ErasureLine, ErasureListMalformed
from ledger.parties.fields import Field
from ledger.parties.tables import Person, PersonKey, RetentionHold, VaultField
from tests import builders
from tests.builders import IBU, NOW, PLATFORM, SITI, TELLER, pay, post
from tests.conformance import laws
from tests.ledger.parties.test_erasing import BY, NIK, about, erase, fill, lines, person, send


@pytest.fixture
def opened(session: Session) -> Session:
    """Give a session in which the four books are open."""
    builders.open_books(session)
    return session


def _restored(session: Session, before: laws.Stored) -> None:
    """Put back what an older backup would: keys, states, ciphertext (as far as guards allow)."""
    for row in before["text_key"]:
        one = (TextKey.book_id == row["book_id"], TextKey.subject == row["subject"])
        session.execute(update(TextKey).where(*one).values(wrapped=row["wrapped"]))
    for row in before["person_key"]:
        own = PersonKey.person_id == row["person_id"]
        session.execute(update(PersonKey).where(own).values(wrapped=row["wrapped"]))
    for row in before["person"]:
        session.execute(update(Person).where(Person.id == row["id"]).values(state=row["state"]))
    session.expire_all()


def test_verify_names_a_key_that_a_backup_brought_back(opened: Session) -> None:
    siti = person(opened, "siti")
    send(opened, about(opened, 1, siti))
    before = laws.stored(opened)
    erase(opened, siti)
    assert verify.verify(opened).clean
    _restored(opened, before)

    (problem,) = verify.verify(opened).problems

    assert str(problem) == (
        f"book {SITI}: text key of person-{siti} is there, entries give destroyed"
    )
    operations.reapply_erasures(opened, lines(opened))
    laws.check(opened)


def test_a_list_is_read_back_as_it_was_written(opened: Session) -> None:
    erase(opened, person(opened, "siti"), SITI)
    found = lines(opened)

    cells = [erasures.cells(line) for line in found]
    told = [{**row, "at": row["at"].isoformat()} for row in cells]  # type: ignore[union-attr]

    assert [erasures.line_of(row) for row in told] == found


@pytest.mark.parametrize(
    "document",
    ["", "[]", "{}", '{"rows": {}}', '{"rows": [1]}', '{"rows": [{}]}', "nul", "[" * 9999],
)
def test_a_document_that_is_no_list_is_refused(document: str) -> None:
    with pytest.raises(ErasureListMalformed):
        erasures.read(document)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("subject", "person-8"),
        ("subject", "book-7"),
        ("person", 7),
        ("person", "-7"),
        ("person", "9" * 30),
        ("person", None),
        ("book", "7"),
        ("tenant", ""),
        ("at", "2026-11-24T08:00:00"),
        ("at", "yesterday"),
        ("by", "\x00"),
        ("reason", 5),
    ],
)
def test_a_row_that_is_of_no_list_is_refused(name: str, value: object) -> None:
    row = {
        "subject": "person-7",
        "tenant": "1",
        "person": "7",
        "book": None,
        "at": "2026-11-24T08:00:00+00:00",
        "by": TELLER,
        "reason": "own_request",
    }
    assert erasures.line_of(row).person == 7

    with pytest.raises(ErasureListMalformed):
        erasures.line_of({**row, name: value}, 3)


def test_applying_a_list_twice_changes_nothing(opened: Session) -> None:
    siti = fill(opened, "siti")
    send(opened, about(opened, 1, siti))
    erase(opened, siti, SITI)
    before = laws.stored(opened)

    assert operations.reapply_erasures(opened, lines(opened)) == 0

    assert laws.stored(opened) == before


def test_a_list_is_applied_to_a_database_that_knows_less(opened: Session) -> None:
    """The backup is older than the merge, than a second person and than a whole book."""
    old, new = person(opened, "old"), person(opened, "new")
    operations.set_field(opened, PLATFORM, old, Field.NIK, NIK, **BY)
    operations.hold(opened, PLATFORM, new, "tax", date(2026, 1, 1), **BY)
    send(opened, about(opened, 1, old), about(opened, 2, new))
    unborn = operations.person_id(PLATFORM, "unborn")
    unopened = books.book_id(PLATFORM, "unopened")
    at = NOW + timedelta(days=1)
    said: dict[str, Any] = {"tenant": PLATFORM, "reason": "own_request", "by": "ani", "at": at}
    rows = [
        ErasureLine(subject=f"person-{who}", person=who, book=None, **said)
        for who in (old, new, unborn)
    ]
    rows.append(ErasureLine(subject=f"book-{unopened}", person=None, book=unopened, **said))
    rows.append(ErasureLine(subject=f"book-{SITI}", person=None, book=SITI, **said))

    assert operations.reapply_erasures(opened, rows) == 5
    assert operations.reapply_erasures(opened, rows) == 0

    assert {row.wrapped for row in opened.scalars(select(TextKey))} == {None}
    assert {row.wrapped for row in opened.scalars(select(PersonKey))} == {None}
    assert opened.scalars(select(VaultField)).all() == []
    assert {queries.find(opened, PLATFORM, ref).state for ref in ("old", "new")} == {"erased"}
    assert opened.scalars(select(RetentionHold.until)).one() == date(2036, 1, 1)
    assert [(row.actor, row.recorded_at) for row in opened.scalars(select(Erasure))] == [
        ("ani", at)
    ] * 5
    with pytest.raises(operations.PersonNotActive):
        person(opened, "unborn")
    texts = post(7, *pay(5), book=IBU, narration="x", subject=f"person-{unborn}")
    assert send(opened, texts) == [Code.SUBJECT_ERASED]
    laws.check(opened)
