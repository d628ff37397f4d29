"""A row in every table of accounts, for tests of guards and migrations."""

from sqlalchemy.orm import Session

from ledger.access import factors, operations
from ledger.access.acting import Answer
from ledger.access.duties import Duty
from ledger.access.operations import Door
from tests.builders import COOPERATIVE, KOPERASI, NOW, TODAY

PASSPHRASE = "panci hijau naik sepeda"
SECRET = bytes(range(20))


def fill(session: Session) -> None:
    """Make the first administrator, enrol her second factor, be wrong, sign in, do a duty."""
    made = operations.begin(
        session,
        "koperasi-maros",
        "rina",
        PASSPHRASE,
        salt=bytes(16),
        person_ref="rina",
        actor="test",
        recorded_at=NOW,
        tenant_name="koperasi-maros",
    )
    operations.start_second_factor(
        session,
        COOPERATIVE,
        made,
        secret=SECRET,
        tenant_code="koperasi-maros",
        code=None,
        actor="rina",
        recorded_at=NOW,
    )
    step = factors.step(NOW)
    operations.confirm_second_factor(
        session,
        COOPERATIVE,
        made,
        factors.code(SECRET, step),
        drawn=bytes(range(100)),
        actor="rina",
        recorded_at=NOW,
    )
    used, attempt = (
        operations.sign_in(
            session,
            COOPERATIVE,
            "rina",
            PASSPHRASE,
            factors.code(SECRET, number),
            door=Door("203.0.113.7", agent="test"),
            token=bytes(32),
            new_device=bytes(31) + b"\x01",
            recorded_at=NOW,
        )
        for number in (step, step + 1)
    )
    assert (used.answer, attempt.answer) == (Answer.WRONG, Answer.COME_IN)
    assert attempt.acting is not None
    operations.take_duty(
        session,
        COOPERATIVE,
        KOPERASI,
        TODAY,
        attempt.acting.person_id,
        Duty.RECONCILER,
        actor="rina",
        recorded_at=NOW,
    )
