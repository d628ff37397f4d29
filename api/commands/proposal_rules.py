"""`juang proposal rule`: how many must approve a kind of proposal, and in which roles."""

import secrets
from datetime import date

import click

from api.commands.bilingual import Usage, command, option
from api.commands.changes import changes
from api.commands.coming_in import come_in
from api.commands.deployment import Deployment
from api.commands.parameters import DAY, NAME, NUMBER, Text, tenant_argument
from api.commands.proposed import told
from api.logs import Event
from ledger.access import operations as access
from ledger.access import roles
from ledger.access.actions import Action
from ledger.approvals import operations
from ledger.approvals.rules import Rule
from ledger.books import queries as books
from ledger.errors import Wording
from ledger.money import parse


@command(
    "rule",
    id="Usulkan aturan persetujuan untuk satu jenis usulan; orang lain yang menyetujui.\n\n"
    "KIND seperti di `proposal list --format json`. Dengan --amount dan --currency: untuk jumlah "
    "sebesar itu ke atas.",
    en="Propose a rule of approval for one kind of proposal; another person approves.\n\n"
    "KIND is as in `proposal list --format json`. With --amount and --currency: for amounts of at "
    "least so much.",
)
@tenant_argument
@click.argument("kind", metavar="KIND", type=NAME)
@option(
    "--role",
    "names",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in roles.OFFICERS]),
    metavar="ROLE",
    id="Peran yang menyetujui; boleh beberapa kali.",
    en="A role that approves; may be said several times.",
)
@option(
    "--needed",
    type=NUMBER,
    default=1,
    show_default=True,
    id="Berapa penyetuju.",
    en="How many must approve.",
)
@option("--from", "since", type=DAY, metavar="DATE", id="Hari pertama.", en="First day.")
@option("--amount", type=Text(32), metavar="AMOUNT", id="Mulai jumlah ini.", en="From this amount.")
@option("--currency", type=Text(3), metavar="CODE", id="Mata uangnya.", en="Its currency.")
@click.pass_obj
@changes(Event.PROPOSAL_DECIDED, "rule_proposed")
def rule_command(
    deployment: Deployment,
    tenant: str,
    kind: str,
    names: tuple[str, ...],
    needed: int,
    since: date | None,
    amount: str | None,
    currency: str | None,
) -> None:
    """Propose a rule."""
    if (amount is None) is not (currency is None):
        raise Usage(Wording("Sebut --amount dan --currency.", "Name --amount and --currency."))
    least = 0 if amount is None or currency is None else parse(amount, currency).minor
    with deployment.reading() as session:
        operator = books.find_tenant(session, tenant).id
    acting = come_in(deployment, operator)
    access.demand(acting, Action.APPROVAL_RULE_SET)
    now = deployment.now()
    rule = Rule(kind, needed, frozenset(names), since or now.date(), currency or "", least)
    with deployment.sessions(make=False).begin() as session:
        row = operations.propose_rule(
            session,
            operator,
            secrets.token_bytes(16),
            rule,
            by=acting.actor,
            recorded_at=now,
        )
        said = told(session, row)
    deployment.say(said)
