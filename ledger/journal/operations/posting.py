"""Post a batch: the order of the steps, and the dry run."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from ledger.db.engine import undone
from ledger.journal import decide, shape
from ledger.journal.decide import Item
from ledger.journal.intents import Intent
from ledger.journal.operations import loading, writing
from ledger.journal.outcomes import Code, Outcome
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
    items = _read(sent)
    readable = [item for item in items if item.unreadable is None]
    batch = Batch({})
    if readable:
        loading.load(session, batch, readable, recorded_at)
    outcomes = decide.decide(batch, items)
    writing.write(session, batch)
    return outcomes


def _read(sent: Sequence[Sent]) -> list[Item]:
    """Read every request on its own; what cannot be read has its outcome already."""
    items: list[Item] = []
    for intent, actor in sent:
        problem = shape.problem(intent, actor)
        item = Item(intent, actor)
        if problem is not None:
            item.unreadable = Outcome(problem[0], intent.book_id, intent.id, facts=problem[1])
        items.append(item)
    for at in decide.scattered([item.intent for item in items]):
        intent = items[at].intent
        scattered = Outcome(Code.BUNDLE_SCATTERED, intent.book_id, intent.id)
        items[at].unreadable = items[at].unreadable or scattered
    return items
