"""Kill the process at every step of a batch: what was acknowledged is there, and nothing by half.

Another process posts (crash_child.py); the books it leaves behind must be, row for row, those
after some whole batch: the last acknowledged one, or the next, whose acknowledgement was lost.
Sending everything again then gives the same books as if nothing had happened.
"""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine

from ledger import db
from tests import builders
from tests.conformance import laws
from tests.conftest import Store
from tests.journeys import crash_child

ROOT = Path(__file__).resolve().parents[2]
NEVER = 0


@contextmanager
def _books(store: Store) -> Iterator[tuple[URL, Engine]]:
    """Give a database with open and empty books."""
    with store.copy() as address:
        engine = db.engine(address.render_as_string(hide_password=False))
        with db.session_factory(engine)() as session, session.begin():
            builders.open_books(session)
        yield address, engine
        engine.dispose()


def _post_until(address: URL, step: int, ends: int) -> list[str]:
    """Run the other process, see it end as it should, and give what it said."""
    command = [sys.executable, "-m", crash_child.__name__]
    child = subprocess.run(
        [*command, address.render_as_string(hide_password=False), str(step)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert child.returncode == ends, child.stderr
    return child.stdout.splitlines()


def _stored(engine: Engine) -> laws.Stored:
    with db.session_factory(engine, keyring=builders.keyring())() as session:
        laws.check(session)
        return laws.stored(session)


def _write_all(engine: Engine) -> list[laws.Stored]:
    """Post every batch in this process; give the books before, between and after."""
    books = [_stored(engine)]
    make = db.session_factory(engine, keyring=builders.keyring())
    for number in range(len(crash_child.BATCHES)):
        with make() as session, session.begin():
            crash_child.write(session, number)
        books.append(_stored(engine))
    return books


@pytest.fixture
def straight(store: Store) -> list[laws.Stored]:
    """Give the books before, between and after the batches of a run in which nothing goes wrong."""
    with _books(store) as (_address, engine):
        books = _write_all(engine)
    assert [len(stored["entry"]) for stored in books] == [0, 2, 7, 12]
    return books


def _count_steps(store: Store, straight: list[laws.Stored]) -> int:
    with _books(store) as (address, engine):
        said = _post_until(address, NEVER, ends=0)
        assert _stored(engine) == straight[-1]
    return int(said[-1].split()[1])


def _die_at(store: Store, step: int, straight: list[laws.Stored]) -> None:
    with _books(store) as (address, engine):
        said = _post_until(address, step, ends=-signal.SIGKILL)

        left = _stored(engine)
        acknowledged = len(said)
        assert left in (straight[acknowledged], straight[acknowledged + 1])
        assert _write_all(engine)[-1] == straight[-1]


@pytest.mark.timeout(300)  # a dozen processes, on a machine that may be busy
def test_a_killed_process_leaves_whole_batches(store: Store, straight: list[laws.Stored]) -> None:
    """Six moments of the run, the first and the last among them."""
    steps = _count_steps(store, straight)

    for step in sorted({1 + (steps - 1) * nth // 5 for nth in range(6)}):
        _die_at(store, step, straight)


@pytest.mark.prove
@pytest.mark.timeout(3_600)
def test_a_process_killed_at_any_step_leaves_whole_batches(
    store: Store, straight: list[laws.Stored]
) -> None:
    for step in range(1, 1 + _count_steps(store, straight)):
        _die_at(store, step, straight)
