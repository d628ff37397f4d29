"""Health: each thing that can be wrong is named, in time, and nothing is touched."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, text

from api import health
from api.health import Check, Level, readiness
from ledger import db
from ledger.db import note_upkeep
from ledger.errors import Wording
from ledger.journal import operations
from ledger.migrations import walls
from tests import builders
from tests.api.conftest import Juang
from tests.builders import NOW, SITI, TELLER, earn, post
from tests.conftest import NewEngine, owning

Look = Callable[..., dict[str, Check]]


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """Write the key of the builders' texts."""
    path = tmp_path / "a.key"
    path.write_bytes(builders.keyring().master_key)
    path.chmod(0o600)
    return path


@pytest.fixture
def look(engine: Engine, key: Path) -> Look:
    """Give a look at a database with books and texts, as a table of its checks."""
    with db.session_factory(engine, keyring=builders.keyring()).begin() as session:
        builders.open_books(session)
        sent = [post(1, *earn(10), narration="gaji")]
        operations.post(session, sent, actor=TELLER, recorded_at=NOW)
        for chore in ("verify", "backup"):
            note_upkeep(session, chore, at=NOW - timedelta(days=1), good=True)
    sqlite = engine.dialect.name == "sqlite"

    def ask(**changed: object) -> dict[str, Check]:
        asked = {
            "file": Path(str(engine.url.database)) if sqlite else None,
            "key_path": key,
            "now": NOW,
            "seconds": 20,
        }
        url = engine.url.render_as_string(hide_password=False)
        found = readiness(url, **(asked | changed))  # type: ignore[arg-type]
        assert tuple(check.name for check in found.checks) == health.NAMES
        failed = [check for check in found.checks if check.level is Level.FAILED]
        assert found.ready is not bool(failed)
        return {check.name: check for check in found.checks}

    return ask


def levels(found: dict[str, Check]) -> dict[Level, set[str]]:
    return {
        level: names
        for level in Level
        if (names := {name for name, check in found.items() if check.level is level})
    }


def test_all_is_well(look: Look, backend: str) -> None:
    unseen = "walls" if backend == "sqlite" else "disk"

    assert levels(look()) == {
        Level.OK: {*health.NAMES} - {unseen},
        Level.UNKNOWN: {unseen},
    }


def test_a_guard_that_is_gone(look: Look, engine: Engine, backend: str) -> None:
    with owning(engine) as owners, owners.begin() as connection:
        if backend == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER entry_no_update")
        else:
            connection.exec_driver_sql("ALTER TABLE entry DISABLE TRIGGER entry_history")

    found = look()

    assert levels(found)[Level.FAILED] == {"guards"}
    assert "entry_" in found["guards"].told.en


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    "hole",
    ["DISABLE ROW LEVEL SECURITY", "NO FORCE ROW LEVEL SECURITY"],
)
def test_a_wall_with_a_hole(look: Look, engine: Engine, hole: str) -> None:
    with owning(engine) as owners, owners.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE posting {hole}")

    found = look()

    assert levels(found)[Level.FAILED] == {"walls"}
    assert found["walls"].told.id == "tidak ada: posting"


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_without_roles_the_login_may_do_anything(look: Look, engine: Engine) -> None:
    with owning(engine) as owners, owners.begin() as connection:
        connection.exec_driver_sql("DROP FUNCTION juang_roles()")
        walls.install(connection)

    assert levels(look())[Level.WARNING] == {"walls"}


def test_a_schema_of_another_version(look: Look, engine: Engine) -> None:
    with owning(engine) as owners, owners.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")

    found = look()

    assert levels(found)[Level.FAILED] == {"schema"}
    assert found["schema"].told.en.startswith("schema 0000, needs ")
    assert levels(found)[Level.UNKNOWN] >= {"guards", "key", "verify", "backup"}


def test_a_database_without_a_schema(look: Look, engine: Engine) -> None:
    db.migrate(engine, "base")

    assert levels(look())[Level.FAILED] == {"schema"}


def test_keys_that_do_not_fit(look: Look, key: Path) -> None:
    key.write_bytes(bytes(32))
    assert look()["key"].told.en == "the wrong key"
    key.chmod(0o644)
    assert look()["key"].told.en.startswith("Others can read the key file")
    key.write_bytes(b"short")
    key.chmod(0o600)
    assert look()["key"].told.en.endswith("it must hold exactly 32 bytes.")
    key.unlink()
    gone = look()
    assert (gone["key"].level, gone["key"].told.en) == (Level.FAILED, "not there; texts are locked")
    assert look(key_path=None)["key"].level is Level.WARNING


def test_no_key_is_needed_where_there_are_no_texts(new_engine: NewEngine) -> None:
    engine = new_engine()
    file = Path(str(engine.url.database)) if engine.dialect.name == "sqlite" else None
    url = engine.url.render_as_string(hide_password=False)

    found = readiness(url, file=file, key_path=None, now=NOW)

    (checked,) = (check for check in found.checks if check.name == "key")
    assert (checked.level, checked.told.en) == (Level.OK, "no texts yet")


@pytest.mark.parametrize(
    ("chore", "days", "good", "level"),
    [
        ("verify", 8, True, Level.OK),
        ("verify", 9, True, Level.WARNING),
        ("verify", 0, False, Level.FAILED),
        ("backup", 3, True, Level.WARNING),
        ("backup", 0, False, Level.WARNING),
    ],
)
def test_chores_grow_old(
    look: Look, engine: Engine, chore: str, days: int, level: Level, *, good: bool
) -> None:
    with db.session_factory(engine).begin() as session:
        note_upkeep(session, chore, at=NOW - timedelta(days=days), good=good)

    assert look()[chore].level is level


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("free", "level"), [(500, Level.WARNING), (50, Level.FAILED)])
def test_a_disk_that_fills(
    look: Look, monkeypatch: pytest.MonkeyPatch, free: int, level: Level
) -> None:
    left = SimpleNamespace(free=free * 1024**2)
    monkeypatch.setattr("shutil.disk_usage", lambda _path: left)

    assert look()["disk"] == Check("disk", level, Wording(f"tinggal {free} MB", f"{free} MB left"))


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_database_that_hangs_is_not_waited_for(look: Look, engine: Engine) -> None:
    with owning(engine) as owners, owners.begin() as connection:
        connection.execute(text("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE"))
        started = time.monotonic()

        found = look(seconds=1)

        assert time.monotonic() - started < 5
    assert "schema" in levels(found)[Level.FAILED] | levels(found)[Level.UNKNOWN]
    assert levels(found)[Level.FAILED]


def test_a_check_that_hangs_is_not_waited_for(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "state", lambda _connection: time.sleep(3))
    started = time.monotonic()

    found = look(seconds=1)

    assert time.monotonic() - started < 2.5
    assert found["schema"].told.en == "no answer within 1 seconds"
    assert found["database"].level is Level.OK
    time.sleep(2.5)  # let the thread end before its database does


def test_a_writer_is_not_in_the_way(look: Look, engine: Engine) -> None:
    with db.session_factory(engine).begin() as session:
        operations.post(session, [post(2, *earn(1))], actor=TELLER, recorded_at=NOW)

        assert Level.FAILED not in levels(look())
        assert session.execute(text(f"SELECT head_seq FROM book WHERE id = {SITI}")).scalar() == 2


# The command.


def test_the_command_says_so_in_both_languages(juang: Juang, place: Path) -> None:
    nothing = juang("health")
    assert nothing.code == 1
    assert "Database      FAILED  there is no file yet" in nothing.out
    assert not (place / "juang.db").exists()

    juang("db", "migrate")
    fresh = juang("--language", "id", "health")
    assert (fresh.code, fresh.err) == (0, "")
    assert "Pemeriksaan  perhatikan  belum pernah" in fresh.out
    assert fresh.out.endswith("Siap.\n")

    juang("verify")
    told = json.loads(juang("health", "--format", "json").out)
    assert told["ready"] is True
    assert {row["name"]: row["level"] for row in told["rows"]} == {
        "database": "ok",
        "schema": "ok",
        "guards": "ok",
        "walls": "unknown",
        "key": "ok",
        "verify": "ok",
        "backup": "warning",
        "disk": "ok",
    }


def test_alive_touches_no_database(juang: Juang) -> None:
    ended = juang("--db", "postgresql://127.0.0.1:1/x", "health", "--live", "--format", "csv")

    assert (ended.code, ended.out) == (0, "name,level,told\nprocess,ok,answers\n")


def test_a_database_that_nobody_serves_is_a_finding(juang: Juang) -> None:
    ended = juang("--db", "postgresql://u:geheim@127.0.0.1:1/x", "health", "--timeout", "5")

    assert ended.code == 1
    assert "OperationalError" in ended.out
    assert "geheim" not in ended.out + ended.err
    assert juang("health", "--timeout", "0").code == 2
