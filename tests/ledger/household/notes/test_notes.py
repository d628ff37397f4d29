"""Her words beside a record: versions, conflicts, tags, and their end."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from ledger.household.feed.items import Kind, ThingHeard
from ledger.household.notes import merging, operations, queries
from ledger.household.notes.merging import Field, Write
from ledger.journal import operations as journal
from ledger.journal.outcomes import Outcome
from tests.builders import NOW, TELLER, entry_id
from tests.conformance import laws
from tests.ledger.household import scene
from tests.ledger.household.records.words import FOOD, amend, record, send, spent


@pytest.fixture
def book(session: Session) -> int:
    book = scene.open_household(session)
    send(session, record(book, 1, spent((FOOD, 50))), amend(book, 2, 1, spent((FOOD, 60))))
    return book


def edit(book: int, number: int, text: str | None, base: int = 0, **changes: Any) -> Write:
    settings: dict[str, Any] = {"record": entry_id(1), "field": Field.NOTE, **changes}
    return Write(book_id=book, id=entry_id(number), text=text, base=base, **settings)


def write(session: Session, *edits: Write) -> list[Outcome]:
    return operations.write_many(session, edits, actor=TELLER, recorded_at=NOW)


def told(outcomes: Sequence[Outcome]) -> list[tuple[str, Any, bool]]:
    return [(o.code.value, o.facts.get("version"), "conflict" in o.facts) for o in outcomes]


def says(session: Session, book: int) -> dict[str, Any]:
    readers = {Kind.NOTE: queries.notes_say}
    heard = scene.hear(session, book, readers=readers)
    notes = [item for item in heard if isinstance(item, ThingHeard) and item.kind is Kind.NOTE]
    (note,) = notes
    assert note.says is not None
    return dict(note.says)


def test_a_note_is_written_and_rewritten(session: Session, book: int) -> None:
    first, second = edit(book, 1, "beras"), edit(book, 2, "beras 5 kg", 1, record=entry_id(2))

    assert told(write(session, first, second)) == [("posted", 1, False), ("posted", 2, False)]
    assert told(write(session, first, second)) == [("exists", 1, False), ("exists", 2, False)]
    found = says(session, book)
    assert (found["text"], found["version"], found["conflicts"]) == ("beras 5 kg", 2, [])
    assert found["record"] == entry_id(1).hex()


def test_the_later_of_two_edits_of_one_version_is_a_copy(session: Session, book: int) -> None:
    write(session, edit(book, 1, "beras"), edit(book, 2, "gula", 1))
    lost = edit(book, 3, "garam", 1)

    assert told(write(session, lost)) == [("posted", 3, True)]
    assert told(write(session, lost)) == [("exists", 3, True)]
    found = says(session, book)
    assert (found["text"], found["version"]) == ("gula", 2)
    assert [copy["text"] for copy in found["conflicts"]] == ["garam"]
    assert told(write(session, edit(book, 4, "gula, garam", 2))) == [("posted", 4, False)]
    assert says(session, book)["conflicts"] == []


def test_a_deletion_loses_to_an_edit(session: Session, book: int) -> None:
    write(session, edit(book, 1, "beras"), edit(book, 2, "gula", 1))
    assert told(write(session, edit(book, 3, None, 1))) == [("posted", 3, True)]
    assert says(session, book)["text"] == "gula"
    assert told(write(session, edit(book, 4, None, 2))) == [("posted", 4, False)]
    assert says(session, book)["text"] is None
    assert told(write(session, edit(book, 5, "garam", 2))) == [("posted", 5, False)]
    assert says(session, book)["text"] == "garam"


def test_tags_of_two_phones_are_all_there(session: Session, book: int) -> None:
    tags: Any = {"field": Field.TAGS}
    outcomes = write(
        session,
        edit(book, 1, "makan\npasar", **tags),
        edit(book, 2, "makan\npasar\nlebaran", 1, **tags),
        edit(book, 3, "pasar\nanak", 1, **tags),
    )

    assert told(outcomes) == [("posted", at, False) for at in (1, 2, 3)]
    assert says(session, book)["text"] == "anak\nlebaran\npasar"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": ""}, "invalid_request"),
        ({"text": "a\x00"}, "invalid_request"),
        ({"text": "x" * 2_001}, "invalid_request"),
        ({"base": 2}, "invalid_request"),
        ({"base": -1}, "invalid_request"),
        ({"field": "note"}, "invalid_request"),
        ({"field": Field.TAGS, "text": "\n"}, "invalid_request"),
        ({"field": Field.TAGS, "text": "\n".join(map(str, range(21)))}, "invalid_request"),
        ({"record": b"1"}, "invalid_request"),
        ({"subject": " "}, "invalid_request"),
        ({"book_id": 7}, "book_not_found"),
        ({"record": entry_id(9)}, "entry_not_found"),
    ],
)
def test_what_is_no_edit(session: Session, book: int, changes: dict[str, Any], code: str) -> None:
    given: dict[str, Any] = {"record": entry_id(1), "field": Field.NOTE, "text": "a", **changes}
    item = Write(**{"book_id": book, "id": entry_id(1), **given})

    assert [outcome.code for outcome in write(session, item)] == [code]


def test_an_id_says_one_thing(session: Session, book: int) -> None:
    write(session, edit(book, 1, "beras"))
    outcomes = write(
        session,
        edit(book, 1, "gula"),
        edit(book, 1, "beras", field=Field.COUNTERPARTY),
        edit(book, 1, None),
    )

    assert [outcome.code for outcome in outcomes] == [
        "exists_with_different_text",
        "exists_with_different_target",
        "exists_with_different_text",
    ]


def test_words_are_sealed_and_end_with_their_key(session: Session, book: int) -> None:
    first = edit(book, 1, "rahasia Adi", subject="person-7")
    write(session, first)
    for row in laws.stored(session)["annotation"]:
        assert b"rahasia" not in row["sealed"]

    journal.erase_texts(session, book, "person-7", actor=TELLER, recorded_at=NOW)

    assert says(session, book)["unreadable"] == "erased"
    outcomes = write(session, first, edit(book, 2, "lagi", 1, subject="person-7"))
    assert [outcome.code for outcome in outcomes] == ["exists", "subject_erased"]


TAGS = st.lists(st.sampled_from("abcde"), max_size=5).map(lambda tags: "\n".join(sorted(set(tags))))


@given(TAGS, TAGS, TAGS)
def test_merging_tags_does_not_ask_who_came_first(base: str, one: str, other: str) -> None:
    assert merging.merged_tags(base, one, other) == merging.merged_tags(base, other, one)
    assert merging.merged_tags(base, base, one) == one
    assert merging.merged_tags(base, one, one) == one
