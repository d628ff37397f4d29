"""One line of the log for each command that changes something, however it ends."""

import functools
import time
from collections.abc import Callable
from typing import Any, Final, ParamSpec, TypeVar

import click

from api.commands.deployment import ActorMalformed, Deployment
from api.logs import Event, Result, described, trace
from ledger.db.engine import FAILURES
from ledger.errors import LedgerError

P = ParamSpec("P")
R = TypeVar("R")

EVENT: Final = "juang_event"
"""The attribute by which a command's function names its event."""


def changes(event: Event, what: str | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Log a command as an event: who, what (with the facts it notes), how it ended, how long."""

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def run(*args: P.args, **rest: P.kwargs) -> R:
            deployment = click.get_current_context().find_object(Deployment)
            assert deployment is not None
            started = time.monotonic()
            ended: dict[str, Any] = {"result": Result.DONE.value}
            try:
                return function(*args, **rest)
            except BaseException as error:
                ended = how_it_ended(error)
                raise
            finally:
                spent = int((time.monotonic() - started) * 1000)
                level = "info" if ended["result"] in _QUIET else "error"
                known = {"actor": _actor(deployment), "what": what}
                facts = {**known, **deployment.facts, **ended}
                deployment.log.write(event, level=level, milliseconds=spent, **facts)

        setattr(run, EVENT, event)
        return run

    return wrap


_QUIET: Final = {Result.DONE.value, Result.REFUSED.value, Result.STOPPED.value}


def _actor(deployment: Deployment) -> str | None:
    try:
        return deployment.actor
    except ActorMalformed:
        return None


def how_it_ended(error: BaseException) -> dict[str, Any]:
    """Say what an exception at the end of a command means, by codes and classes only."""
    match error:
        case click.exceptions.Exit():
            result = Result.REFUSED if error.exit_code else Result.DONE
            return {"result": result.value}
        case KeyboardInterrupt() | click.Abort():
            return {"result": Result.STOPPED.value}
        case LedgerError():
            return {"result": Result.REFUSED.value, "code": error.code}
        case click.ClickException():
            return {"result": Result.REFUSED.value, "code": "usage"}
        case _ if isinstance(error, (*FAILURES, OSError)):
            return {"result": Result.FAILED.value, **described(error)}
        case _:
            return {"result": Result.CRASHED.value, **described(error), "trace": trace(error)}
