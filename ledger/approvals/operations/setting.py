"""Set a tenant's rule of approval: this too takes two people."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from ledger.approvals.independence import Actor
from ledger.approvals.operations import kinds, proposing
from ledger.approvals.operations.kinds import Approved, Kind
from ledger.approvals.payload import Terms
from ledger.approvals.rules import Rule
from ledger.approvals.tables import ApprovalRule, Proposal
from ledger.errors import Malformed, Refused, Wording

WAITS = timedelta(days=30)
MOST_NEEDED = 9


@dataclass(eq=False)
class RuleMalformed(Malformed):
    """A rule cannot be like this."""

    code = "approval_rule_malformed"
    wording = Wording(
        id="Aturan persetujuan tidak sah: {reason}.",
        en="The rule of approval is invalid: {reason}.",
    )
    reason: str


@dataclass(eq=False)
class RuleExists(Refused):
    """A rule of this kind and amount begins on this day already."""

    code = "approval_rule_exists"
    wording = Wording(
        id="Aturan “{kind}” mulai {valid_from} sudah ada.",
        en="There is a rule of “{kind}” from {valid_from} on.",
    )
    hint = Wording(id="Pilih hari lain.", en="Choose another day.")
    kind: str
    valid_from: date


def propose_rule(
    session: Session,
    tenant: int,
    proposal: bytes,
    rule: Rule,
    *,
    by: Actor,
    recorded_at: datetime,
) -> Proposal:
    """Propose a rule of approval for one kind, from a day on that has not begun to pass.

    Raises:
        KindUnknown, RuleMalformed, RuleExists, and those of `propose`.
    """
    kinds.find(rule.kind)
    _check(rule)
    if rule.valid_from < recorded_at.date():
        raise RuleMalformed("it begins in the past")
    _check_free(session, tenant, rule)
    content = {
        "kind": rule.kind,
        "currency": rule.currency,
        "from_amount": rule.from_amount,
        "valid_from": rule.valid_from,
        "needed": rule.needed,
        "roles": tuple(sorted(rule.roles)),
    }
    terms = Terms(kind=SETTING.code, content=content, expires_at=recorded_at + WAITS)
    return proposing.propose(session, tenant, proposal, terms, by=by, recorded_at=recorded_at)


def _check(rule: Rule) -> None:
    if not 1 <= rule.needed <= MOST_NEEDED:
        raise RuleMalformed(f"between 1 and {MOST_NEEDED} approvals")
    if not rule.roles or not all(each.isidentifier() for each in rule.roles):
        raise RuleMalformed("roles")
    if len(" ".join(rule.roles)) > 200:
        raise RuleMalformed("too many roles")
    if rule.from_amount < 0 or (rule.from_amount and not rule.currency):
        raise RuleMalformed("an amount has a currency and is not negative")


def _check_free(session: Session, tenant: int, rule: Rule) -> None:
    key = (tenant, rule.kind, rule.currency, rule.from_amount, rule.valid_from)
    if session.get(ApprovalRule, key) is not None:
        raise RuleExists(rule.kind, rule.valid_from)


def _set(session: Session, approved: Approved) -> None:
    content = approved.terms.content
    rule = Rule(**{**content, "roles": frozenset(content["roles"])})
    _check_free(session, approved.tenant, rule)
    session.execute(
        insert(ApprovalRule).values(
            tenant_id=approved.tenant,
            kind=rule.kind,
            currency=rule.currency,
            from_amount=rule.from_amount,
            valid_from=rule.valid_from,
            needed=rule.needed,
            roles=" ".join(sorted(rule.roles)),
            set_by=approved.maker,
            recorded_at=approved.recorded_at,
        )
    )


SETTING = kinds.register(
    Kind("approval_rule", Wording(id="Aturan persetujuan", en="A rule of approval"), _set)
)
