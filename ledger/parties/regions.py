"""Codes of provinces, kabupaten and kota: a scheme, its version, and the code in it.

A code means nothing without its scheme: Maros is 73.09 to the Ministry of Home Affairs and 7308 to
the statistics office. So all three are kept. `data/regions.csv` has the provinces of each version;
of a kabupaten (01 to 69) or kota (71 to 99) only the shape is checked, since their list changes
more often than we are released.
"""

import csv
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Final, NamedTuple

from ledger.errors import Malformed, Wording

KEMENDAGRI: Final = "kemendagri"
_CODE: Final = re.compile(r"([0-9]{2})(?:\.?([0-9]{2}))?")


class Region(NamedTuple):
    """A province, or a kabupaten or kota in it: `73`, `73.09`."""

    scheme: str
    version: str
    code: str

    @property
    def province(self) -> str:
        """Give the code of its province."""
        return self.code[:2]

    @property
    def is_kota(self) -> bool:
        """Tell whether it is a town.

        >>> Region("kemendagri", "x", "73.71").is_kota, Region("kemendagri", "x", "73").is_kota
        (True, False)
        """
        return self.code[3:] > "70"


class Province(NamedTuple):
    """A province as one version of a scheme lists it."""

    scheme: str
    version: str
    valid_from: date
    code: str
    name: str
    iso: str


@dataclass(eq=False)
class RegionUnknown(Malformed):
    """There is no such scheme or version, or no such region in it."""

    code = "region_unknown"
    wording = Wording(
        id="Kode wilayah “{region}” tidak dikenal ({scheme} {version}).",
        en="There is no region “{region}” ({scheme} {version}).",
    )
    hint = Wording(
        id="Kode Kemendagri, misalnya 73 atau 73.09; kota mulai dari 71.",
        en="A code of the Ministry of Home Affairs: 73 or 73.09; kota begin at 71.",
    )
    scheme: str
    version: str
    region: str


@lru_cache(maxsize=1)
def provinces() -> tuple[Province, ...]:
    """List the provinces of every version, as `data/regions.csv` has them."""
    text = (resources.files("ledger.parties") / "data" / "regions.csv").read_text("utf-8")
    return tuple(
        Province(
            row["scheme"],
            row["version"],
            date.fromisoformat(row["valid_from"]),
            row["code"],
            row["name"],
            row["iso"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def version_on(day: date, scheme: str = KEMENDAGRI) -> str:
    """Name the version of a scheme that holds on a day: the newest by then, or else the oldest.

    >>> version_on(date(2026, 11, 24))
    '300.2.2-2138/2025'

    Raises: RegionUnknown.
    """
    dated = sorted({(p.valid_from, p.version) for p in provinces() if p.scheme == scheme})
    if not dated:
        raise RegionUnknown(scheme, "-", "-")
    return max([each for each in dated if each[0] <= day], default=dated[0])[1]


def region(code: str, *, version: str, scheme: str = KEMENDAGRI) -> Region:
    """Read the code of a province, kabupaten or kota, and give it in the form `73.09`.

    >>> region("7309", version="300.2.2-2138/2025").code
    '73.09'

    Raises: RegionUnknown.
    """
    match = _CODE.fullmatch(code)
    known = {p.code for p in provinces() if (p.scheme, p.version) == (scheme, version)}
    if match is None or match[1] not in known or match[2] in {"00", "70"}:
        raise RegionUnknown(scheme, version, code)
    return Region(scheme, version, match[1] if match[2] is None else f"{match[1]}.{match[2]}")
