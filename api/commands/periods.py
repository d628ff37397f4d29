"""`juang period close | reopen`."""

from datetime import date

import click

from api.commands.bilingual import command, group, option
from api.commands.changes import changes
from api.commands.coming_in import come_in
from api.commands.deployment import Deployment
from api.commands.parameters import DAY, book_argument
from api.commands.proposed import told
from api.logs import Event
from ledger.access import operations as access
from ledger.access import queries as access_queries
from ledger.access.actions import Action
from ledger.approvals import operations as approvals
from ledger.books import operations
from ledger.books import queries as books
from ledger.errors import Wording
from ledger.reports import queries

period_command = group(
    "period", id="Tutup dan buka kembali periode.", en="Close and reopen periods."
)


@command(
    "close",
    id="Tutup semua hari sampai dengan satu hari.",
    en="Close every day up to and including one.",
)
@book_argument
@option("--through", type=DAY, required=True, metavar="DATE", id="Hari terakhir.", en="Last day.")
@click.pass_obj
@changes(Event.PERIOD_CHANGED)
def close_command(deployment: Deployment, book: str, through: date) -> None:
    """Close a period."""
    with deployment.sessions(make=False).begin() as session:
        found = queries.book(session, book)
        deployment.facts |= {"book": found.id, "what": "closed"}
        operations.close_period(
            session, found.id, through, actor=deployment.actor, recorded_at=deployment.now()
        )
    deployment.say(
        Wording(
            f"{found.path}: ditutup sampai {through}.", f"{found.path}: closed through {through}."
        )
    )


@command(
    "reopen",
    id="Usulkan membuka kembali periode; orang lain yang menyetujui.\n\n"
    "Tanpa --through, semua hari terbuka lagi. Petugas dari --officer ditanya frasa sandi dan "
    "kodenya.",
    en="Propose to reopen a period; another person approves.\n\n"
    "Without --through, every day is open again. The officer of --officer is asked for passphrase "
    "and code.",
)
@book_argument
@option("--through", type=DAY, metavar="DATE", id="Yang tetap tertutup.", en="What stays closed.")
@click.pass_obj
@changes(Event.PERIOD_CHANGED)
def reopen_command(deployment: Deployment, book: str, through: date | None) -> None:
    """Propose to reopen a period."""
    with deployment.reading() as session:
        found = books.find_book(session, book)
        tenant = found.tenant_id
    acting = come_in(deployment, tenant)
    with deployment.sessions(make=False).begin() as session:
        now = deployment.now()
        inside = access_queries.in_book(session, acting, found.id, now.date())
        access.demand(inside, Action.PERIOD_PROPOSE_REOPENING)
        row = approvals.propose_reopening(
            session, found.id, through, by=inside.actor, recorded_at=now
        )
        said = told(session, row)
    deployment.say(said)


period_command.add_command(close_command)
period_command.add_command(reopen_command)
