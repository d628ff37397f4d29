"""Reads of apps: whose key it is, which phones are in, whose books are whose, what was answered."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ledger.apps import tokens
from ledger.apps.tables import AppClient, AppSession, KeyedRequest
from ledger.books.tables import Book
from ledger.consents.tables import BookOwner
from ledger.parties.tables import Device, Person


class Standing(NamedTuple):
    """A phone that is in: whose it is, and under which client."""

    tenant: int
    session_id: int
    person_id: int
    device_id: int


class Owned(NamedTuple):
    """A household's book and one whose it is: the human being, whatever record owns it."""

    tenant: int
    book_id: int
    person_id: int


def client_of(session: Session, key: tokens.ClientKey) -> AppClient | None:
    """Find the client of a key, unless it was revoked."""
    query = select(AppClient).where(AppClient.key_hash == tokens.hashed(key.secret))
    return session.scalar(query.where(AppClient.revoked_at.is_(None)))


def clients(session: Session, tenant: int) -> list[AppClient]:
    """List the clients of a tenant, also those that were revoked, by name."""
    query = select(AppClient).where(AppClient.tenant_id == tenant)
    return list(session.scalars(query.order_by(AppClient.name, AppClient.id)))


def standing(
    session: Session, asked: Collection[tuple[int, int]], at: datetime
) -> dict[tuple[int, int], Standing]:
    """Tell which sessions, by tenant and id, may act at an instant.

    A session is over with its device and with its person's record, at the next question.
    """
    s = AppSession
    query = (
        select(s.tenant_id, s.id, s.person_id, s.device_id)
        .join(Device, (Device.tenant_id == s.tenant_id) & (Device.id == s.device_id))
        .join(Person, (Person.tenant_id == s.tenant_id) & (Person.id == s.person_id))
        .where(
            s.tenant_id.in_({tenant for tenant, _ in asked}), s.id.in_({id_ for _, id_ in asked})
        )
        .where(s.ended_at.is_(None), s.ends_at > at)
        .where(Device.state == "active", Person.state == "active")
    )
    return {(row[0], row[1]): Standing(*row) for row in session.execute(query)}


def owned(session: Session, books: Collection[int]) -> set[Owned]:
    """Give whose household books these are at present."""
    o = BookOwner
    query = (
        select(o.tenant_id, o.book_id, func.coalesce(Person.merged_into, Person.id))
        .join(Person, (Person.tenant_id == o.tenant_id) & (Person.id == o.person_id))
        .join(Book, (Book.id == o.book_id) & (Book.tenant_id == o.tenant_id))
        .where(o.book_id.in_(set(books)), o.ended_at.is_(None), Book.kind == "household")
    )
    return {Owned(*row) for row in session.execute(query)}


def sessions(session: Session, tenant: int, person: int, at: datetime) -> list[AppSession]:
    """List the sessions of a person that are open, the latest first."""
    query = select(AppSession).where(
        AppSession.tenant_id == tenant,
        AppSession.person_id == person,
        AppSession.ended_at.is_(None),
        AppSession.ends_at > at,
    )
    return list(session.scalars(query.order_by(AppSession.opened_at.desc(), AppSession.id)))


def answers(session: Session, tenant: int, actor: str, key: str) -> list[KeyedRequest]:
    """Give what was answered under a key of somebody's, by route."""
    query = select(KeyedRequest).where(
        KeyedRequest.tenant_id == tenant, KeyedRequest.actor == actor, KeyedRequest.key == key
    )
    return list(session.scalars(query.order_by(KeyedRequest.route)))
