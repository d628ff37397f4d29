"""Everything that stands under the master key: tried with it, and turned from one key to another.

Wrapped secrets are found by themselves: they are the bytes of tables that say
`info={"secret": True}`, and columns that say `info={"wrapped": True}`. Whatever a room seals with
the master key in another way, or derives from it (a blind index), it declares here as a `Ward`;
or the next rotation would leave it behind.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from ledger.access import operations as access
from ledger.db.transfer import secrets
from ledger.db.transfer.layout import Layout, layouts
from ledger.db.transfer.secrets import Secrets
from ledger.journal.keyring import Keyring, KeyUnusable
from ledger.migrations.mapped import metadata
from ledger.parties import operations, queries

LAYOUTS: Final[tuple[Layout, ...]] = layouts(metadata)


@dataclass(frozen=True, slots=True)
class Ward:
    """Something under the master key that is no wrapped secret."""

    inspect: Callable[[Session, Keyring], Secrets]
    """Try all of it with a key, and change nothing."""

    turn: Callable[[Session, Sequence[Keyring], Keyring], int]
    """Put it under a new key, whichever of the old ones it stands under, and count it. What the new
    key opens already is left as it is: a rotation may be finished by another process.

    Raises KeyUnusable where no key opens it."""


def _index_inspected(session: Session, ring: Keyring) -> Secrets:
    """Try the blind index of the vault; where the vault stays shut, none of it is right."""
    with _carrying(session, ring):
        try:
            found = queries.index_state(session)
        except KeyUnusable:
            return Secrets("vault_index", closed=queries.index_size(session))
    return Secrets("vault_index", opened=found.right, closed=found.wrong)


def _index_turned(session: Session, _old: Sequence[Keyring], new: Keyring) -> int:
    """Write the blind index anew; the vault's own secrets are under the new key by then."""
    with _carrying(session, new):
        return operations.reindex(session)


def _factors_inspected(session: Session, ring: Keyring) -> Secrets:
    """Try the second factors of officers."""
    opened, closed = access.factors_opened(session, ring)
    return Secrets("officer_secret", opened=opened, closed=closed)


def _factors_turned(session: Session, old: Sequence[Keyring], new: Keyring) -> int:
    return access.rekey(session, old=old, new=new)


@contextmanager
def _carrying(session: Session, ring: Keyring) -> Iterator[None]:
    before = session.info.get("keyring")
    session.info["keyring"] = ring
    try:
        yield
    finally:
        session.info["keyring"] = before


WARDS: list[Ward] = [
    Ward(_index_inspected, _index_turned),
    Ward(_factors_inspected, _factors_turned),
]
"""A room that has one adds it here."""


def are_there(session: Session) -> bool:
    """Tell whether any secret is wrapped already."""
    return secrets.are_there(session, LAYOUTS)


def opens(ring: Keyring, wrapped: bytes) -> bool:
    """Tell whether a key opens a wrapped secret."""
    try:
        ring.unwrap(wrapped)
    except KeyUnusable:
        return False
    return True


def inspect(session: Session, ring: Keyring) -> list[Secrets]:
    """Try everything with a key."""
    found = secrets.inspect(session, LAYOUTS, lambda wrapped: opens(ring, wrapped))
    return found + [ward.inspect(session, ring) for ward in WARDS]


def turn(session: Session, old: Sequence[Keyring], new: Keyring) -> int:
    """Put everything under a new key in the session's transaction, and count it.

    Raises: KeyUnusable: something is under none of the keys.
    """

    def wrapped_by_new(wrapped: bytes) -> bytes:
        if opens(new, wrapped):
            return wrapped
        for each in old:
            if opens(each, wrapped):
                return new.wrap(each.unwrap(wrapped))
        raise KeyUnusable

    count = secrets.wrap_again(session, LAYOUTS, wrapped_by_new)
    count += sum(ward.turn(session, old, new) for ward in WARDS)
    session.flush()
    left = sum(each.closed for each in inspect(session, new))
    assert not left, f"{left} secrets would have been lost on the way"
    return count
