"""Tell that something waits for another person, and how she goes on."""

from sqlalchemy.orm import Session

from ledger.approvals.tables import Proposal
from ledger.books.tables import Tenant
from ledger.errors import Wording

SHORT = 12
"""Digits of an id that are enough to find a proposal by."""


def told(session: Session, row: Proposal) -> Wording:
    """Say under which id a proposal waits; the next words are commands to copy."""
    tenant = session.get(Tenant, row.tenant_id)
    assert tenant is not None, "a proposal has its tenant"
    show = f"juang proposal show {tenant.code} {row.id.hex()[:SHORT]}"
    return Wording(
        f"Diusulkan: {row.id.hex()}. Orang lain membacanya dengan `{show}`, lalu menyetujui.",
        f"Proposed: {row.id.hex()}. Another person reads it by `{show}`, and approves.",
    )
