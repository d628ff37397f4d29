"""Whatever is asked for wrongly: one line, a hint, an exit code, both languages, no traceback."""

import sqlite3
from pathlib import Path

import pytest

from tests.api.conftest import Ended, Juang

HUGE = "9" * 5_000


def one_line(ended: Ended, code: int, *said: str) -> None:
    lines = ended.err.strip().splitlines()
    assert ended.code == code, ended
    assert "Traceback" not in ended.err
    assert lines[0].startswith(("error: ", "galat: ")), ended.err
    assert len(lines) <= 2
    for text in said:
        assert text in ended.err
    assert len(ended.err) < 1_000


BAD_INPUT: tuple[tuple[tuple[str, ...], int, str], ...] = (
    (("fly",), 2, "There is no command “fly”."),
    (("book", "fly"), 2, "There is no command “fly”."),
    (("books", "--wrong"), 2, "--wrong"),
    (("books", "--format", "xml"), 2, "'xml'"),
    (("statement", "demo/siti"), 2, "ACCOUNT"),
    (("period", "close", "demo/siti"), 2, "--through"),
    (("trial-balance",), 2, "Name one book, or say --all."),
    (("trial-balance", "demo/siti", "--all"), 2, "Name one book, or say --all."),
    (("trial-balance", "--all", "--known-at", "3"), 2, "--known-at"),
    (("--language", "fr", "books"), 2, "'fr'"),
    (("balance", "nobody"), 1, "There is no book “nobody”."),
    (("balance", HUGE), 1, "is empty, too long"),
    (("balance", "demo/siti", "nothing:here"), 1, "There is no account “nothing:here”."),
    (("balance", "demo/siti", "77777"), 1, "There is no account “77777”."),
    (("balance", "demo/siti", "--on", "2026-02-30"), 1, "“2026-02-30” is not a date."),
    (("balance", "demo/siti", "--on", "20260201"), 1, "“20260201” is not a date."),
    (("balance", "demo/siti", "--on", "1500-01-01"), 1, "outside 1900"),
    (("balance", "demo/siti", "--on", HUGE), 1, "is not a date"),
    (("balance", "demo/siti", "--known-at", HUGE), 1, "is not a whole number"),
    (("balance", "demo/siti", "--known-at", "-1"), 1, "is not a whole number"),
    (("entries", "demo/siti", "--limit", "1e3"), 1, "is not a whole number"),
    (
        ("statement", "demo/siti", "1200", "--from", "2026-10-02", "--until", "2026-10-01"),
        1,
        "ends",
    ),
    (("book", "open", "a/b", "--currency", "XXX"), 1, "There is no currency “XXX”."),
    (("book", "open", "a/b", "--time-zone", "Mars/Base"), 1, "There is no time zone"),
    (("book", "open", "a/b", "--chart", "none-1"), 1, "There is no chart"),
    (("book", "open", "a b"), 1, "is not a valid reference"),
    (("book", "open", "a/"), 1, "is not a valid reference"),
    (("book", "open", "demo/siti", "--currency", "IDR"), 1, "exists already, with another"),
    (("book", "open", "a/b\nc"), 1, "is empty, too long, or has invalid letters"),
    (("account", "open", "demo/siti", "Bad Code"), 1, "is not an account code"),
    (("account", "open", "demo/siti", "assets:x", "--floor", "1,5"), 1, "is not an amount"),
    (("account", "open", "demo/siti", "assets:x", "--floor", HUGE), 1, "is not an amount"),
    (("account", "open", "demo/siti", "assets:cash"), 1, "exists already, with another chart"),
    (("account", "close", "demo/siti", "assets:bank"), 1, "still has a balance"),
    (("account", "freeze", "demo/siti", "no:such"), 1, "There is no account"),
    (("account", "limits", "demo/siti", "1100", "--floor", "5", "--ceiling", "1"), 1, "above"),
    (("period", "close", "demo-koperasi/koperasi", "--through", "2026-09-30"), 1, "closed through"),
    (("period", "reopen", "demo/siti", "--approved-by", "ani"), 2, "--approved-by"),
    (("--actor", "ani", "period", "reopen", "demo/siti"), 1, "is wrong"),
    (("--actor", "ani", "period", "reopen", "demo/sity"), 1, "There is no book"),
    (("officer", "list", "nobody"), 1, "There is no tenant “nobody”."),
    (("officer", "add", "demo/Ani", "--person", "ani"), 1, "is no valid handle"),
    (("officer", "add", "demo/ani", "--person", "a b"), 1, "is no reference of a person"),
    (("officer", "add", "demo/ani"), 2, "--person"),
    (("officer", "disable", "demo/ani"), 1, "There is no officer “ani”."),
    (("officer", "role", "demo/ani", "owner"), 2, "'owner'"),
    (("officer", "role", "demo/ani", "teller", "--end", "--from", "2026-01-01"), 2, "--from"),
    (("session", "list", "demo/ani"), 1, "There is no officer “ani”."),
    (("session", "revoke", "demo/ani"), 2, "Name one session, or say --all."),
    (("proposal", "list", "nobody"), 1, "There is no tenant “nobody”."),
    (("proposal", "show", "demo", "abc"), 1, "There is no proposal “abc”."),
    (("proposal", "approve", "demo", "abc", "0" * 16), 1, "There is no proposal “abc”."),
    (("proposal", "refuse", "demo", "abc"), 2, "--reason"),
    (("--actor", "a b", "account", "freeze", "demo/siti", "1100"), 1, "cannot be an actor's name"),
    (("post", "missing.jsonl"), 1, "there is no file missing.jsonl"),
    (("post", "."), 1, "is a folder"),
    (("import", "missing.csv"), 1, "there is no file missing.csv"),
    (("import", "missing.csv", "--map", "missing.toml"), 1, "there is no file"),
    (("--db", "", "books"), 1, "not the address of a database"),
    (("--db", "mysql://u:secret@h/x", "books"), 1, "not the address of a database"),
    (("--db", "sqlite://", "books"), 1, "not the address of a database"),
    (("--db", "sqlite:///:memory:", "books"), 1, "not the address of a database"),
    (("--db", "postgresql://:bad:port:/x", "books"), 1, "not the address of a database"),
    (("--db", "sqlite:///other.db", "books"), 1, "There is no database at other.db yet."),
    (("--db", "sqlite:///no/such/folder/x.db", "db", "migrate"), 1, "The database failed"),
)


@pytest.mark.parametrize(("args", "code", "said"), BAD_INPUT, ids=lambda value: str(value)[:60])
def test_bad_input_is_refused_in_one_line(
    demo: Juang, args: tuple[str, ...], code: int, said: str
) -> None:
    one_line(demo(*args), code, said)
    assert "secret" not in demo(*args).err


def test_the_same_in_indonesian(demo: Juang) -> None:
    one_line(
        demo("--language", "id", "balance", "siapa"), 1, "galat: Buku “siapa” tidak ada.", "saran:"
    )
    one_line(demo("--language=id", "terbang"), 2, "Tidak ada perintah “terbang”.", "saran:")
    one_line(demo("--language", "id", "books", "--x"), 2, "Tidak ada pilihan --x.")
    one_line(demo("--language", "id", "books", "--format", "x"), 2, "yang ada: text, json, csv")
    one_line(demo("--language", "id", "statement", "demo/siti"), 2, "Kurang argumen ACCOUNT.")
    one_line(demo("--language", "id", "period", "close", "x"), 2, "Kurang pilihan --through.")
    one_line(demo("--language", "id", "books", "a", "b"), 2, "tidak dapat dipahami")
    one_line(demo("--language", "id", "balance", "x", "--on"), 2, "--on dipakai dengan keliru")
    one_line(demo("--language", "id", "post", "tidak.ada"), 1, "tidak ada berkas tidak.ada")


@pytest.mark.parametrize(
    ("environment", "word"),
    [
        ({"JUANG_LANGUAGE": "id", "LANG": "en_GB.UTF-8"}, "galat"),
        ({"JUANG_LANGUAGE": "", "LANG": "en_GB.UTF-8"}, "error"),
        ({"JUANG_LANGUAGE": "", "LC_ALL": "en_US", "LANG": "id_ID"}, "error"),
        ({"JUANG_LANGUAGE": "", "LC_ALL": "", "LC_MESSAGES": "", "LANG": "C.UTF-8"}, "galat"),
        ({"JUANG_LANGUAGE": "", "LC_ALL": "", "LC_MESSAGES": "", "LANG": ""}, "galat"),
    ],
)
def test_the_language_comes_from_the_environment(
    juang: Juang, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], word: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert juang("books").err.startswith(word)


def test_a_file_that_is_no_database_is_not_taken_for_one(juang: Juang, place: Path) -> None:
    (place / "juang.db").write_bytes(b"this is not a database, and long enough to be sure" * 30)

    one_line(juang("books"), 1, "The database failed: file is not a database")


def test_another_programs_database_is_left_alone(juang: Juang, place: Path) -> None:
    with sqlite3.connect(place / "juang.db") as other:
        other.execute("CREATE TABLE t (x)")
    other.close()

    one_line(juang("books"), 1, "The schema of this database is -", "juang db migrate")
    one_line(juang("book", "open", "a/b"), 1, "The schema of this database is -")


def test_a_database_of_another_version_waits_for_migration(demo: Juang, place: Path) -> None:
    with sqlite3.connect(place / "juang.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '0000'")
    database.close()

    one_line(demo("books"), 1, "The schema of this database is 0000")


def test_a_database_that_nobody_serves(juang: Juang) -> None:
    ended = juang("--db", "postgresql://u:geheim@127.0.0.1:1/x?connect_timeout=2", "books")

    one_line(ended, 1, "The database failed", "Check the address in --db")
    assert "geheim" not in ended.err
