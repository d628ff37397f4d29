"""Dated law: how long the operator has, and on which grounds he may refuse (`data/law.toml`)."""

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any

from ledger.errors import NotFound, Refused, Wording


@dataclass(eq=False)
class GroundUnknown(NotFound):
    """The law gives no such ground."""

    code = "refusal_ground_unknown"
    wording = Wording(
        id="Tidak ada alasan penolakan “{ground}”.", en="There is no ground of refusal “{ground}”."
    )
    hint = Wording(id="Lihat docs/privacy.md.", en="See docs/privacy.md.")
    ground: str


@dataclass(eq=False)
class GroundUnfit(Refused):
    """The ground does not allow to refuse a request of this kind."""

    code = "refusal_ground_unfit"
    wording = Wording(
        id="Alasan “{ground}” tidak berlaku untuk permintaan {kind}.",
        en="The ground “{ground}” does not allow to refuse a request of {kind}.",
    )
    hint = Wording(id="Lihat docs/privacy.md.", en="See docs/privacy.md.")
    ground: str
    kind: str


@dataclass(eq=False)
class PeriodUnknown(NotFound):
    """No law in force on that day sets a period."""

    code = "legal_period_unknown"
    wording = Wording(
        id="Tidak ada batas waktu hukum untuk {kind} pada {day}.",
        en="No legal period for {kind} was in force on {day}.",
    )
    kind: str
    day: date


@dataclass(frozen=True, slots=True)
class Period:
    """A period the law sets, from a day on."""

    kind: str
    hours: int
    valid_from: date
    source: str


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground on which a request may be refused, from a day on."""

    code: str
    kinds: tuple[str, ...]
    valid_from: date
    source: str
    says: Wording


@dataclass(frozen=True, slots=True)
class Law:
    """All rows of the law."""

    periods: tuple[Period, ...]
    grounds: tuple[Ground, ...]

    def due(self, kind: str, start: datetime) -> tuple[datetime, str]:
        """Tell by when something that began at an instant is due, and by which source.

        >>> shipped().due("breach", datetime(2026, 11, 24, 8, tzinfo=UTC))[0].isoformat()
        '2026-11-27T08:00:00+00:00'

        Raises: PeriodUnknown.
        """
        day = start.astimezone(UTC).date()
        valid = [p for p in self.periods if p.kind == kind and p.valid_from <= day]
        if not valid:
            raise PeriodUnknown(kind, day)
        period = max(valid, key=lambda each: each.valid_from)
        return start + timedelta(hours=period.hours), period.source

    def ground(self, code: str, kind: str, at: datetime) -> Ground:
        """Give a ground that allows to refuse a request of a kind at an instant.

        Raises: GroundUnknown, GroundUnfit.
        """
        day = at.astimezone(UTC).date()
        valid = [g for g in self.grounds if g.code == code and g.valid_from <= day]
        if not valid:
            raise GroundUnknown(code)
        ground = max(valid, key=lambda each: each.valid_from)
        if kind not in ground.kinds:
            raise GroundUnfit(code, kind)
        return ground


def read(text: str) -> Law:
    """Read the rows from TOML."""
    found: dict[str, Any] = tomllib.loads(text)
    periods = (Period(p["kind"], p["hours"], p["valid_from"], p["source"]) for p in found["period"])
    grounds = (
        Ground(
            g["code"], tuple(g["kinds"]), g["valid_from"], g["source"], Wording(g["id"], g["en"])
        )
        for g in found["ground"]
    )
    return Law(tuple(periods), tuple(grounds))


@cache
def shipped() -> Law:
    """Give the law that ships with the ledger."""
    file = resources.files("ledger.consents") / "data" / "law.toml"
    return read(file.read_text(encoding="utf-8"))
