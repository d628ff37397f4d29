"""Erasing a person: gone in every book and backup; the books balance and verify; retries match."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ledger.books.queries import BookNotFound
from ledger.books.tables import Account, Book, BookEvent, TextKey
from ledger.journal import operations as journal
from ledger.journal.outcomes import Code
from ledger.parties import operations, queries
from ledger.parties.erasures import ErasureLine
from ledger.parties.fields import Field
from ledger.parties.tables import (
    Device,
    HouseholdLink,
    PersonKey,
    VaultField,
    VaultIndex,
)
from tests import builders
from tests.builders import COOPERATIVE, IBU, KOPERASI, NOW, PLATFORM, SITI, TELLER, pay, post
from tests.conformance import laws
from tests.ledger.parties.test_devices import public_key

BY: dict[str, Any] = {"actor": TELLER, "recorded_at": NOW}
NIK = "7309015406950001"


def person(session: Session, ref: str, tenant: int = PLATFORM) -> int:
    return operations.register(session, tenant, ref, **BY)


def erase(session: Session, who: int, *own: int, reason: str = "own_request") -> None:
    operations.erase(session, PLATFORM, who, reason=reason, books=own, **BY)


def send(session: Session, *intents: Any) -> list[Code]:
    outcomes = journal.post(session, intents, actor=TELLER, recorded_at=NOW)
    return [outcome.code for outcome in outcomes]


def about(session: Session, number: int, who: int, book: int = SITI) -> Any:
    subject = queries.text_subject(session, PLATFORM, who)
    return post(number, *pay(5), book=book, narration=f"untuk Bu Siti {number}", subject=subject)


def lines(session: Session) -> list[ErasureLine]:
    return list(queries.erasures(session))


@pytest.fixture
def opened(session: Session) -> Session:
    """Give a session in which the four books are open."""
    builders.open_books(session)
    return session


def fill(session: Session, ref: str) -> int:
    """Register a person with something in every table."""
    who = person(session, ref)
    put: dict[str, Any] = {"actor": TELLER, "recorded_at": NOW}
    operations.set_field(session, PLATFORM, who, Field.NIK, NIK, **put)
    operations.set_field(session, PLATFORM, who, Field.PHONE, "081234567890", **put)
    operations.set_field(session, PLATFORM, who, Field.HEIR, "Ani, ibu", no=1, **put)
    operations.register_device(session, PLATFORM, who, public_key(9), label="Oppo", **put)
    member = operations.register(session, COOPERATIVE, "m-17", **put)
    operations.add_link(session, SITI, (PLATFORM, who), (COOPERATIVE, member), **put)
    return who


def test_nothing_of_her_is_left(opened: Session) -> None:
    siti, ani = fill(opened, "siti"), person(opened, "ani")
    operations.relate(opened, PLATFORM, siti, ani, "family", **BY)

    erase(opened, siti)

    for table in (VaultField, VaultIndex, Device, HouseholdLink):
        assert opened.scalars(select(table)).all() == []
    assert [row.wrapped for row in opened.scalars(select(PersonKey))] == [None]
    assert queries.find(opened, PLATFORM, "siti").state == "erased"
    assert queries.vault(opened, PLATFORM, siti) == []
    assert queries.devices(opened, PLATFORM, siti) == []
    assert queries.holders(opened, PLATFORM, Field.NIK, NIK) == []
    assert queries.related(opened, PLATFORM, ani) == {}
    last = queries.events(opened, PLATFORM, siti)[-1]
    assert (last.what, last.after) == ("erased", "own_request")
    assert lines(opened) == [
        ErasureLine(
            subject=f"person-{siti}",
            tenant=PLATFORM,
            person=siti,
            book=None,
            reason="own_request",
            by=TELLER,
            at=NOW,
        )
    ]


def test_texts_about_her_are_gone_in_all_books_and_the_books_stand(opened: Session) -> None:
    siti, ani = person(opened, "siti"), person(opened, "ani")
    hers = [about(opened, 1, siti), about(opened, 2, siti, IBU), about(opened, 3, siti, KOPERASI)]
    others = [about(opened, 4, ani), post(5, *pay(5), narration="beras")]
    assert set(send(opened, *hers, *others)) == {Code.POSTED}
    before = opened.scalars(select(Book.head_seq).order_by(Book.id)).all()

    erase(opened, siti)

    keys = {(row.book_id, row.subject): row.wrapped for row in opened.scalars(select(TextKey))}
    assert {key for key, wrapped in keys.items() if wrapped is None} == {
        (book, f"person-{siti}") for book in (SITI, IBU, KOPERASI)
    }
    laws.check(opened)
    assert send(opened, *hers, *others) == [Code.EXISTS] * 5
    assert send(opened, replace(hers[0], narration="lain")) == [Code.EXISTS]
    assert opened.scalars(select(Book.head_seq).order_by(Book.id)).all() == before


def test_nothing_new_is_written_about_her_in_whichever_book(opened: Session) -> None:
    siti, ani = person(opened, "siti"), person(opened, "ani")
    send(opened, about(opened, 1, siti))
    new = [about(opened, 2, siti), about(opened, 3, siti, IBU), about(opened, 4, ani, IBU)]
    erase(opened, siti)

    assert send(opened, *new) == [Code.SUBJECT_ERASED, Code.SUBJECT_ERASED, Code.POSTED]
    assert send(opened, replace(new[0], narration=None, subject="")) == [Code.POSTED]
    laws.check(opened)


def test_the_erased_stay_erased(opened: Session) -> None:
    siti, ani = fill(opened, "siti"), person(opened, "ani")
    erase(opened, siti)

    for change in (
        lambda: erase(opened, siti),
        lambda: person(opened, "siti"),
        lambda: operations.set_field(opened, PLATFORM, siti, Field.NAME, "Siti", **BY),
        lambda: operations.register_device(opened, PLATFORM, siti, public_key(8), **BY),
        lambda: operations.merge(opened, PLATFORM, siti, ani, reason="x", **BY),
        lambda: operations.hold(opened, PLATFORM, siti, "tax", date(2026, 1, 1), **BY),
    ):
        with pytest.raises(operations.PersonNotActive):
            change()
    operations.set_field(opened, PLATFORM, ani, Field.NIK, NIK, **BY)


@pytest.mark.parametrize("reason", ["", "Siti minta", "NIK 7309", "a" * 65, "é"])
def test_a_reason_is_a_word(opened: Session, reason: str) -> None:
    siti = person(opened, "siti")

    with pytest.raises(operations.ReasonMalformed):
        erase(opened, siti, reason=reason)


def test_merged_records_are_erased_with_her(opened: Session) -> None:
    old, new = person(opened, "old"), person(opened, "new")
    sent = [about(opened, 1, old), about(opened, 2, new)]
    send(opened, *sent)
    operations.merge(opened, PLATFORM, old, new, reason="same_nik", **BY)
    assert about(opened, 3, old).subject == f"person-{new}"

    with pytest.raises(operations.PersonNotActive):
        erase(opened, old)
    erase(opened, new)

    assert {row.wrapped for row in opened.scalars(select(TextKey))} == {None}
    assert [line.person for line in lines(opened)] == sorted([old, new], key=str)
    assert queries.find(opened, PLATFORM, "old").state == "merged"
    assert send(opened, replace(sent[0], id=builders.entry_id(9))) == [Code.SUBJECT_ERASED]
    assert send(opened, *sent) == [Code.EXISTS, Code.EXISTS]


# Holds.


def test_a_statute_wins_and_is_shown(opened: Session) -> None:
    siti = fill(opened, "siti")
    until = operations.hold(opened, PLATFORM, siti, "company_documents", date(2026, 11, 1), **BY)
    operations.hold(opened, PLATFORM, siti, "anti_money_laundering", date(2026, 11, 1), **BY)

    with pytest.raises(operations.RetentionHeld) as caught:
        erase(opened, siti)

    assert until == date(2036, 11, 1)
    assert caught.value.facts == {
        "person": str(siti),
        "until": date(2036, 11, 1),
        "ground": "company_documents",
        "source": "UU 8/1997 (Dokumen Perusahaan), pasal 11",
    }
    assert "2036-11-01" in caught.value.message("id")
    assert lines(opened) == []
    assert len(queries.vault(opened, PLATFORM, siti)) == 3
    assert [h.ground for h in queries.holds(opened, PLATFORM, siti)] == [
        "company_documents",
        "anti_money_laundering",
    ]


@pytest.mark.parametrize(
    ("at", "held"),
    [
        (datetime(2036, 11, 1, 16, 59, tzinfo=UTC), True),
        (datetime(2036, 11, 1, 17, 0, tzinfo=UTC), False),
    ],
)
def test_a_hold_ends_with_its_last_day_in_indonesia(
    opened: Session, at: datetime, *, held: bool
) -> None:
    siti = person(opened, "siti")
    operations.hold(opened, PLATFORM, siti, "tax", date(2026, 11, 1), **BY)

    def try_it() -> None:
        operations.erase(opened, PLATFORM, siti, reason="own_request", actor=TELLER, recorded_at=at)

    if held:
        with pytest.raises(operations.RetentionHeld):
            try_it()
    else:
        try_it()


def test_a_hold_is_prolonged_lifted_and_noted_again(opened: Session) -> None:
    siti = person(opened, "siti")

    def hold(day: date) -> date:
        return operations.hold(opened, PLATFORM, siti, "tax", day, **BY)

    def lift() -> None:
        operations.lift_hold(opened, PLATFORM, siti, "tax", **BY)

    assert hold(date(2020, 1, 1)) == date(2030, 1, 1)
    assert hold(date(2019, 1, 1)) == date(2030, 1, 1)
    assert hold(date(2021, 1, 1)) == date(2031, 1, 1)
    lift()
    with pytest.raises(operations.HoldNotFound):
        lift()
    assert queries.holds(opened, PLATFORM, siti) == []
    assert hold(date(2019, 1, 1)) == date(2029, 1, 1)
    said = [(e.what, e.after) for e in queries.events(opened, PLATFORM, siti)][1:]
    assert said == [
        ("held", "2030-01-01"),
        ("held", "2031-01-01"),
        ("hold_lifted", "2031-01-01"),
        ("held", "2029-01-01"),
    ]


def test_a_hold_on_a_merged_record_holds_her(opened: Session) -> None:
    old, new = person(opened, "old"), person(opened, "new")
    operations.hold(opened, PLATFORM, old, "tax", date(2026, 1, 1), **BY)
    operations.merge(opened, PLATFORM, old, new, reason="same_nik", **BY)

    with pytest.raises(operations.RetentionHeld):
        erase(opened, new)


# A household's own texts.


def test_a_households_own_texts_and_names_go_with_its_owner(opened: Session) -> None:
    siti, ani = person(opened, "siti"), person(opened, "ani")
    sent = [post(1, *pay(5), narration="obat ibu"), about(opened, 2, ani)]
    send(opened, *sent)
    opened.execute(update(Book).where(Book.id == SITI).values(name="Siti Aminah"))
    debt = (Account.book_id == SITI, Account.code == "debt")
    opened.execute(update(Account).where(*debt).values(name_id="Utang Bu Chan"))
    opened.expire_all()

    erase(opened, siti, SITI)

    keys = {(row.book_id, row.subject): row.wrapped for row in opened.scalars(select(TextKey))}
    assert keys[(SITI, "")] is None
    assert keys[(SITI, f"person-{ani}")] is not None
    assert opened.scalars(select(Book.name).where(Book.id == SITI)).one() == "siti"
    assert opened.scalars(select(Account.name_id).where(*debt)).one() == "debt"
    events = opened.scalars(select(BookEvent).where(BookEvent.book_id == SITI)).all()
    assert [(e.what, e.before, e.after) for e in events] == [("texts_erased", None, "")]
    assert send(opened, *sent) == [Code.EXISTS, Code.EXISTS]
    assert send(opened, post(3, *pay(5), narration="beras")) == [Code.SUBJECT_ERASED]
    assert send(opened, post(3, *pay(5))) == [Code.POSTED]
    laws.check(opened)
    assert [line.subject for line in lines(opened)] == [f"book-{SITI}", f"person-{siti}"]


def test_a_book_that_never_had_a_text_takes_none_after_it(opened: Session) -> None:
    erase(opened, person(opened, "ibu"), IBU)

    assert send(opened, post(1, *pay(5), book=IBU, narration="beras")) == [Code.SUBJECT_ERASED]
    assert not journal.erase_book(opened, IBU, reason="again", **BY)


@pytest.mark.parametrize(
    ("book", "refusal"),
    [
        (KOPERASI, operations.BookNotHers),
        (builders.DANA, operations.BookNotHers),
        (5, BookNotFound),
    ],
)
def test_a_cooperatives_book_is_nobodys_to_erase(
    opened: Session, book: int, refusal: type[Exception]
) -> None:
    siti = fill(opened, "siti")

    with pytest.raises(refusal):
        erase(opened, siti, SITI, book)

    assert lines(opened) == []
