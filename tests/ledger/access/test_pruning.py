"""Devices and wrong attempts are forgotten after their period, a few at a time, and no others."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ledger.access import operations, retention, throttle
from ledger.access.operations import signing_in
from ledger.access.tables import KnownDevice, WrongAttempts
from tests.builders import NOW

TENANT, OTHER = 11, 12


def leave(session: Session, days: int, number: int, tenant: int = TENANT) -> None:
    at, mark = NOW - timedelta(days=days), bytes([number])
    device = {"tenant_id": tenant, "officer_id": 1, "hash": mark, "seen_at": at}
    wrong = {"tenant_id": tenant, "counted": "source", "key": mark, "failures": 3, "last_at": at}
    session.execute(insert(KnownDevice).values(**device))
    session.execute(insert(WrongAttempts).values(**wrong))


def left(session: Session, model: Any, column: str) -> list[tuple[int, int]]:
    rows = session.execute(select(model.tenant_id, getattr(model, column)))
    return sorted((tenant, mark[0]) for tenant, mark in rows)


def test_what_is_past_its_period_is_forgotten_and_nothing_else(session: Session) -> None:
    for number, days in enumerate((0, 29, 31, 89, 91)):
        leave(session, days, number)
    leave(session, 400, 9, OTHER)

    assert operations.prune(session, TENANT, at=NOW) == (1, 3)

    assert left(session, KnownDevice, "hash") == [
        *((TENANT, each) for each in range(4)),
        (OTHER, 9),
    ]
    assert left(session, WrongAttempts, "key") == [(TENANT, 0), (TENANT, 1), (OTHER, 9)]
    assert operations.prune(session, TENANT, at=NOW) == (0, 0)


def test_one_call_deletes_so_many_at_most(session: Session) -> None:
    for number in range(5):
        leave(session, 100, number)

    done = [operations.prune(session, TENANT, at=NOW, limit=2) for _ in range(4)]

    assert done == [(2, 2), (2, 2), (1, 1), (0, 0)]


def test_nothing_is_forgotten_while_it_counts() -> None:
    day = NOW.date()
    devices, attempts = (
        retention.kept_for(each, day) for each in ("known_device", "wrong_attempts")
    )
    assert devices is not None
    assert attempts is not None
    assert devices >= signing_in.DEVICE_KNOWN
    assert attempts >= throttle.FORGOTTEN_AFTER + throttle.LONGEST_WAIT


@pytest.mark.parametrize("table", ["known_device", "wrong_attempts"])
def test_before_there_was_a_period_everything_stays(session: Session, table: str) -> None:
    leave(session, 4_000, 1)

    assert retention.kept_for(table, (NOW - timedelta(days=3_000)).date()) is None
    assert operations.prune(session, TENANT, at=NOW - timedelta(days=3_000)) == (0, 0)
