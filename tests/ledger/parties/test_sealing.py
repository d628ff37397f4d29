"""How the vault seals: bound to its place, no nonce twice, padded, found blind, shown masked."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Malformed
from ledger.journal.keyring import KeyUnusable
from ledger.parties import fields, sealing
from ledger.parties.fields import Field, FieldMalformed, SlotMalformed

KEYS = sealing.person_keys(bytes(32))
OTHERS = sealing.person_keys(bytes(31) + b"\x01")
PLACES = [
    sealing.place(tenant, person, field, no, version)
    for tenant, person, field, no, version in product(
        (1, 2), (1, 2), ("nik", "name"), (0, 1), (1, 2)
    )
]
VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=300)


@given(VALUES, st.sampled_from(PLACES))
def test_what_is_sealed_is_read_back_in_its_place(value: str, place: bytes) -> None:
    assert KEYS.unseal(place, KEYS.seal(place, value)) == value


def test_moved_to_any_other_place_or_person_it_does_not_open() -> None:
    assert len(set(PLACES)) == 32
    for here, there in product(PLACES, PLACES):
        sealed = KEYS.seal(here, "7309015406950001")
        if here != there:
            with pytest.raises(KeyUnusable):
                KEYS.unseal(there, sealed)
        with pytest.raises(KeyUnusable):
            OTHERS.unseal(here, sealed)


@pytest.mark.parametrize("sealed", [b"", b"x" * 11, b"x" * 12, b"x" * 28])
def test_what_was_never_sealed_does_not_open(sealed: bytes) -> None:
    with pytest.raises(KeyUnusable):
        KEYS.unseal(PLACES[0], sealed)


def test_an_altered_byte_is_noticed() -> None:
    sealed = bytearray(KEYS.seal(PLACES[0], "Siti"))
    for at in range(len(sealed)):
        sealed[at] ^= 1
        with pytest.raises(KeyUnusable):
            KEYS.unseal(PLACES[0], bytes(sealed))
        sealed[at] ^= 1


def test_one_nonce_never_serves_two_values() -> None:
    """Also where a version number comes again: after a restore, or after a field was cleared."""
    nonces = {
        KEYS.seal(place, value)[: sealing.NONCE_BYTES]
        for place in PLACES
        for value in ("a", "b", "ab")
    }

    assert len(nonces) == 3 * len(PLACES)


def test_equal_values_of_two_persons_have_nothing_in_common() -> None:
    one, other = (keys.seal(PLACES[0], "Siti") for keys in (KEYS, OTHERS))

    assert one[:12] != other[:12]
    assert one[12:] != other[12:]


def test_short_values_have_one_length() -> None:
    lengths = {len(KEYS.seal(PLACES[0], "x" * size)) for size in range(1, 65)}

    assert lengths == {12 + 64 + 16}


def test_the_blind_index_differs_by_tenant_kind_and_master_key() -> None:
    tags = {
        sealing.index_tag(sealing.index_key(master, tenant, kind), "7309015406950001")
        for master, tenant, kind in product((bytes(32), b"x" * 32), (1, 2), ("nik", "phone"))
    }

    assert len(tags) == 8
    assert {len(tag) for tag in tags} == {16}


# Fields.


@given(st.sampled_from(list(Field)), st.text(max_size=400))
def test_any_text_is_kept_in_one_form_or_refused(field: Field, text: str) -> None:
    try:
        kept = fields.normal(field, text)
    except Malformed:
        return
    assert fields.normal(field, kept) == kept
    assert kept.encode()
    assert "\x00" not in kept
    assert len(fields.masked(field, kept)) < 700


@pytest.mark.parametrize(
    "text", ["", "  ", "a\nb", "a\x00b", "a\x1bb", "\ud800", "x" * 301, "\u202e"]
)
def test_a_text_that_cannot_be_kept_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(FieldMalformed) as caught:
        fields.normal(Field.ADDRESS, text)

    assert caught.value.facts == {"field": "address"}


@pytest.mark.parametrize(
    ("field", "no"), [(Field.NIK, 1), (Field.NAME, -1), (Field.HEIR, 0), (Field.HEIR, 21)]
)
def test_only_heirs_are_several(field: Field, no: int) -> None:
    with pytest.raises(SlotMalformed):
        fields.check_slot(field, no)


@given(st.from_regex(r"[0-9]{16}", fullmatch=True))
def test_a_masked_nik_shows_four_digits_and_no_more(number: str) -> None:
    shown = fields.masked(Field.NIK, number)

    assert shown == "•••" + number[12:]


def test_a_masked_name_hides_its_length_and_the_rest_hides_everything() -> None:
    assert fields.masked(Field.NAME, "Siti Aminah") == fields.masked(Field.NAME, "Su A")
    for field in (Field.ADDRESS, Field.HEIR, Field.SAFE_CONTACT):
        assert fields.masked(field, "Jl. Veteran 1") == "•••"
