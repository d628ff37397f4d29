"""What this room and those below it hold of persons, and how her archive reads it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from ledger.books import tables as books
from ledger.consents import tables as own
from ledger.consents.facts.tables import PersonFact
from ledger.consents.queries.held import Held, Record, Rows, Subject, rows
from ledger.consents.queries.personal import KEPT, Vault
from ledger.consents.queries.spoken import Texts
from ledger.errors import Wording
from ledger.journal import tables as journal
from ledger.parties import tables as parties


def _of_book(model: Any, says: Wording, at: str | None = None, **rest: Any) -> Held:
    return Held(model=model, says=says, book="book_id", at=at, **rest)


def _of_person(model: Any, says: Wording, at: str | None, **rest: Any) -> Held:
    return Held(model=model, says=says, persons=("person_id",), at=at, **rest)


BOOKS: Final = Rows(
    (
        Held(model=books.Book, says=Wording("Buku", "Books"), book="id", at="opened_at"),
        _of_book(books.Account, Wording("Akun dan saldo", "Accounts and balances")),
        _of_book(
            books.BookEvent,
            Wording("Perubahan pada buku", "Changes of books"),
            "recorded_at",
        ),
        _of_book(books.Fund, Wording("Dana", "Funds")),
        _of_book(books.FundPurpose, Wording("Tujuan dana", "Purposes of funds")),
        _of_book(
            books.TextKey, Wording("Kunci teks", "Keys of texts"), secret=("wrapped",), derived=True
        ),
        _of_book(journal.Entry, Wording("Entri", "Entries"), "recorded_at"),
        _of_book(journal.Posting, Wording("Baris entri", "Lines of entries")),
        _of_book(journal.EntryExchange, Wording("Kurs", "Exchanges")),
        _of_book(journal.BalanceAssertion, Wording("Saldo diperiksa", "Balances checked")),
        _of_book(journal.Hold, Wording("Dana ditahan", "Holds")),
        _of_book(journal.AccountDay, Wording("Mutasi per hari", "Totals by day")),
        _of_book(journal.LateTotal, Wording("Total susulan", "Late totals"), derived=True),
        _of_book(journal.Refusal, Wording("Permintaan ditolak", "Requests refused"), "recorded_at"),
    )
)
"""Her books: what journal and books hold, without secrets and what can be recounted."""

PARTIES: Final = Rows(
    (
        Held(
            model=parties.Person,
            says=Wording("Pendaftaran", "Registration"),
            persons=("id",),
            at="registered_at",
        ),
        _of_person(
            parties.PersonEvent,
            Wording("Perubahan pada datanya", "Changes of her record"),
            "recorded_at",
        ),
        Held(
            model=parties.Relation,
            says=Wording("Hubungan", "Relations"),
            persons=("low_id", "high_id"),
            at="declared_at",
        ),
    )
)
"""What the kernel of persons holds."""

CONSENTS: Final = Rows(
    (
        _of_person(own.ConsentEvent, Wording("Persetujuan", "Consents"), "recorded_at"),
        _of_person(own.BookOwner, Wording("Buku miliknya", "Books she owns"), "since"),
        _of_person(
            own.AccessLog,
            Wording("Siapa melihat datanya", "Who looked at her data"),
            "recorded_at",
            secret=("no", "withheld"),  # numbers would show what is withheld by its gap
            withheld="withheld",
        ),
        _of_person(own.DataRequest, Wording("Permintaan data", "Data requests"), "recorded_at"),
        _of_person(own.DataStop, Wording("Pembatasan", "Restrictions"), "recorded_at"),
        _of_person(PersonFact, Wording("Keterangan peserta", "Facts she told"), "recorded_at"),
    )
)
"""What this room holds."""


@dataclass(frozen=True, slots=True)
class Notices:
    """Breaches that affected her, with what she must be told of them."""

    held: tuple[Held, ...] = (
        _of_person(own.BreachNotice, Wording("Kebocoran data", "Breaches of her data"), None),
    )

    def records(self, session: Session, held: Held, subject: Subject) -> Iterator[Record]:
        """Read notices."""
        for row in rows(session, held, subject):
            breach = session.get_one(own.Breach, (subject.tenant, row["breach_no"]))
            told: Mapping[str, Any] = {
                name: getattr(breach, name)
                for name in (
                    "what",
                    "data",
                    "remedy",
                    "occurred_from",
                    "occurred_until",
                    "known_at",
                    "source",
                )
            }
            yield held.written({**row, **told})


OF_THE_ROOMS_BELOW: Final = (PARTIES, KEPT, Vault(), CONSENTS, Notices(), BOOKS, Texts())
"""All of them, in the order of her archive."""
