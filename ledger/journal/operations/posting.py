"""Post a batch: the order of the steps, and the dry run."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from ledger.db.engine import undone
from ledger.journal import decide
from ledger.journal.decide import Item
from ledger.journal.intents import Intent
from ledger.journal.operations import loading, writing
from ledger.journal.outcomes import Outcome
from ledger.journal.state import Batch

ActorId = str
Sent = tuple[Intent, ActorId]


def post(
    session: Session,
    sent: Sequence[Intent],
    *,
    actor: ActorId,
    recorded_at: datetime,
    dry_run: bool = False,
) -> list[Outcome]:
    """Decide intents in the order sent, write the accepted ones, and answer each with its outcome.

    Nothing raises for a refusal. With `dry_run` the same is done and undone: the outcomes are
    those a real run would give, and nothing is kept, numbered or refused for good.
    """
    return post_each(
        session, [(intent, actor) for intent in sent], recorded_at=recorded_at, dry_run=dry_run
    )


def post_each(
    session: Session, sent: Sequence[Sent], *, recorded_at: datetime, dry_run: bool = False
) -> list[Outcome]:
    """Post intents of several actors as one batch; see `post`."""
    if dry_run:
        with undone(session):
            return post_each(session, sent, recorded_at=recorded_at)
    with _collector_paused():
        items = [Item(intent, actor) for intent, actor in sent]
        batch = Batch({})
        loading.load(session, batch, items, recorded_at)
        outcomes = decide.decide(batch, items)
        writing.write(session, batch)
        return outcomes


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep the garbage collector from walking a batch while it grows (decision 0002).

    Nothing in it is garbage before its end, and nothing in it is a cycle. Several threads may be
    inside: whoever found the collector on turns it on again.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
