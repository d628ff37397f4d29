"""Whatever a phone sends, each item has an outcome; nothing raises, and no book is unbalanced."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from ledger import db
from ledger.household.records import operations
from ledger.household.records.items import Amend, Delete, Moved, Part, Received, Record, Sort, Spent
from ledger.money import Money
from tests import builders
from tests.builders import NOW, TELLER, TODAY, entry_id
from tests.conformance import laws
from tests.ledger.household import scene

CODES: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(["expenses:food", "income:wage", "assets:cash", "expenses", "a\x00", "\ud800"]),
    st.sampled_from(["x" * 121, "a:b:c:d:e:f", "expenses:food:idr", "", None, 5]),
)
MONEY: st.SearchStrategy[Any] = st.one_of(
    st.builds(Money, st.integers(-5, 2**63 - 1), st.sampled_from(["HKD", "IDR", "KWD"])),
    st.sampled_from([None, 5, "5"]),
)
TEXTS: st.SearchStrategy[Any] = st.sampled_from(["pasar", "", "a\x00", "\ud800", None, 5])
IDS: st.SearchStrategy[Any] = st.one_of(
    st.integers(1, 4).map(entry_id), st.sampled_from([b"", b"x" * 17, "1", None])
)
PARTS: st.SearchStrategy[Any] = st.one_of(
    st.lists(st.builds(Part, CODES, MONEY), max_size=3).map(tuple), st.sampled_from([None, [], ()])
)
DAYS: st.SearchStrategy[Any] = st.sampled_from([TODAY, TODAY, None, "2026-11-24", NOW])
WORDS: dict[str, Any] = {"day": DAYS, "note": TEXTS, "counterparty": TEXTS}
CONTENTS: st.SearchStrategy[Any] = st.one_of(
    st.builds(Spent, parts=PARTS, pocket=CODES, paid=MONEY, **WORDS),
    st.builds(Received, parts=PARTS, pocket=CODES, kept=MONEY, **WORDS),
    st.builds(Moved, amount=MONEY, source=CODES, target=CODES, arrived=MONEY, **WORDS),
    st.none(),
)


@st.composite
def drawn(draw: st.DrawFn, book: int) -> list[Any]:
    owner = st.sampled_from([book, book, book, 7, -1, None, 2**64])
    common: dict[str, Any] = {"book_id": owner, "id": IDS, "subject": TEXTS.map(lambda t: t or "")}
    items = st.one_of(
        st.builds(Record, content=CONTENTS, **common),
        st.builds(Amend, content=CONTENTS, record=IDS, reason=TEXTS, **common),
        st.builds(Delete, record=IDS, reason=TEXTS, **common),
        st.builds(Sort, record=IDS, parts=PARTS, **common),
    )
    return draw(st.lists(items, max_size=6))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.parametrize("backend", ["sqlite", "postgresql"], indirect=True)
def test_every_item_has_an_outcome(engine: Engine, data: st.DataObject) -> None:
    with db.session_factory(engine, keyring=builders.keyring())() as session:
        book = scene.open_household(session)
        items = data.draw(drawn(book))
        outcomes = operations.record_many(session, items, actor=TELLER, recorded_at=NOW)

        assert len(outcomes) == len(items)
        assert list(laws.broken(laws.stored(session))) == []
