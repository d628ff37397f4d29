"""`juang statement`, `juang entries`, `juang holds`."""

from datetime import date

import click

from api.commands import output
from api.commands.bilingual import command, option
from api.commands.deployment import Deployment
from api.commands.parameters import DAY, NUMBER, account_argument, book_argument, format_option
from ledger.dates import DateRangeBackwards
from ledger.reports import entries, queries, statement
from ledger.reports.statement import Order, Span


@command(
    "statement",
    id="Mutasi sebuah akun.\n\n"
    "Saldo awal, setiap mutasi, saldo akhir. Menurut `date`: yang berlaku dalam periode, "
    "seperti diketahui sekarang. Menurut `booked`: yang dibukukan dalam periode, urut buku.",
    en="Show the statement of an account.\n\n"
    "Opening balance, every line, closing balance. By `date`: what is effective in the period, "
    "as known now. By `booked`: what was booked in the period, in the order of the book.",
)
@book_argument
@account_argument
@option("--from", "since", type=DAY, metavar="DATE", id="Hari pertama.", en="First day.")
@option("--until", type=DAY, metavar="DATE", id="Hari terakhir.", en="Last day.")
@option(
    "--order",
    type=click.Choice([order.value for order in Order]),
    default=Order.DATE.value,
    show_default=True,
    id="Urutan mutasi.",
    en="Order of the lines.",
)
@format_option
@click.pass_obj
def statement_command(
    deployment: Deployment,
    book: str,
    account: str,
    since: date | None,
    until: date | None,
    order: str,
    form: str,
) -> None:
    """Show the statement of an account."""
    if since is not None and until is not None and until < since:
        raise DateRangeBackwards(since, until)
    span, by = Span(since, until), Order(order)
    with deployment.reading() as session:
        found = queries.book(session, book)
        chosen = queries.account(session, found, account)
        opening, lines, closing = queries.statement(session, found, chosen, span, by)
        report = statement.report(
            found, chosen, span, by, opening=opening, found=lines, closing=closing
        )
        output.show(report, form, deployment.language)


@command(
    "entries",
    id="Jurnal sebuah buku.\n\nEntri urut nomor, dengan semua barisnya.",
    en="List the entries of a book.\n\nEntries in order of number, with all their lines.",
)
@book_argument
@option("--after", type=NUMBER, default=0, metavar="SEQ", id="Mulai setelah.", en="Begin after.")
@option(
    "--limit",
    type=NUMBER,
    default=50,
    show_default=True,
    metavar="N",
    id="Paling banyak sekian entri.",
    en="At most so many entries.",
)
@format_option
@click.pass_obj
def entries_command(deployment: Deployment, book: str, after: int, limit: int, form: str) -> None:
    """List the entries of a book."""
    with deployment.reading() as session:
        found = queries.book(session, book)
        journal = queries.entries(session, found, after=after, limit=limit)
        report = entries.report(found, journal, after=after, limit=limit)
        output.show(report, form, deployment.language)


@command(
    "holds",
    id="Dana yang masih ditahan.\n\nSisa setiap penahanan, baris demi baris.",
    en="List what is still held.\n\nWhat is left of each hold, line by line.",
)
@book_argument
@format_option
@click.pass_obj
def holds_command(deployment: Deployment, book: str, form: str) -> None:
    """List open holds."""
    with deployment.reading() as session:
        found = queries.book(session, book)
        report = entries.holds(found, queries.holds(session, found))
        output.show(report, form, deployment.language)
