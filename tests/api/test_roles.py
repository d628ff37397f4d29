"""`juang db roles`: by an administrator, again and again, with no password to be seen."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL

from tests.api.conftest import Juang
from tests.conftest import Store

SECRET = "kata-sandi-rahasia-77"


@pytest.fixture
def address(postgresql_store: Store) -> Iterator[URL]:
    with postgresql_store.copy() as url:
        yield url


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _kept(url: URL, login: str) -> str:
    """Read what the server keeps of a password."""
    with psycopg.connect(_text(url)) as connection:
        row = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = %s", (login,))
        found = row.fetchone()
    assert found is not None
    return str(found[0])


def test_a_login_gets_the_roles_and_a_password_from_a_file(
    juang: Juang, place: Path, address: URL, worker_id: str
) -> None:
    (place / "secret").write_text(SECRET + "\n")
    (place / "secret").chmod(0o600)
    login = f"ledger_{worker_id}"
    asked = ("--db", _text(address), "db", "roles", "--login", login, "--password-file", "secret")

    first, second = juang(*asked), juang(*asked)

    assert (first.code, first.out) == (0, "")
    assert first.err == second.err
    assert f"Roles are ready: juang_{address.database}_owner, " in first.err
    assert f"{login} may take them on, except the owner." in first.err
    assert _kept(address, login).startswith("SCRAM-SHA-256$")
    as_program = ("--db", _text(address.set(username=login)))
    assert juang(*as_program, "book", "open", "rumah").code == 0
    assert "juang/rumah" in juang(*as_program, "books").out
    refused = juang(*as_program, "db", "roles")
    assert (refused.code, SECRET in refused.err) == (1, False)
    assert "error: This database user may not make roles." in refused.err


def test_a_login_for_migrations_may_change_the_schema(
    juang: Juang, address: URL, worker_id: str
) -> None:
    login = f"migrator_{worker_id}"

    ended = juang("--db", _text(address), "db", "roles", "--login", login, "--migrations")

    assert f"{login} may take them on." in ended.err
    assert juang("--db", _text(address.set(username=login)), "db", "migrate").code == 0


def test_a_password_from_the_standard_input(juang: Juang, address: URL, worker_id: str) -> None:
    login = f"piped_{worker_id}"

    ended = juang(
        *("--db", _text(address), "db", "roles", "--login", login, "--password-file", "-"),
        input=SECRET.encode(),
    )

    assert ended.code == 0
    assert SECRET not in ended.err
    assert _kept(address, login).startswith("SCRAM-SHA-256$")


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        (SECRET, 0o644, "Others can read the file secret."),
        ("kurang", 0o600, "at least 12 characters"),
        (f"{SECRET}\n{SECRET}", 0o600, "one line"),
    ],
)
def test_a_password_file_that_will_not_do(
    juang: Juang, place: Path, address: URL, content: str, mode: int, said: str
) -> None:
    file = place / "secret"
    file.write_text(content)
    os.chmod(file, mode)  # noqa: PTH101

    ended = juang(
        "--db", _text(address), "db", "roles", "--login", "a", "--password-file", "secret"
    )

    assert ended.code == 1
    assert said in ended.err
    assert content not in ended.err


def test_sqlite_has_no_roles(demo: Juang) -> None:
    ended = demo("--language", "id", "db", "roles")

    assert ended.code == 1
    assert "galat: Hanya PostgreSQL yang mengenal peran" in ended.err


def test_a_password_without_a_login(juang: Juang) -> None:
    assert juang("db", "roles", "--migrations").code == 2
