"""`juang books`, `juang book open | owner`."""

import click

from api.commands import output
from api.commands.bilingual import command, group, option
from api.commands.changes import changes
from api.commands.deployment import Deployment
from api.commands.parameters import (
    NAME,
    NUMBER,
    Text,
    book_argument,
    format_option,
    person_argument,
)
from api.logs import Event
from ledger.books import operations
from ledger.books.classes import BookKind
from ledger.errors import Wording
from ledger.reports import lists, queries


@command(
    "books",
    id="Daftar buku.\n\nSetiap buku disebut TENANT/BUKU, atau BUKU saja bila hanya ada satu.",
    en="List the books.\n\nA book is named TENANT/BOOK, or BOOK alone where there is only one.",
)
@format_option
@click.pass_obj
def books_command(deployment: Deployment, form: str) -> None:
    """List the books."""
    with deployment.reading() as session:
        output.show(lists.books(queries.books(session)), form, deployment.language)


book_command = group("book", id="Buka buku.", en="Open a book.")


@command(
    "open",
    id="Buka sebuah buku.\n\n"
    "PATH adalah TENANT/BUKU: siapa yang mengelola buku itu, dan namanya yang tetap. Membuka "
    "lagi dengan pengaturan yang sama tidak mengubah apa-apa.",
    en="Open a book.\n\n"
    "PATH is TENANT/BOOK: who operates the book, and its lasting name. Opening it again with "
    "the same settings changes nothing.",
)
@click.argument("path", metavar="PATH", type=NAME)
@option(
    "--kind",
    type=click.Choice([kind.value for kind in BookKind]),
    default="household",
    show_default=True,
    id="Buku siapa.",
    en="Whose book it is.",
)
@option("--name", type=Text(200), id="Nama untuk dibaca orang.", en="A name for people.")
@option(
    "--currency",
    default="IDR",
    show_default=True,
    id="Mata uang dasar.",
    en="Base currency.",
)
@option(
    "--time-zone",
    default="Asia/Jakarta",
    show_default=True,
    id="Zona waktu pemiliknya.",
    en="Time zone of its owner.",
)
@option("--chart", id="Bagan akun; menurut --kind bila kosong.", en="Chart; by --kind if left out.")
@option(
    "--late",
    type=click.Choice(["refuse", "first_open_day"]),
    id="Entri untuk periode tertutup: ditolak, atau pindah ke hari terbuka pertama.",
    en="Entries for a closed period: refused, or moved to the first open day.",
)
@option(
    "--days-ahead",
    type=NUMBER,
    default=operations.DEFAULT_DAYS_AHEAD,
    show_default=True,
    id="Berapa hari ke depan tanggal boleh.",
    en="How many days ahead a date may lie.",
)
@click.pass_obj
@changes(Event.BOOK_OPENED)
def open_command(
    deployment: Deployment,
    path: str,
    kind: str,
    name: str | None,
    currency: str,
    time_zone: str,
    chart: str | None,
    late: str | None,
    days_ahead: int,
) -> None:
    """Open a book."""
    tenant, _, ref = path.rpartition("/")
    with deployment.sessions().begin() as session:
        operator = operations.open_tenant(session, tenant or "juang", name=tenant or "juang")
        deployment.facts["book"] = operations.open_book(
            session,
            tenant=operator,
            ref=ref,
            kind=BookKind(kind),
            name=name or ref,
            base_currency=currency,
            time_zone=time_zone,
            chart=chart or f"{kind}-1",
            opened_at=deployment.now(),
            late_policy=late,
            max_days_ahead=min(days_ahead, 32_767),
        )
    at = f"{tenant or 'juang'}/{ref}"
    deployment.say(Wording(f"Buku {at} terbuka.", f"Book {at} is open."))


@command(
    "owner",
    id="Katakan buku itu milik siapa.\n\n"
    "PERSON adalah TENANT/ORANG. Buku keluarga boleh dimiliki beberapa orang.",
    en="Say whose book it is.\n\n"
    "PERSON is TENANT/PERSON. A family's book may be owned by several persons.",
)
@book_argument
@person_argument
@option("--ended", is_flag=True, id="Bukan miliknya lagi.", en="It is hers no longer.")
@click.pass_obj
@changes(Event.BOOK_CHANGED, "owner")
def owner_command(deployment: Deployment, book: str, person: str, *, ended: bool) -> None:
    """Say whose book it is."""
    from api.commands import whose
    from ledger.consents import operations as consents

    with deployment.sessions(make=False).begin() as session:
        found = queries.book(session, book)
        tenant, who = whose.person(session, person)
        change = consents.end_ownership if ended else consents.own_book
        change(
            session,
            tenant,
            who,
            found.id,
            actor=deployment.actor,
            recorded_at=deployment.now(),
        )
    now = Wording("bukan milik", "is not owned by") if ended else Wording("milik", "is owned by")
    deployment.say(Wording(f"{found.path}: {now.id} {person}.", f"{found.path} {now.en} {person}."))


book_command.add_command(open_command)
book_command.add_command(owner_command)
