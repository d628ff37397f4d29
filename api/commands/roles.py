"""`juang db roles`: make the roles of a PostgreSQL database, and let a login become them."""

import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
from sqlalchemy import Connection

from api.commands.bilingual import command, option
from api.commands.changes import changes
from api.commands.deployment import Deployment
from api.commands.parameters import Text
from api.logs import Event
from ledger.db.roles import Role, role_name
from ledger.errors import Malformed, Refused, Wording
from ledger.migrations import roles

SHORTEST: Final = 12
"""Characters of a password that no person has to remember."""

ASKED: Final = Wording("Kata sandi", "Password")
AGAIN: Final = Wording("Sekali lagi", "Once more")


@dataclass(eq=False)
class PasswordFileExposed(Refused):
    """Others can read the password."""

    code = "password_file_exposed"
    wording = Wording("Berkas {path} dapat dibaca orang lain.", "Others can read the file {path}.")
    hint = Wording("chmod 600 berkas itu.", "chmod 600 that file.")
    path: str


@dataclass(eq=False)
class PasswordUnfit(Malformed):
    """Too short, or more than one line."""

    code = "password_unfit"
    wording = Wording(
        "Kata sandi harus satu baris, paling sedikit {least} huruf.",
        "A password is one line of at least {least} characters.",
    )
    least: int = SHORTEST


@command(
    "roles",
    id="Buat peran PostgreSQL: pemilik, pembuku, pembaca, laporan.\n\n"
    "Jalankan sebagai administrator basis data, setelah `juang db migrate`; mengulanginya "
    "membetulkan izin yang berubah. Dengan --login seorang pengguna basis data boleh memakai "
    "peran itu; ia dibuat bila belum ada, dan tidak punya hak lain.",
    en="Make the roles on PostgreSQL: owner, poster, reader, report.\n\n"
    "Run it as the database's administrator, after `juang db migrate`; running it again puts "
    "right what was changed. With --login a database user may take these roles on; it is made "
    "if it is not there, and has no other rights.",
)
@option("--login", type=Text(63), metavar="NAME", id="Pengguna program.", en="The program's user.")
@option(
    "--migrations",
    is_flag=True,
    id="Pengguna itu juga boleh mengubah skema.",
    en="That user may change the schema, too.",
)
@option(
    "--password-file",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="PATH",
    id="Kata sandinya: berkas, atau `-` untuk diketik atau dari masukan baku.",
    en="Its password: a file, or `-` to type it or for the standard input.",
)
@click.pass_obj
@changes(Event.ROLES_MADE)
def roles_command(
    deployment: Deployment, login: str | None, password_file: Path | None, *, migrations: bool
) -> None:
    """Make the roles."""
    if login is None and (migrations or password_file is not None):
        raise click.MissingParameter(param_hint="--login", param_type="option")
    secret = None if password_file is None else _password(password_file, deployment)
    with deployment.administrator().begin() as connection:
        prefix = roles.make(connection)
        if login is not None:
            verifier = None if secret is None else scram(connection, login, secret)
            roles.let_in(connection, login, prefix=prefix, migrates=migrations, verifier=verifier)
    names = ", ".join(role_name(prefix, role) for role in Role)
    deployment.say(Wording(f"Peran siap: {names}.", f"Roles are ready: {names}."))
    if login is not None:
        deployment.say(
            Wording(f"{login} boleh memakainya.", f"{login} may take them on.")
            if migrations
            else Wording(
                f"{login} boleh memakainya, kecuali pemilik.",
                f"{login} may take them on, except the owner.",
            )
        )


def _password(path: Path, deployment: Deployment) -> str:
    """Read a password where no list of processes and no history of a shell shows it.

    Raises: PasswordFileExposed, PasswordUnfit.
    """
    if str(path) != "-":
        with path.open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise PasswordFileExposed(str(path))
            found = file.read(10_000).decode(errors="replace")
    elif sys.stdin.isatty():
        found = click.prompt(
            ASKED.in_language(deployment.language),
            hide_input=True,
            confirmation_prompt=AGAIN.in_language(deployment.language),
            err=True,
        )
    else:
        found = sys.stdin.read(10_000)
    found = found.removesuffix("\n").removesuffix("\r")
    if len(found) < SHORTEST or not found.isprintable():
        raise PasswordUnfit
    return found


def scram(connection: Connection, login: str, password: str) -> str:
    """Turn a password into what the server keeps of it, so that it is not sent there."""
    driver = connection.connection.driver_connection
    assert driver is not None
    encoding = driver.info.encoding
    made: bytes = driver.pgconn.encrypt_password(
        password.encode(encoding), login.encode(encoding), b"scram-sha-256"
    )
    return made.decode()
