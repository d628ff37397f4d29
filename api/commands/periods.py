"""`juang period close | reopen`."""

from datetime import date

import click

from api.commands.bilingual import command, group, option
from api.commands.changes import changes
from api.commands.deployment import Deployment
from api.commands.parameters import DAY, Text, book_argument
from api.logs import Event
from ledger.books import operations
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
    id="Buka kembali periode; perlu dua orang.\n\nTanpa --through, semua hari terbuka lagi.",
    en="Reopen a period; it takes two people.\n\nWithout --through, every day is open again.",
)
@book_argument
@option("--through", type=DAY, metavar="DATE", id="Yang tetap tertutup.", en="What stays closed.")
@option(
    "--approved-by",
    type=Text(64),
    required=True,
    metavar="NAME",
    id="Siapa yang menyetujui, bukan pelakunya sendiri.",
    en="Who approves: not the one who acts.",
)
@click.pass_obj
@changes(Event.PERIOD_CHANGED)
def reopen_command(
    deployment: Deployment, book: str, through: date | None, approved_by: str
) -> None:
    """Reopen a period."""
    with deployment.sessions(make=False).begin() as session:
        found = queries.book(session, book)
        deployment.facts |= {"book": found.id, "what": "reopened", "approved_by": approved_by}
        operations.reopen_period(
            session,
            found.id,
            through,
            actor=deployment.actor,
            approved_by=approved_by,
            recorded_at=deployment.now(),
        )
    still = Wording("seluruhnya terbuka", "entirely open")
    if through is not None:
        still = Wording(f"tertutup sampai {through}", f"closed through {through}")
    deployment.say(Wording(*(f"{found.path}: {text}." for text in still)))


period_command.add_command(close_command)
period_command.add_command(reopen_command)
