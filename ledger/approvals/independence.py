"""Who may not approve, in whatever role: everybody with a hand in a proposal or a gain from it.

All persons here are human beings (`parties.queries.natural`), never records or accounts.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the person, the account's name as it is written down, the roles it has today.

    Only the room of accounts makes one for a request that came from outside.
    """

    person_id: int
    name: str
    roles: frozenset[str] = frozenset()


class Bar(StrEnum):
    """Why somebody may not approve a proposal; of several reasons the first one counts."""

    MADE = "made"
    """She proposed it."""
    EDITED = "edited"
    """She wrote one of its revisions."""
    BENEFITS = "benefits"
    """She gains from it."""
    RELATED = "related"
    """Somebody she is related to gains from it."""
    APPROVED = "approved"
    """She approved this revision already."""


@dataclass(frozen=True, slots=True)
class Involved:
    """The human beings who have to do with a proposal."""

    maker: int
    editors: frozenset[int]
    beneficiaries: frozenset[int]


def bar(
    person: int,
    involved: Involved,
    *,
    related: AbstractSet[int],
    approved: AbstractSet[int] = frozenset(),
) -> Bar | None:
    """Say why a person may not approve, or None where she may.

    >>> bar(7, Involved(7, frozenset({7}), frozenset()), related=set())
    <Bar.MADE: 'made'>
    >>> bar(8, Involved(7, frozenset({7}), frozenset({9})), related={9})
    <Bar.RELATED: 'related'>
    """
    if person == involved.maker:
        return Bar.MADE
    if person in involved.editors:
        return Bar.EDITED
    if person in involved.beneficiaries:
        return Bar.BENEFITS
    if related & involved.beneficiaries:
        return Bar.RELATED
    return Bar.APPROVED if person in approved else None
