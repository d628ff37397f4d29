"""An officer at the command line shows who she is: handle, passphrase, code, like at every door."""

import sys
from dataclasses import dataclass
from datetime import datetime

import click
from sqlalchemy.orm import Session

from api.commands.deployment import Deployment
from ledger.access import operations, queries
from ledger.access.acting import Acting, Answer
from ledger.access.operations import Door
from ledger.access.tables import Officer
from ledger.books import queries as books
from ledger.books.tables import Tenant
from ledger.errors import Refused, Wording

PASSPHRASE = Wording("Frasa sandi", "Passphrase")
CODE = Wording("Kode", "Code")


@dataclass(eq=False)
class SignInWrong(Refused):
    """Handle, passphrase or code is wrong; it is not said which."""

    code = "sign_in_wrong"
    wording = Wording(
        "Nama akun, frasa sandi, atau kode “{officer}” salah.",
        "Handle, passphrase or code of “{officer}” is wrong.",
    )
    hint = Wording(
        "Sebutkan petugas dengan --actor; kode berganti setiap 30 detik dan berlaku sekali.",
        "Name the officer by --actor; a code is good once, and for about 30 seconds.",
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


def ask(deployment: Deployment, what: Wording) -> str:
    """Ask for a secret at the terminal, unseen; otherwise take the next line of the input."""
    if sys.stdin.isatty():
        text = what.in_language(deployment.language)
        return str(click.prompt(text, hide_input=True, err=True, default="", show_default=False))
    return sys.stdin.readline().rstrip("\n")


def come_in(deployment: Deployment, tenant: int) -> Acting:
    """Let the officer whom `--actor` names come in.

    What was wrong is counted and committed before it is refused.

    Raises: SignInWrong, SignInWaits, SecondFactorMissing.
    """
    handle = deployment.actor
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
    tenant = books.find_tenant(session, code)
    return tenant, queries.find(session, tenant.id, handle)
