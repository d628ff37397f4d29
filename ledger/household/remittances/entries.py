"""Every debit and credit of a remittance. Pure.

What is sent waits in `assets:in_transit` at its worth by the mid rate; fee and margin are costs of
the day it was sent. What arrives is what the family was sent; where it is other than promised, or
the rate was not known, the difference is a margin then. All lines are in the currency sent.
"""

from fractions import Fraction
from typing import Final

from ledger.books.classes import Side
from ledger.household.records.items import Leg, Written
from ledger.household.remittances import costs
from ledger.household.remittances.items import Arrival, Channel, Purpose, Refund, Sending
from ledger.journal import shape
from ledger.journal.intents import Exchange
from ledger.money import MAX_MINOR, Money, Rounding, round_to

SENT: Final = "remittance"
ENDED: Final = "remittance_end"

TRANSIT: Final = "assets:in_transit"
FEE: Final = "expenses:remittance:fee"
MARGIN: Final = "expenses:remittance:fx_margin"
FAMILY: Final = "expenses:family_support"
LOST: Final = "expenses:loss"


def problem(sending: object) -> str | None:
    """Name the field of a remittance that has no meaning; None where it can be booked."""
    if not isinstance(sending, Sending):
        return "sending"
    for name, kind in (("pocket", str), ("channel", Channel), ("purpose", Purpose)):
        if type(getattr(sending, name)) is not kind:
            return name
    sent, fee, arrives = sending.sent, sending.fee, sending.arrives
    if type(sent) is not Money or sent.minor <= 0:
        return "sent"
    if type(fee) is not Money or fee.minor < 0 or fee.currency != sent.currency:
        return "fee"
    if arrives is not None and (type(arrives) is not Money or arrives.minor <= 0):
        return "arrives"
    rate = Exchange(sending.mid_rate, sending.mid_source, sending.mid_date)
    if (wrong := shape.exchange_problem(rate)) is not None:
        return wrong
    if sending.recipient is not None and not shape.is_text(sending.recipient):
        return "recipient"
    if sent.minor + fee.minor > MAX_MINOR:
        return "fee"
    exact = _worth(sending, arrives)
    return None if exact is None or 0 < _rounded(exact) <= MAX_MINOR else "mid_rate"


def _worth(sending: Sending, arrives: Money | None) -> Fraction | None:
    """Give what arrives in minor units of what was sent, at the mid rate; None where unknown."""
    if arrives is None:
        return None
    found = costs.cost(sending.sent, sending.fee, arrives, sending.mid_rate)
    return None if found is None else sending.sent.minor - found.margin


def _rounded(exact: Fraction) -> int:
    return round_to(exact, 1, Rounding.HALF_EVEN)


def in_transit(sending: Sending) -> int:
    """Give what waits in transit, in minor units of the currency sent."""
    exact = _worth(sending, sending.arrives)
    return sending.sent.minor if exact is None else _rounded(exact)


def written(sending: Sending) -> Written:
    """Write a remittance as a record: out of her pocket, into transit, and what that cost."""
    waits, code = in_transit(sending), sending.sent.currency
    legs = [
        Leg(Side.DEBIT, "pocket", TRANSIT, Money(waits, code)),
        *_leg(FEE, sending.fee.minor, code),
        *_leg(MARGIN, sending.sent.minor - waits, code),
        Leg(Side.CREDIT, "pocket", sending.pocket, sending.sent + sending.fee),
    ]
    facts = [("remittance", _said(sending))]
    if sending.recipient is not None:
        facts.append(("counterparty", sending.recipient))
    return Written(
        day=sending.day, kind=SENT, legs=tuple(legs), note=sending.note, facts=tuple(facts)
    )


def _leg(code: str, minor: int, currency: str) -> list[Leg]:
    """Debit an expense, or credit it where the amount is below zero; nothing for nothing."""
    if not minor:
        return []
    side = Side.DEBIT if minor > 0 else Side.CREDIT
    return [Leg(side, "expense", code, Money(abs(minor), currency))]


def _said(sending: Sending) -> str:
    said = {
        "channel": sending.channel.value,
        "purpose": sending.purpose.value,
        "sent": str(sending.sent),
        "fee": str(sending.fee),
    }
    if sending.arrives is not None:
        said["arrives"] = str(sending.arrives)
    if sending.mid_rate is not None:
        # One text for one number: 2000 and 2000.0 are the same rate.
        said["mid_rate"] = str(Fraction(sending.mid_rate))
    if sending.mid_source is not None:
        said["mid_source"] = sending.mid_source
    if sending.mid_date is not None:
        said["mid_date"] = sending.mid_date.isoformat()
    return ";".join(f"{name}={value}" for name, value in sorted(said.items()))


def end_problem(end: object) -> str | None:
    """Name the field of an end that has no meaning, before the remittance is looked up."""
    if isinstance(end, Arrival):
        arrived = end.arrived
        wrong = arrived is not None and (type(arrived) is not Money or arrived.minor <= 0)
        return "arrived" if wrong else None
    if not isinstance(end, Refund):
        return "end"
    if type(end.pocket) is not str:
        return "pocket"
    return None if type(end.refunded) is Money and end.refunded.minor >= 0 else "refunded"


def ended(sending: Sending, end: Arrival | Refund, remittance: bytes) -> Written | str:
    """Write the end of a remittance as a record; or name what does not fit it."""
    waits, code = in_transit(sending), sending.sent.currency
    out = Leg(Side.CREDIT, "pocket", TRANSIT, Money(waits, code))
    if isinstance(end, Arrival):
        came = _arrived(sending, end)
        if came is None or not 0 < came <= MAX_MINOR:
            return "arrived"
        family = Leg(Side.DEBIT, "expense", FAMILY, Money(came, code))
        return _record(end, (family, *_leg(MARGIN, waits - came, code), out), remittance)
    if end.refunded.currency != code or end.refunded.minor > sending.sent.minor + sending.fee.minor:
        return "refunded"
    back = end.refunded.minor
    if not back:
        return _record(end, (*_leg(LOST, waits, code), out), remittance)
    pocket = Leg(Side.DEBIT, "pocket", end.pocket, end.refunded)
    # The margin was never paid when the money comes back; what is kept of it is a fee.
    margin = max(min(back - waits, sending.sent.minor - waits), 0)
    rest = (*_leg(MARGIN, -margin, code), *_leg(FEE, waits - back + margin, code))
    return _record(end, (pocket, *rest, out), remittance)


def _arrived(sending: Sending, end: Arrival) -> int | None:
    """Give what arrived in minor units of the currency sent; None where it cannot be told."""
    if end.arrived is None:
        return in_transit(sending)
    promised = sending.arrives
    if promised is not None and promised.currency != end.arrived.currency:
        return None
    exact = _worth(sending, end.arrived)
    if exact is not None:
        return _rounded(exact)
    if promised is None:
        return in_transit(sending)
    return _rounded(Fraction(sending.sent.minor * end.arrived.minor, promised.minor))


def _record(end: Arrival | Refund, legs: tuple[Leg, ...], remittance: bytes) -> Written:
    said = f"of={remittance.hex()}"
    amount = end.arrived if isinstance(end, Arrival) else end.refunded
    if amount is not None:
        said += f";amount={amount}"
    return Written(day=end.day, kind=ENDED, legs=legs, note=end.note, facts=(("remittance", said),))
