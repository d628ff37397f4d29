"""`juang keys show | check | rotate`: the master key, and what it opens."""

from pathlib import Path

import click

from api.commands import output
from api.commands.bilingual import command, group, option
from api.commands.changes import changes
from api.commands.deployment import Deployment
from api.commands.key_files import KeyFileNotFound
from api.commands.parameters import format_option
from api.logs import Event
from api.operating import key_rotation, master_key, sessions
from ledger.db.transfer.secrets import Secrets
from ledger.errors import Wording
from ledger.journal.keyring import Keyring, NoKeyring
from ledger.reports.report import Column, Ending, Fact, Note, Report, Row

keys_command = group(
    "keys", id="Periksa dan ganti kunci induk.", en="Check and replace the master key."
)


@command(
    "show",
    id="Tampilkan sidik kunci induk.\n\nSidik menyebut kunci tanpa membocorkannya.",
    en="Show the fingerprint of the master key.\n\nIt names the key and gives nothing of it away.",
)
@click.pass_obj
def show_command(deployment: Deployment) -> None:
    """Name the key."""
    click.echo(deployment.master().fingerprint)


@command(
    "check",
    id="Coba buka setiap rahasia dengan kunci induk.\n\n"
    "Perintah selesai dengan kode 1 bila ada yang tidak terbuka.",
    en="Try every wrapped secret with the master key.\n\n"
    "The command ends with code 1 where one does not open.",
)
@format_option
@click.pass_context
def check_command(ctx: click.Context, form: str) -> None:
    """Open everything."""
    deployment = ctx.find_object(Deployment)
    assert deployment is not None
    engine, ring = deployment.engine(), deployment.master()
    with sessions.reading(engine) as session:
        found = master_key.inspect(session, ring)
    output.show(_report(found, ring), form, deployment.language)
    if any(each.closed for each in found):
        ctx.exit(1)


def _report(found: list[Secrets], ring: Keyring) -> Report:
    closed = sum(each.closed for each in found)
    said = (
        Wording(f"{closed} rahasia TIDAK terbuka.", f"{closed} secrets do NOT open.")
        if closed
        else Wording("Kunci induk membuka semuanya.", "The master key opens all of them.")
    )
    return Report(
        name="keys",
        title=None,
        columns=(
            Column("table", Wording("Tabel", "Table")),
            Column("opened", Wording("Terbuka", "Opened"), right=True),
            Column("emptied", Wording("Dihapus", "Erased"), right=True),
            Column("closed", Wording("Tidak terbuka", "Not opened"), right=True),
        ),
        rows=[
            Row(
                {
                    "table": each.table,
                    "opened": each.opened,
                    "emptied": each.emptied,
                    "closed": each.closed,
                }
            )
            for each in found
        ],
        facts=(Fact("fingerprint", ring.fingerprint),),
        ending=lambda: Ending((Fact("clean", not closed),), (Note(said, good=not closed),)),
    )


@command(
    "rotate",
    id="Ganti kunci induk.\n\n"
    "Semua rahasia dibungkus ulang dengan kunci baru dalam satu transaksi; kunci lama disimpan "
    "di sampingnya. Hentikan dulu proses lain yang memakai kunci ini. Bila terputus, jalankan "
    "lagi.",
    en="Replace the master key.\n\n"
    "Every secret is wrapped again by a new key in one transaction; the old key is kept beside "
    "it. Stop other processes that use the key first. If interrupted, run it again.",
)
@option(
    "--also",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="PATH",
    id="Kunci lain yang mungkin membungkus sebagian rahasia.",
    en="Another key that may have wrapped some of the secrets.",
)
@click.pass_obj
@changes(Event.KEY_REPLACED)
def rotate_command(deployment: Deployment, also: tuple[Path, ...]) -> None:
    """Replace the key."""
    if deployment.key_path is None:
        raise NoKeyring
    rings = [_ring(deployment, path) for path in also]
    done = key_rotation.rotate(deployment.engine(), deployment.key_path, rings)
    if done.resumed:
        deployment.say(
            Wording(
                "Penggantian yang terputus diselesaikan.", "An interrupted rotation was finished."
            )
        )
    click.echo(
        Wording(
            f"{done.count} rahasia dibungkus ulang. Kunci baru {done.new}: {deployment.key_path}",
            f"{done.count} secrets wrapped again. New key {done.new}: {deployment.key_path}",
        ).in_language(deployment.language)
    )
    click.echo(
        Wording(
            f"Kunci lama {done.old}: {done.retired}. Perlu selama cadangan lama masih disimpan.",
            f"Old key {done.old}: {done.retired}. Needed while backups of its time are kept.",
        ).in_language(deployment.language)
    )


def _ring(deployment: Deployment, path: Path) -> Keyring:
    found = deployment.keyring_of(path)
    if found is None:
        raise KeyFileNotFound(str(path))
    return found


for _each in (show_command, check_command, rotate_command):
    keys_command.add_command(_each)
