"""The roles, and which of them one person never has together.

An officer's roles are granted by a tenant, with dates. The others follow from the way in: a worker
and whom she chose, the bearer of a referral, the back end of an app.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from ledger.errors import Wording


class Role(StrEnum):
    """What somebody is when she acts."""

    TELLER = "teller"
    """Takes and gives cash."""
    LOAN_OFFICER = "loan_officer"
    """Visits, assesses and proposes loans, and collects."""
    MANAGER = "manager"
    """Leads the cooperative; approves what others propose."""
    SUPERVISOR = "supervisor"
    """Supervises for the members; approves what others propose."""
    FUND_MANAGER = "fund_manager"
    """Runs a restricted fund and reports to its donor."""
    AUDITOR = "auditor"
    """Reads the books and changes nothing; sees no personal data."""
    COUNSELLOR = "counsellor"
    """Helps people who agreed to be helped."""
    EVALUATOR = "evaluator"
    """Gets de-identified exports, and nothing else."""
    ADMINISTRATOR = "administrator"
    """Looks after accounts and machines; sees no money and no personal data."""
    WORKER = "worker"
    """A person about herself, in her app."""
    FAMILY = "family"
    """Whom she chose to share a book with."""
    HELPER = "helper"
    """A case worker or chat bot with a referral she made."""
    APP = "app"
    """The back end of the app that onboards its users."""


OFFICERS: Final = tuple(Role)[:9]
"""Roles that a tenant grants to its accounts."""

NAMES: Final = {
    Role.TELLER: Wording("teller", "teller"),
    Role.LOAN_OFFICER: Wording("petugas pinjaman", "loan officer"),
    Role.MANAGER: Wording("manajer", "manager"),
    Role.SUPERVISOR: Wording("pengawas", "supervisor"),
    Role.FUND_MANAGER: Wording("pengelola dana", "fund manager"),
    Role.AUDITOR: Wording("auditor", "auditor"),
    Role.COUNSELLOR: Wording("pendamping", "counsellor"),
    Role.EVALUATOR: Wording("evaluator", "evaluator"),
    Role.ADMINISTRATOR: Wording("administrator", "administrator"),
    Role.WORKER: Wording("pekerja", "worker"),
    Role.FAMILY: Wording("keluarga", "family"),
    Role.HELPER: Wording("penolong", "helper"),
    Role.APP: Wording("aplikasi", "app"),
}

ALONE: Final = frozenset({Role.AUDITOR, Role.EVALUATOR, Role.ADMINISTRATOR})
"""Roles that a person has in a tenant without any other: they would see or judge too much."""

APART: Final = frozenset(
    {
        frozenset({Role.TELLER, Role.SUPERVISOR}),
        frozenset({Role.LOAN_OFFICER, Role.SUPERVISOR}),
        frozenset({Role.MANAGER, Role.SUPERVISOR}),
        frozenset({Role.FUND_MANAGER, Role.SUPERVISOR}),
    }
)
"""Pairs that a person never has together: who supervises does not do what is supervised."""


def clash(roles: Iterable[Role]) -> tuple[Role, Role] | None:
    """Name two roles that one person must not have together, if there are such.

    >>> clash([Role.TELLER, Role.LOAN_OFFICER]), clash([Role.AUDITOR, Role.TELLER])
    (None, (<Role.AUDITOR: 'auditor'>, <Role.TELLER: 'teller'>))
    """
    held = sorted(set(roles))
    for place, one in enumerate(held):
        for other in held[place + 1 :]:
            if one in ALONE or other in ALONE or frozenset({one, other}) in APART:
                return one, other
    return None
