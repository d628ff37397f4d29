"""The limit of posting: the same rows written with no decisions.

What the engine hands to the bulk primitives is recorded while it posts, and written again by the
same primitives into an identical database, with the same tables, constraints and triggers.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ledger import db
from ledger.db import bulk
from ledger.journal.intents import Post

from . import workload

_WRITES = ("insert_rows", "prepared_copy", "set_rows", "add_rows", "note_growth")


@dataclass(frozen=True, slots=True)
class Write:
    """One call of a bulk primitive; `group` numbers the pipeline it went out in, 0 for none."""

    name: str
    args: tuple[Any, ...]
    options: dict[str, Any]
    group: int


Recording = list[Write]


def record(engine: Engine, batches: Sequence[Sequence[Post]]) -> list[Recording]:
    """Post batches, and give what was written for each."""
    recordings: list[Recording] = []
    for batch in batches:
        recordings.append([])
        with _recorded(recordings[-1]):
            workload.post(engine, [batch])
    return recordings


@contextmanager
def _recorded(into: Recording) -> Iterator[None]:
    """Note every write while the block runs."""
    group, depth = 0, 0
    groups = iter(range(1, 1_000_000))
    whole = bulk.together

    @contextmanager
    def together(session: Session) -> Iterator[None]:
        nonlocal group
        group = next(groups)
        with whole(session):
            yield
        group = 0

    def noting(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def note(session: Session, *args: Any, **options: Any) -> Any:
            nonlocal depth
            if args[-1] and not depth:  # no rows, no statement
                into.append(Write(name, args, options, group))
            depth += 1
            try:
                return real(session, *args, **options)
            finally:
                depth -= 1

        return note

    with ExitStack() as stack:
        stack.enter_context(patch.object(bulk, "together", together))
        for name in _WRITES:
            stack.enter_context(patch.object(bulk, name, noting(name, getattr(bulk, name))))
        yield


def replay(engine: Engine, recordings: Sequence[Recording]) -> None:
    """Write recorded batches, each committed by itself.

    A copy stays open while the next is encoded, as the engine leaves it.
    """
    make = db.session_factory(engine)
    for recording in recordings:
        with make.begin() as session, ExitStack() as sending:
            for group, writes in groupby(recording, key=lambda write: write.group):
                copies = []
                with bulk.together(session) if group else nullcontext():
                    for write in writes:
                        if write.name != "prepared_copy":
                            sending.close()
                        copies.append(
                            getattr(bulk, write.name)(session, *write.args, **write.options)
                        )
                for copy in filter(None, copies):
                    sending.close()
                    sending.enter_context(copy())
