"""Telephone numbers: of Indonesia and of where she works, in one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.parties import phone
from ledger.parties.phone import PhoneMalformed

MOBILE = st.from_regex(r"8[1235789][0-9]{8}", fullmatch=True)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("0812-3456-7890", "+6281234567890"),
        ("812 3456 7890", "+6281234567890"),
        ("+62 (812) 3456.7890", "+6281234567890"),
        ("62 812 3456 7890", "+6281234567890"),
        ("+852 9123 4567", "+85291234567"),
        ("+886 912 345 678", "+886912345678"),
        ("+60 12-345 6789", "+60123456789"),
        ("+65 8123 4567", "+6581234567"),
        ("+966 50 123 4567", "+966501234567"),
        ("+82 10-1234-5678", "+821012345678"),
        ("+81 90-1234-5678", "+819012345678"),
        ("0411 872 345", "+62411872345"),
    ],
)
def test_a_number_has_one_form(written: str, kept: str) -> None:
    assert phone.normal(written) == kept
    assert phone.normal(kept) == kept


@pytest.mark.parametrize(
    "written",
    [
        "",
        "+",
        "08",
        "0812",
        "081234567890123456",
        "+62 812 3456 7890 ext 5",
        "0812-CALL-NOW",
        "+1",
        "+999 123456789",
        "0" * 41,
        "tel:+6281234567890",
        "٠٨١٢٣٤٥٦٧٨٩٠",
        "0812\n34567890",
    ],
)
def test_what_is_no_number_is_refused_without_repeating_it(written: str) -> None:
    with pytest.raises(PhoneMalformed) as caught:
        phone.normal(written)

    assert caught.value.facts == {}


@given(MOBILE)
def test_home_and_abroad_it_is_the_same_number(mobile: str) -> None:
    assert phone.normal("0" + mobile) == phone.normal("+62" + mobile) == "+62" + mobile


@given(st.text(max_size=45))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        kept = phone.normal(text)
    except PhoneMalformed:
        return
    assert kept.startswith("+")
    assert phone.normal(kept) == kept
