"""Backup, restore, rehearsal and copy as an operator meets them, on both databases and across."""

import stat
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text

from api.operating import after_restore, backups
from api.operating.master_key import LAYOUTS
from ledger import db
from ledger.db.transfer import stream
from ledger.db.transfer.backup import of_part
from ledger.db.transfer.blocks import Block
from ledger.errors import Wording
from ledger.journal import operations
from ledger.migrations.mapped import metadata
from tests import builders
from tests.api.conftest import Juang
from tests.api.moving import (
    MASTER,
    Scene,
    at,
    but_for_phones,
    change,
    counted,
    fill,
    is_empty,
    stored,
)
from tests.builders import NOW, TELLER, earn, post
from tests.conformance import laws
from tests.conftest import NewEngine
from tests.ledger.db.transfer import rich


def test_every_table_of_the_database_is_backed_up(engine: Engine) -> None:
    with engine.connect() as connection:
        reads = inspect(connection).get_table_names()

    assert set(reads) - {"alembic_version"} == {layout.table for layout in LAYOUTS}
    assert set(metadata.tables) == {layout.table for layout in LAYOUTS}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("other", ["sqlite", "postgresql"])
def test_books_come_back_as_they_were(juang: Juang, scene: Scene, kind: str, other: str) -> None:
    source, target = scene(kind), scene(other)
    before = fill(source)

    made = juang(*at(source), "backup", "a.backup")
    restored = juang(*at(target), "restore", "a.backup")

    assert made.code == 0, made
    assert made.out.splitlines() == [
        f"Backup of {counted(before)}: a.backup",
        "Keys of 7 subjects, to be kept apart: a.backup.keys",
    ]
    assert restored.code == 0, restored
    verified, erased, phones, done = restored.out.splitlines()
    assert verified == f"All agree: {counted(before)}, {len(before['posting'])} lines recomputed."
    assert erased == "The erasure list is applied again: 1."
    assert phones.startswith("Sessions of phones ended: 1;")
    assert done.startswith("Restored, as of 20")
    assert laws.differences(but_for_phones(before), but_for_phones(stored(target))) == []


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_no_text_and_no_name_stands_in_the_files(juang: Juang, scene: Scene, kind: str) -> None:
    url = scene(kind)
    fill(url)
    change(url, f"UPDATE tenant SET name = '{rich.CANARY}' WHERE code = 'platform'")

    juang(*at(url), "backup", "a.backup")

    for path in (Path("a.backup"), Path("a.backup.keys")):
        content = path.read_bytes()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        for canary in (rich.CANARY, "Siti", "platform", "teller", "zakat", "7371010101900001"):
            assert canary.encode() not in content
        assert MASTER not in content
    wrapped = [row["wrapped"] for row in stored(url)["text_key"] if row["wrapped"]]
    assert len(wrapped) == 3
    assert not any(key in Path("a.backup").read_bytes() for key in wrapped)


def test_the_data_file_alone_has_no_secret(scene: Scene) -> None:
    """Whoever has the master key and the data file opens no text: the secrets are elsewhere."""
    data = of_part(LAYOUTS, "data")

    assert not any(layout.secret or layout.wrapped for layout in data)
    assert [layout.table for layout in of_part(LAYOUTS, "keys")] == [
        "activation",
        "app_client",
        "app_session",
        "erasure",
        "known_device",
        "officer_secret",
        "officer_session",
        "person_key",
        "recovery_code",
        "text_key",
        "wrong_attempts",
    ]


def test_what_was_erased_since_stays_erased_with_the_newest_keys(
    juang: Juang, scene: Scene
) -> None:
    source, target = scene("sqlite"), scene("postgresql")
    fill(source)
    juang(*at(source), "backup", "monday")
    change(source, "UPDATE text_key SET wrapped = NULL WHERE subject = ''")
    juang(*at(source), "backup", "tuesday")

    restored = juang(*at(target), "restore", "monday", "--keys", "tuesday.keys")

    assert restored.code == 0, restored
    assert "All agree" in restored.out
    assert not any(row["wrapped"] for row in stored(target)["text_key"])
    assert rich.CANARY not in juang(*at(target), "entries", "platform/siti").out
    assert "(erased)" in juang(*at(target), "entries", "platform/siti").out


def test_older_keys_would_bring_back_what_was_erased(juang: Juang, scene: Scene) -> None:
    source, target = scene("sqlite"), scene("sqlite")
    fill(source)
    juang(*at(source), "backup", "monday")
    juang(*at(source), "backup", "tuesday")

    restored = juang(*at(target), "restore", "tuesday", "--keys", "monday.keys")

    assert restored.code == 1
    assert "is older than the data file" in restored.err
    assert is_empty(target)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_of_a_key_since_replaced_is_wrapped_by_the_new_one(
    juang: Juang, scene: Scene, kind: str
) -> None:
    source, target = scene(kind), scene(kind)
    fill(source)
    juang(*at(source), "backup", "a.backup")
    assert juang(*at(source), "keys", "rotate").code == 0
    (old,) = Path().glob("juang.key.retired-*")

    without = juang(*at(target), "restore", "a.backup")
    restored = juang(*at(target), "restore", "a.backup", "--old-key", str(old))

    assert "Name the key of that time by --old-key." in without.err
    assert restored.code == 0, restored
    assert juang(*at(target), "keys", "check").code == 0
    assert rich.CANARY[:10] in juang(*at(target), "entries", "platform/siti").out


def test_a_backup_taken_while_others_post_is_one_moment(
    engine: Engine, new_engine: NewEngine, place: Path
) -> None:
    rich.fill(engine)
    make = db.session_factory(engine, keyring=builders.keyring())
    stop, wrote = threading.Event(), threading.Semaphore(0)
    numbers = iter(range(1_000, 1_000_000))

    def keep_posting() -> None:
        while not stop.is_set():
            first = next(numbers)
            sent = [post(first, *earn(7), narration="upah"), post(next(numbers), *earn(8))]
            with make() as session, session.begin():
                recorded_at = NOW + timedelta(seconds=first)
                operations.post(session, sent, actor=TELLER, recorded_at=recorded_at)
            wrote.release()

    def wait_for_others(_block: Block) -> None:
        """See that something was posted since the last block was written, and before the next."""
        while wrote.acquire(blocking=False):
            pass
        assert wrote.acquire(timeout=60)

    writer = threading.Thread(target=keep_posting)
    writer.start()
    try:
        for number in range(3):
            with db.reading_session_factory(engine, tenant=db.EVERY_TENANT)() as session:
                backups.back_up(
                    session,
                    builders.keyring(),
                    backups.files(place / f"{number}.backup", None),
                    revision="0001",
                    moment=NOW,
                    passed=wait_for_others,
                )
    finally:
        stop.set()
        writer.join()

    sizes = set()
    for number in range(3):
        target = new_engine()
        restored = backups.restore(
            target,
            builders.keyring(),
            backups.files(place / f"{number}.backup", None),
            revision="0001",
            clock=lambda: NOW,
            steps=(),
        )
        assert restored.found.clean
        sizes.add(restored.found.entries)
        with db.session_factory(target, keyring=builders.keyring())() as session:
            laws.check(session)
    assert len(sizes) == 3


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_books_that_do_not_verify_are_kept_only_if_asked(
    juang: Juang, scene: Scene, kind: str
) -> None:
    source, target = scene(kind), scene(kind)
    fill(source)
    change(source, "UPDATE account SET posted_debit = posted_debit + 1 WHERE code = 'bank'")
    juang(*at(source), "backup", "a.backup")

    refused = juang(*at(target), "restore", "a.backup")
    assert refused.code == 1
    assert "Nothing was kept." in refused.out
    assert "DIFFERENCES" in refused.out
    assert is_empty(target)

    kept = juang(*at(target), "restore", "a.backup", "--despite-differences")
    assert kept.code == 0
    assert "Restored, as of" in kept.out
    kept_rows, sent_rows = (stored(url, sound=False) for url in (target, source))
    assert but_for_phones(kept_rows) == but_for_phones(sent_rows)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_steps_after_a_restore_are_kept_with_it_or_not_at_all(
    juang: Juang, scene: Scene, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = scene(kind), scene(kind)
    fill(source)
    juang(*at(source), "backup", "a.backup")

    def erase(session: object, _moment: object) -> Wording:
        session.execute(text("UPDATE text_key SET wrapped = NULL"))  # type: ignore[attr-defined]
        return Wording("3 dihapus lagi", "3 erased again")

    def fail(_session: object, _moment: object) -> None:
        raise after_restore_failed

    after_restore_failed = stream.DatabaseNotEmpty("x")
    monkeypatch.setattr(after_restore, "STEPS", [erase, fail])
    assert juang(*at(target), "restore", "a.backup").code == 1
    assert is_empty(target)

    monkeypatch.setattr(after_restore, "STEPS", [erase, lambda _session, _moment: None])
    restored = juang(*at(target), "restore", "a.backup")
    assert restored.out.splitlines()[1] == "3 erased again"
    assert not any(row["wrapped"] for row in stored(target)["text_key"])


def test_nothing_is_written_over(juang: Juang, scene: Scene, place: Path) -> None:
    url = scene("sqlite")
    fill(url)
    (place / "a.backup").write_text("mine")
    (place / "b.backup.keys").write_text("mine")

    for name in ("a.backup", "b.backup"):
        ended = juang(*at(url), "backup", name)
        assert ended.code == 1
        assert "There is a file" in ended.err
    assert sorted(path.name for path in place.iterdir()) == [
        "a.backup",
        "b.backup.keys",
        "juang.key",
    ]


def test_a_backup_that_fails_leaves_no_file(juang: Juang, scene: Scene, place: Path) -> None:
    url = scene("sqlite")
    fill(url)
    change(url, "UPDATE account SET postable = 7 WHERE code = 'bank'")

    ended = juang(*at(url), "backup", "a.backup")

    assert ended.code == 1
    assert "The table account has a value that is not of its column's kind." in ended.err
    assert [path.name for path in place.iterdir()] == ["juang.key"]


def test_without_a_key_there_is_no_backup(juang: Juang, scene: Scene) -> None:
    url = scene("sqlite")

    assert "no key file away.key" in juang("--db", url, "--key-file", "away.key", "backup", "a").err
    restored = juang("--db", "postgresql://nowhere/x", "restore", "a")
    assert "This session has no keyring" in restored.err
