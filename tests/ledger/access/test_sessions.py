"""Sessions: bound to a token, and dead at once when they should be."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from ledger.access import operations, queries
from ledger.access.acting import Answer
from ledger.access.operations import credentials
from ledger.approvals import operations as approvals
from ledger.approvals import queries as proposals
from ledger.approvals.operations import Approved
from ledger.approvals.payload import Terms
from tests.builders import NOW, TODAY
from tests.ledger.access.scene import TENANT, Scene, drawn


@pytest.fixture
def ani(scene: Scene) -> Scene:
    """Let Ani come in twice."""
    scene.add("ani", "teller")
    scene.enrol("ani")
    scene.come_in("ani", "phone")
    scene.come_in("ani", "laptop")
    return scene


def open_ones(scene: Scene) -> list[int]:
    found = queries.sessions(scene.session, TENANT, scene.ids["ani"], scene.now)
    return [each.no for each in found]


@pytest.mark.parametrize("token", ["", "other", "t" * 99])
def test_a_token_that_was_never_given_opens_nothing(ani: Scene, token: str) -> None:
    assert ani.who(token) is None
    assert operations.resolve(ani.session, token.encode(), recorded_at=ani.now) is None


def test_sessions_are_listed_and_ended_one_by_one(ani: Scene) -> None:
    phone, laptop = ani.who("phone"), ani.who("laptop")
    assert phone is not None
    assert laptop is not None
    assert open_ones(ani) == [laptop.session_no, phone.session_no]

    operations.revoke(
        ani.session, TENANT, ani.ids["ani"], phone.session_no or 0, actor="x", recorded_at=ani.now
    )

    assert ani.who("phone") is None
    assert ani.who("laptop") == laptop
    assert open_ones(ani) == [laptop.session_no]
    for no in (phone.session_no or 0, 99):
        with pytest.raises(operations.SessionNotFound):
            operations.revoke(
                ani.session, TENANT, ani.ids["ani"], no, actor="x", recorded_at=ani.now
            )


def test_signing_out_ends_this_one(ani: Scene) -> None:
    operations.sign_out(ani.session, drawn("phone"), recorded_at=ani.now)
    operations.sign_out(ani.session, drawn("phone"), recorded_at=ani.now)
    operations.sign_out(ani.session, drawn("never"), recorded_at=ani.now)

    assert ani.who("phone") is None
    assert ani.who("laptop") is not None


def test_a_session_ends_of_idleness(ani: Scene) -> None:
    ani.now += timedelta(minutes=20)
    assert ani.who("phone") is not None
    ani.now += timedelta(minutes=20)

    assert ani.who("laptop") is None
    assert ani.who("phone") is not None
    ani.now += timedelta(minutes=30)
    assert ani.who("phone") is None
    assert open_ones(ani) == []


def test_a_session_ends_however_busy_it_is(ani: Scene) -> None:
    begun = ani.now
    while ani.who("phone") is not None:
        ani.now += timedelta(minutes=15)
        assert ani.now - begun <= timedelta(hours=12)

    assert ani.now - begun > timedelta(hours=11, minutes=30)


def change_passphrase(scene: Scene) -> None:
    scene.set_passphrase("ani", "perahu kecil ikut hujan")


def grant_role(scene: Scene) -> None:
    scene.grant("ani", "loan_officer")


def grant_role_for_later(scene: Scene) -> None:
    scene.grant("ani", "loan_officer", valid_from=TODAY + timedelta(days=9))


def end_role(scene: Scene) -> None:
    operations.end_role(
        scene.session,
        TENANT,
        scene.ids["ani"],
        "teller",
        last_day=TODAY - timedelta(days=1),
        actor="x",
        recorded_at=scene.now,
    )


def disable(scene: Scene) -> None:
    operations.set_state(
        scene.session, TENANT, scene.ids["ani"], "disabled", actor="x", recorded_at=scene.now
    )


def revoke_all(scene: Scene) -> None:
    count = operations.revoke_all(
        scene.session, TENANT, scene.ids["ani"], actor="x", recorded_at=scene.now
    )
    assert count == 2


def new_second_factor(scene: Scene) -> None:
    scene.start("ani", "new", code=scene.code("ani"))
    scene.confirm("ani", "new")


def reset_second_factor(scene: Scene) -> None:
    terms = Terms(kind="second_factor_reset", content={"officer": scene.ids["ani"]}, expires_at=NOW)
    credentials._reset(
        scene.session,
        Approved(
            tenant=TENANT,
            id=bytes(16),
            terms=terms,
            maker="x",
            approvers=("y",),
            executed_by="x",
            proposed_at=scene.now,
            recorded_at=scene.now,
        ),
    )


@pytest.mark.parametrize(
    "change",
    [
        change_passphrase,
        grant_role,
        grant_role_for_later,
        end_role,
        disable,
        revoke_all,
        new_second_factor,
        reset_second_factor,
    ],
)
def test_a_change_of_the_account_ends_every_session_at_once(
    ani: Scene, change: Callable[[Scene], None]
) -> None:
    change(ani)

    assert ani.who("phone") is None
    assert ani.who("laptop") is None
    assert open_ones(ani) == []


def test_an_account_that_is_enabled_again_has_no_old_session(ani: Scene) -> None:
    disable(ani)
    operations.set_state(
        ani.session, TENANT, ani.ids["ani"], "active", actor="x", recorded_at=ani.now
    )

    assert ani.who("phone") is None
    assert ani.sign_in("ani", "t3").answer is Answer.COME_IN


def test_a_role_that_ends_by_its_date_is_gone_in_an_open_session(scene: Scene) -> None:
    scene.add("ani")
    scene.grant("ani", "teller", valid_through=TODAY)
    scene.enrol("ani")
    scene.now = NOW.replace(hour=23, minute=50)
    assert scene.come_in("ani").roles == {"teller"}

    scene.now += timedelta(minutes=15)

    acting = scene.who()
    assert acting is not None
    assert acting.roles == frozenset()


def test_stepping_up_rotates_the_token(ani: Scene) -> None:
    """The token of before is dead: whoever saw it has nothing (ASVS 7.2.4)."""
    before = ani.who("phone")
    assert before is not None
    ani.now += timedelta(minutes=6)
    assert not operations.is_stepped_up(before, ani.now)

    attempt = operations.step_up(
        ani.session,
        drawn("phone"),
        ani.code("ani"),
        new_token=drawn("fresh"),
        recorded_at=ani.now,
    )

    assert attempt.answer is Answer.COME_IN
    after = ani.who("fresh")
    assert after is not None
    assert after == attempt.acting
    assert operations.is_stepped_up(after, ani.now)
    assert after.session_no != before.session_no
    assert ani.who("phone") is None
    assert ani.who("laptop") is not None


def test_wrong_codes_do_not_step_up_and_end_the_session(ani: Scene) -> None:
    def attempt(code: str, token: str = "phone") -> Answer:
        return operations.step_up(
            ani.session,
            drawn(token),
            code,
            new_token=drawn("fresh"),
            recorded_at=ani.now,
        ).answer

    assert attempt(ani.code("ani"), "never") is Answer.WRONG
    for _ in range(4):
        assert attempt("000000") is Answer.WRONG
        assert ani.who("phone") is not None
    assert attempt("000000") is Answer.WRONG

    assert ani.who("phone") is None
    assert ani.who("fresh") is None
    assert attempt(ani.code("ani")) is Answer.WRONG


def test_a_lost_second_factor_takes_a_second_officer(scene: Scene) -> None:
    """Ani lost her phone: Rina asks, Tono approves; neither Ani nor Rina can."""
    for name, role in (("ani", "teller"), ("rina", "administrator"), ("tono", "manager")):
        scene.add(name, role)
        scene.enrol(name)
    rina = scene.come_in("rina", "rina")
    tono = scene.come_in("tono", "tono")

    def reset() -> bytes:
        row = operations.propose_reset(
            scene.session, TENANT, scene.ids["ani"], by=rina.actor, recorded_at=scene.now
        )
        return row.id

    proposal = reset()
    assert reset() == proposal
    row = proposals.lock(scene.session, TENANT, proposal)
    with pytest.raises(approvals.SelfApproval):
        operations.approve(scene.session, rina, proposal, row.hash, recorded_at=scene.now)
    scene.grant("ani", "manager")
    ani = scene.come_in("ani", "ani")
    with pytest.raises(approvals.ApproverBenefits):
        operations.approve(scene.session, ani, proposal, row.hash, recorded_at=scene.now)
    with pytest.raises(approvals.NotApproved):
        approvals.execute(scene.session, TENANT, proposal, by=rina.actor, recorded_at=scene.now)
    operations.approve(scene.session, tono, proposal, row.hash, recorded_at=scene.now)
    approvals.execute(scene.session, TENANT, proposal, by=rina.actor, recorded_at=scene.now)

    assert scene.who("ani") is None
    scene.now += timedelta(minutes=1)
    assert scene.sign_in("ani", "again").answer is Answer.ENROL
    assert "second_factor_reset" in scene.whats("ani")


def test_a_reset_does_not_reach_the_second_factor_that_came_after_it(scene: Scene) -> None:
    """Ani found her recovery codes and enrolled anew: an old proposal takes nothing from her."""
    for name, role in (("ani", "teller"), ("rina", "administrator"), ("tono", "manager")):
        scene.add(name, role)
        scene.enrol(name)
    rina, tono = scene.come_in("rina", "rina"), scene.come_in("tono", "tono")
    row = operations.propose_reset(
        scene.session, TENANT, scene.ids["ani"], by=rina.actor, recorded_at=scene.now
    )
    operations.approve(scene.session, tono, row.id, row.hash, recorded_at=scene.now)
    scene.now += timedelta(minutes=1)
    scene.start("ani", "new", scene.code("ani"))
    scene.confirm("ani", "new")
    scene.now += timedelta(minutes=1)

    with pytest.raises(operations.SecondFactorChanged):
        approvals.execute(scene.session, TENANT, row.id, by=rina.actor, recorded_at=scene.now)
    scene.session.expire_all()
    code = scene.code("ani", name="new")
    assert scene.sign_in("ani", "again", code=code).answer is Answer.COME_IN
