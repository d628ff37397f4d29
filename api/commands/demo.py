"""`juang demo`: a worker in Hong Kong, her family, a cooperative and a fund, in two months."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import click
from sqlalchemy.orm import Session

from api.commands import output
from api.commands.bilingual import command
from api.commands.changes import changes
from api.commands.deployment import Deployment
from api.commands.outcome_words import sentence
from api.commands.verify import conclusion
from api.demo.story import story
from api.demo.telling import Happened, tell
from api.logs import Event
from ledger.errors import Refused, Wording
from ledger.journal.verify import verify
from ledger.reports import balances, lists, queries, statement, trial_balance, words
from ledger.reports.figures import ExchangeFigures, JournalEntry
from ledger.reports.report import Amount, Column, Kind, Report, Row
from ledger.reports.statement import Order, Span
from ledger.reports.trial_balance import AsOf
from ledger.reports.writing import with_currency, written

SITI: Final = "demo/siti"
FUND: Final = "demo-dana/dana"
COOPERATIVE: Final = "demo-koperasi/koperasi"
OCTOBER: Final = Span(date(2026, 10, 1), date(2026, 10, 31))


@dataclass(eq=False)
class BooksInTheWay(Refused):
    """The database has books of its own; a demonstration does not belong beside them."""

    code = "books_in_the_way"
    wording = Wording(
        "Basis data ini sudah berisi buku {book}.", "This database has a book {book} already."
    )
    hint = Wording(
        "Pakai basis data lain: juang --db sqlite:///coba.db demo",
        "Use another database: juang --db sqlite:///try.db demo",
    )
    book: str


@command(
    "demo",
    id="Coba dengan data contoh.\n\n"
    "Membuka empat buku (seorang pekerja di Hong Kong, keluarganya, koperasi, dana), "
    "membukukan dua bulan, lalu menampilkan hasilnya. Mengulang tidak mengubah apa-apa.",
    en="Try it out on a small demonstration.\n\n"
    "Opens four books (a worker in Hong Kong, her family, a cooperative, a fund), posts two "
    "months, and shows the result. Repeating it changes nothing.",
)
@click.pass_obj
@changes(Event.DEMO_TOLD)
def demo_command(deployment: Deployment) -> None:
    """Tell the story and show the books."""
    sessions = deployment.sessions(texts=True)
    with deployment.reading() as session:
        _refuse_real_books(session)
    stage = _Stage(deployment)
    stage.say(_INTRODUCTION)
    click.echo()
    happened = list(tell(sessions))
    stage.say(_counted(happened))
    stage.heading(Wording("Yang terjadi, antara lain", "What happened, among other things"))
    stage.show(_highlights(happened))
    with deployment.reading() as session:
        _show_books(session, stage, deployment)
        stage.heading(Wording("Pemeriksaan", "Verification"))
        found = verify(session)
        click.secho(stage.text(conclusion(found)), fg="green" if found.clean else "red")
    stage.heading(Wording("Coba lanjutkan", "What to try next"))
    for line in _NEXT:
        click.echo(f"  {line}")


def _refuse_real_books(session: Session) -> None:
    own = {book["path"] for book in story()["books"]}
    for book in queries.books(session):
        if book.path not in own and not book.path.startswith("demo"):
            raise BooksInTheWay(book.path)


_INTRODUCTION: Final = Wording(
    "Siti bekerja di Hong Kong. Setiap bulan ia menerima gaji setelah potongan, mengirim uang ke "
    "keluarganya di Maros, dan menabung. Sebuah koperasi dan dana zakat ikut serta.",
    "Siti works in Hong Kong. Each month she is paid after deductions, sends money to her "
    "family in Maros, and saves. A cooperative and a zakat fund play their parts.",
)

_NEXT: Final = (
    "juang accounts demo/siti --tree",
    "juang entries demo/siti --limit 5",
    "juang balance demo/siti --on 2026-09-30",
    "juang statement demo/siti assets:bank --order booked",
    "juang trial-balance --all",
    "juang --help",
)


@dataclass(frozen=True, slots=True)
class _Stage:
    """Where the demonstration speaks: a terminal, or a file."""

    deployment: Deployment

    def text(self, wording: Wording) -> str:
        return wording.in_language(self.deployment.language)

    def say(self, wording: Wording) -> None:
        """Say something in a paragraph."""
        width = output.page(sys.stdout) or 100
        click.echo(click.wrap_text(self.text(wording), min(width, 100)))

    def heading(self, wording: Wording) -> None:
        """Begin a part."""
        width = output.page(sys.stdout) or 100
        text = f"── {self.text(wording)} "
        click.echo()
        click.secho(text + "─" * (min(width, 100) - len(text)), fg="cyan", bold=True)

    def show(self, report: Report) -> None:
        """Show a report under the heading it has here."""
        output.show(replace(report, title=None), "text", self.deployment.language)


def _counted(happened: list[Happened]) -> Wording:
    counts = Counter(str(each.outcome.code) for each in happened if each.outcome)
    posted, known = counts.pop("posted", 0), counts.pop("exists", 0)
    refused = counts.total()
    if known:
        return Wording(
            f"{known} entri sudah ada dari percobaan sebelumnya, {refused} tetap ditolak.",
            f"{known} entries are there from an earlier run, {refused} are still refused.",
        )
    return Wording(
        f"{posted} entri dibukukan dalam empat buku, {refused} ditolak dengan alasan.",
        f"{posted} entries posted in four books, {refused} refused with a reason.",
    )


def _highlights(happened: list[Happened]) -> Report:
    """List what is worth looking at."""
    return Report(
        name="demo",
        title=Wording("Yang terjadi", "What happened"),
        columns=(
            Column("date", words.DATE),
            Column("answer", Wording("Jawaban", "Answer")),
            Column("what", Wording("Peristiwa", "Event"), flexes=True),
        ),
        rows=[row for each in happened for row in _highlight(each)],
    )


def _highlight(each: Happened) -> Iterator[Row]:
    if each.step.headline is None:
        return
    answer, reason = Wording("✔ ditutup", "✔ closed"), None
    if each.outcome is not None and each.outcome.accepted:
        answer = Wording(*[f"✔ #{each.outcome.seq}"] * 2)
    elif each.outcome is not None:
        answer, reason = Wording("✘ ditolak", "✘ refused"), sentence(each.outcome.code)
    yield Row(
        {
            "date": each.step.at.date(),
            "what": each.step.headline,
            "answer": answer,
        }
    )
    if reason is not None:
        yield Row({"what": reason}, Kind.DETAIL, 1)


def _show_books(session: Session, stage: _Stage, deployment: Deployment) -> None:
    """Show the books, and what is in them."""
    now, as_of = deployment.now(), AsOf()
    stage.heading(Wording("Buku", "Books"))
    stage.show(lists.books(queries.books(session)))

    siti = queries.book(session, SITI)
    stage.heading(Wording("Saldo Siti", "Siti's balances"))
    accounts = queries.accounts(session, siti, moment=now)
    nets = queries.nets_of(session, siti, accounts, as_of)
    stage.show(balances.tree(siti, accounts, nets, as_of))

    stage.heading(Wording("Biaya kiriman yang sebenarnya", "What the remittances really cost"))
    stage.show(_remittances(queries.entries(session, siti, limit=10_000)))

    stage.heading(Wording("Rekening bank Siti, Oktober", "Siti's bank account, October"))
    bank = queries.account(session, siti, "assets:bank")
    opening, lines, closing = queries.statement(session, siti, bank, OCTOBER, Order.DATE)
    stage.show(
        statement.report(
            siti, bank, OCTOBER, Order.DATE, opening=opening, found=lines, closing=closing
        )
    )
    for heading, path in (
        (Wording("Neraca saldo koperasi", "The cooperative's trial balance"), COOPERATIVE),
        (Wording("Neraca saldo dana terikat", "The funds' trial balance"), FUND),
    ):
        stage.heading(heading)
        book = queries.book(session, path)
        accounts = queries.accounts(session, book)
        nets = queries.nets_of(session, book, accounts, as_of)
        stage.show(trial_balance.report(book, accounts, nets, as_of)[0])


def _remittances(found: Iterable[JournalEntry]) -> Report:
    """Say what each remittance really cost: the fee, and the margin hidden in the rate."""
    return Report(
        name="remittances",
        title=Wording("Biaya kiriman", "Cost of remittances"),
        columns=(
            Column("date", words.DATE),
            Column("sent", Wording("Dikirim", "Sent"), right=True),
            Column("received", Wording("Diterima", "Received"), right=True),
            Column("fee", Wording("Biaya", "Fee"), right=True),
            Column("margin", Wording("Selisih kurs", "Rate margin"), right=True),
            Column("cost", Wording("Seluruhnya", "In all"), right=True),
        ),
        rows=[_cost(journal, journal.exchange) for journal in found if journal.exchange],
    )


def _cost(journal: JournalEntry, exchange: ExchangeFigures) -> Row:
    assert exchange.mid_rate is not None
    sold, bought = exchange.sold, exchange.bought
    # Both currencies have two places, so minor units compare as whole ones do.
    margin = sold.minor - bought.minor / exchange.mid_rate
    fee = sum(line.amount for line in journal.lines if line.code == "expenses:remittance:fee")
    percent = ((margin + fee) / sold.minor * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    hidden = Amount(int(margin.quantize(Decimal(1), ROUND_HALF_UP)), sold.currency)
    return Row(
        {
            "date": journal.entry.effective_date,
            "sent": _in_both(sold),
            "received": _in_both(bought),
            "fee": _in_both(Amount(fee, sold.currency)),
            "margin": _in_both(hidden),
            "cost": Wording(*(f"{written(percent, language)} %" for language in ("id", "en"))),
        }
    )


def _in_both(value: Amount) -> Wording:
    return Wording(with_currency(value, "id"), with_currency(value, "en"))
