"""Civil dates: the range the ledger accepts, local days, month steps and day counts.

Ranges of dates are half-open everywhere: the start is in, the end is not. Nothing here reads a
clock; an instant or a day is always an argument. Day counts give exact fractions of a year.
"""

import re
from calendar import isleap, monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ledger.errors import Malformed, Wording

MIN_DATE: Final = date(1900, 1, 1)
"""First day the ledger accepts."""
MAX_DATE: Final = date(2199, 12, 31)
"""Last day the ledger accepts."""

_ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

_ZONE: Final = re.compile(r"UTC|[A-Z][A-Za-z_]{1,31}(?:/[A-Za-z0-9_+-]{1,32}){1,2}")
"""IANA names of the form Region/City: not `localtime`, which depends on the machine."""


@dataclass(eq=False)
class DateMalformed(Malformed):
    """The text is not a day of the calendar in ISO 8601, YYYY-MM-DD."""

    code = "date_malformed"
    wording = Wording(id="“{text}” bukan tanggal.", en="“{text}” is not a date.")
    hint = Wording(
        id="Tulis tahun-bulan-hari, misalnya 2026-11-24.",
        en="Write year-month-day, for instance 2026-11-24.",
    )
    text: str


@dataclass(eq=False)
class DateOutOfRange(Malformed):
    """The day is outside what the ledger accepts."""

    code = "date_out_of_range"
    wording = Wording(
        id="Tanggal {day} di luar 1900-01-01 sampai 2199-12-31.",
        en="The date {day} is outside 1900-01-01 to 2199-12-31.",
    )
    day: str


@dataclass(eq=False)
class DateRangeBackwards(Malformed):
    """The range ends before it starts."""

    code = "date_range_backwards"
    wording = Wording(
        id="Rentang tanggal berakhir ({end}) sebelum mulai ({start}).",
        en="The range of dates ends ({end}) before it starts ({start}).",
    )
    start: date
    end: date


@dataclass(eq=False)
class TimeZoneUnknown(Malformed):
    """The name is not a time zone of the IANA database."""

    code = "time_zone_unknown"
    wording = Wording(
        id="Zona waktu “{time_zone}” tidak dikenal.", en="There is no time zone “{time_zone}”."
    )
    hint = Wording(
        id="Gunakan nama IANA, misalnya Asia/Makassar.",
        en="Use an IANA name, for instance Asia/Makassar.",
    )
    time_zone: str


@dataclass(eq=False)
class InstantWithoutZone(Malformed):
    """An instant came without its offset from UTC; we do not guess it."""

    code = "instant_without_zone"
    wording = Wording(
        id="Waktu {instant} tidak menyebut zona waktunya.",
        en="The instant {instant} does not say its offset from UTC.",
    )
    instant: datetime


def check_date(day: date) -> date:
    """Give a day back if the ledger accepts it.

    Raises: DateOutOfRange.
    """
    if not MIN_DATE <= day <= MAX_DATE:
        raise DateOutOfRange(day.isoformat())
    return day


def parse_date(text: str) -> date:
    """Read a day in the one form YYYY-MM-DD, ASCII digits; no week dates, no bare digits.

    >>> parse_date("2026-11-24")
    datetime.date(2026, 11, 24)

    Raises: DateMalformed, DateOutOfRange.
    """
    if _ISO.fullmatch(text) is None:
        raise DateMalformed(text)
    try:
        day = date.fromisoformat(text)
    except ValueError as no_such_day:
        raise DateMalformed(text) from no_such_day
    return check_date(day)


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """Look up a time zone by its IANA name.

    >>> zone("Asia/Makassar")
    zoneinfo.ZoneInfo(key='Asia/Makassar')

    Raises: TimeZoneUnknown.
    """
    if _ZONE.fullmatch(name) is None:
        raise TimeZoneUnknown(name)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError) as missing:
        # A region without a city is a folder, which opens as no file.
        raise TimeZoneUnknown(name) from missing


def local_date(instant: datetime, zone_name: str) -> date:
    """Tell which day it is in a zone at an instant.

    >>> from datetime import UTC
    >>> local_date(datetime(2026, 11, 24, 16, 30, tzinfo=UTC), "Asia/Jakarta")
    datetime.date(2026, 11, 24)
    >>> local_date(datetime(2026, 11, 24, 16, 30, tzinfo=UTC), "Asia/Makassar")
    datetime.date(2026, 11, 25)

    Raises: InstantWithoutZone, TimeZoneUnknown, DateOutOfRange.
    """
    if instant.utcoffset() is None:
        raise InstantWithoutZone(instant)
    try:
        return check_date(instant.astimezone(zone(zone_name)).date())
    except OverflowError as beyond_the_calendar:
        raise DateOutOfRange(instant.date().isoformat()) from beyond_the_calendar


def day_start(day: date, zone_name: str) -> datetime:
    """Give the instant at which a day begins in a zone.

    >>> day_start(date(2026, 11, 24), "Asia/Jakarta").isoformat()
    '2026-11-23T17:00:00+00:00'

    Raises: TimeZoneUnknown.
    """
    return datetime.combine(day, time(), zone(zone_name)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class DateRange:
    """The days from a start, included, to an end, excluded; it may hold none.

    >>> november = DateRange(date(2026, 11, 1), date(2026, 12, 1))
    >>> november.days, date(2026, 11, 30) in november, november.end in november
    (30, True, False)

    Raises: DateRangeBackwards.
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        """Refuse what cannot exist."""
        if self.end < self.start:
            raise DateRangeBackwards(self.start, self.end)

    def __contains__(self, day: date) -> bool:
        """Tell whether a day is in the range."""
        return self.start <= day < self.end

    @property
    def days(self) -> int:
        """How many days the range holds."""
        return days_between(self.start, self.end)


def days_between(start: date, end: date) -> int:
    """Count the days from a start, included, to an end, excluded; negative when turned round.

    >>> days_between(date(2024, 2, 28), date(2024, 3, 1))
    2
    """
    return (end - start).days


def month_of(day: date) -> DateRange:
    """Give the calendar month that a day falls in.

    >>> month_of(date(2024, 2, 29))
    DateRange(start=datetime.date(2024, 2, 1), end=datetime.date(2024, 3, 1))
    """
    return DateRange(day.replace(day=1), month_end(day) + timedelta(days=1))


def month_end(day: date) -> date:
    """Give the last day of the month that a day falls in.

    >>> month_end(date(2024, 2, 3))
    datetime.date(2024, 2, 29)
    """
    return day.replace(day=monthrange(day.year, day.month)[1])


def add_months(day: date, months: int, *, seed_day: int | None = None) -> date:
    """Step by whole months to the seed day, or to the month's end where it is too short.

    The seed is the day of the month that was agreed; without one it is the given day's own.
    Keeping it makes 31 January, 28 February, 31 March of a monthly series (microfinance.md §7).

    >>> [add_months(date(2026, 1, 31), n).isoformat() for n in (1, 2, -2)]
    ['2026-02-28', '2026-03-31', '2025-11-30']
    >>> add_months(date(2026, 2, 28), 1, seed_day=31)
    datetime.date(2026, 3, 31)

    Raises: DateOutOfRange.
    """
    assert seed_day is None or 1 <= seed_day <= 31, "a seed is a day of the month"
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not MIN_DATE.year <= year <= MAX_DATE.year:
        raise DateOutOfRange(f"{year:04d}-{month + 1:02d}")
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(seed_day or day.day, last))


class DayCount(StrEnum):
    """How a contract turns two days into a part of a year."""

    THIRTY_360 = "30/360"
    """Months of 30 days. A 31st at the start becomes the 30th; at the end, only if the start is
    a 30th by then (30/360 bond basis, 2006 ISDA Definitions 4.16(f))."""
    THIRTY_E_360 = "30E/360"
    """Months of 30 days; any 31st becomes the 30th (Eurobond basis, 2006 ISDA 4.16(g))."""
    ACTUAL_365 = "actual/365"
    """Days over 365, also in leap years (actual/365 fixed, 2006 ISDA 4.16(d))."""
    ACTUAL_ACTUAL = "actual/actual"
    """Days in each calendar year over its own length (actual/actual ISDA, 2006 ISDA 4.16(b))."""


def year_fraction(start: date, end: date, day_count: DayCount) -> Fraction:
    """Give the exact part of a year from a start to an end by a day count.

    >>> [str(year_fraction(date(2008, 2, 1), date(2009, 5, 31), count)) for count in DayCount]
    ['4/3', '479/360', '97/73', '35435/26718']

    Raises: DateRangeBackwards.
    """
    days = DateRange(start, end).days
    if day_count is DayCount.ACTUAL_365:
        return Fraction(days, 365)
    if day_count is DayCount.ACTUAL_ACTUAL:
        return _years_since_zero(end) - _years_since_zero(start)
    # Both 30/360 rules cut a 31st at the end; the bond basis only after a 30th at the start.
    cut = day_count is DayCount.THIRTY_E_360 or start.day >= 30
    last_day = min(end.day, 30) if cut else end.day
    months = (end.year - start.year) * 12 + end.month - start.month
    return Fraction(months * 30 + last_day - min(start.day, 30), 360)


def _years_since_zero(day: date) -> Fraction:
    """Count years to the start of a day, the running one by its own length.

    The difference of two such counts is actual/actual ISDA, which is why it adds up.
    """
    return day.year + Fraction(day.timetuple().tm_yday - 1, 366 if isleap(day.year) else 365)
