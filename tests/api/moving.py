"""Books to back up, restore and copy, and what is in a database afterwards."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text

from ledger import db
from tests import builders
from tests.conformance import laws
from tests.ledger.db.transfer import rich

MASTER = bytes(range(32))
"""The key of the builders' keyring."""

Scene = Callable[[str], str]


def write_key(path: Path, key: bytes) -> None:
    path.write_bytes(key)
    path.chmod(0o600)


def fill(url: str) -> laws.Stored:
    """Fill a database, and give what is in it."""
    engine = db.engine(url)
    rich.fill(engine)
    engine.dispose()
    return stored(url)


def stored(url: str, *, sound: bool = True) -> laws.Stored:
    engine = db.engine(url)
    with db.session_factory(engine, keyring=builders.keyring())() as session:
        if sound:
            laws.check(session)
        found = laws.stored(session)
    engine.dispose()
    return found


def counted(books: laws.Stored) -> str:
    """Say how much is in a database, as commands do."""
    return f"{len(books['book'])} books, {len(books['entry'])} entries"


def but_for_phones(books: laws.Stored) -> laws.Stored:
    """Leave out how sessions of phones ended: a restore ends them all."""
    ended = {"ended_at": None, "ended_why": None}
    return {**books, "app_session": [{**row, **ended} for row in books["app_session"]]}


def is_empty(url: str) -> bool:
    return not any(stored(url, sound=False).values())


def change(url: str, *statements: str) -> None:
    """Change what no operation changes, as the administrator could."""
    engine = db.engine(url, role=None)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def at(url: str) -> tuple[str, ...]:
    return ("--db", url, "--key-file", "juang.key")
