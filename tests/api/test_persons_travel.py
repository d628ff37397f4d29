"""Persons under another master key, and in books that are restored from an older backup."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from ledger import db
from ledger.journal.keyring import Keyring
from ledger.parties import operations, queries
from ledger.parties.fields import Field
from tests import builders
from tests.api.conftest import Juang
from tests.api.moving import MASTER, write_key
from tests.builders import NOW, PLATFORM, TELLER
from tests.conftest import NewEngine

NIK = "7309015406950001"
BY: dict[str, Any] = {"actor": TELLER, "recorded_at": NOW}


def at(engine: Engine) -> tuple[str, ...]:
    return ("--db", engine.url.render_as_string(hide_password=False), "--key-file", "juang.key")


def register(engine: Engine) -> int:
    with db.session_factory(engine, keyring=builders.keyring()).begin() as session:
        builders.open_books(session)
        siti = operations.register(session, PLATFORM, "siti", **BY)
        operations.set_field(session, PLATFORM, siti, Field.NIK, NIK, **BY)
        return siti


def holders(engine: Engine, key: bytes) -> list[int]:
    ring = Keyring(key, builders.keyring().new_secret)
    with db.session_factory(engine, keyring=ring)() as session:
        return queries.holders(session, PLATFORM, Field.NIK, NIK)


def test_a_person_is_found_by_her_nik_under_the_next_master_key(
    engine: Engine, juang: Juang, place: Path
) -> None:
    siti = register(engine)
    write_key(place / "juang.key", MASTER)
    checked = juang(*at(engine), "keys", "check").out.splitlines()
    assert ["vault_index", "1", "0", "0"] in [line.split() for line in checked]

    assert juang(*at(engine), "keys", "rotate").code == 0

    assert juang(*at(engine), "keys", "check").code == 0
    assert holders(engine, MASTER) == []
    assert holders(engine, (place / "juang.key").read_bytes()) == [siti]


@pytest.mark.parametrize("stale", [False, True])
def test_who_was_erased_stays_erased_in_an_older_backup(
    new_engine: NewEngine, juang: Juang, place: Path, *, stale: bool
) -> None:
    source, target = new_engine(), new_engine()
    db.migrate(target, "base")
    siti = register(source)
    write_key(place / "juang.key", MASTER)
    assert juang(*at(source), "backup", "old.backup").code == 0
    with db.session_factory(source, keyring=builders.keyring()).begin() as session:
        operations.erase(session, PLATFORM, siti, reason="own_request", **BY)
    assert juang(*at(source), "backup", "new.backup").code == 0

    keys = "old.backup.keys" if stale else "new.backup.keys"
    restored = juang(*at(target), "restore", "old.backup", "--keys", keys)

    assert restored.code == 0
    if stale:  # the keys of that day open what was there on that day: keep only the newest
        assert holders(target, MASTER) == [siti]
        return
    assert "The erasure list is applied again: 1." in restored.out
    assert holders(target, MASTER) == []
    with db.session_factory(target, keyring=builders.keyring())() as session:
        assert queries.vault(session, PLATFORM, siti) == []
        assert queries.find(session, PLATFORM, "siti").state == "erased"
