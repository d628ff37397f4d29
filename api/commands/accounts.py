"""`juang accounts`, and `juang account open | freeze | close | reopen | limits`."""

from collections.abc import Callable

import click

from api.commands import output
from api.commands.bilingual import Command, command, group, option
from api.commands.changes import changes
from api.commands.deployment import Deployment
from api.commands.parameters import NAME, Text, account_argument, book_argument, format_option
from api.logs import Event
from ledger import money
from ledger.books import operations
from ledger.books import queries as books
from ledger.books.classes import AccountClass, AccountState
from ledger.errors import Wording
from ledger.reports import lists, queries
from ledger.reports.figures import AccountFigures


@command(
    "accounts",
    id="Daftar akun sebuah buku.\n\n"
    "Akun bagan terbuka sendiri saat pertama dipakai; --all menampilkan yang belum terpakai.",
    en="List the accounts of a book.\n\n"
    "Accounts of the chart open at their first use; --all shows those not used yet.",
)
@book_argument
@option("--tree", "as_tree", is_flag=True, id="Sebagai pohon.", en="As a tree.")
@option(
    "--all",
    "with_chart",
    is_flag=True,
    id="Juga yang belum dipakai.",
    en="Also those not used yet.",
)
@format_option
@click.pass_obj
def accounts_command(
    deployment: Deployment, book: str, form: str, *, as_tree: bool, with_chart: bool
) -> None:
    """List the accounts of a book."""
    with deployment.reading() as session:
        found = queries.book(session, book)
        accounts = queries.accounts(session, found)
        if with_chart:
            accounts = queries.with_chart(found, accounts)
        output.show(lists.accounts(found, accounts, as_tree=as_tree), form, deployment.language)


account_command = group(
    "account",
    id="Buka, bekukan, tutup akun; tetapkan batas.",
    en="Open, freeze and close accounts; set limits.",
)


@command(
    "open",
    id="Buka akun sendiri.\n\n"
    "Induknya akun dengan kode satu bagian lebih pendek: expenses:food:pasar di bawah "
    "expenses:food. Kelompoknya mengikuti induk itu.",
    en="Open an account of the book's own.\n\n"
    "Its parent is the code one part shorter: expenses:food:market below expenses:food. Its "
    "class follows the parent's.",
)
@book_argument
@click.argument("code", metavar="CODE", type=NAME)
@option("--name", "name_id", type=Text(120), id="Nama.", en="Name in Indonesian.")
@option("--name-en", type=Text(120), id="Nama dalam bahasa Inggris.", en="Name in English.")
@option(
    "--class",
    "class_name",
    type=click.Choice([each.value for each in AccountClass]),
    id="Kelompok, bila tidak ada induk.",
    en="Class, where there is no parent.",
)
@option(
    "--currency", id="Mata uang; dasar buku bila kosong.", en="Currency; the book's by default."
)
@option("--fund", type=Text(64), id="Dana terikat pemiliknya.", en="Restricted fund it belongs to.")
@option(
    "--purpose",
    type=Text(64),
    id="Tujuan pengeluaran; `holding` bila menyimpan uang dana.",
    en="What spending on it is for; `holding` where it holds a fund's money.",
)
@option("--heading", is_flag=True, id="Hanya menjumlah.", en="Only adds up what is below.")
@option("--floor", metavar="AMOUNT", id="Batas bawah saldo.", en="Lowest balance.")
@option("--ceiling", metavar="AMOUNT", id="Batas atas saldo.", en="Highest balance.")
@click.pass_obj
@changes(Event.ACCOUNT_OPENED)
def open_command(
    deployment: Deployment,
    book: str,
    code: str,
    name_id: str | None,
    name_en: str | None,
    class_name: str | None,
    currency: str | None,
    fund: str | None,
    purpose: str | None,
    floor: str | None,
    ceiling: str | None,
    *,
    heading: bool,
) -> None:
    """Open an account."""
    with deployment.sessions(make=False).begin() as session:
        found = queries.book(session, book)
        deployment.facts["book"] = found.id
        code_currency = money.currency(currency or found.base_currency).code
        if class_name is None:
            known = queries.with_chart(found, queries.accounts(session, found))
            class_name = _class_above(code, known)
        no = operations.open_account(
            session,
            found.id,
            code=code,
            name_id=name_id or name_en or code,
            name_en=name_en or name_id or code,
            account_class=AccountClass(class_name),
            currency=code_currency,
            fund=fund,
            purpose=purpose,
            postable=not heading,
            floor=None if floor is None else money.parse(floor, code_currency).minor,
            ceiling=None if ceiling is None else money.parse(ceiling, code_currency).minor,
        )
    deployment.facts["account"] = no
    deployment.say(
        Wording(f"Akun {code} terbuka, nomor {no}.", f"Account {code} is open, number {no}.")
    )


def _class_above(code: str, known: list[AccountFigures]) -> str:
    """Take the class of the nearest account above a code."""
    by_code = {account.code: account for account in known}
    above = code.rpartition(":")[0]
    while above:
        if above in by_code:
            return by_code[above].account_class.value
        above = above.rpartition(":")[0]
    return AccountClass.ASSET.value


def _state_command(name: str, state: AccountState, summary: Wording, done: Wording) -> Command:
    @command(name, id=summary.id, en=summary.en)
    @book_argument
    @account_argument
    @click.pass_obj
    @changes(Event.ACCOUNT_CHANGED)
    def change(deployment: Deployment, book: str, account: str) -> None:
        with deployment.sessions(make=False).begin() as session:
            found = queries.book(session, book)
            deployment.facts |= {"book": found.id, "what": state.value}
            operations.set_account_state(
                session,
                found.id,
                ref_of(account),
                state,
                actor=deployment.actor,
                recorded_at=deployment.now(),
            )
        deployment.say(Wording(*(text.format(account=account) for text in done)))

    return change


def ref_of(account: str) -> int | str:
    """Read an account named by number or by code.

    >>> ref_of("1100"), ref_of("assets:cash")
    (1100, 'assets:cash')
    """
    return (
        int(account) if account.isascii() and account.isdigit() and len(account) < 10 else account
    )


@command(
    "limits",
    id="Tetapkan batas sebuah akun.\n\n"
    "Batas yang tidak disebut tetap; `none` menghapusnya. Jumlah ditulis 1250000.50.",
    en="Set the limits of an account.\n\n"
    "Limits that are not named stay; `none` takes one away. Amounts are written 1250000.50.",
)
@book_argument
@account_argument
@option("--floor", metavar="AMOUNT", id="Batas bawah saldo.", en="Lowest balance.")
@option("--ceiling", metavar="AMOUNT", id="Batas atas saldo.", en="Highest balance.")
@option("--daily-debit", metavar="AMOUNT", id="Debit per hari.", en="Debits per day.")
@option("--daily-credit", metavar="AMOUNT", id="Kredit per hari.", en="Credits per day.")
@click.pass_obj
@changes(Event.ACCOUNT_CHANGED)
def limits_command(
    deployment: Deployment,
    book: str,
    account: str,
    floor: str | None,
    ceiling: str | None,
    daily_debit: str | None,
    daily_credit: str | None,
) -> None:
    """Set limits."""
    with deployment.sessions(make=False).begin() as session:
        found = queries.book(session, book)
        deployment.facts |= {"book": found.id, "what": "limits"}
        books.lock(session, found.id)  # what is kept must not change meanwhile
        now = queries.account(session, found, account)
        keep = _limit(now.currency)
        operations.set_limits(
            session,
            found.id,
            ref_of(account),
            actor=deployment.actor,
            recorded_at=deployment.now(),
            floor=keep(floor, now.floor),
            ceiling=keep(ceiling, now.ceiling),
            daily_debit_limit=keep(daily_debit, now.daily_debit_limit),
            daily_credit_limit=keep(daily_credit, now.daily_credit_limit),
        )
    deployment.say(Wording(f"Batas akun {account} tercatat.", f"Limits of {account} are set."))


def _limit(currency: str) -> Callable[[str | None, int | None], int | None]:
    def keep(given: str | None, old: int | None) -> int | None:
        if given is None:
            return old
        return None if given == "none" else money.parse(given, currency).minor

    return keep


for each in (
    open_command,
    _state_command(
        "freeze",
        AccountState.FROZEN,
        Wording("Bekukan akun: tidak menerima entri.", "Freeze an account: it takes no entries."),
        Wording("Akun {account} dibekukan.", "Account {account} is frozen."),
    ),
    _state_command(
        "close",
        AccountState.CLOSED,
        Wording("Tutup akun bersaldo nol.", "Close an account whose balance is zero."),
        Wording("Akun {account} ditutup.", "Account {account} is closed."),
    ),
    _state_command(
        "reopen",
        AccountState.OPEN,
        Wording("Buka kembali akun.", "Open a frozen or closed account again."),
        Wording("Akun {account} terbuka kembali.", "Account {account} is open again."),
    ),
    limits_command,
):
    account_command.add_command(each)
