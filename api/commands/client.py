"""`juang client add | list | revoke`: keys for the back ends of integrators."""

import secrets

import click

from api.commands import output
from api.commands.bilingual import command, group
from api.commands.changes import changes
from api.commands.deployment import Deployment
from api.commands.parameters import NAME, format_option
from api.logs import Event
from ledger.apps import operations, queries, tokens
from ledger.apps.tables import AppClient
from ledger.books import queries as books
from ledger.errors import Wording
from ledger.reports.report import Cells, Column, Report, Row

client_command = group(
    "client",
    id="Kunci untuk sistem belakang integrator.",
    en="Keys for the back ends of integrators.",
)
tenant_argument = click.argument("tenant", metavar="TENANT", type=NAME)
name_argument = click.argument("name", metavar="NAME", type=NAME)


@command(
    "add",
    id="Tambah klien dan tampilkan kuncinya, sekali saja.\n\n"
    "Yang disimpan hanya hash-nya. Dengan kunci ini sistem belakang membuat kode aktivasi untuk "
    "ponsel pengguna (docs/http.md).",
    en="Add a client and show its key, this once.\n\n"
    "Only a hash of it is kept. By this key a back end makes activation codes for its users' "
    "phones (docs/http.md).",
)
@tenant_argument
@name_argument
@click.pass_obj
@changes(Event.CLIENT_CHANGED, "added")
def add_command(deployment: Deployment, tenant: str, name: str) -> None:
    """Add a client."""
    key = tokens.ClientKey(secrets.token_bytes(tokens.SECRET_BYTES))
    with deployment.sessions(make=False).begin() as session:
        operations.add_client(
            session,
            books.find_tenant(session, tenant).id,
            name,
            key,
            actor=deployment.actor,
            recorded_at=deployment.now(),
        )
    deployment.say(
        Wording(
            f"Klien {tenant}/{name}. Simpan kuncinya sekarang; tidak ditampilkan lagi:",
            f"Client {tenant}/{name}. Keep its key now; it is not shown again:",
        )
    )
    click.echo(key.text)


@command("list", id="Daftar klien.", en="List the clients.")
@tenant_argument
@format_option
@click.pass_obj
def list_command(deployment: Deployment, tenant: str, form: str) -> None:
    """List the clients of a tenant."""
    with deployment.sessions(make=False)() as session:
        found = queries.clients(session, books.find_tenant(session, tenant).id)
        output.show(_report(found), form, deployment.language)


@command(
    "revoke",
    id="Cabut kunci klien, seketika. Ponsel yang sudah masuk tetap masuk.",
    en="Revoke a client's key at once. Phones that are in stay in.",
)
@tenant_argument
@name_argument
@click.pass_obj
@changes(Event.CLIENT_CHANGED, "revoked")
def revoke_command(deployment: Deployment, tenant: str, name: str) -> None:
    """Revoke a client's key."""
    with deployment.sessions(make=False).begin() as session:
        operations.revoke_client(
            session,
            books.find_tenant(session, tenant).id,
            name,
            actor=deployment.actor,
            recorded_at=deployment.now(),
        )
    deployment.say(
        Wording(f"Kunci {tenant}/{name} dicabut.", f"The key of {tenant}/{name} is revoked.")
    )


def _report(found: list[AppClient]) -> Report:
    def cells(row: AppClient) -> Cells:
        return {
            "name": row.name,
            "added": row.added_at.date(),
            "by": row.added_by,
            "revoked": None if row.revoked_at is None else row.revoked_at.date(),
        }

    return Report(
        name="clients",
        title=Wording("Klien", "Clients"),
        columns=(
            Column("name", Wording("Nama", "Name"), flexes=True),
            Column("added", Wording("Ditambah", "Added")),
            Column("by", Wording("Oleh", "By")),
            Column("revoked", Wording("Dicabut", "Revoked")),
        ),
        rows=[Row(cells(row)) for row in found],
    )


for each in (add_command, list_command, revoke_command):
    client_command.add_command(each)
