"""Open tenants, books, accounts and funds.

Opening is idempotent: what exists alike is given back, what exists otherwise is refused. A book's
id is derived from its tenant and its `ref`, so it is the same on every database and says
nothing of how many there are.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from ledger import dates, money
from ledger.books import charts, opening, queries
from ledger.books.classes import AccountClass, BookKind, check_code, parent_code
from ledger.books.tables import Account, Book, Fund, Tenant
from ledger.errors import Malformed, Refused, Wording

_REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:@/-]{0,63}\Z")
DEFAULT_DAYS_AHEAD = 366
MOST_DAYS_AHEAD = 3_660
LONGEST_NAME = 200

LatePolicy = Literal["refuse", "first_open_day"]


@dataclass(eq=False)
class RefMalformed(Malformed):
    """A reference of a tenant, book, fund or purpose has characters it may not have."""

    code = "ref_malformed"
    wording = Wording(
        id="“{ref}” bukan nama rujukan yang sah.", en="“{ref}” is not a valid reference."
    )
    hint = Wording(
        id="Huruf, angka dan _ . : @ / -, paling banyak 64 karakter.",
        en="Letters, digits and _ . : @ / -, at most 64 characters.",
    )
    ref: str


@dataclass(eq=False)
class OpenedDifferently(Refused):
    """Something of this reference exists, with other settings."""

    code = "opened_differently"
    wording = Wording(
        id="“{ref}” sudah ada dengan {field} yang berbeda.",
        en="“{ref}” exists already, with another {field}.",
    )
    ref: str
    field: str


@dataclass(eq=False)
class LimitsMalformed(Malformed):
    """A floor lies above the ceiling, a daily limit is negative, or one is beyond 64 bits."""

    code = "limits_malformed"
    wording = Wording(
        id="Batas bawah melebihi batas atas, atau batas harian negatif.",
        en="The floor lies above the ceiling, or a daily limit is negative.",
    )


@dataclass(eq=False)
class BookMalformed(Malformed):
    """A book's name has no letters or too many, or it looks ahead further than ten years."""

    code = "book_malformed"
    wording = Wording(
        id="Buku “{ref}” tidak dapat dibuka dengan {field} seperti itu.",
        en="Book “{ref}” cannot be opened with such a {field}.",
    )
    ref: str
    field: str


def tenant_id(code: str) -> int:
    """Derive a tenant's id from its code."""
    return _derived(b"juang/tenant/1", code)


def book_id(tenant: int, ref: str) -> int:
    """Derive a book's id from its tenant and its reference: 63 bits of a hash.

    >>> book_id(tenant_id("demo"), "siti") == book_id(tenant_id("demo"), "siti")
    True
    """
    return _derived(b"juang/book/1" + tenant.to_bytes(8, "big"), ref)


def _derived(label: bytes, text: str) -> int:
    return int.from_bytes(hashlib.sha256(label + b"\x00" + text.encode()).digest()[:8], "big") >> 1


def check_ref(ref: str) -> str:
    """Refuse what is no reference.

    Raises: RefMalformed.
    """
    if not _REF.match(ref):
        raise RefMalformed(ref)
    return ref


def open_tenant(session: Session, code: str, *, name: str) -> int:
    """Register an operator of books and give its id.

    Raises:
        RefMalformed: the code has characters it may not have.
    """
    made = tenant_id(check_ref(code))
    if session.get(Tenant, made) is None:
        session.execute(insert(Tenant).values(id=made, code=code, name=name))
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBook:
    """A book to open.

    A household's late entries are moved to the first open day by default; other books refuse
    what falls into a closed period (design.md §3.1).
    """

    tenant: int
    ref: str
    kind: BookKind
    name: str
    base_currency: str
    time_zone: str
    chart: str
    late_policy: LatePolicy | None = None
    max_days_ahead: int = DEFAULT_DAYS_AHEAD

    @property
    def id(self) -> int:
        """The id it has, or will have."""
        return book_id(self.tenant, self.ref)

    def settings(self) -> dict[str, object]:
        """What a book of this reference must have in common with one that exists."""
        return {
            "tenant_id": self.tenant,
            "ref": self.ref,
            "kind": self.kind.value,
            "base_currency": self.base_currency,
            "time_zone": self.time_zone,
            "chart": self.chart,
        }


def open_book(session: Session, *, opened_at: datetime, **settings: Any) -> int:
    """Open one book and give its id; `settings` are those of `NewBook`. See `open_books`."""
    (opened,) = open_books(session, [NewBook(**settings)], opened_at=opened_at)
    return opened


def open_books(session: Session, new: Sequence[NewBook], *, opened_at: datetime) -> list[int]:
    """Open books and give their ids, in order; opening one again alike changes nothing.

    Raises:
        RefMalformed, TimeZoneUnknown, CurrencyUnknown, ChartUnknown, BookMalformed: a setting
            has no meaning.
        OpenedDifferently: a book exists with other settings.
    """
    for book in new:
        check_ref(book.ref)
        money.currency(book.base_currency)
        charts.chart(book.chart)
        dates.zone(book.time_zone)
        if not 0 < len(book.name) <= LONGEST_NAME:
            raise BookMalformed(book.ref, "name")
        if not 0 <= book.max_days_ahead <= MOST_DAYS_AHEAD:
            raise BookMalformed(book.ref, "max_days_ahead")
    there = queries.existing(session, [book.id for book in new])
    fresh: dict[int, dict[str, object]] = {}
    for book in new:
        settings = book.settings()
        found = there.get(book.id)
        if found is None:
            lenient = "first_open_day" if book.kind is BookKind.HOUSEHOLD else "refuse"
            fresh[book.id] = {
                "id": book.id,
                "name": book.name,
                "late_policy": book.late_policy or lenient,
                "max_days_ahead": book.max_days_ahead,
                "opened_at": opened_at,
                **settings,
            }
            continue
        for field, value in settings.items():
            if getattr(found, field) != value:
                raise OpenedDifferently(book.ref, field)
    if fresh:
        session.execute(insert(Book), list(fresh.values()))
    return [book.id for book in new]


def open_account(
    session: Session,
    book: int,
    *,
    code: str,
    name_id: str,
    name_en: str,
    account_class: AccountClass,
    currency: str,
    fund: str | None = None,
    purpose: str | None = None,
    postable: bool = True,
    floor: int | None = None,
    ceiling: int | None = None,
) -> int:
    """Open an account of the book's own and give its number; its parent is the code one shorter.

    Those of the book's chart are opened by their first entry. `purpose`: see decision 0006.

    Raises:
        BookNotFound, FundNotFound, and what `_check_settings` raises.
        OpenedDifferently: an account of this code exists, here or in the chart, otherwise.
    """
    _check_settings(code, currency, purpose, floor, ceiling)
    locked = queries.lock(session, book)
    if fund is not None:
        queries.fund(session, book, fund)
    chart = charts.chart(locked.chart)
    if chart.by_code(code) is not None:
        raise OpenedDifferently(code, "chart")
    wanted = {
        "class_": account_class.value,
        "currency": currency,
        "fund": fund,
        "purpose": purpose,
        "postable": postable,
    }
    found = session.scalar(select(Account).where(Account.book_id == book, Account.code == code))
    if found is not None:
        for field, value in wanted.items():
            if getattr(found, field) != value:
                raise OpenedDifferently(code, field.rstrip("_"))
        return found.no
    no = locked.next_account_no
    session.execute(
        insert(Account).values(
            book_id=book,
            no=no,
            code=code,
            name_id=name_id,
            name_en=name_en,
            parent_no=_open_parent(session, locked, chart, code),
            floor=floor,
            ceiling=ceiling,
            **wanted,
        )
    )
    session.execute(update(Book).where(Book.id == book).values(next_account_no=no + 1))
    session.expire_all()
    return no


def _check_settings(
    code: str, currency: str, purpose: str | None, floor: int | None, ceiling: int | None
) -> None:
    """Refuse settings that no account can have, and a purpose that no fund could be allowed.

    Raises: AccountCodeMalformed, CurrencyUnknown, RefMalformed, LimitsMalformed.
    """
    check_code(code)
    money.currency(currency)
    if purpose is not None:
        check_ref(purpose)
    check_limits(floor, ceiling)


def _open_parent(session: Session, book: Book, chart: charts.Chart, code: str) -> int | None:
    """Find the nearest account above a code, opening it where only the chart knows it."""
    above = parent_code(code)
    while above is not None:
        template = chart.by_code(above)
        if template is not None:
            open_template_account(session, book, template)
            return template.no
        no = session.scalar(
            select(Account.no).where(Account.book_id == book.id, Account.code == above)
        )
        if no is not None:
            return no
        above = parent_code(above)
    return None


def open_template_account(session: Session, book: Book, template: charts.TemplateAccount) -> None:
    """Open an account of the chart, and the headings above it, before its first entry."""
    for row in opening.template_rows(
        book.id, charts.chart(book.chart), template, book.base_currency
    ):
        values = dict(zip(opening.COLUMNS, row, strict=True))
        values["class_"] = values.pop("class")
        if session.get(Account, (book.id, row[1])) is None:
            session.execute(insert(Account).values(**values))


def open_fund(session: Session, book: int, code: str, *, name_id: str, name_en: str) -> None:
    """Name a restricted fund of a book; its money sits in accounts that carry its code.

    Raises:
        BookNotFound, RefMalformed.
    """
    check_ref(code)
    queries.lock(session, book)
    if session.get(Fund, (book, code)) is None:
        session.execute(
            insert(Fund).values(book_id=book, code=code, name_id=name_id, name_en=name_en)
        )


def check_limits(floor: int | None, ceiling: int | None, *daily: int | None) -> None:
    """Refuse limits that nothing could keep.

    Raises:
        LimitsMalformed.
    """
    if floor is not None and ceiling is not None and floor > ceiling:
        raise LimitsMalformed
    if any(limit is not None and limit < 0 for limit in daily):
        raise LimitsMalformed
    if any(limit is not None and abs(limit) >= 2**63 for limit in (floor, ceiling, *daily)):
        raise LimitsMalformed
