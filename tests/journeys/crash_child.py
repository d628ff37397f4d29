"""A process that posts batches, acknowledges each after its commit, and dies at a given step.

Run as `python -m tests.journeys.crash_child ADDRESS STEP`. A step is a statement sent to the
database, a commit, or the moment between a commit and its acknowledgement; STEP 0 never comes.
Acknowledgements and, at the end, the number of steps are written to standard output.
"""

import os
import signal
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from ledger import db
from ledger.journal import operations
from ledger.journal.intents import Exchange, Intent, credit, debit
from tests import builders
from tests.builders import (
    IBU,
    NOW,
    TELLER,
    amend,
    capture,
    earn,
    hkd,
    idr,
    in_bundle,
    pay,
    post,
    release,
    reserve,
    reverse,
)

BATCHES: Sequence[Sequence[Intent]] = (
    (
        post(1, *earn(1_000), narration="gaji"),
        post(2, *pay(5), day=date(2026, 11, 1)),
        post(3, *pay(5, what="purse")),
    ),
    (
        *in_bundle(90, post(4, *pay(5)), post(4, *earn(5), book=IBU, narration="kiriman")),
        reserve(5, *pay(300)),
        reserve(6, *pay(200)),
        post(7, debit("hkd", hkd(1)), credit("cash", idr(2_000)), exchange=Exchange(Decimal(2))),
    ),
    (
        capture(8, 5, (1, 100), (2, 100), keep_rest=True),
        release(9, hold=6),
        amend(10, 2, *pay(6), reason="harga"),
        reverse(11, entry=4, reason="salah"),
        *in_bundle(91, post(12, *pay(5)), post(13, *pay(5, what="purse"))),
    ),
)


def write(session: Session, number: int) -> None:
    """Post one of the batches; the same moment whoever does it, and however often."""
    operations.post(
        session, BATCHES[number], actor=TELLER, recorded_at=NOW + timedelta(minutes=number)
    )


class Steps:
    """Counts the steps, and dies at one of them."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.count = 0
        self.counting = False

    def step(self, *_about: Any) -> None:
        """Take a step."""
        if self.counting:
            self.count += 1
            if self.count == self.last:
                os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, engine: Engine) -> None:
        """Take a step before each statement and each commit."""
        event.listen(engine, "connect", self._watch_connection)
        event.listen(engine, "commit", self.step)

    def _watch_connection(self, connection: Any, _record: Any) -> None:
        """Look where statements reach the driver: most pass SQLAlchemy by."""
        if not isinstance(connection, psycopg.Connection):
            connection.set_trace_callback(self.step)
            return
        steps = self

        class Cursor(psycopg.Cursor[Any]):
            def execute(self, *args: Any, **rest: Any) -> Any:
                steps.step()
                return super().execute(*args, **rest)

            def copy(self, *args: Any, **rest: Any) -> Any:
                steps.step()
                return super().copy(*args, **rest)

        connection.cursor_factory = Cursor


def main(address: str, last: str) -> None:
    """Post every batch and say so after each commit."""
    engine = db.engine(address)
    steps = Steps(int(last))
    steps.watch(engine)
    make = db.session_factory(engine, keyring=builders.keyring())
    for number in range(len(BATCHES)):
        with make() as session:
            with session.begin():
                session.connection()
                steps.counting = True
                write(session, number)
            steps.step()
            steps.counting = False
        _say("written", number)
    _say("steps", steps.count)


def _say(word: str, number: int) -> None:
    """Tell the parent, at once."""
    sys.stdout.write(f"{word} {number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
