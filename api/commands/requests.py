"""`juang request open | list | done | refuse | lift | archive | looks`."""

from datetime import datetime
from pathlib import Path

import click

from api.commands import looking, output, whose
from api.commands.bilingual import command, group, option
from api.commands.changes import changes
from api.commands.deployment import Deployment
from api.commands.exports import opened
from api.commands.parameters import (
    INSTANT,
    NAME,
    NUMBER,
    Text,
    format_option,
    means_option,
    person_argument,
    tenant_argument,
)
from api.logs import Event
from ledger.access.actions import Action
from ledger.consents import operations, queries
from ledger.consents.answers import Means
from ledger.consents.operations import RequestKind
from ledger.consents.tables import AccessLog
from ledger.consents.trail import purposes
from ledger.errors import Wording
from ledger.exports.operations import write_archive
from ledger.reports.report import Column, Report, Row, Shown

request_command = group(
    "request", id="Permintaan orang atas datanya.", en="What persons ask for about their data."
)
no_argument = click.argument("no", metavar="NO", type=NUMBER)


@command(
    "open",
    id="Catat permintaan; batas waktunya mulai saat diterima.\n\n"
    "Pembatasan berlaku seketika. Keberatan langsung menghentikan hitungan risiko.",
    en="Register a request; its clock runs from when it came in.\n\n"
    "A restriction holds at once. An objection ends scoring at once.",
)
@person_argument
@click.argument("kind", metavar="KIND", type=click.Choice([kind.value for kind in RequestKind]))
@option("--about", type=Text(64), id="Bagian data, satu kata.", en="Which data, in a word.")
@means_option
@option(
    "--received", type=INSTANT, id="Kapan diterima; sekarang bila kosong.", en="When it came in."
)
@click.pass_obj
@changes(Event.REQUEST_CHANGED, "opened")
def open_command(
    deployment: Deployment,
    person: str,
    kind: str,
    about: str | None,
    means: str,
    received: datetime | None,
) -> None:
    """Register a request."""
    with deployment.sessions(make=False).begin() as session:
        tenant, who = whose.person(session, person)
        made = operations.register_request(
            session,
            tenant,
            who,
            RequestKind(kind),
            about=about,
            means=Means(means),
            received_at=received,
            actor=deployment.actor,
            recorded_at=deployment.now(),
        )
        no, due, source = made.no, made.due_at, made.source
    by = f"{due:%Y-%m-%d %H:%M}Z"
    deployment.say(
        Wording(
            f"{person}: permintaan nomor {no}, paling lambat {by} ({source}).",
            f"{person}: request number {no}, due by {by} ({source}).",
        )
    )


@command(
    "list",
    id="Permintaan yang belum dijawab, yang paling mendesak lebih dulu.",
    en="List requests not yet answered, the most pressing first.",
)
@tenant_argument
@option("--overdue", is_flag=True, id="Hanya yang terlambat.", en="Only those overdue.")
@format_option
@click.pass_obj
def list_command(deployment: Deployment, tenant: str, form: str, *, overdue: bool) -> None:
    """List open requests."""
    now = deployment.now()
    with deployment.reading() as session:
        operator = whose.tenant(session, tenant)
        found = queries.waiting(session, operator, due_before=now if overdue else None, limit=1000)
        refs = queries.refs(session, operator, [row.person_id for row in found])
    report = Report(
        name="requests",
        title=Wording("Permintaan terbuka", "Open requests"),
        columns=(
            Column("person", Wording("Orang", "Person"), flexes=True),
            Column("no", Wording("No.", "No."), right=True),
            Column("kind", Wording("Jenis", "Kind")),
            Column("about", Wording("Tentang", "About"), optional=True),
            Column("received", Wording("Diterima", "Received"), gives_way=True),
            Column("due", Wording("Batas", "Due")),
            Column("overdue", Wording("Terlambat", "Overdue")),
            Column("source", Wording("Dasar", "Source"), shown=Shown.DATA),
        ),
        rows=[
            Row(
                {
                    "person": refs[row.person_id],
                    "no": row.no,
                    "kind": row.kind,
                    "about": row.about,
                    "received": row.received_at,
                    "due": row.due_at,
                    "overdue": row.due_at < now,
                    "source": row.source,
                }
            )
            for row in found
        ],
    )
    output.show(report, form, deployment.language)


@command("done", id="Permintaan sudah dipenuhi.", en="Say that a request is done.")
@person_argument
@no_argument
@click.pass_obj
@changes(Event.REQUEST_CHANGED, "done")
def done_command(deployment: Deployment, person: str, no: int) -> None:
    """Complete a request."""
    with deployment.sessions(make=False).begin() as session:
        tenant, who = whose.person(session, person)
        operations.complete_request(
            session, tenant, who, no, actor=deployment.actor, recorded_at=deployment.now()
        )
    deployment.say(
        Wording(f"{person}: permintaan {no} selesai.", f"{person}: request {no} is done.")
    )


@command(
    "refuse",
    id="Tolak permintaan, dengan alasan dari undang-undang.",
    en="Refuse a request, on a ground the law gives.",
)
@person_argument
@no_argument
@click.argument("ground", metavar="GROUND", type=NAME)
@click.pass_obj
@changes(Event.REQUEST_CHANGED, "refused")
def refuse_command(deployment: Deployment, person: str, no: int, ground: str) -> None:
    """Refuse a request."""
    with deployment.sessions(make=False).begin() as session:
        tenant, who = whose.person(session, person)
        operations.refuse_request(
            session, tenant, who, no, ground, actor=deployment.actor, recorded_at=deployment.now()
        )
    deployment.say(
        Wording(f"{person}: permintaan {no} ditolak.", f"{person}: request {no} is refused.")
    )


@command(
    "lift",
    id="Ia mencabut pembatasan atau keberatannya.",
    en="She takes a restriction or an objection back.",
)
@person_argument
@click.argument("kind", metavar="KIND", type=click.Choice(["restriction", "objection"]))
@click.pass_obj
@changes(Event.REQUEST_CHANGED, "lifted")
def lift_command(deployment: Deployment, person: str, kind: str) -> None:
    """Lift a stop."""
    with deployment.sessions(make=False).begin() as session:
        tenant, who = whose.person(session, person)
        operations.lift(
            session,
            tenant,
            who,
            RequestKind(kind),
            actor=deployment.actor,
            recorded_at=deployment.now(),
        )
    deployment.say(Wording(f"{person}: {kind} dicabut.", f"{person}: {kind} is lifted."))


@command(
    "archive",
    id="Tulis semua data seseorang, untuk diberikan kepadanya.\n\n"
    "Satu berkas JSON. Pembuatannya tercatat sebagai akses; berikan hanya kepada orangnya.",
    en="Write all that is held of a person, to be handed to her.\n\n"
    "One JSON file. Making it is noted as a look at her data; hand it to nobody else.",
)
@person_argument
@option(
    "-o",
    "--output",
    "path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    id="Berkas tujuan; keluaran baku bila kosong.",
    en="File to write; the standard output by default.",
)
@click.pass_obj
@changes(Event.PERSON_SEEN, "archived")
def archive_command(deployment: Deployment, person: str, path: Path | None) -> None:
    """Write her archive."""
    now = deployment.now()
    with deployment.sessions(make=False).begin() as session:
        tenant, who = whose.person(session, person)
        looking.note(session, deployment, tenant, [who], "archive", "data_request")
    with deployment.reading() as session, opened(path) as out:
        write_archive(session, tenant, who, out.write, made_at=now)


@command(
    "looks",
    id="Siapa yang melihat data seseorang.\n\n"
    "Yang dapat membahayakannya tidak tampak, kecuali dengan --all: jangan di layarnya.",
    en="Show who looked at a person's data.\n\n"
    "What could endanger her is left out, unless --all is given: never on her screen.",
)
@person_argument
@option("--all", "whole", is_flag=True, id="Untuk pengawas: semuanya.", en="For a supervisor: all.")
@option(
    "--limit",
    type=NUMBER,
    default=100,
    show_default=True,
    id="Paling banyak.",
    en="At most this many.",
)
@format_option
@click.pass_obj
def looks_command(
    deployment: Deployment, person: str, limit: int, form: str, *, whole: bool
) -> None:
    """Show looks."""
    if deployment.acting is not None:
        deployment.action = Action.AUDIT_LOG_SEE if whole else Action.ACCESS_LOG_SEE
    with deployment.reading() as session:
        tenant, who = whose.person(session, person)
        read = queries.whole if whole else queries.hers
        found = read(session, tenant, who, limit=min(limit, 10_000))
    columns = [
        Column("at", Wording("Waktu", "When")),
        Column("actor", Wording("Siapa", "Who")),
        Column("role", Wording("Peran", "Role"), gives_way=True),
        Column("what", Wording("Apa", "What")),
        Column("purpose", Wording("Tujuan", "Purpose"), shown=Shown.DATA),
        Column("why", Wording("Untuk apa", "What for"), flexes=True, shown=Shown.TEXT),
        Column("book", Wording("Buku", "Book"), shown=Shown.DATA),
    ]
    if whole:
        columns.append(Column("withheld", Wording("Ditahan", "Withheld"), optional=True))
    report = Report(
        name="looks",
        title=Wording("Siapa yang melihat", "Who looked"),
        columns=tuple(columns),
        rows=[_look(row) for row in found],
    )
    output.show(report, form, deployment.language)


def _look(row: AccessLog) -> Row:
    return Row(
        {
            "at": row.recorded_at,
            "actor": row.actor,
            "role": row.role,
            "what": row.kind,
            "purpose": row.purpose,
            "why": purposes()[row.purpose].says,
            "book": None if row.book_id is None else str(row.book_id),
            "withheld": row.withheld,
        }
    )


for each in (
    open_command,
    list_command,
    done_command,
    refuse_command,
    lift_command,
    archive_command,
    looks_command,
):
    request_command.add_command(each)
