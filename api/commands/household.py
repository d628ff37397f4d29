"""`juang household open | record | amend | budget | show`: a worker's phone, by hand."""

from collections.abc import Callable
from datetime import date
from typing import Final, TypeVar

import click
from sqlalchemy.orm import Session

from api.commands import outcome_words, output
from api.commands.bilingual import command, group, option
from api.commands.changes import changes
from api.commands.deployment import Deployment
from api.commands.parameters import DAY, NAME, NUMBER, Text, book_argument, format_option
from api.logs import Event
from ledger import dates
from ledger.books import operations as books
from ledger.books import queries
from ledger.books.tables import Book
from ledger.errors import Wording
from ledger.household.books import operations as households
from ledger.household.books.opening import HOME_CURRENCY, NewHousehold
from ledger.household.budgets import operations as budgets
from ledger.household.budgets import queries as budgeted
from ledger.household.budgets.cycles import SetBudget
from ledger.household.records.entries import derived_id
from ledger.household.records.items import Amend, Part, Received, Record, Spent
from ledger.household.records.typed import typed
from ledger.household.rules.operations import record_and_sort
from ledger.journal.outcomes import Outcome
from ledger.reports.report import Amount, Column, Fact, Report, Row

household_command = group(
    "household",
    id="Buku rumah tangga, seperti di ponsel.",
    en="A household's book, as a phone keeps it.",
)

name_argument = click.argument("name", metavar="NAME", type=NAME)
amount_argument = click.argument("amount", metavar="AMOUNT", type=NAME)
category_option = option(
    "--category",
    type=NAME,
    metavar="CODE",
    id="Untuk apa; bila kosong, dicari aturan.",
    en="What for; left out, rules look for it.",
)
pocket_option = option(
    "--pocket",
    type=NAME,
    default="assets:cash",
    show_default=True,
    metavar="CODE",
    id="Dari atau ke dompet mana.",
    en="Which pocket it left or entered.",
)
income_option = option("--income", is_flag=True, id="Ini pemasukan.", en="It is income.")
day_option = option(
    "--on",
    type=DAY,
    metavar="DATE",
    id="Tanggalnya; hari ini bila kosong.",
    en="Its day; today if left out.",
)


@command(
    "open",
    id="Buka buku rumah tangga.\n\nPATH adalah TENANT/BUKU. Membuka lagi tidak mengubah apa-apa.",
    en="Open a household's book.\n\nPATH is TENANT/BOOK. Opening it again changes nothing.",
)
@click.argument("path", metavar="PATH", type=NAME)
@option("--name", type=Text(200), id="Nama untuk dibaca orang.", en="A name for people.")
@option(
    "--currency",
    default=HOME_CURRENCY,
    show_default=True,
    id="Mata uang gajinya.",
    en="Currency of her wage.",
)
@option(
    "--time-zone",
    default="Asia/Jakarta",
    show_default=True,
    id="Zona waktunya.",
    en="Her time zone.",
)
@option("--pay-day", type=NUMBER, required=True, id="Tanggal gajian.", en="Day of the month paid.")
@option("--family", is_flag=True, id="Buku keluarga.", en="A family's book.")
@click.pass_obj
@changes(Event.BOOK_OPENED)
def open_command(
    deployment: Deployment,
    path: str,
    name: str | None,
    currency: str,
    time_zone: str,
    pay_day: int,
    *,
    family: bool,
) -> None:
    """Open a household's book."""
    tenant, _, ref = path.rpartition("/")
    with deployment.sessions().begin() as session:
        new = NewHousehold(
            tenant=books.open_tenant(session, tenant or "juang", name=tenant or "juang"),
            ref=ref,
            name=name or ref,
            base_currency=currency,
            time_zone=time_zone,
            pay_day=pay_day,
            kind="family" if family else "own",
        )
        households.open_households(
            session, [new], actor=deployment.actor, opened_at=deployment.now()
        )
    deployment.say(Wording(f"Rumah tangga {path} dibuka.", f"Household {path} is open."))


F = TypeVar("F", bound=Callable[..., object])


def said(command: F) -> F:
    """Give a command what a record says: an amount, what for, out of which pocket, on which day."""
    for each in (income_option, day_option, pocket_option, category_option, amount_argument):
        command = each(command)
    return command


def _content(
    deployment: Deployment,
    book: Book,
    amount: str,
    category: str | None,
    pocket: str,
    day: date | None,
    *,
    income: bool,
) -> Spent | Received:
    money = typed(amount, book.base_currency)
    on = day or dates.local_date(deployment.now(), book.time_zone)
    kind = Received if income else Spent
    return kind(day=on, parts=(Part(category, money),), pocket=pocket)


def _id(name: str) -> bytes:
    """Make an id of a name; a phone draws its own."""
    return derived_id("name", name.encode())


def _send(deployment: Deployment, session: Session, item: Record | Amend) -> Outcome:
    now = deployment.now()
    (outcome,) = record_and_sort(session, [item], actor=deployment.actor, recorded_at=now)
    return outcome


def _tell(deployment: Deployment, name: str, outcome: Outcome) -> None:
    facts = outcome_words.written_facts(outcome.facts)
    said = outcome_words.sentence(outcome.code)
    more = f" ({facts})" if facts else ""
    deployment.say(
        Wording(
            f"{name}: {said.id} [{outcome.code}]{more}", f"{name}: {said.en} [{outcome.code}]{more}"
        )
    )
    if not outcome.accepted:
        click.get_current_context().exit(1)


@command(
    "record",
    id="Catat pengeluaran atau pemasukan.\n\n"
    "NAME adalah nama pilihan Anda; mengirimnya lagi tidak mencatat dua kali. AMOUNT ditulis "
    "seperti biasa: 500rb, 1,25jt, “HK$ 120”; tanpa mata uang, dalam mata uang buku.",
    en="Record an expense or an income.\n\n"
    "NAME is a name you choose; sending it again records nothing twice. AMOUNT is typed as "
    "people do: 500rb, 1,25jt, “HK$ 120”; without a currency, in that of the book.",
)
@book_argument
@name_argument
@said
@click.pass_obj
@changes(Event.ENTRIES_POSTED)
def record_command(
    deployment: Deployment,
    book: str,
    name: str,
    amount: str,
    category: str | None,
    pocket: str,
    on: date | None,
    *,
    income: bool,
) -> None:
    """Record an expense or an income."""
    with deployment.sessions(make=False).begin() as session:
        found = queries.find_book(session, book)
        content = _content(deployment, found, amount, category, pocket, on, income=income)
        item = Record(book_id=found.id, id=_id(name), content=content)
        outcome = _send(deployment, session, item)
    _tell(deployment, name, outcome)


@command(
    "amend",
    id="Perbaiki catatan.\n\nRECORD adalah namanya; NAME nama perbaikan ini.",
    en="Amend a record.\n\nRECORD is its name; NAME is one for this amendment.",
)
@book_argument
@click.argument("record", metavar="RECORD", type=NAME)
@name_argument
@said
@click.pass_obj
@changes(Event.ENTRIES_POSTED)
def amend_command(
    deployment: Deployment,
    book: str,
    record: str,
    name: str,
    amount: str,
    category: str | None,
    pocket: str,
    on: date | None,
    *,
    income: bool,
) -> None:
    """Amend a record."""
    with deployment.sessions(make=False).begin() as session:
        found = queries.find_book(session, book)
        content = _content(deployment, found, amount, category, pocket, on, income=income)
        item = Amend(book_id=found.id, id=_id(name), record=_id(record), content=content)
        outcome = _send(deployment, session, item)
    _tell(deployment, name, outcome)


@command(
    "budget",
    id="Tetapkan anggaran sebuah kategori, dari gajian ke gajian.",
    en="Set a category's budget, from pay day to pay day.",
)
@book_argument
@click.argument("category", metavar="CATEGORY", type=NAME)
@amount_argument
@day_option
@option("--rolls-over", is_flag=True, id="Sisa dibawa.", en="What is left is carried over.")
@click.pass_obj
@changes(Event.HOUSEHOLD_CHANGED, "budget")
def budget_command(
    deployment: Deployment,
    book: str,
    category: str,
    amount: str,
    on: date | None,
    *,
    rolls_over: bool,
) -> None:
    """Set a category's budget."""
    with deployment.sessions(make=False).begin() as session:
        found = queries.find_book(session, book)
        money = typed(amount, found.base_currency)
        item = SetBudget(
            book_id=found.id,
            id=derived_id("budget", f"{category} {money.currency}".encode()),
            category=category,
            currency=money.currency,
            minor=money.minor,
            since=on or dates.local_date(deployment.now(), found.time_zone),
            rolls_over=rolls_over,
        )
        (outcome,) = budgets.set_budgets(session, [item], recorded_at=deployment.now())
    _tell(deployment, category, outcome)


COLUMNS: Final = (
    Column("category", Wording("Kategori", "Category"), flexes=True),
    Column("currency", Wording("", "")),
    Column("planned", Wording("Anggaran", "Planned"), right=True),
    Column("carried", Wording("Bawaan", "Carried"), right=True, gives_way=True),
    Column("actual", Wording("Terpakai", "Actual"), right=True),
    Column("left", Wording("Sisa", "Left"), right=True),
)


@command(
    "show",
    id="Anggaran dan pemakaiannya, dari gajian terakhir.",
    en="Show budgets and what was spent, since the last pay day.",
)
@book_argument
@day_option
@format_option
@click.pass_obj
def show_command(deployment: Deployment, book: str, on: date | None, form: str) -> None:
    """Show budgets."""
    with deployment.reading() as session:
        found = queries.find_book(session, book)
        day = on or dates.local_date(deployment.now(), found.time_zone)
        lines = budgeted.report(session, found.id, day)
        rows = [
            Row(
                {
                    "category": each.category,
                    "currency": each.currency,
                    "planned": Amount(each.line.planned, each.currency),
                    "carried": Amount(each.line.carried, each.currency),
                    "actual": Amount(each.line.actual, each.currency),
                    "left": Amount(each.line.left, each.currency),
                }
            )
            for each in lines
        ]
        title = Wording("Anggaran", "Budgets")
        facts = [Fact("book", found.ref, Wording("Buku", "Book"))]
        if lines:
            cycle = lines[0].line.cycle
            facts.append(Fact("since", cycle.start, Wording("Sejak gajian", "Since pay day")))
            facts.append(Fact("until", cycle.end, Wording("Sampai sebelum", "Until before")))
        report = Report(name="budgets", title=title, columns=COLUMNS, rows=rows, facts=tuple(facts))
        output.show(report, form, deployment.language)


for each in (open_command, record_command, amend_command, budget_command, show_command):
    household_command.add_command(each)
