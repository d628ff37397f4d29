"""`juang init`: everything a deployment needs before its first book."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import click
from sqlalchemy import Engine, inspect

from api.commands import beginning
from api.commands.bilingual import command, option
from api.commands.changes import changes
from api.commands.deployment import Deployment, newest_revision
from api.commands.key_files import KeyFileMissing
from api.commands.parameters import NAME
from api.commands.whose import OWN
from api.logs import Event
from api.operating import master_key, sessions
from api.operating.master_key import LAYOUTS
from ledger import db
from ledger.errors import Refused, Wording
from ledger.journal.keyring import KeyUnusable, NoKeyring


@dataclass(eq=False)
class DatabaseForeign(Refused):
    """The database has tables that are not ours."""

    code = "database_foreign"
    wording = Wording(
        "Basis data ini berisi tabel lain: {table}.", "This database has other tables: {table}."
    )
    hint = Wording("Pakai basis data tersendiri untuk Juang.", "Give Juang a database of its own.")
    table: str


@dataclass(frozen=True, slots=True)
class _Place:
    """What is being set up."""

    deployment: Deployment
    key_path: Path
    tenant: str
    administrator: BinaryIO | None


Step = Callable[[_Place], None]


@command(
    "init",
    id="Siapkan kunci, basis data, dan administrator pertama.\n\n"
    "Membuat berkas kunci yang hanya dapat dibaca pemiliknya, basis data dan skemanya, lalu "
    "administrator pertama: nama akun dan frasa sandinya ditanyakan di terminal, atau dua baris "
    "pertama --administrator. Yang sudah ada dibiarkan; kunci tidak pernah ditimpa.",
    en="Set up the key, the database, and the first administrator.\n\n"
    "Makes the key file, which only its owner can read, the database and its schema, then the "
    "first administrator: handle and passphrase are asked for at a terminal, or are the first two "
    "lines of --administrator. What is there already is left alone; a key is never overwritten.",
)
@option(
    "--administrator",
    type=click.File("rb"),
    metavar="PATH",
    id="Baca nama akun dan frasa sandi dari berkas; `-` masukan baku.",
    en="Read handle and passphrase from a file; `-` is the standard input.",
)
@option(
    "--tenant",
    type=NAME,
    default=OWN,
    show_default=True,
    metavar="CODE",
    id="Lembaga yang diurus administrator.",
    en="Whose administrator it is.",
)
@click.pass_obj
@changes(Event.DEPLOYMENT_SET_UP)
def init_command(deployment: Deployment, administrator: BinaryIO | None, tenant: str) -> None:
    """Take every step."""
    if deployment.key_path is None:
        raise NoKeyring
    place = _Place(deployment, deployment.key_path, tenant, administrator)
    for step in STEPS:
        step(place)
    _next(place)


def _database(place: _Place) -> None:
    """Make the schema where there is none; a SQLite file comes with it."""
    deployment, file = place.deployment, place.deployment.file
    there = file is None or (file.exists() and file.stat().st_size > 0)
    if there and _tables(deployment):
        engine = deployment.engine()  # refuses another schema
        _key_fits(place, engine)
        deployment.say(
            Wording(
                f"Basis data sudah ada, skema {newest_revision()}.",
                f"The database is there, schema {newest_revision()}.",
            )
        )
        return
    deployment.prepared()
    if file is None:
        deployment.say(
            Wording(f"Skema baru: {newest_revision()}", f"New schema: {newest_revision()}")
        )


def _tables(deployment: Deployment) -> bool:
    """Tell whether our tables are there.

    Raises: DatabaseForeign.
    """
    engine = db.engine(deployment.url)
    try:
        found = set(inspect(engine).get_table_names()) - {"alembic_version"}
    finally:
        engine.dispose()
    for table in sorted(found - {layout.table for layout in LAYOUTS}):
        raise DatabaseForeign(table)
    return bool(found)


def _key_fits(place: _Place, engine: Engine) -> None:
    """Refuse a key that does not open what is there, and the lack of one.

    Raises: KeyFileMissing, KeyUnusable.
    """
    ring = place.deployment.keyring_of(place.key_path)
    with sessions.reading(engine) as session:
        if ring is None and master_key.are_there(session):
            raise KeyFileMissing(str(place.key_path))
        if ring is not None and any(each.closed for each in master_key.inspect(session, ring)):
            raise KeyUnusable


def _key(place: _Place) -> None:
    """Make the key file, or leave the one that is there."""
    deployment = place.deployment
    if deployment.keyring_of(place.key_path) is None:
        deployment.make_key(deployment.engine(), place.key_path)
        return
    deployment.say(
        Wording(
            f"Berkas kunci sudah ada: {place.key_path}", f"The key file is there: {place.key_path}"
        )
    )


def _administrator(place: _Place) -> None:
    """Make the first administrator where somebody can be asked, or a file says who."""
    deployment, tenant = place.deployment, place.tenant
    there = beginning.count(deployment, tenant)
    if not there and (place.administrator is not None or sys.stdin.isatty()):
        beginning.begin(deployment, tenant, place.administrator)
        there = beginning.count(deployment, tenant)
    elif there:
        deployment.say(
            Wording(
                f"Administrator {tenant} sudah ada: {there} orang.",
                f"Administrators of {tenant} there are already: {there}.",
            )
        )
    if there < ENOUGH:
        deployment.say(
            Wording(
                f"Administrator {tenant} masih kurang: `juang officer begin {tenant}`.",
                f"Administrators of {tenant} are still missing: `juang officer begin {tenant}`.",
            )
        )


ENOUGH: Final = 2
"""Administrators that a tenant begins with: what takes two people needs two."""

STEPS: Final[tuple[Step, ...]] = (_database, _key, _administrator)
"""What is set up, in this order. Each step leaves alone what is there, makes what is not, and says
so in a line; so an `init` that was interrupted is finished by the next. The first administrator
needs the key, and stands after it."""


def _next(place: _Place) -> None:
    """Say what to do now."""
    key = place.key_path
    place.deployment.say(
        Wording(
            f"Selanjutnya: simpan salinan {key} di tempat lain; `juang book open NAMA`; "
            "lalu `juang backup BERKAS` setiap hari.",
            f"Next: keep a copy of {key} somewhere else; `juang book open NAME`; "
            "then `juang backup FILE` every day.",
        )
    )
