"""What an officer at the command line may do: each command asks the policy, the rest is denied.

With `--officer` a command runs for an officer who has shown who she is. What stands in no table
here is the operator's of the machine alone, and refused to her.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import click
from sqlalchemy.orm import Session

from api.commands.deployment import Deployment
from ledger.access import operations, policy
from ledger.access.actions import Action, Relation
from ledger.errors import Refused, Wording
from ledger.parties import queries as parties

ASKS: Final[Mapping[str, Action]] = {
    "person register": Action.PERSON_REGISTER,
    "person show": Action.PERSON_SEE_MASKED,
    "person find": Action.PERSON_FIND,
    "person set": Action.PERSON_CORRECT,
    "person clear": Action.PERSON_CORRECT,
    "person merge": Action.PERSON_MERGE,
    "person relate": Action.PERSON_RELATE,
    "person events": Action.AUDIT_LOG_SEE,
    "person hold": Action.PERSON_HOLD,
    "person erase": Action.PERSON_ERASE,
    "person erase-texts": Action.PERSON_ERASE,
    "person device add": Action.DEVICE_ENROL,
    "person device label": Action.DEVICE_ENROL,
    "person device lost": Action.DEVICE_REVOKE,
    "person device revoke": Action.DEVICE_REVOKE,
    "person device sign-out": Action.DEVICE_REVOKE,
    "person link add": Action.BRIDGE_LINK,
    "person link list": Action.BRIDGE_LINK,
    "person link remove": Action.BRIDGE_LINK,
    "consent texts": Action.CONSENT_SEE,
    "consent text": Action.CONSENT_SEE,
    "consent list": Action.CONSENT_SEE,
    "consent give": Action.CONSENT_GIVE,
    "consent withdraw": Action.CONSENT_WITHDRAW,
    "request open": Action.DATA_REQUEST_RAISE,
    "request lift": Action.DATA_REQUEST_RAISE,
    "request list": Action.DATA_REQUEST_ANSWER,
    "request done": Action.DATA_REQUEST_ANSWER,
    "request refuse": Action.DATA_REQUEST_ANSWER,
    "request archive": Action.PERSON_EXPORT,
    "breach affected": Action.BREACH_SEE,
    "breach list": Action.BREACH_SEE,
    "breach notices": Action.BREACH_SEE,
    "breach report": Action.BREACH_RECORD,
    "breach widen": Action.BREACH_RECORD,
    "breach sent": Action.BREACH_RECORD,
    "facts record": Action.FACTS_RECORD,
    "facts list": Action.FACTS_SEE,
    "officer list": Action.OFFICER_SEE,
    "officer add": Action.OFFICER_ADD,
    "officer role": Action.ROLE_GRANT,
    "officer disable": Action.OFFICER_DISABLE,
    "officer enable": Action.OFFICER_DISABLE,
    "officer passphrase": Action.CREDENTIAL_CHANGE,
    "proposal rule": Action.APPROVAL_RULE_SET,
    "session list": Action.SESSION_SEE,
    "session revoke": Action.SESSION_REVOKE,
}
"""What each command asks the policy for, about whatever object it is given."""

THEMSELVES: Final = frozenset(
    {
        "period reopen",
        "request looks",
        "officer totp",
        "proposal list",
        "proposal show",
        "proposal approve",
        "proposal execute",
        "proposal refuse",
        "proposal withdraw",
    }
)
"""Commands that ask by themselves: what they ask for follows from the object or an option."""


@dataclass(eq=False)
class OperatorsOnly(Refused):
    """No officer does this: it is the work of whoever runs the machine."""

    code = "operators_only"
    wording = Wording(
        "`juang {command}` hanya untuk operator mesin, bukan untuk petugas.",
        "`juang {command}` is for the operator of the machine, not for officers.",
    )
    hint = Wording("Jalankan tanpa --officer.", "Run it without --officer.")
    command: str


def admit(ctx: click.Context) -> None:
    """Let the officer come in before her command runs, if any of her roles may run it at all.

    Raises: OperatorsOnly, NotAllowed, and those of `come_in`.
    """
    from api.commands.coming_in import come_in_as

    deployment = ctx.find_object(Deployment)
    assert deployment is not None
    command = ctx.command_path.partition(" ")[2]
    if command not in ASKS and command not in THEMSELVES:
        raise OperatorsOnly(command)
    deployment.acting = come_in_as(deployment)
    deployment.action = ASKS.get(command)
    if deployment.action is not None and not _ever(deployment, deployment.action):
        operations.demand(deployment.acting, deployment.action)


def _ever(deployment: Deployment, action: Action) -> bool:
    """Tell whether an action is granted towards anything: which object it is comes later."""
    assert deployment.acting is not None
    roles = deployment.acting.roles
    return any(policy.may(roles, action, relation).allowed for relation in Relation)


def tenant() -> int | None:
    """Name the tenant of the officer who acts; None where the operator of the machine does."""
    acting = _running().acting
    return None if acting is None else acting.tenant


def _running() -> Deployment:
    found = click.get_current_context().find_object(Deployment)
    assert found is not None, "a command has its deployment"
    return found


def permit(session: Session, tenant: int, person: int | None = None) -> None:
    """Ask the policy about an object of a tenant, or about a person, where an officer acts.

    Raises: NotAllowed.
    """
    deployment = _running()
    if deployment.acting is None or deployment.action is None:
        return
    acting = deployment.acting
    relation = Relation.TENANT
    if tenant != acting.tenant:
        relation = Relation.FOREIGN
    elif person is not None:
        roots = parties.natural(session, tenant, {person, acting.person_id})
        if roots[person] == roots[acting.person_id]:
            relation = Relation.OWN
    operations.demand(acting, deployment.action, relation)


def role(deployment: Deployment) -> str:
    """Name the role in which somebody looks at a person's data, for the log she can read."""
    if deployment.acting is None or deployment.action is None:
        return "operator"
    return next(
        each
        for each in sorted(deployment.acting.roles)
        if policy.may([each], deployment.action, Relation.TENANT).allowed
    )
