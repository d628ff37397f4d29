"""Erase a person: her keys are destroyed, so that what was written about her is gone for ever.

Her vault, its index, her devices and links are deleted; her key and those of texts about her are
destroyed in every book; her record stays, as `erased`, and so do all entries, balances and hashes.
A statute that makes us keep her data wins, and says so. Each erasure is on the erasure list, which
is applied again after an older backup was restored (docs/decisions/0017).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import delete, insert, or_, update
from sqlalchemy.orm import Session

from ledger import dates
from ledger.books.tables import Book, Erasure
from ledger.errors import NotFound, Refused, Wording
from ledger.journal import operations as journal
from ledger.journal.subjects import person_subject
from ledger.parties import queries, retention
from ledger.parties.erasures import ErasureLine
from ledger.parties.operations import links
from ledger.parties.operations.events import check_reason, lock_active, note_event
from ledger.parties.tables import (
    Device,
    Person,
    PersonKey,
    Relation,
    RetentionHold,
    VaultField,
    VaultIndex,
)

ZONE: Final = "Asia/Jakarta"
"""Whose days a statute counts."""


@dataclass(eq=False)
class RetentionHeld(Refused):
    """A statute makes us keep her data until a day."""

    code = "retention_held"
    wording = Wording(
        id="Data orang “{person}” wajib disimpan sampai {until} ({ground}: {source}).",
        en="The data of person “{person}” must be kept until {until} ({ground}: {source}).",
    )
    hint = Wording(
        id="Setelah tanggal itu dapat dihapus; sampai saat itu jangan dipakai untuk hal lain.",
        en="It can be erased after that day; until then it may serve no other purpose.",
    )
    person: str
    until: date
    ground: str
    source: str


@dataclass(eq=False)
class HoldNotFound(NotFound):
    """No statute holds this person's data on this ground."""

    code = "hold_not_found"
    wording = Wording(
        id="Tidak ada kewajiban simpan “{ground}”.", en="There is no duty to keep “{ground}”."
    )
    ground: str


def hold(
    session: Session,
    tenant: int,
    person: int,
    ground: str,
    since: date,
    *,
    actor: str,
    recorded_at: datetime,
) -> date:
    """Note that a statute makes us keep a person's data, and give the last day of it.

    `since` is the day from which the statute counts. A hold is only ever prolonged by this.

    Raises:
        GroundUnknown, DateOutOfRange, PersonNotFound, PersonNotActive.
    """
    until = retention.kept_until(ground, dates.check_date(since))
    lock_active(session, tenant, person)
    found = session.get(RetentionHold, (tenant, person, ground), populate_existing=True)
    live = found is not None and found.lifted_at is None
    if found is not None and live and found.until >= until:
        return found.until
    values = {"since": since, "until": until, "declared_by": actor, "declared_at": recorded_at}
    if found is None:
        key = {"tenant_id": tenant, "person_id": person, "ground": ground}
        session.execute(insert(RetentionHold).values(**key, **values))
    else:
        _change_hold(session, found, **values, lifted_at=None)
    note_event(
        session,
        tenant,
        person,
        "held",
        before=ground,
        after=until.isoformat(),
        actor=actor,
        recorded_at=recorded_at,
    )
    return until


def lift_hold(
    session: Session, tenant: int, person: int, ground: str, *, actor: str, recorded_at: datetime
) -> None:
    """Take a hold back that was noted in error.

    Raises:
        PersonNotFound, HoldNotFound.
    """
    queries.lock(session, tenant, person)
    found = session.get(RetentionHold, (tenant, person, ground), populate_existing=True)
    if found is None or found.lifted_at is not None:
        raise HoldNotFound(ground)
    until = found.until.isoformat()
    _change_hold(session, found, lifted_at=recorded_at)
    note_event(
        session,
        tenant,
        person,
        "hold_lifted",
        before=ground,
        after=until,
        actor=actor,
        recorded_at=recorded_at,
    )


def _change_hold(session: Session, found: RetentionHold, **values: object) -> None:
    one = (
        RetentionHold.tenant_id == found.tenant_id,
        RetentionHold.person_id == found.person_id,
        RetentionHold.ground == found.ground,
    )
    session.execute(update(RetentionHold).where(*one).values(**values))
    session.expire_all()


def erase(
    session: Session,
    tenant: int,
    person: int,
    *,
    reason: str,
    actor: str,
    recorded_at: datetime,
    books: Sequence[int] = (),
) -> None:
    """Erase a person with all records merged into her; `books` are households wholly her own.

    Of those books their own texts are erased, and the names she gave.

    Raises:
        Those of `check_erasure`.
    """
    check_erasure(session, tenant, person, reason=reason, books=books, recorded_at=recorded_at)
    records = queries.records(session, tenant, person)
    for book in sorted(books):
        journal.erase_book(session, book, reason=reason, actor=actor, recorded_at=recorded_at)
    for record in sorted(records):
        _erase_record(session, tenant, record, reason, actor, recorded_at)


def check_erasure(
    session: Session,
    tenant: int,
    person: int,
    *,
    reason: str,
    recorded_at: datetime,
    books: Sequence[int] = (),
) -> None:
    """Refuse an erasure that may not be; her row is locked by this.

    Raises:
        ReasonMalformed, PersonNotFound, BookNotFound, BookNotHers.
        PersonNotActive: she is merged into another (erase that one), or erased already.
        RetentionHeld: a statute makes us keep her data.
    """
    check_reason(reason)
    for book in books:
        links.household(session, tenant, book)
    lock_active(session, tenant, person)
    check_holds(session, tenant, person, recorded_at=recorded_at)


def check_holds(session: Session, tenant: int, person: int, *, recorded_at: datetime) -> None:
    """Refuse to erase what a statute makes us keep of a person.

    Raises:
        PersonNotFound, RetentionHeld.
    """
    held = queries.holds(session, tenant, person, dates.local_date(recorded_at, ZONE))
    if held:
        source = retention.ground_on(held[0].ground, held[0].since).source
        raise RetentionHeld(str(person), held[0].until, held[0].ground, source)


def reapply_erasures(session: Session, rows: Iterable[ErasureLine]) -> int:
    """Apply an erasure list to a database that may be older than it; give how many were new.

    Who is unknown to this database is listed all the same, so that no text about her is taken and
    her reference is not registered again. Applying a list twice changes nothing.

    Raises:
        PersonNotFound never, BookNotFound never: what is not there needs no erasing.
    """
    new = 0
    for row in sorted(rows, key=lambda row: (row.person is not None, row.subject)):
        said = {"reason": row.reason, "actor": row.by, "recorded_at": row.at}
        if row.book is not None:
            if session.get(Book, row.book) is None:
                new += _list_unknown(session, row)
            else:
                new += journal.erase_book(session, row.book, **said)  # type: ignore[arg-type]
        else:
            assert row.person is not None
            new += _erase_record(session, row.tenant, row.person, row.reason, row.by, row.at)
    return new


def _list_unknown(session: Session, row: ErasureLine) -> bool:
    if session.get(Erasure, row.subject) is not None:
        return False
    session.execute(
        insert(Erasure).values(
            subject=row.subject,
            tenant_id=row.tenant,
            book_id=row.book,
            reason=row.reason,
            actor=row.by,
            recorded_at=row.at,
        )
    )
    return True


def _erase_record(
    session: Session, tenant: int, record: int, reason: str, actor: str, at: datetime
) -> bool:
    """Erase one record, whatever its state, and tell whether the list had it not yet."""
    found = session.get(Person, (tenant, record))
    if found is not None:
        found = queries.lock(session, tenant, record)
        _forget(session, tenant, record, at)
    new = journal.erase_subject(
        session,
        person_subject(record),
        tenant=tenant,
        person=record,
        reason=reason,
        actor=actor,
        recorded_at=at,
    )
    if found is None:
        return new
    if found.state == "active":
        own = (Person.tenant_id == tenant, Person.id == record)
        session.execute(update(Person).where(*own).values(state="erased"))
    if new:
        note_event(session, tenant, record, "erased", after=reason, actor=actor, recorded_at=at)
    session.expire_all()
    return new


def _forget(session: Session, tenant: int, record: int, at: datetime) -> None:
    """Destroy a record's key, and delete what it had sealed, signed in with, or was found by."""
    key = (PersonKey.tenant_id == tenant, PersonKey.person_id == record)
    session.execute(update(PersonKey).where(*key).values(wrapped=None))
    for table in (VaultField, VaultIndex, Device):
        mine = (table.tenant_id == tenant, table.person_id == record)
        session.execute(delete(table).where(*mine))
    links.forget_links(session, [record], tenant)
    either = or_(Relation.low_id == record, Relation.high_id == record)
    live = (Relation.tenant_id == tenant, either, Relation.ended_at.is_(None))
    session.execute(
        update(Relation)
        .where(*live)
        .values(ended_at=at)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
