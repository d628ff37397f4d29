"""`juang breach affected | report | widen | list | notices | sent`."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TypeVar

import click
from sqlalchemy.orm import Session

from api.commands import output, whose
from api.commands.bilingual import Usage, command, group, option
from api.commands.changes import changes
from api.commands.deployment import Deployment
from api.commands.parameters import INSTANT, NAME, NUMBER, Text, format_option, tenant_argument
from api.logs import Event
from ledger.books.queries import find_book
from ledger.consents import operations, queries
from ledger.consents.queries import Scope
from ledger.consents.tables import NOBODY
from ledger.errors import Wording
from ledger.exports.queries import CONTRIBUTORS
from ledger.reports.report import Column, Fact, Report, Row, Shown

F = TypeVar("F", bound=Callable[..., Any])

breach_command = group("breach", id="Kebocoran data pribadi.", en="Breaches of personal data.")
PERSON: Final = Wording("Orang", "Person")
AGENCY: Final = Wording("(lembaga)", "(agency)")
_WHOM: Final = Wording("Sebut orang, --agency, atau --all.", "Name persons, --agency, or --all.")


def _scope_options(function: F) -> F:
    """Say what a breach reached, and when."""
    for add in (
        option("--until", type=INSTANT, required=True, id="Berakhir sebelum.", en="Ended before."),
        option("--from", "since", type=INSTANT, required=True, id="Mulai.", en="Began."),
    ):
        function = add(function)
    return _reach_options(function)


def _reach_options(function: F) -> F:
    """Say what a breach reached."""
    for add in (
        option(
            "--written",
            is_flag=True,
            id="Hanya yang ditulis selama itu, bukan semua yang terbuka.",
            en="Only what was written meanwhile, not all that lay open.",
        ),
        option("--table", "tables", type=NAME, multiple=True, id="Tabel.", en="A table."),
        option("--book", "books", type=NAME, multiple=True, id="Buku.", en="A book."),
    ):
        function = add(function)
    return function


def _scopes(
    session: Session, books: tuple[str, ...], tables: tuple[str, ...], *, written: bool
) -> list[Scope]:
    """Give each table of each book; of no book all, of no table the books whole."""
    ids: list[int | None] = [find_book(session, name).id for name in books] or [None]
    return [
        Scope(book=book, table=table, written=written)
        for book in ids
        for table in (tables or (None,))
    ]


@command(
    "affected",
    id="Siapa yang terkena.\n\nTanpa --book dan --table: semua orang pengelola itu.",
    en="List whom a breach affects.\n\nWithout --book and --table: everybody of the tenant.",
)
@tenant_argument
@_scope_options
@format_option
@click.pass_obj
def affected_command(
    deployment: Deployment,
    tenant: str,
    books: tuple[str, ...],
    tables: tuple[str, ...],
    since: datetime,
    until: datetime,
    form: str,
    *,
    written: bool,
) -> None:
    """List whom a breach affects."""
    with deployment.reading() as session:
        operator = whose.tenant(session, tenant)
        scopes = _scopes(session, books, tables, written=written)
        found = queries.affected(session, operator, CONTRIBUTORS, scopes, since, until)
        refs = queries.refs(session, operator, found)
    report = Report(
        name="affected",
        title=Wording("Orang yang terkena", "Persons affected"),
        facts=(Fact("persons", len(found), Wording("Orang", "Persons")),),
        columns=(
            Column("person", PERSON, flexes=True),
            Column("id", Wording("Id", "Id"), shown=Shown.DATA),
        ),
        rows=[Row({"person": refs[each], "id": str(each)}) for each in found],
    )
    output.show(report, form, deployment.language)


@command(
    "report",
    id="Daftarkan kebocoran dan catat siapa yang harus diberi tahu.\n\n"
    "Pemberitahuan tertulis berisi --what, --data dan --remedy: jangan menyebut orang.",
    en="Register a breach, and who must be notified of it.\n\n"
    "The written notice says --what, --data and --remedy: name no person there.",
)
@tenant_argument
@option("--what", type=Text(300), required=True, id="Apa yang terjadi.", en="What happened.")
@option("--data", type=Text(300), required=True, id="Data apa.", en="Which data.")
@option("--remedy", type=Text(300), required=True, id="Penanganannya.", en="What is done about it.")
@_scope_options
@option(
    "--known", type=INSTANT, id="Kapan diketahui; sekarang bila kosong.", en="When it was known."
)
@click.pass_obj
@changes(Event.BREACH_CHANGED, "reported")
def report_command(
    deployment: Deployment,
    tenant: str,
    what: str,
    data: str,
    remedy: str,
    books: tuple[str, ...],
    tables: tuple[str, ...],
    since: datetime,
    until: datetime,
    known: datetime | None,
    *,
    written: bool,
) -> None:
    """Register a breach."""
    now = deployment.now()
    told = operations.Told(
        what=what,
        data=data,
        remedy=remedy,
        occurred_from=since,
        occurred_until=until,
        known_at=known or now,
    )
    with deployment.sessions(make=False).begin() as session:
        operator = whose.tenant(session, tenant)
        scopes = _scopes(session, books, tables, written=written)
        no = operations.report_breach(
            session, operator, told, scopes, CONTRIBUTORS, actor=deployment.actor, recorded_at=now
        )
        count = len(queries.owed_persons(session, operator, no)) - 1
        due = f"{queries.breach(session, operator, no).due_at:%Y-%m-%d %H:%M}Z"
    deployment.say(
        Wording(
            f"Kebocoran nomor {no}: paling lambat {due} beri tahu lembaga, dan orang: {count}.",
            f"Breach number {no}: by {due}, notify the agency, and persons: {count}.",
        )
    )


@command(
    "widen",
    id="Perluas kebocoran yang ternyata mengenai lebih banyak data.\n\n"
    "NO dari `breach list`; waktunya tetap. Batas pemberitahuan ikut yang pertama.",
    en="Widen a breach that turns out to have reached more.\n\n"
    "NO is that of `breach list`; its times stay. The new notices are due when the first are.",
)
@tenant_argument
@click.argument("no", metavar="NO", type=NUMBER)
@_reach_options
@click.pass_obj
@changes(Event.BREACH_CHANGED, "widened")
def widen_command(
    deployment: Deployment,
    tenant: str,
    no: int,
    books: tuple[str, ...],
    tables: tuple[str, ...],
    *,
    written: bool,
) -> None:
    """Widen a breach."""
    with deployment.sessions(make=False).begin() as session:
        operator = whose.tenant(session, tenant)
        scopes = _scopes(session, books, tables, written=written)
        more = operations.widen_breach(session, operator, no, scopes, CONTRIBUTORS)
        due = f"{queries.breach(session, operator, no).due_at:%Y-%m-%d %H:%M}Z"
    deployment.say(
        Wording(
            f"Kebocoran nomor {no}: {more} orang lagi harus diberi tahu, paling lambat {due}.",
            f"Breach number {no}: {more} more persons to notify, by {due}.",
        )
    )


@command("list", id="Daftar kebocoran.", en="List the breaches.")
@tenant_argument
@format_option
@click.pass_obj
def list_command(deployment: Deployment, tenant: str, form: str) -> None:
    """List breaches."""
    with deployment.reading() as session:
        found = queries.reported(session, whose.tenant(session, tenant))
    report = Report(
        name="breaches",
        title=Wording("Kebocoran data", "Breaches"),
        columns=(
            Column("no", Wording("No.", "No."), right=True),
            Column("what", Wording("Apa", "What"), flexes=True),
            Column("data", Wording("Data", "Data"), shown=Shown.DATA),
            Column("remedy", Wording("Penanganan", "Remedy"), shown=Shown.DATA),
            Column("known", Wording("Diketahui", "Known")),
            Column("due", Wording("Batas", "Due")),
            Column("source", Wording("Dasar", "Source"), shown=Shown.DATA),
        ),
        rows=[
            Row(
                {
                    "no": row.no,
                    "what": row.what,
                    "data": row.data,
                    "remedy": row.remedy,
                    "known": row.known_at,
                    "due": row.due_at,
                    "source": row.source,
                }
            )
            for row in found
        ],
    )
    output.show(report, form, deployment.language)


@command("notices", id="Pemberitahuan yang belum dikirim.", en="List notices not sent yet.")
@tenant_argument
@option("--overdue", is_flag=True, id="Hanya yang terlambat.", en="Only those overdue.")
@format_option
@click.pass_obj
def notices_command(deployment: Deployment, tenant: str, form: str, *, overdue: bool) -> None:
    """List notices that are owed."""
    now = deployment.now()
    with deployment.reading() as session:
        operator = whose.tenant(session, tenant)
        before = now if overdue else None
        found = queries.owed(session, operator, due_before=before, limit=100_000)
        refs = queries.refs(session, operator, [row.person_id for row in found])
    report = Report(
        name="notices",
        title=Wording("Pemberitahuan yang belum dikirim", "Notices to be sent"),
        columns=(
            Column("breach", Wording("No.", "No."), right=True),
            Column("person", PERSON, flexes=True),
            Column("agency", AGENCY, shown=Shown.DATA),
            Column("due", Wording("Batas", "Due")),
            Column("overdue", Wording("Terlambat", "Overdue")),
        ),
        rows=[
            Row(
                {
                    "breach": row.breach_no,
                    "person": refs.get(row.person_id, AGENCY),
                    "agency": row.person_id == NOBODY,
                    "due": row.due_at,
                    "overdue": row.due_at < now,
                }
            )
            for row in found
        ],
    )
    output.show(report, form, deployment.language)


@command(
    "sent",
    id="Tandai pemberitahuan sudah dikirim.\n\nPERSON adalah nama pendaftaran, tanpa tenant.",
    en="Mark notices as sent.\n\nPERSON is the reference alone, without the tenant.",
)
@tenant_argument
@click.argument("no", metavar="NO", type=NUMBER)
@click.argument("persons", metavar="[PERSON]...", type=NAME, nargs=-1)
@option("--agency", is_flag=True, id="Yang kepada lembaga.", en="That to the agency.")
@option("--all", "everybody", is_flag=True, id="Semuanya.", en="All of them.")
@option("--channel", type=Text(32), required=True, id="Lewat apa.", en="By what means.")
@click.pass_context
@changes(Event.BREACH_CHANGED, "notice_sent")
def sent_command(
    ctx: click.Context,
    tenant: str,
    no: int,
    persons: tuple[str, ...],
    channel: str,
    *,
    agency: bool,
    everybody: bool,
) -> None:
    """Mark notices as sent."""
    deployment = ctx.find_object(Deployment)
    assert deployment is not None
    if not (persons or agency or everybody):
        raise Usage(_WHOM, ctx)
    with deployment.sessions(make=False).begin() as session:
        operator = whose.tenant(session, tenant)
        chosen = [whose.person(session, f"{tenant}/{ref}")[1] for ref in persons]
        if agency:
            chosen.append(NOBODY)
        if everybody:
            chosen = queries.owed_persons(session, operator, no)
        count = operations.mark_sent(
            session,
            operator,
            no,
            chosen,
            channel=channel,
            actor=deployment.actor,
            sent_at=deployment.now(),
        )
    deployment.say(Wording(f"{count} ditandai terkirim.", f"{count} marked as sent."))


for each in (
    affected_command,
    report_command,
    widen_command,
    list_command,
    notices_command,
    sent_command,
):
    breach_command.add_command(each)
