"""Laws of wages, remittances and debts: sent one by one, or doubled and in another order."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ledger import db
from ledger.household.debts import queries as debts
from ledger.household.debts.items import AnyDebt
from ledger.household.remittances import queries as remittances
from ledger.household.remittances.items import AnyRemittance
from ledger.household.wages import queries as wages
from ledger.household.wages.operations import AnySlip
from tests import builders
from tests.conformance import laws
from tests.ledger.household import scene
from tests.ledger.household.debts import owing
from tests.ledger.household.records.words import balances
from tests.ledger.household.remittances import home
from tests.ledger.household.wages import payday

LIVES = st.lists(
    st.tuples(
        st.sampled_from(["slip", "sending", "debt"]),
        st.integers(1, 900),
        st.sampled_from(["nothing", "amend", "end", "end and undo", "delete"]),
    ),
    min_size=1,
    max_size=5,
)

Life = list[AnySlip | AnyRemittance | AnyDebt]


def life(book: int, number: int, what: str, much: int, then: str) -> Life:
    """Write the items of one record, under ids of its own."""
    first, second, third = number * 10, number * 10 + 1, number * 10 + 2
    if what == "slip":
        slip = payday.slip(book, first, loan=much)
        if then == "nothing":
            return [slip]
        if then == "delete":
            return [slip, payday.delete(book, second, first)]
        return [slip, payday.amend(book, second, first, food=much)]
    if what == "sending":
        made: Life = [home.send(book, first, sent=much)]
        more: dict[str, Life] = {
            "amend": [home.amend(book, second, first, fee=much)],
            "end": [home.arrived(book, second, first)],
            "end and undo": [
                home.returned(book, second, first, much),
                home.delete_end(book, third, second),
            ],
            "delete": [home.delete(book, second, first)],
        }
        return made + more.get(then, [])
    owed: Life = [owing.borrow(book, first, received=much)]
    after: dict[str, Life] = {
        "amend": [owing.amend(book, second, first, received=1)],
        "end": [owing.repay(book, second, first, 1_000, much)],
        "end and undo": [
            owing.repay(book, second, first, much),
            owing.delete_repayment(book, third, second),
        ],
        "delete": [owing.delete(book, second, first)],
    }
    return owed + after.get(then, [])


def tell(session: Session, items: Life) -> list[str]:
    """Send items, each kind by its own verb."""
    found: list[str] = []
    for item in items:
        if isinstance(item, AnySlip):
            found += payday.codes(session, item)
        elif isinstance(item, AnyRemittance):
            found += home.codes(session, item)
        else:
            found += owing.codes(session, item)
    return found


SHARED = [HealthCheck.function_scoped_fixture]
"""One database serves all examples: each is undone."""


@settings(max_examples=15, suppress_health_check=SHARED, deadline=None)
@given(lives=LIVES, data=st.data())
@pytest.mark.parametrize("backend", ["sqlite", "postgresql"], indirect=True)
def test_doubled_and_in_another_order_books_come_to_the_same(
    engine: Engine, lives: list[tuple[str, int, str]], data: st.DataObject
) -> None:
    with db.session_factory(engine, keyring=builders.keyring())() as session:
        straight = scene.open_household(session, ref="dewi")
        other = scene.open_household(session, ref="sari")
        for number, drawn in enumerate(lives, start=1):
            assert set(tell(session, life(straight, number, *drawn))) == {"posted"}
        order = data.draw(st.permutations(range(len(lives))))
        for at in order:
            items = life(other, at + 1, *lives[at])
            assert set(tell(session, [each for item in items for each in (item, item)])) == {
                "posted",
                "exists",
            }

        assert balances(session, straight) == balances(session, other)
        for read in (wages.slips, remittances.remittances, debts.debts):
            hers, same = read(session, straight), read(session, other)
            assert sorted(map(repr, hers)) == sorted(map(repr, same))
        assert list(laws.broken(laws.stored(session))) == []
