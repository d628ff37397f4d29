"""What sending costs in truth, and hers compared."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import money
from ledger.books.classes import Side
from ledger.household.remittances import costs, entries
from ledger.household.remittances.items import Channel
from ledger.money import CurrencyMismatch, Money
from tests.ledger.household.remittances.home import rupiah, says

GOLDEN = Path(__file__).parents[3] / "golden" / "remittance_costs.csv"
ROWS = [
    line.split(";")
    for line in GOLDEN.read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
][1:]


@pytest.mark.parametrize(
    ("code", "sent", "fee", "other", "arrives", "mid", "percent", "arriving"), ROWS
)
def test_the_golden_table(
    code: str, sent: str, fee: str, other: str, arrives: str, mid: str, percent: str, arriving: str
) -> None:
    found = costs.cost(
        money.parse(sent, code),
        money.parse(fee, code),
        money.parse(arrives, other),
        Decimal(mid) if mid else None,
    )

    if not percent:
        assert found is None
        return
    assert found is not None
    assert found.percent == Fraction(percent)
    assert found.in_arriving == money.parse(arriving, other)


def one(fee: int, sent: int = 1_000, currency: str = "IDR") -> costs.Cost:
    amount = Money(sent, currency)
    found = costs.cost(amount, Money(fee, currency), amount, None)
    assert found is not None
    return found


def test_hers_are_compared_by_cheapest_mean_and_weight() -> None:
    found = costs.compared([one(10), one(30), one(0, sent=8_000)])

    assert found == costs.Compared(3, Fraction(0), Fraction(4, 3), Fraction(2, 5))
    assert costs.compared([]) is None
    with pytest.raises(CurrencyMismatch):
        costs.compared([one(10), one(10, currency="HKD")])


def test_channels_are_compared_cheapest_first() -> None:
    hers = [(Channel.BANK, one(90)), (Channel.E_WALLET, one(20)), (Channel.BANK, one(110))]

    found = costs.by_channel(hers)

    assert [(channel, str(each.mean)) for channel, each in found.items()] == [
        (Channel.E_WALLET, "2"),
        (Channel.BANK, "10"),
    ]


rates = st.decimals("0.01", 30_000, places=4)
amounts = st.integers(1, 10**9)


@given(amounts, rates)
def test_nothing_is_lost_at_the_mid_rate_without_a_fee(minor: int, rate: Decimal) -> None:
    """The amount is one that the rate turns into whole sen."""
    sent = Money(minor * 10_000, "HKD")
    arrives = Money(int(minor * 10_000 * rate), "IDR")

    found = costs.cost(sent, Money(0, "HKD"), arrives, rate)

    assert found is not None
    assert not found.percent
    assert not found.margin
    assert found.in_arriving == rupiah(0)


@given(amounts, st.integers(0, 10**6), amounts, rates)
def test_a_remittance_balances_and_costs_what_it_says(
    sent: int, fee: int, arrives: int, rate: Decimal
) -> None:
    sending = says(
        sent=Money(sent, "HKD"), fee=Money(fee, "HKD"), arrives=Money(arrives, "IDR"), mid_rate=rate
    )
    if entries.problem(sending) is not None:
        assert entries.problem(sending) == "mid_rate"
        return

    legs = entries.written(sending).legs
    net = sum(leg.amount.minor * (1 if leg.side is Side.DEBIT else -1) for leg in legs)

    assert net == 0
    spent = sent + fee - entries.in_transit(sending)
    found = costs.cost(sending.sent, sending.fee, Money(arrives, "IDR"), rate)
    assert found is not None
    assert spent == fee + found.margin_money.minor
