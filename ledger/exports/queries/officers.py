"""What is held of a person as an officer: her accounts and what she did with four eyes."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, select

from ledger.access import tables as access
from ledger.approvals import tables as approvals
from ledger.consents.queries.held import Held, Rows, Subject
from ledger.errors import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfAccount(Held):
    """A table whose rows name an officer's account, not the person."""

    def is_about(self, subject: Subject) -> ColumnElement[bool]:
        """Say which rows are of accounts of hers."""
        hers = select(access.Officer.id).where(
            access.Officer.tenant_id == subject.tenant,
            access.Officer.person_id.in_(subject.records),
        )
        return and_(self.table.c.tenant_id == subject.tenant, self.table.c.officer_id.in_(hers))


def _of_person(model: Any, column: str, says: Wording, at: str | None, **rest: Any) -> Held:
    return Held(model=model, says=says, persons=(column,), at=at, **rest)


OFFICERS: Final = Rows(
    (
        _of_person(access.Officer, "person_id", Wording("Akun petugas", "Accounts"), "added_at"),
        _OfAccount(model=access.OfficerRole, says=Wording("Peran", "Roles"), at="granted_at"),
        _OfAccount(
            model=access.OfficerEvent,
            says=Wording("Riwayat akun", "History of accounts"),
            at="recorded_at",
        ),
        _OfAccount(
            model=access.OfficerSession,
            says=Wording("Sesi masuk", "Sessions"),
            at="opened_at",
            secret=("token_hash",),
        ),
        _OfAccount(
            model=access.OfficerSecret,
            says=Wording("Kata sandi", "Secrets"),
            secret=("passphrase_hash", "pending_totp", "totp"),
            derived=True,
        ),
        _OfAccount(
            model=access.RecoveryCode,
            says=Wording("Kode pemulihan", "Recovery codes"),
            secret=("hash",),
            derived=True,
        ),
        _OfAccount(
            model=access.KnownDevice,
            says=Wording("Perangkat dikenal", "Known devices"),
            secret=("hash",),
            derived=True,
        ),
        _of_person(access.DutyDone, "person_id", Wording("Tugas per hari", "Duties of days"), None),
    )
)

APPROVALS: Final = Rows(
    (
        _of_person(
            approvals.Proposal, "maker_id", Wording("Usulannya", "Her proposals"), "proposed_at"
        ),
        _of_person(
            approvals.ProposalRevision,
            "editor_id",
            Wording("Isi usulannya", "What she proposed"),
            "recorded_at",
            secret=("payload",),  # it may speak of other people
        ),
        _of_person(
            approvals.ProposalApproval,
            "person_id",
            Wording("Persetujuannya", "Her approvals"),
            "recorded_at",
        ),
        _of_person(
            approvals.ProposalEvent,
            "person_id",
            Wording("Tindakan atas usulan", "What she did with proposals"),
            "recorded_at",
        ),
    )
)
