"""The scene of these tests, in a session that is undone."""

import pytest
from sqlalchemy.orm import Session

from tests.ledger.access.office import Office, set_up_office
from tests.ledger.access.scene import Scene, set_up


@pytest.fixture
def scene(session: Session) -> Scene:
    """Give a cooperative without officers."""
    return set_up(session)


@pytest.fixture
def office(session: Session) -> Office:
    """Give an office whose people are registered, with the books open."""
    return set_up_office(session)
