"""`juang backup` and `juang restore`."""

from pathlib import Path

import click

from api.commands.bilingual import command, option
from api.commands.changes import changes
from api.commands.deployment import Deployment, newest_revision
from api.commands.key_files import KeyFileNotFound
from api.commands.passing import passing
from api.commands.verify import conclusion, show_differences
from api.logs import Event
from api.operating import after_restore, backups, sessions
from api.operating.backups import Restored
from api.operating.master_key import LAYOUTS
from ledger.db.transfer.blocks import Sum
from ledger.errors import Wording

_keys_option = option(
    "--keys",
    type=click.Path(path_type=Path),
    metavar="PATH",
    id="Berkas kunci cadangan; FILE.keys bila tidak disebut.",
    en="The keys file of the backup; FILE.keys by default.",
)
_file_argument = click.argument("file", metavar="FILE", type=click.Path(path_type=Path))


@command(
    "backup",
    id="Buat cadangan terenkripsi.\n\n"
    "Satu keadaan seluruh basis data, sementara yang lain tetap bekerja, dalam dua berkas: data "
    "di FILE, kunci subjek di FILE.keys. Simpan terpisah. Keduanya hanya terbuka dengan kunci "
    "induk, dan dapat dipulihkan ke SQLite maupun PostgreSQL.",
    en="Make an encrypted backup.\n\n"
    "One moment of the whole database, while others go on working, in two files: the data in "
    "FILE, the keys of subjects in FILE.keys. Keep them apart. Both open by the master key only, "
    "and can be restored to SQLite and to PostgreSQL.",
)
@_file_argument
@_keys_option
@click.pass_obj
@changes(Event.BACKUP_MADE)
def backup_command(deployment: Deployment, file: Path, keys: Path | None) -> None:
    """Back the database up."""
    engine, ring = deployment.engine(), deployment.master()
    to = backups.files(file, keys)
    moment = deployment.now()
    with sessions.reading(engine) as session, passing(deployment) as tell:
        sums = backups.back_up(
            session, ring, to, revision=newest_revision(), moment=moment, passed=tell
        )
    deployment.note_done("backup")
    size = _size(sums)
    subjects = sum(_rows(sums, each.table) for each in LAYOUTS if each.wrapped)
    for line in (
        Wording(f"Cadangan {size.id}: {to.data}", f"Backup of {size.en}: {to.data}"),
        Wording(
            f"Kunci {subjects} subjek, simpan terpisah: {to.keys}",
            f"Keys of {subjects} subjects, to be kept apart: {to.keys}",
        ),
    ):
        click.echo(line.in_language(deployment.language))


def _size(sums: dict[str, Sum]) -> Wording:
    books, entries = _rows(sums, "book"), _rows(sums, "entry")
    return Wording(f"{books} buku, {entries} entri", f"{books} books, {entries} entries")


def _rows(sums: dict[str, Sum], table: str) -> int:
    return sums[table].rows if table in sums else 0


@command(
    "restore",
    id="Pulihkan cadangan ke basis data kosong.\n\n"
    "Semuanya dipulihkan dan diperiksa dalam satu transaksi, atau tidak ada sama sekali. Berkas "
    "kunci boleh lebih baru daripada data: yang dihapus sejak itu tetap terhapus.",
    en="Restore a backup to an empty database.\n\n"
    "All of it is restored and verified in one transaction, or nothing at all. The keys file may "
    "be newer than the data: what was erased since then stays erased.",
)
@_file_argument
@_keys_option
@option(
    "--old-key",
    type=click.Path(path_type=Path),
    metavar="PATH",
    id="Kunci induk waktu itu, bila sudah diganti.",
    en="The master key of that time, if it was replaced since.",
)
@option(
    "--despite-differences",
    "despite",
    is_flag=True,
    id="Simpan juga buku yang tidak lolos pemeriksaan.",
    en="Keep books that do not verify, too.",
)
@click.pass_context
@changes(Event.BACKUP_RESTORED)
def restore_command(
    ctx: click.Context, file: Path, keys: Path | None, old_key: Path | None, *, despite: bool
) -> None:
    """Restore a backup."""
    deployment = ctx.find_object(Deployment)
    assert deployment is not None
    ring = deployment.master()
    old_ring = None if old_key is None else deployment.keyring_of(old_key)
    if old_key is not None and old_ring is None:
        raise KeyFileNotFound(str(old_key))
    source = backups.files(file, keys)
    for path in (source.data, source.keys):
        path.open("rb").close()  # before a database is made
    with passing(deployment) as tell:
        restored = backups.restore(
            deployment.prepared(),
            ring,
            source,
            revision=newest_revision(),
            clock=deployment.now,
            steps=after_restore.STEPS,
            old_ring=old_ring,
            despite=despite,
            passed=tell,
        )
    _say(restored, deployment)
    if not restored.kept:
        ctx.exit(1)


def _say(restored: Restored, deployment: Deployment) -> None:
    show_differences(restored.found, {}, deployment)
    colour = "green" if restored.found.clean else "red"
    click.secho(conclusion(restored.found).in_language(deployment.language), fg=colour)
    for each in restored.said:
        click.echo(each.in_language(deployment.language))
    moment = restored.header.made_at
    said = Wording(f"Dipulihkan, keadaan {moment}.", f"Restored, as of {moment}.")
    if not restored.kept:
        said = Wording(
            "Tidak ada yang disimpan. Untuk menyimpannya juga: --despite-differences.",
            "Nothing was kept. To keep it all the same: --despite-differences.",
        )
    click.echo(said.in_language(deployment.language))
