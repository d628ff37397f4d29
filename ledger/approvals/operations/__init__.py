"""Propose, edit, approve, refuse, withdraw, expire, execute; and register what is carried out.

One order of locks: the proposal, then the persons by id, then the books. A caller that has locked
books proposes, and does nothing else here.
"""

from ledger.approvals.operations.deciding import (
    ApprovedAlready,
    ApproverBenefits,
    MayNotDecide,
    ProposalNotDue,
    SelfApproval,
    approve,
    expire,
    refuse,
    withdraw,
)
from ledger.approvals.operations.erasing import (
    BookNotWhollyHers,
    HoldMoved,
    propose_erasure,
    propose_lifting,
    propose_text_erasure,
)
from ledger.approvals.operations.executing import NotApproved, execute
from ledger.approvals.operations.holds import FundsRefused
from ledger.approvals.operations.kinds import (
    Approved,
    Executor,
    Kind,
    KindUnknown,
    find,
    register,
)
from ledger.approvals.operations.periods import CloseMoved, propose_reopening
from ledger.approvals.operations.proposing import (
    NotMaker,
    ProposalDiffers,
    ProposalMalformed,
    edit,
    propose,
    propose_once,
)
from ledger.approvals.operations.setting import RuleExists, RuleMalformed, propose_rule
from ledger.approvals.operations.writing import (
    ProposalChanged,
    ProposalExpired,
    ProposalNotWaiting,
)

__all__ = [
    "Approved",
    "ApprovedAlready",
    "ApproverBenefits",
    "BookNotWhollyHers",
    "CloseMoved",
    "Executor",
    "FundsRefused",
    "HoldMoved",
    "Kind",
    "KindUnknown",
    "MayNotDecide",
    "NotApproved",
    "NotMaker",
    "ProposalChanged",
    "ProposalDiffers",
    "ProposalExpired",
    "ProposalMalformed",
    "ProposalNotDue",
    "ProposalNotWaiting",
    "RuleExists",
    "RuleMalformed",
    "SelfApproval",
    "approve",
    "edit",
    "execute",
    "expire",
    "find",
    "propose",
    "propose_erasure",
    "propose_lifting",
    "propose_once",
    "propose_reopening",
    "propose_rule",
    "propose_text_erasure",
    "refuse",
    "register",
    "withdraw",
]
