"""What tables hold of persons: the one declaration that her archive and a breach are read by.

A room declares its tables as `Held` and gives them, with how they are read, as a `Contributor`.
The list of all contributors stands in the room above all others (ledger/exports/queries/hers.py),
and a test fails for a table that none of them covers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    RowMapping,
    Select,
    Table,
    and_,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import DeclarativeBase, Session

from ledger.db import Base
from ledger.db.types import utc_text
from ledger.errors import Wording

Json = str | int | bool | None | Mapping[str, Any] | list[Any]
Record = Mapping[str, Json]

PAGE = 500
"""Rows read at once: memory does not grow with what she has."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose data is asked for: her records in one tenant, and the books she owns."""

    tenant: int
    records: tuple[int, ...]
    books: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A table that holds something of persons.

    `persons` are columns that name a person of the tenant; `book` names the column of a book,
    whose owner's it is. `at` is when a row came, for the window of a breach. `secret` columns
    (keys) go into no archive, nor does a `derived` table, which can be recounted from others.
    Rows with a value in `withheld` are not shown to her (trail.py).
    """

    model: type[DeclarativeBase]
    says: Wording
    persons: tuple[str, ...] = ()
    book: str | None = None
    at: str | None = None
    secret: tuple[str, ...] = ()
    derived: bool = False
    withheld: str | None = None

    @property
    def table(self) -> Table:
        """Give the table."""
        found = self.model.__table__
        assert isinstance(found, Table)
        return found

    @property
    def name(self) -> str:
        """Name it, as the archive's section and the breach's scope do."""
        return self.table.name

    def written(self, row: Mapping[str, Any]) -> dict[str, Json]:
        """Write a row for the archive, without secrets; numbers of 64 bits as text.

        JavaScript keeps 53 bits of a number. A column is written one way, whatever its value.
        """
        of = self.table.c
        return plain(
            {
                name: str(value)
                if value is not None and name in of and isinstance(of[name].type, BigInteger)
                else value
                for name, value in row.items()
                if name not in self.secret
            }
        )

    def is_about(self, subject: Subject) -> ColumnElement[bool]:
        """Say which rows are a person's."""
        of = self.table.c
        if self.book is not None:
            return of[self.book].in_(subject.books)
        hers = or_(*(of[name].in_(subject.records) for name in self.persons))
        return and_(of.tenant_id == subject.tenant, hers)


class Contributor(Protocol):
    """A room's part in her archive, and in finding whom a breach affects."""

    @property
    def held(self) -> tuple[Held, ...]:
        """Name every table of the room that holds something of persons."""

    def records(self, session: Session, held: Held, subject: Subject) -> Iterator[Record]:
        """Read what one of these tables holds of her, a page at a time, in a lasting order."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A contributor that gives rows as they stand: right for most rooms."""

    held: tuple[Held, ...]

    def records(self, session: Session, held: Held, subject: Subject) -> Iterator[Record]:
        """Read rows by pages on the table's key."""
        for row in rows(session, held, subject):
            yield held.written(row)


def rows(session: Session, held: Held, subject: Subject) -> Iterator[dict[str, Any]]:
    """Read the rows of a table that are a person's, a page at a time on its key."""
    query: Select[Any] = select(held.table).where(held.is_about(subject))
    if held.withheld is not None:
        query = query.where(held.table.c[held.withheld].is_(None))
    for page in pages(session, query, list(held.table.primary_key.columns)):
        yield from page


def pages(
    session: Session, query: Select[Any], key: Sequence[Column[Any]]
) -> Iterator[list[dict[str, Any]]]:
    """Read a table's rows in the order of a key, a page at a time."""
    query = query.order_by(*key).limit(PAGE)
    page = session.execute(query).mappings().all()
    while page:
        yield [_named(row) for row in page]
        if len(page) < PAGE:
            return
        last = tuple_(*(page[-1][column.name] for column in key))
        page = session.execute(query.where(tuple_(*key) > last)).mappings().all()


def _named(row: RowMapping) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}


def plain(row: Mapping[str, Any]) -> dict[str, Json]:
    r"""Write a row as JSON knows it: bytes as hex, days and instants (UTC) in ISO 8601.

    >>> plain({"id": b"\x01", "no": 1, "day": date(2026, 11, 24), "amount": Decimal("1.50")})
    {'id': '01', 'no': 1, 'day': '2026-11-24', 'amount': '1.50'}
    """
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Json:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return utc_text(value).replace(" ", "T")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    assert value is None or isinstance(value, str | int | bool), value
    return value


def mapped() -> set[str]:
    """Name every table with a key of a tenant, a person or a book."""
    keys = {"tenant_id", "book_id", "person_id"}
    return {name for name, table in Base.metadata.tables.items() if keys & {*table.c.keys()}}
