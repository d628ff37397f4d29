"""What a household is opened with, and what may be asked of its categories. Pure."""

from dataclasses import dataclass
from typing import Final, Literal

from ledger import money
from ledger.errors import Malformed, Wording

CHART: Final = "household-1"
HOME_CURRENCY: Final = "IDR"

HouseholdKind = Literal["own", "family"]
Role = Literal["expense", "income", "pocket"]


@dataclass(eq=False)
class PayDayMalformed(Malformed):
    """A pay day is a day of the month, 1 to 31."""

    code = "pay_day_malformed"
    wording = Wording(
        id="Tanggal gajian {pay_day} tidak ada; pilih 1 sampai 31.",
        en="There is no pay day {pay_day}; choose 1 to 31.",
    )
    pay_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHousehold:
    """A household to open: her own book, or her family's.

    `base_currency` is that of her wage (of what the family lives on, for its book),
    `home_currency` that of home, `pay_day` a day of the month. `person` owns it, where she is
    registered with the tenant.
    """

    tenant: int
    ref: str
    name: str
    base_currency: str
    time_zone: str
    pay_day: int
    home_currency: str = HOME_CURRENCY
    kind: HouseholdKind = "own"
    person: int | None = None


def check_settings(pay_day: int, home_currency: str) -> None:
    """Refuse settings that mean nothing.

    Raises:
        PayDayMalformed, CurrencyUnknown.
    """
    if type(pay_day) is not int or not 1 <= pay_day <= 31:
        raise PayDayMalformed(pay_day)
    money.currency(home_currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCategory:
    """A category or pocket she makes, under an id of her phone's.

    `parent` is the code of a category it belongs to (none: it stands by itself); without a
    currency it is in the book's.
    """

    book_id: int
    id: bytes
    role: Role
    name: str
    parent: str | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCategory:
    """A new name for a category of hers, or whether to leave it out of lists of choices."""

    book_id: int
    id: bytes
    name: str | None = None
    hidden: bool | None = None
