"""Register a breach, owe notices to whom it affects and to the agency, and mark them sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from ledger.books.queries import TenantNotFound
from ledger.books.tables import Tenant
from ledger.consents import law
from ledger.consents.queries import breaches as queries
from ledger.consents.queries.breaches import Scope
from ledger.consents.queries.held import Contributor
from ledger.consents.queries.persons import chunks
from ledger.consents.tables import NOBODY, Breach, BreachNotice, BreachScope
from ledger.db import insert_rows
from ledger.db.types import utc_text
from ledger.errors import Malformed, Wording


@dataclass(eq=False)
class BreachTimesMalformed(Malformed):
    """A breach ends before it begins, or was known before it began or after it is registered."""

    code = "breach_times_malformed"
    wording = Wording(
        id="Waktu kebocoran tidak mungkin: dari {since} sampai {until}, diketahui {known_at}.",
        en="The times of the breach cannot be: from {since} until {until}, known {known_at}.",
    )
    since: datetime
    until: datetime
    known_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the law wants written: which data, when and how, and what is done about it."""

    what: str
    data: str
    remedy: str
    occurred_from: datetime
    occurred_until: datetime
    known_at: datetime


def report_breach(
    session: Session,
    tenant: int,
    told: Told,
    scopes: Iterable[Scope],
    contributors: Sequence[Contributor],
    *,
    actor: str,
    recorded_at: datetime,
) -> int:
    """Register a breach, and owe a notice to the agency and to everybody it affects.

    The clock runs from when it was known. Gives the number of the breach. What is written of it
    goes to those affected, and names no person.

    Raises:
        TenantNotFound, BreachTimesMalformed, TableNotHeld, PeriodUnknown.
    """
    if (
        not (told.occurred_from < told.occurred_until and told.occurred_from <= told.known_at)
        or told.known_at > recorded_at
    ):
        raise BreachTimesMalformed(told.occurred_from, told.occurred_until, told.known_at)
    _lock(session, tenant)
    due_at, source = law.shipped().due("breach", told.known_at)
    last = session.scalar(select(func.max(Breach.no)).where(Breach.tenant_id == tenant))
    no = (last or 0) + 1
    session.execute(
        insert(Breach).values(
            tenant_id=tenant,
            no=no,
            what=told.what,
            data=told.data,
            remedy=told.remedy,
            occurred_from=told.occurred_from,
            occurred_until=told.occurred_until,
            known_at=told.known_at,
            due_at=due_at,
            source=source,
            actor=actor,
            recorded_at=recorded_at,
        )
    )
    widen_breach(session, tenant, no, list(scopes) or [Scope()], contributors)
    return no


def widen_breach(
    session: Session,
    tenant: int,
    no: int,
    scopes: Sequence[Scope],
    contributors: Sequence[Contributor],
) -> int:
    """Add what a breach turns out to have reached; tell how many more persons must be notified.

    Their notices are due when the first are: the law counts from when the breach was known.

    Raises:
        BreachNotFound, TableNotHeld.
    """
    _lock(session, tenant)
    found = queries.breach(session, tenant, no)
    known = queries.scopes(session, tenant, no)
    fresh = [scope for scope in dict.fromkeys(scopes) if scope not in known]
    if fresh:
        session.execute(
            insert(BreachScope),
            [
                {
                    "tenant_id": tenant,
                    "breach_no": no,
                    "line": line,
                    "book_id": scope.book,
                    "held_in": scope.table,
                    "written": scope.written,
                }
                for line, scope in enumerate(fresh, start=len(known) + 1)
            ],
        )
    window = (found.occurred_from, found.occurred_until)
    persons = queries.affected(session, tenant, contributors, [*known, *fresh], *window)
    mine = (BreachNotice.tenant_id == tenant, BreachNotice.breach_no == no)
    owed = set(session.scalars(select(BreachNotice.person_id).where(*mine)))
    due = utc_text(found.due_at)
    rows = [(tenant, no, person, due) for person in (NOBODY, *persons) if person not in owed]
    columns = ("tenant_id", "breach_no", "person_id", "due_at")
    insert_rows(session, "breach_notice", columns, ("bigint", "int", "bigint", "timestamptz"), rows)
    return len(set(persons) - owed)


def mark_sent(
    session: Session,
    tenant: int,
    no: int,
    persons: Iterable[int],
    *,
    channel: str,
    actor: str,
    sent_at: datetime,
) -> int:
    """Mark notices as sent, that to the agency as person 0; what was sent before stays as it is.

    Tells how many were marked.

    Raises:
        BreachNotFound.
    """
    queries.breach(session, tenant, no)
    marked = 0
    for chunk in chunks(persons):
        unsent = (
            BreachNotice.tenant_id == tenant,
            BreachNotice.breach_no == no,
            BreachNotice.person_id.in_(chunk),
            BreachNotice.sent_at.is_(None),
        )
        ids = list(session.scalars(select(BreachNotice.person_id).where(*unsent)))
        session.execute(
            update(BreachNotice)
            .where(*unsent)
            .values(sent_at=sent_at, sent_by=actor, channel=channel)
        )
        marked += len(ids)
    session.expire_all()
    return marked


def _lock(session: Session, tenant: int) -> None:
    """Number the breaches of a tenant one after the other.

    Raises:
        TenantNotFound.
    """
    row = select(Tenant.id).where(Tenant.id == tenant).with_for_update(key_share=True)
    if session.scalar(row) is None:
        raise TenantNotFound(str(tenant))
