"""What can be done, each on one resource: a closed list that routes, portal and jobs name.

`officer.add` is the action `add` on the resource `officer`. Whether it reads or writes follows from
its verb; what its resource tells of people and money follows from `RESOURCES`.
"""

from enum import Flag, StrEnum, auto
from typing import Final


class Relation(StrEnum):
    """How the object of an action stands to who acts."""

    OWN = "own"
    """It is about herself, or belongs to her."""
    TENANT = "tenant"
    """It belongs to the tenant she works for, or uses."""
    SHARED = "shared"
    """It is a book that was shared with her."""
    CONSENTED = "consented"
    """It is about a person of the tenant who agreed that she may see it."""
    REFERRED = "referred"
    """It is in a referral she holds."""
    FOREIGN = "foreign"
    """None of these: somebody else's."""


class About(Flag):
    """What a resource tells."""

    NOTHING = 0
    MONEY = auto()
    PEOPLE = auto()
    PRIVATE = auto()
    """A person's own life, which no officer sees."""


class Action(StrEnum):
    """One thing that can be done."""

    OFFICER_SEE = "officer.see"
    """List accounts, their roles and states."""
    OFFICER_ADD = "officer.add"
    """Open an account for a person."""
    OFFICER_DISABLE = "officer.disable"
    """Disable an account, or enable it again."""
    ROLE_GRANT = "role.grant"
    """Propose to grant a role with dates; end one."""
    ROLE_APPROVE = "role.approve"
    """Approve that somebody else gets a role, or carry it out."""
    SESSION_SEE = "session.see"
    """List sessions and where they came from."""
    SESSION_REVOKE = "session.revoke"
    """End sessions."""
    CREDENTIAL_CHANGE = "credential.change"
    """Change one's own passphrase or second factor."""
    SECOND_FACTOR_PROPOSE_RESET = "second_factor.propose_reset"
    """Ask for the reset of somebody's lost second factor."""
    SECOND_FACTOR_APPROVE_RESET = "second_factor.approve_reset"
    """Approve such a reset, or carry it out."""
    JOB_SEE = "job.see"
    """See the runs of jobs."""
    JOB_RUN = "job.run"
    """Run a job by hand."""
    WEBHOOK_SET = "webhook.set"
    """Set where events are sent."""
    HEALTH_SEE = "health.see"
    """See whether the machines are well."""
    PERSON_REGISTER = "person.register"
    """Register a person."""
    PERSON_FIND = "person.find"
    """Find a person of the tenant by NIK or phone."""
    PERSON_SEE_MASKED = "person.see_masked"
    """See name and phone, and a NIK with its digits masked."""
    PERSON_SEE = "person.see"
    """See identifying data in full."""
    PERSON_CORRECT = "person.correct"
    """Correct identifying data."""
    PERSON_MERGE = "person.merge"
    """Say that two records are one person."""
    PERSON_RELATE = "person.relate"
    """Declare persons related, or related no longer."""
    PERSON_ERASE = "person.erase"
    """Ask for erasure, or carry it out."""
    PERSON_HOLD = "person.hold"
    """Note that a statute makes us keep a person's data, or ask to lift that."""
    PERSON_EXPORT = "person.export"
    """Get everything that is kept about a person."""
    DEVICE_ENROL = "device.enrol"
    """Bind a phone."""
    DEVICE_REVOKE = "device.revoke"
    """Lose a phone."""
    CONSENT_SEE = "consent.see"
    """See which purposes a person agreed to."""
    CONSENT_GIVE = "consent.give"
    """Agree to a purpose."""
    CONSENT_WITHDRAW = "consent.withdraw"
    """Withdraw consent, at once."""
    ACCESS_LOG_SEE = "access_log.see"
    """See who looked at a person's data."""
    DATA_REQUEST_RAISE = "data_request.raise"
    """Ask for correction, restriction, or object."""
    DATA_REQUEST_ANSWER = "data_request.answer"
    """Answer such a request within its time."""
    BREACH_SEE = "breach.see"
    """See the register of breaches."""
    BREACH_RECORD = "breach.record"
    """Record a breach."""
    FACTS_SEE = "facts.see"
    """See participant facts."""
    FACTS_RECORD = "facts.record"
    """Record participant facts."""
    DIARY_SEE = "diary.see"
    """See a private book: wages, remittances, expenses, debts, budgets, goals."""
    DIARY_WRITE = "diary.write"
    """Write in it."""
    DIARY_SHARE = "diary.share"
    """Share a book, or share it no longer."""
    FAMILY_BOOK_SEE = "family_book.see"
    """See a book of the family."""
    FAMILY_BOOK_WRITE = "family_book.write"
    """Write in a book of the family."""
    WORKER_ONBOARD = "worker.onboard"
    """Make an activation code for a user of the app."""
    MEMBER_SEE = "member.see"
    """See members, groups and their standing."""
    MEMBER_REGISTER = "member.register"
    """Register a candidate, heirs, groups."""
    MEMBER_ADMIT = "member.admit"
    """Admit a candidate, let a member resign."""
    MEMBER_IMPORT = "member.import"
    """Import members and opening balances, undo it."""
    MEMBERSHIP_SEE = "membership.see"
    """See one's own membership in the app."""
    PRODUCT_SEE = "product.see"
    """See products and their terms."""
    PRODUCT_SET = "product.set"
    """Propose a product or its terms."""
    SAVINGS_SEE = "savings.see"
    """See savings accounts and their statements."""
    SAVINGS_OPEN = "savings.open"
    """Open a savings account."""
    SAVINGS_DEPOSIT = "savings.deposit"
    """Take a deposit."""
    SAVINGS_WITHDRAW = "savings.withdraw"
    """Pay out savings."""
    SAVINGS_HOLD = "savings.hold"
    """Hold savings, or free them."""
    SAVINGS_CLOSE = "savings.close"
    """Close a savings account before its term."""
    SAVINGS_POST_INTEREST = "savings.post_interest"
    """Post interest or shares of profit."""
    LOAN_SEE = "loan.see"
    """See loans, schedules and arrears."""
    LOAN_QUOTE = "loan.quote"
    """Compute a schedule or what pays a loan off."""
    LOAN_APPLY = "loan.apply"
    """Apply for a loan."""
    LOAN_ASSESS = "loan.assess"
    """Record a survey, guarantors, capacity."""
    LOAN_APPROVE = "loan.approve"
    """Approve a loan on its exact terms."""
    LOAN_DISBURSE = "loan.disburse"
    """Pay a loan out."""
    LOAN_REPAY = "loan.repay"
    """Take a repayment."""
    LOAN_RESCHEDULE = "loan.reschedule"
    """Propose other terms for a loan."""
    LOAN_WRITE_OFF = "loan.write_off"
    """Propose hapus buku or hapus tagih."""
    LOAN_PROVIDE = "loan.provide"
    """Post provisions and changes of class."""
    COLLECTION_SEE = "collection.see"
    """See a collection sheet."""
    COLLECTION_RECORD = "collection.record"
    """Record a collection sheet."""
    CASH_BOX_SEE = "cash_box.see"
    """See a cash box and what it should hold."""
    CASH_BOX_OPEN = "cash_box.open"
    """Open a teller's session, hand cash over."""
    CASH_BOX_CONFIRM = "cash_box.confirm"
    """Confirm a float or a count as the second person."""
    VOUCHER_SEE = "voucher.see"
    """See vouchers."""
    VOUCHER_WRITE = "voucher.write"
    """Write a voucher of the cooperative's own books."""
    SUSPENSE_MATCH = "suspense.match"
    """Match money in suspense to a member."""
    REVERSAL_PROPOSE = "reversal.propose"
    """Propose a correction."""
    BANK_RECONCILE = "bank.reconcile"
    """Reconcile a bank account, import its statement."""
    PURCHASE_IMPORT = "purchase.import"
    """Import purchases from the shop's till."""
    DAY_CLOSE = "day.close"
    """Close a day."""
    MONTH_CLOSE = "month.close"
    """Close a month."""
    YEAR_CLOSE = "year.close"
    """Close a year."""
    PERIOD_PROPOSE_REOPENING = "period.propose_reopening"
    """Propose to reopen a period."""
    SHU_SEE = "shu.see"
    """See how the SHU is shared out."""
    SHU_PROPOSE = "shu.propose"
    """Propose the SHU, post it after the RAT."""
    JOURNAL_SEE = "journal.see"
    """See books, accounts, entries, balances without the texts of persons."""
    LEDGER_VERIFY = "ledger.verify"
    """Recompute numbers and hashes, sample entries."""
    REPORT_SEE = "report.see"
    """See statements, ratios and the dashboard."""
    RECEIPT_PRINT = "receipt.print"
    """Print receipts and passbooks."""
    AUDIT_LOG_SEE = "audit_log.see"
    """See who did what."""
    PROPOSAL_SEE = "proposal.see"
    """See proposals."""
    PROPOSAL_APPROVE = "proposal.approve"
    """Approve or refuse a proposal, within its rule."""
    PROPOSAL_EXECUTE = "proposal.execute"
    """Carry an approved proposal out."""
    APPROVAL_RULE_SET = "approval_rule.set"
    """Propose a rule of approval."""
    INVITATION_MAKE = "invitation.make"
    """Make a one-time code that links an app to a membership."""
    BRIDGE_LINK = "bridge.link"
    """Link one's membership and one's own book, or unlink them."""
    DISPUTE_RAISE = "dispute.raise"
    """Confirm or dispute what the cooperative mirrored."""
    DISPUTE_SEE = "dispute.see"
    """See disputes."""
    DISPUTE_ANSWER = "dispute.answer"
    """Answer a dispute."""
    FUND_SEE = "fund.see"
    """See agreements, tranches, purposes and uses."""
    FUND_AGREE = "fund.agree"
    """Record an agreement, its purposes, its partners."""
    FUND_SPEND = "fund.spend"
    """Commit and use a fund's money, give it back."""
    FUND_EVIDENCE = "fund.evidence"
    """Record evidence of use."""
    DONOR_REPORT_SEE = "donor_report.see"
    """See sources and uses."""
    BUSINESS_SEE = "business.see"
    """See the books of an enterprise."""
    BUSINESS_WRITE = "business.write"
    """Write in the books of an enterprise."""
    REFERRAL_MAKE = "referral.make"
    """Make a referral of chosen entries, or revoke it."""
    REFERRAL_SEE = "referral.see"
    """See what a referral shows."""
    RISK_SEE = "risk.see"
    """See one's own score and its reasons."""
    RISK_CONTEST = "risk.contest"
    """Contest a score, opt out of scoring."""
    FLAG_SEE = "flag.see"
    """See the flag of somebody who agreed to be helped."""
    FLAG_ANSWER = "flag.answer"
    """Record what came of it."""
    NUDGE_SEE = "nudge.see"
    """See and answer nudges."""
    NUDGE_OPT_OUT = "nudge.opt_out"
    """Opt out of a topic."""
    NUDGE_SET = "nudge.set"
    """Propose rules and templates of nudges."""
    EXPORT_REQUEST = "export.request"
    """Ask for a release."""
    EXPORT_APPROVE = "export.approve"
    """Approve a release, its purpose and expiry."""
    EXPORT_SEE = "export.see"
    """See releases, codebooks and their risk reports."""
    EXPORT_DOWNLOAD = "export.download"
    """Download a release."""

    @property
    def resource(self) -> str:
        """Name what it is done to."""
        return self.value.partition(".")[0]

    @property
    def reads(self) -> bool:
        """Tell whether it only looks."""
        return self.value.partition(".")[2] in READING

    @property
    def about(self) -> About:
        """Say what its resource tells."""
        return RESOURCES[self.resource]


READING: Final = frozenset(
    {"see", "see_masked", "find", "verify", "quote", "print", "export", "download"}
)
"""Verbs that change nothing; every other one writes."""

RESOURCES: Final = {
    "officer": About.NOTHING,
    "role": About.NOTHING,
    "session": About.NOTHING,
    "credential": About.NOTHING,
    "second_factor": About.NOTHING,
    "job": About.NOTHING,
    "webhook": About.NOTHING,
    "health": About.NOTHING,
    "person": About.PEOPLE,
    "device": About.PRIVATE,
    "consent": About.PEOPLE,
    "access_log": About.PRIVATE,
    "data_request": About.PEOPLE,
    "breach": About.NOTHING,
    "facts": About.PEOPLE,
    "diary": About.MONEY | About.PRIVATE,
    "family_book": About.MONEY | About.PRIVATE,
    "worker": About.NOTHING,
    "member": About.PEOPLE,
    "membership": About.MONEY | About.PRIVATE,
    "product": About.NOTHING,
    "savings": About.MONEY,
    "loan": About.MONEY,
    "collection": About.MONEY | About.PEOPLE,
    "cash_box": About.MONEY,
    "voucher": About.MONEY,
    "suspense": About.MONEY | About.PEOPLE,
    "reversal": About.MONEY,
    "bank": About.MONEY,
    "purchase": About.MONEY,
    "day": About.MONEY,
    "month": About.MONEY,
    "year": About.MONEY,
    "period": About.MONEY,
    "shu": About.MONEY,
    "journal": About.MONEY,
    "ledger": About.MONEY,
    "report": About.MONEY,
    "receipt": About.MONEY | About.PEOPLE,
    "audit_log": About.NOTHING,
    "proposal": About.NOTHING,
    "approval_rule": About.NOTHING,
    "invitation": About.NOTHING,
    "bridge": About.MONEY | About.PRIVATE,
    "dispute": About.MONEY | About.PEOPLE,
    "fund": About.MONEY,
    "donor_report": About.MONEY,
    "business": About.MONEY,
    "referral": About.MONEY | About.PRIVATE,
    "risk": About.PRIVATE,
    "flag": About.PEOPLE,
    "nudge": About.PRIVATE,
    "export": About.NOTHING,
}
"""Every resource, and what it tells. `nothing` is of accounts, machines and rules."""
