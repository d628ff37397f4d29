"""The vault: fields of a person sealed under her own key, found blind, corrected without trace."""

from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ledger.db.roles import become
from ledger.journal.keyring import Keyring, KeyUnusable, NoKeyring
from ledger.parties import operations, queries
from ledger.parties.fields import Field
from ledger.parties.nik import NikMalformed
from ledger.parties.tables import PersonKey, VaultField, VaultIndex
from tests import plans
from tests.builders import NOW, TELLER

TENANT, OTHER = 11, 12
NIK, OTHER_NIK = "7309015406950001", "3307014107900002"
PHONE = "+6281234567890"
BY: dict[str, Any] = {"actor": TELLER, "recorded_at": NOW}


def person(session: Session, ref: str, tenant: int = TENANT) -> int:
    return operations.register(session, tenant, ref, **BY)


def put(
    session: Session, who: int, field: Field, value: str, no: int = 0, tenant: int = TENANT
) -> int:
    return operations.set_field(session, tenant, who, field, value, no=no, **BY)


def kept(session: Session, who: int, tenant: int = TENANT) -> dict[tuple[str, int], str]:
    return {(k.field.value, k.no): k.value for k in queries.vault(session, tenant, who)}


def merge(session: Session, gone: int, into: int) -> None:
    operations.merge(session, TENANT, gone, into, reason="same_nik", **BY)


def whats(session: Session, who: int) -> list[tuple[str, str | None, str | None]]:
    return [(e.what, e.before, e.after) for e in queries.events(session, TENANT, who)]


def test_fields_are_kept_in_one_form_and_read_back_in_order(session: Session) -> None:
    siti = person(session, "siti")
    put(session, siti, Field.SAFE_CONTACT, "WhatsApp, Minggu, kata: melati")
    put(session, siti, Field.HEIR, "Budi, anak", no=2)
    put(session, siti, Field.HEIR, "Ani, ibu", no=1)
    put(session, siti, Field.NAME, " Siti  Aminah ")
    put(session, siti, Field.PHONE, "0812 3456 7890")
    put(session, siti, Field.NIK, "7309.0154.0695.0001")

    assert list(kept(session, siti).items()) == [
        (("nik", 0), NIK),
        (("name", 0), "Siti Aminah"),
        (("phone", 0), PHONE),
        (("heir", 1), "Ani, ibu"),
        (("heir", 2), "Budi, anak"),
        (("safe_contact", 0), "WhatsApp, Minggu, kata: melati"),
    ]
    assert [k.masked for k in queries.vault(session, TENANT, siti)[:3]] == [
        "•••0001",
        "S••• A•••",
        "•••890",
    ]


def test_a_correction_leaves_no_trace_but_says_that_there_was_one(session: Session) -> None:
    siti = person(session, "siti")
    assert put(session, siti, Field.NAME, "Sitti") == 1
    sealed = session.scalars(select(VaultField.sealed)).one()

    assert put(session, siti, Field.NAME, "Siti") == 2
    assert put(session, siti, Field.NAME, "Siti ") == 2
    assert put(session, siti, Field.NAME, "Sitti") == 3

    again = session.scalars(select(VaultField.sealed)).one()
    assert again != sealed
    assert whats(session, siti) == [
        ("registered", None, None),
        ("set:name", None, "1"),
        ("set:name", "1", "2"),
        ("set:name", "2", "3"),
    ]


def test_a_field_is_cleared_and_its_index_with_it(session: Session) -> None:
    siti = person(session, "siti")
    put(session, siti, Field.NIK, NIK)
    put(session, siti, Field.HEIR, "Ani", no=1)

    operations.clear_field(session, TENANT, siti, Field.NIK, **BY)
    operations.clear_field(session, TENANT, siti, Field.HEIR, no=1, **BY)

    assert kept(session, siti) == {}
    assert queries.holders(session, TENANT, Field.NIK, NIK) == []
    assert whats(session, siti)[-2:] == [("cleared:nik", "1", None), ("cleared:heir:1", "1", None)]
    with pytest.raises(operations.FieldNotFound):
        operations.clear_field(session, TENANT, siti, Field.NIK, **BY)


def test_a_nik_is_one_persons_of_a_tenant(session: Session) -> None:
    siti, ani = person(session, "siti"), person(session, "ani")
    put(session, siti, Field.NIK, NIK)

    with pytest.raises(operations.NikTaken) as caught:
        put(session, ani, Field.NIK, "7309 0154 0695 0001")

    assert caught.value.facts == {"person": str(siti)}
    assert "merge" in (caught.value.advice() or "")
    assert kept(session, ani) == {}
    assert whats(session, ani) == [("registered", None, None)]
    assert put(session, ani, Field.NIK, OTHER_NIK) == 1
    abroad = person(session, "siti", OTHER)
    assert put(session, abroad, Field.NIK, NIK, tenant=OTHER) == 1
    assert queries.holders(session, TENANT, Field.NIK, NIK) == [siti]


def test_the_database_holds_a_nik_to_one_person_too(session: Session) -> None:
    siti, ani = person(session, "siti"), person(session, "ani")
    put(session, siti, Field.NIK, NIK)
    row = {"tenant_id": TENANT, "person_id": ani, "kind": "nik"}
    tag = session.scalars(select(VaultIndex.tag)).one()

    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(insert(VaultIndex).values(**row, tag=tag))


def test_a_corrected_nik_is_free_for_its_owner(session: Session) -> None:
    siti, ani = person(session, "siti"), person(session, "ani")
    put(session, siti, Field.NIK, NIK)
    put(session, siti, Field.NIK, OTHER_NIK)

    put(session, ani, Field.NIK, NIK)

    assert queries.holders(session, TENANT, Field.NIK, NIK) == [ani]
    assert queries.holders(session, TENANT, Field.NIK, OTHER_NIK) == [siti]


def test_a_recycled_number_leads_nobody_to_who_had_it_before(session: Session) -> None:
    """security.md §2.4: A changes number, B gets A's old one; B sees nothing, A keeps all."""
    a, b = person(session, "a"), person(session, "b")
    put(session, a, Field.PHONE, PHONE)
    put(session, a, Field.NAME, "Siti")
    put(session, a, Field.PHONE, "+852 9123 4567")

    put(session, b, Field.PHONE, PHONE)

    assert queries.holders(session, TENANT, Field.PHONE, PHONE) == [b]
    assert kept(session, b) == {("phone", 0): PHONE}
    assert kept(session, a) == {("name", 0): "Siti", ("phone", 0): "+85291234567"}


def test_a_number_may_be_several_persons_and_taking_it_says_nothing(session: Session) -> None:
    a, b, c = (person(session, ref) for ref in "abc")
    put(session, a, Field.PHONE, PHONE)
    before = whats(session, a)

    assert put(session, b, Field.PHONE, PHONE) == put(session, c, Field.PHONE, "+85291234567") == 1

    assert queries.holders(session, TENANT, Field.PHONE, "081234567890") == sorted([a, b])
    assert whats(session, a) == before
    assert [what for what, *_ in whats(session, b)] == [what for what, *_ in whats(session, c)]


def test_equal_values_of_two_persons_look_different(session: Session) -> None:
    a, b = person(session, "a"), person(session, "b")
    for who in (a, b):
        put(session, who, Field.NAME, "Siti")
        put(session, who, Field.PHONE, PHONE)

    rows = [bytes(sealed) for sealed in session.scalars(select(VaultField.sealed))]
    parts = [part for row in rows for part in (row[:12], row[12:28], row[-16:])]
    assert len(set(parts)) == len(parts) == 12


def test_a_ciphertext_moved_to_another_row_does_not_open(session: Session) -> None:
    a, b = person(session, "a"), person(session, "b")
    put(session, a, Field.NAME, "Siti")
    put(session, b, Field.NAME, "Ani")
    put(session, a, Field.ADDRESS, "Maros")
    stolen = session.scalars(select(VaultField.sealed).where(VaultField.person_id == a)).first()

    session.execute(update(VaultField).where(VaultField.person_id == b).values(sealed=stolen))
    session.execute(update(VaultField).where(VaultField.person_id == a).values(sealed=stolen))
    session.expire_all()

    for who in (a, b):
        with pytest.raises(KeyUnusable):
            queries.vault(session, TENANT, who)


def test_without_the_key_nothing_is_read_or_written(session: Session) -> None:
    siti = person(session, "siti")
    put(session, siti, Field.NAME, "Siti")
    carried = session.info["keyring"]

    for ring, refusal in ((None, NoKeyring), (Keyring(b"x" * 32, carried.new_secret), KeyUnusable)):
        session.info["keyring"] = ring
        with pytest.raises(refusal):
            queries.vault(session, TENANT, siti)
        with pytest.raises(refusal):
            put(session, siti, Field.NAME, "Ani")
    session.info["keyring"] = carried
    assert kept(session, siti) == {("name", 0): "Siti"}


def test_a_new_master_key_needs_new_wrappings_and_a_new_index(session: Session) -> None:
    siti = person(session, "siti")
    put(session, siti, Field.NIK, NIK)
    put(session, siti, Field.PHONE, PHONE)
    old: Keyring = session.info["keyring"]
    new = Keyring(b"n" * 32, old.new_secret)
    wrapped = session.scalars(select(PersonKey.wrapped)).one()
    assert wrapped is not None
    session.execute(update(PersonKey).values(wrapped=new.wrap(old.unwrap(bytes(wrapped)))))
    session.info["keyring"] = new
    try:
        assert queries.holders(session, TENANT, Field.NIK, NIK) == []

        assert operations.reindex(session) == 2

        assert queries.holders(session, TENANT, Field.NIK, NIK) == [siti]
        assert queries.holders(session, TENANT, Field.PHONE, PHONE) == [siti]
        session.execute(delete(VaultField))
        assert operations.reindex(session) == 0
    finally:
        session.info["keyring"] = old


def test_what_cannot_be_is_refused_before_anything_is_written(session: Session) -> None:
    siti = person(session, "siti")

    with pytest.raises(NikMalformed):
        put(session, siti, Field.NIK, "1234")
    with pytest.raises(queries.PersonNotFound):
        put(session, 5, Field.NAME, "Siti")
    assert kept(session, siti) == {}
    assert session.scalars(select(PersonKey.wrapped)).all() == []


# Merging.


def test_a_merge_moves_what_is_missing_and_keeps_what_is_there(session: Session) -> None:
    gone, into = person(session, "gone"), person(session, "into")
    for field, value, no in (
        (Field.NIK, NIK, 0),
        (Field.NAME, "S. Aminah", 0),
        (Field.PHONE, PHONE, 0),
        (Field.HEIR, "Ani, ibu", 1),
        (Field.HEIR, "Budi, anak", 2),
    ):
        put(session, gone, field, value, no)
    put(session, into, Field.NAME, "Siti Aminah")
    put(session, into, Field.HEIR, "Ani, ibu", no=1)

    merge(session, gone, into)

    assert kept(session, gone) == {}
    assert kept(session, into) == {
        ("nik", 0): NIK,
        ("name", 0): "Siti Aminah",
        ("phone", 0): PHONE,
        ("heir", 1): "Ani, ibu",
        ("heir", 2): "Budi, anak",
    }
    assert queries.holders(session, TENANT, Field.NIK, NIK) == [into]
    assert queries.holders(session, TENANT, Field.PHONE, PHONE) == [into]
    keys = {row.person_id: row.wrapped for row in session.scalars(select(PersonKey))}
    assert keys[gone] is None
    assert keys[into] is not None
    said = [(what, after) for what, _, after in whats(session, into)]
    assert ("merge_dropped:name", str(gone)) in said
    assert ("merge_same:heir", str(gone)) in said


def test_two_niks_are_two_persons(session: Session) -> None:
    a, b = person(session, "a"), person(session, "b")
    put(session, a, Field.NIK, NIK)
    put(session, b, Field.NIK, OTHER_NIK)

    with pytest.raises(operations.NikDiffers):
        merge(session, a, b)

    assert queries.natural(session, TENANT, [a, b]) == {a: a, b: b}
    assert kept(session, a) == {("nik", 0): NIK}


def test_after_nik_taken_comes_the_merge(session: Session) -> None:
    a, b = person(session, "a"), person(session, "b")
    put(session, a, Field.NIK, NIK)
    with pytest.raises(operations.NikTaken):
        put(session, b, Field.NIK, NIK)

    merge(session, b, a)

    assert queries.natural(session, TENANT, [b]) == {b: a}
    with pytest.raises(operations.PersonNotActive):
        put(session, b, Field.NAME, "Siti")


def test_records_without_a_vault_merge_without_a_key(session: Session) -> None:
    a, b = person(session, "a"), person(session, "b")
    carried = session.info.pop("keyring")
    try:
        merge(session, a, b)
    finally:
        session.info["keyring"] = carried
    assert queries.text_subject(session, TENANT, a) == f"person-{b}"
    assert queries.records(session, TENANT, a) == [b, a]


def test_twenty_heirs_are_the_most(session: Session) -> None:
    gone, into = person(session, "gone"), person(session, "into")
    for no in range(1, 21):
        put(session, into, Field.HEIR, f"Anak {no}", no)
    put(session, gone, Field.HEIR, "Satu lagi", no=1)

    merge(session, gone, into)

    assert len(kept(session, into)) == 20
    assert whats(session, into)[-2][0] == "merge_dropped:heir"


def test_the_index_is_held_against_the_vault_both_ways(session: Session) -> None:
    """What is missing is as wrong as what should not be there; mending it twice is mending once."""
    who = [person(session, f"p{number}") for number in range(4)]
    for number, each in enumerate(who):
        put(session, each, Field.NIK, f"730901540695000{number}")
    assert queries.index_state(session) == (4, 0)
    session.execute(delete(VaultIndex).where(VaultIndex.person_id == who[0]))
    assert queries.index_state(session) == (3, 1), "one is missing"
    session.execute(delete(VaultField).where(VaultField.person_id == who[1]))
    assert queries.index_state(session) == (2, 2), "and one is nobody's"
    altered = update(VaultIndex).where(VaultIndex.person_id == who[2])
    session.execute(altered.values(tag=b"x" * 16))
    assert queries.index_state(session) == (1, 3), "and one is another's"

    assert operations.reindex(session) == 3
    assert queries.index_state(session) == (3, 0)
    assert queries.index_is_right(session)
    with plans.statements(session) as sent:
        assert operations.reindex(session) == 3
    assert not [statement for statement, _ in sent if statement.startswith("DELETE")]


def test_swapped_index_rows_are_mended(session: Session) -> None:
    """Each of them would be refused as the other's, if it were written first."""
    one, other = person(session, "a"), person(session, "b")
    put(session, one, Field.NIK, NIK)
    become(session.connection(), None)  # a poster may not swap them
    session.execute(update(VaultIndex).values(person_id=other))
    put(session, other, Field.PHONE, PHONE)

    assert operations.reindex(session) == 2
    assert queries.holders(session, TENANT, Field.NIK, NIK) == [one]


def test_the_index_is_read_by_pages(session: Session) -> None:
    for number in range(8):
        put(session, person(session, f"p{number}"), Field.NIK, f"730901540695000{number}")
        put(session, person(session, f"p{number}"), Field.PHONE, f"08123456789{number}")

    whole = list(queries.index_rows(session))

    assert len(whole) == 16
    assert all(row.tag == row.stored for row in whole)
    for at_once in (1, 3, 16):
        assert list(queries.index_rows(session, at_once=at_once)) == whole
