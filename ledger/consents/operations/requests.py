"""What a person asks to be done with her data, and stops that hold at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from ledger.consents import law
from ledger.consents.answers import SCORING, Means, Reason
from ledger.consents.operations import consents
from ledger.consents.queries import requests as queries
from ledger.consents.queries.persons import lock_all
from ledger.consents.tables import DataRequest, DataStop
from ledger.errors import Malformed, Refused, Wording
from ledger.parties.queries import records


class RequestKind(StrEnum):
    """What she asks for."""

    ACCESS = "access"
    """A copy of everything, with who looked at it."""
    CORRECTION = "correction"
    """Something is wrong and must be put right."""
    RESTRICTION = "restriction"
    """Keep the data, and do nothing else with it."""
    OBJECTION = "objection"
    """No decisions by machines alone."""
    ERASURE = "erasure"
    """Erase what the law does not require to be kept."""


@dataclass(eq=False)
class RequestInFuture(Malformed):
    """A request cannot come later than it is registered."""

    code = "data_request_in_future"
    wording = Wording(
        id="Permintaan bertanggal {at} belum terjadi.",
        en="A request received at {at} has not happened yet.",
    )
    at: datetime


@dataclass(eq=False)
class RequestClosed(Refused):
    """The request was answered already; a new one may be made."""

    code = "data_request_closed"
    wording = Wording(
        id="Permintaan nomor {no} sudah dijawab.", en="Request number {no} was answered already."
    )
    no: int


def register_request(
    session: Session,
    tenant: int,
    person: int,
    kind: RequestKind,
    *,
    about: str | None = None,
    means: Means = Means.APP,
    received_at: datetime | None = None,
    actor: str,
    recorded_at: datetime,
) -> DataRequest:
    """Register a request; the clock runs from when it was received.

    A restriction holds at once, and an objection ends her consent to be scored at once.
    `about` is a code word, such as the field that is wrong; never personal data.

    Raises:
        PersonNotFound, RequestInFuture, PeriodUnknown.
    """
    received = received_at or recorded_at
    if received > recorded_at:
        raise RequestInFuture(received)
    due_at, source = law.shipped().due(kind.value, received)
    own = records(session, tenant, person)
    lock_all(session, tenant, own)
    mine = (DataRequest.tenant_id == tenant, DataRequest.person_id == own[0])
    last = session.scalar(select(func.max(DataRequest.no)).where(*mine))
    made = DataRequest(
        tenant_id=tenant,
        person_id=own[0],
        no=(last or 0) + 1,
        kind=kind.value,
        about=about,
        means=means.value,
        received_at=received,
        due_at=due_at,
        source=source,
        registered_by=actor,
        recorded_at=recorded_at,
        state="open",
    )
    session.add(made)
    session.flush()  # the row is there before anything else is decided about it
    if kind in {RequestKind.RESTRICTION, RequestKind.OBJECTION}:
        _stop(session, tenant, own, kind.value, made.no, actor, recorded_at)
    if kind is RequestKind.OBJECTION:
        consents.withdraw(
            session,
            tenant,
            own[0],
            SCORING,
            means=means,
            reason=Reason.OBJECTION,
            actor=actor,
            recorded_at=recorded_at,
        )
    return made


def complete_request(
    session: Session, tenant: int, person: int, no: int, *, actor: str, recorded_at: datetime
) -> None:
    """Say that what was asked for is done; a restriction or an objection goes on standing.

    Raises:
        PersonNotFound, RequestNotFound, RequestClosed.
    """
    _close(session, tenant, person, no, "done", None, actor, recorded_at)


def refuse_request(
    session: Session,
    tenant: int,
    person: int,
    no: int,
    ground: str,
    *,
    actor: str,
    recorded_at: datetime,
) -> None:
    """Refuse a request on a ground that the law gives; a restriction is lifted by it.

    Raises:
        PersonNotFound, RequestNotFound, RequestClosed, GroundUnknown, GroundUnfit.
    """
    found = _close(session, tenant, person, no, "refused", ground, actor, recorded_at)
    if found.kind == RequestKind.RESTRICTION:
        lift(session, tenant, person, RequestKind.RESTRICTION, actor=actor, recorded_at=recorded_at)


def _close(
    session: Session,
    tenant: int,
    person: int,
    no: int,
    state: str,
    ground: str | None,
    actor: str,
    recorded_at: datetime,
) -> DataRequest:
    own = records(session, tenant, person)
    lock_all(session, tenant, own)
    # The record named is meant; a request on one that was merged since is named by that record.
    found = session.get(DataRequest, (tenant, person, no), populate_existing=True)
    if found is None:
        found = session.get(DataRequest, (tenant, own[0], no), populate_existing=True)
    if found is None:
        raise queries.RequestNotFound(no)
    if found.state != "open":
        raise RequestClosed(no)
    if ground is not None:
        law.shipped().ground(ground, found.kind, recorded_at)
    same = (
        DataRequest.tenant_id == tenant,
        DataRequest.person_id == found.person_id,
        DataRequest.no == no,
    )
    session.execute(
        update(DataRequest)
        .where(*same)
        .values(state=state, ground=ground, closed_at=recorded_at, closed_by=actor)
    )
    session.expire(found)
    return found


def lift(
    session: Session,
    tenant: int,
    person: int,
    kind: RequestKind,
    *,
    actor: str,
    recorded_at: datetime,
) -> None:
    """Take a restriction or an objection back; scoring waits for a new consent all the same.

    What does not stand is lifted without a word.

    Raises:
        PersonNotFound.
    """
    assert kind in {RequestKind.RESTRICTION, RequestKind.OBJECTION}
    own = records(session, tenant, person)
    lock_all(session, tenant, own)
    standing = queries.stops(session, tenant, own, kind.value)
    for record in sorted(standing):
        _add_stop(session, tenant, record, kind.value, None, actor, recorded_at, stopped=False)


def _stop(
    session: Session,
    tenant: int,
    own: Sequence[int],
    kind: str,
    request_no: int,
    actor: str,
    recorded_at: datetime,
) -> None:
    if own[0] not in queries.stops(session, tenant, own[:1], kind):
        _add_stop(session, tenant, own[0], kind, request_no, actor, recorded_at, stopped=True)


def _add_stop(
    session: Session,
    tenant: int,
    record: int,
    kind: str,
    request_no: int | None,
    actor: str,
    recorded_at: datetime,
    *,
    stopped: bool,
) -> None:
    mine = (DataStop.tenant_id == tenant, DataStop.person_id == record, DataStop.kind == kind)
    last = session.scalar(select(func.max(DataStop.no)).where(*mine))
    session.execute(
        insert(DataStop).values(
            tenant_id=tenant,
            person_id=record,
            kind=kind,
            no=(last or 0) + 1,
            stopped=stopped,
            request_no=request_no,
            actor=actor,
            recorded_at=recorded_at,
        )
    )
