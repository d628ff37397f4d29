"""A backup that was cut, altered or mixed up is refused, whatever was done to it."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from api.commands.deployment import newest_revision
from tests.api.conftest import Juang
from tests.api.moving import Scene, at, fill, is_empty


def _another_digit(content: bytes, before: bytes) -> bytes:
    at = content.index(before) + len(before)
    return content[:at] + (b"1" if content[at : at + 1] == b"0" else b"0") + content[at + 1 :]


DAMAGE: tuple[tuple[str, Callable[[bytes], bytes], str], ...] = (
    ("data", lambda content: content[:-1], "cut short"),
    ("data", lambda content: content[:200], "cut short"),
    ("data", lambda content: content[: len(content) // 2], "cut short"),
    ("keys", lambda content: content[:-40], "cut short"),
    ("data", lambda content: content + b"x", "altered or damaged"),
    ("data", lambda content: content[:-5] + b"x" + content[-4:], "altered or damaged"),
    ("keys", lambda content: content[:-5] + b"x" + content[-4:], "altered or damaged"),
    ("data", lambda content: content.replace(b"2026-", b"2025-", 1), "altered or damaged"),
    ("keys", lambda content: content.replace(b"+00:00", b"+00:01", 1), "altered or damaged"),
    ("data", lambda content: _another_digit(content, b'"key":"'), "altered or damaged"),
    ("data", lambda content: content.replace(b"backup 1", b"backup 9", 1), "format 9"),
    (
        "data",
        lambda content: content.replace(f'"{newest_revision()}"'.encode(), b'"0000"', 1),
        "has schema 0000",
    ),
    (
        "data",
        lambda content: content.replace(b"head_seq", b"head_sea", 1),
        f"has schema {newest_revision()}*",
    ),
    ("data", lambda content: content.replace(b'"data"', b'"keys"', 1), "“data” file is needed"),
    ("data", lambda _content: b"", "no backup of Juang"),
    ("keys", lambda _content: b"", "no backup of Juang"),
    ("data", lambda _content: os.urandom(5_000), "no backup of Juang"),
)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_damaged_backup_is_refused_and_leaves_nothing(
    juang: Juang, scene: Scene, kind: str
) -> None:
    source, target = scene("sqlite"), scene(kind)
    fill(source)
    juang(*at(source), "backup", "a.backup")

    for number, (part, damage, said) in enumerate(DAMAGE):
        for name in ("a.backup", "a.backup.keys"):
            shutil.copy(name, f"{number}{name}")
        path = Path(f"{number}a.backup" + (".keys" if part == "keys" else ""))
        whole = path.read_bytes()
        path.write_bytes(damage(whole))
        assert path.read_bytes() != whole

        ended = juang(*at(target), "restore", f"{number}a.backup")

        assert ended.code == 1, (part, said)
        assert said in ended.err, (number, ended)
        assert "Traceback" not in ended.err
    assert is_empty(target)


def test_parts_of_two_backups_are_not_mixed_by_mistake(juang: Juang, scene: Scene) -> None:
    url = scene("sqlite")
    fill(url)
    juang(*at(url), "backup", "a.backup")
    target = scene("sqlite")

    swapped = juang(*at(target), "restore", "a.backup.keys", "--keys", "a.backup")
    twice = juang(*at(target), "restore", "a.backup", "--keys", "a.backup")
    missing = juang(*at(target), "restore", "a.backup", "--keys", "away.keys")

    assert "A “data” file is needed, and this is a “keys” file." in swapped.err
    assert "A “keys” file is needed, and this is a “data” file." in twice.err
    assert "there is no file away.keys" in missing.err
    assert is_empty(target)
