"""What she may say of what she owes: borrowed, repaid. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ledger.household.records.items import Item
from ledger.money import Money


class Lender(StrEnum):
    """To whom she owes."""

    AGENCY = "agency"
    """An agency, or for the placement."""
    BANK = "bank"
    """A bank, KUR among them."""
    COOPERATIVE = "cooperative"
    """A cooperative."""
    EMPLOYER = "employer"
    """Her employer's advance."""
    MONEYLENDER = "moneylender"
    """A moneylender (rentenir)."""
    ONLINE = "online"
    """An app (pinjol)."""
    LICENSED = "licensed"
    """A licensed lender abroad."""
    FAMILY = "family"
    """Family and friends."""
    ARISAN = "arisan"
    """A savings circle whose pot she had early."""
    SHOP = "shop"
    """A shop."""


@dataclass(frozen=True, slots=True)
class Due:
    """An instalment agreed on: its day, and all of it."""

    day: date
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """A debt as it was taken up.

    `face` is what she is said to owe, `received` what reached her (or was paid for her, as a
    `pocket` says); the rest was kept at once and is a fee. `name_lent` tells that somebody else
    uses the money (pinjam nama). Lender and guarantor are texts of hers.
    """

    day: date
    lender: Lender
    face: Money
    received: Money
    pocket: str
    schedule: tuple[Due, ...] = ()
    name_lent: bool = False
    lender_name: str | None = None
    guarantor: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repayment:
    """A repayment: what went off the debt, and what else was paid with it."""

    day: date
    pocket: str
    principal: Money
    interest: Money
    fee: Money
    penalty: Money
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Borrow(Item):
    """Record a debt."""

    debt: Debt


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendDebt(Item):
    """Replace what a debt says; `record` is the id of any of its versions."""

    record: bytes
    debt: Debt
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteDebt(Item):
    """Take a debt back that was never there; first its repayments are."""

    record: bytes
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repay(Item):
    """Record a repayment of a debt, named by the id of any of its versions."""

    debt: bytes
    repayment: Repayment


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteRepayment(Item):
    """Take a repayment back."""

    record: bytes
    reason: str | None = None


AnyDebt = Borrow | AmendDebt | DeleteDebt | Repay | DeleteRepayment
