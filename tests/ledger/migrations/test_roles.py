"""Who makes roles, who may become whom, and that making them again mends them."""

import pytest
from sqlalchemy import Engine, text

from ledger import db
from ledger.db import Role
from ledger.db.roles import RoleMissing, become
from ledger.migrations import roles, walls
from tests.builders import PLATFORM, SITI
from tests.ledger.migrations.acting import administering, denied


def test_a_login_that_may_not_read_is_refused_and_gets_no_more_rights(
    administrator: Engine, worker_id: str
) -> None:
    login = f"writer_{worker_id}"
    with administering(administrator) as whole:
        prefix = walls.prefix_of(whole)
        whole.exec_driver_sql(f"CREATE ROLE {login} LOGIN NOINHERIT")
        whole.exec_driver_sql(f'GRANT "{prefix}_poster" TO {login}')
        whole.commit()
        address = administrator.url.set(username=login).render_as_string(hide_password=False)
        opened = db.engine(address)

        with pytest.raises(RoleMissing), db.reading_session_factory(opened, tenant=SITI)() as s:
            s.execute(text("SELECT 1"))

        opened.dispose()
        whole.exec_driver_sql(f"DROP ROLE {login}")
        whole.commit()


def test_the_program_does_not_migrate(server: Engine) -> None:
    with pytest.raises(RoleMissing) as caught:
        db.migrate(server)

    assert caught.value.role == "owner"


def test_making_the_roles_again_puts_right_what_was_changed(
    administrator: Engine, server: Engine
) -> None:
    with administering(administrator) as whole:
        prefix = walls.prefix_of(whole)
        poster = f'"{prefix}_poster"'
        whole.exec_driver_sql(f"GRANT UPDATE, DELETE ON posting TO {poster}")
        whole.exec_driver_sql("GRANT SELECT ON text_key TO PUBLIC")
        whole.exec_driver_sql("ALTER TABLE posting NO FORCE ROW LEVEL SECURITY")
        whole.exec_driver_sql("CREATE POLICY hole ON posting USING (true)")
        whole.exec_driver_sql(f'ALTER ROLE "{prefix}_reader" BYPASSRLS')
        assert walls.missing(whole) == ["posting"]

        assert roles.make(whole, prefix) == prefix

        assert walls.missing(whole) == []
        become(whole, Role.POSTER)
        denied(whole, "DELETE FROM posting")
        become(whole, Role.READER, tenant=PLATFORM)
        denied(whole, "SELECT 1 FROM text_key")
        assert whole.exec_driver_sql("SELECT count(*) FROM book").scalar() == 2


def test_who_is_no_administrator_makes_no_roles(server: Engine) -> None:
    with server.connect() as connection:
        become(connection, None)
        with pytest.raises(roles.RolesNotAllowed):
            roles.make(connection, "juang_mine")


def test_an_administrator_need_be_no_superuser(administrator: Engine, worker_id: str) -> None:
    """From PostgreSQL 16 a CREATEROLE that bypasses row-level security may pass that on."""
    name = f"host_{worker_id}"
    with administering(administrator) as whole:
        if int(str(whole.exec_driver_sql("SHOW server_version_num").scalar())) < 160_000:
            pytest.skip("before PostgreSQL 16 only a superuser passes BYPASSRLS on")
        whole.exec_driver_sql(f"CREATE ROLE {name} CREATEROLE BYPASSRLS")
        database = whole.exec_driver_sql("SELECT current_database()").scalar()
        whole.exec_driver_sql(f'ALTER DATABASE "{database}" OWNER TO {name}')
        former = walls.prefix_of(whole)
        whole.exec_driver_sql(f'REASSIGN OWNED BY "{former}_owner" TO {name}')
        whole.exec_driver_sql(f"ALTER FUNCTION juang_roles() OWNER TO {name}")
        whole.exec_driver_sql(f"SET LOCAL ROLE {name}")

        roles.make(whole, f"juang_{name}")
        roles.let_in(whole, f"guest_{worker_id}", prefix=f"juang_{name}", migrates=True)

        whole.exec_driver_sql("RESET ROLE")
        assert walls.missing(whole) == []
        become(whole, Role.POSTER)
        denied(whole, "DELETE FROM posting")


@pytest.mark.parametrize("login", ["", "x" * 64, "a\nb", "pg_me"])
def test_a_name_that_no_login_can_have(administrator: Engine, login: str) -> None:
    with administering(administrator) as whole, pytest.raises(roles.LoginMalformed):
        roles.let_in(whole, login, prefix="juang_x", migrates=False)


def test_an_odd_name_is_quoted(administrator: Engine, server: Engine) -> None:
    with administering(administrator) as whole:
        prefix = str(walls.prefix_of(whole))
        roles.let_in(whole, 'o"d; %s', prefix=prefix, migrates=True, verifier="SCRAM-SHA-256$it's")
        found = whole.exec_driver_sql("SELECT 1 FROM pg_roles WHERE rolname = %s", ('o"d; %s',))
        assert found.scalar() == 1


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_sqlite_has_no_roles(engine: Engine) -> None:
    with engine.begin() as connection:
        with pytest.raises(roles.RolesNeedPostgresql):
            roles.make(connection)
        assert walls.missing(connection) == []
        assert not walls.stand(connection)


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_roles_wait_for_their_migration(engine: Engine) -> None:
    db.migrate(engine, "0001")

    with engine.connect() as connection:
        become(connection, None)
        with pytest.raises(roles.SchemaTooOld):
            roles.make(connection)
