"""The sessions of an operator's jobs: they see every row of every tenant."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ledger import db
from ledger.journal.keyring import Keyring


def reading(engine: Engine) -> Session:
    """Open a session that sees one moment of everything."""
    return db.reading_session_factory(engine, tenant=db.EVERY_TENANT)()


def writing(engine: Engine, ring: Keyring | None = None) -> Session:
    """Open a session that may fill a database, or change what stands under the master key."""
    return db.session_factory(engine, keyring=ring)()
