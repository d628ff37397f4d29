"""A row in every table of proposals, for tests of guards and migrations."""

from datetime import timedelta

from sqlalchemy.orm import Session

from ledger.approvals import operations
from ledger.approvals.independence import Actor
from ledger.approvals.rules import Rule
from ledger.parties import operations as parties
from tests import builders
from tests.builders import COOPERATIVE, NOW


def fill(session: Session) -> None:
    """Propose, approve and carry out a rule of approval."""
    ani, budi = (
        parties.register(session, COOPERATIVE, name, actor="test", recorded_at=NOW)
        for name in ("ani", "budi")
    )
    rule = Rule("period_reopening", 2, frozenset({"manager"}), NOW.date() + timedelta(days=1))
    row = operations.propose_rule(
        session, COOPERATIVE, builders.entry_id(1), rule, by=Actor(ani, "ani"), recorded_at=NOW
    )
    manager = Actor(budi, "budi", frozenset({"manager"}))
    operations.approve(session, COOPERATIVE, row.id, row.hash, by=manager, recorded_at=NOW)
    operations.execute(session, COOPERATIVE, row.id, by=manager, recorded_at=NOW)
