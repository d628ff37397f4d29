"""Kill `juang` at any step of a rotation, a restore, a backup: nothing is lost, nothing is half.

A rotation: at every moment one key file opens every secret, and the next rotation finishes it.
A restore: the database is empty, or it is the books. A backup: no file has its name yet, or the
data file has and then its keys file has too, and they are whole.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from api.commands.key_files import read_key
from api.operating import key_rotation, master_key
from ledger import db
from tests.api.conftest import run
from tests.api.moving import MASTER, but_for_phones, write_key
from tests.conformance import laws
from tests.conftest import Store
from tests.journeys import operator_child
from tests.ledger.db.transfer import rich

ROOT = Path(__file__).resolve().parents[2]
NEVER = 0
MOMENTS = 6


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with the key of the books."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JUANG_LANGUAGE", "en")
    return tmp_path


def juang(step: int, url: str, *args: str) -> subprocess.CompletedProcess[str]:
    """Run the other process."""
    command = [sys.executable, "-m", operator_child.__name__, str(step)]
    return subprocess.run(
        [*command, "--db", url, "--key-file", "juang.key", *args],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def some(steps: int) -> Iterable[int]:
    """Choose moments of a run, the first and the last among them."""
    return sorted({1 + (steps - 1) * nth // (MOMENTS - 1) for nth in range(MOMENTS)})


def steps_of(child: subprocess.CompletedProcess[str]) -> int:
    assert child.returncode == 0, child.stderr
    return int(child.stderr.splitlines()[-1].split()[1])


def stored(engine: Engine) -> laws.Stored:
    with db.session_factory(engine)() as session:
        return but_for_phones(laws.stored(session))  # a restore ends their sessions


def address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def opened_by(engine: Engine, keys: Iterable[Path]) -> list[str]:
    """Name the key files that open every secret."""
    found = []
    for path in keys:
        key = read_key(path) if path.stat().st_size == 32 else None
        if key is None:
            continue
        with db.reading_session_factory(engine, tenant=db.EVERY_TENANT)() as session:
            states = master_key.inspect(session, key_rotation.ring(key))
        if not any(state.closed for state in states):
            found.append(path.name)
    return found


def _rotate(store: Store, place: Path, step: int) -> int:
    """Rotate and die; see that a file opens everything, finish, and give the steps there were."""
    shutil.rmtree(place)
    place.mkdir()
    os.chdir(place)
    with store.copy() as url:
        engine = db.engine(url.render_as_string(hide_password=False))
        rich.fill(engine)
        write_key(place / "juang.key", MASTER)
        child = juang(step, address(engine), "keys", "rotate")

        assert opened_by(engine, sorted(place.glob("juang.key*"))), sorted(place.iterdir())
        if step == NEVER:
            engine.dispose()
            return steps_of(child)
        assert child.returncode == -signal.SIGKILL, child.stderr
        again = run("--db", address(engine), "--key-file", "juang.key", "keys", "rotate")
        assert again.code == 0, again
        assert opened_by(engine, [place / "juang.key"]) == ["juang.key"]
        assert not (place / "juang.key.new").exists()
        assert MASTER in {path.read_bytes() for path in place.glob("juang.key.retired-*")}
        engine.dispose()
    return 0


def _restore_here(empty: Engine) -> None:
    ended = run("--db", address(empty), "--key-file", "juang.key", "restore", "a.backup")
    assert ended.code == 0, ended


def _restore(store: Store, place: Path, step: int) -> int:
    """Restore and die; see that all is there or nothing, and that it can be done again."""
    with store.copy() as source, store.copy() as target:
        books, empty = (
            db.engine(url.render_as_string(hide_password=False)) for url in (source, target)
        )
        write_key(place / "juang.key", MASTER)
        rich.fill(books)
        for path in place.glob("a.backup*"):
            path.unlink()
        juang(NEVER, address(books), "backup", "a.backup").check_returncode()
        whole, nothing = stored(books), stored(empty)
        child = juang(step, address(empty), "restore", "a.backup")

        left = stored(empty)
        if step == NEVER:
            assert left == whole
        else:
            assert child.returncode == -signal.SIGKILL, child.stderr
            assert left in (whole, nothing)
            if left == nothing:
                again = run(
                    "--db", address(empty), "--key-file", "juang.key", "restore", "a.backup"
                )
                assert again.code == 0, again
                assert stored(empty) == whole
        books.dispose()
        empty.dispose()
        return steps_of(child) if step == NEVER else 0


def _back_up(store: Store, place: Path, step: int) -> int:
    """Back up and die; see that there is no backup, or a whole one, and books unharmed."""
    shutil.rmtree(place)
    place.mkdir()
    os.chdir(place)
    with store.copy() as source, store.copy() as target:
        books, empty = (
            db.engine(url.render_as_string(hide_password=False)) for url in (source, target)
        )
        write_key(place / "juang.key", MASTER)
        rich.fill(books)
        before = stored(books)
        child = juang(step, address(books), "backup", "a.backup")

        assert stored(books) == before
        if step != NEVER:
            assert child.returncode == -signal.SIGKILL, child.stderr
        if Path("a.backup").exists():
            _restore_here(empty)
            assert stored(empty) == before
        books.dispose()
        empty.dispose()
        return steps_of(child) if step == NEVER else 0


JOBS = (_rotate, _restore, _back_up)


@pytest.mark.timeout(300)  # some processes, on a machine that may be busy
@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.__name__.strip("_"))
def test_a_killed_command_loses_nothing_and_leaves_nothing_half(
    store: Store, place: Path, job: Callable[[Store, Path, int], int]
) -> None:
    steps = job(store, place, NEVER)
    assert steps > MOMENTS

    for step in some(steps):
        job(store, place, step)


@pytest.mark.prove
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.__name__.strip("_"))
def test_a_command_killed_at_any_step_loses_nothing(
    store: Store, place: Path, job: Callable[[Store, Path, int], int]
) -> None:
    for step in range(1, 1 + job(store, place, NEVER)):
        job(store, place, step)
