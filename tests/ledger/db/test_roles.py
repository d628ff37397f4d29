"""Sessions take on their role and tenant for one transaction, whatever happens in it."""

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import InternalError, OperationalError
from sqlalchemy.orm import Session

from ledger import db
from ledger.db import Role, roles
from ledger.db.engine import FAILURES
from ledger.journal import operations
from tests import builders
from tests.builders import COOPERATIVE, KOPERASI, NOW, PLATFORM, SITI, TELLER, earn, post
from tests.conftest import NewEngine, Store, owning

READS: Final = 200
OWN: Final = {PLATFORM: {SITI, builders.IBU}, COOPERATIVE: {KOPERASI}}
LOOKS: Final = (
    "SELECT DISTINCT book_id FROM posting",
    "SELECT DISTINCT e.book_id FROM entry e JOIN posting p USING (book_id, seq)",
    "SELECT book_id FROM account WHERE code = 'cash'",
    "SELECT id FROM book",
    "SELECT book_id FROM account_day",
)

on_postgresql = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)


def _fill(engine: Engine) -> None:
    with db.session_factory(engine).begin() as session:
        builders.open_books(session)
        sent = [post(n, *earn(n), book=book) for n in range(1, 9) for book in (SITI, KOPERASI)]
        operations.post(session, sent, actor=TELLER, recorded_at=NOW)


def _look(session: Session, look: str) -> set[int]:
    return set(session.execute(text(look)).scalars())


@pytest.fixture
def narrow(store: Store) -> Iterator[Engine]:
    """Give a database whose pool has two connections, with books of two tenants in it."""
    with store.copy() as url:
        opened = db.engine(url.render_as_string(hide_password=False), pool_size=2)
        _fill(opened)
        yield opened
        opened.dispose()


@on_postgresql
def test_crowded_and_cancelled_reads_never_see_a_foreign_row(narrow: Engine) -> None:
    """T3: 200 reads of two tenants and a poster share two connections; some are cancelled."""
    make = {tenant: db.reading_session_factory(narrow, tenant=tenant) for tenant in OWN}
    chance = random.Random(20261124)
    plans = [
        (chance.choice(list(OWN)), chance.random(), chance.choice(LOOKS)) for _ in range(READS)
    ]
    foreign: list[object] = []
    ended = {"read": 0, "cancelled": 0, "failed": 0, "posted": 0}
    lock = threading.Lock()

    def read(number: int) -> str:
        tenant, luck, look = plans[number]
        try:
            if luck < 0.1:
                with db.session_factory(narrow).begin() as session:
                    sent = [post(1_000 + number, *earn(1), book=min(OWN[tenant]))]
                    operations.post(session, sent, actor=TELLER, recorded_at=NOW)
                return "posted"
            with make[tenant]() as session:
                for each in (look, *LOOKS):
                    seen = _look(session, each)
                    if not seen <= OWN[tenant] or not seen:
                        foreign.append((tenant, each, seen))
                if luck < 0.3:
                    driver = session.connection().connection.driver_connection
                    assert driver is not None
                    threading.Timer(luck / 20, driver.cancel).start()
                    session.execute(text("SELECT pg_sleep(0.05)"))
                if luck < 0.5:
                    session.execute(text("SELECT 1/0"))
        except OperationalError:  # a cancel may come late, and meet the next on the connection
            return "cancelled"
        except FAILURES as error:
            return "failed" if "division by zero" in str(error) else repr(error)
        return "read"

    with ThreadPoolExecutor(16) as pool:
        for how in pool.map(read, range(READS)):
            with lock:
                ended[how] += 1

    assert foreign == []
    assert all(ended.values()), ended
    assert sum(ended.values()) == READS


@on_postgresql
@pytest.mark.parametrize("how", ["raises", "fails", "is closed", "is broken", "is rolled back"])
def test_a_read_that_ends_badly_leaves_nothing_behind(store: Store, how: str) -> None:
    """T6: with one connection, the next in line is the poster again, then the other tenant."""
    with store.copy() as url:
        opened = db.engine(url.render_as_string(hide_password=False), pool_size=1)
        _fill(opened)
        session = db.reading_session_factory(opened, tenant=PLATFORM)()
        assert _look(session, LOOKS[0]) == {SITI}
        _end(session, how)

        with opened.connect() as connection:
            state = connection.execute(
                text("SELECT current_user, coalesce(current_setting('juang.tenant', true), '')")
            ).one()
            assert state[0].endswith("_poster")
            assert state[1] == ""
        with db.reading_session_factory(opened, tenant=COOPERATIVE)() as other:
            assert _look(other, LOOKS[0]) == {KOPERASI}
        with db.reading_session_factory(opened, tenant=None)() as nobody:
            assert _look(nobody, LOOKS[0]) == set()
        opened.dispose()


def _end(session: Session, how: str) -> None:
    match how:
        case "raises":
            with pytest.raises(ZeroDivisionError), session:
                raise ZeroDivisionError
        case "fails":
            with pytest.raises(Exception, match="division by zero"), session:
                session.execute(text("SELECT 1/0"))
        case "is closed":
            session.close()
        case "is broken":
            session.invalidate()
        case _:
            session.rollback()
            session.close()


@on_postgresql
def test_every_transaction_of_a_session_is_walled_in(narrow: Engine) -> None:
    """After a rollback, and after a failure inside a savepoint, the wall still stands."""
    with db.reading_session_factory(narrow, tenant=PLATFORM)() as session:
        assert _look(session, LOOKS[0]) == {SITI}
        session.rollback()
        assert _look(session, LOOKS[0]) == {SITI}
        with pytest.raises(Exception, match="division by zero"), session.begin_nested():
            session.execute(text("SELECT 1/0"))
        assert _look(session, LOOKS[0]) == {SITI}


@on_postgresql
def test_a_prepared_statement_serves_two_tenants(store: Store) -> None:
    """Psycopg prepares what it sees five times; a plan made for one tenant is not another's."""
    with store.copy() as url:
        opened = db.engine(url.render_as_string(hide_password=False), pool_size=1)
        _fill(opened)
        for _ in range(12):
            for tenant, own in OWN.items():
                with db.reading_session_factory(opened, tenant=tenant)() as session:
                    assert _look(session, LOOKS[1]) == own - {builders.IBU}
            with db.session_factory(opened)() as session:
                assert _look(session, LOOKS[1]) == {SITI, KOPERASI}
        opened.dispose()


@on_postgresql
def test_a_reading_session_cannot_write(narrow: Engine) -> None:
    with (
        db.reading_session_factory(narrow, tenant=PLATFORM)() as session,
        pytest.raises(InternalError, match="read-only transaction"),
    ):
        session.execute(text("UPDATE book SET name = 'x'"))


@on_postgresql
def test_the_operator_sees_every_tenant(narrow: Engine) -> None:
    with db.reading_session_factory(narrow, tenant=db.EVERY_TENANT)() as session:
        assert _look(session, LOOKS[0]) == {SITI, KOPERASI}
        assert not roles.is_walled(session)


def test_where_there_are_no_roles_nobody_becomes_anybody(new_engine: NewEngine) -> None:
    """SQLite, and a PostgreSQL whose roles were lost: sessions work, as whoever logged in."""
    engine = new_engine()
    if engine.dialect.name == "postgresql":
        with owning(engine) as owners, owners.begin() as connection:
            connection.exec_driver_sql("DROP FUNCTION juang_roles()")
    _fill(engine)

    with db.reading_session_factory(engine, tenant=PLATFORM)() as session:
        assert not roles.is_walled(session)
        assert _look(session, LOOKS[0]) == {SITI, KOPERASI}


@on_postgresql
def test_connections_are_the_poster_and_a_migration_the_owner(engine: Engine) -> None:
    with engine.connect() as connection:
        name = connection.exec_driver_sql("SELECT current_user").scalar_one()
    assert name.endswith("_poster")

    db.migrate(engine, "-1")
    db.migrate(engine)

    with engine.connect() as connection:
        owners = connection.exec_driver_sql(
            "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = current_schema()"
        ).scalars()
        assert list(owners) == [name.removesuffix("poster") + Role.OWNER]
