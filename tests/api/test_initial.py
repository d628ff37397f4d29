"""`juang init`: everything before the first book, once, and again without harm."""

import base64
import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from api.commands.deployment import newest_revision
from ledger import db
from ledger.access import factors
from tests.api.conftest import Juang
from tests.api.test_keys import line
from tests.conftest import owning

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
    with owning(engine) as owners, owners.begin() as connection:
        connection.execute(text("CREATE TABLE orders (id integer)"))

    ended = juang("--db", url, "--key-file", "other.key", "init")

    assert ended.code == 1
    assert "This database has other tables: orders." in ended.err
    assert not (place / "other.key").exists()


def test_an_older_schema_is_sent_to_migrate(engine: Engine, juang: Juang, place: Path) -> None:
    url = engine.url.render_as_string(hide_password=False)
    with owning(engine) as owners, owners.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))

    ended = juang("--db", url, "--key-file", "other.key", "init")

    assert "Run `juang db migrate`." in ended.err
    assert not (place / "other.key").exists()


# The first administrator.

SAID = b"rina\npanci hijau naik sepeda\n"


def administrators(juang: Juang, tenant: str = "juang") -> list[tuple[str, str]]:
    listed = json.loads(juang("officer", "list", tenant, "--format", "json").out)["rows"]
    return [(row["officer"], row["roles"]) for row in listed]


def test_it_makes_the_first_administrator_for_a_script(juang: Juang, place: Path) -> None:
    """Her secret is shown once; it is in force when a code of it is told."""
    (place / "first").write_bytes(SAID)

    ended = juang("init", "--administrator", "first")

    assert ended.code == 0, ended
    key, address = ended.out.splitlines()
    assert address.startswith("otpauth://totp/")
    assert key in address
    assert "The administrator juang/rina is there, person juang/administrator-1." in ended.err
    assert "juang officer totp juang/rina --confirm" in ended.err
    assert "officer begin juang" in ended.err, "the second is missing still"
    assert "panci" not in ended.err + ended.out
    assert administrators(juang) == [("rina", "administrator")]

    code = factors.code(base64.b32decode(key), factors.step(datetime.now(UTC)))
    wrong = juang("officer", "totp", "juang/rina", "--confirm", input=b"000000\n")
    confirmed = juang("officer", "totp", "juang/rina", "--confirm", input=f"{code}\n".encode())
    again = juang("officer", "totp", "juang/rina", "--confirm", input=f"{code}\n".encode())

    assert (wrong.code, confirmed.code, again.code) == (1, 0, 1)
    assert len(confirmed.out.splitlines()) == 10
    assert juang("verify").code == 0


def test_a_second_init_makes_no_second_administrator(juang: Juang, place: Path) -> None:
    juang("init", "--administrator", "-", input=SAID)
    before = {path.name: path.read_bytes() for path in place.iterdir()}

    for said in (SAID, b"sari\npanci biru naik sepeda\n"):
        ended = juang("init", "--administrator", "-", input=said)
        assert (ended.code, ended.out) == (0, "")
        assert "Administrators of juang there are already: 1." in ended.err

    assert {path.name: path.read_bytes() for path in place.iterdir()} == before
    assert administrators(juang) == [("rina", "administrator")]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"", "does not say handle and passphrase"),
        (b"rina\n", "does not say handle and passphrase"),
        (b"rina\nkurang\n", "12"),
        (b"rina\nkoperasi2026\n", "too easy"),
        (b"R\npanci hijau naik sepeda\n", "no valid handle"),
    ],
)
def test_what_is_refused_leaves_no_administrator(juang: Juang, said: bytes, why: str) -> None:
    refused = juang("init", "--administrator", "-", "--tenant", "kop", input=said)

    assert (refused.code, refused.out) == (1, ""), refused
    assert why in refused.err
    assert juang("init", "--administrator", "-", "--tenant", "kop", input=SAID).code == 0
    assert administrators(juang, "kop") == [("rina", "administrator")]


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_servers_database_gets_its_administrator(
    engine: Engine, juang: Juang, place: Path
) -> None:
    at = ("--db", engine.url.render_as_string(hide_password=False), "--key-file", "juang.key")

    ended = juang(*at, "init", "--administrator", "-", input=SAID)

    assert ended.code == 0, ended
    assert "otpauth://" in ended.out
    assert "there are already: 1" in juang(*at, "init", "--administrator", "-", input=SAID).err
