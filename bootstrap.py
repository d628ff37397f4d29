"""Make `.venv` and install the hashed lock into it: the first step of every make target.

Standard library only, and readable by any Python 3, so that an old one is told what it lacks.
A stamp in `.venv`, written last, names what the environment was made from. While it is true,
there is nothing to do; where it is another's, the environment is brought up to date; where
there is none (first run, or an interrupted one), the environment is made from nothing.
"""

import argparse
import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit(
        "bootstrap: Python 3.11 or newer is needed, and this is {}.{}.\n"
        "  hint: make PYTHON=python3.12 (or any newer one)".format(*sys.version_info[:2])
    )

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "juang-stamp.json"
PYTHON = VENV / "bin" / "python"
LOCKS = {"run": ROOT / "requirements.txt", "dev": ROOT / "requirements-dev.txt"}


def main() -> None:
    """Bring the environment to the profile asked for, and say what went wrong if it cannot be."""
    parser = argparse.ArgumentParser(description="Make .venv from the hashed lock.")
    parser.add_argument("--profile", choices=sorted(LOCKS), default="dev")
    profile = parser.parse_args().profile
    try:
        wanted = stamp(profile)
        if not is_current(wanted):
            with alone():
                if not is_current(wanted):
                    build(wanted)
        if profile == "dev":
            ensure_hledger()
    except KeyboardInterrupt:
        sys.exit("\nbootstrap: interrupted; the next run starts afresh.")
    except subprocess.CalledProcessError as error:
        sys.exit(
            f"bootstrap: `{' '.join(map(str, error.cmd[:4]))} …` failed ({error.returncode}).\n"
            "  hint: its message is above; see that a package index can be reached, and try again"
        )


def stamp(profile: str) -> dict[str, str]:
    """Describe an environment by everything it is made from."""
    digest = hashlib.sha256()
    for path in (Path(__file__), ROOT / "pyproject.toml", *LOCKS.values()):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return {
        "profile": profile,
        "inputs": digest.hexdigest(),
        "folder": str(ROOT),
        "python": f"{sys.implementation.name} {sys.version}",
    }


def read_stamp() -> dict[str, str]:
    """Read what the environment was made from; empty if it is absent, unfinished or broken."""
    try:
        found: dict[str, str] = json.loads(STAMP.read_text())
        return found if PYTHON.exists() else {}
    except (OSError, ValueError):
        return {}


def is_current(wanted: dict[str, str]) -> bool:
    """Tell whether the environment serves: the `dev` profile also serves `run`."""
    found = read_stamp()
    return found in (wanted, {**wanted, "profile": "dev"})


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Keep a second bootstrap of this folder waiting; the lock dies with the process."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def build(wanted: dict[str, str]) -> None:
    """Install the lock and the project, from nothing or on top of an older environment."""
    found = read_stamp()
    STAMP.unlink(missing_ok=True)
    if any(found.get(key) != wanted[key] for key in ("folder", "python")):
        make_venv()
    lock = LOCKS[wanted["profile"]]
    say(f"installing {lock.name} into .venv")
    install_uv()
    uv("sync", "--require-hashes", "--compile-bytecode", lock)
    build_lock = ("--build-constraints", LOCKS["dev"], "--require-build-hashes")
    uv("install", "--no-deps", *build_lock, "--editable", ROOT)
    STAMP.write_text(json.dumps(wanted, indent=2) + "\n")


def make_venv() -> None:
    """Make an empty virtual environment with pip in it."""
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit(
            "bootstrap: this Python has no ensurepip, so it cannot make a virtual environment.\n"
            "  hint: on Debian and Ubuntu, apt-get install python3-venv"
        )
    say(f"making .venv with Python {sys.version.split()[0]}")
    venv.create(VENV, clear=True, symlinks=True, with_pip=True)


def install_uv() -> None:
    """Install the locked uv, and nothing else, with pip."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as pinned:
        pinned.write(locked("uv"))
        pinned.flush()
        options = ("--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes")
        run(PYTHON, "-m", "pip", "install", *options, "--requirement", pinned.name)


def locked(name: str) -> str:
    """Cut one package's lines, pin and hashes, out of the lock."""
    lines = iter(LOCKS["dev"].read_text().splitlines())
    for line in lines:
        if line.startswith(f"{name}=="):
            kept = [line]
            while kept[-1].endswith("\\"):
                kept.append(next(lines))
            return "\n".join(kept) + "\n"
    sys.exit(f"bootstrap: {LOCKS['dev'].name} does not pin {name}.\n  hint: make lock")


def ensure_hledger() -> None:
    """See to it that Debian's hledger is there: tests compare our exported books with it."""
    if shutil.which("hledger"):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("installing Debian's hledger, which tests compare our exported books with")
        os.environ["DEBIAN_FRONTEND"] = "noninteractive"
        with contextlib.suppress(subprocess.CalledProcessError):
            run("apt-get", "-qq", "update")
            run("apt-get", "-qq", "install", "--yes", "--no-install-recommends", "hledger")
            return
    rule = "*" * 78
    print(
        f"{rule}\nThere is no hledger here: THE COMPARISON WITH HLEDGER WILL BE SKIPPED.\n"
        f"Install it with the system's package manager, then run this again.\n{rule}",
        file=sys.stderr,
        flush=True,
    )


def uv(verb: str, *arguments: str | Path) -> None:
    """Run `uv pip` on the environment."""
    run(VENV / "bin" / "uv", "pip", verb, "--quiet", "--python", PYTHON, *arguments)


def run(*command: str | Path) -> None:
    """Run a program to its end; it speaks where we speak, never into a pipeline."""
    subprocess.run(command, check=True, stdout=sys.stderr)


def say(text: str) -> None:
    """Tell the person who waits what is being done."""
    print(f"bootstrap: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
