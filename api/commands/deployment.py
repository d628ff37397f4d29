"""What a command runs against: the database, the key of its texts, the clock, who acts.

Nothing is opened before it is needed. A SQLite file is made by the first command that writes;
any other database, and an older schema, wait for `juang db migrate`.
"""

import getpass
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from sqlalchemy import Engine, inspect, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session, sessionmaker

from api.commands.key_files import (
    KeyFileMissing,
    KeyFileNotFound,
    RotationUnfinished,
    make_key,
    new_secret,
    pending,
    read_key,
)
from api.logs import Log
from ledger import db
from ledger.db.engine import FAILURES
from ledger.errors import Language, LedgerError, Malformed, NotFound, Refused, Wording
from ledger.journal.keyring import Keyring, NoKeyring

if TYPE_CHECKING:  # small commands do without the room of accounts
    from ledger.access.acting import Acting
    from ledger.access.actions import Action

_URL: Final = re.compile(r"(?:sqlite|postgresql)(?:\+[a-z0-9]+)?://.*", re.DOTALL)
_ACTOR: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:@/-]{0,63}")


@dataclass(eq=False)
class DatabaseUnknown(Malformed):
    """The address names no database that the ledger can live in."""

    code = "database_unknown"
    wording = Wording("Alamat basis data tidak dikenal.", "This is not the address of a database.")
    hint = Wording(
        "Misalnya --db sqlite:///juang.db atau --db postgresql://host/juang.",
        "For instance --db sqlite:///juang.db or --db postgresql://host/juang.",
    )


@dataclass(eq=False)
class DatabaseMissing(NotFound):
    """There is no such file."""

    code = "database_missing"
    wording = Wording("Belum ada basis data di {path}.", "There is no database at {path} yet.")
    hint = Wording(
        "Buat dengan `juang db migrate`, atau coba `juang demo`.",
        "Make one with `juang db migrate`, or try `juang demo`.",
    )
    path: str


@dataclass(eq=False)
class SchemaDiffers(Refused):
    """The database was made by another version of the ledger."""

    code = "schema_differs"
    wording = Wording(
        "Skema basis data ini {found}, yang diperlukan {needed}.",
        "The schema of this database is {found}; {needed} is needed.",
    )
    hint = Wording("Jalankan `juang db migrate`.", "Run `juang db migrate`.")
    found: str
    needed: str


@dataclass(eq=False)
class ActorMalformed(Malformed):
    """The name of whoever acts has letters it may not have."""

    code = "actor_malformed"
    wording = Wording("“{actor}” bukan nama pelaku.", "“{actor}” cannot be an actor's name.")
    hint = Wording(
        "Huruf, angka dan _ . : @ / -, paling banyak 64 huruf.",
        "Letters, digits and _ . : @ / -, at most 64 letters.",
    )
    actor: str


@dataclass(eq=False)
class DatabaseFailed(LedgerError):
    """The database cannot be reached, or refused a statement."""

    code = "database_failed"
    wording = Wording("Basis data gagal: {cause}", "The database failed: {cause}")
    hint = Wording(
        "Periksa alamat --db dan apakah basis data berjalan.",
        "Check the address in --db, and whether the database is running.",
    )
    cause: str


@dataclass
class Deployment:
    """The parts a command is put together from."""

    url: str
    key_file: Path | None
    language: Language
    given_actor: str | None = None
    log: Log = field(default_factory=Log)
    officer: str | None = None
    """TENANT/HANDLE of the officer for whom a command runs."""
    acting: "Acting | None" = None
    """She, once she has come in."""
    action: "Action | None" = None
    """What her command asks the policy for."""
    facts: dict[str, object] = field(default_factory=dict)
    """What the command will say of itself in the log."""
    _made: list[Engine] = field(default_factory=list)

    def now(self) -> datetime:
        """Read the clock."""
        return datetime.now(UTC)

    @cached_property
    def actor(self) -> str:
        """Name who acts: the officer who came in, who is given, or else this machine's user.

        Raises: ActorMalformed.
        """
        if self.acting is not None:
            return self.acting.handle
        if self.given_actor is not None:
            if _ACTOR.fullmatch(self.given_actor) is None:
                raise ActorMalformed(self.given_actor)
            return self.given_actor
        try:
            user = getpass.getuser()
        except (KeyError, OSError):  # no such user: a container with a bare number
            user = ""
        return user if _ACTOR.fullmatch(user) else "operator"

    @property
    def file(self) -> Path | None:
        """Give the database's file, if it is one.

        Raises: DatabaseUnknown.
        """
        try:
            address = make_url(self.url)
        except (ArgumentError, ValueError) as error:
            raise DatabaseUnknown from error
        if _URL.fullmatch(self.url) is None or "\0" in self.url:
            raise DatabaseUnknown
        if address.get_backend_name() != "sqlite":
            return None
        if not address.database or address.database == ":memory:":
            raise DatabaseUnknown
        return Path(address.database)

    def engine(self, *, make: bool = False) -> Engine:
        """Open the database; with `make`, a SQLite file that is not there is made.

        Raises: DatabaseUnknown, DatabaseMissing, SchemaDiffers.
        """
        if self._made:
            return self._made[0]
        file = self.file
        new = file is not None and not (file.exists() and file.stat().st_size)
        if new and not make:
            raise DatabaseMissing(str(file))
        _keep_to_owner(file)
        opened = db.engine(self.url)
        self._made.append(opened)
        if new:
            db.migrate(opened)
            self.say(Wording(f"Basis data baru: {file}", f"New database: {file}"))
        else:
            self._check_schema(opened)
        return opened

    def prepared(self) -> Engine:
        """Open a database that is to be filled; where there is no table at all, the schema is made.

        Raises: DatabaseUnknown, SchemaDiffers.
        """
        file = self.file
        if self._made or not (file is None or (file.exists() and file.stat().st_size)):
            return self.engine(make=True)
        opened = db.engine(self.url)
        self._made.append(opened)
        if not set(inspect(opened).get_table_names()) - {"alembic_version"}:
            db.migrate(opened)
        self._check_schema(opened)
        return opened

    def migrate(self) -> None:
        """Bring the database's schema to the newest version, making a SQLite file if need be."""
        _keep_to_owner(self.file)  # refuses what is no address
        opened = db.engine(self.url)
        self._made.append(opened)
        db.migrate(opened)

    def administrator(self) -> Engine:
        """Open the database as the login itself, whatever roles it has: to make those.

        Raises: DatabaseUnknown, DatabaseMissing.
        """
        file = self.file
        if file is not None and not file.exists():
            raise DatabaseMissing(str(file))
        opened = db.engine(self.url, role=None)
        self._made.append(opened)
        return opened

    def _check_schema(self, opened: Engine) -> None:
        needed = newest_revision()
        with opened.connect() as connection:
            found = "-"
            if inspect(connection).has_table("alembic_version"):
                found = connection.scalar(text("SELECT version_num FROM alembic_version")) or "-"
        if found != needed:
            raise SchemaDiffers(found, needed)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that sees one moment of the books; texts open if the key is there.

        It sees every tenant's: whoever runs the command line is the operator.
        """
        engine = self.engine()
        make = db.reading_session_factory(
            engine, tenant=db.EVERY_TENANT, keyring=self._keyring(engine)
        )
        with make() as session:
            yield session

    def sessions(self, *, texts: bool = False, make: bool = True) -> sessionmaker[Session]:
        """Make sessions that write; with `texts`, the key is made at its first use."""
        engine = self.engine(make=make)
        return db.session_factory(engine, keyring=self._keyring(engine, make=texts))

    def master(self) -> Keyring:
        """Give the keyring to a command that is nothing without it.

        Raises: NoKeyring, KeyFileNotFound, RotationUnfinished.
        """
        if self.key_path is None:
            raise NoKeyring
        found = self.keyring_of(self.key_path)
        if found is None:
            raise KeyFileNotFound(str(self.key_path))
        return found

    def keyring_of(self, path: Path) -> Keyring | None:
        """Read a key file, and give its keyring if it is there.

        Raises: RotationUnfinished, KeyFileExposed, KeyFileMalformed.
        """
        if pending(path).exists():
            raise RotationUnfinished(str(path))
        key = read_key(path)
        return None if key is None else Keyring(key, lambda _book, _subject: new_secret())

    def _keyring(self, engine: Engine, *, make: bool = False) -> Keyring | None:
        path = self.key_path
        if path is None:
            return None
        found = self.keyring_of(path)
        if found is None and make:
            self.make_key(engine, path)
            found = self.keyring_of(path)
        return found

    def make_key(self, engine: Engine, path: Path) -> None:
        """Make the key file, unless the database has texts already that another key opens.

        Raises: KeyFileMissing.
        """
        # Everything that stands under the key loads every room; most commands make no key.
        from api.operating import master_key

        with Session(engine) as session:
            if master_key.are_there(session):
                raise KeyFileMissing(str(path))
        make_key(path)
        self.say(
            Wording(
                f"Berkas kunci baru: {path}. Simpan baik-baik: tanpanya teks tidak terbaca.",
                f"New key file: {path}. Keep it safe: without it no text can be read.",
            )
        )

    @property
    def key_path(self) -> Path | None:
        """Say where the key is: as given, or else beside the SQLite file."""
        if self.key_file is not None:
            return self.key_file
        return None if self.file is None else self.file.with_suffix(".key")

    def say(self, wording: Wording) -> None:
        """Tell the person at the terminal something that is not the output."""
        click.echo(wording.in_language(self.language), err=True)

    def leave_no_trace(self) -> None:
        """Take destroyed keys out of the database's files, or say what is left to do."""
        if not db.leave_no_trace(self.engine()):
            self.say(
                Wording(
                    "Byte kunci lama masih ada di berkas basis data: jalankan nanti "
                    "`VACUUM FULL text_key, person_key` sebagai pemiliknya, saat tak ada yang "
                    "sedang membaca.",
                    "Bytes of the old keys are still in the database's files: run later "
                    "`VACUUM FULL text_key, person_key` as their owner, while nobody reads.",
                )
            )

    def note_done(self, what: str, *, good: bool = True) -> None:
        """Keep when a chore was last done, where this may be written; `juang health` reads it."""
        with suppress(*FAILURES), self.sessions(make=False).begin() as session:
            db.note_upkeep(session, what, at=self.now(), good=good)

    def close(self) -> None:
        """Let the database go."""
        for engine in self._made:
            engine.dispose()
        self.log.close()


def _keep_to_owner(file: Path | None) -> None:
    """Make a SQLite file that is not there so that only its owner can read it."""
    if file is not None:
        with suppress(OSError):  # what is wrong with the path, SQLite says
            os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def newest_revision() -> str:
    """Name the newest migration: its file begins with it."""
    from ledger import migrations

    folder = Path(migrations.__path__[0]) / "versions"
    return max(file.name.partition("_")[0] for file in folder.glob("[0-9]*_*.py"))
