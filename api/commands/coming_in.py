"""An officer at the command line shows who she is: handle, passphrase, code, like at every door."""

import sys
from dataclasses import dataclass
from datetime import datetime

import click
from sqlalchemy.orm import Session

from api.commands import permissions
from api.commands.deployment import Deployment
from api.commands.whose import OWN
from ledger.access import operations, queries
from ledger.access.acting import Acting, Answer
from ledger.access.operations import Door
from ledger.access.policy import Reason
from ledger.access.tables import Officer
from ledger.books import queries as books
from ledger.books.tables import Tenant
from ledger.errors import Refused, Wording

PASSPHRASE = Wording("Frasa sandi", "Passphrase")
CODE = Wording("Kode", "Code")
AGAIN = Wording("Sekali lagi", "Once more")


@dataclass(eq=False)
class SignInWrong(Refused):
    """Handle, passphrase or code is wrong; it is not said which."""

    code = "sign_in_wrong"
    wording = Wording(
        "Nama akun, frasa sandi, atau kode “{officer}” salah.",
        "Handle, passphrase or code of “{officer}” is wrong.",
    )
    hint = Wording(
        "Kode berganti setiap 30 detik dan berlaku sekali; tunggu kode berikutnya.",
        "A code is good once, and for about 30 seconds: wait for the next one.",
    )
    officer: str


@dataclass(eq=False)
class SignInWaits(Refused):
    """Too many attempts were wrong."""

    code = "sign_in_waits"
    wording = Wording(
        "Terlalu banyak percobaan yang salah; coba lagi setelah {retry_at}.",
        "Too many attempts were wrong; try again after {retry_at}.",
    )
    retry_at: datetime | None


@dataclass(eq=False)
class SecondFactorMissing(Refused):
    """The account has no second factor yet, and without one it does nothing."""

    code = "second_factor_missing"
    wording = Wording(
        "Akun “{officer}” belum memiliki faktor kedua.",
        "The account “{officer}” has no second factor yet.",
    )
    hint = Wording("Daftarkan dengan `juang officer totp`.", "Enrol one by `juang officer totp`.")
    officer: str


@dataclass(eq=False)
class OfficerNeeded(Refused):
    """This is done by officers, and none is named."""

    code = "officer_needed"
    wording = Wording("Ini dilakukan oleh petugas.", "This is done by an officer.")
    hint = Wording(
        "Sebutkan: `juang --officer TENANT/NAMA …`. Lihat `juang officer list TENANT`.",
        "Name yourself: `juang --officer TENANT/HANDLE …`. See `juang officer list TENANT`.",
    )


def ask(deployment: Deployment, what: Wording, *, twice: bool = False) -> str:
    """Ask for a secret at the terminal, unseen; otherwise take the next line of the input."""
    if sys.stdin.isatty():
        text = what.in_language(deployment.language)
        again = AGAIN.in_language(deployment.language) if twice else False
        return str(
            click.prompt(
                text,
                hide_input=True,
                err=True,
                default="",
                show_default=False,
                confirmation_prompt=again,
            )
        )
    # Bytes: the rest of the input may be a value that is read after this line.
    return sys.stdin.buffer.readline().decode(errors="replace").rstrip("\r\n")


def come_in(deployment: Deployment, tenant: int) -> Acting:
    """Give the officer of a tenant for whom a command runs.

    Without `--officer` her handle is that of `--actor`.

    Raises: OfficerNeeded, NotAllowed: she is another tenant's; and those of `come_in_as`.
    """
    if deployment.acting is not None:
        if deployment.acting.tenant != tenant:
            command = click.get_current_context().command_path.partition(" ")[2]
            raise operations.NotAllowed(deployment.acting.handle, command, Reason.FOREIGN.value)
        return deployment.acting
    if deployment.given_actor is None:
        raise OfficerNeeded
    return _prove(deployment, tenant, deployment.actor)


def come_in_as(deployment: Deployment) -> Acting:
    """Let the officer whom `--officer` names come in.

    Raises: TenantNotFound, SignInWrong, SignInWaits, SecondFactorMissing.
    """
    code, _, handle = (deployment.officer or "").rpartition("/")
    with deployment.reading() as session:
        tenant = books.find_tenant(session, code or OWN).id
    return _prove(deployment, tenant, handle)


def _prove(deployment: Deployment, tenant: int, handle: str) -> Acting:
    """Ask for passphrase and code; what was wrong is counted and committed, then refused."""
    passphrase, code = ask(deployment, PASSPHRASE), ask(deployment, CODE)
    with deployment.sessions(make=False).begin() as session:
        attempt = operations.prove(
            session,
            tenant,
            handle,
            passphrase,
            code,
            door=Door("command line", agent="juang"),
            recorded_at=deployment.now(),
        )
    if attempt.answer is Answer.WAIT:
        raise SignInWaits(attempt.retry_at)
    if attempt.answer is Answer.ENROL:
        raise SecondFactorMissing(handle)
    if attempt.acting is None:
        raise SignInWrong(handle)
    return attempt.acting


def find_officer(session: Session, path: str) -> tuple[Tenant, Officer]:
    """Find an account by TENANT/HANDLE.

    Raises: TenantNotFound, OfficerNotFound.
    """
    code, _, handle = path.rpartition("/")
    tenant = books.find_tenant(session, code or OWN)
    officer = queries.find(session, tenant.id, handle)
    permissions.permit(session, tenant.id, officer.person_id)
    return tenant, officer
