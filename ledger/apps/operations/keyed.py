"""Keep how a request was answered, in the transaction that carried it out."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from ledger.apps.tables import KeyedRequest

KEPT_FOR: Final = timedelta(days=400)
"""A worker may be without a signal for weeks, and a phone in a drawer for a year (api.md §1.11)."""


def keep_answer(
    session: Session,
    *,
    tenant: int,
    actor: str,
    key: str,
    route: str,
    person: int | None,
    fingerprint: bytes,
    status: int,
    etag: str | None,
    location: str | None,
    body: bytes,
    recorded_at: datetime,
) -> None:
    """Keep an answer under the key of its request.

    Raises:
        sqlalchemy.exc.IntegrityError: another process kept one first, and all of this is undone.
    """
    session.execute(
        insert(KeyedRequest).values(
            tenant_id=tenant,
            actor=actor,
            key=key,
            route=route,
            person_id=person,
            fingerprint=fingerprint,
            status=status,
            etag=etag,
            location=location,
            body=body,
            recorded_at=recorded_at,
        )
    )


def forget_answers(session: Session, tenant: int, *, recorded_at: datetime) -> None:
    """Delete answers that are too old to be asked for again."""
    old = KeyedRequest.recorded_at < recorded_at - KEPT_FOR
    session.execute(delete(KeyedRequest).where(KeyedRequest.tenant_id == tenant, old))
