"""`juang db migrate | copy | roles`."""

import click

from api.commands.bilingual import command, group
from api.commands.changes import changes
from api.commands.deployment import Deployment, newest_revision
from api.commands.passing import passing
from api.commands.roles import roles_command
from api.commands.verify import conclusion, show_differences
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


@command(
    "copy",
    id="Salin semua buku ke basis data lain yang kosong.\n\n"
    "Dari SQLite ke PostgreSQL atau sebaliknya, dibandingkan baris demi baris dan diperiksa; "
    "semuanya, atau tidak sama sekali. Kunci induknya tetap yang sama.",
    en="Copy all books to another database, an empty one.\n\n"
    "From SQLite to PostgreSQL or back, compared row by row and verified; all of it, or nothing. "
    "The master key stays the same.",
)
@click.argument("url", metavar="URL")
@click.pass_context
@changes(Event.DATABASE_COPIED)
def copy_command(ctx: click.Context, url: str) -> None:
    """Copy the database."""
    from api.operating import copying

    deployment = ctx.find_object(Deployment)
    assert deployment is not None
    source = deployment.engine()
    other = Deployment(url, deployment.key_path, deployment.language)
    ctx.call_on_close(other.close)
    ring = None if deployment.key_path is None else deployment.keyring_of(deployment.key_path)
    with passing(deployment) as tell:
        copied = copying.copy(source, other.prepared(), ring, passed=tell)
    show_differences(copied.found, {}, deployment)
    click.echo(conclusion(copied.found).in_language(deployment.language))
    said = Wording(
        f"Disalin. Kunci induknya tetap: --key-file {deployment.key_path}",
        f"Copied. The master key stays the same: --key-file {deployment.key_path}",
    )
    if not copied.kept:
        said = Wording("Tidak ada yang disimpan.", "Nothing was kept.")
    click.echo(said.in_language(deployment.language))
    if not copied.kept:
        ctx.exit(1)


db_command.add_command(migrate_command)
db_command.add_command(roles_command)
db_command.add_command(copy_command)
