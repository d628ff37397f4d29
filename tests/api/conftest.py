"""Run `juang` in this process, or as a program, in an empty folder of its own."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import juang as command
from tests.api.moving import MASTER, Scene, write_key
from tests.conftest import Store


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run of `juang` ended."""

    code: int
    out: str
    err: str


Juang = Callable[..., Ended]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go into an empty folder, with no setting of `juang` in the environment."""
    for name in ("DB", "KEY_FILE", "ACTOR"):
        monkeypatch.delenv(f"JUANG_{name}", raising=False)
    monkeypatch.setenv("JUANG_LANGUAGE", "en")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*args: str, input: bytes | None = None) -> Ended:  # noqa: A002
    """Run the command in this process."""
    ended = CliRunner().invoke(command, args, input=input, prog_name="juang")
    if ended.exception is not None and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    return Ended(ended.exit_code, ended.stdout, ended.stderr)


@pytest.fixture
def juang(place: Path) -> Juang:
    """Give the command, run in this process."""
    return run


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tell the demonstration once, into a folder to copy from."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("JUANG_LANGUAGE", "en")
        patch.delenv("JUANG_DB", raising=False)
        ended = run("demo")
    assert ended.code == 0, ended
    return folder


@pytest.fixture
def demo(place: Path, told: Path) -> Juang:
    """Give the command in a folder with the demonstration's database."""
    for file in told.iterdir():
        shutil.copy(file, place)
    return run


@pytest.fixture
def program(place: Path) -> Juang:
    """Give the command as a program of its own."""

    def run_program(*args: str | bytes, input: bytes | None = None, **rest: object) -> Ended:  # noqa: A002
        ended = subprocess.run(  # type: ignore[call-overload]
            [Path(sys.executable).with_name("juang"), *args],
            input=input,
            capture_output=True,
            check=False,
            timeout=60,
            **rest,
        )
        return Ended(
            ended.returncode,
            ended.stdout.decode(errors="replace"),
            ended.stderr.decode(errors="replace"),
        )

    return run_program


@pytest.fixture
def scene(request: pytest.FixtureRequest, place: Path) -> Iterator[Scene]:
    """Give a function that makes an empty database of a kind; its key file is `juang.key`."""
    write_key(place / "juang.key", MASTER)
    with ExitStack() as at_end:

        def make(kind: str) -> str:
            store: Store = request.getfixturevalue(f"{kind}_store")
            url = at_end.enter_context(store.copy())
            return url.render_as_string(hide_password=False)

        yield make
