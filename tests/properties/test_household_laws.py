"""Laws of a household's records: whatever is sent, how often and in which batches.

The model keeps what each record says last and which categories it was given; the books must come
to the sum of that, day by day, as if nothing had ever been amended.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from ledger import db
from ledger.household.records import operations
from ledger.household.records.items import (
    Amend,
    AnyItem,
    Delete,
    Part,
    Received,
    Record,
    Sort,
    Spent,
)
from ledger.money import Money
from tests import builders
from tests.builders import NOW, TELLER, TODAY, entry_id
from tests.conformance import laws
from tests.ledger.household import scene

EXPENSES = ("expenses:food", "expenses:health", "expenses:phone", None)
INCOMES = ("income:wage", "income:gifts", None)
POCKETS = ("assets:cash", "assets:bank", "liabilities:credit_card")
KINDS: tuple[tuple[type[Spent | Received], tuple[str | None, ...]], ...] = (
    (Spent, EXPENSES),
    (Received, INCOMES),
)
UNSORTED: dict[type[object], str] = {
    Spent: "expenses:unidentified",
    Received: "income:unidentified",
}


@st.composite
def contents(draw: st.DrawFn) -> Spent | Received:
    """Draw an expense or an income of up to three parts."""
    kind, names = draw(st.sampled_from(KINDS))
    currency = draw(st.sampled_from(["HKD", "IDR"]))
    shares = draw(
        st.lists(st.tuples(st.sampled_from(names), st.integers(1, 999)), min_size=1, max_size=3)
    )
    return kind(
        day=TODAY - timedelta(days=draw(st.integers(0, 3))),
        parts=tuple(Part(name, Money(minor, currency)) for name, minor in shares),
        pocket=draw(st.sampled_from(POCKETS)),
    )


Deed = tuple[str, int, Spent | Received]
"""A verb, the record it is about, and what it says (sorting takes the names only)."""

deeds = st.lists(
    st.tuples(
        st.sampled_from(["amend", "amend", "sort", "sort", "delete"]), st.integers(1, 4), contents()
    ),
    max_size=12,
)


class Model:
    """What the records of a book say, kept as a clerk would."""

    def __init__(self) -> None:
        self.says: dict[int, Spent | Received] = {}

    def amounts(self) -> dict[tuple[str, str, date], int]:
        """Net debits by account, currency and day."""
        found: dict[tuple[str, str, date], int] = defaultdict(int)
        for content in self.says.values():
            sign = 1 if isinstance(content, Spent) else -1
            for part in content.parts:
                currency, minor = part.amount.currency, part.amount.minor
                name = part.category or UNSORTED[type(content)]
                found[(name, currency, content.day)] += sign * minor
                found[(content.pocket, currency, content.day)] -= sign * minor
        return {key: minor for key, minor in found.items() if minor}

    def sorted(self, record: int, names: Spent | Received) -> tuple[Part, ...] | None:
        """Share the record's amount out among other categories of its kind."""
        now = self.says.get(record)
        if now is None or type(now) is not type(names):
            return None
        total, currency = sum(p.amount.minor for p in now.parts), now.parts[0].amount.currency
        shares = [part.category for part in names.parts][: min(total, len(names.parts))]
        even, rest = divmod(total, len(shares))
        first = Part(shares[0], Money(even + rest, currency))
        return (first, *(Part(name, Money(even, currency)) for name in shares[1:]))


def script(
    book: int, first: list[Spent | Received], then: list[Deed]
) -> tuple[list[AnyItem], Model]:
    """Write the items of a life, and what they come to in the end."""
    model, items = Model(), list[AnyItem]()
    for number, content in enumerate(first, start=1):
        items.append(Record(book_id=book, id=entry_id(number), content=content))
        model.says[number] = content
    versions = {number: [number] for number in model.says}
    for at, (verb, record, content) in enumerate(then):
        number = 100 + at
        if record not in model.says:
            continue
        named = versions[record][at % len(versions[record])]
        about: dict[str, Any] = {"book_id": book, "id": entry_id(number), "record": entry_id(named)}
        if verb == "delete":
            items.append(Delete(**about))
            del model.says[record]
        elif verb == "amend":
            items.append(Amend(**about, content=content))
            model.says[record] = content
            versions[record].append(number)
        elif (shared := model.sorted(record, content)) is not None:
            items.append(Sort(**about, parts=shared))
            model.says[record] = replace(model.says[record], parts=shared)
    return items, model


def amounts(session: Session, book: int) -> dict[tuple[str, str, date], int]:
    """Read the day buckets of a book as the model writes them."""
    query = text(
        "SELECT a.code, a.currency, CAST(d.effective_date AS text), d.debit - d.credit"
        " FROM account_day d JOIN account a ON a.book_id = d.book_id AND a.no = d.account_no"
        " WHERE d.book_id = :book AND d.debit <> d.credit"
    )
    return {
        (code.removesuffix(":idr"), currency, date.fromisoformat(day)): int(net)
        for code, currency, day, net in session.execute(query, {"book": book})
    }


SHARED = [HealthCheck.function_scoped_fixture]
"""One database serves all examples: each is undone."""


@settings(max_examples=40, suppress_health_check=SHARED)
@given(
    first=st.lists(contents(), min_size=1, max_size=4),
    then=deeds,
    cuts=st.lists(st.integers(1, 5), min_size=1, max_size=6),
    repeats=st.lists(st.integers(0, 15), max_size=6),
)
@pytest.mark.parametrize("backend", ["sqlite", "postgresql"], indirect=True)
def test_books_come_to_what_the_records_say_last(
    engine: Engine,
    first: list[Spent | Received],
    then: list[Deed],
    cuts: list[int],
    repeats: list[int],
) -> None:
    with db.session_factory(engine, keyring=builders.keyring())() as session:
        book = scene.open_household(session, ref="dewi")
        items, model = script(book, first, then)
        at, turn = 0, 0
        told: dict[bytes, tuple[int | None, int | None]] = {}
        while at < len(items):
            size = cuts[turn % len(cuts)]
            old = [items[n] for n in repeats if n < at] if turn % 2 else []
            batch = [*old, *items[at : at + size], *items[at : at + 1]]
            outcomes = operations.record_many(session, batch, actor=TELLER, recorded_at=NOW)
            for item, outcome in zip(batch, outcomes, strict=True):
                assert outcome.accepted, (item, outcome)
                known = told.setdefault(item.id, (outcome.seq, outcome.change_no))
                assert known == (outcome.seq, outcome.change_no)
            at, turn = at + size, turn + 1
        before = laws.stored(session)
        for outcome in operations.record_many(session, items, actor=TELLER, recorded_at=NOW):
            assert outcome.code == "exists"

        assert laws.stored(session) == before
        assert amounts(session, book) == model.amounts()
        assert list(laws.broken(before)) == []


@settings(max_examples=30, suppress_health_check=SHARED)
@given(first=st.lists(contents(), min_size=2, max_size=6), data=st.data())
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_independent_records_may_come_in_any_order(
    engine: Engine, first: list[Spent | Received], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(first))))
    with db.session_factory(engine, keyring=builders.keyring())() as session:
        book = scene.open_household(session, ref="dewi")
        items, model = script(book, first, [])
        chosen = [items[at] for at in order]
        operations.record_many(session, [*chosen, *chosen], actor=TELLER, recorded_at=NOW)

        assert amounts(session, book) == model.amounts()
