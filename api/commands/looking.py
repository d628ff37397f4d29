"""Whoever looks at a person's data stands in the log she can read: written with the reading."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from api.commands import permissions
from api.commands.bilingual import option
from api.commands.deployment import Deployment
from api.commands.parameters import NAME
from ledger.consents import operations
from ledger.consents.trail import Look

purpose_option = option(
    "--purpose",
    type=NAME,
    default="service",
    show_default=True,
    metavar="WORD",
    id="Untuk apa data dilihat; tercatat (docs/privacy.md).",
    en="Why the data is looked at; it is noted (docs/privacy.md).",
)


def note(
    session: Session,
    deployment: Deployment,
    tenant: int,
    persons: Iterable[int],
    kind: str,
    purpose: str,
    *,
    book: int | None = None,
) -> None:
    """Write down a look at persons, in the transaction that reads.

    Raises: PersonNotFound, LookPurposeUnknown.
    """
    role = permissions.role(deployment)
    looks = [
        Look(person=each, actor=deployment.actor, role=role, kind=kind, purpose=purpose, book=book)
        for each in persons
    ]
    operations.note_looks(session, tenant, looks, recorded_at=deployment.now())
