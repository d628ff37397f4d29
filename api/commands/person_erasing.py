"""`juang person hold | erase | erasures | reapply`: what must be kept, what is gone for ever."""

from datetime import date
from typing import BinaryIO, Final

import click

from api.commands import output, person_lists
from api.commands.bilingual import Usage, command, option
from api.commands.deployment import Deployment
from api.commands.parameters import DAY, NAME, Text, format_option
from ledger import db
from ledger.books import queries as books
from ledger.errors import Wording
from ledger.parties import erasures, operations, queries, retention

SURE: Final = Wording(
    "Kunci dihancurkan dan tidak dapat kembali. Hapus {person}?",
    "Keys are destroyed and never come back. Erase {person}?",
)
person_argument = click.argument("person", metavar="PERSON", type=NAME)


@command(
    "hold",
    id="Catat kewajiban menyimpan data menurut undang-undang.",
    en="Note that a statute makes us keep a person's data.",
)
@person_argument
@click.argument(
    "ground",
    metavar="GROUND",
    type=click.Choice(sorted({ground.code for ground in retention.grounds()})),
)
@option("--since", type=DAY, metavar="DATE", id="Mulai dihitung.", en="From which day it counts.")
@option("--lift", is_flag=True, id="Cabut: tercatat keliru.", en="Take it back: noted in error.")
@click.pass_context
def hold_command(
    ctx: click.Context, person: str, ground: str, since: date | None, *, lift: bool
) -> None:
    """Note a hold, or lift it."""
    deployment = ctx.find_object(Deployment)
    assert deployment is not None
    if lift == (since is not None):
        raise Usage(Wording("Sebut --since atau --lift.", "Name --since or --lift."), ctx)
    with deployment.sessions(make=False).begin() as session:
        found = queries.find_anywhere(session, person)
        said = {"actor": deployment.actor, "recorded_at": deployment.now()}
        if since is None:
            operations.lift_hold(session, found.tenant_id, found.id, ground, **said)  # type: ignore[arg-type]
            told = Wording(f"Kewajiban {ground} dicabut.", f"The hold {ground} is lifted.")
        else:
            until = operations.hold(session, found.tenant_id, found.id, ground, since, **said)  # type: ignore[arg-type]
            told = Wording(
                f"Data {person} disimpan sampai {until}: {ground}.",
                f"The data of {person} is kept until {until}: {ground}.",
            )
    deployment.say(told)


@command(
    "erase",
    id="Hapus seseorang untuk selamanya.\n\n"
    "Kuncinya dihancurkan: data pribadi dan teks tentang dirinya di semua buku tidak terbaca lagi. "
    "Entri, saldo dan hash tetap. --book menghapus juga teks buku rumah tangganya sendiri.",
    en="Erase a person for ever.\n\n"
    "Her keys are destroyed: her data and the texts about her in every book can never be read "
    "again. Entries, balances and hashes stay. --book erases her household's own texts too.",
)
@person_argument
@option(
    "--reason",
    type=Text(64),
    required=True,
    metavar="WORD",
    id="Satu kata alasan, misalnya permintaan_sendiri.",
    en="A word for the reason, for instance own_request.",
)
@option(
    "--book",
    "names",
    multiple=True,
    type=NAME,
    metavar="BOOK",
    id="Buku rumah tangga miliknya seorang.",
    en="A household's book that is wholly hers.",
)
@option("--yes", is_flag=True, id="Tanpa bertanya lagi.", en="Ask no more.")
@click.pass_obj
def erase_command(
    deployment: Deployment, person: str, reason: str, names: tuple[str, ...], *, yes: bool
) -> None:
    """Erase a person."""
    if not yes:
        question = SURE.in_language(deployment.language).format(person=person)
        click.confirm(question, abort=True, err=True)
    with deployment.sessions(make=False).begin() as session:
        found = queries.find_anywhere(session, person)
        operations.erase(
            session,
            found.tenant_id,
            found.id,
            reason=reason,
            books=[books.find_book(session, name).id for name in names],
            actor=deployment.actor,
            recorded_at=deployment.now(),
        )
    _leave_no_trace(deployment)
    deployment.say(
        Wording(
            f"{person} dihapus. Simpan `juang person erasures` di luar cadangan.",
            f"{person} is erased. Keep `juang person erasures` apart from the backups.",
        )
    )


def _leave_no_trace(deployment: Deployment) -> None:
    """Take destroyed keys out of the files, or say what is left to do."""
    if not db.leave_no_trace(deployment.engine()):
        deployment.say(
            Wording(
                "Byte kunci lama masih ada di berkas basis data: jalankan "
                "`VACUUM FULL text_key, person_key` sebagai pemiliknya.",
                "Bytes of the old keys are still in the database's files: run "
                "`VACUUM FULL text_key, person_key` as their owner.",
            )
        )


@command(
    "erasures",
    id="Daftar penghapusan: siapa, kapan, oleh siapa; tanpa data pribadi.",
    en="The erasure list: who, when, by whom; no personal data.",
)
@format_option
@click.pass_obj
def erasures_command(deployment: Deployment, form: str) -> None:
    """List erasures."""
    with deployment.reading() as session:
        report = person_lists.erasure_list(queries.erasures(session))
        output.show(report, form, deployment.language)


@command(
    "reapply",
    id="Terapkan lagi daftar penghapusan, setelah memulihkan cadangan lama.",
    en="Apply an erasure list again, after an older backup was restored.",
)
@click.argument("file", metavar="FILE", type=click.File("rb"))
@click.pass_obj
def reapply_command(deployment: Deployment, file: BinaryIO) -> None:
    """Apply an erasure list."""
    rows = erasures.read(file.read().decode(errors="replace"))
    with deployment.sessions(make=False).begin() as session:
        count = operations.reapply_erasures(session, rows)
    _leave_no_trace(deployment)
    deployment.say(
        Wording(
            f"{len(rows)} baris diterapkan, {count} di antaranya baru.",
            f"{len(rows)} lines applied, {count} of them new.",
        )
    )
