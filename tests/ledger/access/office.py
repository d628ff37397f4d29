"""An office with people by name, and the four kinds of proposals that change people and roles."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ledger.access import operations as access
from ledger.approvals import operations
from ledger.approvals.independence import Actor
from ledger.approvals.tables import Proposal
from ledger.journal.subjects import person_subject
from ledger.parties import operations as parties
from tests import builders
from tests.builders import COOPERATIVE, KOPERASI, NOW, TODAY

TENANT = COOPERATIVE
HEADS = frozenset({"manager", "supervisor", "administrator"})
BY: dict[str, Any] = {"actor": "test", "recorded_at": NOW}
LONG_AGO = date(2010, 1, 1)


@dataclass
class Office:
    """The people by name, in a session."""

    session: Session
    ids: dict[str, int] = field(default_factory=dict)

    def register(self, name: str) -> int:
        self.ids[name] = parties.register(self.session, TENANT, name, **BY)
        return self.ids[name]

    def actor(self, name: str, *roles: str, handle: str | None = None) -> Actor:
        return Actor(self.ids[name], handle or name, frozenset(roles) or HEADS)

    def merge(self, gone: str, into: str) -> None:
        parties.merge(self.session, TENANT, self.ids[gone], self.ids[into], reason="same_nik", **BY)

    def relate(self, one: str, other: str) -> None:
        parties.relate(self.session, TENANT, self.ids[one], self.ids[other], "family", **BY)

    def approve(self, row: Proposal, by: Actor) -> Proposal:
        return operations.approve(self.session, TENANT, row.id, row.hash, by=by, recorded_at=NOW)

    def execute(self, row: Proposal, by: str = "citra") -> Proposal:
        return operations.execute(self.session, TENANT, row.id, by=self.actor(by), recorded_at=NOW)


def erasing(office: Office, by: str = "ani") -> Proposal:
    return operations.propose_erasure(
        office.session,
        TENANT,
        office.ids["siti"],
        reason="own_request",
        by=office.actor(by),
        recorded_at=NOW,
    )


def lifting(office: Office, by: str = "ani") -> Proposal:
    parties.hold(office.session, TENANT, office.ids["siti"], "tax", TODAY, **BY)
    return operations.propose_lifting(
        office.session, TENANT, office.ids["siti"], "tax", by=office.actor(by), recorded_at=NOW
    )


def erasing_texts(office: Office, by: str = "ani") -> Proposal:
    return operations.propose_text_erasure(
        office.session,
        KOPERASI,
        person_subject(office.ids["siti"]),
        by=office.actor(by),
        recorded_at=NOW,
    )


def enabling(office: Office, by: str = "ani") -> Proposal:
    siti = access.officer_id(TENANT, "siti")
    access.set_state(office.session, TENANT, siti, "disabled", **BY)
    return access.propose_enabling(
        office.session, TENANT, siti, by=office.actor(by), recorded_at=NOW
    )


def granting(office: Office, by: str = "ani") -> Proposal:
    return access.propose_grant(
        office.session,
        TENANT,
        access.officer_id(TENANT, "siti"),
        "teller",
        valid_from=TODAY,
        by=office.actor(by),
        recorded_at=NOW,
    )


def set_up_office(session: Session) -> Office:
    """Open the books; register the people; Siti has an account and a hold noted in error."""
    builders.open_books(session)
    made = Office(session)
    for name in ("ani", "siti", "citra", "dewi"):
        made.register(name)
    access.add(session, TENANT, "siti", made.ids["siti"], **BY)
    return made
