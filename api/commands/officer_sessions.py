"""`juang session list | revoke | prune`."""

import click

from api.commands import output
from api.commands.bilingual import Usage, command, group, option
from api.commands.changes import changes
from api.commands.coming_in import find_officer
from api.commands.deployment import Deployment
from api.commands.officers import officer_argument
from api.commands.parameters import NAME, NUMBER, format_option
from api.logs import Event
from ledger.access import operations, queries
from ledger.books.queries import find_tenant
from ledger.errors import Wording
from ledger.reports.report import Column, Report, Row

session_command = group(
    "session", id="Sesi petugas yang terbuka.", en="List and end sessions of officers."
)


@command("list", id="Sesi yang terbuka.", en="List open sessions.")
@officer_argument
@format_option
@click.pass_obj
def list_command(deployment: Deployment, path: str, form: str) -> None:
    """List open sessions."""
    with deployment.reading() as session:
        tenant, officer = find_officer(session, path)
        found = queries.sessions(session, tenant.id, officer.id, deployment.now())
        report = Report(
            name="sessions",
            title=Wording("Sesi", "Sessions"),
            columns=(
                Column("no", Wording("No.", "No."), right=True),
                Column("opened_at", Wording("Dibuka", "Opened")),
                Column("seen_at", Wording("Terakhir", "Last seen")),
                Column("ends_at", Wording("Berakhir", "Ends"), gives_way=True),
                Column("agent", Wording("Perangkat", "Device"), flexes=True),
            ),
            rows=[
                Row(
                    {
                        "no": each.no,
                        "opened_at": each.opened_at,
                        "seen_at": each.seen_at,
                        "ends_at": each.ends_at,
                        "agent": each.agent,
                    }
                )
                for each in found
            ],
        )
        output.show(report, form, deployment.language)


@command("revoke", id="Akhiri satu sesi, atau semuanya.", en="End one session, or all of them.")
@officer_argument
@click.argument("no", metavar="[NO]", type=NUMBER, required=False)
@option("--all", "whole", is_flag=True, id="Semua sesi.", en="All sessions.")
@click.pass_obj
@changes(Event.SESSION_ENDED)
def revoke_command(deployment: Deployment, path: str, no: int | None, whole: bool) -> None:  # noqa: FBT001
    """End sessions."""
    if (no is None) is not whole:
        raise Usage(Wording("Sebutkan satu sesi, atau --all.", "Name one session, or say --all."))
    now, actor = deployment.now(), deployment.actor
    with deployment.sessions(make=False).begin() as session:
        tenant, officer = find_officer(session, path)
        if no is None:
            count = operations.revoke_all(
                session, tenant.id, officer.id, actor=actor, recorded_at=now
            )
        else:
            count = 1
            operations.revoke(session, tenant.id, officer.id, no, actor=actor, recorded_at=now)
    deployment.say(Wording(f"{path}: {count} sesi diakhiri.", f"{path}: {count} sessions ended."))


@command(
    "prune",
    id="Lupakan perangkat lama dan hitungan salah masuk yang lewat masa simpannya.",
    en="Forget old devices and counts of wrong attempts that are past their retention.",
)
@click.argument("tenant", metavar="TENANT", type=NAME)
@click.pass_obj
@changes(Event.SIGN_INS_PRUNED)
def prune_command(deployment: Deployment, tenant: str) -> None:
    """Delete by short transactions, until nothing is due."""
    make, now = deployment.sessions(make=False), deployment.now()
    devices = attempts = 0
    while True:
        with make.begin() as session:
            found = find_tenant(session, tenant)
            done = operations.prune(session, found.id, at=now)
        devices, attempts = devices + done.known_devices, attempts + done.wrong_attempts
        if not any(done):
            break
    deployment.say(
        Wording(
            f"{devices} perangkat dan {attempts} hitungan salah masuk dilupakan.",
            f"{devices} devices and {attempts} counts of wrong attempts forgotten.",
        )
    )


session_command.add_command(prune_command)
session_command.add_command(list_command)
session_command.add_command(revoke_command)
