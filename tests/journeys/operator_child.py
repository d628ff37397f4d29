"""A process that runs `juang`, counts its steps towards the disk, and dies at a given one.

Run as `python -m tests.journeys.operator_child STEP ARGUMENTS`. A step is a statement or block
sent to the database, or a file that is made, named, renamed, removed, or put on disk; STEP 0
never comes. At the end the number of steps is written to the error output.
"""

import os
import signal
import sys
from typing import Any

import psycopg
from sqlalchemy import event
from sqlalchemy.pool import Pool

from api.cli import juang

FILE_EVENTS = {"os.rename", "os.link", "os.remove", "os.mkdir", "shutil.rmtree"}


class Steps:
    """Counts the steps, and dies at one of them."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.count = 0

    def step(self, *_about: Any) -> None:
        """Take a step."""
        self.count += 1
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def audited(self, name: str, args: tuple[Any, ...]) -> None:
        """Take a step where files are changed."""
        makes = name == "open" and isinstance(args[2], int) and args[2] & os.O_CREAT
        if name in FILE_EVENTS or makes:
            self.step()

    def connected(self, connection: Any, _record: Any) -> None:
        """Look where statements reach the driver."""
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


def main(last: str, *args: str) -> None:
    """Run the command."""
    steps = Steps(int(last))
    event.listen(Pool, "connect", steps.connected)
    sys.addaudithook(steps.audited)
    commit = psycopg.Connection.commit

    def counted(connection: psycopg.Connection[Any]) -> None:
        steps.step()
        commit(connection)
        steps.step()

    psycopg.Connection.commit = counted  # type: ignore[method-assign, assignment]
    fsync = os.fsync

    def synced(handle: Any) -> None:
        fsync(handle)
        steps.step()

    os.fsync = synced  # type: ignore[assignment]
    try:
        juang.main(args, prog_name="juang")
    finally:
        sys.stderr.write(f"steps {steps.count}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
