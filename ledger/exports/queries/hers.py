"""Everything that is held of a person: the list of all rooms that hold something of her.

A room that adds a table with a person's or a book's key adds its `Contributor` here (or its
`Held` to one); tests/ledger/exports/test_hers.py fails until it does.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy.orm import Session

from ledger.consents.queries.contributors import OF_THE_ROOMS_BELOW
from ledger.consents.queries.held import Contributor, Held, Record, Subject
from ledger.consents.queries.persons import books_of
from ledger.exports.queries.apps import APPS
from ledger.exports.queries.households import HOUSEHOLDS, WORDS
from ledger.exports.queries.officers import APPROVALS, OFFICERS
from ledger.exports.queries.pay import DEBTS, REMITTANCES, WAGES, Contracts
from ledger.parties.queries import records

CONTRIBUTORS: Final[tuple[Contributor, ...]] = (
    *OF_THE_ROOMS_BELOW,
    OFFICERS,
    APPROVALS,
    APPS,
    HOUSEHOLDS,
    WORDS,
    Contracts(),
    WAGES,
    REMITTANCES,
    DEBTS,
)


def subject(session: Session, tenant: int, person: int) -> Subject:
    """Give all records of the human being a person is, and the books she owns.

    Raises:
        PersonNotFound.
    """
    own = records(session, tenant, person)
    return Subject(tenant, tuple(own), tuple(books_of(session, tenant, own)))


def sections(
    session: Session, hers: Subject, contributors: Sequence[Contributor] = CONTRIBUTORS
) -> Iterator[tuple[Held, Iterator[Record]]]:
    """Give what each table holds of her, read as it is asked for."""
    for contributor in contributors:
        for held in contributor.held:
            if not held.derived:
                yield held, contributor.records(session, held, hers)
