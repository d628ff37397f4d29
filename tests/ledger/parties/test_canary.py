"""Canary persons driven through every operation: no dump has a word of theirs in clear."""

import shutil
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.orm import Session

from ledger import db
from ledger.books.tables import TextKey
from ledger.journal import operations as journal
from ledger.journal import verify
from ledger.journal.keyring import Keyring
from ledger.parties import operations, queries
from ledger.parties.fields import Field
from ledger.parties.tables import PersonKey
from tests import builders
from tests.builders import COOPERATIVE, NOW, PLATFORM, SITI, TELLER, pay, post
from tests.conftest import NewEngine, owning
from tests.ledger.parties.test_devices import public_key

BY: dict[str, Any] = {"actor": TELLER, "recorded_at": NOW}
CANARY = {
    Field.NIK: "7309015406957317",
    Field.NAME: "Sitikenari Aminahkenari",
    Field.PHONE: "+6281273177317",
    Field.ADDRESS: "Jl. Kenari 7317, Maros",
    Field.SAFE_CONTACT: "WhatsApp, Minggu, kata sandi kenarikuning",
}
HEIRS = ("Budikenari, anak", "Anikenari, ibu")
CORRECTED = {
    Field.NIK: "7309015406958428",
    Field.NAME: "Sitimerpati Aminahmerpati",
    Field.PHONE: "+85291238428",
}
LABEL, NARRATION = "Oppo kenari", "Pinjaman Bu Sitikenari untuk obat"
WORDS = (
    *CANARY.values(),
    *CORRECTED.values(),
    *HEIRS,
    LABEL,
    NARRATION,
    *("7309015406957", "81273177317", "91238428", "enari", "ENARI", "erpati", "7317, Maros"),
    "081273177317",
)


def dump(engine: Engine) -> bytes:
    """Give all bytes that the database keeps: SQLite's files, or each row of PostgreSQL as text."""
    if engine.dialect.name == "sqlite":
        path = Path(str(engine.url.database))
        return b"\n".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    with engine.connect() as connection:
        return b"\n".join(
            row.encode()
            for table in inspect(connection).get_table_names()
            for row in connection.scalars(text(f"SELECT t::text FROM {table} t"))
        )


def found(content: bytes) -> list[str]:
    """Name the canaries that a dump has in clear, or as the hexadecimals of their letters."""
    return [
        word
        for word in WORDS
        if word.encode() in content or word.encode().hex().encode() in content
    ]


def fill(session: Session, ref: str, number: int) -> int:
    """Give a person every field and a device."""
    who = operations.register(session, PLATFORM, ref, **BY)
    for field, value in CANARY.items():
        operations.set_field(session, PLATFORM, who, field, value, **BY)
    for no, heir in enumerate(HEIRS, start=1):
        operations.set_field(session, PLATFORM, who, Field.HEIR, heir, no=no, **BY)
    key = public_key(number)
    operations.register_device(session, PLATFORM, who, key, label=LABEL, **BY)
    return who


def test_no_dump_has_a_word_of_a_persons_data(engine: Engine, keyring: Keyring) -> None:
    make = db.session_factory(engine, keyring=keyring)

    def then(work: Any) -> Any:
        with make() as session, session.begin():
            done = work(session)
        assert found(dump(engine)) == []
        return done

    then(builders.open_books)
    old = then(lambda s: fill(s, "old", 1))
    member = then(lambda s: operations.register(s, COOPERATIVE, "m-1", **BY))
    then(lambda s: operations.add_link(s, SITI, (PLATFORM, old), (COOPERATIVE, member), **BY))
    spoken = post(1, *pay(5), narration=NARRATION, subject=f"person-{old}")
    then(lambda s: journal.post(s, [spoken], actor=TELLER, recorded_at=NOW))
    for field, value in CORRECTED.items():
        then(lambda s, f=field, v=value: operations.set_field(s, PLATFORM, old, f, v, **BY))
    then(lambda s: operations.clear_field(s, PLATFORM, old, Field.HEIR, no=2, **BY))
    then(_taken)
    new = then(lambda s: operations.register(s, PLATFORM, "new", **BY))
    then(lambda s: operations.relate(s, PLATFORM, old, new, "family", **BY))
    then(lambda s: operations.sign_out_everywhere(s, PLATFORM, old, **BY))
    then(lambda s: operations.merge(s, PLATFORM, old, new, reason="same_nik", **BY))
    then(lambda s: operations.hold(s, PLATFORM, new, "tax", date(2026, 1, 1), **BY))
    then(lambda s: operations.lift_hold(s, PLATFORM, new, "tax", **BY))
    then(operations.reindex)
    assert b"merged_from" in dump(engine)  # the dump has what it should
    with make() as session:
        values = {kept.value for kept in queries.vault(session, PLATFORM, new)}
    assert set(CORRECTED.values()) < values
    then(lambda s: operations.erase(s, PLATFORM, new, reason="own_request", books=[SITI], **BY))
    then(lambda s: operations.reapply_erasures(s, queries.erasures(s)))
    with make() as session:
        assert verify.verify(session).clean


def _taken(session: Session) -> None:
    """Refuse a second person the same NIK, and see that the refusal repeats nothing."""
    other = operations.register(session, PLATFORM, "other", **BY)
    with pytest.raises(operations.NikTaken) as caught:
        operations.set_field(session, PLATFORM, other, Field.NIK, CORRECTED[Field.NIK], **BY)
    assert CORRECTED[Field.NIK] not in f"{caught.value!r} {caught.value} {caught.value.__cause__}"


def files(engine: Engine) -> bytes:
    """Give the bytes of the files that keys are kept in; of PostgreSQL, as the disk has them."""
    if engine.dialect.name == "sqlite":
        return dump(engine)
    with owning(engine) as owners, owners.connect() as connection:
        connection.execute(text("CHECKPOINT"))
        read = text("SELECT pg_read_binary_file(pg_relation_filepath(:name))")
        return b"".join(
            bytes(connection.scalars(read, {"name": name}).one())
            for name in ("text_key", "person_key")
        )


def leave_no_trace(engine: Engine) -> bool:
    """Try until nobody reads an earlier moment; PostgreSQL's own housekeeping does at times."""
    for _ in range(50):
        if db.leave_no_trace(engine):
            return True
        time.sleep(0.1)
    return False


def test_a_destroyed_key_leaves_no_bytes_in_the_file(engine: Engine, keyring: Keyring) -> None:
    make = db.session_factory(engine, keyring=keyring)
    with make() as session, session.begin():
        builders.open_books(session)
        several = [operations.register(session, PLATFORM, f"p{no}", **BY) for no in range(40)]
        for no, who in enumerate(several):
            operations.set_field(session, PLATFORM, who, Field.NAME, f"Kenari {no}", **BY)
            spoken = post(no, *pay(5), narration=NARRATION, subject=f"person-{who}")
            journal.post(session, [spoken], actor=TELLER, recorded_at=NOW)
        wrapped = [
            key for table in (PersonKey, TextKey) for key in session.scalars(select(table.wrapped))
        ]
    assert leave_no_trace(engine)
    assert all(key is not None and key in files(engine) for key in wrapped)

    with make() as session, session.begin():
        for who in several:
            operations.erase(session, PLATFORM, who, reason="own_request", **BY)
    assert leave_no_trace(engine)

    left = files(engine)
    assert not any(key is None or key in left for key in wrapped)


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_while_others_hold_the_keys_the_trace_stays_and_that_is_said(engine: Engine) -> None:
    with owning(engine) as owners, owners.begin() as other:
        other.execute(text("LOCK TABLE person_key IN SHARE MODE"))
        assert not db.leave_no_trace(engine, patience_ms=50)
    assert leave_no_trace(engine)


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_while_somebody_reads_an_earlier_moment_the_trace_stays_and_that_is_said(
    engine: Engine, keyring: Keyring
) -> None:
    """PostgreSQL keeps what an open reading may still ask for, a key that was destroyed too."""
    make = db.session_factory(engine, keyring=keyring)
    with make() as session, session.begin():
        builders.open_books(session)
        who = fill(session, "siti", 1)
        key = session.scalars(select(PersonKey.wrapped)).one()
    assert key is not None
    with db.reading_session_factory(engine, tenant=db.EVERY_TENANT)() as reading:
        reading.execute(text("SELECT count(*) FROM tenant"))
        with make() as session, session.begin():
            operations.erase(session, PLATFORM, who, reason="own_request", **BY)
        assert not db.leave_no_trace(engine, patience_ms=50)
        assert key in files(engine)

    assert leave_no_trace(engine)
    assert key not in files(engine)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_yesterdays_backup_and_the_list_are_as_good_as_an_erasure(
    engine: Engine, new_engine: NewEngine, keyring: Keyring, tmp_path: Path
) -> None:
    make = db.session_factory(engine, keyring=keyring)
    with make() as session, session.begin():
        builders.open_books(session)
        who = fill(session, "siti", 1)
        spoken = post(1, *pay(5), narration=NARRATION, subject=f"person-{who}")
        journal.post(session, [spoken], actor=TELLER, recorded_at=NOW)
    backup = tmp_path / "yesterday.db"
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(str(engine.url.database), backup)
    with make() as session, session.begin():
        operations.erase(session, PLATFORM, who, reason="own_request", books=[SITI], **BY)
        rows = list(queries.erasures(session))

    restored = db.engine(f"sqlite:///{backup}")
    back = db.session_factory(restored, keyring=keyring)
    with back() as session, session.begin():
        assert len(queries.vault(session, PLATFORM, who)) == 7
        assert operations.reapply_erasures(session, rows) == 2
    with back() as session, session.begin():
        assert queries.vault(session, PLATFORM, who) == []
        assert set(session.scalars(select(TextKey.wrapped))) == {None}
        assert verify.verify(session).clean
        (outcome,) = journal.post(session, [spoken], actor=TELLER, recorded_at=NOW)
        assert outcome.code == "exists"
    restored.dispose()
