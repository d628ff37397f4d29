"""The policy, complete: every role × action × relation has its answer in a golden table.

tests/golden/policy.tsv is written anew with JUANG_UPDATE=1, and read in the diff. The laws below it
say what no table may ever grant.
"""

import itertools
import os
from pathlib import Path

import pytest

from ledger.access import policy, roles
from ledger.access.actions import RESOURCES, About, Action, Relation
from ledger.access.policy import Reason, may
from ledger.access.roles import ALONE, OFFICERS, Role

GOLDEN = Path(__file__).parents[2] / "golden" / "policy.tsv"
EVERYTHING = tuple(itertools.product(Role, Action, Relation))


def answers() -> str:
    """Write every answer: a row per action and relation, a column per role."""
    lines = ["\t".join(("action", "relation", *Role))]
    for action, relation in itertools.product(Action, Relation):
        said = [may([role], action, relation) for role in Role]
        cells = ["allow" if each.allowed else each.reason.value for each in said]
        lines.append("\t".join((action, relation, *cells)))
    return "\n".join(lines) + "\n"


def test_every_answer_is_the_golden_one() -> None:
    if os.environ.get("JUANG_UPDATE"):
        GOLDEN.write_text(answers(), "utf-8")

    assert GOLDEN.read_text("utf-8") == answers()


def test_no_combination_is_missing() -> None:
    rows = [line.split("\t") for line in GOLDEN.read_text("utf-8").splitlines()]

    assert rows[0] == ["action", "relation", *Role]
    assert [tuple(row[:2]) for row in rows[1:]] == list(itertools.product(Action, Relation))
    assert {len(row) for row in rows} == {2 + len(Role)}
    assert {cell for row in rows[1:] for cell in row[2:]} <= {"allow", *Reason}
    assert set(policy.TABLE) == set(Action)
    assert all(set(columns) == set(Role) for columns in policy.TABLE.values())


def test_every_resource_and_reason_is_used_and_explained() -> None:
    assert {action.resource for action in Action} == set(RESOURCES)
    assert set(policy.REASONS) == set(Reason)
    assert all(all(wording) for wording in policy.REASONS.values())
    assert set(roles.NAMES) == set(Role)
    said = {may([role], action, relation).reason for role, action, relation in EVERYTHING}
    assert said == set(Reason) - {Reason.UNKNOWN, Reason.NO_ROLE, Reason.ROLES_CLASH}


def test_every_action_is_somebodys() -> None:
    for action in Action:
        assert any(policy.TABLE[action].values()), action


@pytest.mark.parametrize(
    ("held", "action", "relation"),
    [
        ([], "diary.see", "own"),
        (["god"], "diary.see", "own"),
        (["worker", "god"], "diary.see", "own"),
        (["worker"], "diary.peek", "own"),
        (["worker"], "", "own"),
        (["worker"], "diary.see", "mine"),
        (["superuser"], "proposal.approve", "tenant"),
        (["Manager"], "proposal.approve", "tenant"),
    ],
)
def test_what_is_unknown_is_denied(held: list[str], action: str, relation: str) -> None:
    said = may(held, action, relation)

    assert not said.allowed
    assert said.reason in {Reason.UNKNOWN, Reason.NO_ROLE}


def test_nobody_may_do_anything_to_what_is_foreign() -> None:
    for role, action in itertools.product(Role, Action):
        assert may([role], action, Relation.FOREIGN) == (False, Reason.FOREIGN)


def test_no_officer_ever_sees_a_private_record() -> None:
    """The diary of a member, her score, her referrals, her devices: whatever the relation."""
    private = [action for action in Action if About.PRIVATE in action.about]
    assert {action.resource for action in private} >= {"diary", "family_book", "risk", "referral"}
    for role, action, relation in itertools.product(OFFICERS, private, Relation):
        if action is not Action.NUDGE_SET:  # rules and templates, not what anybody was sent
            assert not may([role], action, relation).allowed, (role, action, relation)


def test_an_auditor_reads_and_never_writes_and_sees_no_person() -> None:
    for action, relation in itertools.product(Action, Relation):
        if may([Role.AUDITOR], action, relation).allowed and relation is not Relation.OWN:
            assert action.reads, action
            assert About.PEOPLE not in action.about, action


def test_an_evaluator_only_exports() -> None:
    allowed = {a for a in Action for r in Relation if may([Role.EVALUATOR], a, r).allowed}
    own = {Action.SESSION_SEE, Action.SESSION_REVOKE, Action.CREDENTIAL_CHANGE}

    assert allowed - own == {
        Action.EXPORT_REQUEST,
        Action.EXPORT_SEE,
        Action.EXPORT_DOWNLOAD,
    }


def test_an_administrator_sees_no_money_and_no_person() -> None:
    for action, relation in itertools.product(Action, Relation):
        if may([Role.ADMINISTRATOR], action, relation).allowed:
            assert action.about is About.NOTHING, action
    assert not may(["administrator"], "proposal.see", "tenant").allowed
    assert may(["administrator"], "officer.add", "tenant").allowed


def test_an_officer_does_not_serve_herself() -> None:
    """What is her own stands to her as `own`, and only sessions and credentials are."""
    for role, action in itertools.product(OFFICERS, Action):
        if may([role], action, Relation.OWN).allowed:
            assert action.resource in {"session", "credential"}


def test_who_disburses_does_not_approve() -> None:
    for role in OFFICERS:
        pays = may([role], "loan.disburse", "tenant").allowed
        assert not (pays and may([role], "loan.approve", "tenant").allowed)
        proposes = may([role], "loan.assess", "tenant").allowed
        assert not (proposes and may([role], "loan.approve", "tenant").allowed)


def test_several_roles_may_what_one_of_them_may() -> None:
    assert may(["teller", "loan_officer"], "savings.deposit", "tenant").allowed
    assert may(["loan_officer", "teller"], "loan.assess", "tenant").allowed
    assert may(["manager", "worker"], "diary.see", "own").allowed
    assert not may(["manager", "worker"], "diary.see", "tenant").allowed
    assert may(["manager", "worker"], "diary.see", "tenant").reason is Reason.OTHER_RELATION


@pytest.mark.parametrize("alone", sorted(ALONE))
@pytest.mark.parametrize("other", OFFICERS)
def test_roles_that_clash_may_nothing_together(alone: Role, other: Role) -> None:
    if alone is other:
        return
    for action, relation in itertools.product(Action, Relation):
        assert may([alone, other], action, relation) == (False, Reason.ROLES_CLASH)


def test_a_supervisor_does_nothing_he_supervises() -> None:
    for other in (Role.TELLER, Role.LOAN_OFFICER, Role.MANAGER, Role.FUND_MANAGER):
        assert roles.clash([Role.SUPERVISOR, other])
    assert roles.clash([Role.MANAGER, Role.TELLER, Role.LOAN_OFFICER]) is None
