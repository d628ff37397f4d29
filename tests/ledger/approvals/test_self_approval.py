"""The matrix of self-approval: every way to be one's own second pair of eyes, all refused.

Each attempt sets up who is who, and gives the actor that tries to approve a proposal of Ani's.
Whatever roles he claims, there is no exception; whatever the database is asked, nothing of the
attempt stays. The last column is the code of the refusal.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ledger.approvals import operations, queries
from ledger.approvals.independence import Actor
from ledger.approvals.tables import Proposal
from ledger.errors import LedgerError
from ledger.parties import operations as parties
from ledger.parties.fields import Field
from tests.builders import NOW
from tests.ledger.approvals.scene import TENANT, Scene, done, rule

Attempt = Callable[[Scene, Proposal], Actor]

EVERY_ROLE = (
    "administrator",
    "auditor",
    "counsellor",
    "evaluator",
    "fund_manager",
    "loan_officer",
    "manager",
    "owner",
    "root",
    "superuser",
    "supervisor",
    "teller",
)


def herself(scene: Scene, row: Proposal) -> Actor:
    return scene.actor("ani", "manager")


def with_every_role(scene: Scene, row: Proposal) -> Actor:
    return scene.actor("ani", *EVERY_ROLE)


def second_account(scene: Scene, row: Proposal) -> Actor:
    return Actor(scene.people["ani"], "ani-2", frozenset({"manager"}))


def machine_token(scene: Scene, row: Proposal) -> Actor:
    return Actor(scene.people["ani"], "token:ani/7", frozenset({"manager"}))


def delegated_session(scene: Scene, row: Proposal) -> Actor:
    return Actor(scene.people["ani"], "citra@ani", frozenset({"supervisor"}))


def after_her_role_changed(scene: Scene, row: Proposal) -> Actor:
    """She proposed as a teller, and is a manager today."""
    return scene.actor("ani", "manager", "supervisor")


def record_of_the_same_nik(scene: Scene, row: Proposal) -> Actor:
    scene.register("ani-2")
    scene.merge("ani-2", "ani")
    return scene.actor("ani-2", "manager")


def record_she_was_merged_into(scene: Scene, row: Proposal) -> Actor:
    scene.register("ani-2")
    scene.merge("ani", "ani-2")
    return scene.actor("ani-2", "manager")


def chain_of_records(scene: Scene, row: Proposal) -> Actor:
    scene.register("ani-2")
    scene.register("ani-3")
    scene.merge("ani", "ani-2")
    scene.merge("ani-2", "ani-3")
    return scene.actor("ani-3", "manager")


def two_records_of_a_third(scene: Scene, row: Proposal) -> Actor:
    scene.register("ani-2")
    scene.register("ani-3")
    scene.merge("ani", "ani-3")
    scene.merge("ani-2", "ani-3")
    return scene.actor("ani-2", "manager")


def last_editor(scene: Scene, row: Proposal) -> Actor:
    scene.register("ani-2")
    scene.merge("ani", "ani-2")
    scene.edit(row, scene.terms(300, "budi", why="x"), by="ani-2")
    return scene.actor("ani-2", "manager")


def beneficiary(scene: Scene, row: Proposal) -> Actor:
    return scene.actor("budi", "manager")


def beneficiary_by_another_record(scene: Scene, row: Proposal) -> Actor:
    scene.register("budi-2")
    scene.merge("budi-2", "budi")
    return scene.actor("budi-2", "manager")


def beneficiary_after_a_merge(scene: Scene, row: Proposal) -> Actor:
    scene.register("budi-2")
    scene.merge("budi", "budi-2")
    return scene.actor("budi-2", "manager")


def relative(kind: parties.RelationKind) -> Attempt:
    def attempt(scene: Scene, row: Proposal) -> Actor:
        scene.relate("citra", "budi", kind)
        return scene.actor("citra")

    attempt.__name__ = f"{kind}_of_a_beneficiary"
    return attempt


def relative_by_a_merged_record(scene: Scene, row: Proposal) -> Actor:
    scene.register("citra-2")
    scene.relate("citra-2", "budi")
    scene.merge("citra-2", "citra")
    return scene.actor("citra")


def relative_of_a_merged_record(scene: Scene, row: Proposal) -> Actor:
    scene.register("budi-2")
    scene.relate("citra", "budi-2")
    scene.merge("budi-2", "budi")
    return scene.actor("citra")


def one_person_twice(scene: Scene, row: Proposal) -> Actor:
    scene.approve(row, by="citra")
    return scene.actor("citra")


def one_person_twice_in_another_role(scene: Scene, row: Proposal) -> Actor:
    scene.approve(row, by=scene.actor("citra", "manager"))
    return Actor(scene.people["citra"], "citra-2", frozenset({"supervisor"}))


def one_person_twice_by_two_records(scene: Scene, row: Proposal) -> Actor:
    scene.approve(row, by="citra")
    scene.merge("citra", "dewi")
    return scene.actor("dewi")


MATRIX: tuple[tuple[Attempt, str], ...] = (
    (herself, "self_approval"),
    (with_every_role, "self_approval"),
    (second_account, "self_approval"),
    (machine_token, "self_approval"),
    (delegated_session, "self_approval"),
    (after_her_role_changed, "self_approval"),
    (record_of_the_same_nik, "self_approval"),
    (record_she_was_merged_into, "self_approval"),
    (chain_of_records, "self_approval"),
    (two_records_of_a_third, "self_approval"),
    (last_editor, "self_approval"),
    (beneficiary, "approver_benefits"),
    (beneficiary_by_another_record, "approver_benefits"),
    (beneficiary_after_a_merge, "approver_benefits"),
    (relative("family"), "approver_benefits"),
    (relative("household"), "approver_benefits"),
    (relative("business"), "approver_benefits"),
    (relative_by_a_merged_record, "approver_benefits"),
    (relative_of_a_merged_record, "approver_benefits"),
    (one_person_twice, "approved_already"),
    (one_person_twice_in_another_role, "approved_already"),
    (one_person_twice_by_two_records, "approved_already"),
)


@pytest.mark.parametrize(
    ("attempt", "code"), MATRIX, ids=[attempt.__name__ for attempt, _ in MATRIX]
)
def test_nobody_is_his_own_second_pair_of_eyes(scene: Scene, attempt: Attempt, code: str) -> None:
    scene.session.add(rule(2, valid_from=NOW.date()))
    row = scene.propose(terms=scene.terms(300, "budi"))
    actor = attempt(scene, row)
    before = [each.person_id for each in queries.approvals(scene.session, row)]

    with pytest.raises(LedgerError) as refused:
        scene.approve(row, by=actor)

    assert refused.value.code == code
    assert row.state == "proposed"
    assert [each.person_id for each in queries.approvals(scene.session, row)] == before
    with pytest.raises(operations.NotApproved):
        scene.execute(row)
    assert not done


@pytest.mark.parametrize("what", ["merged", "related"])
def test_what_turns_out_after_the_approval_voids_it(scene: Scene, what: str) -> None:
    """Four eyes turn out to be two before the money moves: it does not move."""
    row = scene.propose(terms=scene.terms(300, "budi"))
    scene.approve(row, by="citra")
    if what == "merged":
        scene.merge("citra", "ani")
    else:
        scene.relate("citra", "budi")

    with pytest.raises(operations.NotApproved):
        scene.execute(row)

    assert scene.approve(row, by="dewi").state == "approved"
    assert scene.execute(row).state == "executed"


def test_two_approvers_who_turn_out_to_be_one_are_one(scene: Scene) -> None:
    scene.session.add(rule(2, valid_from=NOW.date()))
    row = scene.propose()
    scene.approve(row, by="citra")
    scene.approve(row, by="dewi")
    scene.merge("citra", "dewi")

    with pytest.raises(operations.NotApproved) as refused:
        scene.execute(row)
    assert refused.value.facts == {"standing": 1, "needed": 2}

    scene.approve(row, by="eka")
    assert scene.execute(row).state == "executed"


def test_a_relation_that_ended_bars_nobody(scene: Scene) -> None:
    row = scene.propose(terms=scene.terms(300, "budi"))
    scene.relate("citra", "budi", "business")
    citra, budi = scene.people["citra"], scene.people["budi"]
    parties.end_relation(scene.session, TENANT, citra, budi, "business", actor="x", recorded_at=NOW)

    assert scene.approve(row, by="citra").state == "approved"


def test_an_edit_that_adds_a_beneficiary_bars_him(scene: Scene) -> None:
    row = scene.propose()
    scene.edit(row, replace(scene.terms(), beneficiaries=frozenset({scene.people["citra"]})))

    with pytest.raises(operations.ApproverBenefits):
        scene.approve(row, by="citra")


def test_one_nik_is_one_pair_of_eyes(scene: Scene) -> None:
    """A second record cannot take her NIK; one with another NIK is never merged with hers.

    So whoever has a NIK is one person here, through any chain of merged records.
    """
    ani, nik = scene.people["ani"], "7309015406950001"
    said: dict[str, Any] = {"actor": "test", "recorded_at": NOW}
    parties.set_field(scene.session, TENANT, ani, Field.NIK, nik, **said)
    row = scene.propose()
    second = scene.register("ani-2")
    with pytest.raises(parties.NikTaken) as taken:
        parties.set_field(scene.session, TENANT, second, Field.NIK, nik, **said)
    assert taken.value.person == str(ani)

    scene.merge("ani", "ani-2")  # her NIK goes over with her
    third = scene.register("ani-3")
    with pytest.raises(parties.NikTaken) as taken:
        parties.set_field(scene.session, TENANT, third, Field.NIK, nik, **said)
    assert taken.value.person == str(second)
    scene.merge("ani-2", "ani-3")

    for name in ("ani", "ani-2", "ani-3"):
        with pytest.raises(operations.SelfApproval):
            scene.approve(row, by=scene.actor(name, "manager"))
    citra = scene.people["citra"]
    parties.set_field(scene.session, TENANT, citra, Field.NIK, "7309015406950002", **said)
    with pytest.raises(parties.NikDiffers):
        scene.merge("citra", "ani-3")
    assert scene.approve(row, by="citra").state == "approved"
