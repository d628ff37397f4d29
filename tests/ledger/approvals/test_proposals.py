"""A proposal from its first bytes to its end, and what it holds meanwhile."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from ledger.approvals import operations, queries
from ledger.approvals.independence import Actor
from ledger.approvals.payload import Funds, PayloadMalformed, digest
from ledger.books import operations as books
from ledger.books.classes import AccountState
from ledger.books.queries import BookNotFound
from ledger.books.tables import Account
from ledger.parties.queries import PersonNotFound
from tests import builders
from tests.builders import KOPERASI, NOW, SITI, idr, pay
from tests.conformance import laws
from tests.ledger.approvals.scene import DUE, LATER, TENANT, Broken, Scene, done, rule


def cash(scene: Scene) -> tuple[int, int]:
    """Give the cooperative's cash in rupiah, and how much of it is held."""
    scene.session.expire_all()
    row = scene.session.scalars(
        select(Account).where(Account.book_id == KOPERASI, Account.code == "cash")
    ).one()
    return (row.posted_debit - row.posted_credit) // 100, row.pending_credit // 100


def history(scene: Scene, number: int = 1) -> list[tuple[str, int, str]]:
    found = queries.events(scene.session, TENANT, builders.entry_id(number))
    return [(event.what, event.revision, event.actor) for event in found]


def test_what_is_proposed_approved_and_carried_out_is_the_same_bytes(scene: Scene) -> None:
    row = scene.propose(terms=scene.terms(300, "eka", why="rice"))
    (stored,) = queries.revisions(scene.session, row)

    assert row.hash == stored.hash == digest(stored.payload)
    assert queries.terms(scene.session, row) == scene.terms(300, "eka", why="rice")
    assert scene.approve(row).state == "approved"
    assert scene.execute(row).state == "executed"
    (approved,) = done
    assert approved.terms == scene.terms(300, "eka", why="rice")
    assert (approved.maker, approved.approvers, approved.executed_by) == (
        "ani",
        ("citra",),
        "budi",
    )
    assert history(scene) == [
        ("proposed", 1, "ani"),
        ("approved", 1, "citra"),
        ("executed", 1, "budi"),
    ]


def test_money_is_held_while_it_waits_and_moved_when_it_is_carried_out(scene: Scene) -> None:
    row = scene.propose(terms=scene.terms(300))
    assert cash(scene) == (1_000, 300)

    scene.approve(row)
    assert cash(scene) == (1_000, 300)
    scene.execute(row)

    assert cash(scene) == (700, 0)
    laws.check(scene.session)


@pytest.mark.parametrize("end", ["refuse", "withdraw", "expire"])
@pytest.mark.parametrize("approved", [True, False])
def test_money_is_given_back_when_it_comes_to_nothing(
    scene: Scene,
    end: str,
    approved: bool,  # noqa: FBT001
) -> None:
    row = scene.propose(terms=scene.terms(300))
    if approved:
        scene.approve(row)

    getattr(scene, end)(row)

    assert cash(scene) == (1_000, 0)
    assert row.hold_id is None
    for again in (scene.refuse, scene.withdraw, scene.expire, scene.approve, scene.execute):
        with pytest.raises(operations.ProposalNotWaiting):
            again(row)
    laws.check(scene.session)


def test_money_that_is_not_there_is_not_promised_twice(scene: Scene) -> None:
    scene.propose(1, scene.terms(700))

    with (
        pytest.raises(operations.FundsRefused) as refused,
        scene.session.begin_nested(),
    ):
        scene.propose(2, scene.terms(400))

    assert refused.value.outcome == "below_floor"
    assert cash(scene) == (1_000, 700)
    scene.propose(2, scene.terms(300))
    assert cash(scene) == (1_000, 1_000)


def test_an_edit_is_a_new_revision_and_voids_every_approval(scene: Scene) -> None:
    row = scene.propose(terms=scene.terms(300))
    first = row.hash
    scene.approve(row)

    scene.edit(row, scene.terms(200))

    assert (row.state, row.revision) == ("proposed", 2)
    assert cash(scene) == (1_000, 200)
    assert queries.approvals(scene.session, row) == []
    with pytest.raises(operations.NotApproved):
        scene.execute(row)
    with pytest.raises(operations.ProposalChanged):
        scene.approve(row, exactly=first)
    scene.approve(row)
    scene.execute(row)
    assert cash(scene) == (800, 0)
    assert [what for what, _, _ in history(scene)] == [
        "proposed",
        "approved",
        "edited",
        "approved",
        "executed",
    ]


def test_an_edit_back_to_the_first_content_has_a_hash_of_its_own(scene: Scene) -> None:
    row = scene.propose()
    first = row.hash

    scene.edit(row, scene.terms(why="other"))
    scene.edit(row, scene.terms())

    assert row.hash != first
    with pytest.raises(operations.ProposalChanged):
        scene.approve(row, exactly=first)


def test_an_edit_names_what_it_replaces_and_is_the_makers(scene: Scene) -> None:
    row = scene.propose()

    with pytest.raises(operations.NotMaker):
        scene.edit(row, scene.terms(why="x"), by="budi")
    with pytest.raises(operations.NotMaker):
        scene.withdraw(row, by="budi")
    with pytest.raises(operations.ProposalMalformed):
        scene.edit(row, replace(scene.terms(), kind="period_reopening"))
    with pytest.raises(operations.ProposalChanged):
        operations.edit(
            scene.session,
            TENANT,
            row.id,
            scene.terms(why="x"),
            by=scene.actor("ani"),
            recorded_at=NOW,
            exactly=bytes(32),
        )


def test_the_maker_may_edit_from_a_second_record_of_hers(scene: Scene) -> None:
    row = scene.propose()
    scene.register("ani2")
    scene.merge("ani", "ani2")

    assert scene.edit(row, scene.terms(why="x"), by="ani2").revision == 2
    assert scene.withdraw(row, by="ani2").state == "withdrawn"


def test_proposing_again_changes_nothing_and_something_else_is_refused(scene: Scene) -> None:
    row = scene.propose(terms=scene.terms(300))

    assert scene.propose(terms=scene.terms(300), at=LATER) is row
    assert cash(scene) == (1_000, 300)
    assert len(history(scene)) == 1
    with pytest.raises(operations.ProposalDiffers):
        scene.propose(terms=scene.terms(200))
    with pytest.raises(operations.ProposalDiffers):
        scene.propose(terms=scene.terms(300), by="budi")


def test_what_is_past_due_only_expires(scene: Scene) -> None:
    row = scene.propose(terms=scene.terms(300))
    scene.approve(row)
    with pytest.raises(operations.ProposalNotDue):
        scene.expire(row, at=DUE - timedelta(microseconds=1))
    assert queries.past_due(scene.session, TENANT, NOW) == []

    for late in (scene.approve, scene.execute, scene.refuse, scene.withdraw):
        with pytest.raises(operations.ProposalExpired):
            late(row, at=DUE)

    assert queries.past_due(scene.session, TENANT, DUE) == [row.id]
    assert scene.expire(row).state == "expired"
    assert queries.past_due(scene.session, TENANT, DUE) == []
    assert history(scene)[-1] == ("expired", 1, "job")


def test_what_fails_in_its_execution_stays_approved(scene: Scene) -> None:
    row = scene.propose(terms=scene.terms(300, breaks=True))
    scene.approve(row)

    with pytest.raises(Broken), scene.session.begin_nested():
        scene.execute(row)

    scene.session.refresh(row)
    assert row.state == "approved"
    assert cash(scene) == (1_000, 300)


def test_money_on_an_account_that_is_frozen_meanwhile_does_not_move(scene: Scene) -> None:
    row = scene.propose(terms=scene.terms(300))
    scene.approve(row)
    books.set_account_state(
        scene.session, KOPERASI, "food", AccountState.FROZEN, actor="x", recorded_at=NOW
    )

    with pytest.raises(operations.FundsRefused), scene.session.begin_nested():
        scene.execute(row)

    scene.session.refresh(row)
    assert scene.withdraw(row).state == "withdrawn"
    assert cash(scene) == (1_000, 0)


def test_a_close_does_not_keep_money_held(scene: Scene) -> None:
    row = scene.propose(terms=scene.terms(300))
    books.close_period(scene.session, KOPERASI, NOW.date(), actor="x", recorded_at=NOW)

    scene.withdraw(row)

    assert cash(scene) == (1_000, 0)


@pytest.mark.parametrize(("given", "needed"), [(99, 1), (100, 2), (500, 3), (501, 3)], ids=str)
def test_the_amount_decides_how_many_must_approve(scene: Scene, given: int, needed: int) -> None:
    scene.session.add_all(
        [
            rule(2, currency="IDR", from_amount=100 * 100),
            rule(3, currency="IDR", from_amount=500 * 100),
            rule(9, currency="IDR", from_amount=0, valid_from=date(2026, 12, 1)),
            rule(9, currency="HKD"),
        ]
    )
    row = scene.propose(terms=replace(scene.terms(), amount=idr(given)))

    for done_, name in enumerate(("citra", "dewi", "eka")[:needed], start=1):
        assert row.state == "proposed"
        scene.approve(row, by=name)
        if done_ < needed:
            with pytest.raises(operations.NotApproved):
                scene.execute(row)

    assert row.state == "approved"
    scene.execute(row)


def test_a_stricter_rule_holds_for_what_was_approved_before_it(scene: Scene) -> None:
    row = scene.propose(terms=replace(scene.terms(), amount=idr(5)))
    scene.approve(row)
    scene.session.add(rule(2, valid_from=NOW.date()))
    scene.session.flush()

    with pytest.raises(operations.NotApproved) as refused:
        scene.execute(row)
    assert refused.value.facts == {"standing": 1, "needed": 2}

    scene.approve(row, by="dewi")
    scene.execute(row)


def test_an_approval_in_a_role_that_approves_no_more_is_none(scene: Scene) -> None:
    row = scene.propose()
    scene.approve(row, by=scene.actor("citra", "manager"))
    scene.session.add(rule(1, valid_from=NOW.date(), roles="supervisor"))
    scene.session.flush()

    with pytest.raises(operations.NotApproved):
        scene.execute(row)


@pytest.mark.parametrize("roles", [("teller",), ("administrator",), ("auditor", "evaluator")])
def test_without_a_role_of_the_rule_nobody_decides(scene: Scene, roles: tuple[str, ...]) -> None:
    row = scene.propose()
    other = scene.actor("dewi", *roles)

    with pytest.raises(operations.MayNotDecide):
        scene.approve(row, by=other)
    with pytest.raises(operations.MayNotDecide):
        operations.refuse(scene.session, TENANT, row.id, by=other, reason="no", recorded_at=NOW)


def test_what_has_no_rule_or_no_executor_is_not_proposed(scene: Scene) -> None:
    with pytest.raises(operations.KindUnknown):
        scene.propose(terms=replace(scene.terms(), kind="wish"))
    other = Actor(scene.people["ani"], "ani")
    with pytest.raises(PersonNotFound):  # another tenant knows neither her nor the rule
        operations.propose(
            scene.session,
            TENANT + 1,
            builders.entry_id(1),
            scene.terms(),
            by=other,
            recorded_at=NOW,
        )


def test_a_kind_without_a_rule_is_not_proposed(scene: Scene) -> None:
    """A rule that has not begun yet is no rule; the one of the scene began yesterday."""
    early = NOW - timedelta(days=5)

    with pytest.raises(queries.NoApprovalRule):
        scene.propose(at=early)


@pytest.mark.parametrize(
    "changes",
    [
        {"expires_at": NOW},
        {"expires_at": NOW - timedelta(days=1)},
        {"expires_at": NOW + timedelta(days=400)},
    ],
)
def test_a_proposal_waits_until_later_and_not_for_ever(
    scene: Scene, changes: dict[str, Any]
) -> None:
    with pytest.raises(operations.ProposalMalformed):
        scene.propose(terms=replace(scene.terms(), **changes))


def test_a_proposal_reaches_no_book_of_another_tenant(scene: Scene) -> None:
    with pytest.raises(BookNotFound):
        scene.propose(terms=replace(scene.terms(), funds=Funds(SITI, pay(5))))
    with pytest.raises(PersonNotFound):
        scene.propose(terms=replace(scene.terms(), beneficiaries=frozenset({77})))
    with pytest.raises(operations.ProposalMalformed):
        operations.propose(
            scene.session,
            TENANT,
            b"short",
            scene.terms(),
            by=scene.actor("ani"),
            recorded_at=NOW,
        )


def test_a_proposal_is_found_by_the_beginning_of_its_id(scene: Scene) -> None:
    row, other = scene.propose(0x11 << 120), scene.propose(0x12 << 120)

    assert queries.find(scene.session, TENANT, "11") is row
    assert queries.find(scene.session, TENANT, other.id.hex()) is other
    with pytest.raises(queries.ProposalAmbiguous):
        queries.find(scene.session, TENANT, "1")
    for name in ("13", "", "x", "1" * 33, row.id.hex()[:-1] + "1"):
        with pytest.raises(queries.ProposalNotFound):
            queries.find(scene.session, TENANT, name)
    with pytest.raises(queries.ProposalNotFound):
        queries.find(scene.session, TENANT + 1, "11")
    with pytest.raises(queries.ProposalNotFound):
        queries.lock(scene.session, TENANT + 1, row.id)
    assert queries.page(scene.session, TENANT) == [row, other]
    assert queries.page(scene.session, TENANT, limit=1) == [row]
    assert queries.page(scene.session, TENANT, after=(row.expires_at, row.id)) == [other]


def test_bytes_that_were_exchanged_under_a_proposal_are_noticed(scene: Scene) -> None:
    row = scene.propose()
    row.hash = bytes(32)

    with pytest.raises(PayloadMalformed):
        queries.terms(scene.session, row)
    scene.session.expunge(row)


@pytest.mark.parametrize("change", ["kind = 'x'", "maker_id = 1", "maker = 'x'", "tenant_id = 1"])
def test_a_proposal_stays_its_makers(scene: Scene, change: str) -> None:
    scene.propose()

    with (
        pytest.raises(DBAPIError, match=r"juang: |permission denied"),
        scene.session.begin_nested(),
    ):
        scene.session.execute(text(f"UPDATE proposal SET {change}"))
