"""A database with roles, and a login that is no superuser and owns nothing, as in production."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from ledger import db
from ledger.books import operations as books
from ledger.journal import operations
from ledger.journal.outcomes import Code
from ledger.migrations import roles, walls
from tests import builders
from tests.builders import KOPERASI, NOW, TELLER, earn, post
from tests.conftest import Store


@pytest.fixture(scope="module")
def administrator(postgresql_store: Store) -> Iterator[Engine]:
    """Give a database of this module's own to its administrator, with roles of its own."""
    with postgresql_store.copy() as url:
        whole = db.engine(url.render_as_string(hide_password=False), role=None)
        with whole.begin() as connection:
            roles.make(connection)
        yield whole
        whole.dispose()


@pytest.fixture(scope="module")
def server(administrator: Engine, worker_id: str) -> Iterator[Engine]:
    """Fill books of three tenants, and give the database to a login that is nobody."""
    login = f"program_{worker_id}"
    with administrator.begin() as connection:
        prefix = str(walls.prefix_of(connection))
        roles.let_in(connection, login, prefix=prefix, migrates=False)
    address = administrator.url.set(username=login)
    opened = db.engine(address.render_as_string(hide_password=False))
    with db.session_factory(opened, keyring=builders.keyring()).begin() as session:
        builders.open_books(session)
        sent = [
            post(1, *earn(10), narration="gaji"),
            post(1, *earn(20), book=KOPERASI, narration="simpanan"),
        ]
        outcomes = operations.post(session, sent, actor=TELLER, recorded_at=NOW)
        assert [outcome.code for outcome in outcomes] == [Code.POSTED, Code.POSTED]
        books.allow_purpose(
            session,
            builders.DANA,
            "grant",
            "books",
            valid_from=NOW.date(),
            valid_through=NOW.date(),
            actor=TELLER,
            recorded_at=NOW,
        )
    yield opened
    opened.dispose()
    with administrator.begin() as connection:
        connection.exec_driver_sql(f"DROP OWNED BY {login}")
        connection.exec_driver_sql(f"DROP ROLE {login}")
