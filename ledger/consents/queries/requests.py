"""Requests that wait, and whether a person's data may be processed at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, Integer, select
from sqlalchemy.orm import Session

from ledger.consents.queries.among import Sought, rows_of, value
from ledger.consents.queries.persons import chunks
from ledger.consents.tables import DataRequest, DataStop
from ledger.errors import NotFound, Wording


@dataclass(eq=False)
class RequestNotFound(NotFound):
    """The person made no such request."""

    code = "data_request_not_found"
    wording = Wording(id="Tidak ada permintaan nomor {no}.", en="There is no request number {no}.")
    hint = Wording(id="Lihat `juang request list`.", en="See `juang request list`.")
    no: int


def is_restricted(session: Session, tenant: int, person: int) -> bool:
    """Tell whether a person's data may only be kept at present (UU 27/2022 art. 11, 41)."""
    return bool(restricted_among(session, tenant, [person]))


def restricted_among(session: Session, tenant: int, persons: Iterable[int]) -> set[int]:
    """Give those of many persons whose data may only be kept at present."""
    return _stopped(session, tenant, persons, "restriction")


def has_objected(session: Session, tenant: int, person: int) -> bool:
    """Tell whether a person objects to decisions by machines at present (art. 10)."""
    return bool(objecting_among(session, tenant, [person]))


def objecting_among(session: Session, tenant: int, persons: Iterable[int]) -> set[int]:
    """Give those of many persons who object to decisions by machines at present."""
    return _stopped(session, tenant, persons, "objection")


def _stopped(session: Session, tenant: int, persons: Iterable[int], kind: str) -> set[int]:
    """Give those with a stop on any record that is one human being with them."""
    sought = Sought(
        "data_stop",
        {"no": Integer(), "stopped": Boolean()},
        "{t}.kind = :kind",
        (value("kind", kind),),
        erased=True,
    )
    last: dict[tuple[int, int], tuple[int, bool]] = {}
    for row in rows_of(session, tenant, persons, sought):
        key = (row.asked, row.record)
        last[key] = max(last.get(key, (0, False)), (row.no, row.stopped))
    return {asked for (asked, _), (_, stopped) in last.items() if stopped}


def stops(session: Session, tenant: int, records: Iterable[int], kind: str) -> set[int]:
    """Give those of records whose last word in a kind of stop is that it stands."""
    found: set[int] = set()
    for chunk in chunks(records):
        query = (
            select(DataStop.person_id, DataStop.stopped)
            .where(
                DataStop.tenant_id == tenant,
                DataStop.person_id.in_(chunk),
                DataStop.kind == kind,
            )
            .order_by(DataStop.person_id, DataStop.no)
        )
        last = {row.person_id: row.stopped for row in session.execute(query)}
        found |= {record for record, stopped in last.items() if stopped}
    return found


def waiting(
    session: Session, tenant: int, *, due_before: datetime | None = None, limit: int = 100
) -> list[DataRequest]:
    """List open requests, the most pressing first; `due_before` leaves those that are overdue."""
    query = select(DataRequest).where(DataRequest.tenant_id == tenant, DataRequest.state == "open")
    if due_before is not None:
        query = query.where(DataRequest.due_at < due_before)
    order = (DataRequest.due_at, DataRequest.person_id, DataRequest.no)
    return list(session.scalars(query.order_by(*order).limit(limit)))


def of_person(session: Session, tenant: int, records: list[int]) -> list[DataRequest]:
    """List all requests of a person's records, oldest first."""
    query = select(DataRequest).where(
        DataRequest.tenant_id == tenant, DataRequest.person_id.in_(records)
    )
    order = (DataRequest.received_at, DataRequest.person_id, DataRequest.no)
    return list(session.scalars(query.order_by(*order)))
