"""Keys of texts: what one key seals only it opens, in its place, and nothing altered."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.journal import keyring
from ledger.journal.keyring import KeyUnusable
from tests import builders

SECRET = bytes(range(32))
PLACE = keyring.place(-1, builders.entry_id(1), "narration")
KEYS = keyring.text_keys(SECRET)

texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(texts)
def test_what_is_sealed_can_be_read(text: str) -> None:
    assert KEYS.decrypt(PLACE, KEYS.encrypt(PLACE, text)) == text


@given(texts, texts)
def test_a_nonce_serves_one_text_only(text: str, other: str) -> None:
    same_nonce = KEYS.encrypt(PLACE, text)[:12] == KEYS.encrypt(PLACE, other)[:12]

    assert same_nonce == (text == other)


def test_a_text_is_read_only_in_its_place() -> None:
    sealed = KEYS.encrypt(PLACE, "gaji")

    for place in (
        keyring.place(1, builders.entry_id(1), "narration"),
        keyring.place(-1, builders.entry_id(2), "narration"),
        keyring.place(-1, builders.entry_id(1), "reason"),
    ):
        with pytest.raises(KeyUnusable):
            KEYS.decrypt(place, sealed)


@pytest.mark.parametrize("at", [0, 11, 12, -1])
def test_an_altered_byte_is_seen(at: int) -> None:
    sealed = bytearray(KEYS.encrypt(PLACE, "gaji"))
    sealed[at] ^= 1

    with pytest.raises(KeyUnusable):
        KEYS.decrypt(PLACE, bytes(sealed))


@pytest.mark.parametrize("length", [0, 1, 7, 8, 12, 20])
def test_what_was_cut_short_is_seen(length: int) -> None:
    with pytest.raises(KeyUnusable):
        KEYS.decrypt(PLACE, KEYS.encrypt(PLACE, "gaji")[:length])


def test_another_secret_opens_nothing() -> None:
    other = keyring.text_keys(SECRET[::-1])

    assert other.salt_key != KEYS.salt_key
    with pytest.raises(KeyUnusable):
        other.decrypt(PLACE, KEYS.encrypt(PLACE, "gaji"))


def test_a_wrapped_secret_opens_with_its_master_key_only() -> None:
    ring = builders.keyring()
    wrapped = ring.wrap(SECRET)

    assert SECRET not in wrapped
    assert ring.unwrap(wrapped) == SECRET
    with pytest.raises(KeyUnusable):
        replace(ring, master_key=bytes(32)).unwrap(wrapped)
