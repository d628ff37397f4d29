"""Stores for the laws: SQLite and PostgreSQL, and a Citus where `JUANG_TEST_CITUS_URL` names one.

The Citus database must be migrated, empty and the tests' own, and one worker at a time can use
it: `pytest tests/conformance`, without `--numprocesses`. It has no triggers, so the laws that the
database itself keeps (test_guards.py) are marked `guards` and never run there.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ledger import db
from tests import builders
from tests.conformance.scene import Scene
from tests.conftest import Store

CITUS = "JUANG_TEST_CITUS_URL"


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark of laws that the database itself keeps."""
    config.addinivalue_line("markers", "guards: kept by triggers of the database; not on Citus")


@pytest.fixture(scope="session")
def opened(sqlite_store: Store, postgresql_store: Store) -> Iterator[dict[str, Engine]]:
    """Open the four books on a database of each kind, once; every test undoes what it adds."""
    with ExitStack() as at_end:
        engines = {
            name: db.engine(at_end.enter_context(store.copy()).render_as_string(False))
            for name, store in (("sqlite", sqlite_store), ("postgresql", postgresql_store))
        }
        if CITUS in os.environ:
            engines["citus"] = db.engine(os.environ[CITUS])
        for engine in engines.values():
            at_end.callback(engine.dispose)
            with db.session_factory(engine)() as session, session.begin():
                builders.open_books(session)
        yield engines


NewScene = Callable[[], AbstractContextManager[Scene]]


@pytest.fixture
def new_scene(opened: dict[str, Engine]) -> NewScene:
    """Give a function that gives the books on every store, each time as they were at first."""

    @contextmanager
    def make() -> Iterator[Scene]:
        with ExitStack() as at_end:
            scene = Scene({name: at_end.enter_context(_undone(e)) for name, e in opened.items()})
            yield scene
            scene.check()

    return make


@contextmanager
def _undone(engine: Engine) -> Iterator[Session]:
    """Open a session in a transaction that is undone at the end."""
    with engine.connect() as connection, connection.begin() as whole:
        make = db.session_factory(engine, keyring=builders.keyring())
        with make(bind=connection, join_transaction_mode="create_savepoint") as session:
            yield session
        whole.rollback()


@pytest.fixture
def scene(new_scene: NewScene) -> Iterator[Scene]:
    """Give the books on every store; afterwards all keep the laws and hold the same rows."""
    with new_scene() as scene:
        yield scene
