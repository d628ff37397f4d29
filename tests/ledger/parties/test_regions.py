"""Region codes, passports, and the grounds to keep data: dated tables and shapes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.dates import MAX_DATE, MIN_DATE, DateOutOfRange
from ledger.parties import passport, regions, retention
from ledger.parties.passport import PassportMalformed
from ledger.parties.regions import RegionUnknown
from ledger.parties.retention import GroundUnknown

VERSION = "300.2.2-2138/2025"
NOW = date(2026, 11, 24)


def test_there_are_thirty_eight_provinces_each_once() -> None:
    """Domain facts §7.2, of Kepmendagri 300.2.2-2138/2025."""
    listed = [p for p in regions.provinces() if p.version == VERSION]

    assert len(listed) == len({p.code for p in listed}) == len({p.iso for p in listed}) == 38
    by_code = {p.code: (p.name, p.iso) for p in listed}
    assert by_code["73"] == ("Sulawesi Selatan", "ID-SN")
    assert by_code["33"] == ("Jawa Tengah", "ID-JT")
    assert by_code["52"] == ("Nusa Tenggara Barat", "ID-NB")


@pytest.mark.parametrize(
    ("code", "kept", "kota"),
    [
        ("73", "73", False),
        ("73.09", "73.09", False),
        ("7309", "73.09", False),
        ("33.07", "33.07", False),
        ("52.02", "52.02", False),
        ("73.71", "73.71", True),
        ("96.01", "96.01", False),
        ("31.01", "31.01", False),
    ],
)
def test_a_region_has_a_scheme_a_version_and_a_code(code: str, kept: str, *, kota: bool) -> None:
    found = regions.region(code, version=VERSION)

    assert found == (regions.KEMENDAGRI, VERSION, kept)
    assert (found.province, found.is_kota) == (kept[:2], kota)


@pytest.mark.parametrize(
    "code", ["", "7", "20", "73.00", "73.70", "73.9", "73.091", "73-09", "97.01", "٧٣", "7３"]
)
def test_a_region_that_cannot_be_is_refused(code: str) -> None:
    with pytest.raises(RegionUnknown):
        regions.region(code, version=VERSION)


def test_a_code_means_nothing_without_its_scheme_and_version() -> None:
    with pytest.raises(RegionUnknown):
        regions.region("73", version="1990")
    with pytest.raises(RegionUnknown):
        regions.region("73", version=VERSION, scheme="bps")
    with pytest.raises(RegionUnknown):
        regions.version_on(NOW, "bps")


def test_before_the_first_version_the_oldest_holds() -> None:
    assert regions.version_on(date(1990, 1, 1)) == regions.version_on(NOW) == VERSION


@pytest.mark.parametrize(("text", "kept"), [("x1234567", "X1234567"), ("AB 12 34", "AB1234")])
def test_passports(text: str, kept: str) -> None:
    assert passport.normal(text) == kept


@pytest.mark.parametrize("text", ["", "X1234", "X123456789", "X-123456", "ｘ1234567", "Xß12345"])
def test_what_is_no_passport_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(PassportMalformed) as caught:
        passport.normal(text)

    assert caught.value.facts == {}


@given(
    st.sampled_from([ground.code for ground in retention.grounds()]),
    st.dates(date(2011, 1, 1), MAX_DATE),
)
def test_what_is_kept_is_kept_for_the_statutes_years(code: str, since: date) -> None:
    years = retention.ground_on(code, since).years
    try:
        until = retention.kept_until(code, since)
    except DateOutOfRange:
        assert since.year + years > MAX_DATE.year
        return
    assert until.year == since.year + years
    assert (until.month, min(until.day, 28)) == (since.month, min(since.day, 28))


def test_a_ground_holds_from_the_day_it_is_law() -> None:
    with pytest.raises(GroundUnknown):
        retention.ground_on("anti_money_laundering", date(2010, 10, 21))
    with pytest.raises(GroundUnknown):
        retention.ground_on("because", NOW)
    assert all(g.source and g.years > 0 and g.valid_from > MIN_DATE for g in retention.grounds())
