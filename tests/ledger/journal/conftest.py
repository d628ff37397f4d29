"""A posting queue on either database, and threads to call from."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from ledger import db
from ledger.journal.queue import PostingQueue
from tests import builders
from tests.ledger.journal.lines import running


@pytest.fixture
def opened(engine: Engine) -> Engine:
    """Give a database with the four books."""
    with db.session_factory(engine)() as session, session.begin():
        builders.open_books(session)
    return engine


@pytest.fixture
def callers() -> Iterator[ThreadPoolExecutor]:
    """Give threads to call from."""
    with ThreadPoolExecutor(max_workers=40) as pool:
        yield pool


@pytest.fixture
def queue(opened: Engine) -> Iterator[PostingQueue]:
    with running(opened) as made:
        yield made
