"""Persons and answers for tests of consents: short verbs at NOW, or some hours later."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from ledger.books import operations as books
from ledger.consents import operations, queries, texts
from ledger.consents.answers import Means
from ledger.consents.operations import Given
from ledger.parties import operations as parties
from tests.builders import NOW, TELLER

TENANT = books.tenant_id("platform")
KOPERASI = books.tenant_id("koperasi-maros")
BANK = books.tenant_id("bank")


def hours(later: int) -> datetime:
    """Give an instant some hours after NOW."""
    return NOW + timedelta(hours=later)


def tenants(session: Session) -> None:
    """Register the operators."""
    for code in ("platform", "koperasi-maros", "bank"):
        books.open_tenant(session, code, name=code)


def person(session: Session, ref: str = "siti") -> int:
    """Register a person."""
    return parties.register(session, TENANT, ref, actor=TELLER, recorded_at=NOW)


def merge(session: Session, duplicate: int, into: int) -> None:
    """Say that two records are one human being."""
    parties.merge(
        session, TENANT, duplicate, into, actor=TELLER, reason="same_nik", recorded_at=NOW
    )


def give(
    session: Session,
    who: int,
    purpose: str = "nudges",
    at: datetime = NOW,
    *,
    other: int | None = None,
    catalogue: texts.Catalogue | None = None,
    **how: Any,
) -> None:
    """Consent, in an app and in Indonesian unless it is said otherwise."""
    given = Given(**{"language": "id", "means": Means.APP, **how})
    operations.give(
        session,
        TENANT,
        who,
        purpose,
        given,
        other=other,
        actor=TELLER,
        recorded_at=at,
        catalogue=catalogue,
    )


def withdraw(
    session: Session,
    who: int,
    purpose: str = "nudges",
    at: datetime = NOW,
    *,
    other: int | None = None,
) -> None:
    """Take a consent back."""
    operations.withdraw(session, TENANT, who, purpose, other=other, actor=TELLER, recorded_at=at)


def stands(
    session: Session,
    who: int,
    purpose: str = "nudges",
    at: datetime = NOW,
    *,
    other: int | None = None,
    catalogue: texts.Catalogue | None = None,
) -> bool:
    """Ask whether a consent is given."""
    return queries.is_given(session, TENANT, who, purpose, at, other=other, catalogue=catalogue)
