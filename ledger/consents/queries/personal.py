"""What the vault keeps of her, her devices and her link to a membership, opened for her archive."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from ledger.consents.queries.held import Held, Record, Rows, Subject, rows
from ledger.errors import Wording
from ledger.journal.keyring import KeyUnusable, NoKeyring
from ledger.parties import queries as people
from ledger.parties import sealing, tables

FIELDS: Final = Held(
    model=tables.VaultField, says=Wording("Data pribadi", "Personal data"), persons=("person_id",)
)
DEVICES: Final = Held(
    model=tables.Device,
    says=Wording("Perangkat", "Devices"),
    persons=("person_id",),
    at="registered_at",
)
LINKS: Final = Held(
    model=tables.HouseholdLink,
    says=Wording("Kaitan ke keanggotaan", "Links to memberships"),
    persons=("person_id",),
)

KEPT: Final = Rows(
    (
        Held(
            model=tables.PersonKey,
            says=Wording("Kunci data pribadi", "Keys of personal data"),
            persons=("person_id",),
            secret=("wrapped",),
            derived=True,
        ),
        Held(
            model=tables.VaultIndex,
            says=Wording("Indeks buta", "Blind index"),
            persons=("person_id",),
            secret=("tag",),
            derived=True,
        ),
        Held(
            model=tables.RetentionHold,
            says=Wording("Kewajiban menyimpan", "Duties to keep"),
            persons=("person_id",),
            at="declared_at",
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Vault:
    """Sealed values in clear; one that cannot be opened says why: `locked`, or `erased`."""

    held: tuple[Held, ...] = (FIELDS, DEVICES, LINKS)

    def records(self, session: Session, held: Held, subject: Subject) -> Iterator[Record]:
        """Read rows, each opened with the keys of the record it stands under."""
        opened: dict[int, sealing.PersonKeys | str] = {}
        column = "label" if held is DEVICES else "sealed"
        for row in rows(session, held, subject):
            person = row["person_id"]
            if person not in opened:
                opened[person] = _keys(session, subject.tenant, person)
            sealed = row.pop(column)
            told: dict[str, str | None] = {"value": None, "unreadable": None}
            if sealed is not None:
                told = _read(opened[person], _place(held, row), bytes(sealed))
            yield {**held.written(row), **told}


def _place(held: Held, row: Mapping[str, Any]) -> bytes:
    tenant, person = row["tenant_id"], row["person_id"]
    if held is DEVICES:
        return sealing.place(tenant, person, "device", row["id"])
    if held is LINKS:
        return people.link_place(tenant, person, row["book_id"], row["no"], row["version"])
    return sealing.place(tenant, person, row["field"], row["no"], row["version"])


def _keys(session: Session, tenant: int, person: int) -> sealing.PersonKeys | str:
    try:
        return people.keys(session, tenant, person) or "erased"
    except (NoKeyring, KeyUnusable):
        return "locked"


def _read(keys: sealing.PersonKeys | str, place: bytes, sealed: bytes) -> dict[str, str | None]:
    if isinstance(keys, str):
        return {"value": None, "unreadable": keys}
    try:
        return {"value": keys.unseal(place, sealed), "unreadable": None}
    except KeyUnusable:
        return {"value": None, "unreadable": "locked"}
