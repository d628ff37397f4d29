"""A cooperative with officers who can come in: handles, passphrases, second factors, a clock."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from ledger.access import factors, operations, queries
from ledger.access.acting import Acting, Attempt
from ledger.access.operations import Door
from ledger.parties import operations as parties
from tests import builders
from tests.builders import COOPERATIVE, NOW, TODAY

TENANT = COOPERATIVE
PASSPHRASE = "panci hijau naik sepeda"
HOME = Door("203.0.113.7", agent="Firefox")
STRANGER = Door("198.51.100.9", agent="curl")


def drawn(name: str, size: int = 32) -> bytes:
    """Draw bytes that follow from a name."""
    return hashlib.shake_256(name.encode()).digest(size)


@dataclass
class Scene:
    """The officers, what they know, and what time it is."""

    session: Session
    now: datetime = NOW
    ids: dict[str, int] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)

    def person(self, ref: str) -> int:
        return parties.register(self.session, TENANT, ref, actor="test", recorded_at=self.now)

    def add(self, handle: str, *roles: str, person: str | None = None) -> int:
        made = operations.add(
            self.session,
            TENANT,
            handle,
            self.person(person or handle),
            actor="test",
            recorded_at=self.now,
        )
        self.ids[handle] = made
        for role in roles:
            self.grant(handle, role)
        return made

    def grant(self, handle: str, role: str, **rest: Any) -> None:
        operations.grant(
            self.session,
            TENANT,
            self.ids[handle],
            role,
            **{"valid_from": TODAY, "actor": "test", "recorded_at": self.now, **rest},
        )

    def set_passphrase(self, handle: str, passphrase: str = PASSPHRASE) -> None:
        operations.set_passphrase(
            self.session,
            TENANT,
            self.ids[handle],
            passphrase,
            salt=drawn(handle, 16),
            actor="test",
            recorded_at=self.now,
        )

    def start(self, handle: str, name: str = "", code: str | None = None) -> str:
        return operations.start_second_factor(
            self.session,
            TENANT,
            self.ids[handle],
            secret=drawn(f"totp {handle}{name}", 20),
            tenant_code="koperasi-maros",
            code=code,
            actor=handle,
            recorded_at=self.now,
        )

    def confirm(self, handle: str, name: str = "", code: str | None = None) -> list[str]:
        secret = drawn(f"totp {handle}{name}", 20)
        return operations.confirm_second_factor(
            self.session,
            TENANT,
            self.ids[handle],
            factors.code(secret, factors.step(self.now)) if code is None else code,
            drawn=drawn(f"recovery {handle}{name}", 100),
            actor=handle,
            recorded_at=self.now,
        )

    def enrol(self, handle: str) -> list[str]:
        self.set_passphrase(handle)
        self.start(handle)
        codes = self.confirm(handle)
        self.now += timedelta(minutes=2)
        return codes

    def code(self, handle: str, off: int = 0, name: str = "") -> str:
        return factors.code(drawn(f"totp {handle}{name}", 20), factors.step(self.now) + off)

    def sign_in(
        self,
        handle: str,
        token: str = "t",
        *,
        passphrase: str = PASSPHRASE,
        code: str | None = None,
        door: Door = HOME,
        device: str | None = None,
    ) -> Attempt:
        return operations.sign_in(
            self.session,
            TENANT,
            handle,
            passphrase,
            self.code(handle) if code is None else code,
            door=door,
            token=drawn(token),
            new_device=None if device is None else drawn(device),
            recorded_at=self.now,
        )

    def who(self, token: str = "t") -> Acting | None:
        return operations.resolve(self.session, drawn(token), recorded_at=self.now)

    def come_in(self, handle: str, token: str = "t") -> Acting:
        attempt = self.sign_in(handle, token)
        assert attempt.acting is not None
        self.now += timedelta(minutes=1)
        return attempt.acting

    def whats(self, handle: str) -> list[str]:
        return [each.what for each in queries.events(self.session, TENANT, self.ids[handle])]


def set_up(session: Session) -> Scene:
    """Open the books, and give an empty scene."""
    builders.open_books(session)
    return Scene(session)
