"""Who may do what: one table, and everything that is not in it is denied.

A row is an action, a column a role, a cell the relations in which that role may do it: `o` to what
is her own, `t` to what belongs to her tenant, `s` to a book shared with her, `c` to persons who
agreed, `r` to what a referral shows. Nobody may do anything to what is foreign. An officer does not
serve herself: `t` is not `o`. docs/policy.md is written from here; every answer is in
tests/golden/policy.tsv.

The policy says what a role may ask for. It stands before `approvals`, `duties` and the state of the
books, and replaces none of them.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from ledger.access import roles as all_roles
from ledger.access.actions import About, Action, Relation
from ledger.access.roles import Role
from ledger.errors import Wording

_TABLE: Final = """
                             te  lo  ma  su  fm  au  co  ev  ad  wo  fa  he  ap
officer.see                  .   .   t   t   .   t   .   .   t   .   .   .   .
officer.add                  .   .   .   .   .   .   .   .   t   .   .   .   .
officer.disable              .   .   .   .   .   .   .   .   t   .   .   .   .
role.grant                   .   .   .   .   .   .   .   .   t   .   .   .   .
role.approve                 .   .   t   t   .   .   .   .   t   .   .   .   .
session.see                  o   o   o   o   o   o   o   o   ot  o   .   .   .
session.revoke               o   o   o   o   o   o   o   o   ot  o   .   .   .
credential.change            o   o   o   o   o   o   o   o   o   .   .   .   .
second_factor.propose_reset  .   .   t   t   .   .   .   .   t   .   .   .   .
second_factor.approve_reset  .   .   t   t   .   .   .   .   t   .   .   .   .
job.see                      .   .   t   .   .   .   .   .   t   .   .   .   .
job.run                      .   .   .   .   .   .   .   .   t   .   .   .   .
webhook.set                  .   .   .   .   .   .   .   .   t   .   .   .   .
health.see                   .   .   .   .   .   .   .   .   t   .   .   .   .
person.register              t   t   t   .   .   .   .   .   .   .   .   .   t
person.find                  t   t   t   .   .   .   c   .   .   .   .   .   .
person.see_masked            t   t   t   .   .   .   c   .   .   o   .   .   .
person.see                   .   .   .   .   .   .   .   .   .   o   .   .   .
person.correct               t   t   t   .   .   .   .   .   .   o   .   .   .
person.merge                 .   .   t   .   .   .   .   .   .   .   .   .   .
person.relate                t   t   t   t   .   .   .   .   .   .   .   .   .
person.erase                 .   .   t   .   .   .   .   .   .   o   .   .   .
person.hold                  .   .   t   .   .   .   .   .   .   .   .   .   .
person.export                .   .   .   .   .   .   .   .   .   o   .   .   .
device.enrol                 .   .   .   .   .   .   .   .   .   o   .   .   t
device.revoke                .   .   .   .   .   .   .   .   .   o   .   .   t
consent.see                  t   t   t   t   .   .   c   .   .   o   .   .   .
consent.give                 .   .   .   .   .   .   .   .   .   o   .   .   .
consent.withdraw             .   .   .   .   .   .   .   .   .   o   .   .   .
access_log.see               .   .   .   .   .   .   .   .   .   o   .   .   .
data_request.raise           .   .   .   .   .   .   .   .   .   o   .   .   .
data_request.answer          .   .   t   .   .   .   .   .   .   .   .   .   .
breach.see                   .   .   t   t   .   .   .   .   t   .   .   .   .
breach.record                .   .   t   .   .   .   .   .   t   .   .   .   .
facts.see                    .   .   .   .   .   .   c   .   .   o   .   .   .
facts.record                 .   t   t   .   .   .   c   .   .   o   .   .   .
diary.see                    .   .   .   .   .   .   .   .   .   o   .   .   .
diary.write                  .   .   .   .   .   .   .   .   .   o   .   .   .
diary.share                  .   .   .   .   .   .   .   .   .   o   .   .   .
family_book.see              .   .   .   .   .   .   .   .   .   o   s   .   .
family_book.write            .   .   .   .   .   .   .   .   .   o   s   .   .
worker.onboard               .   .   .   .   .   .   .   .   .   .   .   .   t
member.see                   t   t   t   t   .   .   .   .   .   .   .   .   .
member.register              t   t   t   .   .   .   .   .   .   .   .   .   .
member.admit                 .   .   t   .   .   .   .   .   .   .   .   .   .
member.import                .   .   t   .   .   .   .   .   .   .   .   .   .
membership.see               .   .   .   .   .   .   .   .   .   o   .   .   .
product.see                  t   t   t   t   .   t   .   .   .   t   .   .   .
product.set                  .   .   t   .   .   .   .   .   .   .   .   .   .
savings.see                  t   t   t   t   .   t   .   .   .   o   .   .   .
savings.open                 t   .   t   .   .   .   .   .   .   .   .   .   .
savings.deposit              t   .   .   .   .   .   .   .   .   .   .   .   .
savings.withdraw             t   .   .   .   .   .   .   .   .   .   .   .   .
savings.hold                 .   t   t   .   .   .   .   .   .   .   .   .   .
savings.close                .   .   t   .   .   .   .   .   .   .   .   .   .
savings.post_interest        .   .   t   .   .   .   .   .   .   .   .   .   .
loan.see                     t   t   t   t   .   t   .   .   .   o   .   .   .
loan.quote                   t   t   t   .   .   .   .   .   .   o   .   .   .
loan.apply                   .   t   .   .   .   .   .   .   .   o   .   .   .
loan.assess                  .   t   .   .   .   .   .   .   .   .   .   .   .
loan.approve                 .   .   t   t   .   .   .   .   .   .   .   .   .
loan.disburse                t   .   .   .   .   .   .   .   .   .   .   .   .
loan.repay                   t   t   .   .   .   .   .   .   .   .   .   .   .
loan.reschedule              .   t   t   .   .   .   .   .   .   .   .   .   .
loan.write_off               .   .   t   .   .   .   .   .   .   .   .   .   .
loan.provide                 .   .   t   .   .   .   .   .   .   .   .   .   .
collection.see               t   t   t   t   .   .   .   .   .   .   .   .   .
collection.record            t   t   .   .   .   .   .   .   .   .   .   .   .
cash_box.see                 t   .   t   t   .   t   .   .   .   .   .   .   .
cash_box.open                t   .   .   .   .   .   .   .   .   .   .   .   .
cash_box.confirm             .   .   t   t   .   .   .   .   .   .   .   .   .
voucher.see                  t   .   t   t   t   t   .   .   .   .   .   .   .
voucher.write                t   .   t   .   t   .   .   .   .   .   .   .   .
suspense.match               t   t   t   .   .   .   .   .   .   .   .   .   .
reversal.propose             t   t   t   .   t   .   .   .   .   .   .   .   .
bank.reconcile               .   .   t   .   t   .   .   .   .   .   .   .   .
purchase.import              t   .   t   .   .   .   .   .   .   .   .   .   .
day.close                    .   .   t   .   .   .   .   .   .   .   .   .   .
month.close                  .   .   t   .   t   .   .   .   .   .   .   .   .
year.close                   .   .   t   .   .   .   .   .   .   .   .   .   .
period.propose_reopening     .   .   t   .   t   .   .   .   .   .   .   .   .
shu.see                      .   .   t   t   .   t   .   .   .   .   .   .   .
shu.propose                  .   .   t   .   .   .   .   .   .   .   .   .   .
journal.see                  t   t   t   t   t   t   .   .   .   .   .   .   .
ledger.verify                .   .   t   t   t   t   .   .   .   .   .   .   .
report.see                   .   t   t   t   t   t   .   .   .   .   .   .   .
receipt.print                t   t   t   .   .   .   .   .   .   o   .   .   .
audit_log.see                .   .   t   t   .   t   .   .   .   .   .   .   .
proposal.see                 t   t   t   t   t   t   .   .   .   .   .   .   .
proposal.approve             .   .   t   t   t   .   .   .   .   .   .   .   .
proposal.execute             t   t   t   .   t   .   .   .   .   .   .   .   .
approval_rule.set            .   .   t   .   .   .   .   .   .   .   .   .   .
invitation.make              t   t   t   .   .   .   .   .   .   .   .   .   .
bridge.link                  .   .   .   .   .   .   .   .   .   o   .   .   .
dispute.raise                .   .   .   .   .   .   .   .   .   o   .   .   .
dispute.see                  t   t   t   t   .   .   .   .   .   o   .   .   .
dispute.answer               .   t   t   .   .   .   .   .   .   .   .   .   .
fund.see                     .   .   t   t   t   t   .   .   .   .   .   .   .
fund.agree                   .   .   .   .   t   .   .   .   .   .   .   .   .
fund.spend                   .   .   .   .   t   .   .   .   .   .   .   .   .
fund.evidence                .   .   .   .   t   .   .   .   .   .   .   .   .
donor_report.see             .   .   t   t   t   t   .   .   .   .   .   .   .
business.see                 .   .   t   t   t   t   .   .   .   o   .   .   .
business.write               .   .   .   .   t   .   .   .   .   o   .   .   .
referral.make                .   .   .   .   .   .   .   .   .   o   .   .   .
referral.see                 .   .   .   .   .   .   .   .   .   o   .   r   .
risk.see                     .   .   .   .   .   .   .   .   .   o   .   .   .
risk.contest                 .   .   .   .   .   .   .   .   .   o   .   .   .
flag.see                     .   .   .   .   .   .   c   .   .   .   .   .   .
flag.answer                  .   .   .   .   .   .   c   .   .   .   .   .   .
nudge.see                    .   .   .   .   .   .   .   .   .   o   .   .   .
nudge.opt_out                .   .   .   .   .   .   .   .   .   o   .   .   .
nudge.set                    .   .   t   .   .   .   .   .   .   .   .   .   .
export.request               .   .   .   .   .   .   .   t   .   .   .   .   .
export.approve               .   .   t   t   .   .   .   .   .   .   .   .   .
export.see                   .   .   t   t   .   .   .   t   .   .   .   .   .
export.download              .   .   .   .   .   .   .   t   .   .   .   .   .
"""

_COLUMNS: Final = dict(zip(_TABLE.split("\n")[1].split(), Role, strict=True))
_LETTERS: Final = {
    "o": Relation.OWN,
    "t": Relation.TENANT,
    "s": Relation.SHARED,
    "c": Relation.CONSENTED,
    "r": Relation.REFERRED,
}


class Reason(StrEnum):
    """Why the answer is what it is."""

    GRANTED = "granted"
    UNKNOWN = "unknown"
    NO_ROLE = "no_role"
    ROLES_CLASH = "roles_clash"
    FOREIGN = "foreign"
    PRIVATE = "private"
    READS_ONLY = "reads_only"
    EXPORTS_ONLY = "exports_only"
    ACCOUNTS_ONLY = "accounts_only"
    OTHER_RELATION = "other_relation"
    NOT_GRANTED = "not_granted"


REASONS: Final[Mapping[Reason, Wording]] = {
    Reason.GRANTED: Wording("diperbolehkan", "granted"),
    Reason.UNKNOWN: Wording(
        "peran, tindakan, atau hubungan tidak dikenal", "unknown role, action or relation"
    ),
    Reason.NO_ROLE: Wording("tidak memegang peran apa pun", "holds no role"),
    Reason.ROLES_CLASH: Wording(
        "memegang peran yang tidak boleh bersama", "holds roles that must not meet"
    ),
    Reason.FOREIGN: Wording("milik orang atau lembaga lain", "it is somebody else's"),
    Reason.PRIVATE: Wording(
        "catatan pribadi hanya untuk pemiliknya", "a private record is its owner's only"
    ),
    Reason.READS_ONLY: Wording(
        "auditor hanya membaca, tanpa data pribadi", "an auditor only reads, and no personal data"
    ),
    Reason.EXPORTS_ONLY: Wording(
        "evaluator hanya menerima ekspor", "an evaluator only gets exports"
    ),
    Reason.ACCOUNTS_ONLY: Wording(
        "administrator tidak melihat uang atau data pribadi",
        "an administrator sees no money and no personal data",
    ),
    Reason.OTHER_RELATION: Wording(
        "peran ini boleh, tetapi bukan untuk yang ini", "this role may, but not to this one"
    ),
    Reason.NOT_GRANTED: Wording("peran ini tidak berwenang", "this role may not"),
}


class Decision(NamedTuple):
    """Allow or deny, with the reason."""

    allowed: bool
    reason: Reason


def _read(table: str) -> dict[Action, dict[Role, frozenset[Relation]]]:
    found = {}
    for line in table.strip("\n").split("\n")[1:]:
        name, *cells = line.split()
        relations = [frozenset(_LETTERS[letter] for letter in cell.strip(".")) for cell in cells]
        found[Action(name)] = dict(zip(_COLUMNS.values(), relations, strict=True))
    assert list(found) == list(Action), "the table has a row for every action, in their order"
    return found


TABLE: Final = _read(_TABLE)
"""For every action and role, the relations in which it is allowed."""


def may(roles: Iterable[str], action: str, relation: str) -> Decision:
    """Decide whether somebody in these roles may do this to an object that stands to her so.

    What is unknown is denied. Roles that one person must not have together are denied
    everything.

    >>> may(["teller"], "savings.deposit", "tenant").allowed
    True
    >>> may(["manager"], "diary.see", "tenant")
    Decision(allowed=False, reason=<Reason.PRIVATE: 'private'>)
    """
    try:
        held = {Role(role) for role in roles}
        wanted, towards = Action(action), Relation(relation)
    except ValueError:
        return Decision(False, Reason.UNKNOWN)
    if not held:
        return Decision(False, Reason.NO_ROLE)
    if all_roles.clash(held & {*all_roles.OFFICERS}) is not None:
        return Decision(False, Reason.ROLES_CLASH)
    if any(towards in TABLE[wanted][role] for role in held):
        return Decision(True, Reason.GRANTED)
    return Decision(False, _why_not(held, wanted, towards))


def _why_not(held: set[Role], action: Action, relation: Relation) -> Reason:
    if relation is Relation.FOREIGN:
        return Reason.FOREIGN
    if any(TABLE[action][role] for role in held):
        return Reason.OTHER_RELATION
    if About.PRIVATE in action.about:
        return Reason.PRIVATE
    if held == {Role.AUDITOR}:
        return Reason.READS_ONLY
    if held == {Role.EVALUATOR}:
        return Reason.EXPORTS_ONLY
    if held == {Role.ADMINISTRATOR} and action.about:
        return Reason.ACCOUNTS_ONLY
    return Reason.NOT_GRANTED
