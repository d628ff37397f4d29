"""`juang db migrate | roles`."""

import click

from api.commands.bilingual import command, group
from api.commands.changes import changes
from api.commands.deployment import Deployment, newest_revision
from api.commands.roles import roles_command
from api.logs import Event
from ledger.errors import Wording

db_command = group("db", id="Rawat basis data.", en="Look after the database.")


@command(
    "migrate",
    id="Bawa skema basis data ke versi terbaru.",
    en="Bring the schema of the database to the newest version.",
)
@click.pass_obj
@changes(Event.SCHEMA_MIGRATED)
def migrate_command(deployment: Deployment) -> None:
    """Migrate the database."""
    deployment.migrate()
    now = deployment.facts["revision"] = newest_revision()
    deployment.say(Wording(f"Skema {now}, siap dipakai.", f"Schema {now}, ready for use."))


db_command.add_command(migrate_command)
db_command.add_command(roles_command)
