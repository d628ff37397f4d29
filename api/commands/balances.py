"""`juang balance`, `juang trial-balance`."""

from datetime import date

import click

from api.commands import output
from api.commands.bilingual import Usage, command, option
from api.commands.deployment import Deployment
from api.commands.parameters import NAME, book_argument, format_option, known_at_option, on_option
from ledger.errors import Wording
from ledger.reports import balances, queries, trial_balance
from ledger.reports.trial_balance import AsOf

_WHICH = Wording("Sebut satu buku, atau --all.", "Name one book, or say --all.")
_NO_SEQ = Wording(
    "--known-at menghitung entri satu buku; tidak dapat dipakai dengan --all.",
    "--known-at counts the entries of one book; it does not go with --all.",
)


@command(
    "balance",
    id="Saldo akun-akun sebuah buku.\n\n"
    "Saldo positif berarti akun bertambah pada sisi normalnya: yang dimiliki, diutang, "
    "diterima, dibelanjakan. Dengan ACCOUNT: akun itu dan semua di bawahnya.",
    en="Show balances of a book's accounts.\n\n"
    "A positive balance is on the account's normal side: what is owned, owed, earned, spent. "
    "With ACCOUNT: that account and all below it.",
)
@book_argument
@click.argument("account", metavar="[ACCOUNT]", type=NAME, required=False)
@on_option
@known_at_option
@option("--tree", "as_tree", is_flag=True, id="Jumlahkan menurut pohon.", en="Roll up the tree.")
@option("--all", "all_accounts", is_flag=True, id="Juga saldo nol.", en="Zero balances too.")
@format_option
@click.pass_obj
def balance_command(
    deployment: Deployment,
    book: str,
    account: str | None,
    on: date | None,
    known_at: int | None,
    form: str,
    *,
    as_tree: bool,
    all_accounts: bool,
) -> None:
    """Show balances."""
    as_of = AsOf(on, known_at)
    with deployment.reading() as session:
        found = queries.book(session, book)
        accounts = queries.accounts(session, found, moment=deployment.now())
        below = None
        if account is not None:
            below = queries.account(session, found, account, moment=deployment.now())
            if not below.opened:
                accounts = queries.with_chart(found, accounts)
        nets = queries.nets_of(session, found, accounts, as_of)
        if as_tree or (below is not None and not below.postable):
            root = None if below is None else below.no
            report = balances.tree(
                found, accounts, nets, as_of, below=root, all_accounts=all_accounts
            )
        else:
            one = accounts if below is None else [below]
            report = balances.report(
                found, one, nets, as_of, all_accounts=all_accounts or below is not None
            )
        output.show(report, form, deployment.language)


@command(
    "trial-balance",
    id="Neraca saldo.\n\n"
    "Debit dan kredit setiap akun, per mata uang dan dana; keduanya harus sama. "
    "Selesai dengan kode 1 bila tidak.",
    en="Show the trial balance.\n\n"
    "Debit and credit of each account, per currency and fund; both must agree. "
    "Ends with code 1 if they do not.",
)
@click.argument("book", metavar="[BOOK]", type=NAME, required=False)
@option("--all", "all_books", is_flag=True, id="Semua buku.", en="All books.")
@on_option
@known_at_option
@format_option
@click.pass_context
def trial_balance_command(
    ctx: click.Context,
    book: str | None,
    on: date | None,
    known_at: int | None,
    form: str,
    *,
    all_books: bool,
) -> None:
    """Show the trial balance."""
    deployment = ctx.find_object(Deployment)
    assert deployment is not None
    if (book is None) != all_books:
        raise Usage(_WHICH, ctx)
    if all_books and known_at is not None:
        raise Usage(_NO_SEQ, ctx)
    as_of = AsOf(on, known_at)
    with deployment.reading() as session:
        if book is None:
            report, tally = trial_balance.of_all(queries.nets_of_all(session, as_of), as_of)
        else:
            found = queries.book(session, book)
            accounts = queries.accounts(session, found)
            nets = queries.nets_of(session, found, accounts, as_of)
            report, tally = trial_balance.report(found, accounts, nets, as_of)
        output.show(report, form, deployment.language)
    if not tally.balanced:
        ctx.exit(1)
