"""NIK: the number of an identity card, checked by its shape and its day of birth alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.parties import nik
from ledger.parties.nik import NikMalformed

REGIONS = st.builds(
    lambda province, town, district: f"{province:02}{town:02}{district:02}",
    st.integers(11, 99),
    st.integers(1, 99),
    st.integers(1, 99),
)
DAYS = st.dates().map(lambda day: (day.day, f"{day:%m}{day.year % 100:02}"))
NIKS = st.builds(
    lambda region, day, woman, serial: f"{region}{day[0] + 40 * woman:02}{day[1]}{serial:04}",
    REGIONS,
    DAYS.filter(lambda day: not (day[0] == 29 and day[1].startswith("02"))),
    st.booleans(),
    st.integers(0, 9999),
)


@given(NIKS)
def test_every_region_and_every_day_of_birth_will_do(number: str) -> None:
    assert nik.normal(number) == number


@given(NIKS, st.sampled_from([" ", ".", "-"]), st.integers(1, 15))
def test_separators_are_left_out(number: str, separator: str, at: int) -> None:
    assert nik.normal(number[:at] + separator + number[at:]) == number


@given(st.text(max_size=20))
def test_any_other_text_is_refused_by_name_and_never_repeated(text: str) -> None:
    try:
        assert len(nik.normal(text)) == 16
    except NikMalformed as error:
        refused = error
    else:
        return
    assert refused.facts == {"problem": refused.problem}
    assert len(text) < 4 or text not in refused.message("id")


@pytest.mark.parametrize("prefix", ["650101", "650401", "920101", "930101", "950101", "960101"])
def test_newer_provinces_are_provinces(prefix: str) -> None:
    """Domain facts §7.2: a library's old table refuses these."""
    assert nik.normal(f"{prefix}4106950001") == f"{prefix}4106950001"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "digits"),
        ("730901540695000", "length"),
        ("73090154069500011", "length"),
        ("73090154069500O1", "digits"),
        ("７３０９０１５４０６９５０００１", "digits"),
        ("٧٣٠٩٠١٥٤٠٦٩٥٠٠٠١", "digits"),
        ("0309015406950001", "region"),
        ("7300015406950001", "region"),
        ("7309005406950001", "region"),
        ("7309010006950001", "date"),
        ("7309014006950001", "date"),
        ("7309013206950001", "date"),
        ("7309017206950001", "date"),
        ("7309015413950001", "date"),
        ("7309015400950001", "date"),
        ("7309013102950001", "date"),
        ("7309012902970001", "date"),
    ],
)
def test_what_is_no_nik(text: str, problem: str) -> None:
    with pytest.raises(NikMalformed) as caught:
        nik.normal(text)

    assert caught.value.problem == problem


def test_a_leap_day_counts_where_either_century_had_one() -> None:
    assert nik.normal("7309016902000001")
    assert nik.normal("7309012902960001")
