"""One code, one person, many doors at the same time: one of them opens."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from ledger import db
from ledger.access import operations, throttle
from ledger.access.acting import Answer
from ledger.access.duties import Duty
from ledger.access.operations import Door
from ledger.access.tables import OfficerSession, WrongAttempts
from ledger.errors import LedgerError
from tests import builders
from tests.builders import KOPERASI, NOW, TODAY
from tests.ledger.access.scene import PASSPHRASE, TENANT, Scene, drawn, set_up


def enrolled(engine: Engine) -> Scene:
    """Commit Ani's account, and give the scene with the time after it."""
    make = db.session_factory(engine, keyring=builders.keyring())
    with make.begin() as session:
        scene = set_up(session)
        scene.add("ani", "teller")
        scene.enrol("ani")
    return scene


def at_once(engine: Engine, calls: list[Callable[[Session], str]]) -> list[str]:
    """Run calls in transactions of their own that begin together; give how each ended."""
    together = threading.Barrier(len(calls))
    make = db.session_factory(engine, keyring=builders.keyring())

    def run(call: Callable[[Session], str]) -> str:
        together.wait(10)
        try:
            with make.begin() as session:
                return call(session)
        except LedgerError as error:
            return error.code

    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(pool.map(run, calls))


def test_one_code_opens_one_session(engine: Engine) -> None:
    scene = enrolled(engine)
    code, at = scene.code("ani"), scene.now

    def come_in(number: int) -> Callable[[Session], str]:
        def call(session: Session) -> str:
            attempt = operations.sign_in(
                session,
                TENANT,
                "ani",
                PASSPHRASE,
                code,
                door=Door(f"192.0.2.{number}"),
                token=drawn(f"token {number}"),
                recorded_at=at,
            )
            return attempt.answer.value

        return call

    ended = at_once(engine, [come_in(number) for number in range(4)])

    assert ended == ["come_in"] + ["wrong"] * 3
    with db.session_factory(engine)() as session:
        assert session.scalar(select(func.count()).select_from(OfficerSession)) == 1


def test_no_wrong_attempt_at_the_same_moment_is_lost(engine: Engine) -> None:
    scene = enrolled(engine)

    def be_wrong(session: Session) -> str:
        attempt = operations.sign_in(
            session,
            TENANT,
            "nobody",
            "panci hijau naik sepedaX",
            "",
            door=Door("192.0.2.1"),
            token=drawn("x"),
            recorded_at=scene.now,
        )
        return attempt.answer.value

    ended = at_once(engine, [be_wrong] * 4)

    assert ended == [Answer.WRONG.value] * 4
    with db.session_factory(engine)() as session:
        counts = {row.counted: row.failures for row in session.scalars(select(WrongAttempts))}
        assert counts == {throttle.Counted.ACCOUNT: 4, throttle.Counted.SOURCE: 4}


def test_two_duties_at_once_are_one(engine: Engine) -> None:
    scene = enrolled(engine)
    with db.session_factory(engine).begin() as session:
        person = Scene(session).person("ani")

    def do(duty: Duty) -> Callable[[Session], str]:
        def call(session: Session) -> str:
            operations.take_duty(
                session,
                TENANT,
                KOPERASI,
                TODAY,
                person,
                duty,
                actor="ani",
                recorded_at=NOW,
            )
            return "done"

        return call

    assert at_once(engine, [do(duty) for duty in Duty]) == ["done"] + ["duties_clash"] * 2
    assert scene.now > NOW
