"""`juang init`: everything before the first book, once, and again without harm."""

import stat
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from api.commands.deployment import newest_revision
from ledger import db
from tests.api.conftest import Juang
from tests.api.test_keys import line

MISSING = "Administrators of juang are still missing: `juang officer begin juang`."
NEXT = (
    "Next: keep a copy of juang.key somewhere else; `juang book open NAME`; "
    "then `juang backup FILE` every day."
)


def test_it_makes_a_database_and_a_key(juang: Juang, place: Path) -> None:
    ended = juang("init")

    assert ended.code == 0
    assert ended.err.splitlines() == [
        "New database: juang.db",
        "New key file: juang.key. Keep it safe: without it no text can be read.",
        MISSING,
        NEXT,
    ]
    assert stat.S_IMODE((place / "juang.key").stat().st_mode) == 0o600
    assert juang("verify").code == 0
    assert juang("keys", "check").code == 0


def test_told_again_it_changes_nothing(juang: Juang, place: Path) -> None:
    juang("init")
    before = {path.name: path.read_bytes() for path in place.iterdir()}

    ended = juang("init")

    assert ended.code == 0
    assert ended.err.splitlines() == [
        f"The database is there, schema {newest_revision()}.",
        "The key file is there: juang.key",
        MISSING,
        NEXT,
    ]
    assert {path.name: path.read_bytes() for path in place.iterdir()} == before


def test_what_is_half_there_is_finished(juang: Juang, place: Path) -> None:
    juang("init")
    key = (place / "juang.key").read_bytes()
    (place / "juang.db").unlink()

    assert "New database" in juang("init").err
    assert (place / "juang.key").read_bytes() == key

    (place / "juang.key").unlink()
    assert "New key file" in juang("init").err
    assert (place / "juang.key").read_bytes() != key


def test_a_lost_key_is_not_replaced_by_a_new_one(juang: Juang, place: Path) -> None:
    juang("init")
    juang("book", "open", "a/b")
    juang("post", "-", input=line(1))
    (place / "juang.key").rename(place / "away.key")

    lost = juang("init")
    (place / "juang.key").write_bytes(b"k" * 32)
    (place / "juang.key").chmod(0o600)
    other = juang("init")

    assert lost.code == 1
    assert "The key file juang.key is missing, and this database holds texts" in lost.err
    assert other.code == 1
    assert "Is this the right --key-file?" in other.err
    assert (place / "juang.key").read_bytes() == b"k" * 32


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_server_gets_its_schema_and_needs_to_be_told_of_a_key(
    engine: Engine, juang: Juang, place: Path
) -> None:
    url = engine.url.render_as_string(hide_password=False)
    db.migrate(engine, "base")

    refused = juang("--db", url, "init")
    made = juang("--db", url, "--key-file", "server.key", "init")
    again = juang("--language", "id", "--db", url, "--key-file", "server.key", "init")

    assert "Name a key file by --key-file." in refused.err
    assert made.code == 0
    assert made.err.splitlines()[0] == f"New schema: {newest_revision()}"
    assert f"Basis data sudah ada, skema {newest_revision()}." in again.err
    assert "Berkas kunci sudah ada: server.key" in again.err


def test_a_database_of_something_else_is_left_alone(
    engine: Engine, juang: Juang, place: Path
) -> None:
    url = engine.url.render_as_string(hide_password=False)
    db.migrate(engine, "base")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE orders (id integer)"))

    ended = juang("--db", url, "--key-file", "other.key", "init")

    assert ended.code == 1
    assert "This database has other tables: orders." in ended.err
    assert not (place / "other.key").exists()


def test_an_older_schema_is_sent_to_migrate(engine: Engine, juang: Juang, place: Path) -> None:
    url = engine.url.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))

    ended = juang("--db", url, "--key-file", "other.key", "init")

    assert "Run `juang db migrate`." in ended.err
    assert not (place / "other.key").exists()
