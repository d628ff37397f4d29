"""What a kind of proposal does: each room registers its own, once, beside the verb it guards."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from ledger.approvals.payload import Content, Terms
from ledger.errors import NotFound, Wording


@dataclass(eq=False)
class KindUnknown(NotFound):
    """No room knows what to do with a proposal of this kind."""

    code = "proposal_kind_unknown"
    wording = Wording(
        id="Jenis usulan “{kind}” tidak dikenal.", en="The kind of proposal “{kind}” is unknown."
    )
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """What an executor is given: exactly what was approved, and by whom."""

    tenant: int
    id: bytes
    terms: Terms
    maker: str
    approvers: tuple[str, ...]
    executed_by: str
    proposed_at: datetime
    recorded_at: datetime


Executor = Callable[[Session, Approved], None]
"""Carries a proposal out; what it raises undoes the execution, and the proposal stays approved."""


Gains = Callable[[Session, int, Content], Collection[int]]
"""Names the persons who gain from such content in a tenant, as things stand today."""


def _nobody(_session: Session, _tenant: int, _content: Content) -> frozenset[int]:
    return frozenset()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of proposal: its code, what it is called, and what carries it out.

    Whom `gains` names may not approve, whatever beneficiaries a proposal says: these are fixed in
    its bytes, while somebody may have become an owner since, and a caller may have left one out.
    """

    code: str
    name: Wording
    execute: Executor
    gains: Gains = _nobody


_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known; another one of the same code is a bug."""
    assert _KINDS.get(kind.code, kind) == kind, f"{kind.code} is registered twice"
    _KINDS[kind.code] = kind
    return kind


def find(code: str) -> Kind:
    """Find a kind.

    Raises:
        KindUnknown.
    """
    if code not in _KINDS:
        raise KindUnknown(code)
    return _KINDS[code]
