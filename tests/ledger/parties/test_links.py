"""A household's link to a membership: on her side, sealed, and without a trace on the other."""

from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ledger.books.queries import BookNotFound
from ledger.db.roles import become
from ledger.journal.keyring import KeyUnusable
from ledger.parties import operations, queries
from ledger.parties.tables import HouseholdLink
from tests import builders
from tests.builders import COOPERATIVE, FUND, IBU, KOPERASI, NOW, PLATFORM, SITI, TELLER
from tests.conformance import laws

BY: dict[str, Any] = {"actor": TELLER, "recorded_at": NOW}
OWN_SIDE = {"household_link", "person_event", "person_key"}
"""Tables that a link may write to, in rows of her own."""


@pytest.fixture
def owner(session: Session) -> int:
    """Register the owner of a household's book, in a session where the books are open."""
    builders.open_books(session)
    return operations.register(session, PLATFORM, "siti", **BY)


def member(session: Session, ref: str = "m-17", tenant: int = COOPERATIVE) -> int:
    return operations.register(session, tenant, ref, **BY)


def link(session: Session, owner: int, member: int, book: int = SITI, at: int = COOPERATIVE) -> int:
    return operations.add_link(session, book, (PLATFORM, owner), (at, member), **BY)


def test_a_link_is_added_read_and_removed(session: Session, owner: int) -> None:
    first, second = member(session), member(session, "f-3", FUND)

    assert link(session, owner, first) == link(session, owner, first) == 1
    assert link(session, owner, second, at=FUND) == 2
    assert queries.memberships(session, SITI) == [(1, COOPERATIVE, first), (2, FUND, second)]
    assert queries.memberships(session, IBU) == []

    operations.remove_link(session, SITI, 1, **BY)

    assert queries.memberships(session, SITI) == [(2, FUND, second)]
    with pytest.raises(operations.LinkNotFound):
        operations.remove_link(session, SITI, 1, **BY)
    said = [(e.what, e.after) for e in queries.events(session, PLATFORM, owner)][1:]
    assert said == [("link_added", "1"), ("link_added", "2"), ("link_removed", "1")]


def test_the_cooperatives_side_neither_changes_nor_tells(session: Session, owner: int) -> None:
    joined = member(session)
    before = laws.stored(session)

    link(session, owner, joined)
    linked = laws.stored(session)
    read = queries.memberships(session, SITI)
    operations.remove_link(session, SITI, 1, **BY)

    assert read == [(1, COOPERATIVE, joined)]
    changed = {name for name in linked if linked[name] != before[name]}
    assert changed == OWN_SIDE
    fresh = [row for name in OWN_SIDE for row in linked[name] if row not in before[name]]
    assert {row["tenant_id"] for row in fresh} == {PLATFORM}
    told = repr(fresh)
    for secret in (COOPERATIVE, joined, KOPERASI, "m-17"):
        assert str(secret) not in told
    for number in (COOPERATIVE, joined):
        assert number.to_bytes(8, "big") not in b"".join(
            value for row in fresh for value in row.values() if isinstance(value, bytes)
        )


def test_every_link_looks_alike(session: Session, owner: int) -> None:
    link(session, owner, member(session))
    link(session, owner, member(session, "f-3", FUND), at=FUND)

    sealed = [bytes(row.sealed) for row in session.scalars(select(HouseholdLink))]
    assert len({len(row) for row in sealed}) == 1
    assert sealed[0] != sealed[1]


def test_a_link_moved_to_another_book_does_not_open(session: Session, owner: int) -> None:
    link(session, owner, member(session))
    become(session.connection(), None)  # a poster may not move it
    session.execute(update(HouseholdLink).values(book_id=IBU))
    session.expire_all()

    with pytest.raises(KeyUnusable):
        queries.memberships(session, IBU)


def test_a_link_is_of_a_household_of_her_own_tenant(session: Session, owner: int) -> None:
    joined = member(session)

    with pytest.raises(operations.BookNotHers):
        link(session, owner, joined, book=KOPERASI)
    with pytest.raises(BookNotFound):
        link(session, owner, joined, book=5)
    with pytest.raises(queries.PersonNotFound):
        link(session, owner, 5)
    with pytest.raises(operations.BookNotHers):
        operations.add_link(session, SITI, (COOPERATIVE, joined), (COOPERATIVE, joined), **BY)


def test_a_merge_on_either_side_keeps_the_link(session: Session, owner: int) -> None:
    first, second = member(session), member(session, "m-18")
    link(session, owner, first)

    operations.merge(session, COOPERATIVE, first, second, reason="same_nik", **BY)
    assert queries.memberships(session, SITI) == [(1, COOPERATIVE, second)]

    again = operations.register(session, PLATFORM, "siti-2", **BY)
    operations.merge(session, PLATFORM, owner, again, reason="same_nik", **BY)
    assert queries.memberships(session, SITI) == [(1, COOPERATIVE, second)]
    assert session.scalars(select(HouseholdLink.person_id)).one() == again


def test_erasing_the_owner_takes_the_link_and_the_member_stays(
    session: Session, owner: int
) -> None:
    joined = member(session)
    link(session, owner, joined)

    operations.erase(session, PLATFORM, owner, reason="own_request", **BY)

    assert session.scalars(select(HouseholdLink)).all() == []
    assert queries.find(session, COOPERATIVE, "m-17").state == "active"
