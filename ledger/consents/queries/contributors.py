"""What this room and those below it hold of persons, and how her archive reads it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.books import tables as books
from ledger.consents import tables as own
from ledger.consents.facts.tables import PersonFact
from ledger.consents.queries.held import PAGE, Held, Record, Rows, Subject, rows
from ledger.consents.queries.personal import KEPT, Vault
from ledger.errors import Wording
from ledger.journal import keyring
from ledger.journal import queries as journal_queries
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
class Texts:
    """Narrations and other texts of her books, opened with the session's keyring."""

    held: tuple[Held, ...] = (_of_book(journal.EntryText, Wording("Teks entri", "Texts")),)

    def records(self, session: Session, held: Held, subject: Subject) -> Iterator[Record]:
        """Read texts; one that cannot be opened says why: `locked`, or `erased` for ever."""
        page: list[dict[str, Any]] = []
        for row in rows(session, held, subject):
            page.append(row)
            if len(page) == PAGE:
                yield from _opened(session, held, page)
                page = []
        yield from _opened(session, held, page)


def _opened(session: Session, held: Held, page: list[dict[str, Any]]) -> Iterator[Record]:
    if not page:
        return
    first, last = page[0], page[-1]
    entry = journal.Entry
    ids: dict[tuple[int, int], bytes] = {}
    for book in {row["book_id"] for row in page}:
        between = entry.seq.between(
            first["seq"] if book == first["book_id"] else 0,
            last["seq"] if book == last["book_id"] else 2**62,
        )
        wanted = {row["seq"] for row in page if row["book_id"] == book}
        query = select(entry.seq, entry.id).where(entry.book_id == book, between)
        found = session.execute(query.where(entry.seq.in_(wanted)))
        ids.update({(book, row.seq): row.id for row in found})
    keys = opened_keys(session, {(row["book_id"], row["subject"]) for row in page})
    for row in page:
        key = keys[row["book_id"], row["subject"]]
        place = keyring.place(row["book_id"], ids[row["book_id"], row["seq"]], row["field"])
        kept = {name: row[name] for name in ("book_id", "seq", "field", "subject")}
        yield {**held.written(kept), **opened_text(key, place, row["ciphertext"])}


def opened_text(key: keyring.TextKeys | str, place: bytes, sealed: bytes) -> dict[str, str | None]:
    """Give a text, or why it cannot be opened: `locked`, or `erased` for ever."""
    if isinstance(key, str):
        return {"text": None, "unreadable": key}
    try:
        return {"text": key.decrypt(place, sealed), "unreadable": None}
    except keyring.KeyUnusable:
        return {"text": None, "unreadable": "locked"}


def opened_keys(
    session: Session, wanted: set[tuple[int, str]]
) -> dict[tuple[int, str], keyring.TextKeys | str]:
    """Open the keys of subjects for reading, or say why not: `locked`, or `erased`."""
    ring = session.info.get("keyring")
    keys: dict[tuple[int, str], keyring.TextKeys | str] = dict.fromkeys(wanted, "locked")
    for place, secret in journal_queries.wrapped_keys(session, wanted).items():
        if secret is None:
            keys[place] = "erased"
        elif isinstance(ring, keyring.Keyring):
            try:
                keys[place] = keyring.text_keys(ring.unwrap(secret))
            except keyring.KeyUnusable:
                keys[place] = "locked"
    return keys


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
