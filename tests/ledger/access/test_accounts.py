"""Accounts, roles with dates, duties of a day, and approvals through the doors."""

from datetime import timedelta
from typing import Any

import pytest

from ledger.access import operations, queries
from ledger.access.acting import Acting
from ledger.access.duties import Duty
from ledger.access.queries import OfficerNotFound
from ledger.approvals import operations as approvals
from ledger.approvals.payload import Terms
from ledger.books.queries import BookNotFound
from ledger.dates import DateRangeBackwards
from ledger.errors import LedgerError
from ledger.parties import operations as parties
from ledger.parties.operations import PersonNotActive
from ledger.parties.queries import PersonNotFound
from tests.builders import KOPERASI, NOW, SITI, TODAY
from tests.ledger.access.scene import TENANT, Scene
from tests.ledger.approvals.scene import PAYMENT, rule

TOMORROW = TODAY + timedelta(days=1)


def roles(scene: Scene, handle: str = "ani", day: Any = TODAY, **rest: Any) -> set[str]:
    row = queries.find(scene.session, TENANT, handle)
    return {role.value for role in queries.roles_on(scene.session, row, day, **rest)}


def test_an_account_belongs_to_a_person_of_the_tenant(scene: Scene) -> None:
    made = scene.add("ani")

    assert scene.add("ani") == made
    assert queries.find(scene.session, TENANT, "ani").person_id == scene.person("ani")
    assert [row.handle for row in queries.officers(scene.session, TENANT)] == ["ani"]
    assert scene.whats("ani") == ["added"]
    with pytest.raises(operations.HandleTaken):
        scene.add("ani", person="budi")
    with pytest.raises(PersonNotFound):
        operations.add(scene.session, TENANT, "eka", 5, actor="x", recorded_at=NOW)
    with pytest.raises(OfficerNotFound):
        queries.find(scene.session, TENANT + 1, "ani")
    with pytest.raises(OfficerNotFound):
        queries.lock(scene.session, TENANT, 5)


@pytest.mark.parametrize("handle", ["", "ab", "Ani", "a b c", "-ani", "ani\n", "é" * 5, "a" * 33])
def test_a_handle_that_cannot_be_is_refused(scene: Scene, handle: str) -> None:
    with pytest.raises(operations.HandleMalformed):
        scene.add(handle, person="ani")


def test_whoever_was_merged_gets_no_account(scene: Scene) -> None:
    ani, budi = scene.person("ani"), scene.person("budi")
    scene.add("budi")
    parties.merge(scene.session, TENANT, ani, budi, actor="x", reason="same_nik", recorded_at=NOW)

    with pytest.raises(PersonNotActive):
        operations.add(scene.session, TENANT, "ani", ani, actor="x", recorded_at=NOW)


def test_a_role_has_its_days_and_its_book(scene: Scene) -> None:
    scene.add("ani")
    scene.grant("ani", "teller", valid_through=TOMORROW)
    scene.grant("ani", "manager", book=KOPERASI, valid_from=TOMORROW)

    assert roles(scene) == {"teller"}
    assert roles(scene, day=TODAY - timedelta(days=1)) == set()
    assert roles(scene, day=TOMORROW) == {"teller"}
    assert roles(scene, day=TOMORROW, book=KOPERASI) == {"teller", "manager"}
    assert roles(scene, day=TOMORROW + timedelta(days=1)) == set()


def test_a_role_ends_and_may_be_granted_anew(scene: Scene) -> None:
    scene.add("ani", "teller")
    scene.grant("ani", "loan_officer", valid_from=TOMORROW)

    for role in ("teller", "loan_officer"):
        operations.end_role(
            scene.session,
            TENANT,
            scene.ids["ani"],
            role,
            last_day=TODAY,
            actor="x",
            recorded_at=NOW,
        )

    assert roles(scene) == {"teller"}
    assert roles(scene, day=TOMORROW) == set()
    scene.grant("ani", "teller", valid_from=TOMORROW)
    assert roles(scene, day=TOMORROW) == {"teller"}
    assert scene.whats("ani").count("role_ended") == 2


REFUSED: tuple[tuple[dict[str, Any], type[LedgerError]], ...] = (
    ({"role": "teller"}, operations.RoleHeld),
    ({"role": "teller", "valid_from": TOMORROW}, operations.RoleHeld),
    ({"role": "auditor"}, operations.RolesClash),
    ({"role": "administrator"}, operations.RolesClash),
    ({"role": "supervisor"}, operations.RolesClash),
    ({"role": "supervisor", "book": KOPERASI}, operations.RolesClash),
    ({"role": "owner"}, operations.RoleUnknown),
    ({"role": "worker"}, operations.RoleUnknown),
    ({"role": ""}, operations.RoleUnknown),
    ({"role": "manager", "book": SITI}, BookNotFound),
    ({"role": "manager", "book": 7}, BookNotFound),
    ({"role": "manager", "valid_through": TODAY - timedelta(days=1)}, DateRangeBackwards),
)


@pytest.mark.parametrize(("asked", "refusal"), REFUSED)
def test_a_role_that_must_not_be_is_not_granted(
    scene: Scene, asked: dict[str, Any], refusal: type[LedgerError]
) -> None:
    scene.add("ani", "teller")

    with pytest.raises(refusal):
        scene.grant("ani", **asked)
    assert roles(scene) == {"teller"}


def test_roles_do_not_meet_over_two_accounts_of_one_person(scene: Scene) -> None:
    scene.add("ani", "teller")
    scene.add("ani-2", person="ani")

    with pytest.raises(operations.RolesClash):
        scene.grant("ani-2", "supervisor")
    scene.grant("ani-2", "loan_officer")


def test_roles_that_meet_by_a_merge_are_none(scene: Scene) -> None:
    scene.add("ani", "teller")
    scene.add("budi", "supervisor")
    parties.merge(
        scene.session,
        TENANT,
        scene.person("ani"),
        scene.person("budi"),
        actor="x",
        reason="same_nik",
        recorded_at=NOW,
    )

    assert roles(scene, "ani") == roles(scene, "budi") == set()
    with pytest.raises(operations.RolesClash):
        scene.grant("budi", "loan_officer")


def test_nobody_grants_a_role_to_himself_under_any_account(scene: Scene) -> None:
    scene.add("rina", "administrator")
    scene.add("rina-2", person="rina")
    scene.add("ani")

    for handle in ("rina", "rina-2"):
        with pytest.raises(operations.SelfGrant):
            scene.grant(handle, "manager", by_person=scene.person("rina"))
    scene.grant("ani", "manager", by_person=scene.person("rina"))


# Duties of a day.


def do(scene: Scene, duty: Duty, who: str = "ani", day: Any = TODAY, book: int = KOPERASI) -> None:
    operations.take_duty(
        scene.session,
        TENANT,
        book,
        day,
        scene.person(who),
        duty,
        actor=who,
        recorded_at=NOW,
    )


@pytest.mark.parametrize("first", Duty)
@pytest.mark.parametrize("second", Duty)
def test_duties_of_a_day_do_not_meet(scene: Scene, first: Duty, second: Duty) -> None:
    do(scene, first)

    if first is second:
        do(scene, second)
    else:
        with pytest.raises(operations.DutiesClash) as refused:
            do(scene, second)
        assert "{" not in refused.value.message("id")
        do(scene, second, day=TOMORROW)
        do(scene, second, who="budi")
        do(scene, second, book=SITI)


def test_duties_are_a_human_beings_not_a_records(scene: Scene) -> None:
    do(scene, Duty.TELLER)
    ani, other = scene.person("ani"), scene.person("ani-2")
    parties.merge(scene.session, TENANT, ani, other, actor="x", reason="same_nik", recorded_at=NOW)

    with pytest.raises(operations.DutiesClash):
        do(scene, Duty.APPROVER, who="ani-2")


# Behind the policy.


def proposal(scene: Scene, by: str = "ani", **content: Any) -> Any:
    if scene.session.get(type(rule()), (TENANT, PAYMENT.code, "", 0, rule().valid_from)) is None:
        scene.session.add(rule())
        scene.session.flush()
    row = queries.find(scene.session, TENANT, by)
    terms = Terms(kind=PAYMENT.code, content=content, expires_at=NOW + timedelta(days=1))
    return approvals.propose_once(
        scene.session,
        TENANT,
        terms,
        by=Acting(TENANT, row.id, by, row.person_id, frozenset(), 2).actor,
        recorded_at=NOW,
    )


def acting(scene: Scene, handle: str, level: int = 2) -> Acting:
    row = queries.find(scene.session, TENANT, handle)
    return queries.acting(scene.session, row, TODAY, level=level)


def test_who_took_cash_today_does_not_approve_today(scene: Scene) -> None:
    scene.add("ani", "teller")
    scene.add("budi", "manager")
    row = proposal(scene, book=KOPERASI)
    do(scene, Duty.TELLER, who="budi")

    with pytest.raises(operations.DutiesClash), scene.session.begin_nested():
        operations.approve(scene.session, acting(scene, "budi"), row.id, row.hash, recorded_at=NOW)

    scene.session.refresh(row)
    assert row.state == "proposed"


def test_who_approves_today_takes_no_cash_today(scene: Scene) -> None:
    scene.add("ani", "teller")
    scene.add("budi", "manager")
    row = proposal(scene, book=KOPERASI)

    operations.approve(scene.session, acting(scene, "budi"), row.id, row.hash, recorded_at=NOW)

    assert row.state == "approved"
    with pytest.raises(operations.DutiesClash):
        do(scene, Duty.TELLER, who="budi")


@pytest.mark.parametrize("role", ["teller", "auditor", "evaluator", "administrator", "counsellor"])
def test_the_policy_stands_before_approvals(scene: Scene, role: str) -> None:
    scene.add("ani", "teller")
    scene.add("budi", role)
    row = proposal(scene)
    who = acting(scene, "budi")

    with pytest.raises(operations.NotAllowed) as refused:
        operations.approve(scene.session, who, row.id, row.hash, recorded_at=NOW)
    assert "budi" in refused.value.message("id")
    with pytest.raises(operations.NotAllowed):
        operations.refuse(scene.session, who, row.id, reason="no", recorded_at=NOW)


def test_a_role_in_one_book_approves_what_is_about_that_book(scene: Scene) -> None:
    scene.add("ani", "teller")
    scene.add("budi")
    scene.grant("budi", "manager", book=KOPERASI)
    inside, outside = proposal(scene, book=KOPERASI), proposal(scene, what="else")
    who = acting(scene, "budi")

    with pytest.raises(operations.NotAllowed):
        operations.approve(scene.session, who, outside.id, outside.hash, recorded_at=NOW)
    first = acting(scene, "budi", level=1)
    with pytest.raises(operations.NotAllowed):
        operations.approve(scene.session, first, inside.id, inside.hash, recorded_at=NOW)
    operations.approve(scene.session, who, inside.id, inside.hash, recorded_at=NOW)
    assert inside.state == "approved"


@pytest.mark.parametrize("how", ["disabled", "role_ended", "role_changed", "erased"])
@pytest.mark.parametrize("book", [None, KOPERASI])
def test_an_approval_falls_with_who_gave_it(scene: Scene, how: str, book: int | None) -> None:
    """Between approving and carrying out, the approver must still be somebody who may."""
    scene.add("ani", "teller")
    scene.add("budi", "manager")
    scene.add("citra", "supervisor")
    row = proposal(scene, book=KOPERASI) if book else proposal(scene)
    by: dict[str, Any] = {"actor": "test", "recorded_at": NOW}
    operations.approve(scene.session, acting(scene, "budi"), row.id, row.hash, recorded_at=NOW)
    carry_out = acting(scene, "citra")
    if how == "disabled":
        operations.set_state(scene.session, TENANT, scene.ids["budi"], "disabled", **by)
    elif how == "erased":
        parties.erase(scene.session, TENANT, scene.person("budi"), reason="own_request", **by)
    else:
        operations.end_role(
            scene.session,
            TENANT,
            scene.ids["budi"],
            "manager",
            last_day=TODAY - timedelta(days=1),
            **by,
        )
        if how == "role_changed":
            scene.grant("budi", "auditor")

    with pytest.raises(approvals.NotApproved):
        operations.execute(scene.session, carry_out, row.id, recorded_at=NOW)
    assert row.state == "approved"
    scene.session.expire_all()
    if how == "disabled":
        operations.set_state(scene.session, TENANT, scene.ids["budi"], "active", **by)
        operations.execute(scene.session, carry_out, row.id, recorded_at=NOW)
        assert row.state == "executed"


def test_a_manager_refuses_what_others_propose(scene: Scene) -> None:
    scene.add("ani", "teller")
    scene.add("budi", "manager")
    row = proposal(scene)

    operations.refuse(
        scene.session, acting(scene, "budi"), row.id, reason="too_dear", recorded_at=NOW
    )

    assert row.state == "refused"
