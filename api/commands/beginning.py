"""Make one of the first two administrators of a tenant: account, passphrase, second factor.

Handle and passphrase are asked for, or are the first two lines of a file; never an argument, for
an argument stays in the shell's history and is seen in the list of processes.
"""

import secrets
import sys
from dataclasses import dataclass
from typing import BinaryIO, Final

import click

from api.commands.coming_in import CODE, PASSPHRASE, ask
from api.commands.deployment import Deployment
from ledger.access import factors, operations
from ledger.access.passphrases import SALT_BYTES
from ledger.books.operations import tenant_id
from ledger.books.queries import find_tenant
from ledger.errors import Malformed, Wording

HANDLE: Final = Wording("Nama akun administrator", "Handle of the administrator")
LONGEST: Final = 4_000


@dataclass(eq=False)
class AdministratorMalformed(Malformed):
    """The input does not say handle and passphrase."""

    code = "administrator_malformed"
    wording = Wording(
        "Masukan tidak berisi nama akun dan frasa sandi.",
        "The input does not say handle and passphrase.",
    )
    hint = Wording(
        "Baris pertama nama akun, baris kedua frasa sandi.",
        "The first line is the handle, the second one the passphrase.",
    )


def count(deployment: Deployment, tenant: str) -> int:
    """Count the human beings who have ever been administrators of a tenant."""
    with deployment.reading() as session:
        return len(operations.administrators(session, tenant_id(tenant)))


def begin(
    deployment: Deployment, tenant: str, file: BinaryIO | None, person: str | None = None
) -> None:
    """Make an administrator; an empty answer at the terminal makes none.

    Raises: AdministratorMalformed, and those of `access.begin`.
    """
    handle, passphrase = _read(deployment, file)
    if not handle:
        return
    ref = person or f"administrator-{count(deployment, tenant) + 1}"
    secret = secrets.token_bytes(factors.SECRET_BYTES)
    now, actor = deployment.now(), deployment.actor
    with deployment.sessions(texts=True).begin() as session:
        made = operations.begin(
            session,
            tenant,
            handle,
            passphrase,
            salt=secrets.token_bytes(SALT_BYTES),
            person_ref=ref,
            actor=actor,
            recorded_at=now,
        )
        address = operations.start_second_factor(
            session,
            tenant_id(tenant),
            made,
            secret=secret,
            tenant_code=tenant,
            code=None,
            actor=actor,
            recorded_at=now,
        )
    path = f"{tenant}/{handle}"
    deployment.say(
        Wording(
            f"Administrator {path} ada, orang {tenant}/{ref}.",
            f"The administrator {path} is there, person {tenant}/{ref}.",
        )
    )
    show_secret(deployment, secret, address)
    if sys.stdin.isatty() and (code := ask(deployment, CODE)):
        confirm(deployment, path, code)
        return
    deployment.say(
        Wording(
            f"Aktifkan dengan `juang officer totp {path} --confirm`.",
            f"Put it in force by `juang officer totp {path} --confirm`.",
        )
    )


def show_secret(deployment: Deployment, secret: bytes, address: str) -> None:
    """Show the key of a second factor and its address, for an authenticator; only this once."""
    deployment.say(
        Wording(
            "Kunci faktor kedua, hanya ditampilkan sekali; masukkan ke aplikasi autentikator:",
            "The key of the second factor, shown only once; put it into an authenticator:",
        )
    )
    click.echo(factors.base32(secret))
    click.echo(address)


def confirm(deployment: Deployment, path: str, code: str) -> None:
    """Put a second factor in force by a code of it, and show the recovery codes."""
    tenant, _, handle = path.rpartition("/")
    with deployment.sessions(make=False).begin() as session:
        found = find_tenant(session, tenant)
        codes = operations.confirm_second_factor(
            session,
            found.id,
            operations.officer_id(found.id, handle),
            code,
            drawn=secrets.token_bytes(factors.RECOVERY_CODES * factors.RECOVERY_BYTES),
            actor=deployment.actor,
            recorded_at=deployment.now(),
        )
    deployment.say(
        Wording(
            "Faktor kedua terdaftar. Simpan kode pemulihan ini; masing-masing berlaku sekali:",
            "The second factor is enrolled. Keep these recovery codes; each is good once:",
        )
    )
    click.echo("\n".join(codes))


def _read(deployment: Deployment, file: BinaryIO | None) -> tuple[str, str]:
    """Read handle and passphrase.

    Raises: AdministratorMalformed.
    """
    if file is None and sys.stdin.isatty():
        asked = HANDLE.in_language(deployment.language)
        handle = str(click.prompt(asked, err=True, default="", show_default=False))
        return handle, ask(deployment, PASSPHRASE, twice=True) if handle else ""
    source = file or sys.stdin.buffer
    lines = [source.readline(LONGEST).decode(errors="replace").rstrip("\r\n") for _ in range(2)]
    if not all(lines):
        raise AdministratorMalformed
    return lines[0], lines[1]
