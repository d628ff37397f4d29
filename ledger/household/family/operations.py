"""Share a family's book and leave it; move money between it and a person's own."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from ledger.books.queries import BookNotFound
from ledger.consents import operations as consents
from ledger.consents.queries import persons
from ledger.dates import MIN_DATE
from ledger.household.books import queries as books
from ledger.household.family import transfers
from ledger.household.family.transfers import EQUITY, TakeBack, Transfer
from ledger.household.feed import operations as feed
from ledger.household.records import queries as records
from ledger.household.records.operations import accounts
from ledger.journal import operations as journal
from ledger.journal.intents import Intent
from ledger.journal.outcomes import Code, Outcome
from ledger.money import Money
from ledger.parties import queries as parties

_POCKETS = frozenset({"asset", "liability"})


def share(
    session: Session, tenant: int, person: int, book: int, *, actor: str, recorded_at: datetime
) -> None:
    """Let a person into a family's book. A person's own book is never shared.

    Raises:
        BookNotFound: there is no such family book of this tenant.
        PersonNotFound, PersonNotActive.
    """
    found = books.settings(session, [book]).get(book)
    if found is None or found.kind != "family":
        raise BookNotFound(book)
    consents.own_book(session, tenant, person, book, actor=actor, recorded_at=recorded_at)


def leave(
    session: Session, tenant: int, person: int, book: int, *, actor: str, recorded_at: datetime
) -> None:
    """Let a person out of a family's book, at once and without a word to anybody in it.

    Raises:
        PersonNotFound.
    """
    consents.end_ownership(session, tenant, person, book, actor=actor, recorded_at=recorded_at)


def transfer_many(
    session: Session,
    items: Sequence[Transfer],
    *,
    tenant: int,
    person: int,
    actor: str,
    recorded_at: datetime,
) -> list[Outcome]:
    """Move money between books that a person owns, both sides or neither; outcomes are her side's.

    Outcomes are those of posting; a book that is not hers, or no household, is `book_not_found`.
    """
    hers = _books_of(session, tenant, person)
    readable = [item for item in items if _is_readable(item)]
    placed = [item for item in readable if {item.source_book, item.target_book} <= hers.keys()]
    both = {book for item in placed for book in (item.source_book, item.target_book)}
    feed.lock_books(session, both, recorded_at)
    found = accounts.load(session, [asked for item in placed for asked in _units(item)])
    made: list[tuple[Code | None, Sequence[Intent]]] = []
    for item in items:
        if not _is_readable(item):
            made.append((Code.INVALID_REQUEST, ()))
        elif not {item.source_book, item.target_book} <= hers.keys():
            made.append((Code.BOOK_NOT_FOUND, ()))
        elif any(
            found.class_of(book, code) not in {*_POCKETS, None} for book, code in _pockets(item)
        ):
            made.append((Code.INVALID_REQUEST, ()))
        else:
            codes = [found.code(book, *unit) for book, unit in _units(item)]
            made.append((None, transfers.intents(item, *codes)))
    keys = [(item.source_book, item.id) for item in items]
    return _post(session, keys, made, actor, recorded_at)


def take_back_many(
    session: Session,
    items: Sequence[TakeBack],
    *,
    tenant: int,
    person: int,
    actor: str,
    recorded_at: datetime,
) -> list[Outcome]:
    """Undo transfers on both sides, or on neither; see `transfer_many`.

    The reversals bear the date of the transfer.
    """
    hers = _books_of(session, tenant, person)
    placed = [item for item in items if _is_placed(item)]
    mine = [item for item in placed if {item.source_book, item.target_book} <= hers.keys()]
    both = {book for item in mine for book in (item.source_book, item.target_book)}
    feed.lock_books(session, both, recorded_at)
    chains = records.chains(session, [(item.source_book, item.transfer) for item in mine])
    seqs = {(key[0], chain.head_seq) for key, chain in chains.items()}
    heads = records.heads(session, seqs)
    made: list[tuple[Code | None, Sequence[Intent]]] = []
    for item in items:
        chain = chains.get((item.source_book, item.transfer))
        head = None if chain is None else heads[(item.source_book, chain.head_seq)]
        if not _is_placed(item):
            made.append((Code.INVALID_REQUEST, ()))
        elif item not in mine:
            made.append((Code.BOOK_NOT_FOUND, ()))
        elif head is not None and head[2] != transfers.KIND:
            made.append((Code.INVALID_REQUEST, ()))
        else:
            made.append((None, transfers.undoing(item, MIN_DATE if head is None else head[1])))
    keys = [(item.source_book, item.id) for item in items]
    return _post(session, keys, made, actor, recorded_at)


def _books_of(session: Session, tenant: int, person: int) -> dict[int, books.Settings]:
    own = parties.records(session, tenant, person)
    return books.settings(session, persons.books_of(session, tenant, own))


def _is_placed(item: Transfer | TakeBack) -> bool:
    ids = [item.id, item.transfer] if isinstance(item, TakeBack) else [item.id]
    placed = all(type(each) is bytes and len(each) == 16 for each in ids)
    return placed and all(type(book) is int for book in (item.source_book, item.target_book))


def _is_readable(item: Transfer) -> bool:
    named = _is_placed(item)
    moneyed = type(item.amount) is Money and type(item.arrived) in (Money, type(None))
    coded = all(type(code) is str for code in (item.source, item.target))
    return named and moneyed and coded and item.source_book != item.target_book


def _pockets(item: Transfer) -> list[books.Place]:
    return [(item.source_book, item.source), (item.target_book, item.target)]


def _units(item: Transfer) -> list[accounts.Asked]:
    """List pocket and equity of both sides, as `transfers.intents` takes them."""
    out, into = item.amount.currency, (item.arrived or item.amount).currency
    return [
        (item.source_book, (item.source, out)),
        (item.source_book, (EQUITY, out)),
        (item.target_book, (item.target, into)),
        (item.target_book, (EQUITY, into)),
    ]


def _post(
    session: Session,
    keys: Sequence[tuple[int, bytes]],
    made: Sequence[tuple[Code | None, Sequence[Intent]]],
    actor: str,
    recorded_at: datetime,
) -> list[Outcome]:
    sent = [intent for _, both in made for intent in both]
    answers = iter(journal.post(session, sent, actor=actor, recorded_at=recorded_at))
    outcomes: list[Outcome] = []
    for key, (code, both) in zip(keys, made, strict=True):
        if code is not None:
            outcomes.append(Outcome(code, *key))
            continue
        own, far = (next(answers) for _ in both)
        if own.code is Code.LINKED_FAILED:
            own = own._replace(code=far.code, facts=far.facts, replayed=far.replayed)
        outcomes.append(own)
    return outcomes
