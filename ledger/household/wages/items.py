"""What she may say of her work: contracts, and slips. Pure.

Amounts are for one pay period, in the currency she is paid in. Employers and agencies are named in
texts of hers, sealed under the key of `subject` (her book's own where it is empty).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ledger.household.records.items import Item
from ledger.money import Money


class Occupation(StrEnum):
    """What she works as: the ten of Perban BP2MI 9/2020, and others."""

    HOUSEKEEPER = "housekeeper"
    """Pengurus rumah tangga."""
    BABY_SITTER = "baby_sitter"
    """Pengasuh bayi."""
    ELDER_CARER = "elder_carer"
    """Pengasuh lanjut usia."""
    COOK = "cook"
    """Juru masak."""
    FAMILY_DRIVER = "family_driver"
    """Supir keluarga."""
    GARDENER = "gardener"
    """Perawat taman."""
    CHILD_MINDER = "child_minder"
    """Pengasuh anak."""
    CLEANER = "cleaner"
    """Petugas kebersihan."""
    FARM_WORKER = "farm_worker"
    """Petugas ladang atau perkebunan."""
    FISHING_CREW = "fishing_crew"
    """Awak kapal perikanan migran."""
    FACTORY_WORKER = "factory_worker"
    """Pekerja pabrik."""
    CONSTRUCTION_WORKER = "construction_worker"
    """Pekerja bangunan."""
    OTHER = "other"
    """Anything else."""


class EarningKind(StrEnum):
    """What she is paid for."""

    WAGE = "wage"
    """The wage of the contract, without the following."""
    OVERTIME = "overtime"
    """Hours and rest days beyond the contract."""
    FOOD_ALLOWANCE = "food_allowance"
    """Money in place of food."""
    BONUS = "bonus"
    """A bonus or holiday pay."""
    SEVERANCE = "severance"
    """What is paid at the end of a contract."""


class DeductionKind(StrEnum):
    """What was kept from her wage."""

    AGENCY_LOAN = "agency_loan"
    """An instalment on a loan of the agency or for the placement: pays off a debt."""
    AGENCY_FEE = "agency_fee"
    """The agency's or broker's fee for its service."""
    PLACEMENT_FEE = "placement_fee"
    """What the placement cost, where it is no loan."""
    FOOD = "food"
    """Food."""
    LODGING = "lodging"
    """A place to sleep."""
    TAX = "tax"
    """Tax."""
    INSURANCE = "insurance"
    """Insurance and social security."""
    ADVANCE = "advance"
    """What the employer had advanced: pays off a debt."""
    FINE = "fine"
    """A fine of the employer."""
    OTHER = "other"
    """Anything else, or nobody has told her."""


@dataclass(frozen=True, slots=True)
class Earning:
    """A part of the gross wage."""

    kind: EarningKind
    amount: Money


@dataclass(frozen=True, slots=True)
class Deduction:
    """A part of the gross wage that she was not given."""

    kind: DeductionKind
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """One pay: what was earned, what was kept from it, what she was given.

    `contract_wage` is what the contract promises for the period, gross. `payslip_wage` is what the
    payslip or receipt she signed says she was paid out; `received` is what she was given. They are
    three facts, for people sign for more than they get (Asian Migrant Centre, survey of
    2006 in Hong Kong: 26 % of those who signed). The period is closed: both its days belong to it.
    """

    day: date
    period_from: date
    period_through: date
    earnings: tuple[Earning, ...]
    received: Money
    pocket: str
    deductions: tuple[Deduction, ...] = ()
    contract: bytes | None = None
    contract_wage: Money | None = None
    payslip_wage: Money | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSlip(Item):
    """Record a slip."""

    slip: Slip


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendSlip(Item):
    """Replace what a slip says; `record` is the id of any of its versions."""

    record: bytes
    slip: Slip
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteSlip(Item):
    """Take a slip back."""

    record: bytes
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A contract of work.

    `jurisdiction` is the ISO 3166 code of where the work is done, in capitals; `wage` is gross, for
    a month. `deduction_months` and `deduction` are what was agreed to be kept from how many wages.
    """

    jurisdiction: str
    occupation: Occupation
    wage: Money
    starts: date
    ends: date | None = None
    deduction_months: int | None = None
    deduction: Money | None = None
    employer: str | None = None
    agency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepContract:
    """Keep a version of a contract, from 1 on; None takes the contract back.

    The pair of id and version is the idempotency key: a version follows the last one, and what two
    phones say of the same version is refused to the second.
    """

    book_id: int
    id: bytes
    version: int
    contract: Contract | None
    subject: str = ""
