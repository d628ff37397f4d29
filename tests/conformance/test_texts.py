"""Texts: encrypted under their subject's key, committed to in the hashes, erased with the key."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from ledger.books import queries
from ledger.errors import LedgerError
from ledger.journal import keyring, operations
from ledger.journal.intents import Exchange, credit, debit
from ledger.journal.keyring import NoKeyring
from ledger.journal.outcomes import Code
from tests import builders
from tests.builders import NOW, SITI, TELLER, amend, earn, entry_id, hkd, idr, pay, post, reverse
from tests.conformance.scene import Scene, erase

SPOKEN = post(
    1,
    *earn(5_000),
    narration="Gaji November dari Bu Chan",
    metadata={"employer": "Chan Tai-man", "month": "2026-11"},
    subject="person:1",
)


def _read(row: Any) -> str:
    """Open a stored text as the engine's keyring would."""
    ring = builders.keyring()
    keys = keyring.text_keys(ring.new_secret(row["book_id"], row["subject"]))
    where = keyring.place(row["book_id"], entry_id(row["seq"]), row["field"])
    return keys.decrypt(where, row["ciphertext"])


def test_texts_are_kept_encrypted_and_can_be_read_back(scene: Scene) -> None:
    scene.post(SPOKEN)

    rows = scene.stored()["entry_text"]
    assert {row["field"]: _read(row) for row in rows} == {
        "narration": "Gaji November dari Bu Chan",
        "meta:employer": "Chan Tai-man",
        "meta:month": "2026-11",
    }
    everything = repr(scene.stored()).encode()
    assert b"Chan" not in everything
    assert b"2026-11'" not in everything


def test_one_text_in_two_places_looks_like_two(scene: Scene) -> None:
    scene.post(SPOKEN, replace(SPOKEN, id=entry_id(2)))

    rows = [row for row in scene.stored()["entry_text"] if row["field"] == "narration"]
    assert rows[0]["ciphertext"][12:] != rows[1]["ciphertext"][12:]
    assert rows[0]["commitment"] != rows[1]["commitment"]


def test_reasons_of_corrections_are_texts_too(scene: Scene) -> None:
    scene.post(post(1, *pay(5)), post(2, *pay(5)))

    scene.post(reverse(3, entry=1, reason="salah ketik"), amend(4, 2, *pay(6), reason="harga"))

    assert [(row["seq"], row["field"]) for row in scene.stored()["entry_text"]] == [
        (3, "reason"),
        (5, "reason"),
    ]


def test_equal_letters_are_equal_texts(scene: Scene) -> None:
    scene.post(post(1, *pay(5), narration="caf\u00e9"))

    assert scene.codes(post(1, *pay(5), narration="cafe\u0301")) == [Code.EXISTS]


def test_erasure_destroys_the_texts_of_one_subject_only(scene: Scene) -> None:
    scene.post(SPOKEN, post(2, *pay(5), narration="beras"))

    erase("person:1")(scene)

    keys = {row["subject"]: row["wrapped"] for row in scene.stored()["text_key"]}
    assert keys["person:1"] is None
    assert _read(scene.stored()["entry_text"][-1]) == "beras"


def test_erasure_is_an_event_with_a_name_and_happens_once(scene: Scene) -> None:
    scene.post(SPOKEN)

    erase("person:1")(scene)
    erase("person:1")(scene)

    (event,) = [row for row in scene.stored()["book_event"] if row["book_id"] == SITI]
    assert (event["what"], event["after"]) == ("texts_erased", "person:1")
    assert event["actor"] == TELLER


def test_who_is_erased_before_the_first_text_gets_none(scene: Scene) -> None:
    erase("person:1")(scene)

    assert scene.codes(SPOKEN) == [Code.SUBJECT_ERASED]
    assert scene.codes(replace(SPOKEN, subject="person:2")) == [Code.POSTED]


@pytest.mark.parametrize(
    ("subject", "book", "error"),
    [
        ("a b", SITI, operations.SubjectMalformed),
        ("x" * 65, SITI, operations.SubjectMalformed),
        (None, SITI, operations.SubjectMalformed),
        ("person:1", 1, queries.BookNotFound),
    ],
)
def test_what_cannot_be_erased_is_refused(
    session: Session, subject: Any, book: int, error: type[LedgerError]
) -> None:
    builders.open_books(session)

    with pytest.raises(error):
        operations.erase_texts(session, book, subject, actor=TELLER, recorded_at=NOW)


def test_after_erasure_a_retry_is_still_recognised(scene: Scene) -> None:
    first = scene.one(SPOKEN)
    erase("person:1")(scene)

    assert scene.one(SPOKEN) == first._replace(code=Code.EXISTS)
    assert scene.codes(replace(SPOKEN, kind="wage")) == [Code.EXISTS_WITH_DIFFERENT_KIND]
    assert scene.codes(replace(SPOKEN, metadata=None)) == [Code.EXISTS_WITH_DIFFERENT_TEXT]


def test_after_erasure_the_erased_words_are_not_compared(scene: Scene) -> None:
    scene.post(SPOKEN)
    erase("person:1")(scene)

    assert scene.codes(replace(SPOKEN, narration="lain")) == [Code.EXISTS]


def test_after_erasure_a_refusal_is_replayed(scene: Scene) -> None:
    refused = post(1, *earn(5, where="purse"), narration="upah", subject="person:1")
    first = scene.one(refused)
    scene.post(replace(SPOKEN, id=entry_id(2)))
    erase("person:1")(scene)

    assert scene.one(refused) == first._replace(replayed=True)


def test_nothing_new_is_written_about_an_erased_subject(scene: Scene) -> None:
    scene.post(SPOKEN)
    erase("person:1")(scene)

    again = replace(SPOKEN, id=entry_id(2))
    assert scene.codes(again) == [Code.SUBJECT_ERASED]
    assert scene.codes(replace(again, narration=None, metadata=None)) == [Code.POSTED]


def test_refusals_keep_no_words(scene: Scene) -> None:
    scene.post(post(1, *earn(5, where="purse"), narration="rahasia sekali"))

    assert "rahasia" not in repr(scene.stored())


def test_a_failure_leaves_every_id_of_its_batch_free(scene: Scene) -> None:
    """A session without a keyring stands for all that can fail between a request and its commit."""

    def without_keyring(session: Session) -> None:
        carried = session.info.pop("keyring")
        try:
            operations.post(
                session,
                [post(1, *pay(5)), post(2, *pay(5), narration="beras")],
                actor=TELLER,
                recorded_at=NOW,
            )
        finally:
            session.info["keyring"] = carried

    with pytest.raises(NoKeyring):
        scene.ask(without_keyring)

    assert scene.stored()["entry"] == scene.stored()["text_key"] == []
    assert scene.codes(post(2, *pay(6), narration="beras"), post(1, *earn(5))) == [
        Code.POSTED,
        Code.POSTED,
    ]


def test_a_subject_gets_one_key_per_book(scene: Scene) -> None:
    scene.post(SPOKEN, replace(SPOKEN, id=entry_id(2)))
    scene.post(replace(SPOKEN, book_id=builders.IBU), post(3, *pay(5), narration="x"))

    keys = [(row["book_id"], row["subject"]) for row in scene.stored()["text_key"]]
    assert sorted(keys) == sorted([(SITI, ""), (SITI, "person:1"), (builders.IBU, "person:1")])


def test_the_source_of_a_rate_is_one_however_its_letters_are_composed(scene: Scene) -> None:
    sold = post(
        7,
        debit("hkd", hkd(1)),
        credit("cash", idr(2_000)),
        exchange=Exchange(mid_source="Caf\u00e9"),
    )
    decomposed = replace(sold, exchange=Exchange(mid_source="Cafe\u0301"))

    assert scene.codes(decomposed) == [Code.POSTED]
    assert scene.codes(sold) == [Code.EXISTS]
    assert [row["mid_source"] for row in scene.stored()["entry_exchange"]] == ["Caf\u00e9"]
