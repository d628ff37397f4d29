"""The content of a proposal in words: an approver reads names, not numbers."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from api.commands import person_lists
from ledger.access.roles import NAMES, Role
from ledger.access.tables import Officer
from ledger.approvals.payload import Terms
from ledger.books import queries as books
from ledger.books.tables import Tenant
from ledger.errors import NotFound, Wording
from ledger.journal.subjects import person_of
from ledger.parties import queries as parties
from ledger.reports.report import Fact

LABELS: Final = {
    "book": Wording("Buku", "Book"),
    "in_book": Wording("Di buku", "In book"),
    "books": Wording("Buku miliknya", "Her books"),
    "through": Wording("Tutup nanti", "Closed then"),
    "closed_through": Wording("Tutup kini", "Closed now"),
    "person": Wording("Orang", "Person"),
    "reason": Wording("Alasan", "Reason"),
    "ground": Wording("Dasar", "Ground"),
    "until": Wording("Disimpan s.d.", "Held until"),
    "subject": Wording("Teks tentang", "Texts about"),
    "officer": Wording("Petugas", "Officer"),
    "security_no": Wording("Keadaan akun", "Account state"),
    "role": Wording("Peran", "Role"),
    "kind": Wording("Jenis", "Kind"),
    "currency": Wording("Mata uang", "Currency"),
    "from_amount": Wording("Mulai (sen)", "From (minor)"),
    "needed": Wording("Penyetuju", "Approvals"),
    "roles": Wording("Peran", "Roles"),
    "valid_from": Wording("Sejak", "From"),
    "valid_through": Wording("Sampai", "Through"),
}
"""What the parts of a content are called, shortly: beside a hash there is little room."""

OWN_TEXTS: Final = Wording("buku itu sendiri", "the book itself")


def content(session: Session, tenant: int, terms: Terms) -> Iterator[Fact]:
    """Say part by part what would be carried out, and who gains from it.

    What identifies something in data stands beside it as it is in the bytes.
    """
    for key, value in terms.content.items():
        yield Fact(key, _plain(value))
        said = SAYS[key](session, tenant, value) if key in SAYS else _plain(value)
        yield Fact(f"{key}_word", said, LABELS.get(key, Wording(key, key)))
    if terms.beneficiaries:
        names = ", ".join(_person(session, tenant, each) for each in sorted(terms.beneficiaries))
        yield Fact("beneficiaries", names, Wording("Penerima", "Who gains"))


def _person(session: Session, tenant: int, value: Any) -> Any:
    return person_lists.path(session, parties.find(session, tenant, str(value)))


def _book(session: Session, _tenant: int, value: Any) -> Any:
    if value is None:
        return "-"
    found = books.existing(session, [value])[value]
    owner = session.get(Tenant, found.tenant_id)
    return f"{'#' if owner is None else owner.code}/{found.ref}"


def _subject(session: Session, tenant: int, value: Any) -> Any:
    about = person_of(value)
    if about is None:
        return value or OWN_TEXTS
    with suppress(NotFound):
        return _person(session, tenant, about)
    return value


def _books(session: Session, tenant: int, value: Any) -> Any:
    return ", ".join(_book(session, tenant, each) for each in value) or "-"


def _officer(session: Session, tenant: int, value: Any) -> Any:
    found = session.get(Officer, (tenant, value))
    return str(value) if found is None else found.handle


def _role(_session: Session, _tenant: int, value: Any) -> Any:
    return NAMES[Role(value)]


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | str | date | datetime):
        return "-" if value is None else value
    if isinstance(value, tuple):
        return ", ".join(str(_plain(each)) for each in value) or "-"
    return value.hex() if isinstance(value, bytes) else str(value)


SAYS: Final[dict[str, Callable[[Session, int, Any], Any]]] = {
    "person": _person,
    "officer": _officer,
    "book": _book,
    "in_book": _book,
    "books": _books,
    "subject": _subject,
    "role": _role,
}
"""Parts that are numbers in the bytes, and have a name."""
