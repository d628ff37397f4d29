"""Coming in: what is right, what is wrong, how often, and from where."""

from datetime import timedelta
from typing import Any

import pytest
from argon2 import low_level
from sqlalchemy import select, text

from ledger.access import factors, operations, queries, throttle
from ledger.access.acting import Answer
from ledger.access.actions import Action
from ledger.access.operations import Door
from ledger.access.tables import OfficerSecret, OfficerSession, RecoveryCode
from ledger.db import Base
from ledger.journal.keyring import Keyring, KeyUnusable, NoKeyring
from tests.ledger.access.scene import HOME, PASSPHRASE, STRANGER, TENANT, Scene, drawn

DEVICE = Door("192.0.2.1", drawn("device"))


@pytest.fixture
def ani(scene: Scene) -> Scene:
    """Enrol Ani, a teller."""
    scene.add("ani", "teller")
    scene.enrol("ani")
    return scene


def test_handle_passphrase_and_code_open_a_session(ani: Scene) -> None:
    attempt = ani.sign_in("ani")

    assert attempt.answer is Answer.COME_IN
    acting = ani.who()
    assert acting == attempt.acting
    assert acting is not None
    assert (acting.handle, acting.roles, acting.level) == ("ani", frozenset({"teller"}), 2)
    assert ani.whats("ani")[-1] == "sign_in_come_in"


WRONG: tuple[dict[str, str], ...] = (
    {"passphrase": "panci hijau naik sepedA"},
    {"passphrase": ""},
    {"passphrase": "\ud800"},
    {"code": "000000"},
    {"code": ""},
    {"code": "x" * 5000},
    {"code": "\ud800"},
    {"code": "AAAA-AAAA-AAAA-AAAA"},
)


@pytest.mark.parametrize("changes", WRONG, ids=lambda changes: repr(changes)[:30])
def test_whatever_is_wrong_is_wrong_and_no_more_is_said(
    ani: Scene, changes: dict[str, str]
) -> None:
    attempt = ani.sign_in("ani", **changes)  # type: ignore[arg-type]

    assert (attempt.answer, attempt.acting, attempt.retry_at) == (Answer.WRONG, None, None)
    assert ani.who() is None
    assert ani.whats("ani")[-1] == "sign_in_wrong"


@pytest.mark.parametrize("handle", ["nobody", "", "\0", "Ani", "ani ", "x" * 10_000])
def test_a_handle_that_is_not_there_is_answered_alike(ani: Scene, handle: str) -> None:
    attempt = ani.sign_in(handle)

    assert attempt == ani.sign_in("ani", passphrase="panci hijau naik sepedaX")


@pytest.mark.parametrize("handle", ["ani", "nobody", "disabled", "new"])
def test_every_handle_costs_the_same_work(
    ani: Scene, handle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One verification of one hash with the same parameters, whether there is one or not."""
    ani.add("disabled")
    ani.set_passphrase("disabled")
    operations.set_state(
        ani.session, TENANT, ani.ids["disabled"], "disabled", actor="x", recorded_at=ani.now
    )
    ani.add("new")
    verified: list[bytes] = []
    verify = low_level.verify_secret

    def spy(kept: bytes, *rest: Any) -> bool:
        verified.append(kept)
        return verify(kept, *rest)

    monkeypatch.setattr(low_level, "verify_secret", spy)
    ani.sign_in(handle, passphrase="panci hijau naik sepedaX")

    assert [kept.split(b"$")[1:4] for kept in verified] == [
        [b"argon2id", b"v=19", b"m=19456,t=2,p=1"]
    ]


def test_a_disabled_account_does_not_open(ani: Scene) -> None:
    operations.set_state(
        ani.session, TENANT, ani.ids["ani"], "disabled", actor="test", recorded_at=ani.now
    )

    assert ani.sign_in("ani").answer is Answer.WRONG


def test_without_a_second_factor_there_is_only_its_enrolment(scene: Scene) -> None:
    scene.add("ani", "teller")
    scene.set_passphrase("ani")

    attempt = scene.sign_in("ani", code="")

    assert attempt.answer is Answer.ENROL
    acting = scene.who()
    assert acting is not None
    assert (acting.level, acting.roles) == (1, frozenset())
    with pytest.raises(operations.NotAllowed):
        operations.demand(acting, Action.SAVINGS_DEPOSIT)
    scene.now += timedelta(minutes=15)
    assert scene.who() is None


# One-time codes.


@pytest.mark.parametrize(
    ("off", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_code_is_good_one_step_early_or_late(ani: Scene, off: int, good: bool) -> None:  # noqa: FBT001
    attempt = ani.sign_in("ani", code=ani.code("ani", off))

    assert (attempt.answer is Answer.COME_IN) is good


def test_a_code_is_good_once_and_so_are_those_before_it(ani: Scene) -> None:
    assert ani.sign_in("ani", "t1", code=ani.code("ani", 0)).answer is Answer.COME_IN

    assert ani.sign_in("ani", "t2", code=ani.code("ani", 0)).answer is Answer.WRONG
    assert ani.sign_in("ani", "t3", code=ani.code("ani", -1)).answer is Answer.WRONG
    assert ani.sign_in("ani", "t4", code=ani.code("ani", 1)).answer is Answer.COME_IN


def test_the_code_of_the_enrolment_is_used_up_too(scene: Scene) -> None:
    scene.add("ani")
    scene.set_passphrase("ani")
    scene.start("ani")
    scene.confirm("ani")

    assert scene.sign_in("ani").answer is Answer.WRONG


def test_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, SHA-1: the last six of its eight digits."""
    for moment, digits in (
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ):
        assert factors.code(b"12345678901234567890", moment // 30) == digits


def test_a_recovery_code_is_good_once_and_kept_as_a_hash(scene: Scene) -> None:
    scene.add("ani", "teller")
    codes = scene.enrol("ani")
    assert len(set(codes)) == 10

    spoken = codes[3].lower().replace("-", " ")
    assert scene.sign_in("ani", "t1", code=spoken).answer is Answer.COME_IN
    assert scene.sign_in("ani", "t2", code=codes[3]).answer is Answer.WRONG
    assert scene.sign_in("ani", "t3", code=codes[4]).answer is Answer.COME_IN

    kept = [row.hash for row in scene.session.scalars(select(RecoveryCode))]
    assert not any(code.encode() in b"".join(kept) for code in codes)


def test_a_recovery_code_is_its_accounts_only(scene: Scene) -> None:
    scene.add("ani")
    scene.add("budi")
    codes = scene.enrol("ani")
    scene.enrol("budi")

    assert scene.sign_in("budi", code=codes[0]).answer is Answer.WRONG


def test_a_second_factor_counts_when_it_is_confirmed(scene: Scene) -> None:
    scene.add("ani")
    scene.set_passphrase("ani")
    with pytest.raises(operations.CodeWrong):
        scene.confirm("ani")
    address = scene.start("ani")
    assert address.startswith("otpauth://totp/Juang%20Ledger:koperasi-maros/ani?secret=")
    with pytest.raises(operations.CodeWrong):
        scene.confirm("ani", code="000000")

    assert scene.sign_in("ani", code="").answer is Answer.ENROL
    scene.confirm("ani")
    assert scene.sign_in("ani", code="").answer is Answer.WRONG


def test_a_second_factor_is_replaced_by_showing_it(ani: Scene) -> None:
    with pytest.raises(operations.SecondFactorStands):
        ani.start("ani", "new")
    with pytest.raises(operations.CodeWrong):
        ani.start("ani", "new", code="000000")
    ani.start("ani", "new", code=ani.code("ani"))
    ani.now += timedelta(minutes=1)
    assert ani.sign_in("ani", "t1").answer is Answer.COME_IN  # the old one, until it is confirmed

    ani.confirm("ani", "new")
    ani.now += timedelta(minutes=1)

    assert ani.sign_in("ani", "t2").answer is Answer.WRONG
    assert ani.sign_in("ani", "t3", code=ani.code("ani", name="new")).answer is Answer.COME_IN


def test_a_new_passphrase_leaves_the_second_factor(ani: Scene) -> None:
    ani.set_passphrase("ani", "perahu kecil ikut hujan")

    assert ani.sign_in("ani", passphrase="perahu kecil ikut hujan", code="").answer is Answer.WRONG
    assert ani.sign_in("ani", passphrase="perahu kecil ikut hujan").answer is Answer.COME_IN


def test_a_sealed_secret_opens_for_its_account_and_key_only(ani: Scene, keyring: Keyring) -> None:
    own = queries.secret(ani.session, TENANT, ani.ids["ani"])
    assert own is not None
    assert own.totp is not None
    secret = drawn("totp ani", 20)
    assert factors.unseal(keyring, TENANT, ani.ids["ani"], own.totp) == secret
    other = Keyring(bytes(32), keyring.new_secret)
    for attempt in ((other, TENANT, ani.ids["ani"]), (keyring, TENANT, 5), (keyring, 5, 5)):
        with pytest.raises(KeyUnusable):
            factors.unseal(*attempt, own.totp)

    assert operations.rekey(ani.session, old=[keyring], new=other) == 1
    ani.session.info["keyring"] = other
    assert ani.sign_in("ani").answer is Answer.COME_IN


def test_without_a_keyring_there_is_no_second_factor(scene: Scene) -> None:
    scene.add("ani")
    scene.session.info["keyring"] = None

    with pytest.raises(NoKeyring):
        scene.start("ani")


# Too many.


def be_wrong(scene: Scene, times: int, door: Door = STRANGER, handle: str = "ani") -> list[Answer]:
    wrong = "panci hijau naik sepedaX"
    return [scene.sign_in(handle, passphrase=wrong, door=door).answer for _ in range(times)]


@pytest.mark.parametrize("handle", ["ani", "nobody"])
def test_too_many_wrong_attempts_wait_whether_the_handle_is_there_or_not(
    ani: Scene, handle: str
) -> None:
    assert be_wrong(ani, 7, handle=handle) == [Answer.WRONG] * 5 + [Answer.WAIT] * 2

    attempt = ani.sign_in(handle)
    assert (attempt.answer, attempt.retry_at) == (Answer.WAIT, ani.now + throttle.FIRST_WAIT)


def test_a_wait_ends_by_itself_and_doubles(ani: Scene) -> None:
    be_wrong(ani, 5)
    ani.now += throttle.FIRST_WAIT
    assert be_wrong(ani, 2) == [Answer.WRONG, Answer.WAIT]
    assert ani.sign_in("ani").retry_at == ani.now + 2 * throttle.FIRST_WAIT

    ani.now += 2 * throttle.FIRST_WAIT
    assert ani.sign_in("ani").answer is Answer.COME_IN
    assert be_wrong(ani, 6) == [Answer.WRONG] * 5 + [Answer.WAIT]


def test_strangers_do_not_lock_the_owner_out_from_a_device_she_used(ani: Scene) -> None:
    assert ani.sign_in("ani", device="device").answer is Answer.COME_IN
    for source in range(30):
        be_wrong(ani, 3, Door(f"198.51.100.{source}"))
    ani.now += timedelta(seconds=20)
    assert ani.sign_in("ani", door=Door("192.0.2.2")).answer is Answer.WAIT

    next_code = ani.code("ani", 1)
    assert ani.sign_in("ani", "t2", code=next_code, door=DEVICE).answer is Answer.COME_IN
    assert ani.sign_in("ani", "t3", door=HOME).answer is Answer.WAIT  # others still wait


def test_a_known_device_in_wrong_hands_waits_too(ani: Scene) -> None:
    ani.sign_in("ani", device="device")

    assert be_wrong(ani, 6, DEVICE) == [Answer.WRONG] * 5 + [Answer.WAIT]
    assert be_wrong(ani, 1, STRANGER) == [Answer.WRONG]


def test_a_device_is_known_for_its_account_and_for_some_months(ani: Scene) -> None:
    ani.add("budi")
    ani.enrol("budi")
    ani.sign_in("ani", device="device")
    be_wrong(ani, 5, STRANGER, "budi")
    assert be_wrong(ani, 1, DEVICE, "budi") == [Answer.WAIT]

    ani.now += timedelta(days=90)
    be_wrong(ani, 5)
    assert ani.sign_in("ani", door=DEVICE).answer is Answer.WAIT


def test_one_source_that_tries_many_accounts_waits(ani: Scene) -> None:
    for number in range(20):
        assert be_wrong(ani, 1, handle=f"guess{number}") == [Answer.WRONG]

    assert be_wrong(ani, 1, handle="another") == [Answer.WAIT]
    assert ani.sign_in("ani", door=STRANGER).answer is Answer.WAIT
    assert ani.sign_in("ani", door=HOME).answer is Answer.COME_IN


def test_what_is_a_day_old_is_forgotten(ani: Scene) -> None:
    be_wrong(ani, 5)
    ani.now += timedelta(days=1)

    assert be_wrong(ani, 6) == [Answer.WRONG] * 5 + [Answer.WAIT]


# What is kept.


def test_no_secret_is_kept_in_clear(scene: Scene) -> None:
    """Every cell of every table is searched, as a thief with a dump would."""
    scene.add("ani", "teller")
    codes = scene.enrol("ani")
    scene.sign_in("ani", "token", device="device")
    be_wrong(scene, 2)
    secret = drawn("totp ani", 20)
    canaries = [
        PASSPHRASE.encode(),
        drawn("token"),
        drawn("device"),
        secret,
        factors.base32(secret).encode(),
        STRANGER.source.encode(),
        *(code.encode() for code in codes),
        *(code.replace("-", "").encode() for code in codes),
    ]
    for table in Base.metadata.tables:
        for row in scene.session.execute(text(f"SELECT * FROM {table}")):
            for cell in row:
                kept = bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
                assert not any(canary in kept for canary in canaries), (table, cell)


def test_tables_with_secrets_are_marked() -> None:
    marked = {name for name, table in Base.metadata.tables.items() if table.info.get("secret")}

    assert marked >= {
        OfficerSecret.__tablename__,
        OfficerSession.__tablename__,
        RecoveryCode.__tablename__,
        "known_device",
        "wrong_attempts",
    }
