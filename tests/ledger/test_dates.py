"""Days the ledger accepts, whose day it is, steps by months, and parts of a year."""

import csv
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from ledger import dates
from ledger.dates import DateRange, DayCount

GOLDEN = Path(__file__).parent.parent / "golden" / "day_counts.csv"


@pytest.mark.parametrize("text", ["1900-01-01", "2024-02-29", "2026-11-24", "2199-12-31"])
def test_a_date_is_read_back(text: str) -> None:
    assert dates.parse_date(text).isoformat() == text


@pytest.mark.parametrize(
    "text",
    [
        *["", "20261124", "2026-W48-2", "2026-1-1", "26-01-01", "2026-11-24T00:00", "2026-02-29"],
        *["2026-13-01", "2026-00-10", "0000-01-01", "2026/11/24", " 2026-11-24", "2026-11-24\n"],
        *["-026-11-24", "٢٠٢٦-11-24", "2026-11-2\x00"],
    ],
)
def test_what_is_not_a_day_in_iso_form_is_no_date(text: str) -> None:
    with pytest.raises(dates.DateMalformed):
        dates.parse_date(text)


@pytest.mark.parametrize("text", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_an_absurd_date_is_refused(text: str) -> None:
    with pytest.raises(dates.DateOutOfRange) as refused:
        dates.parse_date(text)

    assert refused.value.facts == {"day": text}


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Asia/Jakarta", 24),
        ("Asia/Makassar", 25),
        ("Asia/Jayapura", 25),
        ("Asia/Hong_Kong", 25),
        ("Asia/Riyadh", 24),
        ("America/Argentina/Ushuaia", 24),
        ("UTC", 24),
        ("Etc/GMT-14", 25),
    ],
)
def test_the_day_depends_on_where_she_is(zone: str, day: int) -> None:
    instant = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)

    assert dates.local_date(instant, zone) == date(2026, 11, day)
    assert dates.local_date(instant.astimezone(timezone(timedelta(hours=9))), zone).day == day


@pytest.mark.parametrize(
    "zone",
    [
        *["", "Asia", "Asia/Atlantis", "asia/jakarta", "localtime", "posixrules", "../etc/passwd"],
        *["Asia/../UTC", "/etc/localtime", "Asia/Jakarta\x00", "WIB", "+07"],
        "Asia/Jakarta/",
    ],
)
def test_a_zone_that_is_not_in_the_iana_database_is_refused(zone: str) -> None:
    with pytest.raises(dates.TimeZoneUnknown):
        dates.zone(zone)


def test_a_naive_instant_is_not_guessed_at() -> None:
    with pytest.raises(dates.InstantWithoutZone):
        dates.local_date(datetime(2026, 11, 24, 16, 30), "Asia/Jakarta")  # noqa: DTZ001


@pytest.mark.parametrize(
    ("instant", "zone"),
    [
        (datetime.max.replace(tzinfo=UTC), "Asia/Jakarta"),
        (datetime.min.replace(tzinfo=UTC), "America/New_York"),
        (datetime(2199, 12, 31, 20, tzinfo=UTC), "Asia/Jakarta"),
        (datetime(1900, 1, 1, 3, tzinfo=UTC), "America/New_York"),
    ],
)
def test_a_local_day_that_the_ledger_does_not_know_is_refused(instant: datetime, zone: str) -> None:
    with pytest.raises(dates.DateOutOfRange):
        dates.local_date(instant, zone)


def test_a_range_holds_its_start_and_not_its_end() -> None:
    march = DateRange(date(2026, 3, 1), date(2026, 4, 1))

    assert march == dates.month_of(date(2026, 3, 17))
    assert march.days == 31
    assert date(2026, 3, 1) in march
    assert date(2026, 3, 31) in march
    assert date(2026, 4, 1) not in march
    assert date(2026, 2, 28) not in march


def test_a_range_may_be_empty_but_not_turned_round() -> None:
    today, yesterday = date(2026, 11, 24), date(2026, 11, 23)

    assert DateRange(today, today).days == 0
    assert today not in DateRange(today, today)
    with pytest.raises(dates.DateRangeBackwards) as refused:
        DateRange(today, yesterday)
    assert refused.value.facts == {"start": today, "end": yesterday}


@pytest.mark.parametrize(
    ("day", "end"),
    [("2024-02-01", "2024-02-29"), ("2026-02-28", "2026-02-28"), ("2026-12-05", "2026-12-31")],
)
def test_the_end_of_a_month(day: str, end: str) -> None:
    assert dates.month_end(date.fromisoformat(day)).isoformat() == end


def test_a_month_may_be_the_last_the_ledger_knows() -> None:
    assert dates.month_of(dates.MAX_DATE).days == 31


def test_a_monthly_series_keeps_its_seed_day() -> None:
    steps = [dates.add_months(date(2026, 1, 31), step).isoformat() for step in range(5)]

    assert steps == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]


@pytest.mark.parametrize(
    ("day", "months", "seed_day", "expected"),
    [
        ("2026-02-28", 1, 31, "2026-03-31"),
        ("2026-02-28", 1, None, "2026-03-28"),
        ("2026-02-28", 0, 30, "2026-02-28"),
        ("2024-01-15", 1, 30, "2024-02-29"),
        ("2026-12-31", 2, None, "2027-02-28"),
        ("2026-01-31", -11, None, "2025-02-28"),
        ("2026-01-31", -12, None, "2025-01-31"),
        ("2024-02-29", 48, None, "2028-02-29"),
        ("1900-01-01", 3599, None, "2199-12-01"),
    ],
)
def test_stepping_by_months_clamps_to_the_end_of_a_month(
    day: str, months: int, seed_day: int | None, expected: str
) -> None:
    stepped = dates.add_months(date.fromisoformat(day), months, seed_day=seed_day)

    assert stepped.isoformat() == expected


@pytest.mark.parametrize("months", [-1, 3600, 10**9, -(10**9)])
def test_a_step_beyond_what_the_ledger_accepts_is_refused(months: int) -> None:
    with pytest.raises(dates.DateOutOfRange):
        dates.add_months(dates.MIN_DATE, months)


@pytest.mark.parametrize("seed_day", [0, 32, -1])
def test_a_seed_is_a_day_of_the_month(seed_day: int) -> None:
    with pytest.raises(AssertionError):
        dates.add_months(dates.MIN_DATE, 1, seed_day=seed_day)


def test_day_counts_agree_with_published_ones() -> None:
    lines = GOLDEN.read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))

    assert len(rows) == 12
    for row in rows:
        start, end = date.fromisoformat(row["start"]), date.fromisoformat(row["end"])
        fraction = dates.year_fraction(start, end, DayCount(row["convention"]))
        assert abs(fraction - Fraction(Decimal(row["fraction"]))) < Fraction(1, 10**13), row


@pytest.mark.parametrize(
    ("day_count", "start", "end", "fraction"),
    [
        # A 31st at the end is cut after a 30th or 31st at the start, on the bond basis.
        ("30/360", "2026-01-30", "2026-03-31", Fraction(60, 360)),
        ("30/360", "2026-01-31", "2026-03-31", Fraction(60, 360)),
        ("30/360", "2026-01-29", "2026-03-31", Fraction(62, 360)),
        ("30E/360", "2026-01-29", "2026-03-31", Fraction(61, 360)),
        # A flat year is a year; February keeps its 28 days.
        ("30/360", "2026-02-28", "2027-02-28", Fraction(1)),
        ("30/360", "2026-02-28", "2026-03-01", Fraction(3, 360)),
        ("actual/365", "2024-01-01", "2025-01-01", Fraction(366, 365)),
        ("actual/365", "2026-01-01", "2026-01-01", Fraction(0)),
        ("actual/actual", "2024-01-01", "2025-01-01", Fraction(1)),
        ("actual/actual", "2023-12-31", "2024-01-02", Fraction(1, 365) + Fraction(1, 366)),
    ],
)
def test_parts_of_a_year_are_exact(
    day_count: str, start: str, end: str, fraction: Fraction
) -> None:
    first, last = date.fromisoformat(start), date.fromisoformat(end)

    assert dates.year_fraction(first, last, DayCount(day_count)) == fraction


@pytest.mark.parametrize("day_count", DayCount)
def test_a_part_of_a_year_does_not_run_backwards(day_count: DayCount) -> None:
    with pytest.raises(dates.DateRangeBackwards):
        dates.year_fraction(date(2026, 2, 1), date(2026, 1, 31), day_count)
