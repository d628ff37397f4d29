"""The key of all texts: made once, for its owner alone, and never silently replaced."""

import stat
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.api.conftest import Juang

LINE = (
    '{"id":"0198a000-0000-7000-8000-00000000000%d","book":"a/b","effective_date":"2026-11-20",'
    '"narration":"rahasia","postings":[{"account":"expenses:food","debit":{"amount":"5",'
    '"currency":"IDR"}},{"account":"assets:cash","credit":{"amount":"5","currency":"IDR"}}]}\n'
)


def line(number: int) -> bytes:
    return (LINE % number).encode()


def test_the_key_is_made_at_its_first_use_beside_the_database(juang: Juang, place: Path) -> None:
    opened = juang("book", "open", "a/b")
    assert "New database: juang.db" in opened.err
    assert not (place / "juang.key").exists()

    posted = juang("post", "-", input=line(1))

    key = place / "juang.key"
    assert posted.code == 0
    assert "New key file: juang.key" in posted.err
    assert "without it no text can be read" in posted.err
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_bytes()) == 32
    assert juang("post", "-", input=line(2)).err == ""
    assert "rahasia" in juang("entries", "a/b").out
    assert b"rahasia" not in b"".join(file.read_bytes() for file in place.iterdir())


def test_without_the_key_texts_are_locked_and_no_other_key_is_made(
    juang: Juang, place: Path
) -> None:
    juang("book", "open", "a/b")
    juang("post", "-", input=line(1))
    (place / "juang.key").rename(place / "away.key")

    read = juang("entries", "a/b")
    written = juang("post", "-", input=line(2))
    elsewhere = juang("--key-file", "away.key", "entries", "a/b")

    assert "(locked)" in read.out
    assert written.code == 1
    assert "The key file juang.key is missing, and this database holds texts" in written.err
    assert not (place / "juang.key").exists()
    assert "rahasia" in elsewhere.out


def test_another_key_opens_nothing_and_is_refused_for_writing(juang: Juang, place: Path) -> None:
    juang("book", "open", "a/b")
    juang("post", "-", input=line(1))
    other = place / "other.key"
    other.write_bytes(b"k" * 32)
    other.chmod(0o600)

    assert "(locked)" in juang("--key-file", "other.key", "entries", "a/b").out
    written = juang("--key-file", "other.key", "post", "-", input=line(2))
    assert written.code == 1
    assert "Is this the right --key-file?" in written.err


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o666, 0o610])
def test_a_key_that_others_can_read_is_refused(juang: Juang, place: Path, mode: int) -> None:
    juang("book", "open", "a/b")
    key = place / "juang.key"
    key.write_bytes(b"k" * 32)
    key.chmod(mode)

    ended = juang("post", "-", input=line(1))

    assert ended.code == 1
    assert "Others can read the key file juang.key." in ended.err
    assert "chmod 600" in ended.err


@pytest.mark.parametrize("content", [b"", b"k" * 31, b"k" * 33, b"k" * 1_000_000])
def test_a_file_that_is_no_key_is_refused(juang: Juang, place: Path, content: bytes) -> None:
    juang("book", "open", "a/b")
    key = place / "juang.key"
    key.write_bytes(content)
    key.chmod(0o600)

    ended = juang("books")

    assert ended.code == 1
    assert "must hold exactly 32 bytes" in ended.err


def test_a_folder_in_place_of_the_key_is_refused(juang: Juang, place: Path) -> None:
    juang("book", "open", "a/b")
    (place / "juang.key").mkdir()

    assert "is a folder" in juang("books").err


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_server_has_no_place_for_a_key_so_it_must_be_named(
    engine: Engine, juang: Juang, place: Path
) -> None:
    url = engine.url.render_as_string(hide_password=False)
    assert juang("--db", url, "book", "open", "a/b").code == 0

    refused = juang("--db", url, "post", "-", input=line(1))
    posted = juang("--db", url, "--key-file", "server.key", "post", "-", input=line(1))

    assert refused.code == 1
    assert "This session has no keyring" in refused.err
    assert "--key-file" in refused.err
    assert posted.code == 0
    assert (place / "server.key").exists()
    assert "(locked)" in juang("--db", url, "entries", "a/b").out
