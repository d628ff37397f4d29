"""Backup, restore, rehearsal and copy as an operator meets them, on both databases and across."""

import json
import os
import shutil
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text

from api.operating import after_restore, backups, copying
from ledger import db
from ledger.db.transfer import stream
from ledger.db.transfer.backup import of_part
from ledger.errors import Wording
from ledger.journal import operations
from ledger.migrations.mapped import metadata
from tests import builders
from tests.api.conftest import Juang
from tests.builders import NOW, TELLER, earn, post
from tests.conformance import laws
from tests.conftest import NewEngine, Store
from tests.ledger.db.transfer import rich

MASTER = bytes(range(32))
"""The key of the builders' keyring."""

Scene = Callable[[str], str]


@pytest.fixture
def scene(request: pytest.FixtureRequest, place: Path) -> Iterator[Scene]:
    """Give a function that makes an empty database of a kind; its key file is `juang.key`."""
    write_key(place / "juang.key", MASTER)
    with ExitStack() as at_end:

        def make(kind: str) -> str:
            store: Store = request.getfixturevalue(f"{kind}_store")
            url = at_end.enter_context(store.copy())
            return url.render_as_string(hide_password=False)

        yield make


def write_key(path: Path, key: bytes) -> None:
    path.write_bytes(key)
    path.chmod(0o600)


def fill(url: str) -> laws.Stored:
    """Fill a database, and give what is in it."""
    engine = db.engine(url)
    rich.fill(engine)
    engine.dispose()
    return stored(url)


def stored(url: str, *, sound: bool = True) -> laws.Stored:
    engine = db.engine(url)
    with db.session_factory(engine, keyring=builders.keyring())() as session:
        if sound:
            laws.check(session)
        found = laws.stored(session)
    engine.dispose()
    return found


def is_empty(url: str) -> bool:
    return not any(stored(url, sound=False).values())


def change(url: str, *statements: str) -> None:
    engine = db.engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def at(url: str) -> tuple[str, ...]:
    return ("--db", url, "--key-file", "juang.key")


def test_every_table_of_the_database_is_backed_up(engine: Engine) -> None:
    with engine.connect() as connection:
        reads = inspect(connection).get_table_names()

    assert set(reads) - {"alembic_version"} == {layout.table for layout in backups.LAYOUTS}
    assert set(metadata.tables) == {layout.table for layout in backups.LAYOUTS}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("other", ["sqlite", "postgresql"])
def test_books_come_back_as_they_were(juang: Juang, scene: Scene, kind: str, other: str) -> None:
    source, target = scene(kind), scene(other)
    before = fill(source)

    made = juang(*at(source), "backup", "a.backup")
    restored = juang(*at(target), "restore", "a.backup")

    assert made.code == 0, made
    assert made.out.splitlines() == [
        "Backup of 4 books, 15 entries: a.backup",
        "Keys of 3 subjects, to be kept apart: a.backup.keys",
    ]
    assert restored.code == 0, restored
    assert restored.out.splitlines() == [
        "All agree: 4 books, 15 entries, 32 lines recomputed.",
        "Restored.",
    ]
    assert laws.differences(before, stored(target)) == []


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("other", ["sqlite", "postgresql"])
def test_a_copy_is_the_original(juang: Juang, scene: Scene, kind: str, other: str) -> None:
    source, target = scene(kind), scene(other)
    before = fill(source)

    copied = juang(*at(source), "db", "copy", target)

    assert copied.code == 0, copied
    assert copied.out.splitlines() == [
        "All agree: 4 books, 15 entries, 32 lines recomputed.",
        "Copied. The master key stays the same: --key-file juang.key",
    ]
    assert laws.differences(before, stored(target)) == []
    again = juang(*at(source), "db", "copy", target)
    assert "The database to fill is not empty" in again.err


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_copy_that_arrives_otherwise_is_not_kept(
    juang: Juang, scene: Scene, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = scene("sqlite"), scene(kind)
    fill(source)
    monkeypatch.setattr(copying, "differing", lambda *_sums: ["entry"])

    copied = juang(*at(source), "db", "copy", target)

    assert copied.code == 1
    assert "The table entry arrived with other rows" in copied.err
    assert is_empty(target)


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
    assert len(wrapped) == 2
    assert not any(key in Path("a.backup").read_bytes() for key in wrapped)


def test_the_data_file_alone_has_no_secret(scene: Scene) -> None:
    """Whoever has the master key and the data file opens no text: the secrets are elsewhere."""
    data = of_part(backups.LAYOUTS, "data")

    assert not any(layout.secret or layout.wrapped for layout in data)
    assert [layout.table for layout in of_part(backups.LAYOUTS, "keys")] == ["text_key"]


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
    stop, numbers = threading.Event(), iter(range(1_000, 1_000_000))
    posted: list[int] = []

    def keep_posting() -> None:
        while not stop.is_set():
            with make() as session, session.begin():
                sent = [post(next(numbers), *earn(7), narration="upah") for _ in range(5)]
                recorded_at = NOW + timedelta(seconds=len(posted))
                operations.post(session, sent, actor=TELLER, recorded_at=recorded_at)
            posted.append(len(sent))

    writer = threading.Thread(target=keep_posting)
    writer.start()
    moved = []
    try:
        for number in range(4):
            with db.reading_session_factory(engine)() as session:
                backups.back_up(
                    session,
                    builders.keyring(),
                    backups.files(place / f"{number}.backup", None),
                    revision="0001",
                    moment=NOW,
                    passed=lambda _block: moved.append(len(posted)),
                )
    finally:
        stop.set()
        writer.join()
    assert len(set(moved)) > 4, "nobody posted while the backups were made"

    sizes = set()
    for number in range(4):
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
    assert len(sizes) > 1


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
    ("data", lambda content: content.replace(b'"0001"', b'"0000"', 1), "has schema 0000"),
    ("data", lambda content: content.replace(b"head_seq", b"head_sea", 1), "has schema 0001*"),
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
    assert "Restored." in kept.out
    assert stored(target, sound=False) == stored(source, sound=False)


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
    assert restored.out.splitlines()[1:] == ["3 erased again", "Restored."]
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


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_rehearsal_restores_compares_and_cleans_up(
    juang: Juang,
    scene: Scene,
    kind: str,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scratch = tmp_path_factory.mktemp("scratch")
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    url = scene(kind)
    before = fill(url)

    ended = juang(*at(url), "rehearse", "--every", "60", "--format", "json")

    assert ended.code == 0, ended
    said = json.loads(ended.out)
    assert said["good"] is True
    assert 3600 < float(said["rpo_s"]) < 3660
    assert float(said["rto_s"]) >= 0
    assert said["compared"] == sum(len(rows) for rows in before.values())
    assert said["debits_IDR_zakat"]["amount"] == "70.00"
    assert list(scratch.iterdir()) == []
    assert stored(url) == before


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_rehearsal_may_be_told_where(juang: Juang, scene: Scene, kind: str) -> None:
    url, scratch = scene("sqlite"), scene(kind)
    fill(url)

    first = juang(*at(url), "rehearse", "--scratch", scratch)
    second = juang("--language", "id", *at(url), "rehearse", "--scratch", scratch)
    on_itself = juang(*at(url), "rehearse", "--scratch", url)

    assert "Every row, balance and hash is that of the original." in first.out
    assert "Setiap baris, saldo dan hash sama dengan asalnya." in second.out
    assert "The database to fill is not empty" in on_itself.err
    assert not is_empty(url)


def test_a_rehearsal_says_what_differs(
    juang: Juang, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = scene("sqlite")
    fill(url)
    monkeypatch.setattr("api.operating.rehearsal.differing", lambda *_sums: ["entry"])

    ended = juang(*at(url), "rehearse")

    assert ended.code == 1
    assert "DIFFERENT: tables entry." in ended.out
