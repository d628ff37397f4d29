"""The first two administrators of a tenant, and that the beginning ends."""

from datetime import timedelta

import pytest

from ledger.access import operations, queries
from ledger.books import operations as books
from ledger.parties import operations as parties
from tests.builders import NOW, TODAY
from tests.ledger.access.scene import PASSPHRASE, TENANT, Scene


def begin(scene: Scene, handle: str, person: str | None = None, code: str = "baru") -> int:
    return operations.begin(
        scene.session,
        code,
        handle,
        PASSPHRASE,
        salt=bytes(16),
        person_ref=person or handle,
        actor="operator",
        recorded_at=NOW,
    )


def test_the_operator_makes_two_administrators_and_no_third(scene: Scene) -> None:
    at = books.tenant_id("baru")
    for handle in ("rina", "sari"):
        made = begin(scene, handle)
        row = queries.find(scene.session, at, handle)
        assert row.id == made == operations.officer_id(at, handle)
        held = queries.roles_on(scene.session, row, TODAY)
        assert {role.value for role in held} == {"administrator"}

    for handle in ("rina", "tuti"):
        with pytest.raises(operations.TenantBegun):
            begin(scene, handle)
    assert begin(scene, "rina", code="lain")


def test_the_beginning_ends_for_ever(scene: Scene) -> None:
    """Also where both of them have left: nobody makes an administrator alone any more."""
    at = books.tenant_id("baru")
    for handle in ("rina", "sari"):
        begin(scene, handle)
        operations.end_role(
            scene.session,
            at,
            operations.officer_id(at, handle),
            "administrator",
            last_day=TODAY - timedelta(days=1),
            actor="x",
            recorded_at=NOW,
        )
        operations.set_state(
            scene.session,
            at,
            operations.officer_id(at, handle),
            "disabled",
            actor="x",
            recorded_at=NOW,
        )

    with pytest.raises(operations.TenantBegun):
        begin(scene, "tuti")


def test_the_second_administrator_is_another_human_being(scene: Scene) -> None:
    at = books.tenant_id("baru")
    begin(scene, "rina")
    with pytest.raises(operations.AdministratorSame):
        begin(scene, "rina")
    with pytest.raises(operations.AdministratorSame):
        begin(scene, "rina-2", person="rina")
    other = parties.register(scene.session, at, "rina-2", actor="x", recorded_at=NOW)
    first = parties.register(scene.session, at, "rina", actor="x", recorded_at=NOW)
    parties.merge(scene.session, at, first, other, actor="x", reason="same_nik", recorded_at=NOW)
    with pytest.raises(operations.AdministratorSame):
        begin(scene, "rina-3", person="rina-2")

    assert begin(scene, "sari")
    assert len(operations.administrators(scene.session, at)) == 2


def test_two_administrators_who_turn_out_to_be_one_are_one(scene: Scene) -> None:
    at = books.tenant_id("baru")
    begin(scene, "rina")
    begin(scene, "sari")
    rina, sari = (queries.find(scene.session, at, each).person_id for each in ("rina", "sari"))
    parties.merge(scene.session, at, sari, rina, actor="x", reason="same_nik", recorded_at=NOW)

    assert operations.administrators(scene.session, at) == {rina}
    assert begin(scene, "tuti")


def test_no_merge_begins_a_tenant_again_that_has_other_officers(scene: Scene) -> None:
    """Whoever merges the two administrators gets no third one out of it, made by nobody else."""
    begin(scene, "rina", code="koperasi-maros")
    begin(scene, "sari", code="koperasi-maros")
    scene.add("budi", "manager")
    rina, sari = (queries.find(scene.session, TENANT, each).person_id for each in ("rina", "sari"))
    parties.merge(scene.session, TENANT, sari, rina, actor="x", reason="same", recorded_at=NOW)

    with pytest.raises(operations.TenantBegun):
        begin(scene, "tuti", code="koperasi-maros")


def test_who_has_another_role_does_not_begin(scene: Scene) -> None:
    scene.add("budi", "manager")
    with pytest.raises(operations.RolesClash):
        begin(scene, "budi-2", person="budi", code="koperasi-maros")
