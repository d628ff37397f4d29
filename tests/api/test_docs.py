"""docs/cli.md is true: its commands are run in order, and say what it says.

After a change that is meant, write the outputs anew with JUANG_WRITE_GOLDEN=1, and read them.
"""

import os
import re
import shlex
from pathlib import Path

import pytest

from tests.api.conftest import Ended, Juang, run

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"
FENCE = re.compile(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def said(line: str) -> str:
    """Run a command as a shell would, and give what it writes on the terminal."""
    asked, _, cut = line.partition(" | head -")
    words = shlex.split(asked)
    assert words[0] == "juang", line
    ended: Ended = run(*words[1:])
    shown = ended.out.splitlines()[: int(cut)] if cut else [*ended.out.splitlines()]
    return "\n".join([*ended.err.splitlines(), *shown])


def test_the_page_shows_what_the_commands_say(juang: Juang, place: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    blocks = 0

    def played(fence: re.Match[str]) -> str:
        nonlocal blocks
        language, name, content = fence.groups()
        if name is not None:
            (place / name).write_text(content, encoding="utf-8")
        if language != "console":
            return fence[0]
        blocks += 1
        commands = re.findall(r"^\$ (.*)$", content, re.MULTILINE)
        outputs = [f"$ {each}\n{said(each)}".rstrip() for each in commands]
        return "```console\n" + "\n\n".join(outputs) + "\n```"

    true = FENCE.sub(played, page)
    if os.environ.get("JUANG_WRITE_GOLDEN") == "1":
        PAGE.write_text(true, encoding="utf-8")
        page = true

    assert blocks > 10
    assert page == true


@pytest.mark.parametrize("name", ["belanja.jsonl", "mutasi.csv"])
def test_the_files_of_the_page_are_there(name: str) -> None:
    assert f"file={name}" in PAGE.read_text(encoding="utf-8")
