"""The scene of these tests, in a session that is undone."""

import pytest
from sqlalchemy.orm import Session

from tests.ledger.approvals.scene import Scene, set_up


@pytest.fixture
def scene(session: Session) -> Scene:
    """Give the cooperative and its people."""
    return set_up(session)
