"""`juang` as the shell sees it: start-up, signals, pipes that close, odd bytes, a terminal."""

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.api.conftest import Ended, Juang, run

JUANG = Path(sys.executable).with_name("juang")


@pytest.fixture
def told_here(demo: Juang) -> Juang:
    """Stand in a folder with the demonstration's database."""
    return demo


def test_help_loads_nothing_heavy(place: Path) -> None:
    heavy = "{'sqlalchemy', 'alembic', 'psycopg', 'rich', 'cryptography', 'moneyed'}"
    code = (
        "import sys; sys.argv[1:] = ['--help']\n"
        "from api.cli import main\n"
        f"try: main()\nexcept SystemExit: print('loaded', sorted({heavy} & set(sys.modules)))"
    )

    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ended.stdout.endswith("loaded []\n")


def test_a_pipe_that_closes_early_is_no_error(told_here: Juang, place: Path) -> None:
    for form in ("text", "json"):
        shell = (
            f"{JUANG} entries siti --limit 999 --format {form} | head -1; echo ${{PIPESTATUS[0]}}"
        )
        ended = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=True)
        assert ended.stderr == ""
        assert ended.stdout.splitlines()[-1] in {"0", "1"}


def test_an_output_that_is_closed_or_full_ends_in_one_line(told_here: Juang, place: Path) -> None:
    closed = subprocess.run(
        ["bash", "-c", f"{JUANG} books >&-"], capture_output=True, text=True, check=False
    )
    full = subprocess.run(
        ["bash", "-c", f"{JUANG} books >/dev/full"], capture_output=True, text=True, check=False
    )

    assert closed.returncode == 1
    assert closed.stderr == "error: The standard output is closed.\n"
    assert full.returncode == 1
    assert "error: the disk is full" in full.stderr
    assert "Traceback" not in full.stderr


def test_a_pipe_by_name_is_read_like_a_file(told_here: Juang, program: Juang, place: Path) -> None:
    os.mkfifo(place / "lines.jsonl")
    with subprocess.Popen(["bash", "-c", "echo '{}' > lines.jsonl"]):
        ended = program("post", "lines.jsonl")

    assert ended.code == 1
    assert "the field book is missing" in ended.out


def _reader_of(fifo: Path) -> int:
    """Open the writing end once somebody reads: not before it stands in its command."""
    while True:  # pytest's own timeout bounds it
        with suppress(OSError):
            return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        time.sleep(0.05)


@contextmanager
def _at_a_terminal() -> Iterator[None]:
    """Let what is started heed Ctrl-C, also where these tests run in the background."""
    former = signal.signal(signal.SIGINT, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGINT, former)


def test_ctrl_c_stops_without_a_traceback(place: Path) -> None:
    os.mkfifo(place / "slow.jsonl")
    with _at_a_terminal():
        started = subprocess.Popen(
            [JUANG, "post", "slow.jsonl"],
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
    with started:
        written = _reader_of(place / "slow.jsonl")
        started.send_signal(signal.SIGINT)
        out, err = started.communicate(timeout=50)
        os.close(written)

    assert started.returncode == 130
    assert "Traceback" not in err + out
    assert err.splitlines()[-1] == "Stopped."


@pytest.mark.parametrize(
    "args",
    [
        (b"balance", b"\xff\xfe"),
        (b"--db", b"sqlite:///\xff.db", b"books"),
        (b"--actor", b"\xff", b"account", b"freeze", b"siti", b"1100"),
        (b"post", b"\xff"),
        (b"book", b"open", b"a/b", b"--name", b"\xed\xa0\x80"),
        (b"book", b"open", b"a/b", b"--currency", b"\xff"),
        (b"import", b"\xff", b"--source", b"\xff"),
        (b"balance", "siti\u202eevil\x1b[31m".encode()),
    ],
)
def test_odd_bytes_are_refused_and_never_reach_the_terminal(
    told_here: Juang, program: Juang, args: tuple[bytes, ...]
) -> None:
    ended = program(*args)

    assert ended.code == 1
    assert "Traceback" not in ended.err
    assert not set(ended.err) & {"\x1b", "\u202e", "\x00"}
    assert len(ended.err.splitlines()) <= 2


@pytest.mark.parametrize("locale", ["C", "id_ID.ISO-8859-1"])
def test_any_locale_will_do(told_here: Juang, place: Path, locale: str) -> None:
    environment = {**os.environ, "LC_ALL": locale, "PYTHONIOENCODING": "ascii"}

    ended = subprocess.run(
        [JUANG, "trial-balance", "siti"], capture_output=True, check=False, env=environment
    )

    assert (ended.returncode, ended.stderr) == (0, b"")


def in_a_terminal(*args: str) -> Ended:
    """Run the program on a terminal of its own, and give what it would show."""
    pid, terminal = pty.fork()
    if pid == 0:  # the child: the program itself
        os.environ["TERM"] = "xterm-256color"
        os.environ.pop("COLUMNS", None)
        os.environ.pop("NO_COLOR", None)
        os.execv(JUANG, ["juang", *args])
    parts = []
    while True:
        try:
            part = os.read(terminal, 65_536)
        except OSError:  # Linux says so when the last writer is gone
            break
        if not part:
            break
        parts.append(part)
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    return Ended(os.waitstatus_to_exitcode(status), b"".join(parts).decode(), "")


def test_a_terminal_gets_colours_and_progress(told_here: Juang, place: Path) -> None:
    (place / "bank.csv").write_text("date,description,amount\n2026-09-01,x,5\n")

    balance = in_a_terminal("trial-balance", "siti")
    verified = in_a_terminal("verify")
    told = in_a_terminal("demo")
    imported = in_a_terminal("import", "bank.csv", "--account", "bca", "--currency", "IDR")

    assert "\x1b[1mTrial balance" in balance.out
    assert "\x1b[32mBalanced" in balance.out
    assert [ended.code for ended in (balance, verified, imported, told)] == [0, 0, 0, 0]
    assert "All agree" in verified.out
    assert "verify" in verified.out
    assert "bank.csv" in imported.out


def test_no_color_is_respected(told_here: Juang, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    assert "\x1b" not in run("trial-balance", "siti").out


def test_two_programs_at_once_share_the_database(told_here: Juang, place: Path) -> None:
    """Eight programs post the same hundred lines: each line is in the books once."""
    line = (
        '{"id":"%032x","book":"keluarga","effective_date":"2026-11-20","postings":'
        '[{"account":"expenses:food","debit":{"amount":"1.00","currency":"IDR"}},'
        '{"account":"assets:bank","credit":{"amount":"1.00","currency":"IDR"}}]}\n'
    )
    (place / "a.jsonl").write_text("".join(line % number for number in range(1, 101)))

    started = [
        subprocess.Popen([JUANG, "post", "a.jsonl"], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    ends = [each.communicate(timeout=60)[0].splitlines()[-1] for each in started]

    assert [each.returncode for each in started] == [0] * 4
    assert sum("100 posted." in end for end in ends) == 1
    assert sum("100 exists already." in end for end in ends) == 3
    assert run("verify").code == 0
