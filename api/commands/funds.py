"""`juang funds`, and `juang fund open | allow`."""

from datetime import date

import click

from api.commands import output
from api.commands.bilingual import command, group, option
from api.commands.changes import changes
from api.commands.deployment import Deployment
from api.commands.parameters import DAY, NAME, Text, book_argument, format_option
from api.logs import Event
from ledger.books import operations
from ledger.errors import Wording
from ledger.reports import lists, queries


@command(
    "funds",
    id="Daftar dana terikat sebuah buku, dan tujuan yang boleh dibiayainya.",
    en="List the restricted funds of a book, and what each may pay for.",
)
@book_argument
@format_option
@click.pass_obj
def funds_command(deployment: Deployment, book: str, form: str) -> None:
    """List the funds of a book."""
    with deployment.reading() as session:
        found = queries.book(session, book)
        output.show(lists.funds(found, queries.funds(session, found)), form, deployment.language)


fund_command = group(
    "fund",
    id="Buka dana terikat; tetapkan tujuannya.",
    en="Open restricted funds; say what they may pay for.",
)


@command(
    "open",
    id="Buka dana terikat.\n\n"
    "Uangnya ada di akun yang dibuka dengan --fund; dana itu belum boleh membiayai apa pun.",
    en="Open a restricted fund.\n\n"
    "Its money sits in accounts opened with --fund; it may not pay for anything yet.",
)
@book_argument
@click.argument("fund", metavar="FUND", type=NAME)
@option("--name", "name_id", type=Text(120), id="Nama.", en="Name in Indonesian.")
@option("--name-en", type=Text(120), id="Nama dalam bahasa Inggris.", en="Name in English.")
@click.pass_obj
@changes(Event.FUND_CHANGED, "opened")
def open_command(
    deployment: Deployment, book: str, fund: str, name_id: str | None, name_en: str | None
) -> None:
    """Open a fund."""
    with deployment.sessions(make=False).begin() as session:
        found = queries.book(session, book)
        operations.open_fund(
            session,
            found.id,
            fund,
            name_id=name_id or name_en or fund,
            name_en=name_en or name_id or fund,
        )
    deployment.say(
        Wording(f"{found.path}: dana {fund} terbuka.", f"{found.path}: fund {fund} is open.")
    )


@command(
    "allow",
    id="Izinkan dana membiayai satu tujuan, dari satu hari sampai hari lain.\n\n"
    "PURPOSE adalah tujuan (--purpose) akun yang didebit. Izin tidak dapat dicabut: beri "
    "jangka waktu sepanjang keputusannya.",
    en="Let a fund pay for a purpose, from one day through another.\n\n"
    "PURPOSE is that of the accounts debited (--purpose). It is never taken back: allow no more "
    "days than were decided.",
)
@book_argument
@click.argument("fund", metavar="FUND", type=NAME)
@click.argument("purpose", metavar="PURPOSE", type=NAME)
@option("--from", "first", type=DAY, required=True, metavar="DATE", id="Mulai.", en="First day.")
@option("--through", type=DAY, required=True, metavar="DATE", id="Hari terakhir.", en="Last day.")
@click.pass_obj
@changes(Event.FUND_CHANGED, "purpose_allowed")
def allow_command(
    deployment: Deployment, book: str, fund: str, purpose: str, first: date, through: date
) -> None:
    """Allow a purpose."""
    with deployment.sessions(make=False).begin() as session:
        found = queries.book(session, book)
        operations.allow_purpose(
            session,
            found.id,
            fund,
            purpose,
            valid_from=first,
            valid_through=through,
            actor=deployment.actor,
            recorded_at=deployment.now(),
        )
    deployment.say(
        Wording(
            f"{found.path}: dana {fund} boleh membiayai {purpose}, {first} s.d. {through}.",
            f"{found.path}: fund {fund} may pay for {purpose}, {first} to {through}.",
        )
    )


fund_command.add_command(open_command)
fund_command.add_command(allow_command)
