"""A cooperative with five people, and a kind of proposal that pays money out."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from ledger.approvals import operations
from ledger.approvals.independence import Actor
from ledger.approvals.operations import Approved, Kind
from ledger.approvals.operations import kinds as registry
from ledger.approvals.payload import Funds, Terms
from ledger.approvals.tables import ApprovalRule, Proposal
from ledger.books import operations as books
from ledger.errors import Wording
from ledger.journal import operations as journal
from ledger.parties import operations as parties
from tests import builders
from tests.builders import COOPERATIVE, KOPERASI, NOW, earn, idr, pay, post

TENANT = COOPERATIVE
DUE = NOW + timedelta(days=3)
LATER = NOW + timedelta(hours=1)
HEADS = frozenset({"manager", "supervisor"})
NAMES = ("ani", "budi", "citra", "dewi", "eka")
"""Ani and Budi propose, Citra, Dewi and Eka lead and supervise."""

done: list[Approved] = []
"""What was carried out in this process, by the kind `test_payment`."""


class Broken(Exception):
    """The executor failed."""


def _execute(session: Session, approved: Approved) -> None:
    if approved.terms.content.get("breaks"):
        raise Broken
    done.append(approved)


PAYMENT = registry.register(
    Kind("test_payment", Wording(id="Pembayaran uji", en="Test payment"), _execute)
)


@dataclass(frozen=True)
class Scene:
    """The people, by name, and what they do."""

    session: Session
    people: dict[str, int]

    def actor(self, name: str, *roles: str) -> Actor:
        own = frozenset(roles) or (HEADS if name in NAMES[2:] else frozenset({"teller"}))
        return Actor(self.people[name], name, own)

    def register(self, name: str) -> int:
        made = parties.register(self.session, TENANT, name, actor="test", recorded_at=NOW)
        self.people[name] = made
        return made

    def merge(self, one: str, other: str) -> None:
        duplicate, into = self.people[one], self.people[other]
        parties.merge(
            self.session,
            TENANT,
            duplicate,
            into,
            actor="test",
            reason="same_nik",
            recorded_at=NOW,
        )

    def relate(self, one: str, other: str, kind: parties.RelationKind = "family") -> None:
        parties.relate(
            self.session,
            TENANT,
            self.people[one],
            self.people[other],
            kind,
            actor="test",
            recorded_at=NOW,
        )

    def terms(self, rupiah: int = 0, *gaining: str, **content: Any) -> Terms:
        funds = Funds(KOPERASI, pay(rupiah)) if rupiah else None
        return Terms(
            kind="test_payment",
            content={"what": "tools", **content},
            expires_at=DUE,
            beneficiaries=frozenset(self.people[name] for name in gaining),
            amount=idr(rupiah) if rupiah else None,
            funds=funds,
        )

    def propose(
        self, number: int = 1, terms: Terms | None = None, by: str = "ani", at: datetime = NOW
    ) -> Proposal:
        return operations.propose(
            self.session,
            TENANT,
            builders.entry_id(number),
            self.terms() if terms is None else terms,
            by=self.actor(by),
            recorded_at=at,
        )

    def edit(self, row: Proposal, terms: Terms, by: str = "ani", at: datetime = NOW) -> Proposal:
        return operations.edit(
            self.session,
            TENANT,
            row.id,
            terms,
            by=self.actor(by),
            recorded_at=at,
            exactly=row.hash,
        )

    def approve(
        self, row: Proposal, by: Actor | str = "citra", at: datetime = NOW, exactly: bytes = b""
    ) -> Proposal:
        who = self.actor(by) if isinstance(by, str) else by
        return operations.approve(
            self.session, TENANT, row.id, exactly or row.hash, by=who, recorded_at=at
        )

    def execute(self, row: Proposal, by: str = "budi", at: datetime = NOW) -> Proposal:
        return operations.execute(self.session, TENANT, row.id, by=self.actor(by), recorded_at=at)

    def refuse(self, row: Proposal, by: str = "citra", at: datetime = NOW) -> Proposal:
        return operations.refuse(
            self.session,
            TENANT,
            row.id,
            by=self.actor(by),
            reason="too_dear",
            recorded_at=at,
        )

    def withdraw(self, row: Proposal, by: str = "ani", at: datetime = NOW) -> Proposal:
        return operations.withdraw(self.session, TENANT, row.id, by=self.actor(by), recorded_at=at)

    def expire(self, row: Proposal, at: datetime = DUE) -> Proposal:
        return operations.expire(self.session, TENANT, row.id, actor="job", recorded_at=at)


def rule(needed: int = 1, **changes: Any) -> ApprovalRule:
    """Write a rule of the test's kind, as a proposal of a rule would."""
    values: dict[str, Any] = {
        "tenant_id": TENANT,
        "kind": "test_payment",
        "currency": "",
        "from_amount": 0,
        "valid_from": NOW.date() - timedelta(days=1),
        "needed": needed,
        "roles": "manager supervisor",
        "set_by": "test",
        "recorded_at": NOW,
    }
    return ApprovalRule(**{**values, **changes})


def set_up(session: Session) -> Scene:
    """Open the books, put 1,000 rupiah into the cooperative's cash, register the people."""
    builders.open_books(session)
    books.set_limits(session, KOPERASI, "cash", floor=0, actor="test", recorded_at=NOW)
    wage = replace(post(900, *earn(1_000)), book_id=KOPERASI)
    (outcome,) = journal.post(session, [wage], actor="test", recorded_at=NOW)
    assert outcome.accepted
    session.add(rule())
    session.flush()
    scene = Scene(session, {})
    for name in NAMES:
        scene.register(name)
    done.clear()
    return scene
