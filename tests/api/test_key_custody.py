"""`juang keys`: what the master key opens, and how another takes its place."""

import fcntl
import hmac
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from api.commands.key_files import pending
from api.operating import master_key
from api.operating.master_key import Ward
from ledger import db
from ledger.db.transfer.secrets import Secrets
from ledger.journal.keyring import Keyring
from tests import builders
from tests.api.conftest import Juang
from tests.api.moving import MASTER, write_key
from tests.conformance import laws
from tests.ledger.db.transfer import rich


def at(engine: Engine) -> tuple[str, ...]:
    return ("--db", engine.url.render_as_string(hide_password=False), "--key-file", "juang.key")


@pytest.fixture
def books(engine: Engine, place: Path) -> Engine:
    """Give rich books whose key file is `juang.key`."""
    rich.fill(engine)
    write_key(place / "juang.key", MASTER)
    return engine


def test_a_fingerprint_names_the_key_and_is_no_part_of_it(juang: Juang, place: Path) -> None:
    juang("init")
    key = (place / "juang.key").read_bytes()

    shown = juang("keys", "show").out.strip()

    assert shown == juang("keys", "show").out.strip()
    assert len(shown) == 16
    assert shown not in key.hex()
    assert Keyring(bytes(32), lambda *_subject: b"").fingerprint != shown


def test_the_check_counts_what_opens_and_what_does_not(books: Engine, juang: Juang) -> None:
    good = juang(*at(books), "keys", "check")
    assert good.code == 0
    assert ["text_key", "3", "1", "0"] in [line.split() for line in good.out.splitlines()]
    assert "The master key opens all of them." in good.out

    other = builders.keyring()
    strange = Keyring(b"k" * 32, other.new_secret).wrap(bytes(32))
    with books.begin() as connection:
        connection.execute(
            text("UPDATE text_key SET wrapped = :w WHERE wrapped IS NOT NULL AND book_id = :b"),
            {"w": strange, "b": builders.IBU},
        )
    bad = juang(*at(books), "keys", "check", "--format", "json")
    assert bad.code == 1
    said = json.loads(bad.out)
    assert said["clean"] is False
    found = {row["table"]: row for row in said["rows"]}
    assert found["text_key"] == {"table": "text_key", "opened": 2, "emptied": 1, "closed": 1}


def test_a_rotation_keeps_every_text_and_the_old_key(
    books: Engine, juang: Juang, place: Path
) -> None:
    entries = juang(*at(books), "entries", "platform/siti").out
    old = builders.keyring()

    ended = juang(*at(books), "keys", "rotate")

    assert ended.code == 0
    fingerprint = juang(*at(books), "keys", "show").out.strip()
    retired = f"juang.key.retired-{old.fingerprint}"
    assert ended.out.splitlines() == [
        f"7 secrets wrapped again. New key {fingerprint}: juang.key",
        f"Old key {old.fingerprint}: {retired}. Needed while backups of its time are kept.",
    ]
    assert fingerprint != old.fingerprint
    assert (place / retired).read_bytes() == MASTER
    assert (place / "juang.key").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in place.iterdir()) == [
        "juang.key",
        retired,
    ]
    assert juang(*at(books), "entries", "platform/siti").out == entries
    assert juang(*at(books), "keys", "check").code == 0
    assert juang(*at(books), "verify").code == 0


def test_a_rotation_goes_page_by_page(
    books: Engine, juang: Juang, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.db.transfer.secrets.PAGE", 1)

    assert juang(*at(books), "keys", "rotate").code == 0
    assert juang(*at(books), "keys", "check").code == 0


def test_a_secret_that_no_key_opens_stops_the_rotation(
    books: Engine, juang: Juang, place: Path
) -> None:
    """A process with an old key in its memory may have wrapped a secret after a rotation."""
    write_key(place / "stray.key", b"s" * 32)
    stray = Keyring(b"s" * 32, builders.keyring().new_secret)
    with books.begin() as connection:
        connection.execute(
            text("INSERT INTO text_key (book_id, subject, wrapped) VALUES (:b, 'late', :w)"),
            {"b": builders.SITI, "w": stray.wrap(b"x" * 32)},
        )
    before = _stored(books)

    refused = juang(*at(books), "keys", "rotate")
    assert refused.code == 1
    assert "Is this the right --key-file?" in refused.err
    assert _stored(books) == before
    assert sorted(path.name for path in place.iterdir()) == ["juang.key", "stray.key"]

    done = juang(*at(books), "keys", "rotate", "--also", "stray.key")
    assert done.code == 0
    assert juang(*at(books), "keys", "check").code == 0
    assert "no key file none.key" in juang(*at(books), "keys", "rotate", "--also", "none.key").err


def _stored(engine: Engine) -> laws.Stored:
    with db.session_factory(engine)() as session:
        return laws.stored(session)


def test_while_a_rotation_is_unfinished_nothing_else_guesses(
    books: Engine, juang: Juang, place: Path
) -> None:
    write_key(place / "juang.key.new", b"n" * 32)

    for args in (("books",), ("keys", "check"), ("backup", "x"), ("post", "-")):
        ended = juang(*at(books), *args, input=b"")
        assert ended.code == 1
        assert "was interrupted" in ended.err
        assert "Finish it with `juang keys rotate`." in ended.err

    finished = juang(*at(books), "keys", "rotate")
    assert finished.code == 0
    assert "An interrupted rotation was finished." in finished.err
    assert (place / "juang.key").read_bytes() == b"n" * 32
    assert juang(*at(books), "keys", "check").code == 0


def test_a_new_key_that_was_written_in_part_has_served_nothing(
    books: Engine, juang: Juang, place: Path
) -> None:
    write_key(place / "juang.key.new", b"n" * 7)

    assert juang(*at(books), "keys", "rotate").code == 0
    assert juang(*at(books), "keys", "check").code == 0
    assert not (place / "juang.key.new").exists()


def test_one_process_rotates_at_a_time(books: Engine, juang: Juang, place: Path) -> None:
    write_key(place / "juang.key.new", b"n" * 32)
    with (place / "juang.key.new").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        ended = juang(*at(books), "keys", "rotate")

    assert ended.code == 1
    assert "A rotation of the key juang.key is under way" in ended.err
    assert pending(place / "juang.key").exists()


def test_a_key_that_is_not_there_is_not_rotated(juang: Juang, place: Path) -> None:
    juang("db", "migrate")

    assert "There is no key file juang.key." in juang("keys", "rotate").err
    assert "There is no key file juang.key." in juang("keys", "show").err
    assert not (place / "juang.key.new").exists()
    server = juang("--db", "postgresql://nowhere/x", "keys", "rotate")
    assert "This session has no keyring" in server.err


def test_what_else_stands_under_the_master_key_is_turned_with_it(
    books: Engine, juang: Juang, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A blind index, say: it is derived from the master key, and would find nothing any more."""

    def tag(ring: Keyring) -> str:
        return hmac.digest(ring.master_key, b"index", "sha256").hex()

    def look(session: Session, ring: Keyring) -> Secrets:
        names = session.scalars(text("SELECT name FROM tenant")).all()
        good = sum(name == tag(ring) for name in names)
        return Secrets("index", opened=good, closed=len(names) - good)

    def turn(session: Session, _old: Sequence[Keyring], new: Keyring) -> int:
        session.execute(text("UPDATE tenant SET name = :tag"), {"tag": tag(new)})
        return 3

    monkeypatch.setattr(master_key, "WARDS", [Ward(look, turn)])
    assert "3 secrets do NOT open." in juang(*at(books), "keys", "check").out
    turned = juang(*at(books), "keys", "rotate")
    assert "7 secrets wrapped again." in turned.out
    assert juang(*at(books), "keys", "check").code == 0
    checked = juang(*at(books), "keys", "check").out.splitlines()
    assert ["index", "3", "0", "0"] in [line.split() for line in checked]


def test_a_ward_that_is_left_behind_stops_the_rotation(
    books: Engine, juang: Juang, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lazy = Ward(lambda _session, _ring: Secrets("index", closed=1), lambda *_args: 0)
    monkeypatch.setattr(master_key, "WARDS", [lazy])
    before = _stored(books)

    with pytest.raises(AssertionError, match="1 secrets would have been lost"):
        juang(*at(books), "keys", "rotate")

    assert _stored(books) == before
    assert (place / "juang.key").read_bytes() == MASTER
