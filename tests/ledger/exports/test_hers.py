"""Her archive holds everything that is held of her, and nothing of anybody else."""

import json
import tracemalloc
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from ledger.consents import operations as consents
from ledger.consents.queries import held
from ledger.consents.queries.held import Held, Rows
from ledger.consents.queries.spoken import TEXTS, Texts
from ledger.consents.tables import AccessLog
from ledger.consents.trail import Look
from ledger.db import Base
from ledger.errors import Wording
from ledger.exports import operations, queries
from ledger.exports.queries import officers
from ledger.journal import operations as journal
from ledger.journal.intents import Exchange, credit, debit
from ledger.journal.tables import EntryText
from ledger.parties import operations as parties
from ledger.parties import queries as people
from ledger.parties.fields import Field
from tests import builders, plans
from tests.builders import IBU, NOW, PLATFORM, SITI, TELLER, counted, earn, hkd, idr, pay, post
from tests.ledger.access import filled
from tests.ledger.apps import filled as apps
from tests.ledger.household import filled as households
from tests.ledger.parties.test_devices import public_key

NOBODYS = {
    "app_client": "of a tenant: the key of an integrator's back end",
    "approval_rule": "of a tenant",
    "wrong_attempts": "keyed by a hash; nobody can be told from it",
    "breach": "of a tenant; her notice in breach_notice tells her of it",
    "erasure": "of whom was erased: nobody is left to be told",
    "breach_scope": "of a tenant: which tables and books a breach reached",
}
"""Tables with such a key that hold nothing of one person, and why."""


SEALED = {
    "entry_text": {"commitment", "ciphertext"},
    "vault_field": {"sealed"},
    "device": {"label"},
    "household_link": {"sealed"},
    "annotation": {"asked", "sealed"},
    "category_rule": {"sealed"},
    "work_contract": {"sealed"},
}
"""Columns in whose place stands what they say, opened."""


@pytest.fixture
def session(session: Session) -> Session:
    session.info["keyring"] = builders.keyring()
    return session


def fill(session: Session) -> int:
    """Give Siti a row in every table, her mother a book, and both a relation."""
    builders.open_books(session)
    sent = (
        post(1, *earn(1_000), narration="gaji Siti"),
        post(2, debit("hkd", hkd(1)), credit("cash", idr(2_000)), exchange=Exchange()),
        post(3, *pay(4, what="purse")),
        counted(4, "cash", -1_000),
        builders.reserve(5, *pay(5)),
        post(6, *earn(7), book=IBU, narration="rahasia Ibu"),
    )
    journal.post(session, sent, actor=TELLER, recorded_at=NOW)
    siti = builders.fill_consents(session)
    ibu = parties.register(session, PLATFORM, "ibu", actor=TELLER, recorded_at=NOW)
    consents.own_book(session, PLATFORM, ibu, IBU, actor=TELLER, recorded_at=NOW)
    parties.relate(session, PLATFORM, siti, ibu, "family", actor=TELLER, recorded_at=NOW)
    _fill_vault(session, siti)
    apps.fill(session)
    return siti


def _fill_vault(session: Session, siti: int) -> None:
    by: dict[str, Any] = {"actor": TELLER, "recorded_at": NOW}
    parties.set_field(session, PLATFORM, siti, Field.NIK, "7309015406950001", **by)
    parties.set_field(session, PLATFORM, siti, Field.NAME, "Siti Aminah", **by)
    parties.register_device(session, PLATFORM, siti, public_key(1), label="Oppo", **by)
    cooperative = builders.COOPERATIVE
    member = cooperative, parties.register(session, cooperative, "m-1", **by)
    parties.add_link(session, SITI, (PLATFORM, siti), member, **by)
    parties.hold(session, PLATFORM, siti, "tax", builders.TODAY, **by)


def archive(session: Session, who: int) -> dict[str, Any]:
    parts: list[str] = []
    operations.write_archive(session, PLATFORM, who, parts.append, made_at=NOW)
    found: dict[str, Any] = json.loads("".join(parts))
    assert found["complete"]
    return found


def sections(found: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {section["name"]: section["rows"] for section in found["sections"]}


def test_every_table_of_persons_and_books_is_in_the_archive_or_nobodys() -> None:
    """A new table with a key of a person, a book or a tenant belongs to a contributor."""
    covered = [each.name for contributor in queries.CONTRIBUTORS for each in contributor.held]

    assert len(covered) == len(set(covered)), "a table has one contributor"
    assert held.mapped() - set(covered) - NOBODYS.keys() == set()
    assert set(covered) | NOBODYS.keys() <= Base.metadata.tables.keys()


def test_a_table_that_nobody_covers_is_noticed() -> None:
    assert {"person", "relation", "posting", "book", "access_log"} - {"book"} <= held.mapped()
    assert "alembic_version" not in held.mapped()


def test_every_row_of_hers_is_in_it(session: Session) -> None:
    siti = fill(session)
    book = households.fill(session)
    consents.own_book(session, PLATFORM, siti, book, actor=TELLER, recorded_at=NOW)

    found = sections(archive(session, siti))

    hers = queries.subject(session, PLATFORM, siti)
    for contributor in queries.CONTRIBUTORS:
        for each in contributor.held:
            if each.derived:
                continue
            query = select(func.count()).select_from(each.table).where(each.is_about(hers))
            stored = session.scalar(query)
            assert stored == len(found[each.name]), each.name
            if each.name not in {"fund", "fund_purpose", "book_event"} | officers_tables():
                assert stored, each.name


def officers_tables() -> set[str]:
    return {each.name for part in (officers.OFFICERS, officers.APPROVALS) for each in part.held}


def test_an_officer_is_told_what_is_held_of_her_work(session: Session) -> None:
    builders.open_books(session)
    filled.fill(session)
    rina = people.find(session, builders.COOPERATIVE, "rina").id

    parts: list[str] = []
    operations.write_archive(session, builders.COOPERATIVE, rina, parts.append, made_at=NOW)
    found = sections(json.loads("".join(parts)))

    assert [row["handle"] for row in found["officer"]] == ["rina"]
    assert {row["role"] for row in found["officer_role"]} == {"administrator"}
    assert found["officer_event"]
    assert found["duty_done"]
    assert {"token_hash"}.isdisjoint(found["officer_session"][0])


def test_no_column_is_left_out_without_being_named(session: Session) -> None:
    siti = fill(session)

    found = sections(archive(session, siti))

    for contributor in queries.CONTRIBUTORS:
        for each in contributor.held:
            if each.derived or not found[each.name]:
                continue
            missing = {*each.table.c.keys()} - {*found[each.name][0], *each.secret}
            assert missing == SEALED.get(each.name, set()), each.name


def test_she_reads_her_texts_and_nobody_elses(session: Session) -> None:
    siti = fill(session)

    found = archive(session, siti)

    (told,) = sections(found)["entry_text"]
    assert (told["text"], told["unreadable"], told["field"]) == ("gaji Siti", None, "narration")
    assert "rahasia" not in json.dumps(found)
    assert found["books"] == [str(SITI)]
    assert str(IBU) not in json.dumps(found)


def test_a_text_that_cannot_be_opened_says_why(session: Session) -> None:
    siti = fill(session)
    session.info["keyring"] = None
    (told,) = sections(archive(session, siti))["entry_text"]
    assert (told["text"], told["unreadable"]) == (None, "locked")

    session.execute(text("UPDATE text_key SET wrapped = NULL"))
    (told,) = sections(archive(session, siti))["entry_text"]
    assert (told["text"], told["unreadable"]) == (None, "erased")


def test_what_endangers_her_leaves_no_gap(session: Session) -> None:
    siti = fill(session)
    looks = [
        Look(person=siti, actor="c", role="counsellor", kind="phone", purpose=purpose)
        for purpose in ("protection", "audit")
    ]
    consents.note_looks(session, PLATFORM, looks, recorded_at=NOW)

    found = archive(session, siti)

    assert [row["purpose"] for row in sections(found)["access_log"]] == ["service", "audit"]
    assert "counsellor" in json.dumps(found)
    assert "protection" not in json.dumps(found)
    assert "no" not in sections(found)["access_log"][0]
    assert found["counts"]["access_log"] == 2


def test_what_merged_records_hold_is_hers(session: Session) -> None:
    siti = fill(session)
    sari = parties.register(session, PLATFORM, "sari", actor=TELLER, recorded_at=NOW)
    parties.merge(session, PLATFORM, siti, sari, actor=TELLER, reason="same_nik", recorded_at=NOW)

    found = archive(session, sari)

    assert found["person"] == str(sari)
    assert found["records"] == [str(sari), str(siti)]
    assert {row["id"] for row in sections(found)["person"]} == {str(sari), str(siti)}
    assert len(sections(found)["entry"]) == 4


def test_a_breach_is_told_in_full(session: Session) -> None:
    siti = fill(session)

    (notice,) = sections(archive(session, siti))["breach_notice"]

    assert (notice["what"], notice["data"]) == ("a laptop was stolen", "names")


def test_nobody_has_no_archive(session: Session) -> None:
    written: list[str] = []

    with pytest.raises(people.PersonNotFound):
        operations.write_archive(session, PLATFORM, 5, written.append, made_at=NOW)

    assert written == []


def test_another_room_adds_what_it_holds(session: Session) -> None:
    """So the vault, loans and savings do: their tables, and how they are read."""
    siti = fill(session)
    room = Rows((Held(model=AccessLog, says=Wording("Lihat", "Looks"), persons=("person_id",)),))
    parts: list[str] = []

    operations.write_archive(
        session, PLATFORM, siti, parts.append, made_at=NOW, contributors=[room]
    )

    assert json.loads("".join(parts))["counts"] == {"access_log": 1}


def _peak(session: Session, who: int) -> tuple[int, int]:
    tracemalloc.start()
    try:
        written = 0

        def write(part: str) -> None:
            nonlocal written
            written += len(part)

        operations.write_archive(session, PLATFORM, who, write, made_at=NOW)
        return tracemalloc.get_traced_memory()[1], written
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_what_she_has(session: Session) -> None:
    siti = fill(session)

    def look_at(first: int, last: int) -> None:
        row = {"tenant_id": PLATFORM, "person_id": siti, "actor": "a", "role": "teller"}
        more = {"kind": "statement", "purpose": "audit", "recorded_at": NOW}
        session.execute(insert(AccessLog), [{**row, **more, "no": no} for no in range(first, last)])

    look_at(100, 2_100)
    _peak(session, siti)
    small, short = _peak(session, siti)
    look_at(2_100, 12_100)
    large, long = _peak(session, siti)

    assert long > 5 * short
    assert large < 1.3 * small + 500_000


def test_her_vault_is_opened_for_her(session: Session) -> None:
    siti = fill(session)

    found = sections(archive(session, siti))

    values = {row["field"]: row["value"] for row in found["vault_field"]}
    assert values == {"nik": "7309015406950001", "name": "Siti Aminah"}
    labels = {row["value"] for row in found["device"]}
    assert labels == {"Oppo", None}, "hers, and the one that came in by a code"
    assert [row["unreadable"] for row in found["household_link"]] == [None]
    session.info.pop("keyring")
    locked = sections(archive(session, siti))["vault_field"]
    assert [(row["value"], row["unreadable"]) for row in locked] == [(None, "locked")] * 2


def speak_elsewhere(session: Session, siti: int) -> None:
    """Let her tenant keep words about her, and about others, in a book that is not hers."""
    of = people.text_subject(session, PLATFORM, siti)
    mother = people.text_subject(session, PLATFORM, people.find(session, PLATFORM, "ibu").id)
    theirs = (
        post(21, *earn(7_777), book=IBU, narration="pinjaman Siti", subject=of),
        post(22, *earn(8_888), book=IBU, narration="sakit Ibu", subject=mother),
        post(23, *earn(9_999), book=IBU, narration="rahasia buku"),
    )
    outcomes = journal.post(session, theirs, actor=TELLER, recorded_at=NOW)
    assert {outcome.code.value for outcome in outcomes} == {"posted"}


def test_words_about_her_in_anothers_book_are_hers_and_no_more_of_that_book(
    session: Session,
) -> None:
    siti = fill(session)
    speak_elsewhere(session, siti)

    found = archive(session, siti)

    own, about = sections(found)["entry_text"]
    assert own["text"] == "gaji Siti"
    subject = people.text_subject(session, PLATFORM, siti)
    nothing = {"book_id": None, "seq": None, "unreadable": None}
    assert about == {"field": "narration", "subject": subject, "text": "pinjaman Siti", **nothing}
    told = json.dumps(found)
    for canary in ("rahasia", "sakit", "7777", "8888", "9999", str(IBU)):
        assert canary not in told
    assert bytes(15).hex() + "15" not in told, "nor the id of the entry"


def test_words_about_a_merged_record_are_hers(session: Session) -> None:
    siti = fill(session)
    speak_elsewhere(session, siti)
    sari = parties.register(session, PLATFORM, "sari", actor=TELLER, recorded_at=NOW)
    parties.merge(session, PLATFORM, siti, sari, actor=TELLER, reason="same_nik", recorded_at=NOW)

    assert "pinjaman Siti" in json.dumps(archive(session, sari))


def test_words_about_her_are_unreadable_once_she_is_erased(session: Session) -> None:
    siti = fill(session)
    speak_elsewhere(session, siti)
    parties.lift_hold(session, PLATFORM, siti, "tax", actor=TELLER, recorded_at=NOW)
    parties.erase(
        session, PLATFORM, siti, reason="own_request", books=[SITI], actor=TELLER, recorded_at=NOW
    )

    texts = sections(archive(session, siti))["entry_text"]

    assert [(row["text"], row["unreadable"]) for row in texts] == [(None, "erased")] * 2
    ibu = people.find(session, PLATFORM, "ibu").id
    others = sections(archive(session, ibu))["entry_text"]
    readable = [row["text"] for row in others]
    assert readable == ["rahasia Ibu", None, "sakit Ibu", "rahasia buku"]


@pytest.mark.parametrize("known", [True, False], ids=["with statistics", "without"])
def test_words_about_her_are_found_by_an_index(session: Session, *, known: bool) -> None:
    siti = fill(session)
    speak_elsewhere(session, siti)
    row = {"book_id": IBU, "field": "narration", "commitment": b"c", "ciphertext": b"t"}
    of = [{**row, "seq": 1_000 + at, "subject": f"person-{at % 500}"} for at in range(3_000)]
    session.execute(insert(EntryText), of)
    if known:
        plans.settle(session, "entry_text", "book", "entry")

    walked = plans.walked(
        session, lambda: list(Texts().records(session, TEXTS, hers(session, siti)))
    )

    assert "entry_text" not in walked


def hers(session: Session, who: int) -> held.Subject:
    return queries.subject(session, PLATFORM, who)
