"""What she may say of money she sends: sent, arrived, come back. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from ledger.household.records.items import Item
from ledger.money import Money


class Channel(StrEnum):
    """How money goes home."""

    BANK = "bank"
    """A bank's transfer."""
    MTO_CASH = "mto_cash"
    """A money transfer operator, paid out in cash."""
    E_WALLET = "e_wallet"
    """An app or e-wallet."""
    POST = "post"
    """A post office."""
    EMPLOYER = "employer"
    """Through the employer."""
    HAND_CARRY = "hand_carry"
    """A friend who travels (titip)."""
    BROKER = "broker"
    """A broker or an unlicensed sender."""
    SELF_CARRIED = "self_carried"
    """She carries it home herself."""


class Purpose(StrEnum):
    """What money is sent for."""

    LIVING = "living"
    """What the family lives on."""
    EDUCATION = "education"
    """School."""
    HEALTH = "health"
    """Doctors and medicine."""
    BUILDING = "building"
    """A house."""
    DEBT = "debt"
    """Paying off debts at home."""
    SAVING = "saving"
    """Savings at home."""
    BUSINESS = "business"
    """A business at home."""
    CEREMONY = "ceremony"
    """A holiday, a wedding, a funeral."""
    OTHER = "other"
    """Anything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Money on its way.

    `sent` leaves without the `fee`, in the same currency. `arrives` is what was promised to
    arrive; the applied rate is what arrives over what was sent. `mid_rate` is in units of what
    arrives for one of what was sent, of `mid_date`, by `mid_source`; without it the cost is known
    only where no currency is changed. `recipient` is a text of hers.
    """

    day: date
    pocket: str
    channel: Channel
    sent: Money
    fee: Money
    arrives: Money | None = None
    mid_rate: Decimal | None = None
    mid_source: str | None = None
    mid_date: date | None = None
    purpose: Purpose = Purpose.LIVING
    recipient: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """The family has it: on which day, and how much where that is known."""

    day: date
    arrived: Money | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """It expired and came back: on which day, how much (zero: it is lost), into which pocket."""

    day: date
    refunded: Money
    pocket: str
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Send(Item):
    """Record money on its way."""

    sending: Sending


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendSending(Item):
    """Replace what a remittance says, while it is on its way."""

    record: bytes
    sending: Sending
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteSending(Item):
    """Take a remittance back, while it is on its way."""

    record: bytes
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class End(Item):
    """A remittance has arrived or come back; `remittance` is the id of any of its versions."""

    remittance: bytes
    end: Arrival | Refund


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteEnd(Item):
    """It has not arrived, or come back, after all; `record` is the id of what said so."""

    record: bytes
    reason: str | None = None


AnyRemittance = Send | AmendSending | DeleteSending | End | DeleteEnd
