"""Officers of a tenant with authenticators, who come in at the command line."""

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from api.commands.deployment import Deployment
from ledger.access import factors
from tests.api.conftest import Ended, run

PASSPHRASE = "panci hijau naik sepeda"
FIRST, SECOND = "rina", "sari"
"""The two administrators a tenant begins with."""


@dataclass
class Office:
    """A tenant's officers, and a clock that moves half a minute with every command."""

    tenant: str = "kop"
    before: tuple[str, ...] = ()
    """Options that stand before every command."""
    now: datetime = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    keys: dict[str, bytes] = field(default_factory=dict)
    codes: dict[str, list[str]] = field(default_factory=dict)

    def run(self, *args: str, answers: tuple[str, ...] = (), more: bytes = b"") -> Ended:
        self.now += timedelta(seconds=30)
        given = "".join(f"{each}\n" for each in answers).encode() + more
        return run(*self.before, *args, input=given)

    def done(self, *args: str, answers: tuple[str, ...] = (), more: bytes = b"") -> Ended:
        ended = self.run(*args, answers=answers, more=more)
        assert ended.code == 0, (args, ended)
        return ended

    def code(self, handle: str) -> str:
        """Give the code of the moment at which the next command runs."""
        later = self.now + timedelta(seconds=30)
        return factors.code(self.keys.get(handle, bytes(20)), factors.step(later))

    def begin(self) -> None:
        """Make both administrators, and put their second factors in force."""
        for handle in (FIRST, SECOND):
            begun = self.done(
                "officer", "begin", self.tenant, "--file", "-", answers=(handle, PASSPHRASE)
            )
            self.learn(handle, begun)

    def learn(self, handle: str, begun: Ended) -> None:
        """Put the key that was shown into an authenticator, and confirm it by a code."""
        self.keys[handle] = base64.b32decode(begun.out.splitlines()[0])
        path = f"{self.tenant}/{handle}"
        ended = self.done("officer", "totp", path, "--confirm", answers=(self.code(handle),))
        self.codes[handle] = ended.out.splitlines()

    def enrol(self, handle: str, *roles: str, person: str | None = None) -> None:
        """Open an account; one administrator proposes its roles, the other approves."""
        path = f"{self.tenant}/{handle}"
        self.done("officer", "add", path, "--person", person or handle)
        self.done("officer", "passphrase", path, answers=(PASSPHRASE,))
        begun = self.run("officer", "totp", path, answers=("000000",))
        assert "does not fit" in begun.err, begun
        self.learn(handle, begun)
        for role in roles:
            proposed = self.by(FIRST, "officer", "role", path, role)
            assert proposed.code == 0, proposed
            approved = self.decide(SECOND)
            assert approved.code == 0, approved

    def by(self, handle: str, *args: str, passphrase: str = PASSPHRASE, more: bytes = b"") -> Ended:
        answers = (passphrase, self.code(handle))
        return self.run("--officer", f"{self.tenant}/{handle}", *args, answers=answers, more=more)

    def waiting(self) -> dict[str, str]:
        """Read the one proposal that waits."""
        listed = self.done("proposal", "list", self.tenant, "--format", "json").out
        (row,) = json.loads(listed)["rows"]
        shown = self.done("proposal", "show", self.tenant, row["id"], "--format", "json").out
        told = json.loads(shown)
        return {"id": row["id"], "hash": told["hash"], "state": row["state"]}

    def decide(self, handle: str) -> Ended:
        """Approve the one proposal that waits, which carries it out."""
        found = self.waiting()
        return self.by(handle, "proposal", "approve", self.tenant, found["id"], found["hash"])


def office_of(monkeypatch: pytest.MonkeyPatch, tenant: str, *before: str) -> Office:
    """Give an office with its administrators, a manager (ani) and a supervisor (budi)."""
    made = Office(tenant, before)
    monkeypatch.setattr(Deployment, "now", lambda _deployment: made.now)
    made.begin()
    made.enrol("ani", "manager")
    made.enrol("budi", "supervisor")
    return made
